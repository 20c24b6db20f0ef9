#ifndef FUZZ_PTHREAD_H
#define FUZZ_PTHREAD_H
typedef unsigned long pthread_t;
typedef struct {
    int kind;
} pthread_mutex_t;
typedef struct {
    int kind;
} pthread_attr_t;
#define PTHREAD_MUTEX_INITIALIZER {0}
int pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
int pthread_join(pthread_t, void **);
int pthread_mutex_lock(pthread_mutex_t *);
int pthread_mutex_unlock(pthread_mutex_t *);
#endif
