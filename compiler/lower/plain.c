/* plain.c: what stands outside the bodies of async functions, and in them needs no lowering, is edited in place.
 *
 * needs: the trees, Sema
 * leaves: Unit.edits: prototypes and function pointers get their context, handles their C types, a call that makes a coroutine
 * goes through the cold context, and in ordinary functions the functions of acc.h that throw are checked */
#include "lower.h"

#include <ctype.h>
#include <stdlib.h>

typedef struct Plain {
    Arena *a;
    Unit *u;
    Edits *e;
    bool in_async;      /* inside an async function's body, */
    bool in_try;        /* inside an ordinary function's acc_try */
    const char *called; /* the function around, where its name in C is another */
} Plain;

Type *async_value(Type *callee) {
    Type *f = callee && callee->kind == TY_POINTER ? callee->result : callee;
    Type *coro = f ? f->result : NULL;
    return coro && coro->handle == H_CORO ? coro->result : NULL;
}

static void walk(Plain *p, Node *n);

static void walk_children(Plain *p, Node *n) {
    for (uint32_t i = 0; i < n->count; i++) walk(p, n->children[i]);
}

static size_t word_at(const char *text, size_t at, size_t end) {
    size_t k = at;
    while (k < end && (isalnum((unsigned char)text[k]) || text[k] == '_')) k++;
    return k - at;
}

/* The attributes that name parameters by their numbers. */
static bool counts_parameters(const char *word, size_t n) {
    static const char *const names[] = {"format", "format_arg", "nonnull", "access", "alloc_size", "alloc_align", "fd_arg"};
    while (n > 4 && !memcmp(word, "__", 2) && !memcmp(word + n - 2, "__", 2)) word += 2, n -= 4;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == n && !memcmp(names[i], word, n)) return true;
    return false;
}

/* Behind the parameters of a function that gets a context: the numbers of parameters in its attributes go up by one. */
static void shift_attributes(Plain *p, size_t at, size_t end) {
    const char *text = p->u->source->text;
    for (size_t n; at < end && text[at] != ';' && text[at] != '{'; at += n ? n : 1) {
        n = word_at(text, at, end);
        if (!n || !counts_parameters(text + at, n)) continue;
        at += n;
        while (at < end && text[at] == ' ') at++;
        if (text[at] != '(') continue;
        for (n = 0; at < end && text[at] != ')'; at += n ? n : 1) {
            n = word_at(text, at, end);
            if (n && isdigit((unsigned char)text[at]) && text[at] != '0')
                edit_replace(p->a, p->e, at, at + n, arena_printf(p->a, "%ld", strtol(text + at, NULL, 10) + 1));
        }
        n = 0;
    }
}

/* `async` goes, its function's parameters begin with the context. */
static void async_declaration(Plain *p, Node *n) {
    if (ir_inline(p->u, n) && !ir_specified(p->u, n, "static") && !ir_specified(p->u, n, "extern") &&
        !node_child(n, N_attribute_specifier))
        edit_insert(p->a, p->e, n->start, "static "); /* its step function needs one to call, wherever it is inlined */
    for (uint32_t i = 0; i < n->count; i++) {
        Node *c = n->children[i];
        if (c->kind == N_async_specifier) {
            size_t end = c->end;
            while (p->u->source->text[end] == ' ') end++;
            edit_replace(p->a, p->e, c->start, end, "");
        }
        if (c->as != F_declarator) continue;
        Node *f = async_declarator(c), *params = f ? node_field(f, F_parameters) : NULL;
        if (!params) continue;
        Node *name = declared_name(c);
        bool definition = n->kind == N_function_definition;
        const char *context = definition ? "acc_ctx *acc__cx" : "acc_ctx *";
        Node *only = NULL;
        size_t count = 0;
        for (uint32_t k = 0; k < params->count; k++)
            if (node_named(params->children[k])) only = params->children[k], count++;
        bool empty = count == 0 || (count == 1 && only->kind == N_parameter_declaration && only->count == 1 &&
                                    node_is(p->u->source, only, "void"));
        if (empty) edit_replace(p->a, p->e, params->start, params->end, arena_printf(p->a, "(%s)", context));
        else edit_replace(p->a, p->e, params->start, params->start + 1, arena_printf(p->a, "(%s, ", context));
        shift_attributes(p, params->end, n->end);
        if (name && (n->kind == N_function_definition || n->kind == N_declaration) && node_is(p->u->source, name, "main")) {
            edit_replace(p->a, p->e, name->start, name->end, "acc__main");
            edit_insert(p->a, p->e, n->start, "static ");
        }
    }
}

static void throwing_prototype(Plain *p, size_t at) {
    const Source *s = p->u->source;
    edit_replace(p->a, p->e, at, at + 10, "");
    /* the function's parenthesis is the first one behind its name */
    size_t i = at + 10;
    while (i < s->len && s->text[i] != '(' && s->text[i] != ';') i++;
    if (i == s->len || s->text[i] != '(') return;
    size_t k = i + 1;
    while (s->text[k] == ' ') k++;
    if (!memcmp(s->text + k, "void)", 5)) edit_replace(p->a, p->e, i, k + 5, "(acc_ctx *)");
    else edit_replace(p->a, p->e, i, i + 1, "(acc_ctx *, ");
    size_t depth = 0;
    for (; i < s->len; i++)
        if (s->text[i] == '(') depth++;
        else if (s->text[i] == ')' && !--depth) break;
    shift_attributes(p, i, s->len);
}

static const char *context(Plain *p) { return p->in_async ? "acc__cx" : "acc_thread_ctx()"; }

const char *lower_take(Arena *a, const Unit *u, const char *context, size_t at) {
    if (u->no_tracebacks) return arena_printf(a, "acc_take(%s->cold)", context);
    Place place = source_place(u->source, at);
    StrBuf file = {0};
    sb_quote(&file, place.file);
    const char *text = arena_printf(a, "acc_take_at(%s->cold, %s, %u)", context, file.data, place.line);
    sb_free(&file);
    return text;
}

/* f(args), not awaited: makes a coroutine. */
static void cold_call(Plain *p, Node *n, const CallInfo *call) {
    Node *args = node_field(n, F_arguments);
    bool any = false;
    for (uint32_t i = 0; i < args->count; i++) any |= node_named(args->children[i]);
    Type *value = async_value(call->callee);
    const char *cast =
        value && value->before ? arena_printf(p->a, "(%s(*)(struct acc__coro *)%s)", value->before, value->after) : "";
    bool is_void = value && value->kind == TY_VOID;
    bool dropped = n->parent && n->parent->kind == N_expression_statement; /* which was warned of */
    edit_insert(p->a, p->e, n->start, arena_printf(p->a, "%s%s", dropped ? "(void)" : "", is_void ? "(" : "((void)"));
    edit_replace(p->a, p->e, args->start, args->start + 1, arena_printf(p->a, "(%s->cold%s", context(p), any ? ", " : ""));
    edit_replace(p->a, p->e, n->end - 1, n->end,
                 arena_printf(p->a, "), %s%s)", cast, lower_take(p->a, p->u, context(p), n->start)));
}

/* A text of builtins.c, its @ being the check. */
static const char *with_check(Plain *p, const char *text, const char *check) {
    const char *at = text ? strchr(text, '@') : NULL;
    return at ? arena_printf(p->a, "%.*s%s%s", (int)(at - text), text, check, at + 1) : text;
}

/* The TYPE(...) that a call's last argument is. */
static Node *error_argument(Plain *p, const Node *args) {
    Node *last = NULL;
    for (uint32_t i = 0; i < args->count; i++)
        if (node_named(args->children[i])) last = args->children[i];
    return last && error_type_name(p->u->source, last) ? last : NULL;
}

/* TYPE(...): a call that makes it. */
static void error_value(Plain *p, Node *error) {
    Node *name = error_type_name(p->u->source, error);
    const char *type = arena_printf(p->a, "acc_abi_error(&acc_error_type_%.*s, ", (int)(name->end - name->start),
                                    p->u->source->text + name->start);
    Node *list = error == name ? NULL : node_field(error, F_arguments), *first = NULL;
    for (uint32_t i = 0; list && i < list->count && !first; i++)
        if (node_named(list->children[i])) first = list->children[i];
    if (!first) {
        edit_replace(p->a, p->e, error->start, error->end, arena_printf(p->a, "%s0, 0)", type));
        return;
    }
    Type *t = sema_inner_type(p->u->sema, first);
    bool format = t && (t->kind == TY_POINTER || t->kind == TY_ARRAY);
    edit_replace(p->a, p->e, error->start, list->start + 1, arena_printf(p->a, "%s%s", type, format ? "0, " : ""));
    walk_children(p, list);
    if (!format && list->count == 3) edit_replace(p->a, p->e, list->end - 1, list->end, ", 0)");
}

/* Does nothing use its value: is it a statement, or what stands before a comma? */
static bool unwanted(const Node *n) {
    for (const Node *p = n->parent; p; n = p, p = p->parent) {
        if (p->kind == N_expression_statement) return true;
        if (p->kind == N_for_statement) return n->as == F_initializer || n->as == F_update;
        if (p->kind == N_comma_expression && n->as == F_left) return true;
        if (p->kind != N_comma_expression && p->kind != N_parenthesized_expression) return false;
    }
    return false;
}

/* In ordinary functions: a statement expression that makes the call and ends the process where it threw. */
static void checked_call(Plain *p, Node *n, Builtin b) {
    const Source *s = p->u->source;
    Node *args = node_field(n, F_arguments);
    Type *type = sema_inner_type(p->u->sema, n);
    bool is_void = type && type->kind == TY_VOID, any = false, second = false;
    for (uint32_t i = 0; args && i < args->count; i++) {
        any |= node_named(args->children[i]);
        second |= args->children[i]->kind == N_TOKEN && node_is(s, args->children[i], ",");
    }
    static const char cx[] = "acc_thread_ctx()";
    const char *check = p->in_try ? "if (acc_thread_ctx()->signal) goto acc__caught;" : "acc_abi_check(acc_thread_ctx());";
    bool statement = n->parent && n->parent->kind == N_expression_statement;
    const BuiltinInfo *info = builtin_info(b);
    const char *open = info ? info->plain.open : NULL, *comma = info ? info->plain.comma : NULL,
               *close = info ? with_check(p,
                                          info->nothing && is_void       ? info->nothing
                                          : info->statement && statement ? info->statement
                                          : info->single && !second      ? info->single
                                                                         : info->plain.close,
                                          check)
                             : NULL;
    if (open && unwanted(n) && !is_void) open = arena_printf(p->a, "(void)%s", open); /* its value is not wanted */
    switch (b) {
        case B_TRY: {
            bool element;
            Node *target = try_target(s, n, &element);
            if (!target) { /* clang has complained, or of what stands before it: then the C compiler does */
                walk_children(p, args);
                return;
            }
            bool value = type && !type_is_empty_outcome(type);
            edit_replace(p->a, p->e, n->start, args->start + 1,
                         arena_printf(p->a, "__extension__({ __label__ acc__caught; __typeof__((%.*s)%s) acc__o = {0}; %s(",
                                      (int)(target->end - target->start), s->text + target->start, element ? "[0]" : "",
                                      value ? "acc__o.value = " : ""));
            bool outer = p->in_try;
            p->in_try = true;
            walk_children(p, args);
            p->in_try = outer;
            edit_replace(p->a, p->e, n->end - 1, n->end,
                         "); if (0) { acc__caught: __attribute__((unused)); acc__o.error = acc_abi_catch(acc_thread_ctx()); "
                         "} acc__o; })");
            return;
        }
        case B_FUTURE_SET_ERROR:
            if (!error_argument(p, args)) comma = "); const acc_error *acc__v = acc_error_keep(";
            break;
        case B_ERROR_NEW:
            if (!error_argument(p, args)) open = "acc_error_keep(";
            break;
        case B_FUTURE_NEW: {
            Node *t = node_field(n, F_type);
            bool nothing = node_is(s, t, "void");
            edit_replace(p->a, p->e, n->start, t->start,
                         nothing ? "__extension__({ void *acc__t = acc_abi_future_new(acc_thread_ctx(), 0 * sizeof("
                                 : "__extension__({ void *acc__t = acc_abi_future_new(acc_thread_ctx(), sizeof(");
            walk(p, t);
            const char *cast =
                type && type->handle && type->result->before
                    ? arena_printf(p->a, "(%s(*)(struct acc__future *)%s)", type->result->before, type->result->after)
                    : "";
            edit_replace(p->a, p->e, t->end, n->end, arena_printf(p->a, ")); %s %sacc__t; })", check, cast));
            return;
        }
        case B_QUEUE_NEW: {
            Node *t = node_field(n, F_type), *name = node_field(n, F_name), *first = NULL;
            for (uint32_t i = 0; i < n->count && !first; i++)
                if (n->children[i]->as == F_argument) first = n->children[i];
            if (!first) return; /* clang has complained */
            bool nothing = type && type->handle && type->result->kind == TY_VOID;
            edit_replace(p->a, p->e, n->start, t->start, "__extension__({ typedef __typeof__(");
            walk(p, t);
            edit_replace(p->a, p->e, t->end, first->start,
                         arena_printf(p->a, ") acc__item; void *acc__t = acc_abi_%.*s(acc_thread_ctx(), %s, ",
                                      (int)(name->end - name->start - 4), s->text + name->start + 4,
                                      nothing ? "0, 1" : "sizeof(acc__item), _Alignof(acc__item)"));
            for (uint32_t i = 0; i < n->count; i++)
                if (n->children[i]->as == F_argument) walk(p, n->children[i]);
            edit_insert(p->a, p->e, n->end,
                        arena_printf(p->a, "; %s (acc__item (*)(struct acc__channel *))acc__t; })", check));
            return;
        }
        case B_CALL: {
            bool dropped = is_void || unwanted(n);
            edit_insert(p->a, p->e, n->start, dropped ? "__extension__({ " : "__extension__({ __auto_type acc__v = ");
            edit_replace(p->a, p->e, args->start, args->start + 1, arena_printf(p->a, "(%s%s", cx, any ? ", " : ""));
            edit_close(p->a, p->e, n->end, n->start, arena_printf(p->a, "; %s%s })", check, dropped ? "" : " acc__v;"));
            walk_children(p, n);
            return;
        }
        case B_GATHER:
            if (any) break;
            open = "__extension__({ void *acc__t = acc_abi_gather(acc_thread_ctx(), 0, 0, 0";
            close = arena_printf(p->a, "); %s (void (*)(struct acc__future *))acc__t; })", check);
            break;
        default:
            if (open) break;
            walk_children(p, n);
            return;
    }
    Node *error = b == B_FUTURE_SET_ERROR || b == B_ERROR_NEW ? error_argument(p, args) : NULL;
    edit_replace(p->a, p->e, n->start, args->start + 1, open);
    for (uint32_t i = 0; i < args->count; i++) {
        Node *c = args->children[i];
        if (c == error) error_value(p, c);
        else if (c->kind == N_TOKEN && comma && node_is(s, c, ",")) edit_replace(p->a, p->e, c->start, c->end, comma);
        else walk(p, c);
    }
    edit_replace(p->a, p->e, n->end - 1, n->end, close);
}

/* Is the name of a local typedef spoken of behind it? */
static bool used_later(Plain *p, const Node *n) {
    const Node *f = node_enclosing(n, N_function_definition);
    for (uint32_t i = 0; f && i < n->count; i++) {
        const Node *name = n->children[i]->as == F_declarator ? declared_name(n->children[i]) : NULL;
        const char *text = p->u->source->text;
        for (size_t at = n->end; name && at < f->end;) {
            const char *hit = memmem(text + at, f->end - at, text + name->start, name->end - name->start);
            if (!hit) break;
            const char *end = hit + (name->end - name->start);
            if (!isalnum((unsigned char)hit[-1]) && hit[-1] != '_' && !isalnum((unsigned char)*end) && *end != '_')
                return true;
            at = (size_t)(end - text);
        }
    }
    return false;
}

/* What of a captured call is still the user's text. */
static void walk_captured(Plain *p, Node *n) {
    Captured c;
    if (!ir_captured(p->a, p->u, n, &c)) return;
    if (c.pool) walk(p, c.pool);
    if (c.pointer) walk(p, c.function);
    for (size_t i = 0; i < c.count; i++) walk(p, c.args[i]);
}

static void walk(Plain *p, Node *n) {
    switch (n->kind) {
        case N_function_definition:
            if (node_child(n, N_async_specifier)) {
                async_declaration(p, n);
                bool outer = p->in_async;
                p->in_async = true;
                Node *name = declared_name(node_field(n, F_declarator));
                if (name && (node_is(p->u->source, name, "main") || generator_type(p->u->source, n)))
                    p->called = ir_text(p->a, p->u, name);
                walk_children(p, n);
                p->called = NULL;
                p->in_async = outer;
                return;
            }
            break;
        case N_declaration:
        case N_parameter_declaration:
        case N_field_declaration:
        case N_type_definition:
        case N_type_descriptor:
            if (node_child(n, N_async_specifier)) async_declaration(p, n);
            if (n->kind == N_type_definition && p->in_async && used_later(p, n))
                edit_insert(p->a, p->e, n->end - 1,
                            " __attribute__((__unused__))"); /* what used it may be a field of the frame */
            break;
        case N_acc_type_specifier:
            edit_acc_type(p->a, p->u->source, n, p->u->view->outcomes, p->e);
            if (is_outcome_type(p->u->source, n)) return;
            break;
        case N_await_expression: {
            /* evaluated ones were lowered and are not printed; in an unevaluated operand the type is all there is */
            Node *operand = node_field(n, F_argument);
            Type *t = sema_inner_type(p->u->sema, n);
            if (p->in_async && !n->lowered && operand && ir_builtin(p->u, node_stripped(operand)) != B_NONE && t &&
                t->before && t->kind != TY_VOID) { /* C does not know what that is */
                edit_replace(p->a, p->e, n->start, n->end, arena_printf(p->a, "(*(%s*%s)0)", t->before, t->after));
                return;
            }
            if (p->in_async && !n->lowered && operand) {
                edit_replace(p->a, p->e, n->start, n->start + 5, "((");
                edit_close(p->a, p->e, n->end, n->start, ")(0))");
            }
            break;
        }
        case N_acc_new_expression:
            if (!p->in_async) {
                checked_call(p, n, ir_builtin(p->u, n));
                return;
            }
            break;
        case N_call_expression: {
            Builtin b = ir_builtin(p->u, n);
            if (b != B_NONE) {
                if (p->in_async) break;
                if (b == B_TO_THREAD || b == B_RUN_IN_EXECUTOR) {
                    lower_captured_plain(p->a, p->u, n, p->e);
                    walk_captured(p, n);
                    return;
                }
                checked_call(p, n, b);
                return;
            }
            const CallInfo *call = sema_call(p->u->sema, n);
            if (call && call->async && !n->lowered) cold_call(p, n, call);
            if (call && call->generator && !n->lowered) {
                Node *args = node_field(n, F_arguments);
                bool any = false;
                for (uint32_t i = 0; i < args->count; i++) any |= node_named(args->children[i]);
                edit_replace(p->a, p->e, args->start, args->start + 1,
                             arena_printf(p->a, "(%s%s", context(p), any ? ", " : ""));
            }
            break;
        }
        case N_identifier:
            if (p->in_async && !p->called && node_is(p->u->source, n, "__PRETTY_FUNCTION__"))
                edit_replace(p->a, p->e, n->start, n->end,
                             "__func__"); /* clang would show the signature of the C function */
            if (p->called && (node_is(p->u->source, n, "__func__") || node_is(p->u->source, n, "__FUNCTION__") ||
                              node_is(p->u->source, n, "__PRETTY_FUNCTION__")))
                edit_replace(p->a, p->e, n->start, n->end, arena_printf(p->a, "\"%s\"", p->called));
            if (node_is(p->u->source, n, "main")) {
                Decl *d = sema_ref(p->u->sema, n->start);
                if (d && d->kind == D_FUNCTION && d->type->async_function)
                    edit_replace(p->a, p->e, n->start, n->end, "acc__main");
            }
            break;
        default: break;
    }
    walk_children(p, n);
}

void lower_plain(Arena *a, Unit *u) {
    Plain p = {.a = a, .u = u, .e = &u->edits};
    for (size_t i = 0; i < u->source->throws.len; i++) throwing_prototype(&p, u->source->throws.data[i]);
    for (size_t i = 0; i < u->tree->regions.len; i++) walk(&p, u->tree->regions.data[i]);
    view_define_locally(a, u->view, &u->edits);
    for (size_t i = 0; i < u->sema->conversions.len; i++) {
        Conversion c = u->sema->conversions.data[i];
        edit_insert(a, &u->edits, c.start, arena_printf(a, "%s(", c.type));
        edit_close(a, &u->edits, c.end, c.start, ")");
    }
}
