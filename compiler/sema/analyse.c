/* analyse.c: libclang on the view.
 *
 * needs: the view
 * leaves: Sema: the type of every expression of the regions, what every name in them means, which calls are of async
 * functions, which implicit conversions between handles C needs spelled; and clang's errors, in the user's terms
 *
 * One traversal. Cursors meet the tree's nodes by their extents: clang shows an implicit conversion as an unexposed expression
 * of the same extent as its operand, so of the cursors of one extent the first is the converted expression, the last its own. */
#include "sema.h"

#include "libclang.h"
#include <stdlib.h>

#include "clang.h"
#include "types.h"
#include "unsaid.h"

typedef struct ExprTypes {
    CXType outer, inner;
} ExprTypes;

typedef struct Early { /* an error that may turn out to be a consequence of another */
    Diag *diag;
    size_t at;
} Early;

typedef struct Analysis {
    Arena *a;
    Sema *s;
    const Source *source;
    Diags *diags;
    const CStrVec *args;
    CXIndex index;
    CXTranslationUnit unit;
    CXFile file;
    Types types;
    Map *exprs;     /* extent in the view -> ExprTypes */
    Map *decls;     /* clang's declaration -> Decl */
    Map *by_name;   /* offset of a declared name, plus 1 -> Decl */
    Map *refs;      /* offset of an identifier, plus 1 -> Decl */
    Map *functions; /* name -> Decl */
    Map *said;      /* names that are not declared */
    VEC(Early) early;
    VEC(Edit) consequences; /* statements with a mistake that check speaks of */
    VEC(Edit) silent;       /* ranges of which is said that they are not supported; closing: by analyse, not check */
    Map *call_at;           /* extent in the view -> CallInfo's number, plus 1 */
    Map *spines;            /* expression -> Extent, of those that measure_spine has measured; NULL: none */
} Analysis;

static uint64_t extent_key(size_t start, size_t end) { return ((uint64_t)start << 32 | (uint64_t)end) + 1; }

static size_t offset_of(CXSourceLocation l) {
    unsigned offset;
    clang_getFileLocation(l, NULL, NULL, NULL, &offset);
    return offset;
}

/* ---- extents ---- */

typedef struct Extent {
    size_t start, end;
} Extent;

static Extent extent_of(CXCursor c) {
    CXSourceRange r = clang_getCursorExtent(c);
    return (Extent){offset_of(clang_getRangeStart(r)), offset_of(clang_getRangeEnd(r))};
}

typedef struct Operands {
    CXCursor first, last;
    int count;
} Operands;

static enum CXChildVisitResult note_operand(CXCursor c, CXCursor parent, CXClientData data) {
    (void)parent;
    Operands *o = data;
    if (!o->count++) o->first = c;
    o->last = c;
    return CXChildVisit_Continue;
}

/* clang finds where a chain of n operators begins by going down it. So of a long one each link is measured once, from the innermost
 * left operand up: a link begins there, and ends with its right operand; what clang converts on its own is as long as its operand. */
static void measure_spine(Analysis *an, CXCursor c) {
    typedef struct Link {
        CXCursor node;
        Operands operands;
    } Link;
    VEC(Link) links = {0};
    for (;; c = links.data[links.len - 1].operands.first) {
        enum CXCursorKind kind = clang_getCursorKind(c);
        bool binary = kind == CXCursor_BinaryOperator || kind == CXCursor_CompoundAssignOperator;
        Operands o = {0};
        if (binary || kind == CXCursor_UnexposedExpr) clang_visitChildren(c, note_operand, &o);
        if (o.count != (binary ? 2 : 1)) break;
        vec_push(an->a, &links, ((Link){c, o}));
    }
    if (!an->spines) an->spines = map_new(an->a);
    Extent e = extent_of(c);
    for (size_t i = links.len; i-- > 0;) {
        const Link *l = &links.data[i];
        if (l->operands.count == 2) e.end = extent_of(l->operands.last).end;
        else if (e.start && an->s->view->text[e.start - 1] == '(') e = extent_of(l->node); /* maybe a builtin's operand */
        Extent *own = NEW(an->a, Extent);
        *own = e;
        map_set_u64(an->spines, (uint64_t)(uintptr_t)l->node.data[1], own);
    }
}

/* Of an expression. */
static Extent measure(Analysis *an, CXCursor c) {
    enum { LONG = 4096 };
    uint64_t key = (uint64_t)(uintptr_t)c.data[1];
    const Extent *known = an->spines ? map_get_u64(an->spines, key) : NULL;
    if (known) return *known;
    Extent e = extent_of(c);
    if (e.end > e.start + LONG) measure_spine(an, c);
    return e;
}

/* ---- declarations ---- */

static bool declared_throws(const Source *s, size_t name) {
    size_t lo = 0, hi = s->throws.len; /* the first behind the name */
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (s->throws.data[mid] <= name) lo = mid + 1;
        else hi = mid;
    }
    if (!lo) return false;
    size_t t = s->throws.data[lo - 1];
    /* in the same declaration: nothing between them ends one */
    return name - t < 400 && !memchr(s->text + t, ';', name - t);
}

static enum CXChildVisitResult find_cleanup(CXCursor c, CXCursor parent, CXClientData data) {
    (void)parent;
    if (clang_getCursorKind(c) == CXCursor_UnexposedAttr) {
        Analysis *an = ((void **)data)[0];
        Extent e = extent_of(c);
        for (size_t i = e.start; i + 7 <= e.end && e.end <= an->s->view->len; i++)
            if (!memcmp(an->s->view->text + i, "cleanup", 7)) *(bool *)((void **)data)[1] = true;
    }
    return CXChildVisit_Continue;
}

static Decl *decl_of(Analysis *an, CXCursor c) {
    Decl *d = map_get_u64(an->decls, (uint64_t)(uintptr_t)c.data[0]);
    if (d) return d;
    d = NEW(an->a, Decl);
    map_set_u64(an->decls, (uint64_t)(uintptr_t)c.data[0], d);
    enum CXCursorKind kind = clang_getCursorKind(c);
    d->kind = kind == CXCursor_VarDecl        ? D_VAR
              : kind == CXCursor_ParmDecl     ? D_PARAM
              : kind == CXCursor_FunctionDecl ? D_FUNCTION
                                              : D_OTHER;
    size_t at = offset_of(clang_getCursorLocation(c));
    bool own = view_is_source(an->s->view, at);
    d->name = own ? view_back(an->s->view, at) : (size_t)-1;
    d->type = d->kind == D_PARAM ? types_parameter(&an->types, clang_getCursorType(c))
                                 : types_get(&an->types, clang_getCursorType(c));
    d->spelling = types_string(&an->types, clang_getCursorSpelling(c));
    enum CX_StorageClass storage = clang_Cursor_getStorageClass(c);
    bool local = clang_getCursorKind(clang_getCursorSemanticParent(c)) != CXCursor_TranslationUnit;
    d->automatic = d->kind == D_PARAM || (d->kind == D_VAR && local && storage != CX_SC_Static && storage != CX_SC_Extern);
    if (d->kind == D_VAR && d->automatic && clang_Cursor_hasAttrs(c)) {
        void *data[2] = {an, &d->cleanup};
        clang_visitChildren(c, find_cleanup, data);
    }
    if (d->kind == D_FUNCTION && own) d->throws = declared_throws(an->source, d->name);
    if (own) map_set_u64(an->by_name, d->name + 1, d);
    if (d->kind == D_FUNCTION && !map_get(an->functions, d->spelling, strlen(d->spelling)))
        map_set(an->functions, d->spelling, strlen(d->spelling), d);
    return d;
}

/* ---- expressions ---- */

static enum CXChildVisitResult first_child(CXCursor c, CXCursor parent, CXClientData data) {
    (void)parent;
    *(CXCursor *)data = c;
    return CXChildVisit_Break;
}

static void value_meant(Analysis *an, size_t at, HandleKind handle);

/* Handles among the arguments that no parameter asks for: printf("%d", f()). */
static void note_variadic(Analysis *an, CXCursor c, CXCursor callee) {
    CXType f = clang_getCanonicalType(clang_getCursorType(callee));
    if (f.kind == CXType_Pointer) f = clang_getCanonicalType(clang_getPointeeType(f));
    size_t from = extent_of(callee).start;
    if (!strncmp(an->s->view->text + from, "acc__", 5)) return; /* the view's own */
    if (f.kind != CXType_FunctionProto || !clang_isFunctionTypeVariadic(f)) return;
    for (int i = clang_getNumArgTypes(f), n = clang_Cursor_getNumArguments(c); i < n; i++) {
        CXCursor argument = clang_Cursor_getArgument(c, (unsigned)i);
        Type *t = types_get(&an->types, clang_getCursorType(argument));
        size_t at = extent_of(argument).start;
        if (t->handle == H_CORO && view_is_source(an->s->view, at)) value_meant(an, view_back(an->s->view, at), H_CORO);
    }
}

static void note_call(Analysis *an, CXCursor c, size_t start, size_t end) {
    CXCursor callee = clang_getNullCursor();
    clang_visitChildren(c, first_child, &callee);
    if (clang_Cursor_isNull(callee)) return;
    if (map_get_u64(an->call_at, extent_key(start, end))) return; /* cursors come more than once */
    size_t from = extent_of(callee).start;
    if (!view_is_source(an->s->view, from) || !view_is_source(an->s->view, end - 1)) return; /* the view's own */
    note_variadic(an, c, callee);
    Type *type = types_get(&an->types, clang_getCursorType(callee));
    CXCursor named = clang_getCursorReferenced(c);
    Decl *function =
        !clang_Cursor_isNull(named) && clang_getCursorKind(named) == CXCursor_FunctionDecl ? decl_of(an, named) : NULL;
    if (!type->async_function && !type->generator_function && !(function && function->throws)) return;
    vec_push(an->a, &an->s->calls,
             (CallInfo){view_back(an->s->view, start), view_back(an->s->view, end - 1) + 1, type, type->async_function,
                        type->generator_function, function});
    map_set_u64(an->call_at, extent_key(start, end), (void *)an->s->calls.len);
}

const Conversion *sema_conversion(const Sema *s, size_t start, size_t end) {
    size_t i = (size_t)map_get_u64(s->conversion_at, extent_key(start, end));
    return i ? &s->conversions.data[i - 1] : NULL;
}

/* An implicit conversion: between handles it must be one that the dialect allows. */
static void note_conversion(Analysis *an, CXCursor c, size_t start, size_t end) {
    CXCursor operand = clang_getNullCursor();
    clang_visitChildren(c, first_child, &operand);
    if (clang_Cursor_isNull(operand)) return;
    Type *to = types_get(&an->types, clang_getCursorType(c)), *from = types_get(&an->types, clang_getCursorType(operand));
    if (from->kind == TY_ARRAY && from->result) from = sema_pointer_to(an->s, from->result);
    bool pointers = to->kind == TY_POINTER && from->kind == TY_POINTER && to->result && from->result;
    Type *t = to, *f = from;
    if (pointers && to->handle == H_NONE && to->result->handle != H_NONE && from->handle == H_NONE)
        t = to->result, f = from->result;
    if (!pointers || t->key == f->key) return;
    size_t at = view_back(an->s->view, start);
    bool array = to->handle == H_NONE && to->result->handle != H_NONE; /* of handles is wanted */
    if (array && (from->handle != H_NONE || (from->result->handle == H_NONE && from->result->kind != TY_VOID))) {
        Diag *d = diag_add(an->diags, DIAG_ERROR, 11, NULL, sema_place(an->source, at), "'%s' does not convert to '%s'",
                           from->spelling, to->spelling);
        vec_push(an->a, &an->early, ((Early){d, at}));
        return;
    }
    if (t->handle == H_NONE && f->handle == H_NONE) {
        bool functions = to->result->kind == TY_FUNCTION && from->result->kind == TY_FUNCTION;
        if (functions && to->async_function != from->async_function)
            diag_add(an->diags, DIAG_ERROR, 10, NULL, sema_place(an->source, at),
                     "an async function and an ordinary function are of different types: '%s' to '%s'", from->spelling,
                     to->spelling);
        else if (functions && to->async_function && to->result->result && from->result->result &&
                 to->result->result->key != from->result->result->key)
            diag_add(an->diags, DIAG_ERROR, 10, NULL, sema_place(an->source, at),
                     "async functions with results of different types: '%s' to '%s'", from->spelling, to->spelling);
        return;
    }
    bool foreign = t->handle != H_NONE && f->handle == H_NONE && f->kind == TY_POINTER && f->result->kind != TY_VOID;
    if ((f->handle == H_NONE && !foreign) || t->handle == H_NONE)
        return; /* clang has complained, a cast says so, or check does */
    bool ok =
        !foreign && t->result->kind == TY_VOID && (t->handle == f->handle || (t->handle == H_TASK && f->handle == H_FUTURE));
    if (!ok) {
        bool task = t->handle == H_TASK && f->handle == H_CORO;
        Diag *d = diag_add(an->diags, DIAG_ERROR, 11, NULL, sema_place(an->source, at), "'%s' does not convert to '%s'%s",
                           from->spelling, to->spelling, task ? "; did you mean acc_create_task(...)?" : "");
        vec_push(an->a, &an->early, ((Early){d, at}));
        return;
    }
    /* void * turns into either silently; a cast from function to function would make gcc's -Wextra speak */
    Conversion conv = {at, view_back(an->s->view, end - 1) + 1, "(void *)"};
    if (sema_conversion(an->s, conv.start, conv.end)) return;
    vec_push(an->a, &an->s->conversions, conv);
    map_set_u64(an->s->conversion_at, extent_key(conv.start, conv.end), (void *)an->s->conversions.len);
}

static enum CXChildVisitResult visit(CXCursor c, CXCursor parent, CXClientData data) {
    Analysis *an = data;
    enum CXCursorKind kind = clang_getCursorKind(c);
    if (clang_isDeclaration(kind)) decl_of(an, c);
    if (kind == CXCursor_TypeRef) { /* a local typedef may be of a variable type */
        CXCursor d = clang_getCursorReferenced(c);
        size_t at = offset_of(clang_getCursorLocation(c));
        if (clang_getCursorKind(d) == CXCursor_TypedefDecl && !types_file_scope(d) && view_is_source(an->s->view, at))
            map_set_u64(an->refs, view_back(an->s->view, at) + 1, decl_of(an, d));
    }
    if (clang_isExpression(kind)) {
        Extent extent = measure(an, c);
        size_t start = extent.start, end = extent.end;
        if (end > start) {
            CXType type = clang_getCursorType(c);
            ExprTypes *e = map_get_u64(an->exprs, extent_key(start, end));
            if (!e) {
                e = NEW(an->a, ExprTypes);
                e->outer = type;
                map_set_u64(an->exprs, extent_key(start, end), e);
            }
            e->inner = type;
            if (kind == CXCursor_DeclRefExpr) {
                CXCursor d = clang_getCursorReferenced(c);
                if (!clang_Cursor_isNull(d) && view_is_source(an->s->view, start))
                    map_set_u64(an->refs, view_back(an->s->view, start) + 1, decl_of(an, d));
            } else if (kind == CXCursor_CallExpr) note_call(an, c, start, end);
            else if (kind == CXCursor_UnexposedExpr) note_conversion(an, c, start, end);
        }
    }
    (void)parent;
    return CXChildVisit_Recurse;
}

/* Of a table outside the regions only this matters: is an async function put where an ordinary one is meant? */
static enum CXChildVisitResult visit_table(CXCursor c, CXCursor parent, CXClientData data) {
    (void)parent;
    if (clang_getCursorKind(c) == CXCursor_UnexposedExpr) {
        Extent e = measure(data, c);
        note_conversion(data, c, e.start, e.end);
    }
    return CXChildVisit_Recurse;
}

static enum CXChildVisitResult visit_top(CXCursor c, CXCursor parent, CXClientData data) {
    Analysis *an = data;
    size_t at = view_back(an->s->view, offset_of(clang_getCursorLocation(c)));
    size_t lo = 0, hi = an->source->regions.len; /* the region that holds it */
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (an->source->regions.data[mid].end <= at) lo = mid + 1;
        else hi = mid;
    }
    if (lo == an->source->regions.len || an->source->regions.data[lo].start > at) {
        if (clang_getCursorKind(c) == CXCursor_VarDecl && !source_in_system_header(an->source, at))
            clang_visitChildren(c, visit_table, an);
        return CXChildVisit_Continue;
    }
    visit(c, parent, an);
    clang_visitChildren(c, visit, an);
    return CXChildVisit_Continue;
}

/* ---- diagnostics ---- */

static bool in_async_function(const Tree *t, size_t at) {
    for (size_t i = 0; i < t->regions.len; i++) {
        const Node *r = t->regions.data[i];
        if (at < r->start || at >= r->end) continue;
        for (uint32_t k = 0; k < r->count; k++)
            if (r->children[k]->kind == N_function_definition && node_child(r->children[k], N_async_specifier) &&
                at >= r->children[k]->start && at < r->children[k]->end)
                return true;
    }
    return false;
}

static Place place_of(Analysis *an, size_t source_offset) { return sema_place(an->source, source_offset); }

static void value_meant(Analysis *an, size_t at, HandleKind handle) {
    sema_value_meant(an->diags, an->source, at, in_async_function(an->s->tree, at), handle);
}

void sema_value_meant(Diags *d, const Source *s, size_t at, bool async, HandleKind handle) {
    static const char *const names[] = {"handle", "coroutine", "task", "future", "generator", "queue", "thread future"};
    if (handle == H_GENERATOR || handle == H_QUEUE) { /* these are not awaited */
        diag_add(d, DIAG_ERROR, 3, NULL, sema_place(s, at),
                 "a %s is used where one of its values was meant; %s(...) takes one",
                 handle == H_QUEUE ? "queue" : "generator", handle == H_QUEUE ? "acc_queue_get" : "acc_anext");
        return;
    }
    diag_add(d, DIAG_ERROR, 3, NULL, sema_place(s, at), "a %s is used where its value was meant%s", names[handle],
             async              ? "; did you forget 'await'?"
             : handle == H_CORO ? "; acc_run(...) runs one in an ordinary function"
                                : "")
        ->fixit = async ? "await " : NULL;
}

/* Is an async function of this name declared in the file? */
static bool async_named(Analysis *an, size_t at, size_t n) {
    const Tree *t = an->s->tree;
    for (size_t i = 0; i < t->regions.len; i++)
        for (uint32_t k = 0; k < t->regions.data[i]->count; k++) {
            const Node *c = t->regions.data[i]->children[k], *name = NULL;
            if (!node_child(c, N_async_specifier)) continue;
            for (uint32_t j = 0; j < c->count; j++)
                if (c->children[j]->as == F_declarator && (name = declared_name(c->children[j])) &&
                    name->end - name->start == n && !memcmp(an->source->text + name->start, an->source->text + at, n))
                    return true;
        }
    return false;
}

static size_t word_length(const char *text) {
    return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$");
}

/* Is a name of the view's that of the source where it came from? An insertion before it does not matter. */
static bool own_name(Analysis *an, size_t at) {
    const char *name = an->s->view->text + at, *source = an->source->text + view_back(an->s->view, at);
    size_t n = word_length(name);
    return view_is_source(an->s->view, at) || (n && word_length(source) == n && !memcmp(name, source, n));
}

/* The innermost node of a kind that holds an offset, or begins there. */
static const Node *node_at(const Tree *t, size_t at, NodeKind kind, bool begins) {
    const Node *found = NULL, *n = NULL;
    for (size_t i = 0; i < t->regions.len && !n; i++)
        if (at >= t->regions.data[i]->start && at < t->regions.data[i]->end) n = t->regions.data[i];
    while (n) {
        const Node *next = NULL;
        if (n->kind == kind && (!begins || n->start == at)) found = n;
        for (uint32_t i = 0; i < n->count && !next; i++)
            if (at >= n->children[i]->start && at < n->children[i]->end) next = n->children[i];
        n = next;
    }
    return found;
}

/* The first expression in [from, to) whose value is a handle that is not awaited there. */
static const Node *coroutine_in(Analysis *an, const Node *n, size_t from, size_t to) {
    if (n->end <= from || n->start >= to || (n->kind == N_await_expression && n->start >= from)) return NULL;
    bool whole = n->kind == N_call_expression || n->kind == N_identifier || n->kind == N_field_expression ||
                 n->kind == N_subscript_expression || n->kind == N_pointer_expression || n->kind == N_statement_expression ||
                 n->kind == N_generic_expression || n->kind == N_cast_expression;
    if (n->start >= from && n->end <= to && whole) {
        Type *t = sema_inner_type(an->s, n);
        const Node *callee = n->kind == N_call_expression ? node_field(n, F_function) : NULL;
        if (t ? t->handle != H_NONE
              : callee && callee->kind == N_identifier && async_named(an, callee->start, callee->end - callee->start))
            return n;
    }
    for (uint32_t i = 0; i < n->count; i++) {
        const Node *found = coroutine_in(an, n->children[i], from, to);
        if (found) return found;
    }
    return NULL;
}

static const Node *coroutine_of(Analysis *an, CXDiagnostic d) {
    for (unsigned i = 0; i < clang_getDiagnosticNumRanges(d); i++) {
        CXSourceRange r = clang_getDiagnosticRange(d, i);
        size_t start = offset_of(clang_getRangeStart(r)), end = offset_of(clang_getRangeEnd(r));
        if (end <= start) continue;
        size_t from = view_back(an->s->view, start), to = view_back(an->s->view, end - 1) + 1;
        for (size_t k = 0; k < an->s->tree->regions.len; k++) {
            const Node *found = coroutine_in(an, an->s->tree->regions.data[k], from, to);
            if (found) return found;
        }
    }
    return NULL;
}

/* A handle that stands where its value was meant; or an await that was to come before what follows it: await f()->x. */
static void meant(Analysis *an, const Node *n) {
    Type *t = sema_inner_type(an->s, n);
    const Node *outer = n;
    while (outer->parent && outer->as == F_argument &&
           (outer->parent->kind == N_field_expression || outer->parent->kind == N_subscript_expression))
        outer = outer->parent;
    const Node *await = outer != n ? outer->parent : NULL;
    if (!await || await->kind != N_await_expression) {
        value_meant(an, n->start, t ? t->handle : H_CORO);
        return;
    }
    diag_add(an->diags, DIAG_ERROR, 3, NULL, place_of(an, await->start),
             "'await' binds weaker than what follows its operand; did you mean '(await %.*s)%.*s'?",
             (int)(n->end - n->start), an->source->text + n->start, (int)(outer->end - n->end), an->source->text + n->end);
}

/* ---- what follows from another mistake ---- */

/* Is it a call of a function that nothing declares? clang declares it then, at that very place; but so it does with __builtin_inf. */
bool sema_implicit(Sema *s, const Node *call) {
    const Node *name = call->kind == N_call_expression ? node_field(call, F_function) : NULL;
    Decl *d = name && name->kind == N_identifier ? sema_ref(s, name->start) : NULL;
    return d && d->kind == D_FUNCTION && d->name == name->start && strncmp(s->tree->source->text + name->start, "__", 2);
}

bool sema_awaitable(Sema *s, const Node *n, Type **type) {
    n = node_stripped((Node *)n);
    *type = sema_inner_type(s, n);
    const BuiltinInfo *b = n->kind == N_call_expression ? builtin_find(s->tree->source, n) : NULL;
    if (b && (b->builtin == B_TO_THREAD || b->builtin == B_RUN_IN_EXECUTOR)) return true; /* or it is said what is wrong */
    if (*type) return type_is_awaitable(*type) || (*type)->spelling[0] == '<'; /* <dependent type>: clang has complained */
    return b || n->kind == N_acc_new_expression;
}

/* Statements with a mistake of which check says what matters: what clang says of types in them is a consequence. */
static void find_consequences(Analysis *an, const Node *n) {
    const Node *operand = NULL;
    Type *t;
    bool bad = false;
    if (n->kind == N_await_expression) operand = node_field(n, F_argument);
    const BuiltinInfo *b = n->kind == N_call_expression ? builtin_find(an->source, n) : NULL;
    bool generators = b && b->builtin >= B_ANEXT && b->builtin <= B_ACLOSE;
    const Node *first_arg = generators ? node_field(n, F_arguments) : NULL;
    if (first_arg && first_arg->count > 2) {
        t = sema_inner_type(an->s, node_stripped(first_arg->children[1]));
        bad = t && t->handle != H_GENERATOR;
    }
    const Node *args = b && !generators && b->builtin != B_TO_THREAD && b->builtin != B_RUN_IN_EXECUTOR &&
                               b->builtin != B_AS_COMPLETED && b->builtin != B_TRY && b->builtin != B_GATHER_ARRAY
                           ? node_field(n, F_arguments)
                           : NULL;
    if (args) {
        bad = args->count < 3;
        const Node *first = bad ? NULL : args->children[1];
        if (b->builtin == B_GROUP_CREATE_TASK || b->builtin == B_RUN_THREADSAFE)
            first = args->count > 4 ? args->children[3] : NULL;
        if (b->builtin == B_GATHER && first && first->kind == N_assignment_expression) first = node_field(first, F_right);
        operand = first;
    }
    HandleKind wanted = !b                                                              ? H_NONE
                        : b->builtin >= B_QUEUE_GET && b->builtin <= B_QUEUE_PUT_NOWAIT ? H_QUEUE
                        : b->builtin >= B_ANEXT && b->builtin <= B_ACLOSE               ? H_GENERATOR
                        : b->builtin == B_RUN_THREADSAFE                                ? H_CORO
                        : b->builtin == B_THREAD_RESULT                                 ? H_THREAD_FUTURE
                                                                                        : H_NONE;
    if (wanted && operand) { /* no awaitable */
        t = sema_inner_type(an->s, node_stripped((Node *)operand));
        bad |= !t || t->handle != wanted;
        bad |= (b->builtin == B_QUEUE_GET || b->builtin == B_QUEUE_GET_NOWAIT) && args->count > 3;
        operand = NULL;
    }
    if (b && (b->builtin == B_TO_THREAD || b->builtin == B_RUN_IN_EXECUTOR)) {
        bad = !captured_call(n);
    }
    bad |= (operand && !sema_awaitable(an->s, operand, &t)) || sema_implicit(an->s, n) || (b && !builtin_takes(b, n));
    if (bad) {
        const Node *statement = n;
        while (statement->parent && statement->kind != N_declaration && !strstr(statement->name, "_statement"))
            statement = statement->parent;
        vec_push(an->a, &an->consequences, (Edit){.start = statement->start, .end = statement->end});
    }
    for (uint32_t i = 0; i < n->count; i++) find_consequences(an, n->children[i]);
}

static bool consequence(const Analysis *an, const char *words, size_t at) {
    static const char *const about_types[] = {"initializing",
                                              "assigning",
                                              "returning",
                                              "passing",
                                              "incompatible",
                                              "called object type",
                                              "arguments to function",
                                              "expected expression",
                                              "undeclared identifier 'acc__",
                                              "invalid operands",
                                              "dependent type",
                                              "must have"};
    for (size_t i = 0; i < an->consequences.len; i++)
        if (at >= an->consequences.data[i].start && at < an->consequences.data[i].end)
            for (size_t k = 0; k < sizeof about_types / sizeof *about_types; k++)
                if (strstr(words, about_types[k])) return true;
    return false;
}

static bool silent(const Analysis *an, size_t at) {
    for (size_t i = 0; i < an->silent.len; i++)
        if (at >= an->silent.data[i].start && at < an->silent.data[i].end) return true;
    return false;
}

static void missing_function(Analysis *an, CXDiagnostic d) {
    static const char *const names[] = {"acc_try",     "acc_wait",       "acc_wait_for",      "acc_shield",
                                        "acc_timeout", "acc_timeout_at", "acc_task_group_new"};
    CXString s = clang_getDiagnosticSpelling(d);
    bool call = strstr(clang_getCString(s), "call to undeclared function") != NULL;
    clang_disposeString(s);
    size_t at = view_back(an->s->view, offset_of(clang_getDiagnosticLocation(d)));
    const Node *name =
        call && clang_getDiagnosticSeverity(d) >= CXDiagnostic_Error ? node_at(an->s->tree, at, N_identifier, true) : NULL;
    for (size_t i = 0; name && i < sizeof names / sizeof *names; i++) {
        if (!node_is(an->source, name, names[i])) continue;
        const Node *statement = name;
        while (statement->parent && statement->kind != N_declaration && !strstr(statement->name, "_statement"))
            statement = statement->parent;
        if (!silent(an, at))
            diag_add(an->diags, DIAG_ERROR, 9, NULL, place_of(an, at),
                     i ? "sorry: '%s' is not supported yet"
                       : "sorry: '%s' is supported to the right of '=', and in the list of an array of outcomes",
                     names[i]);
        vec_push(an->a, &an->silent, (Edit){.start = statement->start, .end = statement->end, .closing = true});
    }
}

/* Does it convert a handle itself to a number, not a pointer to one? */
static bool of_handle(const char *words) {
    const char *type = strstr(words, "pointer to integer conversion") ? strstr(words, "'acc_") : NULL;
    const char *end = type ? strchr(type + 1, '\'') : NULL;
    return end && end[-1] == ')';
}

static bool operands_of_handle(const char *words) {
    return !strncmp(words, "invalid operands to binary expression", 37) && strstr(words, "'acc_") && strstr(words, ")'");
}

static bool is_capture(Analysis *an, const Node *n) {
    const BuiltinInfo *b = n->kind == N_call_expression ? builtin_find(an->source, n) : NULL;
    return b && (b->builtin == B_TO_THREAD || b->builtin == B_RUN_IN_EXECUTOR);
}

/* Is this error of the call that the view writes for an await? check says it better; *at becomes the operand's place. */
static bool of_await(Analysis *an, const char *words, size_t *at) {
    const Node *n = node_at(an->s->tree, *at, N_await_expression, true), *operand = n ? node_field(n, F_argument) : NULL;
    if (!operand || (!strstr(words, "called object type") && !strstr(words, "arguments to function call"))) return false;
    while (operand->kind == N_parenthesized_expression && operand->count == 3) operand = operand->children[1];
    if (is_capture(an, operand)) { /* its call was wrong */
        *at = operand->start;
        return true;
    }
    Type *t = sema_inner_type(an->s, operand);
    if (!t || (!type_is_awaitable(t) && t->spelling[0] != '<')) {
        *at = operand->start;
        return true;
    }
    return false;
}

/* An error's message and what is to stand in it do not fit. What clang says of other formats the C compiler says too. */
static void format(Analysis *an, CXDiagnostic d, size_t at) {
    const Node *call = node_at(an->s->tree, at, N_call_expression, false);
    while (call && !error_type_name(an->source, (Node *)call)) call = node_enclosing(call, N_call_expression);
    CXString option = clang_getDiagnosticOption(d, NULL);
    const char *name = clang_getCString(option);
    bool about = name && !strncmp(name, "-Wformat", 8);
    clang_disposeString(option);
    if (!call || !about || source_in_system_header(an->source, at)) return;
    CXString spelling = clang_getDiagnosticSpelling(d);
    diag_add(an->diags, DIAG_WARNING, 40, "throw-format", place_of(an, at), "%s",
             types_reworded(an->a, clang_getCString(spelling)));
    clang_disposeString(spelling);
}

/* What is said of a function's own words; of bodies only where the C compiler gets another text for them. */
static void warn(Analysis *an, CXDiagnostic d, size_t at, size_t source) {
    format(an, d, source);
    if (!in_async_function(an->s->tree, source) || source_in_system_header(an->source, source) || !own_name(an, at) ||
        node_at(an->s->tree, source, N_statement_expression, false))
        return;
    CXString spelling = clang_getDiagnosticSpelling(d);
    unsaid_report(an->a, an->s, an->diags, an->args, d, source, types_reworded(an->a, clang_getCString(spelling)));
    clang_disposeString(spelling);
}

static void report(Analysis *an, CXDiagnostic d) {
    size_t at = offset_of(clang_getDiagnosticLocation(d));
    size_t source = view_back(an->s->view, at);
    if (clang_getDiagnosticSeverity(d) == CXDiagnostic_Warning) {
        warn(an, d, at, source);
        return;
    }
    if (clang_getDiagnosticSeverity(d) < CXDiagnostic_Error) return;
    if (source_in_system_header(an->source, source) || silent(an, source)) return;
    CXString spelling = clang_getDiagnosticSpelling(d);
    const char *text = clang_getCString(spelling);
    bool handles = strstr(text, "acc__") != NULL;
    bool made = !own_name(an, at); /* at text that the view wrote */
    const char *words = types_reworded(an->a, text);
    int number = 0;
    bool include_acc = false;
    bool conflict =
        strstr(words, "conflicting types for") && async_named(an, source, word_length(an->source->text + source));
    if (strstr(words, "undeclared identifier 'await'") && !node_at(an->s->tree, source, N_function_definition, false)) {
        diag_add(an->diags, DIAG_ERROR, 6, NULL, place_of(an, source),
                 "'await' outside a function: nothing is evaluated at run time there");
        goto end;
    }
    if (!in_async_function(an->s->tree, source) && !handles && !made && !conflict) goto end;
    /* of any label whose address is taken: gcc asks for less, and clang says it again where it is so in the generated code */
    if (strstr(words, "cannot jump from this indirect goto")) goto end;
    if (strstr(words, "constant") && node_at(an->s->tree, source, N_await_expression, false))
        goto end;                                                     /* in a constant: check says it */
    if (made && strstr(words, "<dependent type>")) goto end;          /* a consequence of another */
    if (made && strstr(words, "redefinition of parameter")) goto end; /* of the prototype; it comes again */
    const Node *thrown = node_at(an->s->tree, source, N_throw_statement, false);
    if (thrown && node_field(thrown, F_value) && node_field(thrown, F_value)->start == source &&
        (strstr(words, "undeclared") || strstr(words, "incompatible integer to pointer")))
        goto end; /* check says it */
    if (strstr(words, "undeclared identifier")) {
        if (node_at(an->s->tree, source, N_ERROR, false)) goto end; /* an await in a constant, see syntax.c */
        words = sema_undeclared(an->a, an->said, an->source, source, true, words, &number);
        if (!words) goto end;
    }
    if (consequence(an, words, source) || (made && strstr(words, "undeclared function 'acc__"))) goto end;
    if (made && of_await(an, words, &source)) {
        const Node *await = node_at(an->s->tree, view_back(an->s->view, at), N_await_expression, true);
        if (await && is_capture(an, node_stripped(node_field(await, F_argument)))) goto end;
        if (!strstr(words, "called object type")) goto end; /* of an async function that is not called, see check */
        const char *quoted = strchr(words, '\'');
        number = 4;
        words = arena_printf(an->a, "'await' needs a coroutine, a task or a future, not %.*s",
                             quoted ? (int)(strcspn(quoted + 1, "'") + 2) : 0, quoted ? quoted : "");
    } else if (strstr(words, "acc_coro(") || strstr(words, "struct acc__") || of_handle(words) ||
               operands_of_handle(words) || strstr(words, "subscript is not an integer")) {
        const Node *coroutine = coroutine_of(an, d);
        if (coroutine) {
            meant(an, coroutine);
            goto end;
        }
        if (handles) number = 11;
    } else if (handles) number = 11;
    if (strstr(words, "conflicting types for")) number = 0;
    if (!strncmp(words, "function cannot return ", 23) && (made || handles)) {
        number = 7;
        words = strstr(words, "struct acc__") ? "an async function cannot return a function" /* async int f(void)(void) */
                                              : arena_printf(an->a, "an async %s", words);
    }
    const char *implicit = strstr(words, "; ISO C99 and later");
    if (implicit) {
        words = arena_strndup(an->a, words, (size_t)(implicit - words));
        if (sema_said(an->said, an->source, source)) goto end;
        const char *similar = sema_similar(an->a, an->source, source, true);
        if (similar) words = arena_printf(an->a, "%s; did you mean '%s'?", words, similar);
        include_acc =
            !similar && !strncmp(an->source->text + source, "acc_", 4) && !strstr(an->source->text, "acc__any_task");
    }
    if (strstr(words, "function definition is not allowed here")) { /* nor is a call of it any news */
        number = 7;
        words = "a function cannot be defined in an async function";
        const Node *nested = node_at(an->s->tree, source, N_function_definition, false);
        const Node *name =
            nested && node_field(nested, F_declarator) ? declared_name(node_field(nested, F_declarator)) : NULL;
        if (name) sema_said(an->said, an->source, name->start);
    }
    if (made) { /* the head of an async function: its name */
        const Node *definition = node_at(an->s->tree, source, N_function_definition, true);
        const Node *name =
            definition && node_field(definition, F_declarator) ? declared_name(node_field(definition, F_declarator)) : NULL;
        if (name) source = name->start;
    }
    Diag *x = diag_add(an->diags, DIAG_ERROR, number, NULL, place_of(an, source), "%s", words);
    if (include_acc) diag_note(an->diags, x, place_of(an, source), "include the header <acc.h>");
    CXDiagnosticSet children = clang_getChildDiagnostics(d);
    for (unsigned i = 0; i < clang_getNumDiagnosticsInSet(children); i++) {
        CXDiagnostic note = clang_getDiagnosticInSet(children, i);
        size_t n = offset_of(clang_getDiagnosticLocation(note)), place = view_back(an->s->view, n);
        const Node *definition = own_name(an, n) ? NULL : node_at(an->s->tree, place, N_function_definition, true);
        const Node *name =
            definition && node_field(definition, F_declarator) ? declared_name(node_field(definition, F_declarator)) : NULL;
        if (name) place = name->start;
        if (name || own_name(an, n)) {
            CXString s = clang_getDiagnosticSpelling(note);
            diag_note(an->diags, x, place_of(an, place), "%s", types_reworded(an->a, clang_getCString(s)));
            clang_disposeString(s);
        }
        clang_disposeDiagnostic(note);
    }
    clang_disposeDiagnosticSet(children);
end:
    clang_disposeString(spelling);
}

static void body_name(Analysis *an, Map *names, const Node *name) {
    if (name) map_set(names, an->source->text + name->start, name->end - name->start, (void *)1);
}

/* What is declared in an async function: the names of types at file scope may be hidden there. */
static void body_names(Analysis *an, const Node *n) {
    switch (n->kind) {
        case N_declaration:
        case N_type_definition:
        case N_parameter_declaration: {
            bool any = false;
            for (uint32_t i = 0; i < n->count; i++)
                if (n->children[i]->as == F_declarator) {
                    any = true;
                    body_name(an, an->types.names, declared_name(n->children[i]));
                }
            const Node *type = any ? NULL : node_field(n, F_type); /* struct s; */
            if (type && n->kind == N_declaration) body_name(an, an->types.tags, node_field(type, F_name));
            break;
        }
        case N_struct_specifier:
        case N_union_specifier:
        case N_enum_specifier:
            if (node_field(n, F_body)) body_name(an, an->types.tags, node_field(n, F_name));
            break;
        default:
            if (!strcmp(n->name, "enumerator")) body_name(an, an->types.names, node_field(n, F_name));
            break;
    }
    for (uint32_t i = 0; i < n->count; i++) body_names(an, n->children[i]);
}

Sema *analyse(Arena *a, const Tree *t, View *v, const CStrVec *args, Diags *d) {
    Sema *s = NEW(a, Sema);
    s->tree = t;
    s->view = v;
    s->conversion_at = map_new(a);
    Analysis *an = NEW(a, Analysis);
    *an = (Analysis){.a = a,
                     .s = s,
                     .source = t->source,
                     .diags = d,
                     .args = args,
                     .exprs = map_new(a),
                     .decls = map_new(a),
                     .by_name = map_new(a),
                     .refs = map_new(a),
                     .call_at = map_new(a),
                     .functions = map_new(a),
                     .said = map_new(a)};
    s->analysis = an;
    types_init(&an->types, a, &s->aliases);
    for (size_t i = 0; i < t->regions.len; i++)
        for (uint32_t k = 0; k < t->regions.data[i]->count; k++) {
            const Node *n = t->regions.data[i]->children[k];
            if (n->kind != N_function_definition || !node_child(n, N_async_specifier)) continue;
            for (uint32_t m = 0; m < n->count; m++) /* what its result's type defines is at file scope */
                if (n->children[m]->as == F_body || n->children[m]->as == F_declarator) body_names(an, n->children[m]);
        }
    an->index = clang_createIndex(0, 0);

    CStrVec own = {0};
    unsaid_ask(a, args, &own);
    vec_push(a, &own, "-Wno-incompatible-function-pointer-types");
    vec_push(a, &own, "-Werror=implicit-function-declaration");
    vec_push(a, &own, NULL);
    an->unit = clang_read(a, an->index, args, own.data, "acc-view.i", v->text, v->len);
    clang_visitChildren(clang_getTranslationUnitCursor(an->unit), visit_top, an);
    if (clang_getNumDiagnostics(an->unit) || an->early.len)
        for (size_t i = 0; i < t->regions.len; i++) find_consequences(an, t->regions.data[i]);
    for (size_t i = 0; i < an->early.len; i++)
        if (consequence(an, "initializing", an->early.data[i].at)) diag_drop(d, an->early.data[i].diag);
    for (unsigned i = 0; i < clang_getNumDiagnostics(an->unit); i++) {
        CXDiagnostic x = clang_getDiagnostic(an->unit, i);
        missing_function(an, x);
        clang_disposeDiagnostic(x);
    }
    unsaid_bodies(s, d, args);
    for (unsigned i = 0; i < clang_getNumDiagnostics(an->unit); i++) {
        CXDiagnostic x = clang_getDiagnostic(an->unit, i);
        report(an, x);
        clang_disposeDiagnostic(x);
    }
    return s;
}

bool sema_learnt(Sema *s) {
    Map *known = s->view->async_captures;
    bool learnt = false;
    for (size_t i = 0; i < s->view->captures.len; i++) {
        const Node *call = s->view->captures.data[i];
        const CallInfo *c = sema_call(s, call);
        bool async = c && c->async;
        if (async == (map_get_u64(known, call->start + 1) != NULL)) continue;
        map_set_u64(known, call->start + 1, async ? (void *)1 : NULL);
        learnt = true;
    }
    return learnt;
}

bool sema_silent(const Sema *s, size_t at) {
    for (size_t i = 0; i < s->analysis->silent.len; i++)
        if (s->analysis->silent.data[i].closing && at >= s->analysis->silent.data[i].start &&
            at < s->analysis->silent.data[i].end)
            return true;
    return false;
}

void sema_close(Sema *s) {
    clang_disposeTranslationUnit(s->analysis->unit);
    clang_disposeIndex(s->analysis->index);
}

static ExprTypes *expr_types(Sema *s, const Node *n) {
    size_t start = view_start(s->view, n->start), end = view_end(s->view, n->end, n->start);
    return map_get_u64(s->analysis->exprs, extent_key(start, end));
}

Type *sema_type(Sema *s, const Node *n) {
    ExprTypes *e = expr_types(s, n);
    Type *t = e ? types_get(&s->analysis->types, e->outer) : NULL, *own = t ? sema_inner_type(s, n) : NULL;
    return t && t->kind == TY_RECORD && own->key != t->key ? own : t; /* a transparent union: only the call converts to it */
}

Type *sema_inner_type(Sema *s, const Node *n) {
    ExprTypes *e = expr_types(s, n);
    return e ? types_get(&s->analysis->types, e->inner) : NULL;
}

Node *sema_chosen(Sema *s, const Node *n) {
    Node *control = node_field(n, F_value), *fallback = NULL;
    Type *t = control ? sema_type(s, control) : NULL;
    if (control && !t) t = sema_inner_type(s, control);
    for (uint32_t i = 0; i < n->count; i++) {
        Node *c = n->children[i];
        if (c->kind != N_generic_association) continue;
        Node *type = node_field(c, F_type), *value = node_field(c, F_value);
        if (!type) fallback = value;
        if (!type || !value || !t) continue;
        size_t start = view_start(s->view, value->start) + strlen("((void)");
        ExprTypes *e = map_get_u64(s->analysis->exprs,
                                   extent_key(start, start + strlen("(__typeof__() *)0") + (type->end - type->start)));
        Type *pointer = e ? types_get(&s->analysis->types, e->inner) : NULL;
        if (pointer && pointer->result && pointer->result->key == t->key && !pointer->result->is_const &&
            !pointer->result->is_volatile)
            return value;
    }
    return fallback;
}

Decl *sema_ref(Sema *s, size_t identifier) { return map_get_u64(s->analysis->refs, identifier + 1); }
Decl *sema_function(Sema *s, const char *name) { return map_get(s->analysis->functions, name, strlen(name)); }
Decl *sema_decl(Sema *s, size_t name) { return map_get_u64(s->analysis->by_name, name + 1); }

Decl *sema_method(Sema *s, const Type *pointer, const char *suffix, const char **name) {
    Arena *a = s->analysis->a;
    if (!pointer || (pointer->kind != TY_POINTER && pointer->kind != TY_ARRAY) || pointer->handle || !pointer->result)
        return NULL;
    const char *type = pointer->result->spelling;
    static const char *const words[] = {"const ", "volatile ", "struct ", "union "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strncmp(type, words[i], strlen(words[i]))) type += strlen(words[i]);
    *name = arena_printf(a, "%s_%s", type, suffix);
    Decl *d = sema_function(s, *name);
    return d && d->type->async_function ? d : NULL;
}

const CallInfo *sema_call(Sema *s, const Node *n) {
    size_t i = (size_t)map_get_u64(s->analysis->call_at,
                                   extent_key(view_start(s->view, n->start), view_end(s->view, n->end, n->start)));
    return i ? &s->calls.data[i - 1] : NULL;
}

Type *sema_pointer_to(Sema *s, Type *t) { return types_pointer(&s->analysis->types, t); }

void sema_dump(Sema *s, FILE *to) {
    fwrite(s->view->text, 1, s->view->len, to);
    for (size_t i = 0; i < s->calls.len; i++) {
        const CallInfo *c = &s->calls.data[i];
        Place p = source_place(s->tree->source, c->start);
        fprintf(to, "%s:%u: %s call `%.*s`\n", p.file, p.line, c->async ? "async" : "throwing", (int)(c->end - c->start),
                s->tree->source->text + c->start);
    }
}
