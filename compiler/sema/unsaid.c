/* unsaid.c: warnings that the user's C compiler would give of an async function as it was written, but cannot give of what is
 * generated for it: its parameters are used there, bodies have braces, and what lives in the frame is no variable. libclang says
 * them of the view, where the options ask for them.
 *
 * needs: the options of the command line; leaves: what libclang is to be asked for; Sema.unsaid: the warnings about variables,
 * which flow leaves to the C compiler where that sees the variable after all */
#include "unsaid.h"

typedef struct Known {
    const char *name;
    const char *by, *and; /* the options that ask for it: one of the first, and of the second where there are any */
    enum { NEVER_SAID, OF_TREE, OF_VARIABLE, OF_NAME } kind;
} Known;

static const Known known[] = {
    {"unused-parameter", " all unused ", " extra W ", NEVER_SAID},
    {"unused-but-set-parameter", " all unused ", " extra W ", NEVER_SAID},
    {"empty-body", " extra W ", NULL, OF_TREE},
    {"dangling-else", " all parentheses ", NULL, NEVER_SAID},
    {"unused-variable", " all unused ", NULL, OF_VARIABLE},
    {"unused-but-set-variable", " all unused ", NULL, OF_VARIABLE},
    {"shadow", NULL, NULL, OF_NAME},
};
enum { KNOWN = sizeof known / sizeof *known };

static bool among(const char *list, const char *name) {
    const char *at = list ? strstr(list, name) : NULL;
    return at && *name && at[-1] == ' ' && at[strlen(name)] == ' ';
}

/* What the options say of a warning: is it on, an error (1), or none though all others are (-1)? */
static bool asked(const CStrVec *args, const Known *k, int *error) {
    bool by = false, and = !k->and;
    int own = 0;
    *error = 0;
    for (size_t i = 0; args && i < args->len; i++) {
        const char *w = args->data[i];
        if (!strcmp(w, "-w")) return false;
        if (strncmp(w, "-W", 2) != 0) continue;
        w += 2;
        bool no = !strncmp(w, "no-", 3);
        if (no) w += 3;
        bool errors = !strncmp(w, "error=", 6);
        if (errors) w += 6;
        if (!strcmp(k->name, w)) {
            if (errors) *error = no ? -1 : 1;
            if (!no || !errors) own = no ? -1 : 1;
        }
        if (errors) continue;
        if (!*w) w = "W";
        if (among(k->by, w)) by = !no;
        if (among(k->and, w)) and = !no;
    }
    return own ? own > 0 : by && and;
}

void unsaid_ask(Arena *a, const CStrVec *args, CStrVec *to) {
    int error;
    for (size_t i = 0; i < KNOWN; i++)
        if (known[i].kind != OF_TREE && asked(args, &known[i], &error))
            vec_push(a, to, arena_printf(a, "-W%s", known[i].name));
}

/* Where clang's note has the declaration that is hidden. */
static size_t hidden_name(const Sema *s, CXDiagnostic d, size_t at) {
    size_t found = at;
    CXDiagnosticSet notes = clang_getChildDiagnostics(d);
    for (unsigned i = 0; i < clang_getNumDiagnosticsInSet(notes); i++) {
        CXDiagnostic note = clang_getDiagnosticInSet(notes, i);
        unsigned offset;
        clang_getFileLocation(clang_getDiagnosticLocation(note), NULL, NULL, NULL, &offset);
        if (view_is_source(s->view, offset)) found = view_back(s->view, offset);
        clang_disposeDiagnostic(note);
    }
    clang_disposeDiagnosticSet(notes);
    return found;
}

static Diag *warning(Diags *diags, const CStrVec *args, const Known *k, Place at, const char *words) {
    int error;
    asked(args, k, &error);
    Diag *x = diag_add(diags, DIAG_WARNING, 0, k->name, at, "%s", words);
    if (error > 0) diag_promote(diags, x);
    if (error < 0) diag_soften(diags, x);
    return x;
}

bool unsaid_report(Arena *a, Sema *s, Diags *diags, const CStrVec *args, CXDiagnostic d, size_t at, const char *words) {
    CXString option = clang_getDiagnosticOption(d, NULL);
    const char *name = clang_getCString(option);
    const Known *k = NULL;
    for (size_t i = 0; i < KNOWN && name && !k; i++)
        if (!strncmp(name, "-W", 2) && !strcmp(name + 2, known[i].name) && known[i].kind != OF_TREE) k = &known[i];
    clang_disposeString(option);
    int error;
    if (!k) return false;
    if (!asked(args, k, &error)) return true; /* clang's own opinion */
    Diag *x = warning(diags, args, k, sema_place(s->tree->source, at), words);
    if (k->kind == NEVER_SAID) return true;
    Unsaid u = {x, at, k->kind == OF_NAME ? hidden_name(s, d, at) : at};
    if (u.other != at) diag_note(diags, x, sema_place(s->tree->source, u.other), "the declaration that is hidden");
    vec_push(a, &s->unsaid, u);
    return true;
}

static bool is_empty(const Source *s, const Node *n) { return n && n->kind == N_expression_statement && node_is(s, n, ";"); }

static void empty_bodies(Sema *s, Diags *diags, const CStrVec *args, const Known *k, const Node *n) {
    const Source *source = s->tree->source;
    if (n->kind == N_statement_expression) return; /* the C compiler gets it as it is */
    const Node *body = NULL, *other = n->kind == N_if_statement ? node_field(n, F_alternative) : NULL;
    const char *words = n->kind == N_if_statement ? "suggest braces around empty body in an 'if' statement"
                                                  : "suggest braces around empty body in 'do' statement";
    if (n->kind == N_if_statement && !other) body = node_field(n, F_consequence);
    if (n->kind == N_do_statement) body = node_field(n, F_body);
    for (uint32_t i = 0; other && i < other->count; i++)
        if (is_empty(source, other->children[i]))
            body = other->children[i], words = "suggest braces around empty body in an 'else' statement";
    if (is_empty(source, body)) warning(diags, args, k, sema_place(source, body->start), words);
    for (uint32_t i = 0; i < n->count; i++) empty_bodies(s, diags, args, k, n->children[i]);
}

void unsaid_bodies(Sema *s, Diags *diags, const CStrVec *args) {
    const Known *k = NULL;
    int error;
    for (size_t i = 0; i < KNOWN; i++)
        if (known[i].kind == OF_TREE) k = &known[i];
    if (!asked(args, k, &error)) return;
    for (size_t i = 0; i < s->tree->regions.len; i++)
        for (uint32_t j = 0; j < s->tree->regions.data[i]->count; j++) {
            const Node *f = s->tree->regions.data[i]->children[j];
            if (f->kind == N_function_definition && node_child(f, N_async_specifier) &&
                !source_in_system_header(s->tree->source, f->start))
                empty_bodies(s, diags, args, k, f);
        }
}
