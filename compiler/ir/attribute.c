/* attribute.c: cleanup attributes, found in the text: libclang says no more of one than that it is there.
 *
 * needs: a span that holds attributes
 * leaves: the function's name, and the place of `cleanup(function)` */
#include <ctype.h>
#include <string.h>

#include "ir.h"

CleanupAttribute ir_cleanup_attribute(Arena *a, Unit *u, size_t start, size_t end) {
    const char *text = u->source->text;
    static const char blank[] = " \t\n";
    for (size_t i = start; i + 7 < end; i++) {
        if (i > start && (isalnum((unsigned char)text[i - 1]) || text[i - 1] == '_') && strncmp(text + i - 2, "__", 2))
            continue;
        if (strncmp(text + i, "cleanup", 7)) continue;
        size_t open = i + 7;
        if (!strncmp(text + open, "__", 2)) open += 2;
        open += strspn(text + open, blank);
        if (text[open] != '(') continue;
        size_t name = open + 1 + strspn(text + open + 1, blank), stop = name;
        while (isalnum((unsigned char)text[stop]) || text[stop] == '_' || text[stop] == '$') stop++;
        size_t close = stop + strspn(text + stop, blank);
        if (text[close] != ')' || close >= end) continue;
        size_t first = i;
        if (first >= start + 2 && !strncmp(text + first - 2, "__", 2)) first -= 2;
        while (first > start &&
               (isalnum((unsigned char)text[first - 1]) || text[first - 1] == '_' || text[first - 1] == ':'))
            first--;
        return (CleanupAttribute){first, close + 1, arena_strndup(a, text + name, stop - name)};
    }
    return (CleanupAttribute){0};
}
