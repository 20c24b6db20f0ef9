/* types.c: what the translator must know of a type: its size, whether it is a handle, how it is written at file scope.
 *
 * needs: clang's types; leaves: Type, one for each of clang's */
#include "types.h"

#include <stdlib.h>

void types_init(Types *ts, Arena *a, CStrVec *aliases) {
    ts->a = a;
    ts->made = map_new(a);
    ts->tags = map_new(a);
    ts->names = map_new(a);
    ts->aliases = aliases;
}

const char *types_string(Types *ts, CXString s) {
    const char *c = clang_getCString(s);
    char *copy = arena_strdup(ts->a, c ? c : "");
    clang_disposeString(s);
    return copy;
}

/* The type without the names it goes by, but with those of its parts: `P` that is a typedef of `T *` gives `T *`. */
static CXType peeled(CXType t) {
    for (;;) {
        switch (t.kind) {
            case CXType_Elaborated: t = clang_Type_getNamedType(t); break;
            case CXType_Typedef: t = clang_getTypedefDeclUnderlyingType(clang_getTypeDeclaration(t)); break;
            default: {
                CXType c = clang_getCanonicalType(t);
                return c.kind == t.kind ? t : c;
            }
        }
    }
}

/* A generator of T that is sent S: `T (*)(struct acc__generator *(*)(S))`; S, or an invalid type. */
static CXType sent_to(CXType parameter) {
    CXType none = {.kind = CXType_Invalid};
    if (parameter.kind != CXType_Pointer) return none;
    CXType f = clang_getPointeeType(parameter);
    if (f.kind != CXType_FunctionProto || clang_getNumArgTypes(f) != 1) return none;
    CXType r = clang_getResultType(f);
    if (r.kind != CXType_Pointer || clang_getPointeeType(r).kind != CXType_Record) return none;
    CXString s = clang_getTypeSpelling(clang_getPointeeType(r));
    bool generator = !strcmp(clang_getCString(s), "struct acc__generator");
    clang_disposeString(s);
    return generator ? clang_getArgType(f, 0) : none;
}

/* `T (*)(struct acc__coro *)` and its kin: which, or H_NONE. */
static HandleKind handle_of(CXType t, CXType *result) {
    CXType c = peeled(t);
    if (c.kind != CXType_Pointer) return H_NONE;
    CXType f = peeled(clang_getPointeeType(c));
    if (f.kind != CXType_FunctionProto || clang_getNumArgTypes(f) != 1) return H_NONE;
    CXType p = clang_getCanonicalType(clang_getArgType(f, 0));
    if (p.kind != CXType_Pointer) return H_NONE;
    CXType r = clang_getPointeeType(p);
    if (sent_to(p).kind != CXType_Invalid) {
        *result = clang_getResultType(f);
        return H_GENERATOR;
    }
    if (r.kind != CXType_Record) return H_NONE;
    CXString s = clang_getTypeSpelling(r);
    const char *name = clang_getCString(s);
    HandleKind kind = !strcmp(name, "struct acc__coro")            ? H_CORO
                      : !strcmp(name, "struct acc__task")          ? H_TASK
                      : !strcmp(name, "struct acc__future")        ? H_FUTURE
                      : !strcmp(name, "struct acc__channel")       ? H_QUEUE
                      : !strcmp(name, "struct acc__thread_future") ? H_THREAD_FUTURE
                                                                   : H_NONE;
    clang_disposeString(s);
    if (kind) *result = clang_getResultType(f);
    return kind;
}

static bool is_async(CXType function) {
    CXType c = clang_getCanonicalType(function), unused;
    if (c.kind != CXType_FunctionProto && c.kind != CXType_FunctionNoProto) return false;
    CXType r = clang_getResultType(c);
    return clang_isConstQualifiedType(r) && handle_of(r, &unused) == H_CORO;
}

static bool is_generator(CXType function) {
    CXType c = clang_getCanonicalType(function), unused;
    if (c.kind != CXType_FunctionProto && c.kind != CXType_FunctionNoProto) return false;
    CXType r = clang_getResultType(c);
    return clang_isConstQualifiedType(r) && handle_of(r, &unused) == H_GENERATOR;
}

bool types_file_scope(CXCursor decl) {
    return clang_getCursorKind(clang_getCursorSemanticParent(decl)) == CXCursor_TranslationUnit;
}

static const char *qualifiers(CXType t) {
    static const char *const words[] = {"",          "const ",          "volatile ",          "const volatile ",
                                        "restrict ", "const restrict ", "volatile restrict ", "const volatile restrict "};
    return words[(clang_isConstQualifiedType(t) ? 1 : 0) | (clang_isVolatileQualifiedType(t) ? 2 : 0) |
                 (clang_isRestrictQualifiedType(t) ? 4 : 0)];
}

static const char *spell(Types *ts, CXType t, const char *inner, bool top);

static const char *spell_function(Types *ts, CXType f, const char *inner) {
    StrBuf b = {0};
    sb_printf(&b, "%s(", inner);
    CXType result = clang_getResultType(f), value;
    bool generator = is_generator(f), async = is_async(f) || generator, ok = true;
    if (async) {
        sb_add(&b, "acc_ctx *");
        if (generator) result = clang_getUnqualifiedType(result);
        else if (handle_of(result, &value)) result = value;
    }
    int n = clang_getNumArgTypes(f);
    for (int i = 0; i < n && ok; i++) {
        if (i || async) sb_add(&b, ", ");
        const char *p = spell(ts, clang_getArgType(f, (unsigned)i), "", false);
        if (p) sb_add(&b, p);
        else ok = false;
    }
    if (n <= 0 && !async && f.kind == CXType_FunctionProto) sb_add(&b, "void");
    if (clang_isFunctionTypeVariadic(f) && n > 0) sb_add(&b, ", ...");
    sb_addc(&b, ')');
    const char *text = ok ? spell(ts, result, arena_strndup(ts->a, b.data, b.len), false) : NULL;
    sb_free(&b);
    return text;
}

/* Does a name in that text mean something else in the body of some async function? */
static bool hidden(const Types *ts, const char *text) {
    bool tag = false;
    while (*text) {
        size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$");
        if (!n) {
            text++;
            continue;
        }
        if (map_get(tag ? ts->tags : ts->names, text, n)) return true;
        tag = (n == 6 && !memcmp(text, "struct", 6)) || (n == 5 && !memcmp(text, "union", 5)) ||
              (n == 4 && !memcmp(text, "enum", 4));
        text += n;
    }
    return false;
}

/* Gives y the declaration `text`, in which \1 stands for the name; where a name in it is hidden somewhere, through a typedef of
 * its own, which emit declares ahead of what uses it. */
static void declared_by(Types *ts, Type *y, const char *text) {
    const char *hole = text ? strchr(text, '\1') : NULL;
    if (!hole) return;
    y->before = arena_strndup(ts->a, text, (size_t)(hole - text));
    y->after = arena_strdup(ts->a, hole + 1);
    if (!hidden(ts, text)) return;
    size_t number = ts->aliases->len;
    vec_push(ts->a, ts->aliases, arena_printf(ts->a, "typedef %sacc__type_%zu%s;", y->before, number, y->after));
    y->before = arena_printf(ts->a, "acc__type_%zu ", number);
    y->after = "";
}

/* A typedef of an arithmetic type, and of nothing more than that. */
static bool plain_arithmetic(CXType t) {
    CXType c = clang_getCanonicalType(t);
    return c.kind > CXType_Bool && c.kind <= CXType_LongDouble &&
           clang_isConstQualifiedType(c) == clang_isConstQualifiedType(t) &&
           clang_isVolatileQualifiedType(c) == clang_isVolatileQualifiedType(t) &&
           clang_Type_getAlignOf(t) == clang_Type_getAlignOf(clang_getUnqualifiedType(c));
}

/* A declaration of `inner` with this type, as it may stand at file scope; NULL: there is none. top: without qualifiers. */
static const char *spell(Types *ts, CXType t, const char *inner, bool top) {
    const char *quals = top ? "" : qualifiers(t);
    switch (t.kind) {
        case CXType_Pointer: {
            CXType to = clang_getPointeeType(t);
            enum CXTypeKind under = clang_getCanonicalType(to).kind;
            bool typedefed = to.kind == CXType_Typedef || to.kind == CXType_Elaborated;
            bool paren = !typedefed && (under == CXType_FunctionProto || under == CXType_FunctionNoProto ||
                                        under == CXType_ConstantArray || under == CXType_IncompleteArray);
            return spell(ts, to, arena_printf(ts->a, paren ? "(*%s%s)" : "*%s%s", quals, inner), false);
        }
        case CXType_ConstantArray:
            return spell(ts, clang_getArrayElementType(t),
                         arena_printf(ts->a, "%s[%lld]", inner, (long long)clang_getArraySize(t)), top);
        case CXType_IncompleteArray: return spell(ts, clang_getArrayElementType(t), arena_printf(ts->a, "%s[]", inner), top);
        case CXType_FunctionProto:
        case CXType_FunctionNoProto: return spell_function(ts, t, inner);
        case CXType_Typedef: {
            CXCursor d = clang_getTypeDeclaration(t);
            CXType under = clang_getTypedefDeclUnderlyingType(d);
            if (!types_file_scope(d) || (top && clang_isConstQualifiedType(clang_getCanonicalType(t))))
                return spell(ts, under, arena_printf(ts->a, "%s%s", quals, inner), top);
            const char *name = types_string(ts, clang_getCursorSpelling(d));
            if (map_get(ts->names, name, strlen(name)) && plain_arithmetic(t)) /* else it needs an alias: this is readable */
                name = types_string(ts, clang_getTypeSpelling(clang_getUnqualifiedType(clang_getCanonicalType(t))));
            return arena_printf(ts->a, "%s%s %s", quals, name, inner);
        }
        case CXType_Elaborated: return spell(ts, clang_Type_getNamedType(t), arena_printf(ts->a, "%s%s", quals, inner), top);
        case CXType_Record:
        case CXType_Enum: {
            CXCursor d = clang_getTypeDeclaration(t);
            if (!types_file_scope(d) || clang_Cursor_isAnonymous(d)) return NULL;
            const char *name = types_string(ts, clang_getCursorSpelling(d));
            if (!*name || strchr(name, '(')) return NULL;
            enum CXCursorKind k = clang_getCursorKind(d);
            if (!strcmp(name, "__va_list_tag")) /* in gcc it has no name */
                return arena_printf(ts->a, "%s__typeof__((*(__builtin_va_list *)0)[0]) %s", quals, inner);
            const char *tag = k == CXCursor_EnumDecl ? "enum " : k == CXCursor_UnionDecl ? "union " : "struct ";
            /* typedef struct { ... } T: it has that name only */
            CXType plain = clang_getUnqualifiedType(clang_getCanonicalType(t));
            if (strncmp(types_string(ts, clang_getTypeSpelling(plain)), tag, strlen(tag))) tag = "";
            return arena_printf(ts->a, "%s%s%s %s", quals, tag, name, inner);
        }
        case CXType_VariableArray:
        case CXType_Invalid: return NULL;
        case CXType_Atomic: {
            const char *value = spell(ts, clang_Type_getValueType(t), "", true);
            return value ? arena_printf(ts->a, "%s_Atomic(%s) %s", quals, value, inner) : NULL;
        }
        default: break;
    }
    CXType canonical = clang_getCanonicalType(t);
    if (canonical.kind != t.kind || canonical.data[0] != t.data[0]) {
        if (canonical.kind != CXType_Unexposed && !(canonical.kind == t.kind && t.kind < CXType_FirstBuiltin)) {
            if (t.kind < CXType_FirstBuiltin || t.kind > CXType_LastBuiltin) return spell(ts, canonical, inner, top);
        }
    }
    const char *name = types_string(ts, clang_getTypeSpelling(clang_getUnqualifiedType(canonical)));
    if (strchr(name, '(') && strstr(name, "unnamed")) return NULL;
    if (!strcmp(name, "bool")) name = "_Bool";
    return arena_printf(ts->a, "%s%s %s", quals, name, inner);
}

static enum CXVisitorResult find_array(CXCursor field, CXClientData data) {
    CXType t = clang_getCanonicalType(clang_getCursorType(field));
    if (t.kind == CXType_ConstantArray || t.kind == CXType_IncompleteArray) {
        *(bool *)data = true;
        return CXVisit_Break;
    }
    if (t.kind == CXType_Record) clang_Type_visitFields(t, find_array, data);
    return *(bool *)data ? CXVisit_Break : CXVisit_Continue;
}

/* A field of an array without a size, the last one's of a record maybe. */
static enum CXVisitorResult find_flexible(CXCursor field, CXClientData data) {
    CXType t = clang_getCanonicalType(clang_getCursorType(field));
    if (t.kind == CXType_IncompleteArray) *(bool *)data = true;
    else if (t.kind == CXType_Record) clang_Type_visitFields(t, find_flexible, data);
    return *(bool *)data ? CXVisit_Break : CXVisit_Continue;
}

typedef struct Pointers {
    bool any, memory;
} Pointers;

static void pointers(CXType t, Pointers *p);

static enum CXVisitorResult find_pointers(CXCursor field, CXClientData data) {
    pointers(clang_getCursorType(field), data);
    return CXVisit_Continue;
}

/* What is or holds a pointer; and one to an object. */
static void pointers(CXType t, Pointers *p) {
    CXType c = clang_getCanonicalType(t);
    while (c.kind == CXType_ConstantArray || c.kind == CXType_IncompleteArray)
        c = clang_getCanonicalType(clang_getArrayElementType(c));
    if (c.kind == CXType_Atomic) c = clang_getCanonicalType(clang_Type_getValueType(c));
    if (c.kind == CXType_Record) clang_Type_visitFields(c, find_pointers, p);
    if (c.kind != CXType_Pointer) return;
    enum CXTypeKind to = clang_getCanonicalType(clang_getPointeeType(c)).kind;
    p->any = true;
    p->memory |= to != CXType_FunctionProto && to != CXType_FunctionNoProto;
}

static enum CXVisitorResult find_const(CXCursor field, CXClientData data) {
    CXType t = clang_getCanonicalType(clang_getCursorType(field));
    while (t.kind == CXType_ConstantArray) t = clang_getCanonicalType(clang_getArrayElementType(t));
    if (clang_isConstQualifiedType(t)) *(bool *)data = true;
    else if (t.kind == CXType_Record) clang_Type_visitFields(t, find_const, data);
    return *(bool *)data ? CXVisit_Break : CXVisit_Continue;
}

/* Is it a structure that the view made for acc_outcome(T), by whatever name it goes here? */
static void outcome(Type *y, const char *canonical) {
    const char *tag = strstr(canonical, "acc__outcome_");
    y->outcome = tag != NULL;
    y->empty_outcome = tag && !strcmp(tag, "acc__outcome_void");
}

Type *types_get(Types *ts, CXType t) {
    uint64_t key = (uint64_t)(uintptr_t)t.data[0] * 31 + (uint64_t)t.kind + 1;
    Type *y = map_get_u64(ts->made, key);
    if (y) return y;
    y = NEW(ts->a, Type);
    map_set_u64(ts->made, key, y);
    if (t.kind == CXType_Invalid) {
        *y = (Type){.kind = TY_OTHER, .size = -1, .align = -1, .spelling = "?", .key = y};
        return y;
    }
    CXType c = clang_getCanonicalType(t);
    if (c.kind == CXType_Unexposed &&
        types_string(ts, clang_getTypeSpelling(c))[0] == '<') { /* a builtin's name, of no size */
        *y = (Type){.kind = TY_OTHER, .size = -1, .align = -1, .spelling = "builtin function", .key = y};
        return y;
    }
    y->key = clang_getUnqualifiedType(c).data[0];
    y->is_const = clang_isConstQualifiedType(c);
    y->is_volatile = clang_isVolatileQualifiedType(c);
    y->size = clang_Type_getSizeOf(c) < 0 ? -1 : clang_Type_getSizeOf(c);
    y->align = clang_Type_getAlignOf(c) < 0 ? -1 : clang_Type_getAlignOf(c);
    Pointers held = {0};
    pointers(c, &held);
    y->has_pointer = held.any;
    y->has_memory = held.memory;
    CXType result;
    y->handle = handle_of(t, &result);
    CXType p = peeled(t); /* its parts keep the names that the user gave them */
    switch (c.kind) {
        case CXType_Void:
            y->kind = TY_VOID;
            y->size = 0;
            break;
        case CXType_Pointer:
            y->kind = TY_POINTER;
            y->async_function = is_async(clang_getPointeeType(c));
            y->generator_function = is_generator(clang_getPointeeType(c));
            if (y->handle == H_GENERATOR)
                y->sent = types_get(
                    ts, sent_to(clang_getCanonicalType(clang_getArgType(peeled(clang_getPointeeType(peeled(t))), 0))));
            if (!y->handle) result = clang_getPointeeType(p);
            y->result = types_get(ts, result);
            y->variable = y->result->variable;
            break;
        case CXType_ConstantArray:
        case CXType_IncompleteArray:
            y->kind = TY_ARRAY;
            y->result = types_get(ts, clang_getArrayElementType(p));
            y->is_const |= y->result->is_const;
            y->is_volatile |= y->result->is_volatile;
            y->variable = y->result->variable;
            break;
        case CXType_VariableArray:
            y->kind = TY_VLA;
            y->variable = true;
            y->result = types_get(ts, clang_getArrayElementType(c));
            break;
        case CXType_FunctionProto:
        case CXType_FunctionNoProto:
            y->kind = TY_FUNCTION;
            y->async_function = is_async(c);
            y->generator_function = is_generator(c);
            y->result = types_get(ts, clang_getResultType(p));
            break;
        case CXType_Record:
            y->kind = TY_RECORD;
            clang_Type_visitFields(c, find_array, &y->has_array);
            clang_Type_visitFields(c, find_const, &y->const_member);
            clang_Type_visitFields(c, find_flexible, &y->flexible);
            outcome(y, types_string(ts, clang_getTypeSpelling(c)));
            break;
        case CXType_Vector:
        case CXType_ExtVector: y->kind = TY_VECTOR; break;
        case CXType_Atomic:
            y->kind = TY_SCALAR;
            y->is_atomic = true;
            break;
        case CXType_Invalid: y->kind = TY_OTHER; break;
        default: y->kind = TY_SCALAR; break;
    }
    const char *spelling = types_string(ts, clang_getTypeSpelling(t));
    if (strstr(spelling, "acc__e(")) spelling = types_string(ts, clang_getTypeSpelling(c)); /* the view's own variable */
    y->spelling = types_reworded(ts->a, spelling);
    const char *text = spell(ts, t, "\1", true);
    if (y->size >= 0) declared_by(ts, y, text);
    if (y->outcome && !y->before)
        y->local = arena_printf(ts->a, "%s ", types_string(ts, clang_getTypeSpelling(clang_getUnqualifiedType(c))));
    return y;
}

/* A parameter declared as an array or a function is a pointer. */
Type *types_parameter(Types *ts, CXType t) {
    CXType p = peeled(t);
    bool array = p.kind == CXType_ConstantArray || p.kind == CXType_IncompleteArray || p.kind == CXType_VariableArray;
    bool function = p.kind == CXType_FunctionProto || p.kind == CXType_FunctionNoProto;
    if (!array && !function) return types_get(ts, t);
    CXType to = array ? clang_getArrayElementType(p) : p;
    Type *y = types_pointer(ts, types_get(ts, to));
    y->async_function = function && is_async(p);
    enum CXTypeKind under = clang_getCanonicalType(to).kind;
    bool paren = under == CXType_FunctionProto || under == CXType_FunctionNoProto || under == CXType_ConstantArray ||
                 under == CXType_IncompleteArray;
    declared_by(ts, y, spell(ts, to, paren ? "(*\1)" : "*\1", false));
    y->variable = y->result->variable;
    return y;
}

Type *types_pointer(Types *ts, Type *to) {
    Type *y = NEW(ts->a, Type);
    *y = (Type){.kind = TY_POINTER,
                .size = 8,
                .align = 8,
                .result = to,
                .key = y,
                .spelling = arena_printf(ts->a, "%s *", to->spelling)};
    if (to->before) {
        bool paren = to->kind == TY_ARRAY || to->kind == TY_FUNCTION;
        const char *quals = to->is_const && to->kind != TY_ARRAY ? "const " : "";
        y->before = arena_printf(ts->a, "%s%s%s", quals, to->before, paren ? "(*" : "*");
        y->after = arena_printf(ts->a, "%s%s", paren ? ")" : "", to->after);
    }
    return y;
}

/* ---- clang's words in the user's terms ---- */

static char *replaced(Arena *a, const char *text, size_t from, size_t to, const char *with) {
    return arena_printf(a, "%.*s%s%s", (int)from, text, with, text + to);
}

/* Where the parenthesis closes that opens at text[i]; or 0. */
static size_t closes(const char *text, size_t i) {
    int depth = 0;
    for (; text[i]; i++) {
        if (text[i] == '(') depth++;
        else if (text[i] == ')' && !--depth) return i;
    }
    return 0;
}

char *types_reworded(Arena *a, const char *message) {
    char *m = arena_strdup(a, message);
    for (char *p; (p = strstr(m, "__acc_body"));) memmove(p, p + 10, strlen(p + 10) + 1);
    for (char *p; (p = strstr(m, "main__acc"));) memmove(p + 4, p + 9, strlen(p + 9) + 1);
    for (char *p = m; (p = strstr(p, "(unnamed ")); p++) { /* (unnamed struct at FILE:LINE:COLUMN): a place in the view */
        char *at = strstr(p, " at "), *end = strchr(p, ')');
        if (at && end && at < end) memmove(at, end, strlen(end) + 1);
    }
    /* T (*X)(struct acc__K *): from the quote or comma before T, over the declarator, to the parameter's end */
    for (int rounds = 0; rounds < 50; rounds++) {
        char *p = NULL; /* of nested ones the outermost ends last */
        for (char *q = m; (q = strstr(q, ")(struct acc__")); q++) p = q;
        if (!p) break;
        size_t param = (size_t)(p - m) + 1, end = closes(m, param) + 1;
        size_t open = (size_t)(p - m); /* the declarator's closing parenthesis: find its opening one */
        int depth = 0;
        for (;; open--) {
            if (m[open] == ')') depth++;
            else if (m[open] == '(' && !--depth) break;
            if (!open) return m;
        }
        size_t start = open; /* T begins behind the quote, comma or parenthesis before it */
        depth = 0;
        while (start > 0) {
            char c = m[start - 1];
            if (c == ')') depth++;
            if (c == '(' && !depth) break;
            if (c == '(') depth--;
            if ((c == '\'' || c == ',') && !depth) break;
            start--;
        }
        while (m[start] == ' ') start++;
        size_t t_end = open;
        while (t_end > start && m[t_end - 1] == ' ') t_end--;
        const char *kind = m + param + strlen("(struct acc__");
        char *word = arena_strndup(a, kind, strcspn(kind, " *)"));
        if (!strcmp(word, "channel")) word = "queue";
        char *type = arena_strndup(a, m + start, t_end - start);
        char *inner =
            arena_strndup(a, m + open + 1, (size_t)(p - m) - open - 1); /* "*", "*const (*)(int)", "*const (int)", "*[3]" */
        char *with;
        if (!strncmp(inner, "*const", 6)) {
            char *d = inner + 6;
            while (*d == ' ') d++;
            with = arena_printf(a, "async %s %s", type, d);
        } else {
            char *d = inner + 1;
            with = *d ? arena_printf(a, "acc_%s(%s) %s", word, type, d) : arena_printf(a, "acc_%s(%s)", word, type);
        }
        m = replaced(a, m, start, end, with);
    }
    for (char *p; (p = strstr(m, "typeof"));) { /* of the view's writing: what stands in it is what the user wrote */
        size_t at = (size_t)(p - m), open = at + 6 + (p[6] == ' '), from = at >= 2 && !strncmp(p - 2, "__", 2) ? at - 2 : at;
        size_t end = m[open] == '(' ? closes(m, open) : 0;
        if (!end) break;
        char *inner = arena_strndup(a, m + open + 1, end - open - 1);
        m = replaced(a, m, from, end + 1, inner);
    }
    for (char *p; (p = strstr(m, "struct acc__outcome_"));) {
        size_t at = (size_t)(p - m), n = strcspn(p + 20, " *')&[");
        m = replaced(a, m, at, at + 20 + n, arena_printf(a, "acc_outcome(%.*s)", (int)n, p + 20));
    }
    static const char *const own[][2] = {{"acc__any_task", "acc_task(void)"},
                                         {"acc__any_coro", "acc_coro(void)"},
                                         {"acc__any_queue", "acc_queue(void)"},
                                         {"acc__any_thread_future", "acc_thread_future(void)"}};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        for (char *p; (p = strstr(m, own[i][0]));)
            m = replaced(a, m, (size_t)(p - m), (size_t)(p - m) + strlen(own[i][0]), own[i][1]);
    for (char *p = m; (p = strstr(p, "' (aka '"));) { /* two names for one, or the view's own for the first */
        char *second = p + 8, *second_end = strchr(second, '\'');
        size_t first = (size_t)(p - m);
        while (first > 0 && m[first - 1] != '\'') first--;
        size_t n = (size_t)(p - m) - first;
        char *name = arena_strndup(a, m + first, n);
        p += 8;
        if (!second_end || second_end[1] != ')') continue;
        bool same = (size_t)(second_end - second) == n && !memcmp(name, second, n);
        if (!same && !strstr(name, "acc__")) continue;
        size_t to = (size_t)(second_end - m) + 2;
        m = replaced(a, m, first, to, arena_printf(a, "%.*s'", (int)(second_end - second), second));
        p = m + first;
    }
    return m;
}

bool type_is_awaitable(const Type *t) { return t->handle == H_CORO || t->handle == H_TASK || t->handle == H_FUTURE; }

bool type_is_outcome(const Type *t) { return t && t->outcome; }
bool type_is_empty_outcome(const Type *t) { return t && t->empty_outcome; }

const Type *type_element(const Type *t) {
    while (t->kind == TY_ARRAY && t->result) t = t->result;
    return t;
}
