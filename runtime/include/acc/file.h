/* acc/file.h: regular files, read and written in the default thread pool. Part of acc.h, which includes it.
 *
 * A file has one position and one buffer, as a FILE has; what several tasks do with one is done one after the other. Each
 * function throws InvalidStateError where the file is closed, and OSError (FileNotFoundError, PermissionError: its code is the
 * errno) with its path. One that is cancelled leaves the file usable: what was read stays in the buffer for the next read, what
 * was to be written is written. */
#ifndef ACC_FILE_H
#define ACC_FILE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct acc_file acc_file;

#ifdef __ACC__
/* The modes are fopen's: r, w or a, then + for both ways, x (it must not exist yet); b and e say nothing new. Throws ValueError
 * for another one. aiofiles: open(). */
async acc_file *acc_file_open(const char *path, const char *mode);
/* n bytes; fewer at the end only. aiofiles: read(n). */
async size_t acc_file_read(acc_file *f, void *buf, size_t n);
/* All that is left, with a zero byte behind it; the caller frees it. *n: how many bytes (NULL: not wanted). aiofiles: read(). */
async char *acc_file_read_all(acc_file *f, size_t *n);
/* All n bytes, into the buffer first. Gives n. What goes wrong later is thrown by the write, flush or close that finds it. */
async size_t acc_file_write(acc_file *f, const void *p, size_t n);
/* The new position; whence: SEEK_SET, SEEK_CUR, SEEK_END. aiofiles: seek(), tell(). */
async int64_t acc_file_seek(acc_file *f, int64_t offset, int whence);
/* What was written is the system's. */
async void acc_file_flush(acc_file *f);
/* Flushes and closes, whatever it throws. Closing again does nothing. */
async void acc_file_close(acc_file *f);
/* async for (char *line in f): with its newline, and a zero byte behind; until the next use of f. */
async bool acc_file_anext(acc_file *f, char **line);
/* How long that line is: it may hold zero bytes. */
acc_throws size_t acc_file_line_length(acc_file *f);
/* async with closes. */
async acc_file *acc_file_aenter(acc_file *f);
async void acc_file_aexit(acc_file *f, const acc_error *error);
#endif

#ifdef __cplusplus
}
#endif
#endif
