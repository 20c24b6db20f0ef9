/* translate.h: the whole compiler as one call: preprocessed text in, C out. The driver is one user of it. */
#ifndef ACC_TRANSLATE_H
#define ACC_TRANSLATE_H

#include "base/base.h"
#include "base/diag.h"
#include "base/timing.h"
#include "source/columns.h"
#include "source/directives.h"

typedef enum EmitKind { EMIT_C, EMIT_READABLE, EMIT_FRAMES, EMIT_STATES } EmitKind;

typedef struct TranslateOptions {
    const char *file; /* as the user named it */
    EmitKind emit;
    const char *dump;   /* --dump=PHASE: that phase's result instead of the C; NULL: none */
    bool twice;         /* the bodies of small functions stand twice: the output is to be fast */
    bool no_tracebacks; /* no places of awaits in what is emitted */
    size_t many_awaits; /* above so many in a function it keeps everything in its frame; flow/placement.c */
    bool few_passes;    /* and it is spared most of gcc's passes: the output is for gcc, and to be optimised */
    bool output_is_c;   /* --emit=c -o x.c: preprocessed once more when it is compiled */
    CStrVec clang_args; /* -std= -D -U -I -include -W..., for libclang */
    Diags *diags;
    Columns *columns;             /* exact columns, when they are asked for */
    const Directives *directives; /* for --emit=readable: those that the text was freed of */
    Timing *timing;               /* how long each phase takes; NULL: nobody asks */
} TranslateOptions;

enum { MANY_AWAITS = 200 }; /* the usual limit: beyond, saving and restoring at each await would cost more */

/* What --dump= takes, ended by NULL. */
extern const char *const translate_dumps[];

/* Writes the translated C to out. False: there were errors, diagnosed in o->diags. *changed false: there is nothing of the
 * dialect in the text, out is untouched. */
bool translate(Arena *arena, const TranslateOptions *o, const char *text, size_t len, StrBuf *out, bool *changed);

#endif
