/* readable.h: shared by the files of --emit=readable. */
#ifndef ACC_READABLE_H
#define ACC_READABLE_H

#include "emit.h"

typedef struct Included { /* a file that was included, or the user's own */
    const char *path;
    size_t start, end, behind; /* its text; where that of the file that includes it goes on */
    const Directive *line;     /* the #include; NULL: none, it was on the command line */
    bool own;                  /* acc's */
    bool whole, folded;        /* whole: it begins between declarations */
    struct Included *parent;
    VEC(struct Included *) inner;
} Included;

typedef struct Piece {   /* of the user's text that needs no translation */
    size_t start, end;   /* of the source */
    size_t first, last;  /* the directives in it */
    const char *written; /* the user's own lines; NULL: not to be used */
    size_t written_len;
    struct Included *included; /* what they include; NULL: it is text */
} Piece;

typedef struct Page {
    Arena *arena;
    Unit *unit;
    const Directives *directives;
    Included *root;
    VEC(Piece) pieces; /* in the order of the page */
    bool marked;       /* while it is being tried: the pieces are marked */
} Page;

typedef struct Walk { /* over the source */
    const Source *source;
    size_t at;
    int depth;
    char last; /* the last character of code */
} Walk;

/* folds.c */
void find_includes(Arena *a, Page *page);
bool between_declarations(Walk *w, size_t offset);       /* offsets must ascend */
bool command_line(const char *path);                     /* is that what macros on the command line are said to come from? */
bool made_up(const char *path);                          /* or those of the compiler? */
size_t directives_from(const Page *page, size_t offset); /* the first one at or behind it */

/* written.c: which pieces may stand as the user wrote them: those that the preprocessor makes the same tokens of */
void written_find(Page *page, Piece *piece, unsigned from, unsigned to, const char *path);
const char *written_include(const Page *page, const Directive *d); /* its line, with the user's comment */
/* Drops those that differ; an #include that does is not folded any more. False: there were some. */
bool written_check(Page *page, const StrBuf *tried, bool *unfolded);

#endif
