/* statement.c: the statements of a body, declarations among them.
 *
 * needs: lowered statements; leaves: text */
#include "function.h"

#include <ctype.h>
#include <strings.h>

static void statement(Emit *e, Stmt *s);

/* The declaration of a variable that is none of the user's text: the C compiler need not say that nobody reads it. */
static void declare_made(Emit *e, Stmt *s) {
    Printer *p = e->p;
    Var *v = s->kills.data[0];
    if (v->place == PLACE_RESIDENT && v->field) {
        if (!s->code) return;
        print_text(p, "%s", emit_stored(e, v));
    } else print_text(p, "%s __attribute__((unused))", emit_declared(e->a, v->type, v->name));
    if (s->code) print_code(p, s->code);
    else print_text(p, ";");
}

static bool is_declaration(const Stmt *s) {
    if (s->kind == S_DECL || s->kind == S_AWAIT) return true;
    if (s->kind == S_CODE) return s->declares || (s->kills.len && s->kills.data[0]->temp);
    return s->kind == S_OTHER && s->node && s->node->kind != N_expression_statement && s->node->kind != N_TOKEN;
}

/* The comments that may tell the C compiler that falling through to a label is meant. */
void emit_find_comments(Emit *e, const Node *n) {
    if (n->kind == N_comment) {
        for (size_t i = n->start; i + 4 <= n->end; i++)
            if (!strncasecmp(e->u->source->text + i, "fall", 4)) {
                vec_push(e->a, &e->comments, n);
                return;
            }
    }
    for (uint32_t i = 0; i < n->count; i++) emit_find_comments(e, n->children[i]);
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

void emit_list(Emit *e, Stmt *s) {
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
    emit_list(e, s);
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
            emit_leave(e);
            print_text(p, " %s }", emit_nothing(e));
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
        initial(e, v, emit_stored(e, v), init, item->braces);
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
    if (f->resident) emit_line_comments(e, s->start);
    bool was = print_own(p, f->resident);
    if (!s->code) {
        if (f->resident) print_text(p, "{");
        emit_leave(e);
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
    if (f->result->before) print_text(p, "{ %s = ", emit_declared(e->a, f->result, "acc__value"));
    else print_text(p, "{ __auto_type acc__value = ");
    print_code(p, s->code);
    print_text(p, ";");
    emit_leave(e);
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
                emit_declare_temp(e, s->kills.data[0], false);
                print_text(p, ";");
                break;
            }
            if (s->declared_first) {
                const Var *v = s->kills.data[0];
                initial(e, v, v->place == PLACE_RESIDENT ? emit_stored(e, v) : v->name, s->code, s->braces);
                break;
            }
            if (s->kills.len && s->kills.data[0]->temp && s->code->kind == CODE_VAR && s->code->var == s->kills.data[0]) {
                emit_declare_temp(e, s->kills.data[0], true);
                print_code(p, s->code->next);
            } else print_code(p, s->code);
            if (s->bare) print_text(p, ";");
            break;
        case S_AWAIT: {
            bool was = print_own(p, true);
            emit_await_statement(e, s);
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
            emit_failed(e, s->name);
            if (!s->name && e->f->resident) print_text(p, " }");
            break;
        default: bug("emit: a statement that was not lowered (%d)", s->kind);
    }
}
