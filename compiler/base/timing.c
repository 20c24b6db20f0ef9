/* timing.c: how long each phase takes. Needs the clocks; leaves a table, one line a phase in the order in which they ran. */
#include "timing.h"

#include <sys/resource.h>
#include <time.h>

typedef struct Clocks { /* seconds; of the children too, so that the preprocessor's counts */
    double wall, cpu;
} Clocks;

typedef struct Phase {
    const char *name;
    Clocks spent;
} Phase;

struct Timing {
    Arena *arena;
    VEC(Phase) phases;
    Clocks began; /* the last of them */
    bool running;
};

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

static Clocks now(void) {
    struct timespec wall;
    struct rusage own, children;
    clock_gettime(CLOCK_MONOTONIC, &wall);
    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    return (Clocks){(double)wall.tv_sec + (double)wall.tv_nsec / 1e9,
                    seconds(own.ru_utime) + seconds(own.ru_stime) + seconds(children.ru_utime) + seconds(children.ru_stime)};
}

Timing *timing_new(Arena *a) {
    Timing *t = NEW(a, Timing);
    t->arena = a;
    return t;
}

void timing_phase(Timing *t, const char *name) {
    if (!t) return;
    Clocks at = now();
    if (t->running) {
        Phase *last = &t->phases.data[t->phases.len - 1];
        last->spent = (Clocks){at.wall - t->began.wall, at.cpu - t->began.cpu};
    }
    t->running = name != NULL;
    if (name) vec_push(t->arena, &t->phases, (Phase){.name = name});
    t->began = at;
}

static void print_line(const char *name, Clocks c, double whole, FILE *to) {
    fprintf(to, " %-12s: %9.4f (%3.0f%%) wall %9.4f cpu\n", name, c.wall, whole > 0 ? 100 * c.wall / whole : 0, c.cpu);
}

void timing_print(const Timing *t, const char *file, FILE *to) {
    Clocks whole = {0};
    for (size_t i = 0; i < t->phases.len; i++) {
        whole.wall += t->phases.data[i].spent.wall;
        whole.cpu += t->phases.data[i].spent.cpu;
    }
    fprintf(to, "\nacc: %s: seconds by phase\n", file);
    for (size_t i = 0; i < t->phases.len; i++) print_line(t->phases.data[i].name, t->phases.data[i].spent, whole.wall, to);
    print_line("TOTAL", whole, whole.wall, to);
    fflush(to);
}
