/* view.c: every dialect construct written as plain C of the same type, so that a C compiler checks the dialect.
 *
 * needs: the trees of the regions
 * leaves: View: its text, and the maps between its offsets and the source's
 *
 * A handle of T is a pointer to a function that returns T, its parameter telling coroutines, tasks and futures apart; await is
 * a call of it. So the result has T's type whatever T is, is no lvalue, and a handle used as a value is clang's own error.
 *
 * An async function is a function that returns such a pointer, const-qualified: no other function's type has that, so a
 * pointer to an async function and one to a plain function that returns a coroutine do not mix. Its body stands in a function
 * of its own that returns T, so that `return` is checked as in C:
 *     async int f(int n) { return n; }   ->   int (* const f(int n))(struct acc__coro *); int f__acc_body(int n) { return n; }  */
#include "sema.h"

#include <ctype.h>
#include <strings.h>

static const char prelude[] =
    "typedef __float128 _Float128; typedef float _Float32; typedef double _Float64; typedef double _Float32x; "
    "typedef long double _Float64x; struct acc__coro; struct acc__task; struct acc__future; struct acc__generator; "
    "struct acc__channel; struct acc__thread_future; "
    "void (*acc__view_gather(int, ...))(struct acc__future *); "
    "struct acc_error_type; const struct acc_error *acc__view_error(const struct acc_error_type *, ...); "
    "const struct acc_error *acc__view_errorf(const struct acc_error_type *, const char *, ...) "
    "__attribute__((format(printf, 2, 3))); "
    "const struct acc_error *acc__view_errorc(const struct acc_error_type *, int, const char *, ...) "
    "__attribute__((format(printf, 3, 4))); "
    "void acc__view_throw(const struct acc_error *); "
    "void *acc__view_queue(long); void *acc__view_priority_queue(long, int (*)(const void *, const void *)); "
    "void (*acc__view_gather_array(void *, unsigned long, void *))(struct acc__future *);\n";

Node *async_declarator(Node *d) {
    Node *found = NULL;
    while (d) {
        if (d->kind == N_function_declarator || d->kind == N_abstract_function_declarator) found = d;
        Node *next = node_field(d, F_declarator);
        for (uint32_t i = 0; !next && i < d->count; i++) {
            switch (d->children[i]->kind) {
                case N_identifier:
                case N_field_identifier:
                case N_type_identifier: return found;
                case N_pointer_declarator:
                case N_function_declarator:
                case N_array_declarator:
                case N_parenthesized_declarator:
                case N_attributed_declarator:
                case N_abstract_pointer_declarator:
                case N_abstract_function_declarator:
                case N_abstract_array_declarator:
                case N_abstract_parenthesized_declarator: next = d->children[i]; break;
                default: break;
            }
        }
        d = next;
    }
    return found;
}

Node *try_target(const Source *s, const Node *call, bool *element) {
    const Node *p = call->parent, *c = call;
    *element = false;
    while (p && p->kind == N_parenthesized_expression) c = p, p = p->parent;
    if (p && p->kind == N_initializer_pair && c->as == F_value) c = p, p = p->parent;
    if (p && p->kind == N_initializer_list) { /* of an array of outcomes */
        Node *d = p->parent && p->parent->kind == N_init_declarator ? node_field(p->parent, F_declarator) : NULL;
        *element = true;
        return d && d->kind == N_array_declarator ? declared_name(d) : NULL;
    }
    if (!p) return NULL;
    if (p->kind == N_init_declarator && c->as == F_value) return declared_name(node_field(p, F_declarator));
    if (p->kind == N_assignment_expression && c->as == F_right && node_is(s, node_field(p, F_operator), "="))
        return node_field(p, F_left);
    return NULL;
}

Node *error_type_name(const Source *s, Node *n) {
    if (n->kind == N_call_expression) n = node_field(n, F_function);
    if (!n || n->kind != N_identifier) return NULL;
    return map_get(s->error_types, s->text + n->start, n->end - n->start) ? n : NULL;
}

Node *declared_name(Node *d) {
    while (d) {
        if (d->kind == N_identifier || d->kind == N_field_identifier || d->kind == N_type_identifier) return d;
        Node *next = node_field(d, F_declarator);
        for (uint32_t i = 0; !next && i < d->count; i++) {
            switch (d->children[i]->kind) {
                case N_identifier:
                case N_field_identifier:
                case N_type_identifier: return d->children[i];
                case N_pointer_declarator:
                case N_function_declarator:
                case N_array_declarator:
                case N_parenthesized_declarator:
                case N_attributed_declarator: next = d->children[i]; break;
                default: break;
            }
        }
        d = next;
    }
    return NULL;
}

/* ---- acc_task(T), acc_outcome(T), ... ---- */

/* A type's tokens, each apart by one blank: equal for what differs in white space only. */
static char *normalised(Arena *a, const Source *s, const Node *n) {
    StrBuf b = {0};
    bool gap = false;
    for (size_t i = n->start; i < n->end; i++) {
        char c = s->text[i];
        if (s->marked[i] == ' ' || isspace((unsigned char)c)) {
            gap = b.len > 0;
            continue;
        }
        bool word = isalnum((unsigned char)c) || c == '_';
        bool was = b.len && (isalnum((unsigned char)b.data[b.len - 1]) || b.data[b.len - 1] == '_');
        if (gap && word && was) sb_addc(&b, ' ');
        gap = false;
        sb_addc(&b, c);
    }
    char *text = arena_strndup(a, b.data ? b.data : "", b.len);
    sb_free(&b);
    if (!strcmp(text, "unsigned")) return "unsigned int";
    if (!strcmp(text, "long int")) return "long";
    if (!strcmp(text, "bool")) return "_Bool";
    return text;
}

static const char *outcome_tag(Arena *a, const char *type, Map *outcomes) {
    const char *tag = map_get(outcomes, type, strlen(type));
    if (tag) return tag;
    char *mangled = arena_printf(a, "acc__outcome_%s", type);
    for (char *c = mangled; *c; c++) {
        if (*c == '*') *c = 'p';
        else if (!isalnum((unsigned char)*c)) *c = '_';
    }
    /* two types may be mangled alike: then a number tells them apart */
    size_t n = (size_t)map_get(outcomes, mangled, strlen(mangled));
    map_set(outcomes, mangled, strlen(mangled), (void *)(n + 1));
    if (n) mangled = arena_printf(a, "%s_%zu", mangled, n);
    map_set(outcomes, type, strlen(type), mangled);
    return mangled;
}

Node *generator_type(const Source *s, const Node *n) {
    Node *type = node_child(n, N_acc_type_specifier), *name = type ? node_field(type, F_name) : NULL;
    return name && node_is(s, name, "acc_generator") ? type : NULL;
}

/* S of acc_generator(T, S); T where it is not given. */
static Node *generator_sent(const Node *n) {
    Node *last = NULL;
    for (uint32_t i = 0; i < n->count; i++)
        if (n->children[i]->as == F_type) last = n->children[i];
    return last;
}

static void edit_types_in(Arena *a, const Source *s, Node *n, Map *outcomes, Edits *e) {
    if (n->kind == N_acc_type_specifier) {
        edit_acc_type(a, s, n, outcomes, e);
        n = node_field(n, F_type); /* of a generator the second one stands in the text that was made */
        if (!n) return;
    }
    for (uint32_t i = 0; i < n->count; i++) edit_types_in(a, s, n->children[i], outcomes, e);
}

/* A type as it is in C, its acc_task(T) and the like written out. */
static const char *type_text(Arena *a, const Source *s, Node *n, Map *outcomes) {
    Edits e = {0};
    StrBuf b = {0};
    edit_types_in(a, s, n, outcomes, &e);
    edits_sort(&e);
    edits_apply(&e, s->text, n->start, n->end, &b);
    const char *text = view_one_line(a, b.data ? b.data : "");
    sb_free(&b);
    return text;
}

/* Does n, in a function, define the type of that name? */
static bool defines(const Source *s, const Node *n, const char *name, size_t len) {
    if ((n->kind == N_struct_specifier || n->kind == N_union_specifier || n->kind == N_enum_specifier) &&
        node_field(n, F_body)) {
        Node *tag = node_field(n, F_name);
        return tag && tag->end - tag->start == len && !memcmp(s->text + tag->start, name, len);
    }
    if (n->kind != N_type_definition && n->kind != N_declaration) return false;
    for (uint32_t i = 0; i < n->count; i++) {
        Node *c = n->children[i];
        if (defines(s, c, name, len)) return true;
        while (n->kind == N_type_definition && c->as == F_declarator && node_field(c, F_declarator))
            c = node_field(c, F_declarator);
        if (n->kind == N_type_definition && c->as == F_declarator && c->end - c->start == len &&
            !memcmp(s->text + c->start, name, len))
            return true;
    }
    return false;
}

/* Where a function defines a type that is named in n, a part of it: behind that definition; NULL: none is a function's own. */
static const Node *local_definition(const Source *s, const Node *n) {
    for (uint32_t i = 0; i < n->count; i++) {
        const Node *d = local_definition(s, n->children[i]);
        if (d) return d;
    }
    if (n->kind != N_type_identifier) return NULL;
    for (const Node *inner = n, *p = n->parent; p; inner = p, p = p->parent) {
        if (p->kind != N_compound_statement) continue;
        for (uint32_t i = p->count; i-- > 0;) {
            const Node *c = p->children[i];
            if (c->start < inner->start && s->text[c->end - 1] == ';' &&
                defines(s, c, s->text + n->start, n->end - n->start))
                return c;
        }
    }
    return NULL;
}

/* What tells the outcomes of one type from those of others. */
static const char *outcome_key(Arena *a, const Source *s, const Node *type) {
    const Node *local = local_definition(s, type);
    char *text = normalised(a, s, type);
    return local ? arena_printf(a, "%s@%zu", text, local->end) : text;
}

void edit_acc_type(Arena *a, const Source *s, Node *n, Map *outcomes, Edits *e) {
    Node *name = node_field(n, F_name), *type = node_field(n, F_type);
    if (!name || !type) return;
    if (node_is(s, name, "acc_outcome")) {
        edit_replace(a, e, n->start, n->end,
                     arena_printf(a, "struct %s", outcome_tag(a, outcome_key(a, s, type), outcomes)));
        return;
    }
    if (node_is(s, name, "acc_generator")) {
        edit_replace(a, e, n->start, type->start, "__typeof__(__typeof__(");
        edit_replace(
            a, e, type->end, n->end,
            arena_printf(a, ") (*)(struct acc__generator *(*)(%s)))", type_text(a, s, generator_sent(n), outcomes)));
        return;
    }
    const char *tag = node_is(s, name, "acc_coro")            ? "coro"
                      : node_is(s, name, "acc_task")          ? "task"
                      : node_is(s, name, "acc_queue")         ? "channel"
                      : node_is(s, name, "acc_thread_future") ? "thread_future"
                                                              : "future";
    edit_replace(a, e, n->start, type->start, "__typeof__(__typeof__(");
    edit_replace(a, e, type->end, n->end, arena_printf(a, ") (*)(struct acc__%s *))", tag));
}

bool is_outcome_type(const Source *s, const Node *n) {
    Node *name = n->kind == N_acc_type_specifier ? node_field(n, F_name) : NULL;
    return name && node_is(s, name, "acc_outcome");
}

typedef struct OutcomeSearch {
    Arena *a;
    const Source *s;
    View *v;
    Map *outcomes;
    StrBuf text;
} OutcomeSearch;

/* The structure is defined where T is. */
static void define_locally(OutcomeSearch *o, const Node *definition, const char *text) {
    for (size_t i = 0; i < o->v->local_outcomes.len; i++) {
        Edit *x = &o->v->local_outcomes.data[i];
        if (x->end != definition->end) continue;
        x->text = arena_printf(o->a, "%s %s", x->text, text);
        return;
    }
    vec_push(o->a, &o->v->local_outcomes,
             (Edit){.start = definition->end - 1, .end = definition->end, .text = arena_printf(o->a, "; %s", text)});
}

void view_define_locally(Arena *a, const View *v, Edits *to) {
    for (size_t i = 0; i < v->local_outcomes.len; i++) {
        const Edit *x = &v->local_outcomes.data[i];
        edit_replace(a, to, x->start, x->end, x->text);
    }
}

/* The acc types below n, an outcome's own T not: what is put in its place names no T. */
static void edit_types(Arena *a, const Source *s, Node *n, Map *outcomes, Edits *e) {
    if (n->kind == N_acc_type_specifier) edit_acc_type(a, s, n, outcomes, e);
    if (is_outcome_type(s, n)) return;
    for (uint32_t i = 0; i < n->count; i++) edit_types(a, s, n->children[i], outcomes, e);
}

static void find_outcomes(OutcomeSearch *o, Node *n) {
    for (uint32_t i = 0; i < n->count; i++) find_outcomes(o, n->children[i]); /* T's own outcomes first */
    if (n->kind == N_acc_type_specifier) {
        Node *name = node_field(n, F_name), *type = node_field(n, F_type);
        if (name && type && node_is(o->s, name, "acc_outcome")) {
            const char *t = outcome_key(o->a, o->s, type), *tag = outcome_tag(o->a, t, o->outcomes);
            char *defined = arena_printf(o->a, " %s", tag); /* a key that no mangled name can be */
            if (!map_get(o->outcomes, defined, strlen(defined))) {
                const Node *local = local_definition(o->s, type);
                size_t before = o->text.len;
                map_set(o->outcomes, defined, strlen(defined), (void *)1);
                sb_printf(&o->text, "struct %s { const struct acc_error *error; ", tag);
                if (strcmp(t, "void")) {
                    Edits e = {0};
                    edit_types(o->a, o->s, type, o->outcomes, &e);
                    edits_sort(&e);
                    sb_add(&o->text, "__typeof__(");
                    edits_apply(&e, o->s->text, type->start, type->end, &o->text);
                    sb_add(&o->text, ") value; ");
                }
                sb_add(&o->text, "}; ");
                if (local) {
                    define_locally(o, local, arena_strndup(o->a, o->text.data + before, o->text.len - before));
                    o->text.len = before;
                }
            }
        }
    }
}

/* Definitions of the outcome structures first used in a region, to stand before it. */
static const char *outcome_definitions(Arena *a, View *v, Node *region) {
    OutcomeSearch o = {a, v->source, v, v->outcomes, {0}};
    find_outcomes(&o, region);
    char *text = o.text.len ? arena_strndup(a, o.text.data, o.text.len) : NULL;
    sb_free(&o.text);
    return text;
}

/* ---- the view itself ---- */

typedef struct Viewer {
    Arena *a;
    const Source *s;
    View *v;
} Viewer;

static void walk(Viewer *w, Node *n, Edits *e);

static void walk_children(Viewer *w, Node *n, Edits *e) {
    for (uint32_t i = 0; i < n->count; i++) walk(w, n->children[i], e);
}

static const char *blanks(Viewer *w, size_t n) {
    char *b = arena_alloc(w->a, n + 1);
    memset(b, ' ', n);
    return b;
}

static void blank(Viewer *w, Node *n, Edits *e) { edit_replace(w->a, e, n->start, n->end, blanks(w, n->end - n->start)); }

static bool is_async(const Node *n) { return node_child(n, N_async_specifier) != NULL; }

/* The result of each async function that n declares becomes a coroutine. */
static void make_async(Viewer *w, Node *n, Edits *e) {
    Node *generator = generator_type(w->s, n);
    const char *close = ")(struct acc__coro *)";
    if (generator) { /* async acc_generator(T, S) f(A)  ->  T (* const f(A))(struct acc__generator *(*)(S)) */
        Node *type = node_field(generator, F_type);
        close = arena_printf(w->a, ")(struct acc__generator *(*)(%s))",
                             type_text(w->a, w->s, generator_sent(generator), w->v->outcomes));
        edit_replace(w->a, e, generator->start, type->start, "__typeof__(");
        edit_replace(w->a, e, type->end, generator->end, ") ");
    }
    for (uint32_t i = 0; i < n->count; i++) {
        Node *c = n->children[i];
        if (c->kind == N_async_specifier) blank(w, c, e);
        if (c->as != F_declarator) continue;
        Node *f = async_declarator(c);
        Node *params = f ? node_field(f, F_parameters) : NULL;
        if (!params) continue;
        edit_insert(w->a, e, f->start, "(* const ");
        edit_close(w->a, e, params->end, f->start, close);
    }
}

/* Without line markers, line ends and the comments that they end. */
char *view_one_line(Arena *a, const char *text) {
    char *line = arena_strdup(a, text), *to = line, quote = 0;
    for (const char *p = text; *p;) {
        if (quote && *p == '\\' && p[1]) *to++ = *p++;
        else if (*p == '"' || *p == '\'') quote = !quote ? *p : quote == *p ? 0 : quote;
        if ((*p == '#' && (p == text || p[-1] == '\n')) || (!quote && p[0] == '/' && p[1] == '/')) p += strcspn(p, "\n");
        else if (!quote && p[0] == '/' && p[1] == '*') {
            const char *end = strstr(p + 2, "*/");
            p = end ? end + 2 : p + strlen(p);
            *to++ = ' ';
        } else *to++ = *p == '\n' ? ' ' : *p, p++;
    }
    *to = 0;
    return line;
}

static void view_definition(Viewer *w, Node *n, Edits *e) {
    Node *body = node_field(n, F_body), *declarator = node_field(n, F_declarator);
    Node *name = declarator ? declared_name(declarator) : NULL;
    if (!body || !name) {
        walk_children(w, n, e);
        return;
    }
    /* the prototype, from a copy of the head with the edits that a prototype gets */
    Edits head = {0};
    make_async(w, n, &head);
    for (uint32_t i = 0; i < n->count && n->children[i] != body; i++) walk(w, n->children[i], &head);
    if (node_is(w->s, name, "main")) edit_replace(w->a, &head, name->start, name->end, "main__acc");
    edits_sort(&head);
    StrBuf proto = {0};
    edits_apply(&head, w->s->text, n->start, body->start, &proto);
    edit_insert(w->a, e, n->start, arena_printf(w->a, "%s; ", view_one_line(w->a, proto.data)));
    sb_free(&proto);

    for (uint32_t i = 0; i < n->count; i++) {
        Node *c = n->children[i], *fields = c->as == F_type ? node_field(c, F_body) : NULL;
        if (c->kind == N_async_specifier) blank(w, c, e);
        else if (c == generator_type(w->s, n)) edit_replace(w->a, e, c->start, c->end, "void");
        else if (fields) edit_replace(w->a, e, fields->start, fields->end, " "); /* the prototype has defined it */
        else walk(w, c, e);
    }
    edit_close(w->a, e, name->end, name->start, "__acc_body");
}

/* TYPE(...) as a call that gives an error. */
static bool is_text(const Node *n) { return n && (n->kind == N_string_literal || n->kind == N_concatenated_string); }

static void view_error(Viewer *w, Node *n, Node *name, Edits *e) {
    Node *list = n == name ? NULL : node_field(n, F_arguments);
    const Node *first[2] = {NULL};
    size_t count = 0;
    for (uint32_t i = 0; list && i < list->count && count < 2; i++)
        if (node_named(list->children[i])) first[count++] = list->children[i];
    const char *kind = is_text(first[0]) ? "f" : is_text(first[1]) ? "c" : ""; /* its format is checked, if it is known */
    const char *type = arena_printf(w->a, "acc__view_error%s(&acc_error_type_%.*s", kind, (int)(name->end - name->start),
                                    w->s->text + name->start);
    Node *args = n == name ? NULL : node_field(n, F_arguments);
    if (!args) {
        edit_replace(w->a, e, n->start, n->end, arena_printf(w->a, "%s)", type));
        return;
    }
    edit_replace(w->a, e, n->start, args->start + 1, arena_printf(w->a, "%s%s", type, args->count > 2 ? ", " : ""));
    walk_children(w, args, e);
}

static void view_builtin(Viewer *w, Node *n, const BuiltinInfo *b, Edits *e) {
    Node *args = node_field(n, F_arguments);
    bool gather = b->builtin == B_GATHER;
    int commas = 0;
    edit_replace(w->a, e, n->start, args->start + 1, gather && args->count > 2 ? "acc__view_gather(0, " : b->view.open);
    for (uint32_t i = 1; i + 1 < args->count; i++) {
        Node *c = args->children[i];
        if (c->kind == N_TOKEN && node_is(w->s, c, ",")) {
            const char *text = ++commas == 1 ? b->view.comma : commas == 2 && b->second ? b->second : ",";
            if (strcmp(text, ",")) edit_replace(w->a, e, c->start, c->end, text);
        } else if ((b->builtin == B_FUTURE_SET_ERROR || b->builtin == B_ATHROW || b->builtin == B_ERROR_NEW) &&
                   error_type_name(w->s, c)) {
            view_error(w, c, error_type_name(w->s, c), e);
        } else if (gather && c->kind == N_assignment_expression && node_is(w->s, node_field(c, F_operator), "=")) {
            Node *op = node_field(c, F_operator);
            edit_replace(w->a, e, op->start, op->end, ",");
            walk(w, node_field(c, F_left), e);
            walk(w, node_field(c, F_right), e);
        } else walk(w, c, e);
    }
    if (strcmp(b->view.close, ")")) edit_replace(w->a, e, args->end - 1, args->end, b->view.close);
}

Node *captured_call(const Node *n) {
    Node *args = node_field(n, F_arguments), *last = NULL;
    for (uint32_t i = 0; args && i < args->count; i++)
        if (node_named(args->children[i])) last = args->children[i];
    last = last ? node_stripped(last) : NULL;
    return last && last->kind == N_call_expression && node_field(last, F_arguments) ? last : NULL;
}

Node *captured_pool(const Node *n) {
    Node *args = node_field(n, F_arguments);
    for (uint32_t i = 0; args && i < args->count; i++)
        if (node_named(args->children[i])) return args->children[i];
    return NULL;
}

/* acc_to_thread(f(x))            ->  ({ typedef __typeof__(f(x)) acc__t; (acc__t (*)(struct acc__coro *))0; })
 *                                    where f is async: ({ f(x); })
 * acc_run_in_executor(p, f(x))   ->  ({ struct acc_executor *acc__x = (p); ... }) */
static void view_capture(Viewer *w, Node *n, const BuiltinInfo *b, Edits *e) {
    Node *args = node_field(n, F_arguments), *call = captured_call(n), *pool = NULL, *first = NULL;
    bool with_pool = b->builtin == B_RUN_IN_EXECUTOR;
    if (with_pool) pool = captured_pool(n);
    for (uint32_t i = 0; i < args->count; i++)
        if (node_named(args->children[i]) && args->children[i] != pool) first = args->children[i];
    if (!call || !first) { /* check says what is wrong */
        edit_replace(w->a, e, n->start, args->start + 1, "((void (*)(struct acc__coro *))(");
        for (uint32_t i = 0; i < args->count; i++)
            if (node_named(args->children[i])) walk(w, args->children[i], e);
        edit_replace(w->a, e, args->end - 1, args->end, args->count < 3 ? "0))" : ", (void *)0))");
        return;
    }
    bool async = map_get_u64(w->v->async_captures, call->start + 1);
    vec_push(w->a, &w->v->captures, call);
    const char *open = async ? "(" : "typedef __typeof__(";
    const char *close = async ? "); })" : ") acc__t; (acc__t (*)(struct acc__coro *))0; })";
    if (pool) {
        edit_replace(w->a, e, n->start, args->start + 1, "({ struct acc_executor *acc__x = (");
        walk(w, pool, e);
        edit_replace(w->a, e, pool->end, first->start, arena_printf(w->a, "); (void)acc__x; %s", open));
    } else {
        edit_replace(w->a, e, n->start, first->start, arena_printf(w->a, "({ %s", open));
    }
    walk(w, first, e);
    edit_replace(w->a, e, first->end, args->end, close);
}

/* acc_queue_new(T, arguments), behind its T. */
static void view_queue_new(Viewer *w, Node *n, Node *type, Edits *e) {
    bool priority = node_is(w->s, node_field(n, F_name), "acc_priority_queue_new");
    const Node *first = NULL;
    for (uint32_t i = 0; i < n->count && !first; i++)
        if (n->children[i]->as == F_argument) first = n->children[i];
    edit_replace(w->a, e, type->end, first ? first->start : n->end - 1,
                 priority ? ") (*)(struct acc__channel *))acc__view_priority_queue("
                          : ") (*)(struct acc__channel *))acc__view_queue(");
    for (uint32_t i = 0; i < n->count; i++)
        if (n->children[i]->as == F_argument) walk(w, n->children[i], e);
    edit_insert(w->a, e, n->end - 1, ")");
}

static bool awaits(const Node *n) {
    if (n->kind == N_await_expression) return true;
    for (uint32_t i = 0; i < n->count; i++)
        if (awaits(n->children[i])) return true;
    return false;
}

/* Where an await may be chosen by _Generic, lowering must know which association it is: each gets a cast to its type in front,
 * whose type sema_association reads. */
static void view_generic(Viewer *w, Node *n, Edits *e) {
    for (uint32_t i = 0; i < n->count; i++) {
        Node *c = n->children[i], *type = c->kind == N_generic_association ? node_field(c, F_type) : NULL,
             *value = type ? node_field(c, F_value) : NULL;
        if (value) {
            edit_insert(w->a, e, value->start,
                        arena_printf(w->a, "((void)(__typeof__(%.*s) *)0, ", (int)(type->end - type->start),
                                     w->s->text + type->start));
            edit_close(w->a, e, value->end, value->start, ")");
        }
        walk(w, c, e);
    }
}

/* clang does not know the suffixes of _Float128 and its kin. */
static void number(Viewer *w, Node *n, Edits *e) {
    static const struct {
        const char *suffix, *as;
    } known[] = {{"f128", "q"}, {"f64x", "L"}, {"f32x", ""}, {"f64", ""}, {"f32", "f"}};
    const char *end = w->s->text + n->end;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t k = strlen(known[i].suffix);
        if (n->end - n->start <= k || strncasecmp(end - k, known[i].suffix, k) ||
            !memchr(w->s->text + n->start, '.', n->end - n->start)) /* 0xf32 has none */
            continue;
        edit_replace(w->a, e, n->end - k, n->end, known[i].as);
        return;
    }
}

/* The words of a statement of the dialect, blanked. */
static void blank_words(Viewer *w, Node *n, Edits *e) {
    for (uint32_t i = 0; i < n->count; i++)
        if (n->children[i]->kind == N_TOKEN && isalpha((unsigned char)w->s->text[n->children[i]->start]))
            blank(w, n->children[i], e);
}

/* catch (A | B e) { ... }  ->  { const struct acc_error *e = 0; { ... } }; that e is unused is nothing to complain of. */
static void view_catch(Viewer *w, Node *n, Edits *e) {
    Node *parameter = node_field(n, F_parameter), *body = node_field(n, F_body);
    Node *name = parameter ? node_field(parameter, F_name) : NULL;
    if (!body) return;
    if (name) {
        edit_replace(w->a, e, n->start, name->start, "{ __attribute__((unused)) const struct acc_error *");
        edit_replace(w->a, e, name->end, body->start, " = 0; ");
    } else edit_replace(w->a, e, n->start, body->start, "{ ");
    walk(w, body, e);
    edit_close(w->a, e, n->end, n->start, " }");
}

static void view_throw(Viewer *w, Node *n, Edits *e) {
    Node *value = node_field(n, F_value), *name = value ? error_type_name(w->s, value) : NULL;
    if (!value) {
        blank_words(w, n, e);
        return;
    }
    edit_replace(w->a, e, n->start, value->start, "acc__view_throw(");
    if (name) view_error(w, value, name, e);
    else walk(w, value, e);
    edit_close(w->a, e, value->end, value->start, ")");
}

/* async with (R r = E) S  ->  { R r; (void)(E); S }
 * async for (T v in E) S  ->  for (T v; (void)(E), 1;) S
 * What r and v may be is for check to say: it knows E's type. */
static void view_managed(Viewer *w, Node *n, Edits *e) {
    bool with = n->kind == N_async_with_statement;
    Node *declaration = node_field(n, F_declaration), *body = node_field(n, F_body);
    Node *value = node_field(n, with ? F_value : F_iterable), *first = declaration;
    if (with && declaration) {
        Node *d = node_field(declaration, F_declarator);
        value = d ? node_field(d, F_value) : NULL;
    }
    if (!with && !first) first = node_field(n, F_target);
    if (!value || !body) return;
    const char *open = with ? "{ " : "for (";
    if (!first) edit_replace(w->a, e, n->start, value->start, arena_printf(w->a, "%s(void)(", open));
    else {
        edit_replace(w->a, e, n->start, first->start, open);
        Node *inner = with ? node_field(node_field(declaration, F_declarator), F_declarator) : first;
        if (inner != first)
            for (uint32_t i = 0; i < declaration->count; i++)
                if (declaration->children[i]->as != F_declarator) walk(w, declaration->children[i], e);
        walk(w, inner, e);
        edit_replace(w->a, e, inner->end, value->start, "; (void)(");
    }
    walk(w, value, e);
    edit_replace(w->a, e, value->end, body->start, with ? "); " : "), 1;) ");
    walk(w, body, e);
    if (with) edit_close(w->a, e, n->end, n->start, " }");
}

/* yield v  ->  the value of what was sent, v being assigned to a T */
static void view_yield(Viewer *w, Node *n, Edits *e) {
    const Node *function = node_enclosing(n, N_function_definition);
    Node *generator = function && is_async(function) ? generator_type(w->s, function) : NULL;
    Node *value = node_field(n, F_argument), *type = generator ? node_field(generator, F_type) : NULL;
    const char *open = "({ (void)(", *close = "); })";
    if (type) {
        const char *sent = type_text(w->a, w->s, generator_sent(generator), w->v->outcomes);
        open = arena_printf(w->a, "({ __typeof__(%s) acc__y = (", type_text(w->a, w->s, type, w->v->outcomes));
        close = !strcmp(sent, "void") ? "); (void)acc__y; })"
                                      : arena_printf(w->a, "); (void)acc__y; __typeof__(%s) acc__s; acc__s; })", sent);
    }
    if (!value) {
        edit_replace(w->a, e, n->start, n->end, "((void)0)");
        return;
    }
    edit_replace(w->a, e, n->start, value->start, open);
    walk(w, value, e);
    edit_close(w->a, e, n->end, n->start, close);
}

static void walk(Viewer *w, Node *n, Edits *e) {
    switch (n->kind) {
        case N_try_statement:
            edit_insert(w->a, e, n->start, "{ ");
            blank_words(w, n, e);
            edit_close(w->a, e, n->end, n->start, " }");
            break;
        case N_finally_clause:
        case N_defer_statement: blank_words(w, n, e); break;
        case N_catch_clause: view_catch(w, n, e); return;
        case N_throw_statement: view_throw(w, n, e); return;
        case N_async_for_statement:
        case N_async_with_statement: view_managed(w, n, e); return;
        case N_generic_expression:
            if (awaits(n)) {
                view_generic(w, n, e);
                return;
            }
            break;
        case N_function_definition:
            if (is_async(n)) {
                view_definition(w, n, e);
                return;
            }
            break;
        case N_declaration:
        case N_parameter_declaration:
        case N_field_declaration:
        case N_type_definition:
        case N_type_descriptor:
            if (is_async(n)) make_async(w, n, e);
            break;
        case N_acc_type_specifier:
            if (n->parent && is_async(n->parent) && generator_type(w->s, n->parent) == n) { /* make_async has */
                if (node_field(n, F_type)) walk(w, node_field(n, F_type), e);
                return;
            }
            edit_acc_type(w->a, w->s, n, w->v->outcomes, e);
            if (is_outcome_type(w->s, n)) return;
            if (node_field(n, F_type)) walk(w, node_field(n, F_type), e);
            return;
        case N_yield_expression: view_yield(w, n, e); return;
        case N_await_expression: {
            Node *operand = node_field(n, F_argument);
            if (!operand) break;
            edit_replace(w->a, e, n->start, n->start + 5, "((");
            walk(w, operand, e);
            edit_close(w->a, e, n->end, n->start, ")(0))");
            return;
        }
        case N_acc_new_expression: {
            Node *type = node_field(n, F_type);
            if (!type) break;
            edit_replace(w->a, e, n->start, type->start, "((__typeof__(");
            walk(w, type, e);
            if (node_is(w->s, node_field(n, F_name), "acc_future_new"))
                edit_replace(w->a, e, type->end, n->end, ") (*)(struct acc__future *))0)");
            else view_queue_new(w, n, type, e);
            return;
        }
        case N_call_expression: {
            Node *callee = node_field(n, F_function), *args = node_field(n, F_arguments);
            if (!callee || callee->kind != N_identifier || !args || args->count < 2) break;
            bool element;
            Node *target = node_is(w->s, callee, "acc_try") ? try_target(w->s, n, &element) : NULL;
            if (target) {
                edit_replace(w->a, e, n->start, args->start + 1,
                             arena_printf(w->a, "({ __typeof__((%.*s)%s) acc__o = {0}; (void)(",
                                          (int)(target->end - target->start), w->s->text + target->start,
                                          element ? "[0]" : ""));
                walk_children(w, args, e);
                edit_replace(w->a, e, args->end - 1, args->end, "); acc__o; })");
                return;
            }
            const BuiltinInfo *b = builtin_find(w->s, n);
            if (b && (b->builtin == B_TO_THREAD || b->builtin == B_RUN_IN_EXECUTOR)) {
                view_capture(w, n, b, e);
                return;
            }
            if (b && b->view.open) {
                view_builtin(w, n, b, e);
                return;
            }
            break;
        }
        case N_number_literal: number(w, n, e); break;
        default: break;
    }
    walk_children(w, n, e);
}

View *view_make(Arena *a, const Tree *t, Map *async_captures) {
    View *v = NEW(a, View);
    v->async_captures = async_captures;
    const Source *s = t->source;
    v->source = s;
    v->outcomes = map_new(a);
    Viewer w = {a, s, v};
    edit_insert(a, &v->edits, 0, prelude);
    for (size_t i = 0; i < s->throws.len; i++)
        edit_replace(a, &v->edits, s->throws.data[i], s->throws.data[i] + 10, "          ");
    for (size_t i = 0; i < t->regions.len; i++) {
        const char *outcomes = outcome_definitions(a, v, t->regions.data[i]);
        if (outcomes) {
            edit_insert(a, &v->edits, t->regions.data[i]->start, outcomes);
            vec_push(a, &v->outcome_texts, (Edit){.start = t->regions.data[i]->start, .text = outcomes});
        }
        walk(&w, t->regions.data[i], &v->edits);
    }
    view_define_locally(a, v, &v->edits);
    edits_sort(&v->edits);

    StrBuf out = {0};
    size_t at = 0;
    for (size_t i = 0; i < v->edits.list.len; i++) {
        const Edit *x = &v->edits.list.data[i];
        if (x->start < at) bug("two rewritings of one piece of the source overlap");
        sb_addn(&out, s->text + at, x->start - at);
        sb_add(&out, x->text);
        at = x->end;
        vec_push(a, &v->ends, out.len);
    }
    sb_addn(&out, s->text + at, s->len - at);
    v->text = arena_strndup(a, out.data, out.len);
    v->len = out.len;
    sb_free(&out);
    return v;
}

/* The view's offset of a source offset, of which only the edits before number `edit` apply. */
static size_t after_edits(const View *v, size_t offset, size_t edit) {
    if (!edit) return offset;
    const Edit *x = &v->edits.list.data[edit - 1];
    size_t end = v->ends.data[edit - 1];
    return offset >= x->end ? end + (offset - x->end) : end - strlen(x->text);
}

size_t view_start(const View *v, size_t offset) {
    size_t i = edits_find(&v->edits, offset);
    while (i < v->edits.list.len && v->edits.list.data[i].start == offset && v->edits.list.data[i].closing) i++;
    return after_edits(v, offset, i);
}

size_t view_end(const View *v, size_t offset, size_t node_start) {
    size_t i = edits_find(&v->edits, offset);
    while (i < v->edits.list.len && v->edits.list.data[i].start == offset && v->edits.list.data[i].closing &&
           v->edits.list.data[i].origin >= node_start)
        i++;
    return after_edits(v, offset, i);
}

bool view_is_source(const View *v, size_t view_offset) {
    size_t back = view_back(v, view_offset);
    return view_start(v, back) == view_offset;
}

size_t view_back(const View *v, size_t view_offset) {
    size_t lo = 0, hi = v->ends.len; /* the first edit that ends behind view_offset */
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (v->ends.data[mid] <= view_offset) lo = mid + 1;
        else hi = mid;
    }
    if (lo < v->ends.len) {
        const Edit *x = &v->edits.list.data[lo];
        size_t begin = v->ends.data[lo] - strlen(x->text);
        if (view_offset >= begin) return x->closing ? x->origin : x->start;
        return x->start - (begin - view_offset);
    }
    return lo ? v->edits.list.data[lo - 1].end + (view_offset - v->ends.data[lo - 1]) : view_offset;
}
