/* await.c: an await, a yield, or a call that may throw, and what is saved and restored around it.
 *
 * needs: a lowered Await; leaves: text */
#include "function.h"

#include <string.h>

/* The comments behind what becomes several lines stand above them. */
void emit_line_comments(Emit *e, size_t at) {
    while (at < e->u->source->len && e->u->source->text[at] != '\n') at++;
    print_comments(e->p, at);
}

/* For the reader: which of the user's awaits the lines that follow are. */
static void suspension_point(Emit *e, const Await *w) {
    Printer *p = e->p;
    if (!p->layout) return;
    emit_line_comments(e, w->at);
    Place at = source_place(e->u->source, w->at);
    const char *slash = strrchr(at.file, '/');
    print_heading(p, "%s %d: %s, %s:%u", w->kind == AWAIT_THROW ? "call that may throw, place" : "suspension point", w->site,
                  await_text(e->a, e->u->source, w, 60), slash ? slash + 1 : at.file, at.line);
}

/* Is the value of the call left alone? */
static bool is_dropped(const Await *w) {
    return w->result && w->result->unused && (w->kind == AWAIT_CALL || w->kind == AWAIT_THROW) && !w->by_address;
}

static void yield(Emit *e, const Await *w) {
    Printer *p = e->p;
    Func *f = e->f;
    bool wanted = w->result && !w->result->unused;
    if (wanted) {
        emit_declare_temp(e, w->result, false);
        print_text(p, "; ");
    }
    print_text(p, "{ %s = ", emit_declared(e->a, f->yields, "acc__value"));
    print_code(p, w->call);
    print_at(p, w->at);
    print_text(p, "; __builtin_memcpy(acc__f->acc__gen.out, &acc__value, sizeof acc__value); }");
    print_text(p, " acc_generation_rest(&acc__f->acc__gen);");
    if (w != emit_only_suspension(f)) print_text(p, " acc__f->acc__head.up.state = %d;", w->site);
    emit_save(e, w);
    print_text(p, " return; acc__thrown_%d: acc__f->acc__head.up.state = %d;", w->site, w->site);
    print_note(p, "resumed with an error");
    emit_restore(e, w);
    print_text(p, " acc_abi_failed(acc__cx, &acc__fn_%s, %d);", f->symbol, w->site);
    emit_failed(e, w->handler);
    print_text(p, " acc__resume_%d:", w->site);
    emit_restore(e, w);
    if (!wanted) {
        print_text(p, ";");
        return;
    }
    print_text(p, " if (acc__f->acc__gen.sent) %s = acc__f->acc__sent; else __builtin_memset(&%s, 0, sizeof %s);",
               w->result->name, w->result->name, w->result->name);
}

static void keep(Emit *e, const Await *w) {
    print_heading(e->p, "suspended: what is live is saved in the frame");
    emit_save(e, w);
}

/* Where the value goes while the function is suspended: bytes from its frame. */
static const char *place_of(Emit *e, const Await *w) {
    if (!w->result || !w->result->field) return "0";
    return arena_printf(e->a, "__builtin_offsetof(struct acc__frame_%s, %s)", e->f->symbol, w->result->field);
}

/* What a suspension and a resumption are in a small function: one instance makes the frame, the other one has it. */
static void pend_small(Emit *e, const Await *w) {
    Printer *p = e->p;
    const char *place = place_of(e, w), *symbol = e->f->symbol;
    print_text(p, " acc_frame *acc__p = acc__new ? acc_pend(acc__cx, 0, &acc__fn_%s, %d, %s) : acc_pend_again(acc__cx, ",
               symbol, w->site, place);
    bool stored = w->kind != AWAIT_CALL || (w->result && w->result->field); /* may somebody look there? */
    print_text(p, "(acc_frame *)(void *)acc__f, &acc__fn_%s, %d, %d, %s); if (!acc__p) {", symbol, w->site,
               w != emit_only_suspension(e->f), stored ? place : "-1");
    emit_failed(e, w->handler);
    print_text(p, " } acc__f = (struct acc__frame_%s *)(void *)acc__p;", symbol);
    emit_save(e, w);
    print_text(p, " %s acc__resume_%d:", emit_nothing(e), w->site);
    emit_restore(e, w);
    print_text(p, " if (__builtin_expect(acc__cx->signal != 0, 0)) { acc_abi_failed(acc__cx, &acc__fn_%s, %d);", symbol,
               w->site);
    emit_failed(e, w->handler);
    print_text(p, " }");
    if (w->kind == AWAIT_GATHER) print_text(p, " goto acc__retry_%d;", w->site);
    else if (w->result && w->result->field && !is_dropped(w))
        emit_assign(e, w->result->type, w->result->name, emit_stored(e, w->result));
    print_text(p, " }");
}

void emit_await_statement(Emit *e, Stmt *s) {
    Printer *p = e->p;
    Await *w = s->await;
    Func *f = e->f;
    bool retried = w->kind == AWAIT_GATHER;
    print_at(p, w->at);
    print_text(p, " ");
    if (w->kind == AWAIT_RAISE) {
        if (!w->handler && f->resident) print_text(p, "{ ");
        print_text(p, "acc_abi_throw(acc__cx, ");
        print_code(p, w->call);
        print_text(p, ", &acc__fn_%s, %d);", f->symbol, w->site);
        emit_failed(e, w->handler);
        if (!w->handler && f->resident) print_text(p, " }");
        return;
    }
    suspension_point(e, w);
    if (w->kind == AWAIT_YIELD) {
        yield(e, w);
        return;
    }
    bool dropped = is_dropped(w);
    bool assigned = w->result && !dropped && (w->kind == AWAIT_CALL || (w->kind == AWAIT_THROW && !w->by_address));
    if (w->result && !assigned && !dropped) {
        emit_declare_temp(e, w->result, false);
        print_text(p, "; ");
    }
    bool shared = emit_shared_tail(f) && w->kind != AWAIT_THROW && !emit_alone(w);
    if (shared) print_text(p, "acc__f->acc__head.up.state = %d; ", w->site);
    if (retried) print_text(p, "acc__retry_%d: ", w->site);
    bool in_frame = emit_shared_tail(f) && emit_into_frame(w, assigned);
    if (in_frame) print_text(p, "%s = ", emit_stored(e, w->result));
    else if (assigned) {
        emit_declare_temp(e, w->result, true);
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
        emit_many_await(e, w, in_frame, dropped);
        return;
    }
    print_text(p, "; if (__builtin_expect(acc__cx->signal != 0, %d)) {", w->certain);
    print_note(p, w->kind == AWAIT_THROW ? "it threw" : "it waits, or it failed");
    bool leaves = f->resident && !f->generator && !w->handler && !e->owned.len; /* an error leaves only the frame behind */
    if (w->kind == AWAIT_THROW) {
        if (leaves)
            print_text(p, " acc_failed_leave(acc__cx, &acc__f->acc__head, &acc__fn_%s, %d); %s", f->symbol, w->site,
                       emit_nothing(e));
        else {
            print_text(p, " acc_abi_failed(acc__cx, &acc__fn_%s, %d);", f->symbol, w->site);
            emit_failed(e, w->handler);
        }
        print_text(p, " }");
        return;
    }
    if (e->twice) {
        pend_small(e, w);
        return;
    }
    print_text(p, " acc__pend_%d: ", w->site);
    if (leaves) {
        keep(e, w);
        print_text(p, " acc_pend_leave(acc__cx, &acc__f->acc__head, ");
    } else if (f->resident) print_text(p, "if (!%s(acc__cx, &acc__f->acc__head, ", e->pend);
    else if (w->handler) print_text(p, "; acc_frame *acc__p = %s(acc__cx, (acc_frame *)(void *)acc__f, ", e->pend);
    else
        print_text(p, "acc__f = (struct acc__frame_%s *)(void *)%s(acc__cx, (acc_frame *)(void *)acc__f, ", f->symbol,
                   e->pend);
    print_text(p, "&acc__fn_%s, %d, %s", f->symbol, w->site, place_of(e, w));
    if (leaves) {
        print_text(p, ");");
    } else {
        print_text(p, f->resident ? ")) {" : w->handler ? "); if (!acc__p) {" : "); if (!acc__f) {");
        print_note(p, "failed");
        emit_failed(e, w->handler);
        print_text(p, " }");
        if (!f->resident && w->handler) print_text(p, " acc__f = (struct acc__frame_%s *)(void *)acc__p;", f->symbol);
        keep(e, w);
    }
    print_text(p, " %s acc__resume_%d:", emit_nothing(e), w->site);
    print_note(p, "resumed: it is restored");
    emit_restore(e, w);
    /* an error or a cancellation; gcc would warn of what is saved behind that label, were it not restored before */
    print_text(p, " if (acc__cx->signal) goto acc__pend_%d;", w->site);
    if (retried) print_text(p, " goto acc__retry_%d;", w->site);
    else if (w->result && w->result->field && !dropped)
        emit_assign(e, w->result->type, w->result->name, emit_stored(e, w->result));
    print_text(p, " }");
}
