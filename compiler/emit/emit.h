/* emit.h: the generated C is printed; nothing is decided here. */
#ifndef ACC_EMIT_H
#define ACC_EMIT_H

#include "../ir/ir.h"

/* ---- print.c: the only place that writes line markers ---- */
typedef struct Printer {
    const Source *source;
    const Edits *edits;
    StrBuf *out;
    const char *file; /* where the next character will be taken to stand */
    unsigned line;
    bool fresh;                        /* at a line's start */
    size_t directive, directives_from; /* the next #pragma, and where those begin that are not printed with other text */
} Printer;
void print_at(Printer *p, size_t offset);           /* what follows is attributed to that place */
void print_statement_at(Printer *p, size_t offset); /* and stands in the same column, for the C compiler's own diagnostics */
void print_text(Printer *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void print_span(Printer *p, size_t start, size_t end); /* of the source, edits applied */
void print_code(Printer *p, const Code *c);
void print_directives(Printer *p, size_t until);           /* the #pragma lines that stand before that place */
void print_verbatim(Printer *p, size_t start, size_t end); /* with its line markers */

/* function.c: one async function */
void emit_function(Printer *p, Unit *u, Func *f);
/* unit.c: the whole file */
void emit_c(Unit *u, StrBuf *out);
/* frames.c, states.c: --emit=frames, --emit=states */
void emit_frames(Unit *u, StrBuf *out);
void emit_states(Arena *a, Unit *u, StrBuf *out);

#endif
