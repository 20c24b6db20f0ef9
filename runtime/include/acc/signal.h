/* acc/signal.h: signals. Part of acc.h, which includes it.
 *
 * A signal that a loop has asked for does nothing else any more: what it did before (a handler of the program's own, acc_run's
 * for SIGINT, the default) stands again when the loop has let it go. It belongs to one loop at a time, in whatever thread that
 * runs; each signal that arrives is told once, but the kernel itself merges ordinary signals that wait for delivery. */
#ifndef ACC_SIGNAL_H
#define ACC_SIGNAL_H

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __ACC__
/* fn(arg) runs from the loop whenever the signal has come; it takes the place of the one told before. Throws ValueError where
 * the number is no signal's; InvalidStateError where no loop runs, another loop has the signal, or it cannot be caught
 * (SIGKILL, SIGSTOP); MemoryError. asyncio: loop.add_signal_handler(). */
acc_throws void acc_add_signal_handler(int signum, void (*fn)(void *arg), void *arg);
/* Waits until the signal comes, and gives its number; throws what acc_add_signal_handler throws. All that wait are woken, and a
 * handler is called too. The loop keeps the signal afterwards: one that comes while nobody waits is given to the next wait, so
 * that a loop of waits misses none. */
async int acc_signal_wait(int signum);
#endif
/* The handler goes; where nobody waits, the loop lets go of the signal. False: there was nothing to let go of. What is not
 * let go of is at the loop's end. asyncio: loop.remove_signal_handler(). */
bool acc_remove_signal_handler(int signum);

#ifdef __cplusplus
}
#endif
#endif
