/* toolchain.c: finds the C compiler (--cc, $CC, gcc, cc) and the runtime: where the environment says, else beside acc, in an
 * installed prefix as in a build tree. Needs Options; leaves Toolchain. */
#include "toolchain.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/spawn.h"

static bool exists(const char *path) { return access(path, R_OK) == 0; }

/* Where the program lies that is called so; NULL: nowhere. */
static const char *in_path(Arena *a, const char *program) {
    if (strchr(program, '/')) return access(program, X_OK) == 0 ? program : NULL;
    const char *path = getenv("PATH");
    for (const char *p = path ? path : "/usr/bin:/bin"; *p;) {
        size_t n = strcspn(p, ":");
        const char *file = arena_printf(a, "%.*s/%s", n ? (int)n : 1, n ? p : ".", program);
        if (access(file, X_OK) == 0) return file;
        p += n + (p[n] == ':');
    }
    return NULL;
}

static bool is_self(const char *program) {
    struct stat self, other;
    return program && stat("/proc/self/exe", &self) == 0 && stat(program, &other) == 0 && self.st_dev == other.st_dev &&
           self.st_ino == other.st_ino;
}

static const char *output_of(Arena *a, const Toolchain *t, const char *option) {
    CStrVec argv = {0};
    for (size_t i = 0; i < t->cc.len; i++) vec_push(a, &argv, t->cc.data[i]);
    vec_push(a, &argv, option);
    vec_push(a, &argv, NULL);
    StrBuf out = {0}, err = {0};
    int status = spawn_run(&(Spawn){.argv = argv.data, .out = &out, .err = &err});
    const char *text = status == 0 && out.len ? arena_strndup(a, out.data, out.len) : "";
    sb_free(&out);
    sb_free(&err);
    return text;
}

/* By its name, where that tells; else it is asked. */
static bool is_clang(Arena *a, const Toolchain *t) {
    for (size_t i = t->cc.len; i-- > 0;) {
        const char *word = t->cc.data[i], *name = strrchr(word, '/') ? strrchr(word, '/') + 1 : word;
        if (*name == '-') continue;
        if (strstr(name, "clang")) return true;
        if (strstr(name, "gcc")) return false;
    }
    return strstr(output_of(a, t, "--version"), "clang") != NULL;
}

static bool find_cc(Arena *a, const Options *o, Toolchain *t) {
    const char *env = getenv("CC");
    t->cc = o->cc;
    if (!t->cc.len && env) {
        for (const char *p = env + strspn(env, " \t"); *p; p += strspn(p, " \t")) {
            size_t n = strcspn(p, " \t");
            vec_push(a, &t->cc, arena_strndup(a, p, n));
            p += n;
        }
    }
    /* `make CC=acc` puts that into the environment too. */
    if (!o->cc.len && t->cc.len && is_self(in_path(a, t->cc.data[0]))) t->cc = (CStrVec){0};
    if (!t->cc.len) vec_push(a, &t->cc, in_path(a, "gcc") ? "gcc" : "cc");
    if (is_self(in_path(a, t->cc.data[0]))) {
        driver_error("acc cannot be its own C compiler");
        return false;
    }
    if (!in_path(a, t->cc.data[0])) {
        driver_error("cannot find the C compiler '%s'", t->cc.data[0]);
        return false;
    }
    t->clang = is_clang(a, t);
    return true;
}

static bool has_runtime(Arena *a, const char *dir) {
    return exists(arena_printf(a, "%s/libacc.a", dir)) || exists(arena_printf(a, "%s/libacc.so", dir));
}

static void find_runtime(Arena *a, Toolchain *t) {
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    const char *prefix = NULL;
    if (n > 0) {
        self[n] = '\0';
        for (int up = 0; up < 2 && strrchr(self, '/'); up++) *strrchr(self, '/') = '\0'; /* PREFIX/bin/acc */
        prefix = arena_strdup(a, self);
    }
    t->includedir = getenv("ACC_INCLUDEDIR");
    t->libdir = getenv("ACC_LIBDIR");
    if (!t->includedir && prefix && exists(arena_printf(a, "%s/include/acc.h", prefix)))
        t->includedir = arena_printf(a, "%s/include", prefix);
    if (!t->includedir && exists(ACC_BUILD_INCLUDEDIR "/acc.h")) t->includedir = ACC_BUILD_INCLUDEDIR;
    static const char *const names[] = {ACC_LIBDIR_NAME, "lib", "lib64"};
    for (size_t i = 0; prefix && !t->libdir && i < sizeof names / sizeof *names; i++) {
        const char *dir = arena_printf(a, "%s/%s", prefix, names[i]);
        if (has_runtime(a, dir)) t->libdir = dir;
    }
    if (!t->libdir && has_runtime(a, ACC_BUILD_LIBDIR)) t->libdir = ACC_BUILD_LIBDIR;
}

bool toolchain_find(Arena *a, const Options *o, Toolchain *t) {
    *t = (Toolchain){0};
    find_runtime(a, t);
    return find_cc(a, o, t);
}

const char *toolchain_describe(Arena *a, const Toolchain *t) {
    const char *says = output_of(a, t, "--version");
    return arena_strndup(a, says, strcspn(says, "\n"));
}

const char *toolchain_format(Arena *a, const Toolchain *t, DiagFormat format) {
    if (format == DIAG_TEXT) return NULL;
    if (t->clang) return format == DIAG_SARIF ? "-fdiagnostics-format=sarif" : NULL;
    if (format == DIAG_JSON) return "-fdiagnostics-format=json";
    return atoi(output_of(a, t, "-dumpversion")) >= 13 ? "-fdiagnostics-format=sarif-stderr" : NULL;
}

bool toolchain_system_libdir(const char *dir) {
    static const char *const beginnings[] = {"/lib", "/usr/lib", "/usr/local/lib"};
    char real[PATH_MAX];
    const char *path = realpath(dir, real) ? real : dir;
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        size_t n = strlen(beginnings[i]);
        if (strncmp(path, beginnings[i], n) != 0) continue;
        const char *below = path + n;
        if (!*below || strcmp(below, "64") == 0) return true;
        if (*below == '/' && strstr(below, "-linux-") && !strchr(below + 1, '/'))
            return true; /* Debian's /usr/lib/x86_64-linux-gnu */
    }
    return false;
}
