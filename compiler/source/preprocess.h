/* preprocess.h: the arrow into the compiler: the user's file as its C compiler's preprocessor leaves it. */
#ifndef ACC_PREPROCESS_H
#define ACC_PREPROCESS_H

#include "../base/base.h"

typedef struct PreprocessOptions {
    CStrVec cc;              /* the C compiler, with what always comes first */
    bool clang;              /* it is clang, not gcc */
    CStrVec args;            /* the user's options, in order, without outputs and what only the linker wants */
    CStrVec deps;            /* -MD, -MF FILE, ...: the dependency file that is asked for */
    const char *include_dir; /* where <acc.h> is */
    const char *input;       /* the text of file "-"; read once, preprocessed more than once */
    size_t input_len;
} PreprocessOptions;

/* The command that preprocesses file, ended by NULL; the arguments of extra come last before the file. */
CStrVec preprocess_command(Arena *a, const PreprocessOptions *o, const CStrVec *extra, const char *file);

/* The one of them that preprocess() runs. */
CStrVec preprocess_text_command(Arena *a, const PreprocessOptions *o, const char *file);

/* Needs a file; leaves its text in *text, what the preprocessor said in *messages. Its exit status; -1: it cannot be run. */
int preprocess(Arena *a, const PreprocessOptions *o, const char *file, StrBuf *text, StrBuf *messages);

/* Preprocesses a text that stands for the file, as an ordinary C compiler would: __ACC__ is not defined. -dD is in force. */
int preprocess_again(Arena *a, const PreprocessOptions *o, const char *file, const char *text, size_t len, StrBuf *out,
                     StrBuf *messages);

#endif
