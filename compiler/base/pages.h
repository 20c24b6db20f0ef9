/* pages.h: what there is to say of each kind of diagnostic: for --explain, docs/diagnostics.md and SARIF's rules. */
#ifndef ACC_PAGES_H
#define ACC_PAGES_H

typedef struct DiagPage {
    int number;         /* ACCnnn */
    const char *option; /* of a warning: what stands behind -W; NULL: it is an error */
    const char *title;
    const char *text;  /* paragraphs, filled to 100 columns */
    const char *wrong; /* an example that is diagnosed so; NULL: none is possible */
    const char *right; /* one that is not. Both are whole declarations; tests/diag/pages.sh compiles them */
} DiagPage;

extern const DiagPage diag_pages[]; /* ascending; number 0 ends them */
const DiagPage *diag_page(int number);

#endif
