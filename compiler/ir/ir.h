/* ir.h: async functions as one small typed tree; the arrow from build to lower, from lower to flow, and from flow to emit.
 *
 * Before lower/ an expression that may suspend or throw is an Expr tree, and statements are the user's. After lower/ every such
 * expression is a statement of its own (S_AWAIT), what is left of expressions is Code, and no statement of the dialect remains.
 * Text that needs no thought stays a span of the source throughout. */
#ifndef ACC_IR_H
#define ACC_IR_H

#include "../sema/sema.h"

typedef struct Stmt Stmt;
typedef struct Await Await;
typedef struct Expr Expr;
typedef struct Func Func;

typedef enum Placement {
    PLACE_LOCAL,    /* a C local: dead across every suspension */
    PLACE_SAVED,    /* a C local, kept in the frame across the suspensions where it is live */
    PLACE_RESIDENT, /* lives in the frame; the C local of its name points there */
} Placement;

typedef struct Var { /* an automatic object: the user's, or a temporary */
    const char *name;
    size_t at; /* offset of its name where it is declared; NOWHERE for a temporary */
    size_t scope_start, scope_end;
    Type *type; /* NULL: a temporary of a type without a name (__auto_type) */
    int id;
    bool param, temp, outcome;
    bool address_taken;
    bool written;        /* assigned, all of it or a part, other than where it is declared */
    bool holds;          /* made: a deadline's or group's object, which it lets go of when the call ends */
    bool copied;         /* a handle: it may be known elsewhere */
    bool cleanup;        /* has a cleanup attribute, */
    bool guarded;        /* which lower takes care of; or */
    bool native;         /* which is the C compiler's affair: nothing suspends while it is pending */
    bool zero;           /* a temporary that is zero until it is assigned, whatever the paths */
    Node *declared;      /* the node of its name where it is declared; NULL: a temporary or a literal */
    struct Code *like;   /* a temporary of a type that has no name at file scope: what has that type */
    const char *aligned; /* its _Alignas or aligned attribute, NULL: none */
    Node *literal;       /* the compound literal whose object it is: it has no name */
    bool result;         /* what an await gives, stored by whoever completes it */
    bool unused;         /* nobody wants it, but it needs a place in the frame */
    Placement place;     /* flow's verdict, */
    const char *why;     /* its reason, */
    const char *field;   /* the frame's field, NULL: none, */
    bool type_name;      /* no object: a typedef of a variable type */
    const char *vla;     /* of a variable type: that type, its sizes fields of the frame; see frame.c */
    const char *vla_to;  /* a pointer to it */
    const char *specs;   /* the name of what declares its specifiers, NULL: nothing does */
    int dimensions;      /* its sizes are fields NAME_size_1, ... */
    size_t offset, size; /* of the field */
    bool shares;         /* flow: its place in the frame is that of variables of other blocks too */
    bool heap;           /* a variable-length array: the field is where it lies */
    bool raw;            /* a field of bytes: its type has no name at file scope, or may not stand within a structure */
    bool zeroed;         /* it may be saved before it is assigned: initialised to zero */
    Await *kept_by;      /* an await across which it is live, */
    bool across;         /* is there any? */
    bool past;           /* does some way lead past its declaration to a use? */
    bool early;          /* is there one ahead of its declaration? */
    bool assigned;       /* its initialiser speaks of it: assigned once it is declared */
    int first, last;     /* of a temporary: where it is defined and last used, in the order of the code */
    struct Var *open;    /* lower: a flag: is its task still to be detached? NULL: it is none, or it is never awaited */
    int mentions;        /* and how often it is spoken of: many awaits only */
    bool direct;         /* emit: an await's result, read where that lies in the frame */
} Var;
#define NOWHERE ((size_t)-1)

/* ---- code: what the C compiler gets, in pieces ---- */
typedef enum CodeKind { CODE_TEXT, CODE_SPAN, CODE_VAR } CodeKind;
typedef struct Code {
    CodeKind kind;
    const char *text;  /* CODE_TEXT */
    size_t start, end; /* CODE_SPAN: of the source, printed with the emitter's edits */
    Var *var;          /* CODE_VAR: a temporary */
    struct Code *next;
    struct Code *last; /* of a list's first: a piece at or near its end, or NULL */
} Code;
Code *code_text(Arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
Code *code_span(Arena *a, size_t start, size_t end);
Code *code_var(Arena *a, Var *v);
Code *code_join(Code *a, Code *b); /* a, then b; either may be NULL */
Code *code_copy(Arena *a, const Code *c);

/* ---- expressions that may suspend or throw ---- */
typedef enum ExprKind {
    E_SPAN,     /* neither suspends nor throws */
    E_OPERANDS, /* args evaluated in order, then the operator */
    E_CALL,     /* args[0] is the callee */
    E_ASSIGN,   /* args: place, value */
    E_UPDATE,   /* ++ and --; args: place */
    E_ADDRESS,  /* & of a place */
    E_MEMBER,   /* args: object */
    E_LOGICAL,  /* && and || */
    E_COND,     /* args: condition, consequence (NULL: a ?: b), alternative */
    E_COMMA,
    E_STATEMENTS, /* ({ ... }): block */
    E_GENERIC,    /* args: what was chosen */
    E_AWAIT,      /* args: operand */
    E_YIELD,      /* args: value */
    E_BUILTIN,    /* a function of acc.h that throws, or types what C cannot; args are its arguments */
} ExprKind;

struct Expr {
    ExprKind kind;
    Builtin builtin;
    Node *node;
    size_t start, end;
    bool marked;  /* suspends or throws somewhere in it */
    bool effects; /* calls, assigns, suspends */
    bool stable;  /* gives the same whenever it is evaluated */
    bool is_or;   /* E_LOGICAL: || */
    Type *type;   /* as its place converts it */
    Expr **args;
    size_t count;
    Stmt *block;
};

/* ---- awaits ---- */
typedef enum AwaitKind {
    AWAIT_CALL,       /* of a call: the callee runs inline */
    AWAIT_CORO,       /* of a stored coroutine */
    AWAIT_TASK,       /* of a task or future */
    AWAIT_GATHER,     /* of a gather with assignments: asked again on resuming */
    AWAIT_YIELD,      /* of a generator, for its next step; call is the value */
    AWAIT_INTO,       /* of a call in C that is told where the result goes: the address ends its text */
    AWAIT_INTO_SIZED, /* and then its size */
    AWAIT_THROW,      /* no await: a call that may throw, and never suspends */
    AWAIT_RAISE,      /* no await: a throw; control does not go on behind it */
} AwaitKind;

struct Await {
    AwaitKind kind;
    int site;            /* 1, 2, ...: its number in the site table, and the frame's state while it is suspended */
    size_t at;           /* of the source */
    Code *call;          /* the call's text; for CORO, TASK: the handle */
    Code *dests;         /* GATHER: the destinations */
    Var *result;         /* NULL: void */
    const char *handler; /* where an error goes: a label; NULL: out of the function */
    bool certain;        /* CALL: it suspends always */
    bool by_address;     /* THROW: the call stores the result itself */
    BitSet live;         /* flow: the variables live behind it that a suspension must keep (the result not among them) */
    VEC(Var *) kept;     /* flow: those of them that are stored when it suspends, and loaded when it is resumed */
    int order;           /* its place in the order of the code */
};

/* ---- statements ---- */
typedef enum StmtKind {
    S_BLOCK,  /* list */
    S_DECL,   /* items */
    S_EXPR,   /* e */
    S_IF,     /* e, body, alt */
    S_WHILE,  /* e, body */
    S_DO,     /* body, e */
    S_FOR,    /* init (a statement or NULL), e, step, body */
    S_SWITCH, /* e, body */
    S_CASE,   /* its label: code or span; default too */
    S_LABEL,  /* name */
    S_GOTO,   /* name, or e: computed */
    S_BREAK,
    S_CONTINUE,
    S_RETURN, /* e or NULL */
    S_OTHER,  /* a span that holds nothing of ours: static declarations, asm, ... */
    S_TRY,    /* body, list of S_CATCH, alt: what stands behind finally */
    S_CATCH,  /* items: what it declares; body */
    S_THROW,  /* e or NULL: again */
    S_DEFER,  /* body */
    S_WITH,   /* e, items: the declaration without its initialiser; body */
    S_EACH,   /* async for: e, items: the declaration, or step_e: the place; body */
    /* after lower only */
    S_CODE,  /* code; defines kills */
    S_AWAIT, /* await */
    S_FAIL,  /* the error that is pending goes to the handler name, or out of the function */
} StmtKind;

typedef struct DeclItem {
    Var *var;          /* NULL: no automatic object */
    size_t start, end; /* the declarator with all that belongs to it, the initialiser not */
    size_t name_start, name_end;
    Expr *init;
    VEC(Expr *) sizes;      /* of a variable-length array, outermost first */
    VEC(Code *) size_codes; /* after lower */
    Code *init_code;        /* after lower */
    bool braces;            /* the initialiser is a list */
    bool split;             /* lower: the initialiser became an assignment */
} DeclItem;

struct Stmt {
    StmtKind kind;
    size_t start, end;
    Node *node;
    const char *name;
    size_t label_scope; /* S_LABEL, S_GOTO: where the block begins that has a __label__ for it; 0: none */
    Expr *e, *step_e;
    Stmt *init, *body, *alt;
    VEC(Stmt *) list;
    VEC(DeclItem) items;
    size_t specs_end;    /* S_DECL: the specifiers are [start, specs_end) */
    bool type_only;      /* S_DECL: only the type that the specifiers define; */
    bool type_apart;     /* and that is declared before */
    bool suspends;       /* something in it is marked */
    bool made;           /* by lower: no text of the user's */
    bool bare;           /* S_CODE: its semicolon is not in the code */
    bool declared_first; /* S_CODE: the initialiser of a variable that was declared without it, */
    bool braces;         /* a list */
    bool label_used;     /* there is such a continue */
    bool unused;         /* S_LABEL: perhaps nothing goes there */
    bool needs_label;    /* S_DO, S_FOR: a continue was turned into a jump to it */
    /* after lower */
    Code *code, *step;
    VEC(Var *) kills;
    Await *await;
    Stmt *target;            /* S_BREAK, S_CONTINUE: the loop or switch */
    struct Cleanup *cleanup; /* lower: of a loop or switch, the innermost cleanup around it */
    size_t asked;            /* S_BLOCK, lower_falls: so many statements it had when that was asked, plus 1; 0: never */
    bool falls;              /* and what came of it */
    bool declares;           /* S_CODE: it is the declaration of the variable it kills, which has none of the user's */
};

typedef struct VarRef { /* a mention of a variable in the source */
    size_t offset;
    Var *var;
    bool store; /* assigned as a whole, its old value not read */
} VarRef;

typedef struct Scoped { /* a name that the body declares, whatever it names */
    const char *name;
    size_t scope_start, scope_end;
} Scoped;

/* The frame's structure, as it is declared: a field, or an unnamed structure or union of parts. */
typedef struct FramePart {
    enum { PART_FIELD, PART_STRUCT, PART_UNION } kind;
    Var *var;    /* PART_FIELD */
    bool blocks; /* PART_UNION: of variables that live in the frame, in blocks of which one alone is executed at a time */
    VEC(struct FramePart *) parts;
} FramePart;

struct Func {
    Node *node;         /* its function_definition */
    const char *name;   /* as the user wrote it */
    const char *symbol; /* in C: acc__main for main */
    bool is_main;
    bool generator; /* its body yields: */
    Type *yields, *sent;
    Var *returned; /* what return gave, while cleanup runs; NULL: there is no need */
    bool ordinary; /* not async, but there is cleanup in it */
    Decl *decl;
    Type *result;    /* TY_VOID for void */
    VEC(Var *) vars; /* parameters first */
    Map *var_of;     /* Decl -> Var */
    size_t param_count;
    VEC(VarRef) refs;    /* by offset */
    VEC(Scoped) names;   /* to find out which variables others hide */
    VEC(Await *) awaits; /* by site */
    Stmt *body;
    size_t body_start, body_end;
    int temps;
    VEC(const char *) elsewhere; /* lower: the calls of it that are made elsewhere: declarations at file scope */
    bool resident;               /* its frame is made at entry */
    bool many;                   /* flow: so many awaits that all it has is resident, and they share one suspension */
    FramePart *frame;            /* flow: what it holds behind its head, a structure */
    size_t frame_size;           /* as the C compiler will have it; */
    bool frame_known;            /* at least, where this is false */
};

typedef struct Unit {
    const Source *source;
    Tree *tree;
    View *view;
    Sema *sema;
    Diags *diags;
    VEC(Func *) funcs;
    Map *methods;       /* lower: the functions that are called by a type's name, not by theirs */
    BitSet aliased;     /* emit: which of Sema.aliases are declared */
    bool few_passes;    /* emit: see translate.h, */
    bool twice;         /* and here */
    int captures;       /* lower: how many calls are made elsewhere */
    bool no_tracebacks; /* emit: leave the places of awaits out */
    Edits edits;        /* of the source, for whatever is printed as a span: lower/plain.c and flow/frame.c add theirs */
} Unit;

/* build.c: needs Sema; leaves Unit: a Func for each async function definition. */
Unit *ir_build(Arena *a, Tree *t, View *v, Sema *s, Diags *d);
Expr *ir_expr(Arena *a, Unit *u, Func *f, Node *n); /* also for lower, which takes places apart */
Builtin ir_builtin(Unit *u, const Node *n);         /* which of acc.h's own does this node call? */
Var *ir_temp(Arena *a, Func *f, Type *type);        /* a new temporary */
Var *ir_object(Arena *a, Func *f, const char *name, Type *type, size_t start, size_t end); /* whose address is known */
void ir_refs(const Func *f, size_t start, size_t end, size_t *first, size_t *last);        /* the mentions in a span */
bool ir_creates_task(Unit *u, const Node *n);  /* is its value a task's handle that nobody else has? */
bool ir_endless(const Unit *u, const Stmt *s); /* lowered: for (;;), while (1): left by a jump only */
/* The body of the structure or enumeration that a declaration defines, and its specifier; NULL: it defines none. */
const Node *ir_type_body(const Node *declaration, const Node **type);
bool ir_specified(const Unit *u, const Node *n, const char *word); /* among its specifiers: static, extern, ... */
bool ir_inline(const Unit *u, const Node *n);                      /* however that is spelled */
bool ir_suspends(const Await *w);                                  /* or does it only throw? */
const char *ir_text(Arena *a, Unit *u, const Node *n);             /* its text, a copy */
void ir_dump(Unit *u, FILE *to);
void ir_verify(Unit *u, bool lowered); /* debug builds: bug() where an invariant is broken */

/* captured.c: what acc_to_thread or acc_run_in_executor is given. */
typedef struct Captured {
    Node *call, *function, *pool; /* pool NULL: acc_to_thread */
    Type *pointer;                /* of a pointer to the function, to be kept; NULL: it is called by its name, */
    const char *name;             /* which it has at file scope */
    Type *value;                  /* what comes back; NULL: unknown, clang has complained */
    Node **args;
    size_t count;
    bool async, throws;
    bool memory;          /* a pointer to an object is among the arguments */
    const Node *nameless; /* whose type has no name at file scope; NULL: there is none */
} Captured;
bool ir_captured(Arena *a, Unit *u, const Node *builtin, Captured *c); /* false: it is no call */
Type *ir_captured_type(Unit *u, const Node *arg);                      /* of an argument that is kept; NULL: unknown */

/* attribute.c: the first cleanup attribute in a span. */
typedef struct CleanupAttribute {
    size_t start, end;    /* cleanup(function) */
    const char *function; /* NULL: there is none */
} CleanupAttribute;
CleanupAttribute ir_cleanup_attribute(Arena *a, Unit *u, size_t start, size_t end);

/* check.c: needs Unit before lower; leaves the dialect's diagnostics. True: no errors. */
bool ir_check(Arena *a, Unit *u);

/* warn_escaping.c: the address of a local among the arguments of what a call of acc_create_task starts; NULL: there is none. */
const Node *ir_escaping(Unit *u, const Node *call);
void ir_warn_escaping(Unit *u, const Node *address, const Node *call);

/* lower/: needs Unit; leaves it lowered, and the edits of what is no async function's body in Unit. */
void lower(Arena *a, Unit *u);
Type *async_value(Type *callee); /* what await gives of a call of it */

/* flow/: needs the lowered Unit; leaves live sets, placements and frame layouts in it. */
void flow(Arena *a, Unit *u, size_t many); /* many: above so many awaits in a function, Func.many */
void frames_dump(Unit *u, FILE *to);

#endif
