/* emit.h: the generated C is printed; nothing is decided here. */
#ifndef ACC_EMIT_H
#define ACC_EMIT_H

#include "../ir/ir.h"
#include "../source/directives.h"

/* ---- layout.c: the page of --emit=readable ---- */
typedef struct Layout {
    Arena *arena;
    StrBuf *out;
    VEC(char) open;         /* brackets: ( [, l a list's brace, b a block's */
    char quote, comment;    /* inside of which: ' or "; / or * */
    bool escaped, adjacent; /* adjacent: the last character was no blank */
    char last;              /* the last one that was none */
    bool own;               /* generated text is passing */
    bool pending, soft;     /* the next character begins a line; soft: not where it is `else` or ; */
    bool switched;          /* pending because generated text follows the user's */
    bool begun, last_own;   /* the line is the user's, and empty; what came last was generated */
    size_t base;            /* indentation of the user's last line, in columns, */
    int base_blocks, unit;  /* the blocks that are open there; of one block more */
    bool tabs;              /* it is made of tabs */
} Layout;
Layout *layout_new(Arena *a, StrBuf *out);
void layout_line(Layout *l, const char *indent, size_t n, bool blank); /* begins a line of the user's */
void layout_unit(Layout *l, const char *indent, size_t n);             /* indent as the user's first statement is */
bool layout_own(Layout *l, bool own);                                  /* what it was */
void layout_note(Layout *l, const char *text, bool line); /* a comment of ours: it ends the line, or is one by itself */
void layout_put(Layout *l, const char *s, size_t n, bool generated);

/* ---- print.c: the only place that writes line markers ---- */
typedef struct Comment {
    size_t start, end;
    bool printed;
} Comment;
typedef struct Printer {
    Layout *layout;        /* --emit=readable; NULL: line markers instead */
    VEC(Comment) comments; /* for a page: those of the function that is being printed */
    const Source *source;
    const Edits *edits;
    Diags *files; /* for a page: knows the user's files, of whose tabs the preprocessor has made blanks */
    StrBuf *out;
    const char *file; /* where the next character will be taken to stand */
    unsigned line;
    bool fresh;    /* at a line's start */
    bool draft;    /* what is printed is looked at only */
    bool no_hints; /* the pragmas that are about a loop are left out: gcc warns where it cannot follow them */
    size_t directive, directives_from; /* the next #pragma, and where those begin that are not printed with other text */
} Printer;
void print_unit(Printer *p, size_t statement);      /* generated lines of a page are indented as this statement is */
void print_at(Printer *p, size_t offset);           /* what follows is attributed to that place */
void print_statement_at(Printer *p, size_t offset); /* and stands in the same column, for the C compiler's own diagnostics */
void print_text(Printer *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void print_span(Printer *p, size_t start, size_t end); /* of the source, edits applied */
void print_code(Printer *p, const Code *c);
void print_directives(Printer *p, size_t until);           /* the #pragma lines that stand before that place */
void print_verbatim(Printer *p, size_t start, size_t end); /* with its line markers */
/* For a page only; where line markers are written they do nothing. */
bool print_own(Printer *p, bool own); /* is what print_text prints generated from here on? Gives what was said before */
void print_note(Printer *p, const char *fmt, ...) __attribute__((format(printf, 2, 3))); /* a comment behind it */
void print_heading(Printer *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));     /* a comment above what follows */
void print_comments(Printer *p, size_t until); /* the user's comments that stand before that place */

/* text.c: an await as the user wrote it, on one line of at most so many bytes */
const char *await_text(Arena *a, const Source *s, const Await *w, size_t most);
/* Does a ' behind this text stand in a number, 1'000? */
bool in_number(const char *text, size_t n);

/* function.c: one async function */
void emit_function(Printer *p, Unit *u, Func *f);
/* unit.c: the typedefs of Sema.aliases that a text, or a piece of the source, uses and that are not declared yet */
void emit_aliases(Printer *p, Unit *u, const char *text);
void emit_aliases_of(Printer *p, Unit *u, size_t start, size_t end);
/* the whole file */
void emit_c(Unit *u, StrBuf *out);
void emit_entry(Printer *p, const Func *f); /* the C main of `async int main` */
/* readable.c: --emit=readable */
void emit_readable(Arena *a, Unit *u, const Directives *d, StrBuf *out);
/* frames.c, states.c: --emit=frames, --emit=states */
void emit_frames(Arena *a, Unit *u, StrBuf *out);
void emit_states(Arena *a, Unit *u, StrBuf *out);

#endif
