/* scan.re: one pass of a lexer over the preprocessed text.
 *
 * needs: preprocessed C with line markers, a NUL byte behind it
 * leaves: the line map; the regions that later phases parse; the marked copy for the parser
 *
 * The marked copy solves C's oldest problem for a parser without a symbol table. The first byte of each identifier is
 * replaced by \1 where it names a type (a typedef name, or a tag behind struct, union, enum) and by \2 where it is any other
 * identifier; keywords keep their letters, and words of the dialect keep theirs only where they act as keywords. So
 * `(T)-h(p)` is a cast and `a * b;` an expression for the parser, and a variable called `await` is a name like any other.
 *
 * To know the typedef names, scan follows declarations just far enough: the first identifier behind a complete type specifier
 * is what the declarator declares. Local names that shadow a typedef are kept on a stack with the brace depth where they end. */
#include "source.h"

#include <stdlib.h>

typedef enum Tok {
    T_END,
    T_IDENT,
    T_TYPE,      /* int, unsigned, _Bool, ...: a type specifier that is one word */
    T_TYPEPAREN, /* typeof, _Atomic, _BitInt: a type specifier when a parenthesis follows */
    T_TAG,       /* struct, union, enum */
    T_QUAL,      /* const, static, inline, ...: a declaration specifier that is no type */
    T_ATTRIBUTE, /* __attribute__, _Alignas, __asm__: skips a parenthesis */
    T_TYPEDEF,
    T_GOTO,
    T_FOR,
    T_STATEMENT, /* if, while, return, sizeof, ...: every other keyword */
    T_ASYNC,
    T_WORD,    /* await, yield, try, ...: a contextual word of the dialect */
    T_ACCTYPE, /* acc_task, acc_coro, ...: a type specifier when a parenthesis follows */
    T_ACCNEW,  /* acc_future_new, ...: takes a type */
    T_THROWS,
    T_LITERAL,
    T_OPEN,   /* ( */
    T_CLOSE,  /* ) */
    T_LBRACE,
    T_RBRACE,
    T_LBRACKET,
    T_RBRACKET,
    T_SEMI,
    T_COMMA,
    T_ASSIGN,
    T_STAR,
    T_MEMBER, /* . or -> */
    T_COLON,
    T_PUNCT,
    T_BROKEN,    /* a string or character without an end, to the end of its line but for what seems to close it */
    T_DIRECTIVE, /* a whole line that starts with # */
} Tok;

typedef struct Token {
    Tok kind;
    const char *start, *end;
} Token;

/* The lexer. A # at a line's start begins a directive, which is one token. */
static Token lex(const char *text, const char **cursor) {
    const char *YYCURSOR = *cursor, *YYMARKER = NULL, *start;
    (void)YYMARKER;
    for (;;) {
        start = YYCURSOR;
        Tok kind;
        /*!re2c
            re2c:define:YYCTYPE = "unsigned char";
            re2c:yyfill:enable = 0;
            re2c:indent:top = 2;

            letter = [a-zA-Z_$\x80-\xff];
            word = [a-zA-Z0-9_$\x80-\xff];
            ucn = "\\u" [0-9a-fA-F]{4} | "\\U" [0-9a-fA-F]{8};
            identifier = (letter | ucn) (word | ucn)*;
            number = "."? [0-9] ([eEpP] [-+] | [0-9a-zA-Z_.] | "'" [0-9a-zA-Z_])*;
            prefix = "L" | "u" | "U" | "u8";
            string = prefix? ["] ([^"\\\n\x00] | "\\" [^\x00])* ["];
            char = prefix? ['] ([^'\\\n\x00] | "\\" [^\x00])* ['];

            broken = prefix? (["] ([^"\\\n\x00] | "\\" [^\x00])* | ['] ([^'\\\n\x00] | "\\" [^\x00])*);

            "\x00" { kind = T_END; YYCURSOR--; goto done; }
            [ \t\v\f\r\n]+ { continue; }
            "//" [^\n\x00]* { continue; }
            "/*" { const char *e = strstr(YYCURSOR, "*" "/"); YYCURSOR = e ? e + 2 : YYCURSOR + strlen(YYCURSOR); continue; }
            "#" { if (start == text || start[-1] == '\n') { while (*YYCURSOR && *YYCURSOR != '\n') YYCURSOR++; kind = T_DIRECTIVE; goto done; }
                  kind = T_PUNCT; goto done; }

            "int" | "char" | "short" | "long" | "signed" | "__signed__" | "__signed" | "unsigned" | "float" | "double" | "void" |
            "_Bool" | "bool" | "_Complex" | "__complex__" | "__complex" | "__int128" | "_Float16" | "_Float32" | "_Float64" | "_Float128" | "_Float32x" |
            "_Float64x" | "__float128" | "__float80" | "__ibm128" | "_Decimal32" | "_Decimal64" | "_Decimal128" | "__auto_type" |
            "__builtin_va_list" | "__int128_t" | "__uint128_t" | "__bf16" { kind = T_TYPE; goto done; }
            "typeof" | "__typeof__" | "__typeof" | "typeof_unqual" | "__typeof_unqual__" | "_Atomic" | "_BitInt" { kind = T_TYPEPAREN; goto done; }
            "struct" | "union" | "enum" { kind = T_TAG; goto done; }
            "const" | "__const" | "__const__" | "volatile" | "__volatile" | "__volatile__" | "restrict" | "__restrict" | "__restrict__" |
            "static" | "extern" | "inline" | "__inline" | "__inline__" | "register" | "auto" | "_Noreturn" | "_Thread_local" |
            "thread_local" | "__thread" | "__extension__" | "constexpr" { kind = T_QUAL; goto done; }
            "__attribute__" | "__attribute" | "_Alignas" | "alignas" | "asm" | "__asm" | "__asm__" { kind = T_ATTRIBUTE; goto done; }
            "typedef" { kind = T_TYPEDEF; goto done; }
            "goto" { kind = T_GOTO; goto done; }
            "for" { kind = T_FOR; goto done; }
            "if" | "else" | "while" | "do" | "switch" | "case" | "default" | "return" | "break" | "continue" | "sizeof" | "_Alignof" | "alignof" |
            "__alignof__" | "__alignof" | "_Generic" | "_Static_assert" | "static_assert" | "__builtin_offsetof" | "__builtin_va_arg" |
            "__builtin_types_compatible_p" | "__real__" | "__real" | "__imag__" | "__imag" |
            "__label__" | "nullptr" | "true" | "false" { kind = T_STATEMENT; goto done; }
            "async" { kind = T_ASYNC; goto done; }
            "await" | "yield" | "try" | "catch" | "finally" | "throw" | "defer" | "in" | "with" { kind = T_WORD; goto done; }
            "acc_coro" | "acc_task" | "acc_future" | "acc_outcome" | "acc_generator" | "acc_queue" | "acc_thread_future" { kind = T_ACCTYPE; goto done; }
            "acc_future_new" | "acc_queue_new" | "acc_lifo_queue_new" | "acc_priority_queue_new" { kind = T_ACCNEW; goto done; }
            "acc_throws" { kind = T_THROWS; goto done; }
            identifier { kind = T_IDENT; goto done; }
            number | string | char { kind = T_LITERAL; goto done; }
            broken { kind = T_BROKEN; YYCURSOR = source_broken_end(start); goto done; }
            "(" { kind = T_OPEN; goto done; }
            ")" { kind = T_CLOSE; goto done; }
            "{" | "<%" { kind = T_LBRACE; goto done; }
            "}" | "%>" { kind = T_RBRACE; goto done; }
            "[" | "<:" { kind = T_LBRACKET; goto done; }
            "]" | ":>" { kind = T_RBRACKET; goto done; }
            ";" { kind = T_SEMI; goto done; }
            "," { kind = T_COMMA; goto done; }
            "=" { kind = T_ASSIGN; goto done; }
            "*" { kind = T_STAR; goto done; }
            "." | "->" { kind = T_MEMBER; goto done; }
            ":" { kind = T_COLON; goto done; }
            "..." | "<<=" | ">>=" | "++" | "--" | "<<" | ">>" | "<=" | ">=" | "==" | "!=" | "&&" | "||" | "*=" | "/=" | "%=" | "+=" | "-=" | "&=" |
            "^=" | "|=" | "##" { kind = T_PUNCT; goto done; }
            [^\x00] { kind = T_PUNCT; goto done; }
        */
    done:
        *cursor = YYCURSOR;
        return (Token){kind, start, YYCURSOR};
    }
}

typedef enum BraceKind { B_BLOCK, B_STRUCT, B_ENUM, B_INIT, B_TRY } BraceKind;

typedef struct Shadow {
    const char *name;
    size_t n;
    int depth;
} Shadow;

typedef struct Scan {
    Arena *a;
    Source *s;
    const char *cursor;
    Token prev, tok, next;
    Map *typedefs;
    Map *errors; /* NAME of each acc_error_type_NAME so far -> its first place, plus 1 */
    VEC(Shadow) shadows;
    VEC(unsigned char) braces; /* kinds of the open ones */
    int parens, brackets;

    /* the declaration being read */
    bool in_typedef, type_seen, named, async_seen, generator, dialect;
    int decl_depth;      /* braces open where it began, */
    int decl_parens;     /* and parentheses: those of a for */
    int for_header;      /* the parentheses open in one, 0: none is */
    BraceKind next_brace; /* struct or enum: the next { is its body */
    bool tag_pending;    /* struct: the next identifier is a tag */

    size_t start; /* of the external declaration */
    bool in_function, in_async, in_generator;
    int for_in_parens; /* async for ( : its parenthesis depth, 0 elsewhere */
    bool async_is_name; /* `async` was declared as an ordinary name: no keyword in this file */
    bool closed_try;    /* the last } closed a try or catch body */
} Scan;

static bool is(Token t, const char *word) {
    size_t n = strlen(word);
    return (size_t)(t.end - t.start) == n && !memcmp(t.start, word, n);
}

static void line_marker(Scan *sc, Token t) {
    /* # 12 "file" 3 4   or   #line 12 "file" */
    const char *p = t.start + 1;
    while (*p == ' ' || *p == '\t') p++;
    if (!strncmp(p, "line", 4)) p += 4;
    char *end;
    unsigned long line = strtoul(p, &end, 10);
    if (end == p) {
        vec_push(sc->a, &sc->s->directives, (size_t)(t.start - sc->s->text));
        return;
    }
    const char *file = sc->s->lines.len ? sc->s->lines.data[sc->s->lines.len - 1].file : "<stdin>";
    p = end;
    while (*p == ' ') p++;
    bool system = false;
    if (*p == '"') {
        StrBuf name = {0};
        for (p++; *p && *p != '"' && *p != '\n'; p++) {
            if (*p == '\\' && p[1]) p++;
            sb_addc(&name, *p);
        }
        const char *old = file;
        if (!name.data) file = "";
        else if (strcmp(old, name.data)) file = arena_strdup(sc->a, name.data);
        sb_free(&name);
        if (*p == '"')
            for (p++; *p && *p != '\n'; p++)
                if (*p == '3') system = true;
    }
    size_t offset = (size_t)(t.end - sc->s->text) + (*t.end == '\n');
    vec_push(sc->a, &sc->s->lines, (LineMark){.offset = offset, .line = (unsigned)line, .file = file, .system = system});
}

static Token next_token(Scan *sc) {
    for (;;) {
        Token t = lex(sc->s->text, &sc->cursor);
        if (t.kind != T_DIRECTIVE) return t;
        line_marker(sc, t);
        memset(sc->s->marked + (t.start - sc->s->text), ' ', (size_t)(t.end - t.start));
    }
}

static void advance(Scan *sc) {
    sc->prev = sc->tok;
    sc->tok = sc->next;
    sc->next = next_token(sc);
}

static char *marked(Scan *sc, Token t) { return sc->s->marked + (t.start - sc->s->text); }

static bool shadowed(Scan *sc, Token t) {
    size_t n = (size_t)(t.end - t.start);
    for (size_t i = sc->shadows.len; i-- > 0;)
        if (sc->shadows.data[i].n == n && !memcmp(sc->shadows.data[i].name, t.start, n)) return true;
    return false;
}

static int depth(Scan *sc) { return (int)sc->braces.len; }
static BraceKind brace(Scan *sc) { return sc->braces.len ? (BraceKind)sc->braces.data[sc->braces.len - 1] : B_BLOCK; }

static void begin_declaration(Scan *sc) {
    sc->in_typedef = sc->type_seen = sc->named = false;
    sc->decl_depth = depth(sc);
    sc->decl_parens = sc->parens;
    sc->next_brace = B_BLOCK;
    sc->tag_pending = false;
}

static void mark(Scan *sc, Token t, char with) {
    char *m = marked(sc, t);
    for (int i = 1; (unsigned char)m[0] >= 0xc0 && ((unsigned char)m[i] & 0xc0) == 0x80; i++) m[i] = '_';
    *m = with;
}
static void mark_object(Scan *sc, Token t) { mark(sc, t, 2); }
static void mark_type(Scan *sc, Token t) { mark(sc, t, 1); }

static bool statement_start(Scan *sc) {
    switch (sc->prev.kind) {
    case T_SEMI: case T_LBRACE: case T_RBRACE: case T_CLOSE: case T_COLON: return true;
    case T_STATEMENT: return is(sc->prev, "else") || is(sc->prev, "do");
    default: return false;
    }
}

/* An identifier that is a typedef name somewhere: is it one here? Not where it is declared anew or names a member. */
static void typedef_or_object(Scan *sc) {
    Token t = sc->tok;
    bool declared_here = false;
    bool enumerator = brace(sc) == B_ENUM && (sc->prev.kind == T_LBRACE || sc->prev.kind == T_COMMA);
    if (enumerator) declared_here = true;
    else switch (sc->prev.kind) {
    case T_MEMBER: case T_GOTO: mark_object(sc, t); return;
    case T_TYPE: case T_STAR: declared_here = true; break;
    case T_IDENT: declared_here = true; break; /* behind a tag or another typedef name: two types never stand side by side */
    case T_RBRACE: declared_here = sc->type_seen && !sc->named && depth(sc) == sc->decl_depth; break;
    case T_COMMA: case T_QUAL: /* int a, T; int const T; but not f(int, T) */
        declared_here = sc->type_seen && !sc->named && depth(sc) == sc->decl_depth && sc->parens == sc->decl_parens;
        break;
    default:
        if (sc->next.kind == T_COLON && sc->in_function && brace(sc) != B_STRUCT && brace(sc) != B_ENUM && statement_start(sc)) { /* a label */
            mark_object(sc, t);
            return;
        }
        break;
    }
    if (!declared_here) {
        mark_type(sc, t);
        return;
    }
    mark_object(sc, t);
    if (brace(sc) == B_STRUCT || (brace(sc) == B_ENUM && !enumerator)) return;
    if (depth(sc) == enumerator && !sc->parens) return;
    /* what a for or a prototype declares ends with its statement */
    bool statement = depth(sc) && (sc->for_header || sc->parens > sc->decl_parens);
    vec_push(sc->a, &sc->shadows, (Shadow){t.start, (size_t)(t.end - t.start), depth(sc) - enumerator + (depth(sc) == 0) + statement});
}

/* Follows the current declaration: is this identifier its type, or what it declares? */
static void identifier(Scan *sc) {
    Token t = sc->tok;
    if (sc->tag_pending) {
        sc->tag_pending = false;
        sc->type_seen = true;
        mark_type(sc, t);
        return;
    }
    size_t n = (size_t)(t.end - t.start), prefix = strlen("acc_error_type_");
    if (n > prefix && !memcmp(t.start, "acc_error_type_", prefix) && !map_get(sc->errors, t.start + prefix, n - prefix))
        map_set(sc->errors, t.start + prefix, n - prefix, (void *)(uintptr_t)(t.start - sc->s->text + 1));
    bool known = map_get(sc->typedefs, t.start, n) != NULL;
    /* Error types have a name space of their own. Where one stands before its arguments, no type can. */
    bool argument = (sc->prev.kind == T_OPEN || sc->prev.kind == T_COMMA) && sc->next.kind == T_OPEN;
    bool thrown = sc->prev.kind == T_WORD && is(sc->prev, "throw");
    if (known && (argument || thrown) && map_get(sc->errors, t.start, n)) {
        *marked(sc, t) = 2;
        return;
    }
    bool at_declarator = depth(sc) == sc->decl_depth && sc->in_typedef && sc->type_seen && !sc->named;
    if (at_declarator) {
        sc->named = true;
        /* A file's typedef for good; a block's until its end: another file-scope name of the kind is not expected there. */
        map_set(sc->typedefs, t.start, (size_t)(t.end - t.start), (void *)1);
        mark_type(sc, t);
        if (is(t, "async")) sc->async_is_name = true;
        return;
    }
    if (known && !shadowed(sc, t)) {
        typedef_or_object(sc);
        if (*marked(sc, t) == 1 && depth(sc) == sc->decl_depth && !sc->parens) sc->type_seen = true;
    } else mark_object(sc, t);
}

static bool starts_operand(Token t) {
    switch (t.kind) {
    case T_IDENT: case T_TYPE: case T_TYPEPAREN: case T_TAG: case T_WORD: case T_ASYNC: case T_ACCTYPE: case T_ACCNEW: case T_LITERAL:
    case T_OPEN: case T_STAR: return true;
    case T_STATEMENT: return is(t, "sizeof") || is(t, "_Generic") || is(t, "__builtin_va_arg") || is(t, "__real__") || is(t, "__imag__");
    case T_QUAL: return is(t, "__extension__");
    case T_PUNCT:
        return is(t, "&") || is(t, "-") || is(t, "+") || is(t, "!") || is(t, "~") || is(t, "++") || is(t, "--") || is(t, "&&");
    default: return false;
    }
}

static bool names(Token t) { return t.kind == T_IDENT || t.kind == T_WORD || t.kind == T_ASYNC || t.kind == T_ACCNEW || t.kind == T_LITERAL; }

/* Is the dialect's word a keyword here? */
static bool is_keyword(Scan *sc) {
    Token t = sc->tok, n = sc->next;
    if (sc->prev.kind == T_MEMBER || sc->prev.kind == T_GOTO || sc->prev.kind == T_TYPE) return false;
    if (is(t, "with")) return sc->prev.kind == T_ASYNC;
    if (is(t, "in")) {
        if (!sc->for_in_parens || sc->parens != sc->for_in_parens) return false;
        if (sc->prev.kind == T_OPEN || sc->prev.kind == T_STAR) return false;
        sc->for_in_parens = 0;
        return true;
    }
    if (!sc->in_function || brace(sc) == B_STRUCT || brace(sc) == B_ENUM) return false;
    if (is(t, "try")) return n.kind == T_LBRACE;
    if (is(t, "catch")) return sc->closed_try && sc->prev.kind == T_RBRACE && n.kind == T_OPEN;
    if (is(t, "finally")) return sc->closed_try && sc->prev.kind == T_RBRACE && n.kind == T_LBRACE;
    if (is(t, "defer")) return statement_start(sc) && (names(n) || n.kind == T_LBRACE || (sc->in_async && starts_operand(n)) || n.kind == T_STATEMENT || n.kind == T_FOR);
    if (is(t, "throw")) return statement_start(sc) && (names(n) || (sc->in_async && (n.kind == T_SEMI || starts_operand(n))));
    if (is(t, "yield")) return names(n) || (sc->in_generator && (starts_operand(n) || n.kind == T_SEMI || n.kind == T_CLOSE || n.kind == T_COMMA || n.kind == T_LBRACE));
    /* await */
    return names(n) || (sc->in_async && starts_operand(n));
}

static bool async_is_keyword(Scan *sc) {
    Token n = sc->next;
    if (sc->async_is_name || sc->prev.kind == T_MEMBER || sc->prev.kind == T_GOTO || sc->prev.kind == T_TAG) return false;
    switch (n.kind) {
    case T_IDENT: case T_TYPE: case T_TYPEPAREN: case T_TAG: case T_QUAL: case T_ATTRIBUTE: case T_TYPEDEF: case T_FOR: case T_ACCTYPE:
        return true;
    case T_WORD: return is(n, "with");
    default: return false;
    }
}

static void end_region(Scan *sc, const char *end, bool function) {
    size_t e = (size_t)(end - sc->s->text);
    bool keep = sc->dialect;
    if (function && !keep) keep = sc->s->lines.len && !sc->s->lines.data[sc->s->lines.len - 1].system;
    if (keep) vec_push(sc->a, &sc->s->regions, (Region){sc->start, e, function, sc->dialect});
    if (sc->dialect) sc->s->dialect = true;
    sc->dialect = sc->async_seen = sc->generator = false;
    sc->in_function = sc->in_async = sc->in_generator = false;
    sc->shadows.len = 0;
    sc->parens = sc->brackets = 0;
    begin_declaration(sc);
}

static void open_brace(Scan *sc) {
    BraceKind kind = B_BLOCK;
    if (sc->next_brace != B_BLOCK && !sc->named) kind = sc->next_brace;
    else if (sc->prev.kind == T_OPEN && (depth(sc) == 0 || brace(sc) == B_INIT)) kind = B_BLOCK; /* a statement expression */
    else if (sc->prev.kind == T_ASSIGN || brace(sc) == B_INIT) kind = B_INIT;
    else if (sc->prev.kind == T_WORD && sc->in_function && is(sc->prev, "try")) kind = B_TRY;
    else if (sc->prev.kind == T_CLOSE && sc->closed_try && sc->in_function) kind = B_TRY; /* a catch body */
    else if (depth(sc) == 0 && !sc->parens) {
        sc->in_function = true;
        sc->in_async = sc->async_seen;
        sc->in_generator = sc->async_seen && sc->generator;
    }
    sc->closed_try = false;
    if (kind == B_STRUCT || kind == B_ENUM) {
        sc->type_seen = true;
        sc->next_brace = B_BLOCK;
        sc->tag_pending = false;
    }
    vec_push(sc->a, &sc->braces, (unsigned char)kind);
    if (kind == B_BLOCK || kind == B_TRY) begin_declaration(sc);
}

static void end_shadows(Scan *sc) {
    while (sc->shadows.len && sc->shadows.data[sc->shadows.len - 1].depth > depth(sc)) sc->shadows.len--;
}

static void close_brace(Scan *sc) {
    BraceKind kind = brace(sc);
    if (sc->braces.len) sc->braces.len--;
    end_shadows(sc);
    sc->closed_try = kind == B_TRY;
    if (depth(sc) == 0 && sc->in_function && !sc->parens) {
        end_region(sc, sc->tok.end, true);
        sc->start = (size_t)(sc->tok.end - sc->s->text);
    } else if (kind == B_BLOCK || kind == B_TRY) begin_declaration(sc);
}

static void skip_parens(Scan *sc);

/* One token: marks it and follows the declaration it stands in. */
static void token(Scan *sc) {
    Token t = sc->tok;
    bool before_body = t.kind == T_LBRACE || t.kind == T_TAG || t.kind == T_ATTRIBUTE || (sc->tag_pending && t.kind == T_IDENT) ||
                       (sc->next_brace == B_ENUM && (t.kind == T_COLON || t.kind == T_TYPE)); /* enum e : int { */
    if (!before_body) sc->next_brace = B_BLOCK;
    switch (t.kind) {
    case T_IDENT: identifier(sc); break;
    case T_ACCNEW:
        if (sc->next.kind == T_OPEN) sc->dialect = true;
        else identifier(sc);
        break;
    case T_ACCTYPE:
        if (sc->next.kind != T_OPEN) {
            identifier(sc);
            break;
        }
        sc->dialect = true;
        if (*t.start == 'a' && is(t, "acc_generator") && depth(sc) == 0 && !sc->parens) sc->generator = true;
        advance(sc);
        skip_parens(sc);
        sc->type_seen = true;
        sc->prev.kind = T_TYPE;
        sc->tok.kind = T_TYPE;
        break;
    case T_THROWS:
        if (sc->in_function) {
            identifier(sc);
            break;
        }
        sc->dialect = true;
        vec_push(sc->a, &sc->s->throws, (size_t)(t.start - sc->s->text));
        memset(marked(sc, t), ' ', (size_t)(t.end - t.start));
        break;
    case T_ASYNC:
        if (!async_is_keyword(sc)) {
            identifier(sc);
            break;
        }
        sc->dialect = true;
        if (depth(sc) == 0 && !sc->parens) sc->async_seen = true;
        if (sc->next.kind == T_FOR) {
            advance(sc);
            if (sc->next.kind == T_OPEN) sc->for_in_parens = sc->parens + 1;
        }
        break;
    case T_WORD:
        if (is_keyword(sc)) sc->dialect = true;
        else identifier(sc);
        break;
    case T_BROKEN: vec_push(sc->a, &sc->s->broken, (size_t)(t.start - sc->s->text)); break;
    case T_TYPE: sc->tag_pending = false; if (depth(sc) == sc->decl_depth) sc->type_seen = true; break;
    case T_TAG:
        sc->tag_pending = true;
        sc->next_brace = is(t, "enum") ? B_ENUM : B_STRUCT;
        if (sc->next.kind == T_LBRACE) sc->tag_pending = false;
        break;
    case T_TYPEPAREN:
        if (sc->next.kind == T_OPEN) {
            advance(sc);
            skip_parens(sc);
            if (depth(sc) == sc->decl_depth) sc->type_seen = true;
            sc->tok.kind = T_TYPE;
        }
        break;
    case T_ATTRIBUTE: {
        bool tag = sc->tag_pending;
        while (sc->next.kind == T_QUAL || sc->next.kind == T_GOTO) advance(sc);
        if (sc->next.kind == T_OPEN) {
            Token before = sc->prev;
            advance(sc);
            skip_parens(sc);
            sc->tok = before; /* as if it were not there */
        }
        sc->tag_pending = tag && sc->next.kind != T_LBRACE;
        break;
    }
    case T_TYPEDEF:
        sc->in_typedef = true;
        sc->type_seen = sc->named = false;
        sc->decl_depth = depth(sc);
        break;
    case T_OPEN:
        sc->parens++;
        sc->tag_pending = false;
        if (sc->prev.kind == T_FOR) {
            begin_declaration(sc);
            sc->for_header = sc->parens;
        }
        break;
    case T_CLOSE:
        if (sc->parens) sc->parens--;
        if (sc->for_in_parens > sc->parens) sc->for_in_parens = 0;
        if (sc->for_header > sc->parens) {
            sc->for_header = 0;
            begin_declaration(sc);
        }
        sc->tag_pending = false;
        break;
    case T_LBRACE: open_brace(sc); break;
    case T_RBRACE: close_brace(sc); break;
    case T_COMMA:
        if (depth(sc) == sc->decl_depth && sc->parens == sc->decl_parens) sc->named = false;
        break;
    case T_SEMI:
        if (depth(sc) == 0) {
            end_region(sc, t.end, false);
            sc->start = (size_t)(t.end - sc->s->text);
        } else if (depth(sc) <= sc->decl_depth || brace(sc) == B_BLOCK || brace(sc) == B_TRY) {
            if (!(brace(sc) == B_STRUCT || brace(sc) == B_ENUM)) begin_declaration(sc);
        }
        if (brace(sc) == B_STRUCT) sc->next_brace = B_BLOCK, sc->tag_pending = false;
        if (!sc->parens) end_shadows(sc);
        break;
    default: break;
    }
}

/* The current token is (: reads to its ), following no declaration in it. */
static void skip_parens(Scan *sc) {
    bool in_typedef = sc->in_typedef, type_seen = sc->type_seen, named = sc->named;
    int decl_depth = sc->decl_depth, parens = sc->parens;
    BraceKind next_brace = sc->next_brace;
    size_t braces = sc->braces.len;
    sc->in_typedef = false;
    sc->parens++;
    while (sc->next.kind != T_END && sc->parens > parens) {
        advance(sc);
        token(sc);
    }
    sc->braces.len = braces;
    sc->parens = parens;
    sc->in_typedef = in_typedef, sc->type_seen = type_seen, sc->named = named;
    sc->decl_depth = decl_depth, sc->next_brace = next_brace;
    sc->tag_pending = false;
}

/* Where the lines begin, and which of them each mark speaks of. */
static void find_rows(Arena *a, Source *s) {
    size_t mark = 0;
    for (size_t at = 0;;) {
        for (; mark < s->lines.len && s->lines.data[mark].offset <= at; mark++) s->lines.data[mark].row = s->rows.len;
        vec_push(a, &s->rows, at);
        const char *end = memchr(s->text + at, '\n', s->len - at);
        if (!end) break;
        at = (size_t)(end - s->text) + 1;
    }
    for (; mark < s->lines.len; mark++) s->lines.data[mark].row = s->rows.len - 1;
}

/* Brackets and braces spelled <: :> <% %>, written as everybody writes them; nothing moves. */
static const char *without_digraphs(Arena *a, const char *text, size_t len) {
    static const char *const spelled[] = {"<%", "%>", "<:", ":>"};
    bool any = false;
    for (size_t i = 0; i < 4; i++) any |= memmem(text, len, spelled[i], 2) != NULL;
    if (!any) return text;
    char *copy = arena_strndup(a, text, len);
    const char *cursor = copy;
    for (Token t = lex(copy, &cursor); t.kind != T_END; t = lex(copy, &cursor))
        if (t.end - t.start == 2 && (*t.start == '<' || *t.start == '%' || *t.start == ':')) {
            char *p = copy + (t.start - copy);
            if (t.kind == T_LBRACE) memcpy(p, "{ ", 2);
            else if (t.kind == T_RBRACE) memcpy(p, " }", 2);
            else if (t.kind == T_LBRACKET) memcpy(p, "[ ", 2);
            else if (t.kind == T_RBRACKET) memcpy(p, " ]", 2);
        }
    return copy;
}

Source *scan(Arena *a, const char *text, size_t len) {
    Source *s = NEW(a, Source);
    text = without_digraphs(a, text, len);
    s->text = text;
    s->len = len;
    s->marked = arena_strndup(a, text, len);
    vec_push(a, &s->lines, (LineMark){.line = 1, .file = "<stdin>"});
    Scan sc = {.a = a, .s = s, .cursor = text, .typedefs = map_new(a), .errors = map_new(a)};
    sc.prev.kind = sc.tok.kind = T_SEMI;
    sc.next = next_token(&sc);
    begin_declaration(&sc);
    while (sc.next.kind != T_END) {
        advance(&sc);
        token(&sc);
    }
    if (sc.dialect) end_region(&sc, text + len, false);
    find_rows(a, s);
    s->error_types = sc.errors;
    return s;
}

/* For the preprocessor a string without an end is a token as long as its line. */
static Token preprocessing_token(const char *text, const char **cursor) {
    Token t = lex(text, cursor);
    if (t.kind == T_BROKEN) *cursor += strcspn(*cursor, "\n");
    return t;
}

enum { TOKEN_STEP = 256 };

size_t scan_token_index(Arena *a, Source *s, size_t offset) {
    const char *cursor = s->text;
    for (size_t n = 0; !s->tokens.len || n;) { /* once: every so many tokens a place from where to count on */
        Token t = preprocessing_token(s->text, &cursor);
        if (t.kind == T_DIRECTIVE) continue;
        if (n++ % TOKEN_STEP == 0) vec_push(a, &s->tokens, (size_t)(t.start - s->text));
        if (t.kind == T_END) break;
    }
    size_t lo = 0, hi = s->tokens.len;
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;
        if (s->tokens.data[mid] < offset) lo = mid;
        else hi = mid;
    }
    size_t n = lo * TOKEN_STEP;
    for (cursor = s->text + s->tokens.data[lo];;) {
        Token t = preprocessing_token(s->text, &cursor);
        if (t.kind == T_END || t.start >= s->text + offset) return n;
        if (t.kind != T_DIRECTIVE) n++;
    }
}
