/* parse.c: tree-sitter's trees of the regions, turned into trees of our own.
 *
 * needs: the regions and the marked copy that scan left
 * leaves: Tree; syntax errors stay in it as ERROR and missing nodes, for check to report */
#include "syntax.h"

#include <stdlib.h>
#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_acc(void);

typedef struct Names { /* the grammar's numbers for kinds and fields, in ours */
    NodeKind *kinds;
    uint32_t kind_count;
    NodeField *fields;
    uint32_t field_count;
} Names;

static const char *const kind_names[] = {"token", "other",
#define X(name) #name,
                                         NODE_KINDS(X)
#undef X
};
static const char *const field_names[] = {"",
#define X(name) #name,
                                          NODE_FIELDS(X)
#undef X
};

const char *node_kind_name(NodeKind kind) { return kind_names[kind]; }

static Names names_of(Arena *a, const TSLanguage *lang) {
    Names n = {.kind_count = ts_language_symbol_count(lang), .field_count = ts_language_field_count(lang) + 1};
    n.kinds = NEW_ARRAY(a, NodeKind, n.kind_count);
    n.fields = NEW_ARRAY(a, NodeField, n.field_count);
    for (uint32_t i = 0; i < n.kind_count; i++) {
        if (ts_language_symbol_type(lang, (TSSymbol)i) == TSSymbolTypeAnonymous) continue;
        n.kinds[i] = N_OTHER;
        const char *name = ts_language_symbol_name(lang, (TSSymbol)i);
        for (size_t k = N_OTHER + 1; k < sizeof kind_names / sizeof *kind_names; k++)
            if (*kind_names[k] == *name && !strcmp(kind_names[k], name)) n.kinds[i] = (NodeKind)k;
    }
    for (uint32_t i = 1; i < n.field_count; i++) {
        const char *name = ts_language_field_name_for_id(lang, (TSFieldId)i);
        for (size_t k = 1; k < sizeof field_names / sizeof *field_names; k++)
            if (*field_names[k] == *name && !strcmp(field_names[k], name)) n.fields[i] = (NodeField)k;
    }
    return n;
}

static Node *make_node(Arena *a, const Names *names, TSTreeCursor *c, size_t base, Node *parent) {
    TSNode t = ts_tree_cursor_current_node(c);
    Node *n = NEW(a, Node);
    TSSymbol symbol = ts_node_symbol(t);
    n->kind = symbol == (TSSymbol)-1 ? N_ERROR : symbol < names->kind_count ? names->kinds[symbol] : N_OTHER;
    if (!ts_node_is_named(t) && n->kind != N_ERROR) n->kind = N_TOKEN;
    TSFieldId field = ts_tree_cursor_current_field_id(c);
    n->as = field < names->field_count ? names->fields[field] : F_NONE;
    n->missing = ts_node_is_missing(t);
    n->error = ts_node_has_error(t);
    n->name = ts_node_type(t);
    n->start = base + ts_node_start_byte(t);
    n->end = base + ts_node_end_byte(t);
    n->parent = parent;
    n->children = NEW_ARRAY(a, Node *, ts_node_child_count(t));
    return n;
}

/* Without recursion: a file decides how deep it nests, not our stack. */
static Node *convert(Arena *a, const Names *names, TSTree *tree, size_t base, const Node **too_deep) {
    size_t depth = 0;
    TSTreeCursor c = ts_tree_cursor_new(ts_tree_root_node(tree));
    Node *root = make_node(a, names, &c, base, NULL), *n = root;
    for (;;) {
        if (ts_tree_cursor_goto_first_child(&c)) {
            Node *child = make_node(a, names, &c, base, n);
            n->children[n->count++] = child;
            n = child;
            if (++depth > TREE_DEPTH && !*too_deep) *too_deep = n;
            continue;
        }
        while (!ts_tree_cursor_goto_next_sibling(&c)) {
            if (!ts_tree_cursor_goto_parent(&c)) {
                ts_tree_cursor_delete(&c);
                return root;
            }
            n = n->parent;
            depth--;
        }
        Node *parent = n->parent, *child = make_node(a, names, &c, base, parent);
        parent->children[parent->count++] = child;
        n = child;
    }
}

Tree *parse(Arena *a, const Source *s) {
    Tree *t = NEW(a, Tree);
    t->source = s;
    const TSLanguage *lang = tree_sitter_acc();
    TSParser *parser = ts_parser_new();
    if (!ts_parser_set_language(parser, lang)) bug("the grammar does not fit the installed tree-sitter library");
    Names names = names_of(a, lang);
    for (size_t i = 0; i < s->regions.len; i++) {
        Region r = s->regions.data[i];
        TSTree *ts = ts_parser_parse_string(parser, NULL, s->marked + r.start, (uint32_t)(r.end - r.start));
        if (!ts) bug("tree-sitter gave no tree for a region");
        vec_push(a, &t->regions, convert(a, &names, ts, r.start, &t->too_deep));
        ts_tree_delete(ts);
    }
    ts_parser_delete(parser);
    return t;
}

Node *node_field(const Node *n, NodeField f) {
    for (uint32_t i = 0; i < n->count; i++)
        if (n->children[i]->as == f) return n->children[i];
    return NULL;
}

Node *node_child(const Node *n, NodeKind kind) {
    for (uint32_t i = 0; i < n->count; i++)
        if (n->children[i]->kind == kind) return n->children[i];
    return NULL;
}

bool node_same(const Source *s, const Node *a, const Node *b) {
    return a->end - a->start == b->end - b->start && !memcmp(s->text + a->start, s->text + b->start, a->end - a->start);
}

bool node_named(const Node *n) { return n->kind != N_TOKEN && n->kind != N_comment; }

Node *node_inner(const Node *n) {
    for (uint32_t i = 0; i < n->count; i++)
        if (node_named(n->children[i])) return n->children[i];
    return NULL;
}

Node *node_stripped(const Node *n) {
    while (n->kind == N_parenthesized_expression && node_inner(n)) n = node_inner(n);
    return (Node *)n;
}

bool node_is(const Source *s, const Node *n, const char *text) {
    size_t len = strlen(text);
    return n->end - n->start == len && !memcmp(s->text + n->start, text, len);
}

const Node *node_enclosing(const Node *n, NodeKind kind) {
    for (n = n->parent; n && n->kind != kind; n = n->parent) {
    }
    return n;
}

void tree_dump(const Tree *t, FILE *to) {
    for (size_t i = 0; i < t->regions.len; i++) {
        const Node *n = t->regions.data[i];
        size_t depth = 0, *at = calloc(1, sizeof *at), cap = 1;
        for (;;) {
            if (!at[depth]) {
                Place p = source_place(t->source, n->start);
                fprintf(to, "%*s%s%s%s", (int)depth * 2, "", n->as ? field_names[n->as] : "", n->as ? ": " : "", n->name);
                if (n->missing) fputs(" MISSING", to);
                fprintf(to, " @%u", p.line);
                if (!n->count && n->kind != N_TOKEN)
                    fprintf(to, " `%.*s`", (int)(n->end - n->start), t->source->text + n->start);
                fputc('\n', to);
            }
            if (at[depth] < n->count) {
                n = n->children[at[depth]++];
                if (++depth == cap) at = realloc(at, (cap *= 2) * sizeof *at);
                if (!at) bug("out of memory");
                at[depth] = 0;
            } else if (depth--) n = n->parent;
            else break;
        }
        free(at);
    }
}
