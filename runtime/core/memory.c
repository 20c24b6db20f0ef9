/* memory.c: where the runtime's memory comes from, and the hostile mode's switches.
 *
 * ACC_HOSTILE=1 in the environment (or a build with -DACC_HOSTILE=ON) makes trouble on purpose: the stack guard is always
 * near, so that every call becomes a cold coroutine; awaits of done tasks suspend once; frames go to malloc and free, so
 * that a sanitizer sees misuse; and ACC_FAIL_ALLOC=n fails the n-th allocation. Hot paths pay nothing: pools are empty
 * then, and their slow paths look. */
#include "internal.h"
#include <unistd.h>

static long fail_countdown; /* 0: no failure is planned */

static bool fail_told; /* it was asked for in the environment: stderr tells when it comes */

bool acc__fail_alloc(void) {
    static const char words[] = "acc: this allocation fails (ACC_FAIL_ALLOC)\n";
    if (acc__likely(__atomic_load_n(&fail_countdown, __ATOMIC_RELAXED) <= 0) ||
        __atomic_fetch_sub(&fail_countdown, 1, __ATOMIC_RELAXED) != 1)
        return false;
    if (fail_told && write(2, words, sizeof words - 1) < 0) fail_told = false;
    return true;
}

/* For tests: the n-th allocation from now on fails (0: none); and is it still to come? */
void acc__fail_plan(long n) { __atomic_store_n(&fail_countdown, n, __ATOMIC_RELAXED); }
bool acc__fail_planned(void) { return __atomic_load_n(&fail_countdown, __ATOMIC_RELAXED) > 0; }

void *acc__malloc(size_t n) { return acc__fail_alloc() ? NULL : malloc(n); }
void *acc__realloc(void *p, size_t n) { return acc__fail_alloc() ? NULL : realloc(p, n); }
void *acc__aligned(size_t align, size_t n) {
    return acc__fail_alloc() ? NULL : aligned_alloc(align, (n + align - 1) / align * align);
}

static void read_environment(void) {
    const char *n = getenv("ACC_FAIL_ALLOC");
    if (!n || atol(n) <= 0) return;
    fail_told = true;
    __atomic_store_n(&fail_countdown, atol(n), __ATOMIC_RELAXED);
}

void acc__hostile_init(acc__thread *th) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    const char *e = getenv("ACC_HOSTILE");
#ifdef ACC_HOSTILE
    th->hostile = !e || *e != '0';
#else
    th->hostile = e && *e && *e != '0';
#endif
    if (!th->hostile) return;
    th->keeps = ACC__SLOT_CLASSES;
    pthread_once(&once, read_environment);
    th->cx.room = UINTPTR_MAX;
}
