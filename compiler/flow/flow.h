/* flow.h: shared by flow's files. */
#ifndef ACC_FLOW_H
#define ACC_FLOW_H

#include "../ir/ir.h"

/* A point of the control-flow graph: a statement, or the test of one. */
typedef struct Point {
    Stmt *stmt;
    VEC(Code *) codes; /* what is evaluated here */
    VEC(int) succs;
    VEC(Var *) uses, kills;
    BitSet in, out;
    bool reads_kills; /* computed: some use is of what it kills */
} Point;

typedef struct Graph {
    VEC(Point) points;
    int entry, exit;
} Graph;

Graph *cfg_build(Arena *a, Unit *u, Func *f); /* cfg.c */
void live_solve(Arena *a, Func *f, Graph *g); /* live.c: needs the graph; leaves in and out of every point */
void live_order(Arena *a, Unit *u,
                Func *f); /* live.c: temporaries by the order of the code, where sets would be too large */
void across(Arena *a, Unit *u, Func *f, Graph *g); /* across.c: NULL: the graph was not needed by anybody else */
void place(Arena *a, Unit *u, Func *f);            /* placement.c: needs live sets; leaves each variable's placement */
void frame_layout(Arena *a, Unit *u, Func *f); /* frame.c: needs placements; leaves fields, and edits of resident names */

void frame_sizes(Unit *u);                       /* size.c: needs layouts; leaves offsets and sizes, and -Wframe-size= */
const char *frame_place(Arena *a, const Var *v); /* frame.c: how a resident variable is mentioned */
bool const_dropped(Arena *a, Unit *u, Var *v);   /* frame.c: takes a variable's own const out of its declaration */

#endif
