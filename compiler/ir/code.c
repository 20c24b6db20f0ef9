/* code.c: the pieces that lowered statements are made of. */
#include "ir.h"

static Code *piece(Arena *a, CodeKind kind) {
    Code *c = NEW(a, Code);
    c->kind = kind;
    return c;
}

Code *code_text(Arena *a, const char *fmt, ...) {
    char text[4096];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    Code *c = piece(a, CODE_TEXT);
    if (n < (int)sizeof text) c->text = arena_strndup(a, text, (size_t)n);
    else {
        StrBuf b = {0};
        va_start(ap, fmt);
        sb_vprintf(&b, fmt, ap);
        va_end(ap);
        c->text = arena_strndup(a, b.data, b.len);
        sb_free(&b);
    }
    return c;
}

Code *code_span(Arena *a, size_t start, size_t end) {
    Code *c = piece(a, CODE_SPAN);
    c->start = start;
    c->end = end;
    return c;
}

Code *code_var(Arena *a, Var *v) {
    Code *c = piece(a, CODE_VAR);
    c->var = v;
    return c;
}

Code *code_join(Code *a, Code *b) {
    if (!a) return b;
    Code *last = a->last ? a->last : a;
    while (last->next) last = last->next;
    last->next = b;
    a->last = b && b->last ? b->last : b ? b : last;
    return a;
}

Code *code_copy(Arena *a, const Code *c) {
    Code *first = NULL, **at = &first;
    for (; c; c = c->next) {
        *at = piece(a, c->kind);
        **at = *c;
        (*at)->next = (*at)->last = NULL;
        at = &(*at)->next;
    }
    return first;
}

const Node *ir_type_body(const Node *declaration, const Node **type) {
    for (uint32_t i = 0; declaration && i < declaration->count; i++) {
        const Node *n = *type = declaration->children[i], *body = NULL;
        if (n->kind != N_struct_specifier && n->kind != N_union_specifier && n->kind != N_enum_specifier) continue;
        body = node_field(n, F_body);
        /* One that a macro makes has its own kinds of nodes. */
        for (uint32_t k = 0; k < n->count && !body && n->kind == N_enum_specifier; k++)
            if (n->children[k]->kind != N_TOKEN && n->children[k]->as != F_name) body = n->children[k];
        if (body) return body;
    }
    return NULL;
}
