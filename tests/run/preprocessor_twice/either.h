/* Says something else to a plain C compiler. */
#ifdef __ACC__
#define EITHER 1000
#else
#define EITHER 2000
#endif
