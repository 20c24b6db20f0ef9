/* sema.h: the arrow from view and analyse to build and check: what every name, expression and type means.
 *
 * All offsets here are offsets into the source; that the C compiler saw a view of it stays inside this folder. */
#ifndef ACC_SEMA_H
#define ACC_SEMA_H

#include "../base/diag.h"
#include "../syntax/syntax.h"

/* ---- edits.c: a text with replacements ---- */
typedef struct Edit {
    size_t start, end; /* what is replaced; start == end: an insertion */
    const char *text;
    size_t origin; /* of a closing insertion: where the construct began that it closes */
    int order;     /* among edits of the same start */
    bool closing;
} Edit;
typedef struct Edits {
    VEC(Edit) list;
    bool sorted;
} Edits;
void edit_replace(Arena *a, Edits *e, size_t start, size_t end, const char *text);
void edit_insert(Arena *a, Edits *e, size_t at, const char *text);               /* before what begins there */
void edit_close(Arena *a, Edits *e, size_t at, size_t origin, const char *text); /* behind what ends there */
void edits_sort(Edits *e);
size_t edits_find(const Edits *e, size_t at); /* the first edit with start >= at */
void edits_apply(const Edits *e, const char *text, size_t start, size_t end, StrBuf *out);

/* ---- builtins.c: the functions of acc.h that C cannot type ---- */
typedef enum Builtin {
    B_NONE,
    B_CALL /* any acc_throws function */,
    B_CREATE_TASK,
    B_CREATE_TASK_EAGER,
    B_GROUP_CREATE_TASK,
    B_WAIT_FOR,
    B_SHIELD,
    B_ANEXT,
    B_ASEND,
    B_ATHROW,
    B_ACLOSE,
    B_AS_COMPLETED,
    B_RESULT,
    B_FUTURE_NEW,
    B_FUTURE_SET_RESULT,
    B_FUTURE_TRY_SET_RESULT,
    B_FUTURE_SET_ERROR,
    B_ERROR_NEW,
    B_QUEUE_NEW, /* and of the other two kinds */
    B_QUEUE_GET,
    B_QUEUE_PUT,
    B_QUEUE_GET_NOWAIT,
    B_QUEUE_PUT_NOWAIT,
    B_TRY,
    B_GATHER,
    B_GATHER_ARRAY,
    B_RUN,
    B_RUN_THREADSAFE,
    B_THREAD_RESULT,
    B_TO_THREAD,
    B_RUN_IN_EXECUTOR,
} Builtin;

typedef struct CallText { /* a call's pieces; NULL: as it is */
    const char *open, *comma, *close;
} CallText;
typedef struct BuiltinInfo {
    const char *name;
    Builtin builtin;
    uint32_t min, max;     /* how many arguments */
    CallText view;         /* plain C of the same type; open NULL: view.c has a way of its own */
    CallText plain;        /* in an ordinary function; open NULL: lower/plain.c has one */
    const char *second;    /* instead of view's second comma; NULL: it stays */
    const char *statement; /* instead of plain.close, where the call is a statement; NULL: no difference */
    const char *nothing;   /* where its value is void */
    const char *single;    /* where it has one argument */
} BuiltinInfo;
const BuiltinInfo *builtin_find(const Source *s, const Node *call); /* by the callee's name; NULL: it is none of them */
const BuiltinInfo *builtin_info(Builtin b);
bool builtin_takes(const BuiltinInfo *b, const Node *call); /* so many arguments? */

/* ---- view.c ---- */
typedef struct View {
    const Source *source;
    Edits edits;
    char *text; /* plain C */
    size_t len;
    VEC(size_t) ends; /* of each edit, where the view is behind it */
    /* acc_outcome(T): the structures made for it */
    Map *outcomes;           /* normalised T -> tag */
    VEC(Edit) outcome_texts; /* their definitions, and where they stand */
    /* the same, of types that a function defines: the semicolon behind such a definition, replaced */
    VEC(Edit) local_outcomes;
    /* acc_to_thread(f(args)) and its kin: what they give depends on whether f is async, which only analyse knows */
    Map *async_captures; /* offset of the call of an async function, plus 1 -> 1 */
    VEC(Node *) captures;
} View;
/* Every dialect construct written as plain C of the same type. */
char *view_one_line(Arena *a, const char *text);              /* a piece of the source on one line */
void view_define_locally(Arena *a, const View *v, Edits *to); /* puts its local outcomes there */
View *view_make(Arena *a, const Tree *t, Map *async_captures);
size_t view_start(const View *v, size_t offset); /* where what begins at the source's offset begins */
size_t view_end(const View *v, size_t offset,
                size_t node_start);                     /* where what ends at offset, having begun at node_start, ends */
size_t view_back(const View *v, size_t view_offset);    /* the source's offset */
bool view_is_source(const View *v, size_t view_offset); /* is it the source's own text, not the view's? */

/* The call that acc_to_thread or acc_run_in_executor captures, and the pool of the latter; NULL: there is none. */
Node *captured_call(const Node *builtin);
Node *captured_pool(const Node *builtin);

/* The innermost function declarator below a declaration's declarator: what `async` makes asynchronous. NULL: there is none. */
Node *async_declarator(Node *declarator);
/* The name that a declarator declares, or NULL. */
Node *declared_name(Node *declarator);
/* What acc_try's outcome is assigned to: the declared name or the left side; element: an element of that array. NULL: it stands
 * nowhere else. */
Node *try_target(const Source *s, const Node *call, bool *element);
/* The name of the error type in TYPE or TYPE(...), where an error is wanted; NULL: it is an expression. */
Node *error_type_name(const Source *s, Node *n);
/* Replaces acc_task(T) and its kin by C; shared by the view and the emitter. outcomes: the tags. */
Node *generator_type(const Source *s, const Node *n); /* the acc_generator(T) that an async declaration declares, or NULL */
void edit_acc_type(Arena *a, const Source *s, Node *n, Map *outcomes, Edits *e);
bool is_outcome_type(const Source *s, const Node *n); /* acc_outcome(T): replaced as a whole, T with it */

/* ---- syntax.c: with analyse.c and types.c the only files that know libclang ---- */
/* needs: the trees; leaves the syntax errors of all regions. True: there are none. */
bool sema_syntax(Arena *a, const Tree *t, const CStrVec *args, Diags *d);
/* The place of an offset, its column still to be found by translate.c; behind the token before where only a blank is there. */
Place sema_place(const Source *s, size_t offset);
/* clang's words for a name that is not declared, or better ones; NULL: it has been said. said: what has been. */
const char *sema_undeclared(Arena *a, Map *said, const Source *s, size_t at, bool function, const char *words, int *number);

/* similar.c: the name in the file that one at `at` was most likely meant to be; NULL: none is near. call: a function's */
const char *sema_similar(Arena *a, const Source *s, size_t at, bool call);
bool sema_said(Map *said, const Source *s, size_t name); /* has that name been spoken of? It has now. */

/* ---- analyse.c ---- */
typedef enum TypeKind {
    TY_VOID,
    TY_SCALAR,
    TY_POINTER,
    TY_RECORD,
    TY_ARRAY,
    TY_VLA,
    TY_FUNCTION,
    TY_VECTOR,
    TY_OTHER
} TypeKind;
typedef enum HandleKind { H_NONE, H_CORO, H_TASK, H_FUTURE, H_GENERATOR, H_QUEUE, H_THREAD_FUTURE } HandleKind;

typedef struct Type {
    TypeKind kind;
    int64_t size, align; /* -1: unknown to the translator */
    bool is_const, is_volatile, is_atomic;
    bool flexible;               /* a record that ends in an array without a size */
    bool const_member;           /* a record with a member that is const: it cannot be assigned */
    bool has_pointer;            /* a pointer, or what holds one; a handle too */
    bool has_memory;             /* the same of pointers to objects */
    bool has_array;              /* a record that holds an array: naming the member gives an address away */
    bool variable;               /* a VLA, or made of one */
    bool outcome, empty_outcome; /* acc_outcome(T); of void */
    const char *local;           /* a record that a function defines: `struct T `, which is good only there */
    HandleKind handle;
    bool async_function;        /* an async function, or a pointer to one */
    bool generator_function;    /* an async function that gives a generator, or a pointer to one */
    struct Type *sent;          /* of a generator: what yield gives */
    struct Type *result;        /* of a handle: what await gives; of a pointer: the pointee; of an array: the element */
    const char *before, *after; /* a declaration at file scope is `before NAME after`; NULL: it has no name there */
    const char *spelling;       /* for people */
    void *key;                  /* equal keys: the same type, top-level qualifiers aside */
} Type;

bool type_is_outcome(const Type *t);       /* acc_outcome(T)? (types.c) */
bool type_is_empty_outcome(const Type *t); /* acc_outcome(void)? */
const Type *type_element(const Type *t);   /* of an array of arrays: what is no array; else t itself */

typedef enum DeclKind { D_VAR, D_PARAM, D_FUNCTION, D_OTHER } DeclKind;
typedef struct Decl {
    DeclKind kind;
    size_t name; /* offset of its name; (size_t)-1: not in the source */
    Type *type;
    bool automatic; /* a local object that is not static or extern */
    bool cleanup;   /* __attribute__((cleanup)) */
    bool throws;    /* acc_throws */
    const char *spelling;
} Decl;

typedef struct Conversion { /* an implicit conversion between handles that C needs spelled */
    size_t start, end;
    const char *type;
} Conversion;

typedef struct CallInfo {
    size_t start, end; /* the call's extent */
    Type *callee;
    bool async;
    bool generator; /* of a generator function: it takes a context, and gives the generator at once */
    Decl *function; /* what is called by name, or NULL */
} CallInfo;

typedef struct Unsaid { /* a warning about a variable, for which the C compiler may have no words: unsaid.c */
    Diag *diag;
    size_t at, other; /* the name at its place; the one that it hides, or the same */
} Unsaid;

typedef struct Sema {
    const Tree *tree;
    View *view;
    VEC(CallInfo) calls;
    VEC(Conversion) conversions;
    Map *conversion_at; /* extent_key -> its number, plus 1 */
    VEC(Unsaid) unsaid;
    CStrVec aliases; /* declarations of acc__type_0, ...: see types.c */
    struct Analysis *analysis;
} Sema;

const Conversion *sema_conversion(const Sema *s, size_t start, size_t end); /* of that very piece of the source, or NULL */
/* needs: the view; leaves: Sema, and clang's complaints about dialect regions in diags, in the user's terms. */
bool sema_implicit(Sema *s, const Node *call); /* is what it calls not declared? That is said then */
/* Is it a handle, as far as is known? *type: its type, or NULL. */
bool type_is_awaitable(const Type *t); /* a coroutine, a task or a future? (types.c) */
bool sema_awaitable(Sema *s, const Node *expression, Type **type);
void sema_value_meant(Diags *d, const Source *s, size_t at, bool async, HandleKind handle); /* ACC003 */
Sema *analyse(Arena *a, const Tree *t, View *v, const CStrVec *args, Diags *d);
/* Was the view wrong about a captured call? Then its async_captures know better now: it is to be made anew, and analysed. */
bool sema_learnt(Sema *s);
bool sema_silent(const Sema *s, size_t at);             /* is all said of what stands there? */
void sema_close(Sema *s);                               /* frees what libclang holds */
Type *sema_type(Sema *s, const Node *expression);       /* converted as its place asks (arrays decay); NULL: unknown */
Type *sema_inner_type(Sema *s, const Node *expression); /* its own */
Decl *sema_ref(Sema *s, size_t identifier);             /* what an identifier names, NULL: no object or function */
Decl *sema_decl(Sema *s, size_t name);                  /* what is declared by the name at that offset */
Decl *sema_function(Sema *s, const char *name);         /* a function of that name, where the dialect is spoken */
/* The async function NAME_suffix of the type NAME that a pointer points to; name: what it is or should be called. */
Decl *sema_method(Sema *s, const Type *pointer, const char *suffix, const char **name);
const CallInfo *sema_call(Sema *s, const Node *call);
Node *sema_chosen(Sema *s,
                  const Node *generic); /* the expression that a _Generic stands for, where awaits are among them; or NULL */
Type *sema_pointer_to(Sema *s, Type *t);
void sema_dump(Sema *s, FILE *to); /* --dump=analyse */

#endif
