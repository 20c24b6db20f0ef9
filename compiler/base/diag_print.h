/* diag_print.h: what the three printers of diagnostics share, and nobody else sees. */
#ifndef ACC_DIAG_PRINT_H
#define ACC_DIAG_PRINT_H

#include "diag.h"

/* The next character of s[0..n): its length in bytes (at least 1) and how many columns a terminal gives it (tabs are the caller's).
 * *valid false: not UTF-8, the length is 1. */
size_t diag_char(const char *s, size_t n, unsigned *width, bool *valid);

/* The column, 1-based, as gcc counts it for people: tabs go to multiples of 8, a character is as wide as it shows. */
unsigned diag_display_column(const char *text, size_t len, unsigned byte_column);

/* Is its fix put before the piece, rather than instead of it? */
bool diag_fix_inserts(const Diag *diag);

/* "ACC012" into a buffer of 16. */
const char *diag_number(char buf[16], int number);
/* "-Wunawaited" or, of a warning that counts as an error, "-Werror=unawaited". */
void diag_option_text(StrBuf *b, const Diag *diag);

void diag_print_text(Diags *d, Diag **list, size_t n, FILE *to, DiagColor color);
void diag_print_json(Diags *d, Diag **list, size_t n, FILE *to);
void diag_print_sarif(Diags *d, Diag **list, size_t n, FILE *to);

#endif
