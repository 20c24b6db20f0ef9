/* warn_operand.c: -Wunevaluated-await: an await that is not performed, since only its type is asked.
 *
 * needs: the walk's way down, and an await; leaves: the warning, which translate.c drops where the operator comes from a macro's
 * body */
#include "check.h"

static const char *operator_of(const Node *n) {
    switch (n->kind) {
        case N_sizeof_expression: return "sizeof";
        case N_alignof_expression: return "_Alignof";
        case N_typeof_specifier: return "typeof";
        case N_alignas_qualifier: return "_Alignas";
        case N_acc_type_specifier: return "a type";
        case N_types_compatible_expression: return "__builtin_types_compatible_p";
        default: return NULL;
    }
}

/* The walk goes down from n to its child: is that an operand which is not evaluated, or in the size of an array type? */
void check_operand(Check *c, const Node *n, const Node *child) {
    Around *a = &c->around;
    const char *word = operator_of(n);
    if (n->kind == N_generic_expression && child->as == F_value && child->kind != N_generic_association)
        word = "_Generic"; /* what it chooses by */
    if (word) *a = (Around){n, word, child->kind == N_type_descriptor, false, a->no_await};
    else if (n->kind == N_statement_expression || n->kind == N_function_definition) a->by = NULL;
    if ((n->kind == N_array_declarator || n->kind == N_abstract_array_declarator) && child->as == F_size) a->size = true;
}

void check_evaluated(Check *c, const Node *await) {
    const Around *a = &c->around;
    if (!a->by) return;
    if (a->size && a->by->kind == N_sizeof_expression && a->type) return; /* performed, wherever it stands */
    if (a->size) {
        diag_add(c->u->diags, DIAG_ERROR, 6, NULL, check_place(c, await->start),
                 "'await' in the size of an array type, in the operand of '%s'", a->word);
        return;
    }
    Diag *d = diag_add(c->u->diags, DIAG_WARNING, 23, "unevaluated-await", check_place(c, await->start),
                       "'await' in the operand of '%s' has its type and is not performed", a->word);
    diag_by_hand(c->u->diags, d, a->by->start);
}
