/*
 * asyncify: turns a plain C program into an async one that means the same.
 *
 *     asyncify [options] plain.c -o prog.ac [-- compiler flags]
 *     asyncify --check prog.ac -- -I mock
 *
 * Every function that the file itself defines becomes `async`, prototypes and main included, and every call of one
 * becomes an `await`. Suspension points are then scattered over the bodies, three kinds of them:
 *
 *     await acc_sleep(0);               between statements, and as a statement of its own before a body without braces
 *     (await fz_int(x))                 around operands, arguments, indices, conditions: a coroutine that sleeps
 *                                       (or not: a coin is tossed at run time) and gives its argument back
 *     await acc_create_task(f(x))       instead of await f(x)
 *
 * How it works: libclang reads the program and says what every expression is; the edits are insertions into the
 * unchanged text, kept in a list and applied in one go at the end. Text is only touched where it was written in the
 * file: what a macro's body brings in is left alone.
 *
 * A function stays plain if it is variadic or defined in the old style, if it is used other than by calling it (its address is
 * taken), if it is called where nothing can be awaited (outside of function bodies, in the initialiser of a static), or
 * if a function that stays plain calls it.
 *
 * The original must not depend on the order in which C leaves it free to evaluate operands: the async program has an
 * order, left to right. Csmith's programs do not.
 */
#include <clang-c/Index.h>

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- odds and ends ---------------------------------- */

static void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
static void die(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("asyncify: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(2);
}

static void *xrealloc(void *old, size_t size) {
    void *p = realloc(old, size ? size : 1);
    if (!p) die("out of memory");
    return p;
}

/* Makes room for one more element of the array `v`, which has `n` and room for `cap`. */
#define GROW(v, n, cap) \
    ((n) < (cap) ? (void)0 : (void)((cap) = (cap) ? (cap) * 2 : 64, (v) = xrealloc((v), (cap) * sizeof *(v))))

static uint64_t rng_state;

static unsigned rng(void) /* splitmix64 */
{
    uint64_t z = (rng_state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (unsigned)((z ^ (z >> 31)) >> 32);
}

static bool chance(unsigned percent) { return rng() % 100 < percent; }

/* ---------------------------------------------------------------- what is known of the program ------------------- */

struct function { /* one that the main file defines */
    char *name;
    bool plain;  /* cannot be, or must not be, async */
    bool *calls; /* by index of the callee; allocated once all functions are known */
};

struct insertion {
    unsigned offset; /* before this byte of the source */
    bool closes;     /* belongs to what ends here; goes before what opens here */
    unsigned order;  /* openings in this order, closings the other way round */
    char *text;
};

enum suspend { SUSPEND_NEVER, SUSPEND_SOMETIMES, SUSPEND_ALWAYS };

static struct {
    CXTranslationUnit unit;
    CXFile file;
    char *text;
    size_t size;

    struct function *functions;
    size_t function_count, function_cap;

    struct insertion *insertions;
    size_t insertion_count, insertion_cap;

    unsigned *edited_calls; /* offsets of the calls that have their await, since cursors come twice */
    size_t edited_count, edited_cap;

    bool wrapper_used[64]; /* by index in wrappers[] */
    unsigned counts[4];    /* of calls, sleeps, wrapped operands, tasks: for the summary */

    /* options */
    enum suspend suspend;
    unsigned statements, operands, tasks; /* in percent */
    uint64_t seed;
} u;

enum { COUNT_CALLS, COUNT_SLEEPS, COUNT_OPERANDS, COUNT_TASKS };

static void insert(unsigned offset, bool closes, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void insert(unsigned offset, bool closes, const char *format, ...) {
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    GROW(u.insertions, u.insertion_count, u.insertion_cap);
    u.insertions[u.insertion_count] = (struct insertion){offset, closes, (unsigned)u.insertion_count, strdup(text)};
    u.insertion_count++;
}

static int compare_insertions(const void *pa, const void *pb) {
    const struct insertion *a = pa, *b = pb;
    if (a->offset != b->offset) return a->offset < b->offset ? -1 : 1;
    if (a->closes != b->closes) return a->closes ? -1 : 1;
    int order = a->order < b->order ? -1 : a->order > b->order;
    return a->closes ? -order : order;
}

/* ---------------------------------------------------------------- places in the text ----------------------------- */

/* Where in the main file `location` is; false if it is elsewhere or comes from a macro. */
static bool offset_of(CXSourceLocation location, unsigned *offset) {
    CXFile spelled, expanded;
    unsigned at_spelling, at_expansion;
    clang_getSpellingLocation(location, &spelled, NULL, NULL, &at_spelling);
    clang_getExpansionLocation(location, &expanded, NULL, NULL, &at_expansion);
    if (!spelled || !clang_File_isEqual(spelled, u.file) || !clang_File_isEqual(expanded, u.file)) return false;
    *offset = at_spelling;
    return at_spelling == at_expansion;
}

static bool extent_of(CXCursor c, unsigned *start, unsigned *end) {
    CXSourceRange range = clang_getCursorExtent(c);
    return offset_of(clang_getRangeStart(range), start) && offset_of(clang_getRangeEnd(range), end) && *start < *end &&
           *end <= u.size;
}

/* The next byte from `at` that is neither space nor in a comment. */
static unsigned skip_space(unsigned at) {
    for (;;) {
        while (at < u.size && isspace((unsigned char)u.text[at])) at++;
        if (at + 1 < u.size && u.text[at] == '/' && u.text[at + 1] == '*') {
            const char *end = strstr(u.text + at + 2, "*/");
            at = end ? (unsigned)(end + 2 - u.text) : (unsigned)u.size;
        } else if (at + 1 < u.size && u.text[at] == '/' && u.text[at + 1] == '/') {
            while (at < u.size && u.text[at] != '\n') at++;
        } else {
            return at;
        }
    }
}

/* The byte after the bracket that closes the one at `open`. */
static unsigned skip_brackets(unsigned open) {
    int depth = 0;
    for (unsigned at = open; at < u.size; at++) {
        at = skip_space(at);
        char c = u.text[at];
        if (c == '"' || c == '\'') {
            for (at++; at < u.size && u.text[at] != c; at++)
                if (u.text[at] == '\\') at++;
        } else if (c == '(' || c == '[' || c == '{') {
            depth++;
        } else if ((c == ')' || c == ']' || c == '}') && --depth == 0) {
            return at + 1;
        }
    }
    die("unbalanced brackets from byte %u", open);
}

/* Whether a postfix operator follows, which would bind closer than an await before. */
static bool postfix_follows(unsigned at) {
    at = skip_space(at);
    const char *p = u.text + at;
    return *p == '.' || *p == '[' || *p == '(' || !strncmp(p, "->", 2) || !strncmp(p, "++", 2) || !strncmp(p, "--", 2);
}

static bool name_at(unsigned at, const char *name) {
    size_t n = strlen(name);
    return at + n <= u.size && !memcmp(u.text + at, name, n) && !isalnum((unsigned char)u.text[at + n]) &&
           u.text[at + n] != '_';
}

/* ---------------------------------------------------------------- first look: which functions become async ------- */

static struct function *function_named(const char *name) {
    for (size_t i = 0; i < u.function_count; i++)
        if (!strcmp(u.functions[i].name, name)) return &u.functions[i];
    return NULL;
}

static struct function *function_of(CXCursor c) {
    if (clang_getCursorKind(c) != CXCursor_FunctionDecl) return NULL;
    CXString name = clang_getCursorSpelling(c);
    struct function *f = function_named(clang_getCString(name));
    clang_disposeString(name);
    return f;
}

static enum CXChildVisitResult collect_function(CXCursor c, CXCursor parent, CXClientData data) {
    (void)parent, (void)data;
    unsigned at;
    if (clang_getCursorKind(c) != CXCursor_FunctionDecl || !clang_isCursorDefinition(c) ||
        !offset_of(clang_getCursorLocation(c), &at))
        return CXChildVisit_Continue;

    CXString name = clang_getCursorSpelling(c);
    unsigned list = skip_space(at + (unsigned)strlen(clang_getCString(name)));
    unsigned after = skip_space(skip_brackets(list));
    bool old_style = u.text[after] != '{' && !name_at(after, "__attribute__");
    GROW(u.functions, u.function_count, u.function_cap);
    u.functions[u.function_count++] = (struct function){
        .name = strdup(clang_getCString(name)),
        .plain = old_style || clang_isFunctionTypeVariadic(clang_getCursorType(c)),
    };
    clang_disposeString(name);
    return CXChildVisit_Continue;
}

/* The function that a call names directly, if it is one of ours and the name stands there in the file. */
static struct function *callee_of(CXCursor call, unsigned *at) {
    struct function *f = function_of(clang_getCursorReferenced(call));
    if (!f) return NULL;
    /* A macro's argument is text of the file too: getFileLocation finds it, where the extent would not. */
    CXFile file;
    clang_getFileLocation(clang_getRangeStart(clang_getCursorExtent(call)), &file, NULL, NULL, at);
    if (!file || !clang_File_isEqual(file, u.file) || !name_at(*at, f->name)) return NULL;
    return u.text[skip_space(*at + (unsigned)strlen(f->name))] == '(' ? f : NULL;
}

struct look {
    struct function *in;
    bool is_static;
};

static enum CXChildVisitResult look_at_uses(CXCursor c, CXCursor parent, CXClientData data) {
    (void)parent;
    struct look look = *(struct look *)data;
    enum CXCursorKind kind = clang_getCursorKind(c);
    unsigned at;

    if (kind == CXCursor_FunctionDecl) {
        if (!offset_of(clang_getCursorLocation(c), &at)) return CXChildVisit_Continue;
        look.in = clang_isCursorDefinition(c) ? function_of(c) : NULL;
    } else if (kind == CXCursor_VarDecl) {
        enum CX_StorageClass storage = clang_Cursor_getStorageClass(c);
        if (storage == CX_SC_Static || storage == CX_SC_Extern) look.is_static = true;
    } else if (kind == CXCursor_CallExpr) {
        struct function *callee = callee_of(c, &at);
        if (callee) {
            if (look.in && !look.is_static) look.in->calls[callee - u.functions] = true;
            else callee->plain = true;
            int n = clang_Cursor_getNumArguments(c); /* the name of the callee itself is no use of its address */
            for (int i = 0; i < n; i++) look_at_uses(clang_Cursor_getArgument(c, (unsigned)i), c, &look);
            return CXChildVisit_Continue;
        }
    } else if (kind == CXCursor_DeclRefExpr) {
        struct function *f = function_of(clang_getCursorReferenced(c));
        if (f) f->plain = true;
    }
    clang_visitChildren(c, look_at_uses, &look);
    return CXChildVisit_Continue;
}

static void choose_functions(void) {
    CXCursor root = clang_getTranslationUnitCursor(u.unit);
    clang_visitChildren(root, collect_function, NULL);
    for (size_t i = 0; i < u.function_count; i++) {
        u.functions[i].calls = xrealloc(NULL, u.function_count);
        memset(u.functions[i].calls, 0, u.function_count);
    }
    clang_visitChildren(root, look_at_uses, &(struct look){0});

    /* What a plain function calls is plain. */
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < u.function_count; i++)
            for (size_t j = 0; j < u.function_count; j++)
                if (u.functions[i].plain && u.functions[i].calls[j] && !u.functions[j].plain)
                    u.functions[j].plain = changed = true;
    }
}

/* ---------------------------------------------------------------- second look: the edits ------------------------- */

static const struct wrapper {
    enum CXTypeKind kind;
    const char *name, *type;
} wrappers[] = {
    {CXType_Bool, "fz_bool", "_Bool"},
    {CXType_Char_S, "fz_char", "char"},
    {CXType_SChar, "fz_schar", "signed char"},
    {CXType_UChar, "fz_uchar", "unsigned char"},
    {CXType_Short, "fz_short", "short"},
    {CXType_UShort, "fz_ushort", "unsigned short"},
    {CXType_Int, "fz_int", "int"},
    {CXType_UInt, "fz_uint", "unsigned"},
    {CXType_Long, "fz_long", "long"},
    {CXType_ULong, "fz_ulong", "unsigned long"},
    {CXType_LongLong, "fz_llong", "long long"},
    {CXType_ULongLong, "fz_ullong", "unsigned long long"},
    {CXType_Float, "fz_float", "float"},
    {CXType_Double, "fz_double", "double"},
};

enum { WRAPPERS = sizeof wrappers / sizeof *wrappers };

static void edit(CXCursor c);

/* Edits the calls in `c`, and nothing else. */
static void edit_unwrapped(CXCursor c) {
    unsigned operands = u.operands;
    u.operands = 0;
    edit(c);
    u.operands = operands;
}

struct children {
    CXCursor *at;
    size_t count, cap;
};

static enum CXChildVisitResult add_child(CXCursor c, CXCursor parent, CXClientData data) {
    (void)parent;
    struct children *list = data;
    GROW(list->at, list->count, list->cap);
    list->at[list->count++] = c;
    return CXChildVisit_Continue;
}

static struct children children_of(CXCursor c) {
    struct children list = {0};
    clang_visitChildren(c, add_child, &list);
    return list;
}

/*
 * Edits an operand whose value alone matters, and may pass it through a coroutine of its type. An implicit conversion
 * that C applies to the operand is the outermost cursor here, so that its type is the type after promotions, and
 * a bit-field's or a short's value goes through as the int that the operator gets anyway.
 */
static void edit_operand(CXCursor c) {
    unsigned start, end;
    enum CXCursorKind kind = clang_getCursorKind(c);
    bool is_place = kind == CXCursor_DeclRefExpr || kind == CXCursor_MemberRefExpr || kind == CXCursor_ArraySubscriptExpr ||
                    kind == CXCursor_InitListExpr || kind == CXCursor_StringLiteral;
    enum CXTypeKind type = clang_getCanonicalType(clang_getCursorType(c)).kind;

    if (!is_place && clang_isExpression(kind) && chance(u.operands) && extent_of(c, &start, &end)) {
        for (int i = 0; i < WRAPPERS; i++) {
            if (wrappers[i].kind != type) continue;
            u.wrapper_used[i] = true;
            u.counts[COUNT_OPERANDS]++;
            insert(start, false, "(await %s(", wrappers[i].name);
            edit(c);
            insert(end, true, "))");
            return;
        }
    }
    edit(c);
}

/*
 * The await of a call. Its end is the bracket that closes the arguments, counted, since in a macro's argument the extent
 * is that of the macro.
 */
static void edit_call(CXCursor c) {
    unsigned start;
    struct function *f = callee_of(c, &start);
    bool ours = f && !f->plain;
    if (ours) {
        for (size_t i = 0; i < u.edited_count; i++)
            if (u.edited_calls[i] == start) return; /* the same call, seen through another cursor */
        GROW(u.edited_calls, u.edited_count, u.edited_cap);
        u.edited_calls[u.edited_count++] = start;
    }

    unsigned end = 0;
    const char *closing = "";
    if (ours) {
        end = skip_brackets(skip_space(start + (unsigned)strlen(f->name)));
        bool task = chance(u.tasks), parens = postfix_follows(end) || chance(5);
        u.counts[COUNT_CALLS]++;
        if (task) u.counts[COUNT_TASKS]++;
        insert(start, false, "%sawait %s", parens ? "(" : "", task ? "acc_create_task(" : "");
        closing = task && parens ? "))" : task || parens ? ")" : "";
    }
    if (f) {
        int n = clang_Cursor_getNumArguments(c);
        for (int i = 0; i < n; i++) edit_operand(clang_Cursor_getArgument(c, (unsigned)i));
    } else {
        struct children list = children_of(c);
        if (list.count) edit(list.at[0]);
        for (size_t i = 1; i < list.count; i++) edit_operand(list.at[i]);
        free(list.at);
    }
    if (*closing) insert(end, true, "%s", closing);
}

static const char *sleep_statement(void) {
    u.counts[COUNT_SLEEPS]++;
    return u.suspend == SUSPEND_ALWAYS || chance(50) ? "await acc_sleep(0);" : "if (fz_coin()) await acc_sleep(0);";
}

static bool sleep_here(void) { return u.suspend != SUSPEND_NEVER && chance(u.statements); }

/* A statement that a keyword governs, without braces: `if (c) s;` becomes `if (c) { await acc_sleep(0); s; }`. */
static void edit_body(CXCursor c) {
    unsigned start, end;
    enum CXCursorKind kind = clang_getCursorKind(c);
    if (kind == CXCursor_CompoundStmt || kind == CXCursor_NullStmt || kind == CXCursor_CaseStmt ||
        kind == CXCursor_DefaultStmt || kind == CXCursor_LabelStmt || !extent_of(c, &start, &end) || !sleep_here()) {
        edit(c);
        return;
    }
    if (u.text[end - 1] != '}' && u.text[end - 1] != ';') {
        end = skip_space(end);
        if (u.text[end] != ';') { /* not the text that was expected: a macro, perhaps */
            edit(c);
            return;
        }
        end++;
    }
    insert(start, false, "{ %s ", sleep_statement());
    edit(c);
    insert(end, true, " }");
}

static void edit_compound(CXCursor c, bool is_switch) {
    struct children list = children_of(c);
    for (size_t i = 0; i < list.count; i++) {
        unsigned start, end;
        enum CXCursorKind kind = clang_getCursorKind(list.at[i]);
        bool reached = !is_switch || i > 0;
        if (reached && kind != CXCursor_CaseStmt && kind != CXCursor_DefaultStmt && extent_of(list.at[i], &start, &end) &&
            sleep_here())
            insert(start, false, "%s ", sleep_statement());
        edit(list.at[i]);
    }
    free(list.at);
}

/* Edits statements and expressions of an async function. */
static void edit(CXCursor c) {
    enum CXCursorKind kind = clang_getCursorKind(c);
    struct children list = {0};

    switch (kind) {
        case CXCursor_CompoundStmt: edit_compound(c, false); return;

        case CXCursor_IfStmt:
        case CXCursor_WhileStmt:
            list = children_of(c);
            edit_operand(list.at[0]);
            for (size_t i = 1; i < list.count; i++) edit_body(list.at[i]);
            break;

        case CXCursor_DoStmt:
            list = children_of(c);
            edit_body(list.at[0]);
            edit_operand(list.at[1]);
            break;

        case CXCursor_ForStmt: /* the parts that are not there are not children, but the body is the last */
            list = children_of(c);
            for (size_t i = 0; i + 1 < list.count; i++) edit(list.at[i]);
            edit_body(list.at[list.count - 1]);
            break;

        case CXCursor_SwitchStmt:
            list = children_of(c);
            edit_operand(list.at[0]);
            if (clang_getCursorKind(list.at[list.count - 1]) == CXCursor_CompoundStmt)
                edit_compound(list.at[list.count - 1], true);
            else edit(list.at[list.count - 1]);
            break;

        case CXCursor_CaseStmt: /* the labels are constants; only the statement counts */
            list = children_of(c);
            edit(list.at[list.count - 1]);
            break;

        case CXCursor_ReturnStmt:
            list = children_of(c);
            for (size_t i = 0; i < list.count; i++) edit_operand(list.at[i]);
            break;

        case CXCursor_VarDecl: {
            enum CX_StorageClass storage = clang_Cursor_getStorageClass(c);
            CXCursor init = clang_Cursor_getVarDeclInitializer(c);
            if (storage == CX_SC_Static || storage == CX_SC_Extern) return;
            list = children_of(c);
            for (size_t i = 0; i < list.count; i++) {
                if (clang_equalCursors(list.at[i], init)) edit_operand(init);
                else if (clang_isExpression(clang_getCursorKind(list.at[i]))) edit_unwrapped(list.at[i]); /* array sizes */
            }
            break;
        }

        case CXCursor_BinaryOperator:
        case CXCursor_CompoundAssignOperator: {
            enum CXBinaryOperatorKind op = clang_getCursorBinaryOperatorKind(c);
            list = children_of(c);
            bool assigns = kind == CXCursor_CompoundAssignOperator || op == CXBinaryOperator_Assign;
            /* The left of an assignment is a place. What stands beside a comma keeps its exact type, bit-fields too. */
            if (assigns || op == CXBinaryOperator_Comma) edit(list.at[0]);
            else edit_operand(list.at[0]);
            if (op == CXBinaryOperator_Comma) edit(list.at[1]);
            else edit_operand(list.at[1]);
            break;
        }

        case CXCursor_UnaryOperator: {
            enum CXUnaryOperatorKind op = clang_getCursorUnaryOperatorKind(c);
            list = children_of(c);
            bool value = op == CXUnaryOperator_Plus || op == CXUnaryOperator_Minus || op == CXUnaryOperator_Not ||
                         op == CXUnaryOperator_LNot;
            if (value) edit_operand(list.at[0]);
            else edit(list.at[0]);
            break;
        }

        case CXCursor_ArraySubscriptExpr:
            list = children_of(c);
            edit(list.at[0]);
            edit_operand(list.at[1]);
            break;

        case CXCursor_ConditionalOperator:
        case CXCursor_InitListExpr:
            list = children_of(c);
            for (size_t i = 0; i < list.count; i++) edit_operand(list.at[i]);
            break;

        case CXCursor_CallExpr: edit_call(c); return;

        case CXCursor_UnaryExpr: /* sizeof and the like: the await has to be there for its type, no more */
            list = children_of(c);
            for (size_t i = 0; i < list.count; i++) edit_unwrapped(list.at[i]);
            break;

        case CXCursor_GenericSelectionExpr:
        case CXCursor_StructDecl:
        case CXCursor_UnionDecl:
        case CXCursor_EnumDecl:
        case CXCursor_TypedefDecl: return;

        default:
            list = children_of(c);
            for (size_t i = 0; i < list.count; i++) edit(list.at[i]);
            break;
    }
    free(list.at);
}

static enum CXChildVisitResult edit_function(CXCursor c, CXCursor parent, CXClientData data) {
    (void)parent, (void)data;
    unsigned start, end;
    struct function *f = function_of(c);
    if (!f || f->plain || !extent_of(c, &start, &end)) return CXChildVisit_Continue;

    /* `async` is a specifier: it may stand before the storage class or after it. */
    unsigned at = start;
    if (chance(70)) {
        static const char *const specifiers[] = {"static", "extern", "inline"};
        for (unsigned i = 0; i < 3; i++)
            if (name_at(at, specifiers[i])) at = skip_space(at + (unsigned)strlen(specifiers[i]));
    }
    insert(at, false, "async ");

    struct children list = children_of(c);
    for (size_t i = 0; i < list.count; i++) {
        if (clang_getCursorKind(list.at[i]) != CXCursor_CompoundStmt || !extent_of(list.at[i], &start, &end)) continue;
        if (u.suspend == SUSPEND_ALWAYS || (u.suspend == SUSPEND_SOMETIMES && chance(50)))
            insert(start + 1, false, " %s", sleep_statement());
        edit(list.at[i]);
    }
    free(list.at);
    return CXChildVisit_Continue;
}

/* ---------------------------------------------------------------- output ----------------------------------------- */

static void write_prelude(FILE *out) {
    fprintf(out, "#include <acc.h>\n\n/* Written by asyncify --seed=%llu. */\n", (unsigned long long)u.seed);
    fprintf(out,
            "static unsigned fz_state = %uu;\n"
            "static int fz_coin(void) { fz_state = fz_state * 1103515245u + 12345u; return fz_state >> 16 & 1; }\n",
            (unsigned)(u.seed * 2654435761u));
    for (int i = 0; i < WRAPPERS; i++) {
        if (!u.wrapper_used[i]) continue;
        fprintf(out, "static async %s %s(%s v) { %sreturn v; }\n", wrappers[i].type, wrappers[i].name, wrappers[i].type,
                u.suspend == SUSPEND_NEVER    ? ""
                : u.suspend == SUSPEND_ALWAYS ? "await acc_sleep(0); "
                                              : "if (fz_coin()) await acc_sleep(0); ");
    }
    fputc('\n', out);
}

static void write_program(FILE *out) {
    qsort(u.insertions, u.insertion_count, sizeof *u.insertions, compare_insertions);
    write_prelude(out);
    size_t done = 0;
    for (size_t i = 0; i < u.insertion_count; i++) {
        fwrite(u.text + done, 1, u.insertions[i].offset - done, out);
        fputs(u.insertions[i].text, out);
        done = u.insertions[i].offset;
    }
    fwrite(u.text + done, 1, u.size - done, out);
}

/* ---------------------------------------------------------------- --check ---------------------------------------- */

/*
 * Looks through an async program read with the mock header, under which an async function is one with an annotation
 * and an await is an `__extension__` before its operand: the operand of an await must be the call itself, and no call
 * of an async function may stand elsewhere.
 */
struct check {
    bool in_async;
    bool awaited;
    unsigned *errors;
    unsigned *awaits;
};

static enum CXChildVisitResult find_annotation(CXCursor c, CXCursor parent, CXClientData data) {
    (void)parent;
    if (clang_getCursorKind(c) == CXCursor_AnnotateAttr) *(bool *)data = true;
    return CXChildVisit_Continue;
}

static bool is_async(CXCursor function) {
    bool found = false;
    if (clang_getCursorKind(function) == CXCursor_FunctionDecl) clang_visitChildren(function, find_annotation, &found);
    return found;
}

static void complain(CXCursor c, struct check *check, const char *what) {
    unsigned line, column;
    clang_getFileLocation(clang_getCursorLocation(c), NULL, &line, &column, NULL);
    fprintf(stderr, "%u:%u: %s\n", line, column, what);
    ++*check->errors;
}

static enum CXChildVisitResult check_cursor(CXCursor c, CXCursor parent, CXClientData data) {
    (void)parent;
    struct check check = *(struct check *)data;
    enum CXCursorKind kind = clang_getCursorKind(c);

    if (kind == CXCursor_FunctionDecl) {
        if (clang_Location_isInSystemHeader(clang_getCursorLocation(c))) return CXChildVisit_Continue;
        check.in_async = is_async(c);
    } else if (kind == CXCursor_UnaryOperator && clang_getCursorUnaryOperatorKind(c) == CXUnaryOperator_Extension) {
        ++*check.awaits;
        if (!check.in_async) complain(c, &check, "await outside of an async function");
        struct children list = children_of(c);
        while (list.count == 1 && clang_getCursorKind(list.at[0]) == CXCursor_ParenExpr) {
            CXCursor inner = list.at[0]; /* acc_create_task(...) of the mock header */
            free(list.at);
            list = children_of(inner);
        }
        if (list.count != 1 || clang_getCursorKind(list.at[0]) != CXCursor_CallExpr ||
            !is_async(clang_getCursorReferenced(list.at[0]))) {
            complain(c, &check, "the operand of this await is not a call of an async function");
        } else {
            check.awaited = true;
            check_cursor(list.at[0], c, &check);
        }
        free(list.at);
        return CXChildVisit_Continue;
    } else if (kind == CXCursor_CallExpr) {
        if (is_async(clang_getCursorReferenced(c)) && !check.awaited) complain(c, &check, "a call that is not awaited");
        check.awaited = false;
    }
    clang_visitChildren(c, check_cursor, &check);
    return CXChildVisit_Continue;
}

static int run_check(void) {
    unsigned errors = 0, awaits = 0;
    clang_visitChildren(clang_getTranslationUnitCursor(u.unit), check_cursor,
                        &(struct check){.errors = &errors, .awaits = &awaits});
    printf("%u awaits, %u errors\n", awaits, errors);
    return errors != 0;
}

/* ---------------------------------------------------------------- main ------------------------------------------- */

static const char usage[] =
    "usage: asyncify [options] plain.c [-o prog.ac] [-- compiler flags]\n"
    "       asyncify --check prog.ac -- -I mock [compiler flags]\n"
    "  --seed=N             of the choices made (default 0)\n"
    "  --suspend=WHEN       never, sometimes (default), always, or a percentage: of statement boundaries that get a sleep\n"
    "  --operands=PERCENT   of operands that go through a coroutine (default 3)\n"
    "  --tasks=PERCENT      of calls that run as a task (default 0)\n"
    "  --check              do not write anything: look for calls that are not awaited\n";

static unsigned percentage(const char *text) {
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (!*text || *end || n > 100) die("not a percentage: %s", text);
    return (unsigned)n;
}

static void set_suspend(const char *when) {
    u.suspend = SUSPEND_SOMETIMES;
    u.statements = 20;
    if (!strcmp(when, "never")) u.suspend = SUSPEND_NEVER, u.statements = 0;
    else if (!strcmp(when, "always")) u.suspend = SUSPEND_ALWAYS, u.statements = 100;
    else if (strcmp(when, "sometimes")) u.statements = percentage(when);
}

static void read_source(const char *path) {
    FILE *in = fopen(path, "rb");
    if (!in) die("cannot read %s", path);
    size_t cap = 0, n;
    do {
        cap = cap ? cap * 2 : 1 << 16;
        u.text = xrealloc(u.text, cap + 1);
        n = fread(u.text + u.size, 1, cap - u.size, in);
        u.size += n;
    } while (u.size == cap);
    u.text[u.size] = 0;
    fclose(in);
}

int main(int argc, char **argv) {
    const char *input = NULL, *output = NULL;
    bool check = false;
    set_suspend("sometimes");
    u.operands = 3;

    int i;
    for (i = 1; i < argc && strcmp(argv[i], "--"); i++) {
        const char *a = argv[i];
        if (!strncmp(a, "--seed=", 7)) u.seed = strtoull(a + 7, NULL, 0);
        else if (!strncmp(a, "--suspend=", 10)) set_suspend(a + 10);
        else if (!strncmp(a, "--operands=", 11)) u.operands = percentage(a + 11);
        else if (!strncmp(a, "--tasks=", 8)) u.tasks = percentage(a + 8);
        else if (!strcmp(a, "--check")) check = true;
        else if (!strcmp(a, "--help")) return fputs(usage, stdout), 0;
        else if (!strcmp(a, "-o") && i + 1 < argc) output = argv[++i];
        else if (*a != '-' && !input) input = a;
        else return fputs(usage, stderr), 2;
    }
    if (!input) return fputs(usage, stderr), 2;

    const char **args = xrealloc(NULL, ((size_t)argc + 8) * sizeof *args);
    int count = 0;
    args[count++] = "-xc";
    args[count++] = "-std=gnu11";
    args[count++] = "-w";
    args[count++] = "-ferror-limit=5";
    if (check) {
        args[count++] = "-Dasync=__attribute__((annotate(\"async\")))";
        args[count++] = "-Dawait=__extension__";
    }
    for (i++; i < argc; i++) args[count++] = argv[i];

    read_source(input);
    rng_state = u.seed;
    CXIndex index = clang_createIndex(0, 0);
    u.unit = clang_parseTranslationUnit(index, input, args, count, NULL, 0, CXTranslationUnit_None);
    if (!u.unit) die("libclang cannot read %s", input);
    for (unsigned d = 0; d < clang_getNumDiagnostics(u.unit); d++) {
        CXDiagnostic diagnostic = clang_getDiagnostic(u.unit, d);
        if (clang_getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error) {
            CXString text = clang_formatDiagnostic(diagnostic, clang_defaultDiagnosticDisplayOptions());
            die("%s", clang_getCString(text));
        }
        clang_disposeDiagnostic(diagnostic);
    }
    u.file = clang_getFile(u.unit, input);
    if (check) return run_check();

    choose_functions();
    clang_visitChildren(clang_getTranslationUnitCursor(u.unit), edit_function, NULL);

    FILE *out = output ? fopen(output, "wb") : stdout;
    if (!out) die("cannot write %s", output);
    write_program(out);
    if (fflush(out) || ferror(out)) die("cannot write %s", output ? output : "the output");
    fprintf(stderr, "%u calls awaited, %u as tasks; %u sleeps, %u operands wrapped\n", u.counts[COUNT_CALLS],
            u.counts[COUNT_TASKS], u.counts[COUNT_SLEEPS], u.counts[COUNT_OPERANDS]);
    return 0;
}
