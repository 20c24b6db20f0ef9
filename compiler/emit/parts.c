/* parts.c: what the emission of all functions and statements is made of.
 *
 * needs: a Func with its frame laid out; leaves: text */
#include "function.h"

#include "../flow/flow.h"

/* `before NAME after` */
const char *emit_declared(Arena *a, const Type *t, const char *name) {
    return arena_printf(a, "%s%s%s", t->before, name, t->after);
}

/* The value of a variable in the frame. */
const char *emit_stored(Emit *e, const Var *v) {
    return v->raw && v->place != PLACE_RESIDENT
               ? arena_printf(e->a, "*(__typeof__(%s) *)(void *)acc__f->%s", v->name, v->field)
               : frame_place(e->a, v);
}

/* to = from; either may be the variable, the other its place in the frame. */
void emit_assign(Emit *e, const Type *t, const char *to, const char *from) {
    if (t && t->const_member) print_text(e->p, " __builtin_memcpy((void *)&%s, &%s, sizeof %s);", to, from, to);
    else print_text(e->p, " %s = %s;", to, from);
}

/* A parameter that is assigned nowhere is in the frame since the frame was made, and stays there as long as it is live. Of a body
 * that stands twice, one instance makes it. */
void emit_save(Emit *e, const Await *w) {
    for (size_t i = 0; i < w->kept.len; i++) {
        const Var *v = w->kept.data[i];
        bool kept = v->param && !v->written && !v->address_taken;
        if (kept && e->f->generator) continue;
        if (kept && e->twice) print_text(e->p, " if (acc__new)");
        emit_assign(e, v->type, emit_stored(e, v), v->name);
    }
}

void emit_restore(Emit *e, const Await *w) {
    for (size_t i = 0; i < w->kept.len; i++) {
        const Var *v = w->kept.data[i];
        emit_assign(e, v->type, v->name, emit_stored(e, v));
    }
}

/* What an async function returns when it has nothing to return. */
const char *emit_nothing(Emit *e) {
    const Type *t = e->f->result;
    if (t->kind == TY_VOID) return "return;";
    if (t->kind == TY_RECORD || t->kind == TY_VECTOR)
        return arena_printf(e->a, "return (%s%s){};", t->before ? t->before : "", t->before ? t->after : "");
    return "return 0;";
}

/* Local outcomes start empty, and their errors go with the call. */
void emit_outcomes(Emit *e, bool begin) {
    for (size_t i = 0; i < e->owned.len; i++) {
        Var *v = e->owned.data[i];
        if (v->heap) print_text(e->p, begin ? " acc__f->%s = 0;" : " acc_abi_array_free(acc__f->%s);", v->field);
        if (v->holds) print_text(e->p, begin ? " acc__f->%s = 0;" : " acc_abi_hold(&acc__f->%s, 0);", v->field);
        if (!v->outcome) continue;
        if (begin) print_text(e->p, " __builtin_memset(&acc__f->%s, 0, sizeof acc__f->%s);", v->field, v->field);
        else {
            const Type *element = type_element(v->type);
            print_text(e->p, " acc_abi_drop_outcomes(&acc__f->%s, %lld, %lld);", v->field,
                       (long long)(v->type->size / element->size), (long long)element->size);
        }
    }
}

/* Where they are several, a function of its own drops them: there are as many ways out as awaits. */
bool emit_drops_apart(const Emit *e) { return e->owned.len > 1; }

void emit_leave(Emit *e) {
    if (emit_drops_apart(e)) print_text(e->p, " acc__drop_%s(acc__f);", e->f->symbol);
    else emit_outcomes(e, false);
    if (e->f->resident && !e->f->generator) print_text(e->p, " acc_frame_leave(acc__cx, &acc__f->acc__head);");
}

/* The declaration of a temporary, up to its name; nothing where it is declared already. */
void emit_declare_temp(Emit *e, const Var *v, bool assigned) {
    if (!v->temp || bitset_has(&e->declared, (size_t)v->id)) {
        print_text(e->p, "%s", v->name);
        return;
    }
    bitset_add(&e->declared, (size_t)v->id);
    if (v->type && v->type->before) print_text(e->p, "%s", emit_declared(e->a, v->type, v->name));
    else if (v->type && v->type->local) print_text(e->p, "%s%s", v->type->local, v->name);
    else if (v->like) {
        print_text(e->p, "__typeof__(((void)0, "); /* as a value: without qualifiers */
        print_code(e->p, v->like);
        print_text(e->p, ")) %s", v->name);
    } else print_text(e->p, "__auto_type %s", v->name);
    if (!assigned && (v->zeroed || v->zero))
        print_text(e->p, v->type && (v->type->kind == TY_RECORD || v->type->kind == TY_VECTOR) ? " = {}" : " = 0");
}

/* The way of an error: to its handler, or out of the function. */
void emit_failed(Emit *e, const char *handler) {
    if (handler) {
        print_text(e->p, " goto %s;", handler);
        return;
    }
    emit_leave(e);
    print_text(e->p, " %s", emit_nothing(e));
}
