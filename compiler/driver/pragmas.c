/* pragmas.c: clang's preprocessor takes #pragma GCC diagnostic for itself, and drops those that name a warning it does not know,
 * which acc's own are. So they are shown to it as pragmas of nobody's, which it lets pass: "GCC" and "clang" are overwritten by
 * as many letters, in copies of the files that hold such pragmas. clang reads the copies under the files' own names
 * (-ivfsoverlay).
 *
 * needs: the text that clang made of the file as it is, for the names of the files in it
 * leaves: options for PreprocessOptions; pragma.c knows the pragmas by their new name */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "../base/spawn.h"
#include "command.h"
#include "temp.h"

/* Words with white space, and lines that end in a backslash, between them; NULL: something else stands there. */
static const char *word(const char *p, const char *end, const char *w) {
    while (p < end && (isspace((unsigned char)*p) || (*p == '\\' && p + 1 < end && p[1] == '\n'))) p++;
    size_t n = strlen(w);
    return (size_t)(end - p) > n && !memcmp(p, w, n) && !isalnum((unsigned char)p[n]) ? p + n : NULL;
}

/* Is it what stands behind GCC where one of acc's own warnings is named? In a _Pragma the quotes have backslashes. */
static bool own(const char *p, const char *end) {
    static const char *const verbs[] = {"ignored", "warning", "error", "fatal"};
    const char *verb = NULL;
    p = word(p, end, "diagnostic");
    for (size_t i = 0; p && !verb && i < sizeof verbs / sizeof *verbs; i++) verb = word(p, end, verbs[i]);
    if (!verb) return false;
    while (verb < end && (isspace((unsigned char)*verb) || *verb == '\\')) verb++;
    if (verb == end || *verb != '"') return false;
    const char *name = ++verb;
    while (verb < end && *verb != '"' && *verb != '\\' && *verb != '\n') verb++;
    return diag_own_option(name, (size_t)(verb - name));
}

/* Overwrites them. False: there are none. */
static bool rename_pragmas(char *text, size_t len) {
    static const char *const names[][2] = {{"GCC", "ACC"}, {"clang", "ACC  "}};
    bool any = false;
    for (size_t i = 0; i < 2; i++) {
        size_t n = strlen(names[i][0]);
        for (char *p = text; (p = memmem(p, len - (size_t)(p - text), names[i][0], n)); p += n) {
            if ((p > text && (isalnum((unsigned char)p[-1]) || p[-1] == '_')) || !own(p + n, text + len)) continue;
            memcpy(p, names[i][1], n);
            any = true;
        }
    }
    return any;
}

static void quoted(StrBuf *b, const char *s) {
    sb_addc(b, '"');
    for (; *s; s++) {
        if (*s == '"' || *s == '\\') sb_addc(b, '\\');
        sb_addc(b, *s);
    }
    sb_addc(b, '"');
}

typedef struct Overlay {
    Job *job;
    Map *seen;
    StrBuf roots;
    bool failed;
} Overlay;

/* A copy of the file, if there is a need of one. */
static void copy(Overlay *o, const char *name) {
    StrBuf text = {0};
    char buf[1 << 14];
    FILE *in = fopen(name, "rb");
    for (size_t n; in && (n = fread(buf, 1, sizeof buf, in)) > 0;) sb_addn(&text, buf, n);
    if (in) fclose(in);
    if (text.len && rename_pragmas(text.data, text.len)) {
        char *path = realpath(name, NULL), *cwd = getcwd(NULL, 0);
        const char *made = temp_file("pragmas.txt");
        FILE *out = path && cwd && made ? fopen(made, "wb") : NULL;
        o->failed |= !out || fwrite(text.data, 1, text.len, out) != text.len;
        if (out) o->failed |= fclose(out) != 0;
        const char *as_named = *name == '/' ? name : arena_printf(o->job->arena, "%s/%s", cwd ? cwd : ".", name);
        for (int i = 0; path && i < (strcmp(as_named, path) ? 2 : 1); i++) {
            sb_add(&o->roots, o->roots.len ? ",\n" : "");
            sb_add(&o->roots, "{\"type\": \"file\", \"name\": ");
            quoted(&o->roots, i ? as_named : path);
            sb_add(&o->roots, ", \"external-contents\": ");
            quoted(&o->roots, made);
            sb_add(&o->roots, "}");
        }
        free(path);
        free(cwd);
    }
    sb_free(&text);
}

bool pragmas_shown(Job *j, PreprocessOptions *pre, const StrBuf *text) {
    if (!pre->clang) return false;
    Overlay o = {.job = j, .seen = map_new(j->arena)};
    bool renamed = pre->input && rename_pragmas(j->input.data, j->input.len);
    for (const char *p = text->data; p && *p; p = *p ? p + 1 : p) {
        const char *end = p + strcspn(p, "\n"), *open = *p == '#' ? memchr(p, '"', (size_t)(end - p)) : NULL;
        const char *close = open ? memrchr(open + 1, '"', (size_t)(end - open - 1)) : NULL;
        bool system = close && strstr(close, " 3") && strstr(close, " 3") < end;
        if (close && !system && isdigit((unsigned char)p[1 + strspn(p + 1, " ")]) && open[1] != '<') {
            const char *name = arena_strndup(j->arena, open + 1, (size_t)(close - open - 1));
            if (!map_get(o.seen, name, strlen(name))) copy(&o, name);
            map_set(o.seen, name, strlen(name), (void *)1);
        }
        p = end;
    }
    if (o.roots.len && !o.failed) {
        const char *file = temp_file("pragmas.json");
        FILE *out = file ? fopen(file, "wb") : NULL;
        if (out) fprintf(out, "{\"version\": 0, \"use-external-names\": false, \"roots\": [\n%s\n]}\n", o.roots.data);
        o.failed |= !out || fclose(out) != 0;
        command_addn(j, &pre->args, "-ivfsoverlay", file, NULL);
    }
    if (o.failed) driver_error("cannot make a temporary file: %s", strerror(errno));
    bool any = (o.roots.len && !o.failed) || renamed;
    sb_free(&o.roots);
    return any;
}
