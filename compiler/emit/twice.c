/* twice.c: the body of a small function stands twice in the machine's code, if that is to be fast: where it is entered, without any
 * way to resume it; and in the step function, without a guard, knowing that there is a frame.
 *
 *     static inline __attribute__((always_inline)) T acc__body_f(struct acc__frame_f *acc__f, acc_ctx *acc__cx, A a) {
 *         if (acc__f) switch (its state) { ... }
 *         ...                                           the body
 *     }
 *     T f(acc_ctx *acc__cx, A a) {
 *         if (acc_guarded(acc__cx)) { a new frame takes the arguments; return; }
 *         return acc__body_f(0, acc__cx, a);
 *     }
 *
 * needs: a lowered Func; leaves: text */
#include "function.h"

#include <ctype.h>
#include <string.h>

/* What the C compiler will not inline, or what tells the instances, or their names, apart. */
static bool singular(const Emit *e, const Node *n) {
    static const char *const nodes[] = {"label_address_expression", "gnu_asm_expression",  "gnu_asm_statement",
                                        "function_definition",      "attribute_specifier", "attribute_declaration"};
    static const char *const names[] = {"__func__",
                                        "__FUNCTION__",
                                        "__PRETTY_FUNCTION__",
                                        "vfork",
                                        "getcontext",
                                        "__builtin_return_address",
                                        "__builtin_frame_address",
                                        "__builtin_va_start",
                                        "__builtin_apply_args"};
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++)
        if (!strcmp(n->name, nodes[i])) return true;
    if (n->kind == N_identifier)
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (node_is(e->u->source, n, names[i])) return true;
    for (uint32_t i = 0; i < n->count; i++)
        if (singular(e, n->children[i])) return true;
    return false;
}

/* In characters, without blanks: macros are expanded already. */
static size_t text_size(const Source *s, size_t start, size_t end) {
    size_t n = 0;
    for (size_t i = start; i < end; i++) n += !isspace((unsigned char)s->text[i]);
    return n;
}

bool emit_is_small(const Emit *e) {
    enum { AWAITS = 2, SIZE = 400 };
    const Func *f = e->f;
    if (f->ordinary || f->generator || f->many || f->resident || f->awaits.len > 4 * AWAITS) return false;
    size_t suspensions = 0;
    for (size_t i = 0; i < f->awaits.len; i++) suspensions += ir_suspends(f->awaits.data[i]);
    if (suspensions > AWAITS || text_size(e->u->source, f->body_start, f->body_end) > SIZE) return false;
    const Node *type = node_field(f->node, F_type);
    if (!type || node_field(type, F_body) || (f->result->kind != TY_VOID && !f->result->before)) return false;
    const Node *params = node_field(async_declarator(node_field(f->node, F_declarator)), F_parameters);
    for (uint32_t i = 0; i < params->count; i++)
        if (node_named(params->children[i]) && params->children[i]->kind != N_parameter_declaration) return false;
    size_t named = 0;
    for (uint32_t i = 0; i < params->count; i++) {
        const Node *n = params->children[i];
        if (n->kind != N_parameter_declaration || (n->count == 1 && node_is(e->u->source, n, "void"))) continue;
        if (named == f->param_count) return false;
        const Var *v = f->vars.data[named++];
        if (v->at < n->start || v->at >= n->end || !v->type || !v->type->before || v->type->kind == TY_RECORD) return false;
    }
    for (size_t i = 0; i < f->vars.len; i++)
        if (f->vars.data[i]->vla) return false;
    const Node *first = f->node->children[0];
    if (first->kind != N_async_specifier && first->kind != N_storage_class_specifier) return false;
    for (uint32_t i = 0; i < f->node->count; i++)
        if (singular(e, f->node->children[i])) return false;
    return true;
}

static bool mentions(const Emit *e, const Node *n, const char *name) {
    if (n->kind == N_identifier && node_is(e->u->source, n, name)) return true;
    for (uint32_t i = 0; i < n->count; i++)
        if (mentions(e, n->children[i], name)) return true;
    return false;
}

static void entry_head(Emit *e) {
    Func *f = e->f;
    Printer *p = e->p;
    bool inlined = ir_inline(e->u, f->node), external = ir_specified(e->u, f->node, "extern");
    bool internal =
        f->is_main || ir_specified(e->u, f->node, "static") || (inlined && !external); /* as lower/plain.c has it */
    print_text(p, " %s%s", internal ? "static " : external ? "extern " : "", inlined ? "inline " : "");
    StrBuf head = {0};
    sb_printf(&head, "%s(acc_ctx *acc__cx", f->symbol);
    for (size_t i = 0; i < f->param_count; i++)
        sb_printf(&head, ", %s", emit_declared(e->a, f->vars.data[i]->type, arena_printf(e->a, "acc__a%zu", i)));
    sb_printf(&head, ")");
    print_text(p, "%s",
               f->result->before ? emit_declared(e->a, f->result, head.data) : arena_printf(e->a, "void %s", head.data));
    sb_free(&head);
}

/* The head of acc__body_f: f's own, but for what is said of its linkage, its name and its parameters' beginning. */
void emit_body_head(Emit *e) {
    Func *f = e->f;
    Printer *p = e->p;
    Node *declarator = node_field(f->node, F_declarator), *name = declared_name(declarator);
    Node *params = node_field(async_declarator(declarator), F_parameters);
    if (mentions(e, node_field(f->node, F_body), f->name)) { /* it calls itself */
        entry_head(e);
        print_text(p, ";");
    }
    print_text(p, " static inline __attribute__((__always_inline__)) ");
    for (uint32_t i = 0; i < f->node->count && f->node->children[i] != declarator; i++) {
        Node *n = f->node->children[i];
        if (n->kind == N_async_specifier || n->kind == N_storage_class_specifier) continue;
        print_span(p, n->start, n->end);
        print_text(p, " ");
    }
    print_span(p, declarator->start, name->start);
    print_text(p, "acc__body_%s", f->symbol);
    print_span(p, name->end, params->start);
    print_text(p, "(struct acc__frame_%s *acc__f, acc_ctx *acc__cx __attribute__((unused))%s", f->symbol,
               f->param_count ? ", " : ")");
    print_span(p, f->param_count ? params->start + 1 : params->end, f->body_start);
}

void emit_body_prologue(Emit *e) {
    print_text(e->p, "{");
    emit_returned(e);
    print_text(e->p, " const _Bool acc__new __attribute__((unused)) = !acc__f; if (!acc__new) {");
    emit_step_cases(e);
    print_text(e->p, " }");
    emit_resident(e);
}

void emit_entry_of(Emit *e) {
    Func *f = e->f;
    Printer *p = e->p;
    print_at(p, node_field(f->node, F_declarator)->start);
    entry_head(e);
    print_text(p,
               " { if (acc_guarded(acc__cx)) { struct acc__frame_%s *acc__f = (struct acc__frame_%s *)(void "
               "*)acc_enter_new(acc__cx, &acc__fn_%s); if (acc__f) {",
               f->symbol, f->symbol, f->symbol);
    for (size_t i = 0; i < f->param_count; i++) {
        Var *v = f->vars.data[i];
        const char *name = v->name;
        if (!v->field) continue;
        v->name = arena_printf(e->a, "acc__a%zu", i);
        emit_keep_argument(e, v);
        v->name = name;
    }
    print_text(p, " acc__f->acc__head.up.state = 65535; } %s } %sacc__body_%s(0, acc__cx", emit_nothing(e),
               f->result->kind == TY_VOID ? "" : "return ", f->symbol);
    for (size_t i = 0; i < f->param_count; i++) print_text(p, ", acc__a%zu", i);
    print_text(p, "); }");
}
