/* compiler.c: the compiler as a library under libFuzzer: text, already preprocessed, goes through scan to emit.
 *
 * A crash, a hang, a leak, an internal error (bug() ends the process) is a finding; whatever else the text gets is right. Behind
 * `PRELUDE`, which stands for <acc.h>, comes the input. Its last byte chooses what is emitted.
 *
 * With REPLAY defined it is an ordinary program that runs each file that it is given, or each file in a folder: the corpus in the
 * tests, what once was found. Needs nothing but libaccc. */
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "translate.h"

static const char PRELUDE[] =
    "# 1 \"acc.h\" 1 3\n"
    "typedef unsigned long size_t; typedef _Bool bool; typedef __builtin_va_list va_list; int printf(const char *, ...);\n"
    "void *memcpy(void *, const void *, size_t); size_t strlen(const char *); void *malloc(size_t); void free(void *);\n"
    "typedef struct acc_error_type { const char *name; } acc_error_type;\n"
    "typedef struct acc_error { const acc_error_type *type; int code; const char *message; } acc_error;\n"
    "extern const acc_error_type acc_error_type_ValueError, acc_error_type_OSError, acc_error_type_BaseError;\n"
    "typedef void (*acc__any_task)(struct acc__task *);\n"
    "async void acc_sleep(double seconds);\n"
    "async size_t acc_wait(acc__any_task *tasks, size_t count, int until, double timeout);\n"
    "acc_throws void acc_cancel(acc__any_task t); acc_throws void acc_call_soon(void (*fn)(void *), void *arg);\n"
    "# 1 \"input.ac\"\n";

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
    static const EmitKind kinds[] = {EMIT_C, EMIT_C, EMIT_C, EMIT_FRAMES, EMIT_STATES};
    Arena *a = arena_new();
    StrBuf text = {0}, out = {0};
    sb_add(&text, PRELUDE);
    for (size_t i = 0; i < size; i++) sb_addc(&text, data[i] ? (char)data[i] : ' ');
    Diags *diags = diags_new(a);
    TranslateOptions o = {.many_awaits = MANY_AWAITS,
                          .file = "input.ac",
                          .emit = kinds[size ? data[size - 1] % (sizeof kinds / sizeof *kinds) : 0],
                          .diags = diags};
    static const char *const args[] = {"-std=gnu11"};
    for (size_t i = 0; i < sizeof args / sizeof *args; i++) vec_push(a, &o.clang_args, args[i]);
    bool changed = false;
    translate(a, &o, text.data, text.len, &out, &changed);
    sb_free(&text);
    sb_free(&out);
    arena_free(a);
    return 0;
}

#ifdef REPLAY

static void file(const char *path) {
    FILE *in = fopen(path, "rb");
    if (!in) {
        perror(path);
        exit(1);
    }
    StrBuf text = {0};
    char piece[4096];
    for (size_t n; (n = fread(piece, 1, sizeof piece, in)) > 0;) sb_addn(&text, piece, n);
    fclose(in);
    printf("%s\n", path);
    fflush(stdout); /* the last one named is the one that fails */
    LLVMFuzzerTestOneInput((const unsigned char *)(text.data ? text.data : ""), text.len);
    sb_free(&text);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        if (!folder) {
            file(argv[i]);
            continue;
        }
        for (struct dirent *d; (d = readdir(folder));) {
            char path[4096];
            snprintf(path, sizeof path, "%s/%s", argv[i], d->d_name);
            if (d->d_name[0] != '.') file(path);
        }
        closedir(folder);
    }
    return 0;
}

#else

size_t LLVMFuzzerMutate(unsigned char *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(unsigned char *data, size_t size, size_t max, unsigned seed);

/* Where a token begins, near a random place. */
static size_t boundary(const unsigned char *data, size_t size, unsigned at) {
    size_t i = size ? at % size : 0;
    while (i > 0 && i < size && !strchr(" \n;{}(),", data[i])) i++;
    return i < size ? i : size;
}

static const char *const pieces[] = {" await f(1) ",
                                     " await acc_sleep(0); ",
                                     "({ await f(2); })",
                                     " async int f(int n) { return n; } ",
                                     " if (await f(0)) ",
                                     " for (int i = 0; await f(i) < 3; i++) ",
                                     " while (await f(0)) { break; } ",
                                     " switch (await f(1)) { case 1: default: ; } ",
                                     " goto l; ",
                                     " l: ; ",
                                     " return await f(3); ",
                                     " int v[n]; ",
                                     " int (*p)[n] = 0; ",
                                     " typedef int row[n]; ",
                                     " struct s { int x; } s; ",
                                     " &(struct s){1} ",
                                     " (int[]){1, 2} ",
                                     " acc_task(int) t = acc_create_task(f(1)); ",
                                     " await t ",
                                     " await acc_gather(a = f(1), b = f(2)); ",
                                     " acc_outcome(int) r = acc_try(await f(1)); ",
                                     " try { ",
                                     " } catch (ValueError e) { ",
                                     " } finally { ",
                                     " throw ValueError(\"x\"); ",
                                     " defer ",
                                     " async with (x) ",
                                     " async for (int v in x) ",
                                     " yield ",
                                     " const ",
                                     " static ",
                                     " volatile ",
                                     " _Atomic ",
                                     " sizeof ",
                                     " __typeof__(await f(1)) ",
                                     " _Generic(x, int: await f(1), default: 0) ",
                                     " && ",
                                     " ? ",
                                     " : ",
                                     " , ",
                                     " += ",
                                     " * ",
                                     " [ ",
                                     " ] ",
                                     " ( ",
                                     " ) ",
                                     " { ",
                                     " } ",
                                     " ; "};

/* Tokens and statements are moved, doubled, dropped and put in; or bytes change, as libFuzzer will. */
size_t LLVMFuzzerCustomMutator(unsigned char *data, size_t size, size_t max, unsigned seed) {
    if (seed % 3 == 0 || size < 8) return LLVMFuzzerMutate(data, size, max);
    srand(seed);
    unsigned how = (unsigned)rand() % 4;
    size_t from = boundary(data, size, (unsigned)rand()), to = boundary(data, size, (unsigned)(from + (size_t)rand() % 60)),
           at = boundary(data, size, (unsigned)rand());
    if (to < from) to = from;
    unsigned char copy[256];
    size_t n = to - from < sizeof copy ? to - from : sizeof copy;
    memcpy(copy, data + from, n);
    if (how == 0) { /* dropped */
        memmove(data + from, data + from + n, size - from - n);
        return size - n;
    }
    const unsigned char *insert = copy;
    if (how > 1) {
        const char *piece = pieces[(size_t)rand() % (sizeof pieces / sizeof *pieces)];
        insert = (const unsigned char *)piece;
        n = strlen(piece);
    }
    if (size + n > max) return size;
    memmove(data + at + n, data + at, size - at);
    memcpy(data + at, insert, n);
    return size + n;
}

#endif
