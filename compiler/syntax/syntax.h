/* syntax.h: the arrow from parse to view, analyse and build: a concrete tree of the user's regions.
 *
 * The kinds are the grammar's node names (grammar/src/node-types.json documents their shape); tokens without a name are
 * N_TOKEN, to be told apart by their text. */
#ifndef ACC_SYNTAX_H
#define ACC_SYNTAX_H

#include "../source/source.h"

/* clang-format off */
#define NODE_KINDS(X) \
    X(translation_unit) X(function_definition) X(declaration) X(type_definition) X(parameter_declaration) \
    X(field_declaration) X(parameter_list) X(variadic_parameter) X(type_descriptor) X(identifier) X(type_identifier) \
    X(field_identifier) X(statement_identifier) X(primitive_type) X(sized_type_specifier) X(struct_specifier) \
    X(union_specifier) X(enum_specifier) X(field_declaration_list) X(storage_class_specifier) X(type_qualifier) \
    X(attribute_specifier) X(attribute_declaration) X(typeof_specifier) X(alignas_qualifier) X(async_specifier) \
    X(acc_type_specifier) X(pointer_declarator) X(function_declarator) X(array_declarator) X(parenthesized_declarator) \
    X(init_declarator) X(attributed_declarator) X(abstract_pointer_declarator) X(abstract_function_declarator) \
    X(abstract_array_declarator) X(abstract_parenthesized_declarator) X(compound_statement) X(expression_statement) \
    X(if_statement) X(else_clause) X(while_statement) X(do_statement) X(for_statement) X(switch_statement) \
    X(case_statement) X(labeled_statement) X(goto_statement) X(break_statement) X(continue_statement) \
    X(return_statement) X(attributed_statement) X(try_statement) X(catch_clause) X(finally_clause) X(throw_statement) \
    X(defer_statement) X(async_for_statement) X(async_with_statement) X(await_expression) X(yield_expression) \
    X(acc_new_expression) X(parenthesized_expression) X(comma_expression) X(assignment_expression) X(binary_expression) \
    X(unary_expression) X(update_expression) X(pointer_expression) X(conditional_expression) X(cast_expression) \
    X(call_expression) X(argument_list) X(subscript_expression) X(field_expression) X(sizeof_expression) \
    X(alignof_expression) X(offsetof_expression) X(generic_expression) X(compound_literal_expression) \
    X(initializer_list) X(initializer_pair) X(statement_expression) X(label_address_expression) X(extension_expression) \
    X(gnu_asm_expression) X(string_literal) X(concatenated_string) X(number_literal) X(char_literal) X(comment) \
    X(static_assert_declaration) X(local_label_declaration) X(va_arg_expression) X(types_compatible_expression) \
    X(choose_expression) X(real_expression) X(imag_expression) X(field_designator) X(subscript_designator) \
    X(subscript_range_designator) X(catch_parameter) X(case_range) X(generic_association) X(atomic_type_specifier) \
    X(bit_int_specifier) X(bitfield_clause) X(ERROR)

#define NODE_FIELDS(X) \
    X(declarator) X(type) X(body) X(parameters) X(value) X(condition) X(consequence) X(alternative) X(initializer) \
    X(update) X(label) X(left) X(right) X(operator) X(argument) X(arguments) X(function) X(index) X(field) X(name) \
    X(size) X(designator) X(declaration) X(iterable) X(end) X(target) X(parameter) X(address) X(start) \
    X(underlying_type)
/* clang-format on */

typedef enum NodeKind {
    N_TOKEN,
    N_OTHER,
#define X(name) N_##name,
    NODE_KINDS(X)
#undef X
} NodeKind;

typedef enum NodeField {
    F_NONE,
#define X(name) F_##name,
    NODE_FIELDS(X)
#undef X
} NodeField;

typedef struct Node {
    NodeKind kind;
    NodeField as; /* the field of its parent that it fills */
    bool missing; /* supplied by the parser's error recovery */
    bool error;   /* an error lies in or under it */
    uint32_t count;
    size_t start, end;
    const char *name; /* the grammar's name of it */
    struct Node *parent;
    bool marked;          /* build: something in it suspends or throws */
    bool effects;         /* build: something in it calls, assigns or suspends */
    bool lowered;         /* lower: it was taken out of its expression */
    unsigned char stable; /* build: 0 not known yet, 1 no, 2 yes */
    bool jumps;           /* build: a goto, break, continue or return stands in it */
    struct Node **children;
} Node;

typedef struct Tree {
    const Source *source;
    VEC(Node *) regions;  /* one translation_unit for each region, in order */
    const Node *too_deep; /* what lies deeper than TREE_DEPTH, or NULL */
} Tree;

/* How deep a tree may be: what stack_run's stack holds of the phases' recursion and of clang's. */
enum { TREE_DEPTH = 100000 };

/* parse.c, the only file that knows tree-sitter. */
Tree *parse(Arena *a, const Source *s);

Node *node_field(const Node *n, NodeField f);                   /* the first child of that field, or NULL */
Node *node_child(const Node *n, NodeKind kind);                 /* the first child of that kind, or NULL */
bool node_is(const Source *s, const Node *n, const char *text); /* is its text this? */
bool node_same(const Source *s, const Node *a, const Node *b);  /* are their texts the same? */
bool node_named(const Node *n);                                 /* neither a token nor a comment */
Node *node_inner(const Node *n);                                /* the first named child, or NULL */
Node *node_stripped(const Node *n);                             /* what stands in the parentheses around an expression */
const Node *node_enclosing(const Node *n, NodeKind kind);       /* the nearest ancestor of that kind, or NULL */
const char *node_kind_name(NodeKind kind);
void tree_dump(const Tree *t, FILE *to); /* --dump=parse */

#endif
