/* source.h: the arrow from scan to everything behind it: the preprocessed text, where each byte of it came from, and which
 * pieces of it hold dialect. Offsets into `text` are the compiler's currency: every later phase speaks of the source in them. */
#ifndef ACC_SOURCE_H
#define ACC_SOURCE_H

#include "../base/base.h"
#include "../base/diag.h"

/* From `offset` on, the text is line `line` of `file` and what follows. */
typedef struct LineMark {
    size_t offset;
    size_t row; /* how many line ends lie before offset */
    unsigned line;
    const char *file;
    bool system; /* in a system header */
} LineMark;

/* An external declaration that later phases must look into. */
typedef struct Region {
    size_t start, end;
    bool function; /* ends with a function body */
    bool dialect;  /* holds words of the dialect */
} Region;

typedef struct Source {
    const char *text;
    size_t len;
    char *marked; /* the parser's copy: same length, first byte of each identifier marked (scan.re) */
    VEC(LineMark) lines;
    VEC(size_t) rows;       /* where each line of the text begins, ascending */
    VEC(Region) regions;    /* ascending */
    VEC(size_t) throws;     /* offsets of the word acc_throws */
    VEC(size_t) broken;     /* offsets of strings and characters without an end */
    VEC(size_t) tokens;     /* where every TOKEN_STEP-th token begins, once scan_token_index was asked */
    VEC(size_t) directives; /* offsets of lines that are directives but no line markers: #pragma, #ident */
    Map *error_types;       /* NAME of each acc_error_type_NAME in the text -> its first place, plus 1 */
    bool dialect;           /* is there any? */
} Source;

/* scan.re: needs preprocessed text (NUL behind it); leaves all of Source. */
Source *scan(Arena *a, const char *text, size_t len);
/* How many preprocessing tokens lie before offset, as columns_lookup counts them. */
size_t scan_token_index(Arena *a, Source *s, size_t offset);

const char *source_broken_end(const char *broken); /* place.c: of a string without an end, where its line seems to go on */

/* pragma.c: needs the directives; leaves what those about diagnostics say, NULL: nothing of acc's own. */
typedef struct Pragmas Pragmas;
Pragmas *pragmas_read(Arena *a, Source *s);
DiagPragma pragmas_say(const char *option, Place at, void *pragmas); /* at: its offset in length, as sema_place leaves it */

/* place.c: the user's file and line of an offset; column and length 0. */
Place source_place(const Source *s, size_t offset);
size_t source_row_start(const Source *s, size_t offset);    /* where the line of the text begins that holds offset */
bool source_system_file(const Source *s, const char *file); /* is a file of that name a system header? */
bool source_in_system_header(const Source *s, size_t offset);
void source_dump(const Source *s, FILE *to); /* --dump=scan */

#endif
