/* diag.h: diagnostics, as gcc shapes them. Collected in the order of their coming, printed at the end of translation. */
#ifndef ACC_DIAG_H
#define ACC_DIAG_H

#include "base.h"

typedef enum Severity { DIAG_NOTE, DIAG_WARNING, DIAG_ERROR } Severity;

/* A place in the user's files. column 0: unknown. length: of what is underlined, in bytes of that line (0 or 1: caret only). */
typedef struct Place {
    const char *file;
    unsigned line, column, length;
} Place;

typedef struct Diag {
    Severity severity;
    int number;         /* ACCnnn; 0: none (clang's own words, notes) */
    const char *option; /* "unawaited" for -Wunawaited; NULL: none */
    Place place;
    const char *message;
    const char *fixit; /* text that would stand instead of the underlined piece (empty string: removal); where it ends with a
                            space, text that would stand before it; NULL: none */
    struct Diag *notes; /* first note, linked by next */
    struct Diag *next;
    bool promoted;  /* a warning that is an error by -Werror: the phases behind go on */
    bool left;      /* see diag_leave */
    bool dropped;   /* it is not printed after all */
    size_t by_hand; /* see diag_by_hand: the offset, plus 1 */
} Diag;

typedef struct Diags Diags;
typedef enum DiagFormat { DIAG_TEXT, DIAG_JSON, DIAG_SARIF } DiagFormat;
typedef enum DiagColor { DIAG_COLOR_AUTO, DIAG_COLOR_ALWAYS, DIAG_COLOR_NEVER } DiagColor;

Diags *diags_new(Arena *a);
/* -W options that acc itself has: "unawaited", "no-unawaited", "error", "error=unawaited", ...; "w" stands for -w. False: not
 * one of acc's own. */
bool diags_option(Diags *d, const char *w);
/* The name of one of acc's own warnings, whatever stands around it? ("-Wunawaited", without quotes) */
bool diag_own_option(const char *w, size_t len);
/* Asked of every warning with an option: what do the pragmas at its place say? */
typedef enum DiagPragma { PRAGMA_NONE, PRAGMA_IGNORED, PRAGMA_WARNING, PRAGMA_ERROR } DiagPragma;
void diags_pragmas(Diags *d, DiagPragma (*fn)(const char *option, Place at, void *arg), void *arg);
void diag_drop(Diags *d, Diag *diag); /* it shall not be printed, nor count */
/* The C compiler will say that itself: it is not printed, nor does it count, unless errors keep the C compiler from being run,
 * which diags_settle is to find out at the end. */
void diag_leave(Diags *d, Diag *diag);
void diags_settle(Diags *d);
/* Of a warning that holds for what a person wrote: it does not count until it is kept, since whether the token at that offset
 * comes from a macro's body is found out last (translate.c). */
void diag_by_hand(Diags *d, Diag *diag, size_t offset);
void diag_keep(Diags *d, Diag *diag);
void diag_promote(Diags *d, Diag *diag); /* a warning for which -Werror holds */
void diag_soften(Diags *d, Diag *diag);  /* a warning for which -Werror does not hold */
size_t diags_frame_size(const Diags *d); /* what -Wframe-size= says; 0: nothing */
size_t diags_mark(const Diags *d);
void diags_forget(Diags *d, size_t mark); /* whatever was added since */
Diag *diag_add(Diags *d, Severity s, int number, const char *option, Place at, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
Diag *diag_note(Diags *d, Diag *of, Place at, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Those that were not dropped, and their notes. */
void diags_each(Diags *d, void (*fn)(Diag *diag, void *arg), void *arg);
size_t diags_errors(const Diags *d); /* how many count as errors */
bool diags_stop(const Diags *d);     /* are there any that are no warnings? The phases behind need not be able to go on */
bool diags_any(const Diags *d);      /* is there anything to print? */
/* A line of a user's file, without its newline; false: there is no such file or line. */
bool diag_source_line(Diags *d, const char *file, unsigned line, const char **text, size_t *len);
/* Prints all, sorted by place within a file, the same one only once; reads the user's files for the source lines. */
void diags_print(Diags *d, FILE *to, DiagFormat format, DiagColor color);

#endif
