/* unit.c: the whole file: what is no async function's body as it stands, edits applied; the functions one by one.
 *
 * needs: Unit behind flow; leaves: C */
#include "emit.h"

#include <stdlib.h>

void emit_aliases(Printer *p, Unit *u, const char *text) {
    static const char prefix[] = "acc__type_";
    for (const char *at = text; at && (at = strstr(at, prefix));) {
        char *end;
        size_t number = strtoul(at + strlen(prefix), &end, 10);
        at = end;
        if (number >= u->sema->aliases.len || bitset_has(&u->aliased, number)) continue;
        bitset_add(&u->aliased, number);
        print_text(p, "%s ", u->sema->aliases.data[number]);
    }
}

void emit_aliases_of(Printer *p, Unit *u, size_t start, size_t end) {
    if (!u->sema->aliases.len) return;
    StrBuf text = {0};
    edits_apply(&u->edits, u->source->text, start, end, &text);
    emit_aliases(p, u, text.data);
    sb_free(&text);
}

/* What stands between the functions, with the outcome structures ahead of the declaration that first speaks of them. */
static void between(Printer *p, Unit *u, size_t *at, size_t end, size_t *outcome) {
    for (; *outcome < u->view->outcome_texts.len && u->view->outcome_texts.data[*outcome].start <= end; ++*outcome) {
        const Edit *text = &u->view->outcome_texts.data[*outcome];
        print_verbatim(p, *at, text->start);
        *at = text->start;
        print_text(p, " %s", text->text);
    }
    for (size_t i = 0; u->sema->aliases.len && i < u->source->regions.len; i++) { /* each function may need some */
        Region r = u->source->regions.data[i];
        if (r.start < *at || r.start >= end || !r.dialect) continue;
        print_verbatim(p, *at, r.start);
        *at = r.start;
        emit_aliases_of(p, u, r.start, r.end < end ? r.end : end);
    }
    print_verbatim(p, *at, end);
}

/* The C main of `async int main`. */
void emit_entry(Printer *p, const Func *f) {
    const char *discard = f->result->kind == TY_VOID ? "" : "(void)";
    static const char cold[] = "acc_thread_ctx()->cold";
    if (f->param_count == 0)
        print_text(p, " int main(void) { return acc_abi_main((%sacc__main(%s), acc_take(%s))); }", discard, cold, cold);
    else
        print_text(p, " int main(int argc, char **argv) { %sreturn acc_abi_main((%sacc__main(%s, argc%s), acc_take(%s))); }",
                   f->param_count < 2 ? "(void)argv; " : "", discard, cold, f->param_count > 1 ? ", argv" : "", cold);
}

void emit_c(Unit *u, StrBuf *out) {
    Printer p = {.source = u->source, .edits = &u->edits, .out = out, .fresh = true};
    size_t at = 0, outcome = 0;
    for (size_t i = 0; i < u->funcs.len; i++) {
        Func *f = u->funcs.data[i];
        between(&p, u, &at, f->node->start, &outcome);
        emit_function(&p, u, f);
        at = f->node->end;
        if (f->is_main) emit_entry(&p, f);
    }
    between(&p, u, &at, u->source->len, &outcome);
}
