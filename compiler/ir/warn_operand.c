/* warn_operand.c: -Wunevaluated-await: an await that is not performed, since only its type is asked.
 *
 * needs: an await; leaves: the warning, which translate.c drops where the operator comes from a macro's body */
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

void check_evaluated(Check *c, const Node *await) {
    bool size = false; /* in that of a variable-length array, which is evaluated wherever it stands */
    for (const Node *p = await->parent, *child = await; p; child = p, p = p->parent) {
        size |= (p->kind == N_array_declarator || p->kind == N_abstract_array_declarator) && child->as == F_size;
        const char *what = operator_of(p);
        if (p->kind == N_generic_expression && child->as == F_value && child->kind != N_generic_association)
            what = "_Generic"; /* what it chooses by */
        if (what) {
            if (size && p->kind == N_sizeof_expression && child->kind == N_type_descriptor) return; /* performed */
            if (size) {
                diag_add(c->u->diags, DIAG_ERROR, 6, NULL, check_place(c, await->start),
                         "'await' in the size of an array type, in the operand of '%s'", what);
                return;
            }
            Diag *d = diag_add(c->u->diags, DIAG_WARNING, 23, "unevaluated-await", check_place(c, await->start),
                               "'await' in the operand of '%s' has its type and is not performed", what);
            diag_by_hand(c->u->diags, d, p->start);
            return;
        }
        if (p->kind == N_statement_expression || p->kind == N_function_definition) return;
    }
}
