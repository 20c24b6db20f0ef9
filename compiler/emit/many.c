/* many.c: a function of many awaits.
 *
 * What each of them adds is as little as may be: for most its number, a call into the frame, one branch and one label. The
 * rest, which is the same for all, stands once, in the prologue:
 *
 *         if (acc__site != 65535) {                    it is resumed
 *             if (acc__cx->signal) goto acc__suspend;  with an error
 *             goto *acc__resume[acc__site - 1];        the labels behind the awaits
 *         acc__suspend: acc__site = the frame's state;
 *             if (acc_pend(...)) return;               the frame's link, or the error
 *             leave, or to the handler
 *         }
 *         ...
 *         acc__f->acc__head.up.state = 1; acc__f->acc__result_1 = g(...);
 *         if (acc__cx->signal) goto acc__suspend;
 *     acc__resume_1:
 *
 * needs: a Func of which flow says `many`; leaves: text */
#include "function.h"

#include <string.h>

/* A generator's step has no prologue of that kind. */
bool emit_shared_tail(const Func *f) { return f->many && !f->generator; }

/* Is the value of the call stored in the frame at once? */
bool emit_into_frame(const Await *w, bool assigned) {
    const Var *v = w->result;
    return assigned && w->kind == AWAIT_CALL && v->field && v->place == PLACE_LOCAL && !v->raw && !v->type->const_member &&
           !w->kept.len;
}

/* What its handler may read is restored first, and gcc must see that it is: such an await has a suspension of its own. */
bool emit_alone(const Await *w) { return w->kept.len && w->handler; }

static void many_places(Emit *e) {
    const Func *f = e->f;
    print_text(e->p, " static const unsigned acc__places[] = {");
    for (size_t i = 0; i < f->awaits.len; i++) {
        const Await *w = f->awaits.data[i];
        if (ir_suspends(w) && w->result && w->result->field)
            print_text(e->p, "%s__builtin_offsetof(struct acc__frame_%s, %s)", i ? ", " : "", f->symbol, w->result->field);
        else print_text(e->p, "%s0", i ? ", " : "");
    }
    print_text(e->p, "};");
}

/* What gcc is told of such a function: a thousand blocks that a switch reaches cost its passes more than a thousand calls do in all,
 * and there is little to find in them, since all that lives across an await is in memory. */
void emit_few_passes(Printer *p) {
    static const char *const off[] = {"inline",
                                      "forward-propagate",
                                      "dce",
                                      "dse",
                                      "guess-branch-probability",
                                      "tree-ccp",
                                      "tree-copy-prop",
                                      "tree-dce",
                                      "tree-dominator-opts",
                                      "tree-fre",
                                      "tree-ter",
                                      "tree-coalesce-vars",
                                      "combine-stack-adjustments",
                                      "compare-elim",
                                      "shrink-wrap",
                                      "split-wide-types",
                                      "cprop-registers",
                                      "reorder-blocks",
                                      "allocation-dce",
                                      "ipa-reference",
                                      "ipa-reference-addressable"};
    print_text(p, " __attribute__((__optimize__(\"Og\"");
    for (size_t i = 0; i < sizeof off / sizeof *off; i++) print_text(p, ",\"no-%s\"", off[i]);
    print_text(p, "))) ");
}

/* Where all of the awaits have their results, NULL: in several places, or none has one. The results that are no variable of the
 * user's share a union. */
static const char *one_place(const Func *f, bool *several) {
    const char *place = NULL;
    for (size_t i = 0; i < f->awaits.len; i++) {
        const Await *w = f->awaits.data[i];
        if (!ir_suspends(w) || !w->result || !w->result->field) continue;
        *several |= w->result->place != PLACE_LOCAL;
        if (!place) place = w->result->field;
    }
    return place;
}

/* Results that are used once, and over no other await, stay where they are stored. */
static void many_direct(const Func *f) {
    for (size_t i = 0; i < f->awaits.len; i++) {
        const Await *w = f->awaits.data[i];
        if (w->result) w->result->direct = !w->result->unused && w->result->mentions == 2 && emit_into_frame(w, true);
    }
    for (size_t i = 0; i < f->awaits.len; i++)
        for (size_t k = 0; k < f->awaits.data[i]->kept.len; k++) f->awaits.data[i]->kept.data[k]->direct = false;
}

static bool takes_labels(const Node *n) {
    bool takes = !strcmp(n->name, "label_address_expression");
    for (uint32_t i = 0; i < n->count && !takes; i++) takes = takes_labels(n->children[i]);
    return takes;
}

/* To the await at which it waited. gcc looks for jump tables in a switch in quadratic time; a table of labels it takes as it is.
 * But each computed goto may go to each label whose address is taken, and the user's may be where ours must not go. */
static void many_resume(Emit *e) {
    const Func *f = e->f;
    bool table = !takes_labels(f->node);
    print_text(e->p, table ? " static const void *const acc__resume[] = {" : " switch (acc__site) {");
    for (size_t i = 0; i < f->awaits.len; i++) {
        bool suspends = ir_suspends(f->awaits.data[i]);
        if (!table && suspends) print_text(e->p, " case %zu: goto acc__resume_%zu;", i + 1, i + 1);
        else if (table && suspends) print_text(e->p, "%s&&acc__resume_%zu", i ? ", " : "", i + 1);
        else if (table) print_text(e->p, "%s0", i ? ", " : "");
    }
    print_text(e->p, table ? "}; goto *acc__resume[acc__site - 1];" : " }");
}

void emit_many_dispatch(Emit *e) {
    Func *f = e->f;
    Printer *p = e->p;
    bool some = false, handlers = false, suspends = false, several = false;
    const char *place = one_place(f, &several);
    for (size_t i = 0; i < f->awaits.len; i++) {
        const Await *w = f->awaits.data[i];
        some |= ir_suspends(w) && emit_alone(w);
        handlers |= ir_suspends(w) && w->handler && !emit_alone(w);
        suspends |= ir_suspends(w);
    }
    if (!suspends) return;
    many_direct(f);
    if (several) many_places(e);
    print_text(p, " if (__builtin_expect(acc__site != 65535, 0)) {");
    print_note(p, "where is it to go on?");
    print_text(p, " if (acc__cx->signal) ");
    if (some) {
        print_text(p, "switch (acc__site) {");
        for (size_t i = 0; i < f->awaits.len; i++)
            if (ir_suspends(f->awaits.data[i]) && emit_alone(f->awaits.data[i])) print_text(p, " case %zu:", i + 1);
        print_text(p, " break; default: goto acc__suspend; }");
    } else print_text(p, "goto acc__suspend;");
    many_resume(e);
    print_note(p, "any of the awaits waits, or has failed");
    print_text(p,
               " acc__suspend: acc__site = acc__f->acc__head.up.state; if (acc_pend(acc__cx, &acc__f->acc__head, "
               "&acc__fn_%s, acc__site, ",
               f->symbol);
    if (several) print_text(p, "acc__places[acc__site - 1]");
    else if (place) print_text(p, "__builtin_offsetof(struct acc__frame_%s, %s)", f->symbol, place);
    else print_text(p, "0");
    print_text(p, ")) %s", emit_nothing(e));
    if (handlers) {
        print_text(p, " switch (acc__site) {");
        for (size_t i = 0; i < f->awaits.len; i++) {
            const Await *w = f->awaits.data[i];
            if (ir_suspends(w) && w->handler && !emit_alone(w)) print_text(p, " case %zu: goto %s;", i + 1, w->handler);
        }
        print_text(p, " }");
    }
    emit_failed(e, NULL);
    print_text(p, " }");
}

/* An await's end, behind its call. */
void emit_many_await(Emit *e, const Await *w, bool in_frame, bool dropped) {
    Printer *p = e->p;
    print_text(p, "; if (acc__cx->signal) "); /* expected or not: gcc has a pass for that, too */
    if (w->kept.len) print_text(p, "{");
    emit_save(e, w);
    print_text(p, "%sgoto acc__suspend;%s", w->kept.len ? " " : "", w->kept.len ? " }" : "");
    bool retried = w->kind == AWAIT_GATHER;
    bool loads = !retried && !in_frame && w->result && w->result->field && !dropped;
    bool at_once = !w->kept.len && !retried && !loads; /* there is nothing to do but to go on */
    if (!at_once) print_text(p, " if (0) {");
    print_text(p, " acc__resume_%d:", w->site);
    emit_restore(e, w);
    if (retried) print_text(p, " goto acc__retry_%d;", w->site);
    if (loads) emit_assign(e, w->result->type, w->result->name, emit_stored(e, w->result));
    print_text(p, at_once ? ";" : " }");
    if (!in_frame || w->result->direct) return;
    print_text(p, " ");
    emit_declare_temp(e, w->result, true);
    print_text(p, " = %s;", emit_stored(e, w->result));
}
