/* variables.c: what is known of the program so far, and what is in scope. */
#include "ggen.h"

struct buffer *A, *P;

struct options opt = {.suspend = 30, .impure = true, .vla = true, .cleanup = true, .functions = 5, .statements = 7};
const struct scalar scalars[SCALARS] = {
    {"unsigned", UINT, true, true},
    {"unsigned", UINT, true, true},
    {"int", INT, false, false},
    {"unsigned long long", ULL, false, true},
    {"unsigned char", INT, false, true},
    {"short", INT, false, false},
    {"_Bool", INT, false, false},
    {"volatile unsigned", UINT, false, true},
    {"_Atomic unsigned", UINT, false, true},
};
const char *const type_names[TYPES] = {"int", "unsigned", "unsigned long long", "struct S", "unsigned *"};
struct variable variables[400];
int variable_count, scope_start;
struct function functions[32];
int function_count;
struct buffer temporaries;
struct buffer counters;
int unique;
int loop;
bool breakable;
int labels[32], label_count;
int out_label;
bool in_statement_expression;
bool confined;
struct function *self;
int awaits, effects;
bool effects_allowed;
unsigned touched;
int statement_count;
bool dropped[100000];

/* Whether no later variable has the same name. */
static bool visible(int i) {
    for (int j = i + 1; j < variable_count; j++)
        if (!strcmp(variables[i].name, variables[j].name)) return false;
    return true;
}

struct variable *pick(int kind, bool (*wanted)(const struct variable *)) {
    struct variable *found = NULL;
    unsigned n = 0;
    for (int i = 0; i < variable_count; i++) {
        struct variable *v = &variables[i];
        if ((int)v->kind == kind && visible(i) && (!wanted || wanted(v)) && below(++n) == 0) found = v;
    }
    return found;
}

bool is_writable(const struct variable *v) { return !v->constant; }
bool is_addressable(const struct variable *v) { return !v->constant && v->scalar->addressable; }

/* A name for a variable in the current scope: of the few in `pool`, to shadow others often, else a fresh one. */
const char *new_name(const char *pool) {
    for (int tries = 0; tries < 3; tries++) {
        const char *name = str("%c", pool[below((unsigned)strlen(pool))]);
        bool taken = false;
        for (int i = scope_start; i < variable_count; i++) taken |= !strcmp(variables[i].name, name);
        if (!taken) return name;
    }
    return str("%c%d", pool[0], ++unique);
}

struct variable *add_variable(const char *name, int kind, const struct scalar *scalar, bool constant) {
    if (variable_count == sizeof variables / sizeof *variables) die("too many variables");
    variables[variable_count] = (struct variable){name, kind, scalar, constant};
    return &variables[variable_count++];
}

/*
 * A variable whose initialiser is generated next. Its scope begins before the initialiser, so that the name hides an
 * outer one there already, but cannot be used yet: its kind is set when the initialiser is done.
 */
struct variable *declare(const char *pool) { return add_variable(new_name(pool), HIDDEN, NULL, false); }

void make_scalar(struct variable *v, const struct scalar *scalar, bool constant) {
    v->kind = SCALAR;
    v->scalar = scalar;
    v->constant = constant;
}
