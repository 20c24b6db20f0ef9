#ifndef FUZZ_SIGNAL_H
#define FUZZ_SIGNAL_H
#define SIGINT 2
#define SIGUSR1 10
#define SIGTERM 15
int raise(int);
int kill(int, int);
void (*signal(int, void (*)(int)))(int);
#endif
