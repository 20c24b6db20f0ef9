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
#include "function.h"

#include <string.h>

#include "../flow/flow.h"

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
    else print_text(p, " %s;", emit_declared(e->a, v->type, v->field));
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
        if (f->sent->kind != TY_VOID) print_text(p, " %s;", emit_declared(e->a, f->sent, "acc__sent"));
    }
    frame_parts(e, f->frame);
    print_text(p, " };");
}

/* How many times 16 bytes its frame and its result need; 0 where that is much, or must be aligned. */
static void units(Emit *e) {
    Func *f = e->f;
    enum { MUCH = 256, UNIT = 16 };
    long long result = f->result->kind == TY_VOID ? 0 : (long long)f->result->size;
    if (e->p->layout || f->generator || f->result->align > UNIT || result < 0 || result > MUCH) { /* a reader is spared */
        print_text(e->p, ", 0");
        return;
    }
    const char *name = f->symbol;
    print_text(e->p, ", sizeof(struct acc__frame_%s) > %d || _Alignof(struct acc__frame_%s) > %d ? 0 : (", name, MUCH, name,
               UNIT);
    print_text(e->p, "(sizeof(struct acc__frame_%s) > %lld ? sizeof(struct acc__frame_%s) : %lld) + %d) / %d", name, result,
               name, result, UNIT - 1, UNIT);
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
    if (f->generator) print_text(p, "sizeof(%s%s)", f->yields->before, f->yields->after);
    else if (!sized) print_text(p, "0");
    else if (f->result->before) print_text(p, "sizeof(%s%s)", f->result->before, f->result->after);
    else print_text(p, "%lld", (long long)f->result->size);
    /* the result is stored where the frame was: both must fit */
    if (f->result->align > 8)
        print_text(p, ", _Alignof(struct acc__frame_%s) > %lld ? _Alignof(struct acc__frame_%s) : %lld, %zu", f->symbol,
                   (long long)f->result->align, f->symbol, (long long)f->result->align, sites);
    else print_text(p, ", _Alignof(struct acc__frame_%s), %zu", f->symbol, sites);
    units(e);
    print_text(p, "}; ");
}

/* The sizes in a parameter's type mention other parameters by their names, also those that live in the frame. */
bool emit_sized_parameters(const Func *f) {
    for (size_t i = 0; i < f->param_count; i++)
        if (f->vars.data[i]->vla) return true;
    return false;
}

static void drops(Emit *e) {
    if (!emit_drops_apart(e)) return;
    print_heading(e->p, "what goes with a call of it");
    print_text(e->p, "static __attribute__((unused)) void acc__drop_%s(struct acc__frame_%s *acc__f) {", e->f->symbol,
               e->f->symbol);
    emit_outcomes(e, false);
    print_text(e->p, " } ");
}

const Await *emit_only_suspension(const Func *f) {
    const Await *only = NULL;
    for (size_t i = 0; i < f->awaits.len; i++) {
        if (!ir_suspends(f->awaits.data[i])) continue;
        if (only) return NULL;
        only = f->awaits.data[i];
    }
    return only;
}

/* The resume switch's case for a body that begins. */
static void begin_case(Emit *e) {
    Func *f = e->f;
    print_text(e->p, e->twice ? " default:" : " case 65535:");
    print_note(e->p, "the body is to begin");
    bool sized = emit_sized_parameters(f);
    for (size_t i = 0; i < f->param_count; i++) {
        Var *v = f->vars.data[i];
        if (!v->field || (v->place == PLACE_RESIDENT && (!sized || v->vla))) continue;
        emit_assign(e, v->type, v->name, emit_stored(e, v));
        if (e->twice) print_text(e->p, " (void)%s;", v->name); /* elsewhere the case that keeps it reads it */
    }
    emit_outcomes(e, true);
    const Await *only = f->generator || e->twice ? emit_only_suspension(f) : NULL;
    if (only) print_text(e->p, " acc__f->acc__head.up.state = %d;", only->site); /* it has no other from here on */
    print_text(e->p, " break;");
}

/* And those for the awaits, but for one (NULL: all). */
static void await_cases(Emit *e, const Await *but) {
    for (size_t i = 0; i < e->f->awaits.len; i++) {
        const Await *w = e->f->awaits.data[i];
        if (ir_suspends(w) && w != but) print_text(e->p, " case %d: goto acc__resume_%d;", w->site, w->site);
    }
}

void emit_resume_cases(Emit *e) {
    begin_case(e);
    if (!emit_shared_tail(e->f)) await_cases(e, NULL); /* else many_dispatch has them */
}

/* A step is mostly one behind a yield or an await: of other states there are START, and a generator's with ACC_STATE_THROWN. */
static void usual_cases(Emit *e) {
    const Func *f = e->f;
    const Await *last = NULL;
    for (size_t i = 0; i < f->awaits.len; i++)
        if (ir_suspends(f->awaits.data[i])) last = f->awaits.data[i];
    if (!last) return;
    print_text(e->p,
               " if (__builtin_expect(acc__f->acc__head.up.state < 32768, 1)) { switch (acc__f->acc__head.up.state) {");
    await_cases(e, last);
    print_text(e->p, " default: goto acc__resume_%d; } }", last->site);
}

void emit_step_cases(Emit *e) {
    usual_cases(e);
    print_text(e->p, " switch (acc__f->acc__head.up.state) {");
    begin_case(e);
    print_text(e->p, " }");
}

static void generator_cases(Emit *e) {
    const Func *f = e->f;
    usual_cases(e);
    print_text(e->p, " switch (acc__f->acc__head.up.state) {");
    begin_case(e);
    for (size_t i = 0; i < f->awaits.len; i++) {
        const Await *w = f->awaits.data[i];
        if (w->kind == AWAIT_YIELD) /* ACC_STATE_THROWN */
            print_text(e->p, " case %d: goto acc__thrown_%d;", w->site + 0x8000, w->site);
    }
    print_text(e->p, " }");
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
            if (v->field) emit_assign(e, v->type, emit_stored(e, v), v->name);
        }
        if (sent) print_text(p, " acc__f->acc__gen.sent_to = &acc__f->acc__sent;");
        print_text(p, " }");
    }
    print_text(p, " return acc_generator_take(acc__cx, (acc_frame *)(void *)acc__f); }");
    print_heading(p, "its body, which each step enters");
    print_text(p, " static void acc__step_%s(acc_ctx *acc__cx, acc_frame *acc__frame) {", f->symbol);
    print_text(p, " struct acc__frame_%s *acc__f = (struct acc__frame_%s *)(void *)acc__frame;", f->symbol, f->symbol);
    bool sized = emit_sized_parameters(f);
    for (size_t i = 0; i < f->param_count; i++) {
        Var *v = f->vars.data[i];
        if (v->place == PLACE_RESIDENT && (!sized || v->vla)) continue;
        print_text(p, " %s __attribute__((unused)) = %s;", emit_declared(e->a, v->type, v->name),
                   v->type->kind == TY_RECORD || v->type->kind == TY_VECTOR ? "{}" : "0");
    }
    generator_cases(e);
}

/* Declared ahead of where a resumption jumps, so that every path has it initialised. */
void emit_returned(Emit *e) {
    if (!e->f->returned) return;
    print_text(e->p, " ");
    emit_declare_temp(e, e->f->returned, false);
    print_text(e->p, ";");
}

/* Into the frame. A pointer to a variable-length array, whose sizes the frame has not got yet, goes there as it is. */
void emit_keep_argument(Emit *e, const Var *v) {
    if (v->vla)
        print_text(e->p, " __builtin_memcpy((void *)acc__f->%s, (const void *)&%s, sizeof(void *));", v->field, v->name);
    else emit_assign(e, v->type, emit_stored(e, v), v->name);
}

/* What has an address lives in the frame from the start. */
void emit_resident(Emit *e) {
    Func *f = e->f;
    Printer *p = e->p;
    if (!f->resident) return;
    print_heading(p, "what has an address lives in the frame from the start");
    print_text(
        p, " if (!acc__f) { acc__f = (struct acc__frame_%s *)(void *)acc_frame_new(acc__cx, &acc__fn_%s); if (!acc__f) %s",
        f->symbol, f->symbol, emit_nothing(e));
    for (size_t i = 0; i < f->param_count; i++) {
        Var *v = f->vars.data[i];
        if (v->place == PLACE_RESIDENT && v->field) emit_keep_argument(e, v);
    }
    emit_outcomes(e, true);
    print_text(p, " }");
}

static void prologue(Emit *e) {
    Func *f = e->f;
    Printer *p = e->p;
    print_text(p, "{");
    emit_returned(e);
    print_text(p, " struct acc__frame_%s *acc__f = 0;%s if (acc_guarded(acc__cx)) {", f->symbol,
               f->many ? " unsigned acc__site = 65535;" : "");
    print_note(p, "no plain call: it is resumed, or made without being run");
    print_text(p, " acc__f = (struct acc__frame_%s *)(void *)acc_enter(acc__cx, &acc__fn_%s); if (!acc__f) %s", f->symbol,
               f->symbol, emit_nothing(e));
    if (f->many) print_text(p, " acc__site = acc__f->acc__head.up.state;");
    print_text(p, f->many ? " switch (acc__site) {" : " switch (acc__f->acc__head.up.state) {");
    print_note(p, "the resume switch: where is it to go on?");
    print_text(p, " case 0:");
    print_note(p, "nowhere: the frame is new, and keeps the arguments");
    for (size_t i = 0; i < f->param_count; i++)
        if (f->vars.data[i]->field) emit_keep_argument(e, f->vars.data[i]);
    print_text(p, " acc__f->acc__head.up.state = 65535; %s", emit_nothing(e));
    emit_resume_cases(e);
    print_text(p, " } }");
    emit_resident(e);
    if (f->many) emit_many_dispatch(e);
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
    print_text(p, e->twice ? "if (!acc__frame) __builtin_unreachable(); " : "acc_resume(acc__cx, acc__frame); ");
    if (t->kind != TY_VOID) {
        if (t->before) print_text(p, "%s = ", emit_declared(e->a, t, "acc__value"));
        else print_text(p, "__auto_type acc__value = ");
    }
    if (e->twice) print_text(p, "acc__body_%s((struct acc__frame_%s *)(void *)acc__frame, acc__cx", f->symbol, f->symbol);
    else print_text(p, "%s(acc__cx", f->symbol);
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
    } else print_text(p, "}");
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
    Emit e = {.p = p, .u = u, .f = f, .a = arena_new()};
    bool small = emit_is_small(&e);
    e.pend = small ? "acc_pend" : "acc_pend_far"; /* inline, it would be most of what an await takes */
    e.twice = small && u->twice && !p->layout;
    e.declared = bitset_new(e.a, f->vars.len + 1);
    for (size_t i = 0; i < f->vars.len; i++) {
        Var *v = f->vars.data[i];
        bool resident = v->place == PLACE_RESIDENT;
        if (v->heap || ((v->outcome || v->holds) && v->field && resident)) vec_push(e.a, &e.owned, v);
    }
    if (p->layout && f->body->list.len) print_unit(p, f->body->list.data[0]->start);
    if (!p->layout) print_at(p, f->node->start); /* comments that stand before it come behind what is made for it */
    if (!p->layout) emit_find_comments(&e, f->node);
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
    if (e.twice) {
        emit_body_head(&e);
    } else {
        size_t declarator = node_field(f->node, F_declarator)->start;
        print_span(p, f->node->start, fields ? fields->start : declarator);
        if (fields) print_span(p, fields->end, declarator);
        if (emit_shared_tail(f) && u->few_passes && !p->layout) emit_few_passes(p);
        print_span(p, declarator, f->body_start);
    }
    print_at(p, f->body_start);
    print_own(p, true);
    if (f->ordinary) {
        print_text(p, "{");
        emit_returned(&e);
    } else if (f->generator) generator(&e);
    else if (e.twice) emit_body_prologue(&e);
    else prologue(&e);
    print_own(p, false);
    print_text(p, " ");
    for (size_t i = 0; i < f->param_count; i++) parameter_sizes(&e, f->vars.data[i]);
    p->directives_from = f->body_start;
    emit_list(&e, f->body);
    print_directives(p, f->body_end);
    if (!p->layout) print_at(p, f->body_end - 1);
    print_own(p, true);
    if (f->is_main && f->result->kind != TY_VOID) {
        emit_leave(&e);
        print_text(p, " return 0;");
    } else if (f->result->kind == TY_VOID) emit_leave(&e);
    if (p->layout || f->result->kind == TY_VOID) print_at(p, f->body_end - 1), print_text(p, " ");
    else print_statement_at(p, f->body_end - 1);
    print_text(p, "}");
    if (e.twice) emit_entry_of(&e);
    if (!f->ordinary && !f->generator) {
        print_heading(p, "what resumes it; the arguments do not matter then");
        step(&e);
    }
    print_own(p, was);
    arena_free(e.a);
}
