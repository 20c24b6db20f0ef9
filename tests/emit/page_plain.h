/* Plain C: stands for itself. */
#define DEFAULT 100
enum { SOME = 1 };
