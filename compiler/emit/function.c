/* function.c: one async function in C.
 *
 *     struct acc__frame_f { ... };                      the frame (flow/frame.c)
 *     static const acc_site acc__sites_f[] = ...;       where its awaits are
 *     static const acc_fn acc__fn_f = ...;
 *     T f(acc_ctx *acc__cx, A a) {                      the function under its own name
 *         struct acc__frame_f *acc__f = 0;
 *         if (acc_guarded(acc__cx)) { ... }             resumed, made cold, or the stack is nearly used up
 *         ...                                           the body
 *     }
 *     static void acc__step_f(...) { ... }              what the trampoline calls
 *
 * needs: a lowered Func with its frame laid out; leaves: text */
#include "emit.h"

#include <ctype.h>
#include <strings.h>

#include "../flow/flow.h"

typedef struct Emit {
    Printer *p;
    Unit *u;
    Func *f;
    Arena *a;
    BitSet declared;            /* temporaries */
    VEC(Var *) owned;           /* what begins empty in the frame and goes with the call */
    VEC(const Node *) comments; /* "fall through" */
    const char *pend;           /* what links the frame: inline, or a call */
} Emit;

/* `before NAME after` */
static const char *declared(Arena *a, const Type *t, const char *name) {
    return arena_printf(a, "%s%s%s", t->before, name, t->after);
}

static void field(Emit *e, const Var *v) {
    Printer *p = e->p;
    if (v->vla) {
        if (v->heap) print_text(p, " void *%s;", v->field);
        else if (!v->type_name)
            print_text(p, " _Alignas(%lld) unsigned char %s[%lld];", (long long)v->type->align, v->field,
                       (long long)v->type->size);
        for (int i = 1; i <= v->dimensions; i++) print_text(p, " __typeof__(sizeof 0) %s_size_%d;", v->field, i);
        return;
    }
    if (v->aligned) print_text(p, " %s", v->aligned);
    if (v->raw)
        print_text(p, " _Alignas(%lld) unsigned char %s[%lld];", (long long)(v->type->align > 0 ? v->type->align : 1),
                   v->field, (long long)(v->type->size > 0 ? v->type->size : 1));
    else if (v->place == PLACE_RESIDENT && v->type->is_volatile)
        print_text(p, " volatile __typeof__(%s%s) %s;", v->type->before, v->type->after, v->field);
    else print_text(p, " %s;", declared(e->a, v->type, v->field));
}

/* The value of a variable in the frame. */
static const char *stored(Emit *e, const Var *v) {
    return v->raw && v->place != PLACE_RESIDENT
               ? arena_printf(e->a, "*(__typeof__(%s) *)(void *)acc__f->%s", v->name, v->field)
               : frame_place(e->a, v);
}

/* to = from; either may be the variable, the other its place in the frame. */
static void assign(Emit *e, const Type *t, const char *to, const char *from) {
    if (t && t->const_member) print_text(e->p, " __builtin_memcpy((void *)&%s, &%s, sizeof %s);", to, from, to);
    else print_text(e->p, " %s = %s;", to, from);
}

static void frame_parts(Emit *e, const FramePart *of) {
    for (size_t i = 0; i < of->parts.len; i++) {
        const FramePart *x = of->parts.data[i];
        if (x->kind == PART_FIELD) {
            field(e, x->var);
            continue;
        }
        print_text(e->p, x->kind == PART_UNION ? " union {" : " struct {");
        if (x->blocks && of == e->f->frame)
            print_text(e->p, " char acc__blocks;"); /* a debugger knows by it that these are no copies */
        frame_parts(e, x);
        print_text(e->p, " };");
    }
}

static void frame(Emit *e) {
    Func *f = e->f;
    Printer *p = e->p;
    print_heading(p, "what %s keeps while it is suspended", f->name);
    print_text(p, "struct acc__frame_%s { acc_frame acc__head;", f->symbol);
    if (f->generator) {
        print_text(p, " acc_generation acc__gen;");
        if (f->sent->kind != TY_VOID) print_text(p, " %s;", declared(e->a, f->sent, "acc__sent"));
    }
    frame_parts(e, f->frame);
    print_text(p, " };");
}

static void constants(Emit *e) {
    Func *f = e->f;
    Printer *p = e->p;
    print_text(p, " static void acc__step_%s(acc_ctx *, acc_frame *);", f->symbol);
    size_t sites = e->u->no_tracebacks ? 0 : f->awaits.len;
    if (sites) {
        StrBuf file = {0};
        print_heading(p, "its awaits, for tracebacks, and what else the runtime must know of it");
        print_text(p, " static const acc_site acc__sites_%s[] = {", f->symbol);
        for (size_t i = 0; i < sites; i++) {
            Place at = source_place(e->u->source, f->awaits.data[i]->at);
            file.len = 0;
            sb_quote(&file, at.file);
            print_text(p, "%s{%.*s, %u}", i ? ", " : "", (int)file.len, file.data, at.line);
        }
        sb_free(&file);
        print_text(p, "};");
    }
    bool sized = f->result->kind != TY_VOID;
    print_text(p, " static const acc_fn acc__fn_%s = {acc__step_%s, \"%s\", ", f->symbol, f->symbol, f->name);
    if (sites) print_text(p, "acc__sites_%s", f->symbol);
    else print_text(p, "0");
    print_text(p, ", sizeof(struct acc__frame_%s), ", f->symbol);
    if (!sized) print_text(p, "0");
    else if (f->result->before) print_text(p, "sizeof(%s%s)", f->result->before, f->result->after);
    else print_text(p, "%lld", (long long)f->result->size);
    /* the result is stored where the frame was: both must fit */
    if (f->result->align > 8)
        print_text(p, ", _Alignof(struct acc__frame_%s) > %lld ? _Alignof(struct acc__frame_%s) : %lld, %zu}; ", f->symbol,
                   (long long)f->result->align, f->symbol, (long long)f->result->align, sites);
    else print_text(p, ", _Alignof(struct acc__frame_%s), %zu}; ", f->symbol, sites);
}

/* What an async function returns when it has nothing to return. */
static const char *nothing(Emit *e) {
    const Type *t = e->f->result;
    if (t->kind == TY_VOID) return "return;";
    if (t->kind == TY_RECORD || t->kind == TY_VECTOR)
        return arena_printf(e->a, "return (%s%s){};", t->before ? t->before : "", t->before ? t->after : "");
    return "return 0;";
}

/* Local outcomes start empty, and their errors go with the call. */
static void outcomes(Emit *e, bool begin) {
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

/* The sizes in a parameter's type mention other parameters by their names, also those that live in the frame. */
static bool sized_parameters(const Func *f) {
    for (size_t i = 0; i < f->param_count; i++)
        if (f->vars.data[i]->vla) return true;
    return false;
}

/* Where awaits are few, the code that links the frame stands at each; it would be most of what one takes. */
static const char *linking(const Func *f) {
    enum { FEW = 2 };
    size_t suspensions = 0;
    for (size_t i = 0; i < f->awaits.len; i++) suspensions += ir_suspends(f->awaits.data[i]);
    return suspensions <= FEW ? "acc_pend" : "acc_pend_far";
}

/* Where they are several, a function of its own drops them: there are as many ways out as awaits. */
static bool drops_apart(const Emit *e) { return e->owned.len > 1; }

static void drops(Emit *e) {
    if (!drops_apart(e)) return;
    print_heading(e->p, "what goes with a call of it");
    print_text(e->p, "static __attribute__((unused)) void acc__drop_%s(struct acc__frame_%s *acc__f) {", e->f->symbol,
               e->f->symbol);
    outcomes(e, false);
    print_text(e->p, " } ");
}

static void leave(Emit *e) {
    if (drops_apart(e)) print_text(e->p, " acc__drop_%s(acc__f);", e->f->symbol);
    else outcomes(e, false);
    if (e->f->resident && !e->f->generator) print_text(e->p, " acc_frame_leave(acc__cx, &acc__f->acc__head);");
}

/* The declaration of a temporary, up to its name; nothing where it is declared already. */
static void declare_temp(Emit *e, const Var *v, bool assigned) {
    if (!v->temp || bitset_has(&e->declared, (size_t)v->id)) {
        print_text(e->p, "%s", v->name);
        return;
    }
    bitset_add(&e->declared, (size_t)v->id);
    if (v->type && v->type->before) print_text(e->p, "%s", declared(e->a, v->type, v->name));
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
static void failed(Emit *e, const char *handler) {
    if (handler) {
        print_text(e->p, " goto %s;", handler);
        return;
    }
    leave(e);
    print_text(e->p, " %s", nothing(e));
}

/* ---- where awaits are many ----
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
 */

/* A generator's step has no prologue of that kind. */
static bool shared_tail(const Func *f) { return f->many && !f->generator; }

/* Is the value of the call stored in the frame at once? */
static bool into_frame(const Await *w, bool assigned) {
    const Var *v = w->result;
    return assigned && w->kind == AWAIT_CALL && v->field && v->place == PLACE_LOCAL && !v->raw && !v->type->const_member &&
           !w->kept.len;
}

/* What its handler may read is restored first, and gcc must see that it is: such an await has a suspension of its own. */
static bool alone(const Await *w) { return w->kept.len && w->handler; }

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
static void few_passes(Printer *p) {
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
        if (w->result) w->result->direct = !w->result->unused && w->result->mentions == 2 && into_frame(w, true);
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

static void many_dispatch(Emit *e) {
    Func *f = e->f;
    Printer *p = e->p;
    bool some = false, handlers = false, suspends = false, several = false;
    const char *place = one_place(f, &several);
    for (size_t i = 0; i < f->awaits.len; i++) {
        const Await *w = f->awaits.data[i];
        some |= ir_suspends(w) && alone(w);
        handlers |= ir_suspends(w) && w->handler && !alone(w);
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
            if (ir_suspends(f->awaits.data[i]) && alone(f->awaits.data[i])) print_text(p, " case %zu:", i + 1);
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
    print_text(p, ")) %s", nothing(e));
    if (handlers) {
        print_text(p, " switch (acc__site) {");
        for (size_t i = 0; i < f->awaits.len; i++) {
            const Await *w = f->awaits.data[i];
            if (ir_suspends(w) && w->handler && !alone(w)) print_text(p, " case %zu: goto %s;", i + 1, w->handler);
        }
        print_text(p, " }");
    }
    failed(e, NULL);
    print_text(p, " }");
}

/* An await's end, behind its call. */
static void many_await(Emit *e, const Await *w, bool in_frame, bool dropped) {
    Printer *p = e->p;
    print_text(p, "; if (acc__cx->signal) "); /* expected or not: gcc has a pass for that, too */
    if (w->kept.len) print_text(p, "{");
    for (size_t i = 0; i < w->kept.len; i++)
        assign(e, w->kept.data[i]->type, stored(e, w->kept.data[i]), w->kept.data[i]->name);
    print_text(p, "%sgoto acc__suspend;%s", w->kept.len ? " " : "", w->kept.len ? " }" : "");
    bool retried = w->kind == AWAIT_TASK || w->kind == AWAIT_GATHER;
    bool loads = !retried && !in_frame && w->result && w->result->field && !dropped;
    bool at_once = !w->kept.len && !retried && !loads; /* there is nothing to do but to go on */
    if (!at_once) print_text(p, " if (0) {");
    print_text(p, " acc__resume_%d:", w->site);
    for (size_t i = 0; i < w->kept.len; i++)
        assign(e, w->kept.data[i]->type, w->kept.data[i]->name, stored(e, w->kept.data[i]));
    if (retried) print_text(p, " goto acc__retry_%d;", w->site);
    if (loads) assign(e, w->result->type, w->result->name, stored(e, w->result));
    print_text(p, at_once ? ";" : " }");
    if (!in_frame || w->result->direct) return;
    print_text(p, " ");
    declare_temp(e, w->result, true);
    print_text(p, " = %s;", stored(e, w->result));
}

/* The resume switch's cases for a body that begins and for the awaits. */
static void resume_cases(Emit *e) {
    Func *f = e->f;
    Printer *p = e->p;
    print_text(p, " case 65535:");
    print_note(p, "the body is to begin");
    bool sized = sized_parameters(f);
    for (size_t i = 0; i < f->param_count; i++) {
        Var *v = f->vars.data[i];
        if (v->field && (v->place != PLACE_RESIDENT || (sized && !v->vla))) assign(e, v->type, v->name, stored(e, v));
    }
    outcomes(e, true);
    print_text(p, " break;");
    if (shared_tail(f)) return; /* many_dispatch has them */
    for (size_t i = 0; i < f->awaits.len; i++)
        if (ir_suspends(f->awaits.data[i]))
            print_text(p, " case %d: goto acc__resume_%d;", f->awaits.data[i]->site, f->awaits.data[i]->site);
}

/* The C function of a generator's name makes the generator; its body is the step function. */
static void generator(Emit *e) {
    Func *f = e->f;
    Printer *p = e->p;
    print_text(p,
               "{ struct acc__frame_%s *acc__f = (struct acc__frame_%s *)(void *)acc_generator_new(acc__cx, &acc__fn_%s); ",
               f->symbol, f->symbol, f->symbol);
    bool sent = f->sent->kind != TY_VOID;
    if (f->param_count || sent) {
        print_text(p, "if (acc__f) {");
        for (size_t i = 0; i < f->param_count; i++) {
            Var *v = f->vars.data[i];
            if (v->field) assign(e, v->type, stored(e, v), v->name);
        }
        if (sent) print_text(p, " acc__f->acc__gen.sent_to = &acc__f->acc__sent;");
        print_text(p, " }");
    }
    print_text(p, " return acc_generator_take(acc__cx, (acc_frame *)(void *)acc__f); }");
    print_heading(p, "its body, which each step enters");
    print_text(p, " static void acc__step_%s(acc_ctx *acc__cx, acc_frame *acc__frame) {", f->symbol);
    print_text(p, " struct acc__frame_%s *acc__f = (struct acc__frame_%s *)(void *)acc__frame;", f->symbol, f->symbol);
    print_text(p, " if (acc__cx->resume) acc_enter(acc__cx, acc__frame->fn);");
    print_note(p, "by the loop, not by a call");
    bool sized = sized_parameters(f);
    for (size_t i = 0; i < f->param_count; i++) {
        Var *v = f->vars.data[i];
        if (v->place == PLACE_RESIDENT && (!sized || v->vla)) continue;
        print_text(p, " %s __attribute__((unused)) = %s;", declared(e->a, v->type, v->name),
                   v->type->kind == TY_RECORD || v->type->kind == TY_VECTOR ? "{}" : "0");
    }
    print_text(p, " switch (acc__f->acc__head.up.state) {");
    resume_cases(e);
    print_text(p, " }");
}

/* Declared ahead of where a resumption jumps, so that every path has it initialised. */
static void returned(Emit *e) {
    if (!e->f->returned) return;
    print_text(e->p, " ");
    declare_temp(e, e->f->returned, false);
    print_text(e->p, ";");
}

/* Into the frame. A pointer to a variable-length array, whose sizes the frame has not got yet, goes there as it is. */
static void keep_argument(Emit *e, const Var *v) {
    if (v->vla)
        print_text(e->p, " __builtin_memcpy((void *)acc__f->%s, (const void *)&%s, sizeof(void *));", v->field, v->name);
    else assign(e, v->type, stored(e, v), v->name);
}

static void prologue(Emit *e) {
    Func *f = e->f;
    Printer *p = e->p;
    print_text(p, "{");
    returned(e);
    print_text(p, " struct acc__frame_%s *acc__f = 0;%s if (acc_guarded(acc__cx)) {", f->symbol,
               f->many ? " unsigned acc__site = 65535;" : "");
    print_note(p, "no plain call: it is resumed, or made without being run");
    print_text(p, " acc__f = (struct acc__frame_%s *)(void *)acc_enter(acc__cx, &acc__fn_%s); if (!acc__f) %s", f->symbol,
               f->symbol, nothing(e));
    if (f->many) print_text(p, " acc__site = acc__f->acc__head.up.state;");
    print_text(p, f->many ? " switch (acc__site) {" : " switch (acc__f->acc__head.up.state) {");
    print_note(p, "the resume switch: where is it to go on?");
    print_text(p, " case 0:");
    print_note(p, "nowhere: the frame is new, and keeps the arguments");
    for (size_t i = 0; i < f->param_count; i++)
        if (f->vars.data[i]->field) keep_argument(e, f->vars.data[i]);
    print_text(p, " acc__f->acc__head.up.state = 65535; %s", nothing(e));
    resume_cases(e);
    print_text(p, " } }");
    if (f->resident) {
        print_heading(p, "what has an address lives in the frame from the start");
        print_text(
            p,
            " if (!acc__f) { acc__f = (struct acc__frame_%s *)(void *)acc_frame_new(acc__cx, &acc__fn_%s); if (!acc__f) %s",
            f->symbol, f->symbol, nothing(e));
        for (size_t i = 0; i < f->param_count; i++) {
            Var *v = f->vars.data[i];
            if (v->place == PLACE_RESIDENT && v->field) keep_argument(e, v);
        }
        outcomes(e, true);
        print_text(p, " }");
    }
    if (f->many) many_dispatch(e);
}

/* The comments behind what becomes several lines stand above them. */
static void line_comments(Emit *e, size_t at) {
    while (at < e->u->source->len && e->u->source->text[at] != '\n') at++;
    print_comments(e->p, at);
}

/* For the reader: which of the user's awaits the lines that follow are. */
static void suspension_point(Emit *e, const Await *w) {
    Printer *p = e->p;
    if (!p->layout) return;
    line_comments(e, w->at);
    Place at = source_place(e->u->source, w->at);
    const char *slash = strrchr(at.file, '/');
    print_heading(p, "%s %d: %s, %s:%u", w->kind == AWAIT_THROW ? "call that may throw, place" : "suspension point", w->site,
                  await_text(e->a, e->u->source, w, 60), slash ? slash + 1 : at.file, at.line);
}

static void yield(Emit *e, const Await *w) {
    Printer *p = e->p;
    Func *f = e->f;
    bool wanted = w->result && !w->result->unused;
    if (wanted) {
        declare_temp(e, w->result, false);
        print_text(p, "; ");
    }
    print_text(p, "{ %s = ", declared(e->a, f->yields, "acc__value"));
    print_code(p, w->call);
    print_at(p, w->at);
    print_text(p, "; if (acc__f->acc__gen.out) __builtin_memcpy(acc__f->acc__gen.out, &acc__value, sizeof acc__value); }");
    print_text(p, " acc__f->acc__gen.yielded = 1; acc__f->acc__head.up.state = %d;", w->site);
    for (size_t i = 0; i < w->kept.len; i++)
        assign(e, w->kept.data[i]->type, stored(e, w->kept.data[i]), w->kept.data[i]->name);
    print_text(p, " return; acc__resume_%d:", w->site);
    for (size_t i = 0; i < w->kept.len; i++)
        assign(e, w->kept.data[i]->type, w->kept.data[i]->name, stored(e, w->kept.data[i]));
    print_text(p, " if (acc__cx->signal) {");
    print_text(p, " acc_pend(acc__cx, 0, &acc__fn_%s, %d, 0);", f->symbol, w->site);
    failed(e, w->handler);
    print_text(p, " }");
    if (!wanted) return;
    print_text(p, " if (acc__f->acc__gen.sent) %s = acc__f->acc__sent; else __builtin_memset(&%s, 0, sizeof %s);",
               w->result->name, w->result->name, w->result->name);
}

static void await_statement(Emit *e, Stmt *s) {
    Printer *p = e->p;
    Await *w = s->await;
    Func *f = e->f;
    bool retried = w->kind == AWAIT_TASK || w->kind == AWAIT_GATHER;
    print_at(p, w->at);
    print_text(p, " ");
    if (w->kind == AWAIT_RAISE) {
        if (!w->handler && f->resident) print_text(p, "{ ");
        print_text(p, "acc_abi_throw(acc__cx, ");
        print_code(p, w->call);
        print_text(p, ", &acc__fn_%s, %d);", f->symbol, w->site);
        failed(e, w->handler);
        if (!w->handler && f->resident) print_text(p, " }");
        return;
    }
    suspension_point(e, w);
    if (w->kind == AWAIT_YIELD) {
        yield(e, w);
        return;
    }
    bool dropped = w->result && w->result->unused && (w->kind == AWAIT_CALL || w->kind == AWAIT_THROW) && !w->by_address;
    bool assigned = w->result && !dropped && (w->kind == AWAIT_CALL || (w->kind == AWAIT_THROW && !w->by_address));
    if (w->result && !assigned && !dropped) {
        declare_temp(e, w->result, false);
        print_text(p, "; ");
    }
    bool shared = shared_tail(f) && w->kind != AWAIT_THROW && !alone(w);
    if (shared) print_text(p, "acc__f->acc__head.up.state = %d; ", w->site);
    if (retried) print_text(p, "acc__retry_%d: ", w->site);
    bool in_frame = shared_tail(f) && into_frame(w, assigned);
    if (in_frame) print_text(p, "%s = ", stored(e, w->result));
    else if (assigned) {
        declare_temp(e, w->result, true);
        print_text(p, " = ");
    }
    switch (w->kind) {
        case AWAIT_CALL:
        case AWAIT_YIELD:
        case AWAIT_RAISE:
        case AWAIT_THROW: print_code(p, w->call); break;
        case AWAIT_CORO:
        case AWAIT_TASK:
            print_text(p, "acc_await_%s(acc__cx, (void *)(", w->kind == AWAIT_CORO ? "coro" : "task");
            print_code(p, w->call);
            if (w->result) print_text(p, "), &%s)", w->result->name);
            else print_text(p, "), 0)");
            break;
        case AWAIT_INTO_SIZED:
            print_code(p, w->call);
            print_text(p, "&%s, sizeof %s)", w->result->name, w->result->name);
            break;
        case AWAIT_INTO:
            print_code(p, w->call);
            if (w->result) print_text(p, "&%s)", w->result->name);
            else print_text(p, "0)");
            break;
        case AWAIT_GATHER:
            print_text(p, "acc_await_gather(acc__cx, (void *)");
            print_code(p, w->call);
            print_text(p, ", ");
            print_code(p, w->dests);
            print_text(p, ")");
            break;
    }
    print_at(p, w->at);
    if (shared) {
        many_await(e, w, in_frame, dropped);
        return;
    }
    print_text(p, "; if (__builtin_expect(acc__cx->signal != 0, 0)) {");
    print_note(p, w->kind == AWAIT_THROW ? "it threw" : "it waits, or it failed");
    if (w->kind == AWAIT_THROW) {
        print_text(p, " acc_pend(acc__cx, 0, &acc__fn_%s, %d, 0);", f->symbol, w->site);
        failed(e, w->handler);
        print_text(p, " }");
        return;
    }
    print_text(p, " acc__pend_%d: ", w->site);
    if (f->resident) print_text(p, "if (!%s(acc__cx, &acc__f->acc__head, ", e->pend);
    else if (w->handler) print_text(p, "; acc_frame *acc__p = %s(acc__cx, (acc_frame *)(void *)acc__f, ", e->pend);
    else
        print_text(p, "acc__f = (struct acc__frame_%s *)(void *)%s(acc__cx, (acc_frame *)(void *)acc__f, ", f->symbol,
                   e->pend);
    print_text(p, "&acc__fn_%s, %d, ", f->symbol, w->site);
    if (w->result && w->result->field)
        print_text(p, "__builtin_offsetof(struct acc__frame_%s, %s)", f->symbol, w->result->field);
    else print_text(p, "0");
    print_text(p, f->resident ? ")) {" : w->handler ? "); if (!acc__p) {" : "); if (!acc__f) {");
    print_note(p, "failed");
    failed(e, w->handler);
    print_text(p, " }");
    if (!f->resident && w->handler) print_text(p, " acc__f = (struct acc__frame_%s *)(void *)acc__p;", f->symbol);
    print_heading(p, "suspended: what is live is saved in the frame");
    for (size_t i = 0; i < w->kept.len; i++) {
        Var *v = w->kept.data[i];
        assign(e, v->type, stored(e, v), v->name);
    }
    print_text(p, " %s acc__resume_%d:", nothing(e), w->site);
    print_note(p, "resumed: it is restored");
    for (size_t i = 0; i < w->kept.len; i++) {
        Var *v = w->kept.data[i];
        assign(e, v->type, v->name, stored(e, v));
    }
    /* an error or a cancellation; gcc would warn of what is saved behind that label, were it not restored before */
    print_text(p, " if (acc__cx->signal) goto acc__pend_%d;", w->site);
    if (retried) print_text(p, " goto acc__retry_%d;", w->site);
    else if (w->result && w->result->field && !dropped) assign(e, w->result->type, w->result->name, stored(e, w->result));
    print_text(p, " }");
}

static void statement(Emit *e, Stmt *s);

/* The declaration of a variable that is none of the user's text: the C compiler need not say that nobody reads it. */
static void declare_made(Emit *e, Stmt *s) {
    Printer *p = e->p;
    Var *v = s->kills.data[0];
    if (v->place == PLACE_RESIDENT && v->field) {
        if (!s->code) return;
        print_text(p, "%s", stored(e, v));
    } else print_text(p, "%s __attribute__((unused))", declared(e->a, v->type, v->name));
    if (s->code) print_code(p, s->code);
    else print_text(p, ";");
}

static bool is_declaration(const Stmt *s) {
    if (s->kind == S_DECL || s->kind == S_AWAIT) return true;
    if (s->kind == S_CODE) return s->declares || (s->kills.len && s->kills.data[0]->temp);
    return s->kind == S_OTHER && s->node && s->node->kind != N_expression_statement && s->node->kind != N_TOKEN;
}

/* The comments that may tell the C compiler that falling through to a label is meant. */
static void find_comments(Emit *e, const Node *n) {
    if (n->kind == N_comment) {
        for (size_t i = n->start; i + 4 <= n->end; i++)
            if (!strncasecmp(e->u->source->text + i, "fall", 4)) {
                vec_push(e->a, &e->comments, n);
                return;
            }
    }
    for (uint32_t i = 0; i < n->count; i++) find_comments(e, n->children[i]);
}

/* Such a comment, where it stands right before the label. */
static void comment_before(Emit *e, size_t label) {
    const char *text = e->u->source->text;
    size_t lo = 0, hi = e->comments.len; /* the first behind the label */
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (e->comments.data[mid]->start < label) lo = mid + 1;
        else hi = mid;
    }
    if (!lo) return;
    const Node *c = e->comments.data[lo - 1];
    for (size_t i = c->end; i < label; i++)
        if (!isspace((unsigned char)text[i])) return;
    print_at(e->p, c->start);
    print_text(e->p, "/*%.*s*/ ", (int)(c->end - c->start) - (text[c->start + 1] == '/' ? 2 : 4), text + c->start + 2);
}

static void list(Emit *e, Stmt *s) {
    for (size_t i = 0; i < s->list.len; i++) {
        Stmt *x = s->list.data[i];
        bool was = print_own(e->p, x->made);
        if (i && x->node && !e->p->layout && (x->kind == S_CASE || x->kind == S_LABEL)) comment_before(e, x->start);
        statement(e, x);
        print_own(e->p, was);
        bool label = x->kind == S_LABEL || x->kind == S_CASE;
        if (label && (i + 1 == s->list.len || is_declaration(s->list.data[i + 1]))) print_text(e->p, ";");
    }
}

static void block(Emit *e, Stmt *s) {
    if (!s->made) print_at(e->p, s->start);
    print_text(e->p, "{ ");
    list(e, s);
    if (!s->made && s->end > s->start) print_at(e->p, s->end - 1);
    print_text(e->p, " }");
}

static void separate(Printer *p) {
    if (p->out->len && p->out->data[p->out->len - 1] != ' ' && p->out->data[p->out->len - 1] != '\n') print_text(p, " ");
}

/* The type that a declaration defines, with a name in any case. */
static void defined_type(Emit *e, const Node *type, const Node *body) {
    if (node_field(type, F_name)) {
        print_span(e->p, type->start, type->end);
        return;
    }
    print_span(e->p, type->start, body->start);
    print_text(e->p, "acc__tag_%zu ", type->start);
    print_span(e->p, body->start, type->end);
}

/* The specifiers of a declaration; where they define a structure or an enumeration, only once: later they name it. */
static void specifiers(Emit *e, Stmt *s, bool first) {
    const Node *type, *body = ir_type_body(s->node, &type);
    if (!body) {
        print_span(e->p, s->start, s->specs_end);
        separate(e->p); /* T(x), y: no blank is needed before the first declarator */
        return;
    }
    const Node *tag = node_field(type, F_name);
    const char *word = type->kind == N_enum_specifier ? "enum" : type->kind == N_union_specifier ? "union" : "struct";
    print_span(e->p, s->start, type->start);
    if (first) defined_type(e, type, body);
    else if (tag) print_text(e->p, "%s %.*s", word, (int)(tag->end - tag->start), e->u->source->text + tag->start);
    else print_text(e->p, "%s acc__tag_%zu", word, type->start);
    print_span(e->p, type->end, s->specs_end);
    separate(e->p);
}

/* Does the declaration take its type from the initialiser? */
static bool is_auto(Emit *e, const Stmt *s) {
    for (uint32_t i = 0; i < s->node->count; i++) {
        const Node *c = s->node->children[i];
        if (c->as == F_type) return node_is(e->u->source, c, "__auto_type") || node_is(e->u->source, c, "auto");
    }
    return false;
}

enum { MALLOC_ALIGN = 16 };

/* What a variable that can be assigned begins with. braces: init is a list. */
static void initial(Emit *e, const Var *v, const char *place, const Code *init, bool braces) {
    Printer *p = e->p;
    bool array = v->type->kind == TY_ARRAY;
    bool copied = array || v->type->const_member || (v->raw && v->type->is_const); /* const by a typedef: it stays */
    if (copied)
        print_text(p, "__builtin_memcpy((void *)%s%s, %s%s", array ? "" : "&", place,
                   v->type->is_volatile ? "(const void *)" : "", array ? "" : "&");
    else print_text(p, "%s = ", place);
    bool wrapped = copied && !braces; /* a string, or a structure's value */
    if (copied || braces) print_text(p, wrapped && !array ? "(__typeof__(%s)[1])" : "(__typeof__(%s))", place);
    if (wrapped) print_text(p, "{");
    print_code(p, init);
    if (wrapped) print_text(p, "}");
    if (copied) print_text(p, ", sizeof %s)", place);
    print_text(p, ";");
}

/* One declarator of a declaration, with its specifiers. */
static void declarator(Emit *e, Stmt *s, DeclItem *item, bool first) {
    Printer *p = e->p;
    Var *v = item->var;
    if (v && v->vla) {
        if (v->specs) {
            specifiers(e, s, first);
            print_text(p, "%s%s __attribute__((__unused__)); ", v->type_name ? "" : "*", v->specs);
        }
        for (size_t k = 0; k < item->size_codes.len; k++) {
            print_text(p, "acc__f->%s_size_%zu = (__typeof__(sizeof 0))(", v->field, k + 1);
            print_code(p, item->size_codes.data[k]);
            print_text(p, "); ");
        }
        if (v->heap) { /* memory of an earlier turn of the loop is given back here */
            bool strict = v->aligned || v->type->align > MALLOC_ALIGN;
            print_text(p, "acc_abi_array_free(acc__f->%s); acc__f->%s = acc_abi_array_new%s(acc__cx, sizeof(%s)", v->field,
                       v->field, strict ? "_aligned" : "", v->vla);
            const char *asked =
                strict ? arena_printf(e->a, "_Alignof(struct { %s char acc__c; })", v->aligned ? v->aligned : "") : "";
            if (strict) print_text(p, ", _Alignof(%s) > %s ? _Alignof(%s) : %s", v->vla, asked, v->vla, asked);
            print_text(p, "); ");
            print_text(p, "if (!acc__f->%s) {", v->field);
            leave(e);
            print_text(p, " %s }", nothing(e));
        } else if (item->init) {
            print_text(p, "__builtin_memcpy(acc__f->%s, (__typeof__(%s)[])%s", v->field, v->vla, item->braces ? "" : "{");
            print_code(p, item->init_code);
            print_text(p, "%s, sizeof(%s));", item->braces ? "" : "}", v->vla);
        }
        return;
    }
    if (v && v->place == PLACE_RESIDENT && v->field) {
        Code *init = item->init_code;
        if (v->raw) { /* its type is that of what a pointer of its name would point to; none is ever set */
            if (is_auto(e, s)) {
                print_text(p, "__auto_type acc__auto_%d = ", v->id);
                print_code(p, init);
                print_text(p, "; __typeof__(acc__auto_%d) (*%s)", v->id, v->name);
                init = code_text(e->a, "acc__auto_%d", v->id);
            } else {
                specifiers(e, s, first);
                print_span(p, item->start, item->name_start);
                print_text(p, "(*%s)", v->name);
                const Node *array = v->declared ? v->declared->parent : NULL;
                if (array && array->kind == N_array_declarator && !node_field(array, F_size) && v->type->result &&
                    v->type->result->size > 0) {
                    /* as many elements as its initialiser has */
                    print_text(p, "[%lld]", (long long)(v->type->size / v->type->result->size));
                    print_span(p, array->end, item->end);
                } else print_span(p, item->name_end, item->end);
            }
            print_text(p, " __attribute__((__unused__)); ");
        }
        if (v->outcome) { /* declared anew in a loop: empty again */
            const Type *element = type_element(v->type);
            print_text(p, "acc_abi_drop_outcomes(&acc__f->%s, %lld, %lld); ", v->field,
                       (long long)(v->type->size / element->size), (long long)element->size);
        }
        if (!item->init) return;
        print_at(p, item->start);
        initial(e, v, stored(e, v), init, item->braces);
        return;
    }
    specifiers(e, s, first);
    print_span(p, item->start, item->end);
    if (item->init) {
        print_text(p, " = ");
        print_code(p, item->init_code);
    } else if (v && v->zeroed && v->place == PLACE_SAVED)
        print_text(p, v->type->kind == TY_RECORD || v->type->kind == TY_VECTOR ? " = {}" : " = 0");
    print_text(p, ";");
}

static bool plain_declaration(const Stmt *s) {
    for (size_t i = 0; i < s->items.len; i++) {
        const DeclItem *item = &s->items.data[i];
        const Var *v = item->var;
        if (item->split || (v && v->place == PLACE_RESIDENT)) return false;
        if (v && v->zeroed && v->place == PLACE_SAVED && !item->init) return false;
        if (item->init && item->init->marked) return false;
    }
    return s->items.len > 0 && s->end > s->start && s->node && s->items.data[s->items.len - 1].end <= s->end;
}

/* Where the user's declaration has its first declarator. */
static size_t first_declarator(const Stmt *s) {
    for (uint32_t i = 0; s->node && i < s->node->count; i++)
        if (s->node->children[i]->as == F_declarator) return s->node->children[i]->start;
    return s->start;
}

static void declaration(Emit *e, Stmt *s, bool whole) {
    print_statement_at(e->p, s->start);
    if (whole) {
        print_span(e->p, s->start, s->end);
        return;
    }
    if (s->type_only) {
        const Node *type, *body = ir_type_body(s->node, &type);
        defined_type(e, type, body);
        print_text(e->p, ";");
        return;
    }
    bool shares = false;
    for (size_t i = 0; i < s->items.len; i++) shares |= s->items.data[i].var && s->items.data[i].var->shares;
    if (shares) print_text(e->p, "acc_begins(); ");
    for (size_t i = 0; i < s->items.len; i++) {
        if (i) print_text(e->p, " ");
        DeclItem *item = &s->items.data[i];
        declarator(e, s, item, item->start == first_declarator(s) && !s->type_apart);
    }
}

/* All items of the user's declaration stand in this one statement. */
static bool entire(const Stmt *s) {
    size_t declarators = 0;
    for (uint32_t i = 0; i < s->node->count; i++) declarators += s->node->children[i]->as == F_declarator;
    return declarators == s->items.len;
}

static void loop(Emit *e, Stmt *s) {
    Printer *p = e->p;
    print_at(p, s->start);
    if (s->kind == S_WHILE) {
        print_text(p, "while (");
        print_code(p, s->code);
        print_text(p, ") ");
        block(e, s->body);
        return;
    }
    if (s->kind == S_DO) {
        print_text(p, "do ");
        block(e, s->body);
        print_text(p, " while (");
        print_code(p, s->code);
        print_text(p, ");");
        return;
    }
    bool apart = s->init && s->init->kind == S_DECL && !(plain_declaration(s->init) && entire(s->init));
    if (apart) {
        print_text(p, "{ ");
        declaration(e, s->init, false);
        print_text(p, " ");
    }
    print_text(p, "for (");
    if (s->init && !apart) {
        if (s->init->kind == S_DECL) declaration(e, s->init, true);
        else {
            print_code(p, s->init->code);
            if (s->init->bare) print_text(p, ";");
        }
    } else print_text(p, ";");
    print_text(p, " ");
    print_code(p, s->code);
    print_text(p, "; ");
    print_code(p, s->step);
    print_text(p, ") ");
    block(e, s->body);
    if (apart) print_text(p, " }");
}

static void return_statement(Emit *e, Stmt *s) {
    Printer *p = e->p;
    Func *f = e->f;
    if (s->node) print_statement_at(p, s->start);
    else print_at(p, s->start);
    if (f->resident) line_comments(e, s->start);
    bool was = print_own(p, f->resident);
    if (!s->code) {
        if (f->resident) print_text(p, "{");
        leave(e);
        print_text(p, f->resident ? " return; }" : "return;");
        print_own(p, was);
        return;
    }
    if (!f->resident) {
        print_text(p, "return ");
        print_code(p, s->code);
        print_text(p, ";");
        print_own(p, was);
        return;
    }
    if (f->result->before) print_text(p, "{ %s = ", declared(e->a, f->result, "acc__value"));
    else print_text(p, "{ __auto_type acc__value = ");
    print_code(p, s->code);
    print_text(p, ";");
    leave(e);
    print_text(p, " return acc__value; }");
    print_own(p, was);
}

static void statement(Emit *e, Stmt *s) {
    Printer *p = e->p;
    p->no_hints = s->suspends && (s->kind == S_FOR || s->kind == S_WHILE || s->kind == S_DO);
    if (s->node) print_directives(p, s->start);
    p->no_hints = false;
    if (p->out->len && p->out->data[p->out->len - 1] != ' ' && p->out->data[p->out->len - 1] != '\n') print_text(p, " ");
    switch (s->kind) {
        case S_BLOCK: block(e, s); break;
        case S_DECL: declaration(e, s, plain_declaration(s) && entire(s)); break;
        case S_CODE:
            if (s->made) print_at(p, s->start);
            else print_statement_at(p, s->start);
            if (s->declares) {
                declare_made(e, s);
                break;
            }
            if (!s->code) { /* a temporary's declaration */
                declare_temp(e, s->kills.data[0], false);
                print_text(p, ";");
                break;
            }
            if (s->declared_first) {
                const Var *v = s->kills.data[0];
                initial(e, v, v->place == PLACE_RESIDENT ? stored(e, v) : v->name, s->code, s->braces);
                break;
            }
            if (s->kills.len && s->kills.data[0]->temp && s->code->kind == CODE_VAR && s->code->var == s->kills.data[0]) {
                declare_temp(e, s->kills.data[0], true);
                print_code(p, s->code->next);
            } else print_code(p, s->code);
            if (s->bare) print_text(p, ";");
            break;
        case S_AWAIT: {
            bool was = print_own(p, true);
            await_statement(e, s);
            print_own(p, was);
            break;
        }
        case S_IF:
            if (s->node) print_statement_at(p, s->start);
            else print_at(p, s->start);
            print_text(p, "if (");
            print_code(p, s->code);
            print_text(p, ") ");
            block(e, s->body);
            if (s->alt) {
                print_text(p, " else ");
                block(e, s->alt);
            }
            break;
        case S_WHILE:
        case S_DO:
        case S_FOR: loop(e, s); break;
        case S_SWITCH:
            print_statement_at(p, s->start);
            print_text(p, "switch (");
            print_code(p, s->code);
            print_text(p, ") ");
            block(e, s->body);
            break;
        case S_CASE:
        case S_OTHER:
            print_statement_at(p, s->start);
            print_code(p, s->code);
            break;
        case S_LABEL:
            if (s->node) print_statement_at(p, s->start);
            else print_at(p, s->start);
            if (!s->node) print_text(p, s->unused ? "%s: __attribute__((unused));" : "%s:", s->name);
            else print_span(p, s->start, s->end);
            break;
        case S_GOTO:
            print_at(p, s->start);
            if (s->name) print_text(p, "goto %s;", s->name);
            else {
                print_text(p, "goto *");
                print_code(p, s->code);
                print_text(p, ";");
            }
            break;
        case S_BREAK:
            print_at(p, s->start);
            print_text(p, "break;");
            break;
        case S_CONTINUE:
            print_at(p, s->start);
            print_text(p, "continue;");
            break;
        case S_RETURN: return_statement(e, s); break;
        case S_FAIL:
            print_at(p, s->start);
            if (!s->name && e->f->resident) print_text(p, "{");
            failed(e, s->name);
            if (!s->name && e->f->resident) print_text(p, " }");
            break;
        default: bug("emit: a statement that was not lowered (%d)", s->kind);
    }
}

/* The sizes in the type of a parameter, where the body begins. */
static void parameter_sizes(Emit *e, const Var *v) {
    if (!v->vla) return;
    int n = 0;
    for (const Node *x = v->declared->parent; x->kind != N_parameter_declaration; x = x->parent) {
        const Node *size = x->kind == N_array_declarator ? node_field(x, F_size) : NULL;
        if (!size) continue;
        n++;
        if (x == v->declared->parent) continue; /* a pointer, in truth */
        print_text(e->p, " acc__f->%s_size_%d = (__typeof__(sizeof 0))(", v->field, n);
        print_span(e->p, size->start, size->end);
        print_text(e->p, ");");
    }
}

static bool has_array(const Node *declarator) {
    if (declarator->kind == N_array_declarator || declarator->kind == N_abstract_array_declarator) return true;
    for (uint32_t i = 0; i < declarator->count; i++)
        if (has_array(declarator->children[i])) return true;
    return false;
}

static void step(Emit *e) {
    Func *f = e->f;
    Printer *p = e->p;
    const Type *t = f->result;
    print_text(p, " static void acc__step_%s(acc_ctx *acc__cx, acc_frame *acc__frame) { ", f->symbol);
    if (t->kind != TY_VOID) {
        if (t->before) print_text(p, "%s = ", declared(e->a, t, "acc__value"));
        else print_text(p, "__auto_type acc__value = ");
    }
    print_text(p, "%s(acc__cx", f->symbol);
    /* the arguments do not matter: they come from the frame */
    Node *params = node_field(async_declarator(node_field(f->node, F_declarator)), F_parameters);
    bool sized = has_array(params); /* another parameter's size must be positive */
    for (uint32_t i = 0; i < params->count; i++) {
        Node *n = params->children[i];
        if (n->kind != N_parameter_declaration || (n->count == 1 && node_is(e->u->source, n, "void"))) continue;
        Node *d = node_field(n, F_declarator), *name = d ? declared_name(d) : NULL;
        Decl *decl = name ? sema_decl(e->u->sema, name->start) : NULL;
        const Type *y = decl ? decl->type : NULL;
        if (y && (y->kind == TY_RECORD || y->kind == TY_VECTOR) && y->before)
            print_text(p, ", (%s%s){}", y->before, y->after);
        else if (y && y->kind == TY_POINTER) /* it may not be null: [static 1]; nor the same as another: restrict */
            print_text(p, ", (void *)((char *)acc__frame + %u)", i);
        else print_text(p, sized ? ", 1" : ", 0");
    }
    print_text(p, "); ");
    if (t->kind != TY_VOID) {
        if (t->const_member)
            print_text(
                p,
                "if (!acc__cx->signal) __builtin_memcpy(acc_result_place(acc__frame), &acc__value, sizeof acc__value); }");
        else print_text(p, "if (!acc__cx->signal) *(__typeof__(acc__value) *)acc_result_place(acc__frame) = acc__value; }");
    } else print_text(p, "(void)acc__frame; }");
}

/* What the function will be, to see which names of types it uses. */
static void aliases(Printer *p, Unit *u, Func *f) {
    if (!u->sema->aliases.len || p->draft) return;
    StrBuf text = {0};
    Printer draft = {.source = p->source, .edits = p->edits, .out = &text, .fresh = true, .draft = true};
    emit_function(&draft, u, f);
    emit_aliases(p, u, text.data);
    sb_free(&text);
}

void emit_function(Printer *p, Unit *u, Func *f) {
    Emit e = {.p = p, .u = u, .f = f, .a = arena_new(), .pend = linking(f)};
    e.declared = bitset_new(e.a, f->vars.len + 1);
    for (size_t i = 0; i < f->vars.len; i++) {
        Var *v = f->vars.data[i];
        bool resident = v->place == PLACE_RESIDENT;
        if (v->heap || ((v->outcome || v->holds) && v->field && resident)) vec_push(e.a, &e.owned, v);
    }
    if (p->layout && f->body->list.len) print_unit(p, f->body->list.data[0]->start);
    if (!p->layout) print_at(p, f->node->start); /* comments that stand before it come behind what is made for it */
    if (!p->layout) find_comments(&e, f->node);
    bool was = print_own(p, true);
    Node *result = node_field(f->node, F_type), *fields = result ? node_field(result, F_body) : NULL;
    if (fields) { /* a structure that the result's type defines: the frame may speak of it */
        print_span(p, result->start, result->end);
        print_text(p, "; ");
    }
    if (!f->ordinary) {
        aliases(p, u, f);
        if (f->elsewhere.len) print_heading(p, "the calls that %s has made elsewhere", f->name);
        for (size_t i = 0; i < f->elsewhere.len; i++) print_text(p, "%s", f->elsewhere.data[i]);
        frame(&e);
        constants(&e);
        drops(&e);
    }
    print_own(p, false);
    size_t declarator = node_field(f->node, F_declarator)->start;
    print_span(p, f->node->start, fields ? fields->start : declarator);
    if (fields) print_span(p, fields->end, declarator);
    if (shared_tail(f) && u->few_passes && !p->layout) few_passes(p);
    print_span(p, declarator, f->body_start);
    print_at(p, f->body_start);
    print_own(p, true);
    if (f->ordinary) {
        print_text(p, "{");
        returned(&e);
    } else if (f->generator) generator(&e);
    else prologue(&e);
    print_own(p, false);
    print_text(p, " ");
    for (size_t i = 0; i < f->param_count; i++) parameter_sizes(&e, f->vars.data[i]);
    p->directives_from = f->body_start;
    list(&e, f->body);
    print_directives(p, f->body_end);
    if (!p->layout) print_at(p, f->body_end - 1);
    print_own(p, true);
    if (f->is_main && f->result->kind != TY_VOID) {
        leave(&e);
        print_text(p, " return 0;");
    } else if (f->result->kind == TY_VOID) leave(&e);
    if (p->layout || f->result->kind == TY_VOID) print_at(p, f->body_end - 1), print_text(p, " ");
    else print_statement_at(p, f->body_end - 1);
    print_text(p, "}");
    if (!f->ordinary && !f->generator) {
        print_heading(p, "what resumes it; the arguments do not matter then");
        step(&e);
    }
    print_own(p, was);
    arena_free(e.a);
}
