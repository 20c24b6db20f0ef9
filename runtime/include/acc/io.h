/* acc/io.h: input and output. Part of acc.h, which includes it.
 *
 * What is open belongs to the loop that opened it, and is closed at its end. A pointer to it is a handle: it is never
 * dereferenced, and using one that is closed throws InvalidStateError. */
#ifndef ACC_IO_H
#define ACC_IO_H

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __ACC__
/* Waits until the descriptor can be read from (written to) without waiting, is at its end or has failed. It takes the place of
 * what acc_add_reader (acc_add_writer) was told of that descriptor. Throws OSError where epoll takes no such descriptor (a
 * regular file), ValueError where it is negative, InvalidStateError where it is a stream's. asyncio: add_reader() with a future. */
async void acc_readable(int fd);
async void acc_writable(int fd);
#endif

#ifdef __cplusplus
}
#endif
#include <acc/stream.h>
#include <acc/net.h>
#include <acc/process.h>
#include <acc/file.h>
#endif
