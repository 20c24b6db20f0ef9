/* directives.h: for --emit=readable: the directives of the user's files that preprocessing would swallow. */
#ifndef ACC_DIRECTIVES_H
#define ACC_DIRECTIVES_H

#include "preprocess.h"

typedef struct Directive { /* a #define, #undef or #include that was carried out */
    size_t offset;         /* of the text without them: its line is empty there */
    const char *text;
    bool include;
} Directive;

typedef struct Directives {
    VEC(Directive) list;
    const PreprocessOptions *options; /* with which text is preprocessed again, to see whether it still means the same */
    const char *file;                 /* the user's, as it was named */
} Directives;

/* The arguments that make the preprocessor leave them in its output. */
extern const char *const directives_kept[2];

/* Needs such an output; leaves the text that it would be without them, of the same lines, and what they were. */
Directives *directives_split(Arena *a, const PreprocessOptions *o, const char *file, const char *text, size_t len,
                             StrBuf *clean);

#endif
