/* ggen.h: what the files of ggen share: see programs.c for what it does, and how. */
#ifndef GGEN_H
#define GGEN_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct buffer {
    char *text;
    size_t size, cap;
};

/* The function being generated, in either twin. */
extern struct buffer *A, *P;

#define TO_A(...) append(A, str(__VA_ARGS__))
#define TO_P(...) append(P, str(__VA_ARGS__))
#define TO_BOTH(...)                          \
    do {                                      \
        const char *text_ = str(__VA_ARGS__); \
        append(A, text_);                     \
        append(P, text_);                     \
    } while (0)

extern struct options {
    int suspend;               /* percentage of places for a sleep that get one */
    bool c_order;              /* only what means the same in C's order: for testing this program without acc */
    unsigned coros;            /* percentage of calls whose coroutine is made first and awaited later */
    bool impure, vla, cleanup; /* plain calls with side effects in expressions that await */
    int functions, statements;
} opt;

/* Types of values: what an arithmetic operator sees, after promotions, and two more. */
enum type { INT, UINT, ULL, STRUCT, POINTER, TYPES };
extern const char *const type_names[TYPES];

/* Types of scalar variables, and their values'. */
struct scalar {
    const char *name;
    enum type value;
    bool addressable;
    bool is_unsigned;
};
enum { SCALARS = 9 };
extern const struct scalar scalars[SCALARS];

struct variable {
    const char *name;
    enum { HIDDEN, SCALAR, ARRAY, VLA, STRUCTURE, PTR, STRUCT_PTR } kind; /* hidden: its initialiser is being made */
    const struct scalar *scalar;
    bool constant;
};

extern struct variable variables[400];
extern int variable_count, scope_start;

struct function {
    const char *name;
    enum type returns;
    bool returns_void;
    int params;
    enum type param[4];
};
extern struct function functions[32];
extern int function_count;

extern struct buffer temporaries;   /* declarations for the head of the function, in P */
extern struct buffer counters;      /* the same for both twins */
extern int unique;                  /* numbers names; the same for both twins, since both are made at once */
extern int loop;                    /* the number of the loop that `continue` continues, 0 if none */
extern bool breakable;              /* a loop or a switch is around */
extern int labels[32], label_count; /* that a goto may go back to */
extern int out_label;               /* that a goto may go forward to, 0 if none */
extern bool in_statement_expression;
extern bool confined; /* in a defer or a finally, which nothing may leave */
extern struct function *self;
extern int awaits, effects; /* in the full expression so far: awaits, plain calls with effects */
extern bool effects_allowed;
extern unsigned touched; /* bit i: m<i> occurs in the full expression */

extern int statement_count; /* numbers statements for --drop */
extern bool dropped[100000];

struct ex {
    const char *a, *p;
    enum type type;
};

struct place {
    const char *a, *p;
    enum type value;
    bool is_unsigned, writable;
};

/* support.c */
extern uint64_t rng_state;
void die(const char *what);
unsigned below(unsigned n);
bool chance(unsigned percent);
const char *str(const char *format, ...) __attribute__((format(printf, 1, 2)));
void append(struct buffer *b, const char *text);
void cut(struct buffer *b, size_t size);
const char *text_of(const struct buffer *b);

/* variables.c */
struct variable *pick(int kind, bool (*wanted)(const struct variable *));
bool is_writable(const struct variable *v);
bool is_addressable(const struct variable *v);
const char *new_name(const char *pool);
struct variable *add_variable(const char *name, int kind, const struct scalar *scalar, bool constant);
struct variable *declare(const char *pool);
void make_scalar(struct variable *v, const struct scalar *scalar, bool constant);

/* expressions.c */
struct ex as_unsigned(struct ex e);
struct place gen_place(int depth);
struct ex gen_scalar(int depth);
struct ex gen_call_of(struct function *f, int depth);
void begin_full(bool allow_effects);
struct ex end_full(struct ex e);
struct ex full(int depth);
struct ex full_list(int n, int depth);
struct ex full_struct(int depth);

/* statements.c */
struct around { /* saved while a loop's or switch's inside is generated */
    int loop;
    bool breakable;
};
struct around enter(int new_loop, bool can_break);
void leave(struct around old);
void sleep_here(void);
void gen_return(int depth);
void show(struct ex e, const char *what);
void gen_statement(int depth);
void gen_block(int depth, int statements);

/* dialect.c */
struct handler { /* a catch around */
    int id;
    unsigned types; /* of thrown[] */
};
extern int handler_count;
extern int pending; /* cleanups of the blocks around: no computed goto then */
const struct handler *handler_of(int type);
void gen_throw(int depth);
void gen_try(int depth);
void gen_defer(int depth);
void gen_async_for(int depth);
void gen_async_with(int depth);
void gen_gather(int depth);
void gen_acc_try(int depth);
void gen_computed_goto(int depth);

#endif
