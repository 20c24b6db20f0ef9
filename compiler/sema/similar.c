/* similar.c: what a misspelt name was meant to be.
 *
 * needs: a name of the source that nothing declares
 * leaves: the name nearest to it among the dialect's words and the identifiers that the file or its headers have; for a call,
 * those that stand before a parenthesis. Only asked when something is wrong */
#include <ctype.h>

#include "sema.h"

enum { LONGEST = 40 };

static bool wordly(char c) { return isalnum((unsigned char)c) || c == '_' || c == '$'; }

/* How many letters must be put in, taken out, changed or swapped with a neighbour; more than `most` counts as more. */
static size_t distance(const char *a, size_t n, const char *b, size_t m, size_t most) {
    size_t rows[3][LONGEST + 1];
    if (n > LONGEST || m > LONGEST || (n > m ? n - m : m - n) > most) return most + 1;
    for (size_t k = 0; k <= m; k++) rows[0][k] = k;
    for (size_t i = 1; i <= n; i++) {
        size_t *now = rows[i % 3], *before = rows[(i + 2) % 3], *two = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t k = 1; k <= m; k++) {
            size_t d = before[k - 1] + (a[i - 1] != b[k - 1]);
            if (before[k] + 1 < d) d = before[k] + 1;
            if (now[k - 1] + 1 < d) d = now[k - 1] + 1;
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1] && two[k - 2] + 1 < d) d = two[k - 2] + 1;
            now[k] = d;
        }
    }
    return rows[n % 3][m];
}

const char *sema_similar(Arena *a, const Source *s, size_t at, bool call) {
    static const char *const words[] = {"async",
                                        "await",
                                        "yield",
                                        "throw",
                                        "defer",
                                        "catch",
                                        "finally",
                                        "acc_task",
                                        "acc_coro",
                                        "acc_future",
                                        "acc_outcome",
                                        "acc_queue",
                                        "acc_run",
                                        "acc_try",
                                        "acc_gather",
                                        "acc_result",
                                        "acc_future_new",
                                        "acc_queue_new",
                                        "acc_queue_get",
                                        "acc_queue_put",
                                        "acc_shield",
                                        "struct",
                                        "return",
                                        "unsigned",
                                        "double",
                                        "static",
                                        "const",
                                        "acc_wait_for",
                                        "int",
                                        "char",
                                        "acc_create_task",
                                        "acc_future_set_result",
                                        "acc_future_set_error",
                                        "acc_error_new",
                                        "acc_gather_array"};
    const char *name = s->text + at;
    size_t n = 0;
    while (wordly(name[n])) n++;
    if (n < 3) return NULL;
    size_t best = 1 + (n > 4) + (n > 9); /* more letters than that differ: it is something else */
    const char *found = NULL;
    size_t length = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t m = strlen(words[i]);
        if ((call && strncmp(words[i], "acc_", 4) != 0) || (m == n && !memcmp(words[i], name, n))) continue;
        size_t d = distance(name, n, words[i], m, best);
        if (d < best || (d == best && !found)) best = d, found = words[i], length = m;
    }
    for (const char *p = s->text; n > 3 && p < s->text + s->len;) {
        if (!wordly(*p)) {
            p++;
            continue;
        }
        size_t m = 1;
        while (wordly(p[m])) m++;
        char mark = s->marked[p - s->text]; /* not in a comment or a string, and a name */
        bool other = (mark == 1 || mark == 2) && !(m > 5 && !memcmp(p, "acc__", 5)) && (m != n || memcmp(p, name, n) != 0);
        if (other && *p != '_' && m + best >= n && n + best >= m && (!call || p[m + strspn(p + m, " ")] == '(')) {
            size_t d = distance(name, n, p, m, best);
            if (d < best || (d == best && !found)) best = d, found = p, length = m;
        }
        p += m;
    }
    return found && best * 3 <= n + 1 ? arena_strndup(a, found, length) : NULL;
}
