/* columns.c: where a token of the preprocessed text really stands, in the user's own file.
 *
 * needs: the options that the file was preprocessed with
 * leaves: nothing; it answers questions, and runs the preprocessor once more at the first of them
 *
 * clang is asked to dump its tokens: each with the place where its spelling stands and the place where it was expanded.
 *
 * gcc -fdebug-cpp writes before each token the place where its *spelling* stands, as {P:file;F:...;L:line;C:column;...}. With
 * these taken out the text is the plain one's, so that the two are counted alike. The spelling tells three kinds apart:
 *   USER     stands in the text outside directives: written there by the user, a macro's argument or not. The place is exact
 *   BODY     stands in a #define: a macro's body made it. The place is the definition's
 *   SCRATCH  does not stand there at all: made by # or ##, or by __LINE__ and its like
 * For the last two the invocation is looked for. gcc puts all that a macro makes on the output line where the outermost
 * invocation stands; and on that line of the source, an identifier that did not come out itself is a macro's name ("invocations"
 * below). Where several stand side by side, arguments between them and the macro that a token's #define belongs to tell which. */
#include "columns.h"

#include <limits.h>

#include <stdlib.h>

#include "../base/spawn.h"

typedef struct Lexeme {
    uint32_t line, column, offset, len;
    bool identifier;
} Lexeme;

typedef struct Invocation {
    uint32_t name, last; /* lexemes: the macro's name, the closing parenthesis of its arguments (or the name itself) */
} Invocation;

typedef struct Macro {
    uint32_t line, last_line; /* of the directive */
    const char *name;         /* not ended by NUL */
    size_t len, body, end;    /* of the name; offsets of the body in the file's text */
    struct Macro *same_name;  /* defined elsewhere too */
    bool visited;
} Macro;

/* A file that tokens come from, its own text cut up. */
typedef struct File {
    const char *name;
    uint32_t index;
    bool loaded;
    char *text; /* NULL: cannot be read */
    size_t len;
    VEC(size_t) lines;   /* offsets; one past the last line's end behind them */
    VEC(Lexeme) lexemes; /* outside directives and comments */
    VEC(Macro) macros;
    VEC(unsigned char) directive; /* by line: is it part of a directive? */
    VEC(Invocation) invocations;
    bool invocations_known;
} File;

typedef struct Spot {
    File *file; /* NULL: none */
    uint32_t line, column;
} Spot;

typedef struct Token {
    const char *text;
    size_t len;
    Spot spelling;
    Spot output; /* gcc: file and line of the output text; clang: where it was expanded */
} Token;

typedef enum TokenKind { USER, BODY, SCRATCH } TokenKind;

struct Columns {
    Arena *a;
    const PreprocessOptions *options;
    const char *file;
    bool ran, known;
    Map *by_name; /* files */
    uint32_t files;
    File *recent; /* the last one asked for by name */
    VEC(Token) tokens;
    Map *came_out; /* places (spot_key) of USER tokens; NULL: not made yet */
    Map *macros;   /* name -> Macro */
    VEC(File *) all;
};

Columns *columns_new(Arena *a, const PreprocessOptions *o, const char *file) {
    Columns *c = NEW(a, Columns);
    c->a = a;
    c->options = o;
    c->file = file;
    c->by_name = map_new(a);
    c->macros = map_new(a);
    return c;
}

static File *file_named(Columns *c, const char *name, size_t len) {
    if (c->recent && strlen(c->recent->name) == len && memcmp(c->recent->name, name, len) == 0) return c->recent;
    File *f = map_get(c->by_name, name, len);
    if (!f) {
        f = NEW(c->a, File);
        f->name = arena_strndup(c->a, name, len);
        f->index = ++c->files;
        map_set(c->by_name, f->name, len, f);
        vec_push(c->a, &c->all, f);
    }
    return c->recent = f;
}

/* ---- C's tokens, as the scanner of the preprocessed text counts them ---- */

static bool letter(unsigned char c) { return c == '_' || c == '$' || c >= 0x80 || ((c | 32) >= 'a' && (c | 32) <= 'z'); }
static bool digit(unsigned char c) { return c >= '0' && c <= '9'; }

/* \u1234 in an identifier. */
static size_t universal(const char *s) {
    size_t n = s[0] != '\\' ? 0 : s[1] == 'u' ? 4 : s[1] == 'U' ? 8 : 0;
    if (!n) return 0;
    size_t hex = strspn(s + 2, "0123456789abcdefABCDEF");
    return hex >= n ? n + 2 : 0;
}

static size_t quoted(const char *s) {
    char quote = *s;
    const char *p = s + 1;
    while (*p && *p != quote && *p != '\n') p += *p == '\\' && p[1] ? 2 : 1;
    return (size_t)(p - s) + (*p == quote);
}

/* The length of the token at s, which is neither space nor comment nor the end. */
static size_t token_length(const char *s, bool *identifier) {
    *identifier = false;
    size_t prefix = s[0] == 'u' && s[1] == '8' ? 2 : *s == 'L' || *s == 'u' || *s == 'U' ? 1 : 0;
    if (s[prefix] == '"' || s[prefix] == '\'') return prefix + quoted(s + prefix);
    const char *p = s;
    if (digit((unsigned char)*p) || (*p == '.' && digit((unsigned char)p[1]))) {
        for (p++;; p++) {
            if (strchr("eEpP", *p) && *p && (p[1] == '+' || p[1] == '-')) p++;
            else if (*p == '\'' && (letter((unsigned char)p[1]) || digit((unsigned char)p[1]))) p++;
            else if (!letter((unsigned char)*p) && !digit((unsigned char)*p) && *p != '.') return (size_t)(p - s);
        }
    }
    for (size_t n; (n = universal(p)) > 0 || letter((unsigned char)*p) || (p > s && digit((unsigned char)*p));)
        p += n ? n : 1;
    if (p > s) {
        *identifier = true;
        return (size_t)(p - s);
    }
    static const char *const longer[] = {
        "...", "<<=", ">>=", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "*=",
        "/=",  "%=",  "+=",  "-=", "&=", "^=", "|=", "##", "->", "<%", "%>", "<:", ":>"};
    for (size_t i = 0; i < sizeof longer / sizeof *longer; i++)
        if (strncmp(s, longer[i], strlen(longer[i])) == 0) return strlen(longer[i]);
    return 1;
}

/* ---- the user's files ---- */

typedef struct Reader {
    Columns *c;
    File *f;
    const char *p;
    uint32_t line;
    const char *line_start;
} Reader;

static void next_line(Reader *r) { /* p is behind a newline */
    r->line++;
    r->line_start = r->p;
    vec_push(r->c->a, &r->f->lines, (size_t)(r->p - r->f->text));
    vec_push(r->c->a, &r->f->directive, 0);
}

/* Skips blanks, comments and spliced lines; newlines only within those. */
static void skip_blanks(Reader *r) {
    for (;;) {
        size_t splice = r->p[0] != '\\' ? 0 : r->p[1] == '\n' ? 2 : r->p[1] == '\r' && r->p[2] == '\n' ? 3 : 0;
        if (splice) {
            bool directive = r->f->directive.data[r->line - 1];
            r->p += splice;
            next_line(r);
            r->f->directive.data[r->line - 1] = directive;
        } else if (*r->p == ' ' || *r->p == '\t' || *r->p == '\r' || *r->p == '\f' || *r->p == '\v') {
            r->p++;
        } else if (r->p[0] == '/' && r->p[1] == '/') {
            while (*r->p && *r->p != '\n' && !(r->p[0] == '\\' && r->p[1] == '\n')) r->p++;
        } else if (r->p[0] == '/' && r->p[1] == '*') {
            bool directive = r->f->directive.data[r->line - 1];
            for (r->p += 2; *r->p && !(r->p[0] == '*' && r->p[1] == '/');) {
                if (*r->p++ != '\n') continue;
                next_line(r);
                r->f->directive.data[r->line - 1] = directive;
            }
            if (*r->p) r->p += 2;
        } else {
            return;
        }
    }
}

/* p stands on a # that begins a line. A #define is remembered; the next newline is where it ends. */
static void read_directive(Reader *r) {
    bool identifier;
    r->f->directive.data[r->line - 1] = 1;
    uint32_t first = r->line;
    r->p++;
    skip_blanks(r);
    bool define = strncmp(r->p, "define", 6) == 0 && (r->p[6] == ' ' || r->p[6] == '\t');
    Macro m = {.line = first};
    if (define) {
        r->p += 6;
        skip_blanks(r);
        m.name = r->p;
        m.len = *r->p && *r->p != '\n' ? token_length(r->p, &identifier) : 0;
        r->p += m.len;
        if (*r->p == '(')
            while (*r->p && *r->p != '\n' && *r->p != ')') {
                r->p++;
                skip_blanks(r);
            }
        if (*r->p == ')') r->p++;
        m.body = (size_t)(r->p - r->f->text);
    }
    for (skip_blanks(r); *r->p && *r->p != '\n'; skip_blanks(r)) r->p += token_length(r->p, &identifier);
    m.end = (size_t)(r->p - r->f->text);
    m.last_line = r->line;
    if (define && m.len) vec_push(r->c->a, &r->f->macros, m);
}

static void load(Columns *c, File *f) {
    if (f->loaded) return;
    f->loaded = true;
    if (strcmp(f->name, "<stdin>") == 0 && c->options->input) {
        f->text = arena_strndup(c->a, c->options->input, c->options->input_len);
        f->len = c->options->input_len;
    } else {
        FILE *in = *f->name == '<' ? NULL : fopen(f->name, "rb");
        if (!in) return;
        StrBuf text = {0};
        char buf[1 << 14];
        for (size_t n; (n = fread(buf, 1, sizeof buf, in)) > 0;) sb_addn(&text, buf, n);
        fclose(in);
        f->text = arena_strndup(c->a, text.data, text.len);
        f->len = text.len;
        sb_free(&text);
    }
    Reader r = {c, f, f->text, 0, f->text};
    bool fresh = true; /* nothing but blanks on this line so far */
    next_line(&r);
    for (skip_blanks(&r); *r.p; skip_blanks(&r)) {
        if (*r.p == '\n') {
            r.p++;
            next_line(&r);
            fresh = true;
        } else if (*r.p == '#' && fresh) {
            read_directive(&r);
        } else {
            Lexeme x = {.line = r.line, .column = (uint32_t)(r.p - r.line_start) + 1, .offset = (uint32_t)(r.p - f->text)};
            x.len = (uint32_t)token_length(r.p, &x.identifier);
            vec_push(c->a, &f->lexemes, x);
            r.p += x.len;
            fresh = false;
        }
    }
    vec_push(c->a, &f->lines, f->len + 1);
    for (size_t i = 0; i < f->macros.len; i++) {
        Macro *m = &f->macros.data[i];
        m->same_name = map_get(c->macros, m->name, m->len);
        map_set(c->macros, m->name, m->len, m);
    }
}

/* Does the text stand there? A line that is spliced within it, or a letter written otherwise (\u00fc), is let through. */
static bool stands_at(Columns *c, const Token *t) {
    File *f = t->spelling.file;
    if (!f) return false;
    load(c, f);
    if (!f->text || !t->spelling.line || t->spelling.line >= f->lines.len || !t->spelling.column) return false;
    size_t at = f->lines.data[t->spelling.line - 1] + t->spelling.column - 1;
    if (at >= f->lines.data[t->spelling.line]) return false;
    const char *p = f->text + at, *end = f->text + f->len;
    for (size_t i = 0; i < t->len; i++, p++) {
        if (p < end && *p == t->text[i]) continue;
        if (universal(t->text + i) && p < end && (unsigned char)*p >= 0x80) return true;
        return p + 1 < end && *p == '\\' && (p[1] == '\n' || p[1] == '\r');
    }
    return true;
}

static TokenKind kind_of(Columns *c, const Token *t) {
    const Spot *s = &t->spelling;
    if (s->file) load(c, s->file);
    if (s->file && !s->file->text &&
        *s->file->name != '<') /* a #line names what is not there: believe what comes out there */
        return s->file == t->output.file && s->line == t->output.line ? USER : SCRATCH;
    if (!stands_at(c, t)) return SCRATCH;
    return t->spelling.file->directive.data[t->spelling.line - 1] ? BODY : USER;
}

/* ---- what gcc says ---- */

/* {P:file;F:file;L:1;C:2;S:0;M:0x7f;E:0,LOC:3,R:3}: its length, 0 where it is not one. */
static size_t annotation(Columns *c, const char *s, Spot *spot) {
    if (strncmp(s, "{P:", 3) != 0) return 0;
    size_t line_len = strnlen(s, 2 * PATH_MAX); /* an annotation is no longer, and the text behind it is long */
    const char *from = memmem(s, line_len, ";F:", 3);
    const char *numbers = from ? memmem(from, line_len - (size_t)(from - s), ";L:", 3) : NULL;
    int line, column, system, used = 0;
    char piece[256] = "";
    if (numbers) snprintf(piece, sizeof piece, "%.255s", numbers);
    if (!numbers || sscanf(piece, ";L:%d;C:%d;S:%d;M:%n", &line, &column, &system, &used) != 3 || !used) return 0;
    const char *p = numbers + used;
    p += strspn(p, "0123456789abcdefxnil()");
    int expanded;
    long long loc, raw;
    used = 0;
    snprintf(piece, sizeof piece, "%.255s", p);
    if (sscanf(piece, ";E:%d,LOC:%lld,R:%lld}%n", &expanded, &loc, &raw, &used) != 3 || !used) return 0;
    *spot = (Spot){0};
    if (line > 0 && column >= 0)
        *spot = (Spot){file_named(c, s + 3, (size_t)(from - s) - 3), (uint32_t)line, (uint32_t)column};
    return (size_t)(p + used - s);
}

/* # 12 "file" 1 3: what stands there is the next line's place. False: no line marker. */
static bool line_marker(Columns *c, const char *s, Spot *output) {
    char *end;
    s++;
    if (strncmp(s, "line", 4) == 0) s += 4;
    unsigned long line = strtoul(s, &end, 10);
    if (end == s) return false;
    end += strspn(end, " ");
    output->line = (uint32_t)line;
    if (*end != '"') return true;
    StrBuf name = {0};
    for (end++; *end && *end != '"' && *end != '\n'; end++) {
        if (*end == '\\' && end[1] && end[1] != '\n') end++;
        sb_addc(&name, *end);
    }
    if (name.len) output->file = file_named(c, name.data, name.len);
    sb_free(&name);
    return true;
}

static void read_gcc(Columns *c, const char *p) {
    Spot output = {0}, spelling = {0};
    bool fresh = true;
    while (*p) {
        size_t n = *p == '{' ? annotation(c, p, &spelling) : 0;
        if (n) {
            p += n;
        } else if (*p == '\n') {
            p++;
            output.line++;
            fresh = true;
        } else if (*p == '#' && fresh) {
            bool marker = line_marker(c, p, &output);
            p += strcspn(p, "\n");
            if (marker && *p) p++; /* the marker itself is no line */
        } else if (strchr(" \t\r\f\v", *p)) {
            p++;
            fresh = false;
        } else {
            bool identifier;
            Token t = {.text = p, .len = token_length(p, &identifier), .spelling = spelling, .output = output};
            vec_push(c->a, &c->tokens, t);
            p += t.len;
            fresh = false;
        }
    }
}

/* ---- what clang says: identifier 'x'	 [LeadingSpace]	Loc=<a.c:7:9 <Spelling=a.c:1:18>> ---- */

/* name:line:column up to end. */
static Spot clang_spot(Columns *c, const char *s, const char *end) {
    const char *colon[2] = {NULL, NULL};
    for (const char *p = end; p-- > s && !colon[0];)
        if (*p == ':') colon[colon[1] ? 0 : 1] = p;
    if (!colon[0] || *s == '<') return (Spot){0};
    return (Spot){file_named(c, s, (size_t)(colon[0] - s)), (uint32_t)strtoul(colon[0] + 1, NULL, 10),
                  (uint32_t)strtoul(colon[1] + 1, NULL, 10)};
}

static void read_clang(Columns *c, const char *p) {
    while (*p) {
        const char *end = p + strcspn(p, "\n");
        const char *loc = NULL, *quote = memchr(p, '\'', (size_t)(end - p)), *close = NULL;
        while (*end && !memmem(p, (size_t)(end - p), "\tLoc=<", 6)) end += 1 + strcspn(end + 1, "\n"); /* a spliced word */
        for (const char *q = p; (q = memmem(q, (size_t)(end - q), "\tLoc=<", 6)); q += 6) loc = q + 6;
        const char *unclean = memmem(p, (size_t)(end - p), " [UnClean='", 11); /* the same again, spliced */
        for (const char *q = unclean ? unclean : loc; q && q > quote && !close; q--)
            if (*q == '\'') close = q;
        if (loc && quote && close && end[-1] == '>' && strncmp(p, "eof ", 4) != 0) {
            Token t = {.text = quote + 1, .len = (size_t)(close - quote) - 1};
            const char *spelling = memmem(loc, (size_t)(end - loc), " <Spelling=", 11);
            t.output = clang_spot(c, loc, spelling ? spelling : end - 1);
            t.spelling = spelling ? clang_spot(c, spelling + 11, end - 2) : t.output;
            vec_push(c->a, &c->tokens, t);
            if (t.len == 2 && !memcmp(t.text, "::", 2)) vec_push(c->a, &c->tokens, t); /* two tokens for scan.re */
        }
        p = *end ? end + 1 : end;
    }
}

static void run(Columns *c) {
    c->ran = true;
    CStrVec extra = {0};
    if (c->options->clang) {
        vec_push(c->a, &extra, "-Xclang");
        vec_push(c->a, &extra, "-dump-tokens");
        vec_push(c->a, &extra, "-w"); /* they come out where warnings would */
    } else {
        vec_push(c->a, &extra, "-fdebug-cpp");
        vec_push(c->a, &extra, "-fno-working-directory");
    }
    CStrVec argv = preprocess_command(c->a, c->options, &extra, c->file);
    StrBuf out = {0}, err = {0};
    Spawn s = {.argv = argv.data, .out = &out, .err = &err};
    if (strcmp(c->file, "-") == 0) s.input = c->options->input, s.input_len = c->options->input_len;
    int status = spawn_run(&s);
    StrBuf *said = c->options->clang ? &err : &out;
    if (status == 0 && said->len) {
        const char *text = arena_strndup(c->a, said->data, said->len); /* tokens point into it */
        if (c->options->clang) read_clang(c, text);
        else read_gcc(c, text);
        c->known = true;
    }
    sb_free(&out);
    sb_free(&err);
}

/* ---- gcc: invocations ---- */

static uint64_t spot_key(const File *f, uint32_t line, uint32_t column) {
    return (uint64_t)f->index << 48 ^ (uint64_t)line << 20 ^ column;
}

static bool came_out(Columns *c, const File *f, const Lexeme *x) {
    return map_get_u64(c->came_out, spot_key(f, x->line, x->column)) != NULL;
}

static bool lexeme_is(const File *f, const Lexeme *x, char one) { return x->len == 1 && f->text[x->offset] == one; }

/* The macro calls of a file that are no argument of another: identifiers that did not come out, with their parentheses. */
static void find_invocations(Columns *c, File *f) {
    enum { FAR = 100000 };
    f->invocations_known = true;
    for (size_t i = 0; i < f->lexemes.len; i++) {
        Lexeme *x = &f->lexemes.data[i];
        if (!x->identifier || came_out(c, f, x)) continue;
        size_t last = i, depth = 0;
        if (i + 1 < f->lexemes.len && lexeme_is(f, x + 1, '(') && !came_out(c, f, x + 1)) {
            for (last = i + 1; last < f->lexemes.len && last < i + FAR; last++) {
                if (lexeme_is(f, &f->lexemes.data[last], '(')) depth++;
                else if (lexeme_is(f, &f->lexemes.data[last], ')') && --depth == 0) break;
            }
            if (depth) last = i; /* never closed: in a part that the preprocessor skipped */
        }
        vec_push(c->a, &f->invocations, ((Invocation){(uint32_t)i, (uint32_t)last}));
        i = last;
    }
}

static void prepare(Columns *c) {
    c->came_out = map_new(c->a);
    for (size_t i = 0; i < c->all.len; i++) load(c, c->all.data[i]);
    for (size_t i = 0; i < c->tokens.len; i++) {
        Token *t = &c->tokens.data[i];
        if (kind_of(c, t) == USER)
            map_set_u64(c->came_out, spot_key(t->spelling.file, t->spelling.line, t->spelling.column), t);
    }
}

static bool is_before(const Lexeme *x, uint32_t line, uint32_t column) {
    return x->line < line || (x->line == line && x->column < column);
}

/* The first invocation of this file whose name stands at or behind that place. */
static size_t invocation_from(const File *f, uint32_t line, uint32_t column) {
    size_t low = 0, high = f->invocations.len;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (is_before(&f->lexemes.data[f->invocations.data[mid].name], line, column)) low = mid + 1;
        else high = mid;
    }
    return low;
}

/* The invocation of this file that holds a spot, -1: none. They do not overlap. */
static long invocation_around(const File *f, const Spot *s) {
    size_t behind = invocation_from(f, s->line, s->column + 1);
    if (behind == 0 || is_before(&f->lexemes.data[f->invocations.data[behind - 1].last], s->line, s->column)) return -1;
    return (long)behind - 1;
}

static const Macro *macro_around(const File *f, const Spot *s) {
    size_t low = 0, high = f->macros.len;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (f->macros.data[mid].last_line < s->line) low = mid + 1;
        else high = mid;
    }
    return low < f->macros.len && f->macros.data[low].line <= s->line ? &f->macros.data[low] : NULL;
}

static bool named(const Macro *m, const char *name, size_t len) { return m->len == len && memcmp(m->name, name, len) == 0; }

static bool invokes(const File *f, const Invocation *i, const Macro *m) {
    const Lexeme *x = &f->lexemes.data[i->name];
    return named(m, f->text + x->offset, x->len);
}

/* Can a macro of that name make what stands in the body of `made`? Follows the names in bodies. */
static bool reaches(Columns *c, const char *name, size_t len, const Macro *made) {
    if (named(made, name, len)) return true;
    bool found = false;
    for (Macro *m = map_get(c->macros, name, len); m && !found; m = m->same_name) {
        if (m->visited) continue;
        m->visited = true;
        const char *p = m->name + m->len, *end = p; /* parameters and body, in the file's text */
        end = p + strcspn(p, "\n");
        for (uint32_t line = m->line; line < m->last_line && *end; line++) end += 1 + strcspn(end + 1, "\n");
        while (p < end && !found) {
            bool identifier;
            size_t n = strchr(" \t\r\f\v\n\\", *p) ? (identifier = false, 1) : token_length(p, &identifier);
            if (identifier) found = reaches(c, p, n, made);
            p += n;
        }
        m->visited = false;
    }
    return found;
}

/* Is it the first token of its macro's body? */
static bool starts_body(const Token *t, const Macro *m) {
    const File *f = t->spelling.file;
    size_t at = f->lines.data[t->spelling.line - 1] + t->spelling.column - 1;
    for (size_t i = m->body; i < at; i++)
        if (!strchr(" \t\r\\\n", f->text[i])) return false;
    return true;
}

/* The invocation on its output line that made token k. */
static const Lexeme *find_invocation(Columns *c, size_t k) {
    if (!c->came_out) prepare(c);
    const Spot at = c->tokens.data[k].output;
    File *f = at.file;
    if (!f || !f->text) return NULL;
    if (!f->invocations_known) find_invocations(c, f);

    /* The run of tokens around k that this output line's invocations made, back to what the user wrote outside of them. */
    size_t first = k;
    const Token *before = NULL;
    while (first > 0 && !before) {
        const Token *t = &c->tokens.data[first - 1];
        if (t->output.file != at.file || t->output.line != at.line) break;
        if (kind_of(c, t) == USER && (t->spelling.file != f || invocation_around(f, &t->spelling) < 0)) before = t;
        else first--;
    }
    /* The line's invocations behind that. */
    size_t from = invocation_from(f, at.line, 0), to = invocation_from(f, at.line + 1, 0);
    if (before && before->spelling.file == f) {
        size_t behind = invocation_from(f, before->spelling.line, before->spelling.column);
        if (behind > from) from = behind < to ? behind : to;
    }
    if (from == to) return NULL;

    size_t now = from;
    bool started = false;
    for (size_t i = first; i <= k; i++) {
        const Token *t = &c->tokens.data[i];
        TokenKind kind = kind_of(c, t);
        if (kind == USER) {
            long around = t->spelling.file == f ? invocation_around(f, &t->spelling) : -1;
            if (around >= (long)now && around < (long)to) now = (size_t)around;
        } else if (kind == BODY) {
            const Macro *m = macro_around(t->spelling.file, &t->spelling);
            const Invocation *is = &f->invocations.data[now];
            const Lexeme *x = &f->lexemes.data[is->name];
            if (m && !started) {
                while (now + 1 < to && !reaches(c, f->text + x->offset, x->len, m))
                    x = &f->lexemes.data[f->invocations.data[++now].name];
            } else if (m && starts_body(t, m) && (invokes(f, is, m) || !reaches(c, f->text + x->offset, x->len, m))) {
                for (size_t j = now + 1; j < to; j++) {
                    const Lexeme *y = &f->lexemes.data[f->invocations.data[j].name];
                    if (!reaches(c, f->text + y->offset, y->len, m)) continue;
                    now = j;
                    break;
                }
            }
        }
        started = true;
    }
    return &f->lexemes.data[f->invocations.data[now].name];
}

/* ---- the question ---- */

static Place place_of(const Spot *s, size_t length) {
    if (!s->file) return (Place){0};
    return (Place){s->file->name, s->line, s->column, s->column ? (unsigned)length : 0};
}

bool columns_by_hand(Columns *c, size_t token_index) {
    if (!c->ran) run(c);
    if (!c->known || token_index >= c->tokens.len) return true;
    const Token *t = &c->tokens.data[token_index];
    TokenKind kind = kind_of(c, t); /* where #line tells of another place, what is found there says nothing */
    return kind == USER || (kind == SCRATCH && t->spelling.file == t->output.file && t->spelling.line == t->output.line);
}

bool columns_lookup(Columns *c, size_t token_index, Place *out, Place *definition) {
    Place none;
    if (!definition) definition = &none;
    *out = *definition = (Place){0};
    if (!c->ran) run(c);
    if (!c->known || token_index >= c->tokens.len) return false;
    const Token *t = &c->tokens.data[token_index];
    TokenKind kind = kind_of(c, t);
    if (kind == USER) {
        *out = place_of(&t->spelling, t->len);
        return true;
    }
    if (kind == BODY) *definition = place_of(&t->spelling, t->len);
    if (c->options->clang) {
        *out = place_of(&t->output, t->len);
        Token name = {.spelling = t->output}; /* as long as the macro's name */
        if (stands_at(c, &name)) {
            bool identifier;
            const File *f = t->output.file;
            out->length = (unsigned)token_length(f->text + f->lines.data[out->line - 1] + out->column - 1, &identifier);
        }
        return out->column != 0;
    }
    const Lexeme *x = find_invocation(c, token_index);
    *out = place_of(&t->output, 0);
    if (!x) {
        out->column = 0;
        return false;
    }
    out->line = x->line;
    out->column = x->column;
    out->length = x->len;
    return true;
}
