/* syntax.c: what is wrong where the grammar found no tree, in clang's words and at clang's place.
 *
 * needs: the trees; leaves: the syntax errors of all regions
 *
 * An error recovery of the parser's says little of what a person did wrong, clang's says it well. So clang reads the source once
 * more with each word of the dialect overwritten by plain C of the same length that may stand there, which keeps the offsets:
 * `await` is an operator, `async` nothing. What such a text means is not what the user's means; of clang's errors only those of
 * syntax count. Where it has none the tree's own error is reported. */
#include "sema.h"

#include "libclang.h"
#include <ctype.h>

#include "clang.h"

typedef struct Syntax {
    Arena *a;
    const Tree *tree;
    const Source *s;
    Diags *diags;
    char *text;     /* what clang reads */
    bool *bad;      /* of each region: does the tree have an error? */
    bool *reported; /* and is one reported? */
    Map *said;      /* names that are not declared */
    Map *caught;    /* names that catch clauses declare, which clang does not see */
} Syntax;

static bool wordly(char c) { return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80; }

/* Behind the token before offset: where something is missing. */
static Place behind(const Source *s, size_t offset) {
    while (offset > 0 && isspace((unsigned char)s->marked[offset - 1])) offset--;
    Place p = source_place(s, offset ? offset - 1 : 0);
    p.length = (unsigned)offset;
    p.column = 1; /* translate.c finds the column */
    return p;
}

Place sema_place(const Source *s, size_t offset) {
    if (offset >= s->len || isspace((unsigned char)s->marked[offset])) return behind(s, offset < s->len ? offset : s->len);
    Place p = source_place(s, offset);
    p.length = (unsigned)offset;
    return p;
}

bool sema_said(Map *said, const Source *s, size_t name) {
    size_t n = 0;
    while (name + n < s->len && wordly(s->text[name + n])) n++;
    if (map_get(said, s->text + name, n)) return true;
    map_set(said, s->text + name, n, (void *)1);
    return false;
}

/* acc_task alone. */
static const char *without_type(Arena *a, const Source *s, size_t at) {
    static const char *const with_type[] = {"acc_task",    "acc_coro",      "acc_future",
                                            "acc_outcome", "acc_generator", "acc_queue"};
    size_t n = 0;
    while (wordly(s->text[at + n])) n++;
    for (size_t i = 0; i < sizeof with_type / sizeof *with_type; i++)
        if (strlen(with_type[i]) == n && !memcmp(s->text + at, with_type[i], n))
            return arena_printf(a, "'%s' wants the type of its result: %s(int)", with_type[i], with_type[i]);
    return NULL;
}

const char *sema_undeclared(Arena *a, Map *said, const Source *s, size_t at, bool function, const char *words, int *number) {
    size_t n = 0, next;
    while (at + n < s->len && wordly(s->text[at + n])) n++;
    bool await = n == 5 && !memcmp(s->text + at, "await", 5);
    if (!await && sema_said(said, s, at)) return NULL; /* once */
    next = at + n;
    while (next < s->len && isspace((unsigned char)s->marked[next])) next++;
    size_t declared = next;
    while (s->text[declared] == '*' || (declared > next && isspace((unsigned char)s->marked[declared]))) declared++;
    size_t end = declared;
    while (end < s->len && wordly(s->text[end])) end++;
    if (await) {
        *number = function ? 1 : 6;
        return function ? "expected an expression behind 'await'"
                        : "'await' outside a function: nothing is evaluated at run time there";
    }
    size_t behind = end;
    while (behind < s->len && isspace((unsigned char)s->marked[behind])) behind++;
    bool type = next > at + n && end > declared && (declared == next || strchr("=;,", s->text[behind]));
    for (size_t i = at; type && declared > next && i-- > 0;) { /* a * b; is a declaration at a statement's start only */
        if (isspace((unsigned char)s->marked[i])) continue;
        type = strchr(";{}", s->text[i]) != NULL;
        break;
    }
    if (!type) {
        const char *meant = strstr(words, "did you mean") ? NULL : sema_similar(a, s, at, s->text[next] == '(');
        return meant ? arena_printf(a, "%s; did you mean '%s'?", words, meant) : words;
    }
    const char *meant = sema_similar(a, s, at, false), *handle = without_type(a, s, at);
    map_set(said, s->text + declared, end - declared, (void *)1);
    if (handle) return handle;
    return arena_printf(a, meant ? "unknown type name '%.*s'; did you mean '%s'?" : "unknown type name '%.*s'", (int)n,
                        s->text + at, meant);
}

/* ---- the dialect overwritten ---- */

static void put(Syntax *x, size_t at, size_t len, const char *with) {
    size_t n = strlen(with);
    for (size_t i = 0; i < len; i++)
        if (x->text[at + i] != '\n') x->text[at + i] = i < n ? with[i] : ' ';
}

/* Behind the parenthesis that closes the one at `open`. */
static size_t closing(const Syntax *x, size_t open) {
    int depth = 0;
    for (size_t i = open; i < x->s->len && x->s->text[i] != ';' && x->s->text[i] != '{'; i++) {
        if (x->s->text[i] == '(') depth++;
        else if (x->s->text[i] == ')' && !--depth) return i + 1;
    }
    return open + 1;
}

static size_t skip_blank(const Syntax *x, size_t at) {
    while (at < x->s->len && isspace((unsigned char)x->s->marked[at])) at++;
    return at;
}

static void overwrite(Syntax *x, size_t start, size_t end) {
    static const char *const same[][2] = {
        {"async", ""},
        {"await", "!"},
        {"yield", ""},
        {"try", ""},
        {"finally", ""},
        {"throw", ""},
        {"defer", ""},
        {"in", ";;"},
        {"acc_task", "  typeof"},
        {"acc_coro", "  typeof"},
        {"acc_future", "    typeof"},
        {"acc_outcome", "     typeof"},
        {"acc_future_new", "sizeof"},
        {"acc_queue", "   typeof"},
        {"acc_generator", "       typeof"},
    };
    const char *text = x->s->text;
    for (size_t at = start; at < end;) {
        if (text[at] == '"' || text[at] == '\'') {
            char quote = text[at++];
            while (at < end && text[at] != quote && text[at] != '\n') at += text[at] == '\\' ? 2 : 1;
            at++;
            continue;
        }
        if (!wordly(text[at]) || x->s->marked[at] == ' ') {
            at++;
            continue;
        }
        size_t n = 1;
        while (at + n < end && wordly(text[at + n])) n++;
        bool keyword = x->s->marked[at] == text[at];
        for (size_t i = 0; keyword && i < sizeof same / sizeof *same; i++)
            if (strlen(same[i][0]) == n && !memcmp(text + at, same[i][0], n)) put(x, at, n, same[i][1]);
        if (keyword && ((n == 5 && !memcmp(text + at, "catch", 5)) || (n == 4 && !memcmp(text + at, "with", 4)))) {
            size_t open = skip_blank(x, at + n), close = text[open] == '(' ? closing(x, open) : open;
            put(x, at, n, "");
            for (size_t i = open, k; n == 5 && i < close; i += k) { /* catch (TYPE name) */
                for (k = 0; wordly(text[i + k]);) k++;
                if (k) map_set(x->caught, text + i, k, (void *)1);
                else k = 1;
            }
            if (n == 5) put(x, open, close - open, "");
            else if (close > open) put(x, open, 1, ""), put(x, close - 1, 1, ";");
        }
        at += n;
    }
}

/* An await that the grammar does not let stand is an operator too, wherever it is. */
static void overwrite_errors(Syntax *x, const Node *n) {
    if (!n->error && n->kind != N_ERROR) return;
    if (n->kind == N_ERROR && n->end - n->start == 5 && node_is(x->s, n, "await")) put(x, n->start, 5, "!");
    for (uint32_t i = 0; i < n->count; i++) overwrite_errors(x, n->children[i]);
}

/* ---- clang's errors ---- */

static size_t region_at(const Syntax *x, size_t offset) {
    size_t found = x->tree->regions.len;
    for (size_t i = 0; i < x->tree->regions.len && x->tree->regions.data[i]->start <= offset; i++) found = i;
    return found;
}

static size_t offset_of(CXSourceLocation l) {
    unsigned offset;
    clang_getFileLocation(l, NULL, NULL, NULL, &offset);
    return offset;
}

static bool about_syntax(CXDiagnostic d, const char *text) {
    CXString c = clang_getDiagnosticCategoryText(d);
    bool yes = !strcmp(clang_getCString(c), "Parse Issue") || !strcmp(clang_getCString(c), "Lexical or Preprocessor Issue");
    clang_disposeString(c);
    return yes || strstr(text, "unknown type name") || strstr(text, " tag to refer to type ") ||
           strstr(text, "undeclared identifier");
}

/* Does a function's body begin between a region's start and `at`? It may have no end. */
static bool in_body(const Syntax *x, size_t region, size_t at) {
    size_t last = 0;
    for (size_t i = x->tree->regions.data[region]->start; i < at; i++) {
        if (isspace((unsigned char)x->s->marked[i])) continue;
        if (x->s->text[i] == '{' && x->s->text[last] == ')') return true;
        last = i;
    }
    return false;
}

static const char *unknown_type(Syntax *x, size_t at, const char *words) {
    const char *handle = without_type(x->a, x->s, at), *meant = sema_similar(x->a, x->s, at, false);
    if (handle) return handle;
    return meant ? arena_printf(x->a, "%s; did you mean '%s'?", words, meant) : words;
}

/* acc_tsk(int) t: a call for clang, with a type where an argument was expected. *at becomes the word's place. */
static const char *misspelt_type(Syntax *x, size_t *at) {
    size_t open = *at;
    while (open && isspace((unsigned char)x->s->marked[open - 1])) open--;
    if (!open || x->s->text[open - 1] != '(') return NULL;
    size_t word = open - 1;
    while (word && wordly(x->s->text[word - 1])) word--;
    const char *meant = word < open - 1 ? sema_similar(x->a, x->s, word, false) : NULL;
    if (!meant || !without_type(x->a, &(Source){.text = meant}, 0)) return NULL;
    *at = word;
    size_t name = skip_blank(x, closing(x, open - 1));
    if (wordly(x->s->text[name])) sema_said(x->said, x->s, name);
    return arena_printf(x->a, "unknown type name '%.*s'; did you mean '%s'?", (int)(open - 1 - word), x->s->text + word,
                        meant);
}

/* Behind a string without an end, which is said, in the same function: what follows from it is not worth saying. */
static bool lost(const Source *s, size_t at) {
    for (size_t i = 0; i < s->broken.len; i++) {
        size_t from = s->broken.data[i];
        const char *end = strstr(s->text + from, "\n}");
        if (at >= from && (!end || at <= (size_t)(end - s->text) + 1)) return true;
    }
    return false;
}

static void report(Syntax *x, CXDiagnostic d) {
    if (clang_getDiagnosticSeverity(d) < CXDiagnostic_Error) return;
    size_t at = offset_of(clang_getDiagnosticLocation(d)), region = region_at(x, at);
    if (region == x->tree->regions.len || !x->bad[region]) return;
    if (at > x->s->regions.data[region].end && skip_blank(x, x->s->regions.data[region].end) < x->s->len)
        return; /* between regions */
    if (lost(x->s, at)) return;
    CXString s = clang_getDiagnosticSpelling(d);
    const char *text = clang_getCString(s);
    int number = 1;
    const char *words = text;
    if (strstr(text, "undeclared identifier")) {
        bool function = x->s->regions.data[region].function || in_body(x, region, at);
        number = 0;
        words = sema_undeclared(x->a, x->said, x->s, at, function, text, &number);
        size_t n = 0;
        while (wordly(x->s->text[at + n])) n++;
        bool caught = map_get(x->caught, x->s->text + at, n);
        x->reported[region] |= !words && !caught; /* it is said */
        if (words == text && caught) words = NULL;
    } else if (strstr(text, "unknown type name")) {
        number = 0;
        words = unknown_type(x, at, text);
    } else if (strstr(text, "expected expression") && (words = misspelt_type(x, &at))) number = 0;
    else words = text;
    if (!words) {
        clang_disposeString(s);
        return;
    }
    /* a brace that is missing makes nested functions of all that follow it: its absence is reported at the end */
    if ((words != text || about_syntax(d, text)) && !strstr(text, "function definition is not allowed here")) {
        Diag *diag = diag_add(x->diags, DIAG_ERROR, number, NULL, sema_place(x->s, at), "%s", words);
        x->reported[region] = true;
        CXDiagnosticSet children = clang_getChildDiagnostics(d);
        for (unsigned i = 0; i < clang_getNumDiagnosticsInSet(children); i++) {
            CXDiagnostic note = clang_getDiagnosticInSet(children, i);
            CXString match = clang_getDiagnosticSpelling(note);
            if (strstr(clang_getCString(match), "to match this"))
                diag_note(x->diags, diag, sema_place(x->s, offset_of(clang_getDiagnosticLocation(note))), "%s",
                          clang_getCString(match));
            clang_disposeString(match);
            clang_disposeDiagnostic(note);
        }
        clang_disposeDiagnosticSet(children);
    }
    clang_disposeString(s);
}

static void ask_clang(Syntax *x, const CStrVec *args) {
    static const char *const own[] = {"-fgnu-keywords", NULL};
    CXIndex index = clang_createIndex(0, 0);
    CXTranslationUnit unit = clang_read(x->a, index, args, own, "acc-syntax.i", x->text, x->s->len);
    for (unsigned i = 0; i < clang_getNumDiagnostics(unit); i++) {
        CXDiagnostic d = clang_getDiagnostic(unit, i);
        report(x, d);
        clang_disposeDiagnostic(d);
    }
    clang_disposeTranslationUnit(unit);
    clang_disposeIndex(index);
}

/* ---- the tree's errors ---- */

static bool is_error(const Node *n) {
    return n->missing || n->kind == N_ERROR || (n->error && n->start == n->end && n->kind == N_identifier);
}

/* An await among what is worked out by the compiler, which the grammar has no place for. */
static bool constant(Syntax *x, const Node *n) {
    if (n->kind != N_ERROR || !node_is(x->s, n, "await") || !n->parent) return false;
    const char *where = !strcmp(n->parent->name, "enumerator") ? "an enumeration constant"
                        : n->parent->kind == N_bitfield_clause ? "the width of a bit-field"
                                                               : NULL;
    if (!where) return false;
    diag_add(x->diags, DIAG_ERROR, 6, NULL, sema_place(x->s, n->start), "'await' in %s", where);
    return true;
}

static size_t constants(Syntax *x, const Node *n) {
    if (!n->error && n->kind != N_ERROR) return 0;
    size_t found = constant(x, n);
    for (uint32_t i = 0; i < n->count; i++) found += constants(x, n->children[i]);
    return found;
}

static size_t count(const Node *n) { /* the outermost errors */
    if (is_error(n)) return 1;
    size_t found = 0;
    for (uint32_t i = 0; n->error && i < n->count; i++) found += count(n->children[i]);
    return found;
}

static bool word_is(const char *text, size_t at, const char *word) {
    size_t n = strlen(word);
    return !strncmp(text + at, word, n) && !wordly(text[at + n]) && (!at || !wordly(text[at - 1]));
}

/* What a person most likely meant where the tree has an error that is none for clang. */
static const char *known_mistake(Syntax *x, size_t at) {
    const char *text = x->s->text;
    size_t before = at;
    while (before && isspace((unsigned char)x->s->marked[before - 1])) before--;
    bool async = before >= 5 && word_is(text, before - 5, "async");
    if (async && word_is(text, at, "for")) return "'async for' takes '(T name in what is iterated)'";
    if (word_is(text, at, "await")) return "'await' cannot stand here";
    /* acc_future_new(3): the error is found before or behind it */
    for (size_t i = at; i < x->s->len && text[i] != ';' && text[i] != '{' && i < at + 200; i++)
        if (word_is(text, i, "acc_future_new")) return "'acc_future_new' takes a type";
    return NULL;
}

static bool errors(Syntax *x, const Node *n, bool say) {
    if (!n->error && !is_error(n)) return false;
    if (!is_error(n)) {
        bool any = false; /* the parser's recovery makes further ones of one mistake: the first is said */
        for (uint32_t i = 0; i < n->count && !any; i++) any = errors(x, n->children[i], say);
        return any;
    }
    if (!say) return true;
    size_t at = skip_blank(x, n->start), len = 0;
    const char *better = known_mistake(x, at);
    if (better) diag_add(x->diags, DIAG_ERROR, 1, NULL, sema_place(x->s, at), "%s", better);
    else if (n->missing || n->start == n->end || at >= n->end)
        diag_add(x->diags, DIAG_ERROR, 1, NULL, behind(x->s, n->start),
                 n->kind == N_identifier ? "expected a name" : "expected '%s'", n->name);
    else {
        if (wordly(x->s->text[at]))
            while (at + len < n->end && len < 40 && wordly(x->s->text[at + len])) len++;
        else len = 1;
        diag_add(x->diags, DIAG_ERROR, 1, NULL, sema_place(x->s, at), "syntax error at '%.*s'", (int)len, x->s->text + at);
    }
    return true;
}

/* Where a region's own text begins: comments before it may be those of a header. */
static size_t first_token(const Node *region) {
    for (uint32_t i = 0; i < region->count; i++)
        if (region->children[i]->kind != N_comment) return region->children[i]->start;
    return region->start;
}

static bool holds_broken(const Source *s, const Region *r) {
    for (size_t i = 0; i < s->broken.len; i++)
        if (s->broken.data[i] >= r->start && s->broken.data[i] < r->end) return true;
    return false;
}

bool sema_syntax(Arena *a, const Tree *t, const CStrVec *args, Diags *d) {
    const Source *s = t->source;
    if (t->too_deep) {
        diag_add(d, DIAG_ERROR, 9, NULL, sema_place(s, t->too_deep->start),
                 "sorry: what is nested more than %d levels deep is not supported", TREE_DEPTH);
        return false;
    }
    Syntax x = {.a = a, .tree = t, .s = s, .diags = d, .said = map_new(a), .caught = map_new(a)};
    x.bad = NEW_ARRAY(a, bool, t->regions.len + 1);
    x.reported = NEW_ARRAY(a, bool, t->regions.len + 1);
    bool any = false;
    for (size_t i = 0; i < t->regions.len; i++)
        if (s->regions.data[i].dialect && !source_in_system_header(s, first_token(t->regions.data[i])))
            any |= x.bad[i] = errors(&x, t->regions.data[i], false);
    if (!any) return true;

    x.text = arena_strndup(a, s->text, s->len);
    for (size_t i = 0; i < s->throws.len; i++) put(&x, s->throws.data[i], 10, "");
    size_t constant_errors = 0, all = 0;
    for (size_t i = 0; i < t->regions.len; i++) {
        if (!x.bad[i]) continue;
        constant_errors += constants(&x, t->regions.data[i]);
        all += count(t->regions.data[i]);
        x.reported[i] = constant_errors == all; /* so far */
    }
    if (constant_errors == all) return true; /* no syntax: the others shall be found too */
    for (size_t i = 0; i < t->regions.len; i++) {
        overwrite(&x, t->regions.data[i]->start, s->regions.data[i].end);
        overwrite_errors(&x, t->regions.data[i]);
    }
    ask_clang(&x, args);
    for (size_t i = 0; i < t->regions.len; i++)
        if (x.bad[i] && !x.reported[i] && !holds_broken(s, &s->regions.data[i])) errors(&x, t->regions.data[i], true);
    return false;
}
