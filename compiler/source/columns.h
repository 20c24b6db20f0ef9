/* columns.h: exact columns, found out only when somebody asks. `cc -E` collapses columns and the lines of a macro call that
 * spans several; a second run tells where each token really came from. */
#ifndef ACC_COLUMNS_H
#define ACC_COLUMNS_H

#include "../base/base.h"
#include "../base/diag.h"
#include "preprocess.h"

typedef struct Columns Columns;

/* For the file that was preprocessed with these options. Runs nothing yet. */
Columns *columns_new(Arena *a, const PreprocessOptions *o, const char *file);

/* Where the token_index-th token of the preprocessed text comes from, as the user wrote it; comments and directives are no
 * tokens. Of a token that a macro's body made, *out is the macro's invocation (the outermost one) and *definition (may be
 * NULL) the token in the macro's definition; *definition's line is 0 where there is none. False: it is not known,
 * and *out is the output's line with column 0, or all zero. */
/* Does a token stand in the text itself, outside of macros, as far as that can be told? */
bool columns_by_hand(Columns *c, size_t token_index);
bool columns_lookup(Columns *c, size_t token_index, Place *out, Place *definition);

#endif
