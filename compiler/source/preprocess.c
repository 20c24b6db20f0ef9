/* preprocess.c: runs the user's own C compiler with -E, so that macros, includes and conditionals are what they are for it.
 * Comments are kept (-C): some of them, such as "fall through", mean something to the C compiler that gets the result. */
#include "preprocess.h"

#include "../base/spawn.h"

static void add_all(Arena *a, CStrVec *to, const CStrVec *from) {
    for (size_t i = 0; i < from->len; i++) vec_push(a, to, from->data[i]);
}

CStrVec preprocess_command(Arena *a, const PreprocessOptions *o, const CStrVec *extra, const char *file) {
    CStrVec argv = {0};
    add_all(a, &argv, &o->cc);
    vec_push(a, &argv, "-E");
    add_all(a, &argv, &o->args);
    vec_push(a, &argv, "-D__ACC__=1");
    if (o->include_dir) {
        vec_push(a, &argv, "-I");
        vec_push(a, &argv, o->include_dir);
    }
    add_all(a, &argv, extra);
    vec_push(a, &argv, "-x");
    vec_push(a, &argv, "c");
    vec_push(a, &argv, file);
    vec_push(a, &argv, NULL);
    return argv;
}

CStrVec preprocess_text_command(Arena *a, const PreprocessOptions *o, const char *file) {
    CStrVec extra = {0};
    add_all(a, &extra, &o->deps);
    vec_push(a, &extra, "-C");
    /* With -g gcc would write its working directory as a line marker; the compilation that follows knows it. */
    if (!o->clang) vec_push(a, &extra, "-fno-working-directory");
    return preprocess_command(a, o, &extra, file);
}

int preprocess(Arena *a, const PreprocessOptions *o, const char *file, StrBuf *text, StrBuf *messages) {
    CStrVec argv = preprocess_text_command(a, o, file);
    Spawn s = {.argv = argv.data, .input = strcmp(file, "-") == 0 ? o->input : NULL, .input_len = o->input_len};
    s.out = text;
    s.err = messages;
    int status = spawn_run(&s);
    sb_addn(text, "", 0); /* a NUL stands behind it even where it is empty */
    return status;
}

int preprocess_again(Arena *a, const PreprocessOptions *o, const char *file, const char *text, size_t len, StrBuf *out,
                     StrBuf *messages) {
    CStrVec extra = {0};
    const char *slash = strrchr(file, '/');
    vec_push(a, &extra, "-dD");
    vec_push(a, &extra, "-U__ACC__");
    vec_push(a, &extra, "-iquote");
    vec_push(a, &extra, slash ? arena_strndup(a, file, (size_t)(slash + 1 - file)) : ".");
    CStrVec argv = preprocess_command(a, o, &extra, "-");
    Spawn s = {.argv = argv.data, .input = text, .input_len = len, .out = out, .err = messages};
    return spawn_run(&s);
}
