/* names.h: what the host "many" is. */
#include <sys/socket.h>
void name_clear(void);
void name_add(const struct sockaddr_storage *sa);
/* An address of one that never answers: its backlog is full. */
struct sockaddr_storage name_silent(void);
