/* diag_json.c: diagnostics for programs: gcc's JSON, one array in one line, and SARIF 2.1.0. */
#include <unistd.h>

#include "diag_print.h"
#include "pages.h"

#ifndef ACC_VERSION
#define ACC_VERSION "0"
#endif

/* The one place that writes a JSON string. What is not UTF-8 becomes U+FFFD. */
static void add_string(StrBuf *b, const char *s) {
    size_t n = strlen(s);
    sb_addc(b, '"');
    for (size_t i = 0, len; i < n; i += len) {
        unsigned char c = (unsigned char)s[i];
        len = 1;
        if (c == '"' || c == '\\') sb_printf(b, "\\%c", c);
        else if (c == '\n') sb_add(b, "\\n");
        else if (c == '\t') sb_add(b, "\\t");
        else if (c < 0x20 || c == 0x7F) sb_printf(b, "\\u%04x", c);
        else if (c < 0x7F) sb_addc(b, (char)c);
        else {
            unsigned width;
            bool valid;
            len = diag_char(s + i, n - i, &width, &valid);
            if (valid) sb_addn(b, s + i, len);
            else sb_add(b, "\xEF\xBF\xBD");
        }
    }
    sb_addc(b, '"');
}

static void add_key(StrBuf *b, const char *key) {
    if (b->len && b->data[b->len - 1] != '{' && b->data[b->len - 1] != '[') sb_add(b, ", ");
    add_string(b, key);
    sb_add(b, ": ");
}

static void add_next(StrBuf *b) {
    if (b->data[b->len - 1] != '[') sb_add(b, ", ");
}

static const char *kind(const Diag *diag) {
    return diag->severity == DIAG_ERROR ? "error" : diag->severity == DIAG_WARNING ? "warning" : "note";
}

/* The last byte's column of what is underlined, cut at the end of the line where the line is known. */
static unsigned last_column(Diags *d, const Place *p) {
    const char *text;
    size_t len;
    unsigned last = p->column + (p->length > 1 ? p->length : 1) - 1;
    if (diag_source_line(d, p->file, p->line, &text, &len) && p->column <= len && last > len) last = (unsigned)len;
    return last;
}

/* ---- gcc's JSON ---- */

static void add_point(StrBuf *b, Diags *d, const Place *p, unsigned column) {
    const char *text;
    size_t len;
    unsigned shown = column;
    if (column && diag_source_line(d, p->file, p->line, &text, &len)) shown = diag_display_column(text, len, column);
    sb_addc(b, '{');
    add_key(b, "file");
    add_string(b, p->file ? p->file : "");
    add_key(b, "line");
    sb_printf(b, "%u", p->line);
    if (column) {
        add_key(b, "column");
        sb_printf(b, "%u", shown);
        add_key(b, "display-column");
        sb_printf(b, "%u", shown);
        add_key(b, "byte-column");
        sb_printf(b, "%u", column);
    }
    sb_addc(b, '}');
}

static void add_gcc(StrBuf *b, Diags *d, const Diag *diag) {
    const Place *p = &diag->place;
    sb_addc(b, '{');
    add_key(b, "kind");
    add_string(b, kind(diag));
    add_key(b, "message");
    add_string(b, diag->message);
    if (diag->option) {
        StrBuf option = {0};
        diag_option_text(&option, diag);
        add_key(b, "option");
        add_string(b, option.data);
        sb_free(&option);
    }
    if (diag->number) {
        char number[16];
        add_key(b, "metadata");
        sb_addc(b, '{');
        add_key(b, "rule");
        add_string(b, diag_number(number, diag->number));
        sb_addc(b, '}');
    }
    add_key(b, "column-origin");
    sb_addc(b, '1');
    add_key(b, "locations");
    sb_addc(b, '[');
    if (p->file) {
        sb_addc(b, '{');
        add_key(b, "caret");
        add_point(b, d, p, p->column);
        if (p->column && p->length > 1) {
            add_key(b, "finish");
            add_point(b, d, p, last_column(d, p));
        }
        sb_addc(b, '}');
    }
    sb_addc(b, ']');
    if (diag->fixit && p->column) {
        add_key(b, "fixits");
        sb_add(b, "[{");
        add_key(b, "start");
        add_point(b, d, p, p->column);
        add_key(b, "next");
        add_point(b, d, p, diag_fix_inserts(diag) ? p->column : last_column(d, p) + 1);
        add_key(b, "string");
        add_string(b, diag->fixit);
        sb_add(b, "}]");
    }
    if (diag->severity != DIAG_NOTE) {
        add_key(b, "children");
        sb_addc(b, '[');
        for (const Diag *note = diag->notes; note; note = note->next) {
            add_next(b);
            add_gcc(b, d, note);
        }
        sb_addc(b, ']');
    }
    add_key(b, "escape-source");
    sb_add(b, "false}");
}

void diag_print_json(Diags *d, Diag **list, size_t n, FILE *to) {
    StrBuf b = {0};
    sb_addc(&b, '[');
    for (size_t i = 0; i < n; i++) {
        add_next(&b);
        add_gcc(&b, d, list[i]);
    }
    sb_add(&b, "]\n");
    fwrite(b.data, 1, b.len, to);
    sb_free(&b);
}

/* ---- SARIF ---- */

static void add_uri(StrBuf *b, const char *path) {
    StrBuf uri = {0};
    if (*path == '/') sb_add(&uri, "file://");
    for (; *path; path++) {
        unsigned char c = (unsigned char)*path;
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~/+,=@", c);
        sb_printf(&uri, plain ? "%c" : "%%%02X", c);
    }
    add_string(b, uri.data ? uri.data : "");
    sb_free(&uri);
}

static void add_artifact(StrBuf *b, const char *file) {
    add_key(b, "artifactLocation");
    sb_addc(b, '{');
    add_key(b, "uri");
    add_uri(b, file);
    if (*file != '/') {
        add_key(b, "uriBaseId");
        add_string(b, "PWD");
    }
    sb_addc(b, '}');
}

/* A byte's column as SARIF's columnKind unicodeCodePoints counts it. */
static unsigned code_point_column(Diags *d, const Place *p, unsigned column) {
    const char *text;
    size_t len;
    if (!diag_source_line(d, p->file, p->line, &text, &len)) return column;
    unsigned count = 1;
    for (size_t i = 0; i + 1 < column && i < len; count++) {
        unsigned width;
        bool valid;
        i += diag_char(text + i, len - i, &width, &valid);
    }
    return count;
}

static void add_region(StrBuf *b, Diags *d, const char *key, const Place *p, bool empty) {
    add_key(b, key);
    sb_addc(b, '{');
    add_key(b, "startLine");
    sb_printf(b, "%u", p->line);
    if (p->column) {
        add_key(b, "startColumn");
        sb_printf(b, "%u", code_point_column(d, p, p->column));
        add_key(b, "endColumn");
        sb_printf(b, "%u", code_point_column(d, p, empty ? p->column : last_column(d, p) + 1));
    }
    sb_addc(b, '}');
}

static void add_message(StrBuf *b, const char *text) {
    add_key(b, "message");
    sb_addc(b, '{');
    add_key(b, "text");
    add_string(b, text);
    sb_addc(b, '}');
}

static void add_location(StrBuf *b, Diags *d, const Diag *diag, bool with_message) {
    sb_addc(b, '{');
    add_key(b, "physicalLocation");
    sb_addc(b, '{');
    add_artifact(b, diag->place.file);
    if (diag->place.line) add_region(b, d, "region", &diag->place, false);
    sb_addc(b, '}');
    if (with_message) add_message(b, diag->message);
    sb_addc(b, '}');
}

static void rule_id(StrBuf *id, const Diag *diag) {
    char number[16];
    if (diag->number) sb_add(id, diag_number(number, diag->number));
    else if (diag->option) sb_printf(id, "-W%s", diag->option);
    else sb_add(id, "error");
}

static void add_result(StrBuf *b, Diags *d, const Diag *diag) {
    StrBuf id = {0};
    rule_id(&id, diag);
    sb_addc(b, '{');
    add_key(b, "ruleId");
    add_string(b, id.data);
    sb_free(&id);
    add_key(b, "level");
    add_string(b, kind(diag));
    add_message(b, diag->message);
    add_key(b, "locations");
    sb_addc(b, '[');
    if (diag->place.file) add_location(b, d, diag, false);
    sb_addc(b, ']');
    if (diag->notes) {
        add_key(b, "relatedLocations");
        sb_addc(b, '[');
        for (const Diag *note = diag->notes; note; note = note->next) {
            if (!note->place.file) continue;
            add_next(b);
            add_location(b, d, note, true);
        }
        sb_addc(b, ']');
    }
    if (diag->fixit && diag->place.file && diag->place.column) {
        add_key(b, "fixes");
        sb_add(b, "[{");
        add_key(b, "artifactChanges");
        sb_add(b, "[{");
        add_artifact(b, diag->place.file);
        add_key(b, "replacements");
        sb_add(b, "[{");
        add_region(b, d, "deletedRegion", &diag->place, diag_fix_inserts(diag));
        add_key(b, "insertedContent");
        sb_addc(b, '{');
        add_key(b, "text");
        add_string(b, diag->fixit);
        sb_add(b, "}}]}]}]");
    }
    sb_addc(b, '}');
}

void diag_print_sarif(Diags *d, Diag **list, size_t n, FILE *to) {
    StrBuf b = {0};
    char pwd[4096];
    sb_add(&b, "{");
    add_key(&b, "$schema");
    add_string(&b, "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json");
    add_key(&b, "version");
    add_string(&b, "2.1.0");
    add_key(&b, "runs");
    sb_add(&b, "[{");
    add_key(&b, "tool");
    sb_addc(&b, '{');
    add_key(&b, "driver");
    sb_addc(&b, '{');
    add_key(&b, "name");
    add_string(&b, "acc");
    add_key(&b, "version");
    add_string(&b, ACC_VERSION);
    add_key(&b, "rules");
    sb_addc(&b, '[');
    for (size_t i = 0; i < n; i++) {
        StrBuf id = {0}, other = {0};
        rule_id(&id, list[i]);
        bool seen = false;
        for (size_t j = 0; j < i && !seen; j++) {
            other.len = 0;
            rule_id(&other, list[j]);
            seen = strcmp(id.data, other.data) == 0;
        }
        if (!seen) {
            add_next(&b);
            sb_addc(&b, '{');
            add_key(&b, "id");
            add_string(&b, id.data);
            const DiagPage *page = list[i]->number ? diag_page(list[i]->number) : NULL;
            if (page) {
                add_key(&b, "shortDescription");
                sb_addc(&b, '{');
                add_key(&b, "text");
                add_string(&b, page->title);
                sb_addc(&b, '}');
                add_key(&b, "fullDescription");
                sb_addc(&b, '{');
                add_key(&b, "text");
                add_string(&b, page->text);
                sb_addc(&b, '}');
            }
            sb_addc(&b, '}');
        }
        sb_free(&id);
        sb_free(&other);
    }
    sb_add(&b, "]}}");
    if (getcwd(pwd, sizeof pwd - 1)) {
        strcat(pwd, strcmp(pwd, "/") == 0 ? "" : "/");
        add_key(&b, "originalUriBaseIds");
        sb_addc(&b, '{');
        add_key(&b, "PWD");
        sb_addc(&b, '{');
        add_key(&b, "uri");
        add_uri(&b, pwd);
        sb_add(&b, "}}");
    }
    add_key(&b, "columnKind");
    add_string(&b, "unicodeCodePoints");
    add_key(&b, "results");
    sb_addc(&b, '[');
    for (size_t i = 0; i < n; i++) {
        add_next(&b);
        add_result(&b, d, list[i]);
    }
    sb_add(&b, "]}]}\n");
    fwrite(b.data, 1, b.len, to);
    sb_free(&b);
}
