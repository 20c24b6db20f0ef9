/*
 * A stand-in for the real <acc.h> that lets an ordinary C compiler take a program of the fuzzer: nothing ever
 * suspends, and `await` is a prefix operator that does nothing. A program of asyncify must print under this header
 * what its plain original prints; if it does not, the fuzzer is at fault and not acc.
 *
 * `asyncify --check` defines `async` itself, as an annotation that libclang can see.
 */
#ifndef FUZZ_MOCK_ACC_H
#define FUZZ_MOCK_ACC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifndef async
#define async
#endif
#ifndef await
#define await __extension__
#endif

#define acc_create_task(coro) (coro)

static inline async void acc_sleep(double seconds) { (void)seconds; }

#endif
