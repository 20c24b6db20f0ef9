/* target.c: the compiler as a library under libFuzzer: preprocessed text goes through scan to emit.
 *
 * Before an input stands what it needs of the prelude. A crash, a hang, a leak, an internal error (bug() ends the process) is a
 * finding. So is C that is not valid: what was emitted without an error is read by libclang once more, behind the whole prelude,
 * precompiled; where that complains while the view of the same input was clean (what stands outside async functions is the C
 * compiler's to judge), the input is kept in the folder that FUZZ_FOUND names, and the run goes on. How far the inputs came is
 * said at the end.
 *
 * With REPLAY defined it is an ordinary program that runs each file that it is given, or each file in a folder: the corpus in the
 * tests, what once was found; invalid C then ends it. Needs nothing but libaccc and libclang. */
#include <clang-c/Index.h>
#include <dirent.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/stack.h"
#include "prelude.h"
#include "translate.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

/* ---- one input ---- */

static struct {
    unsigned long inputs, plain, refused, translated, read, invalid;
} count;

static bool translate_text(const StrBuf *text, EmitKind kind, const char *dump, StrBuf *out, bool *changed, bool say) {
    Arena *a = arena_new();
    Diags *diags = diags_new(a);
    TranslateOptions o = {
        .many_awaits = text->len % 7 ? MANY_AWAITS : 0, .file = "input.ac", .emit = kind, .dump = dump, .diags = diags};
    vec_push(a, &o.clang_args, "-std=gnu11");
    bool good = translate(a, &o, text->data, text->len, out, changed);
    if (say && diags_any(diags)) {
        static FILE *nowhere;
        if (!nowhere) nowhere = fopen("/dev/null", "w");
        diags_print(diags, nowhere,
                    text->len % 5 == 0   ? DIAG_JSON
                    : text->len % 5 == 1 ? DIAG_SARIF
                                         : DIAG_TEXT,
                    DIAG_COLOR_NEVER);
    }
    arena_free(a);
    return good;
}

/* The first error that clang finds in a preprocessed text, behind the precompiled prelude where one is named; NULL: there is
 * none. */
static char *first_error(const char *text, size_t len, const char *precompiled) {
    const char *args[] = {"-x",
                          "c",
                          "-std=gnu11",
                          "-w",
                          "-fbracket-depth=1000000",
                          "-D_Float128=__float128",
                          "--gcc-toolchain=/dev/null",
                          "--sysroot=/dev/null",
                          "-nostdinc",
                          "-include-pch",
                          precompiled};
    struct CXUnsavedFile file = {"emitted.c", text, (unsigned long)len};
    CXIndex index = clang_createIndex(0, 0);
    CXTranslationUnit unit;
    char *said = NULL;
    int n = (int)(sizeof args / sizeof *args) - (precompiled ? 0 : 2);
    if (clang_parseTranslationUnit2(index, "emitted.c", args, n, &file, 1, CXTranslationUnit_None, &unit) ==
        CXError_Success) {
        for (unsigned i = 0; i < clang_getNumDiagnostics(unit) && !said; i++) {
            CXDiagnostic d = clang_getDiagnostic(unit, i);
            if (clang_getDiagnosticSeverity(d) >= CXDiagnostic_Error) {
                CXString s = clang_formatDiagnostic(d, CXDiagnostic_DisplaySourceLocation | CXDiagnostic_DisplayColumn);
                said = strdup(clang_getCString(s));
                clang_disposeString(s);
            }
            clang_disposeDiagnostic(d);
        }
        clang_disposeTranslationUnit(unit);
    } else said = strdup("clang refuses it");
    clang_disposeIndex(index);
    return said;
}

static const char MARKER[] = "# 1 \"input.ac\"\n";
static char pch[64];

static void remove_pch(void) { unlink(pch); }

/* The prelude translated by itself, once, as it stands at the head of each output. */
static void precompile(void) {
    static const char *const args[] = {"-x",
                                       "c-header",
                                       "-std=gnu11",
                                       "-w",
                                       "-D_Float128=__float128",
                                       "--gcc-toolchain=/dev/null",
                                       "--sysroot=/dev/null",
                                       "-nostdinc"};
    StrBuf text = {0}, out = {0};
    bool changed;
    prelude_whole(&text);
    sb_add(&text, MARKER);
    snprintf(pch, sizeof pch, "/tmp/fuzz-prelude-%d.pch", (int)getpid());
    CXIndex index = clang_createIndex(0, 0);
    CXTranslationUnit unit;
    bool good = translate_text(&text, EMIT_C, NULL, &out, &changed, false);
    struct CXUnsavedFile file = {"prelude.h", out.data, (unsigned long)out.len};
    if (!good ||
        clang_parseTranslationUnit2(index, "prelude.h", args, sizeof args / sizeof *args, &file, 1,
                                    CXTranslationUnit_ForSerialization, &unit) != CXError_Success ||
        clang_saveTranslationUnit(unit, pch, CXSaveTranslationUnit_None) != CXSaveError_None) {
        fputs("the prelude cannot be precompiled\n", stderr);
        exit(2);
    }
    for (unsigned i = 0; i < clang_getNumDiagnostics(unit); i++) {
        CXDiagnostic d = clang_getDiagnostic(unit, i);
        if (clang_getDiagnosticSeverity(d) >= CXDiagnostic_Error) {
            CXString s = clang_formatDiagnostic(d, CXDiagnostic_DisplaySourceLocation);
            fprintf(stderr, "the prelude: %s\n", clang_getCString(s));
            exit(2); /* behind such a one nothing would be complained of */
        }
        clang_disposeDiagnostic(d);
    }
    clang_disposeTranslationUnit(unit);
    clang_disposeIndex(index);
    atexit(remove_pch);
    sb_free(&text);
    sb_free(&out);
}

static void invalid(const char *said, const unsigned char *data, size_t size) {
    count.invalid++;
    fprintf(stderr, "invalid C from input %d-%lu: %s\n", (int)getpid(), count.inputs, said);
#ifdef REPLAY
    (void)data, (void)size;
    exit(1);
#endif
    const char *folder = getenv("FUZZ_FOUND");
    if (!folder) return;
    char path[4096];
    snprintf(path, sizeof path, "%s/invalid-%d-%lu.ac", folder, (int)getpid(), count.inputs);
    FILE *f = fopen(path, "wb");
    if (!f) return;
    fwrite(data, 1, size, f);
    fclose(f);
}

/* Whether it shall stay in the corpus: of what is refused only some does, so that most inputs are made of what is right. */
static bool one_input(const unsigned char *data, size_t size) {
    static const EmitKind kinds[] = {EMIT_C, EMIT_C, EMIT_C, EMIT_C, EMIT_C, EMIT_C, EMIT_FRAMES, EMIT_STATES};
    StrBuf text = {0}, out = {0}, view = {0};
    if (!*pch) precompile();
    prelude_add(&text, (const char *)data, size);
    sb_add(&text, MARKER);
    for (size_t i = 0; i < size; i++) sb_addc(&text, data[i] ? (char)data[i] : ' ');
    EmitKind kind = kinds[size % (sizeof kinds / sizeof *kinds)];
    bool changed = false, good = translate_text(&text, kind, NULL, &out, &changed, true);
    count.inputs++;
    count.plain += !changed;
    count.refused += changed && !good;
    count.translated += changed && good;
    if (changed && good && kind == EMIT_C) {
        count.read++;
        const char *own = strstr(out.data, MARKER);
        char *said = first_error(own, out.len - (size_t)(own - out.data), pch);
        if (said) {
            char *before =
                translate_text(&text, kind, "view", &view, &changed, false) ? first_error(view.data, view.len, NULL) : NULL;
            if (!before) invalid(said, data, size);
            free(before);
        }
        free(said);
    }
    sb_free(&text);
    sb_free(&out);
    sb_free(&view);
    return good || size % 8 == 0;
}

/* ---- on one deep stack, since a thread for each would cost more than the rest ---- */

static struct {
    const unsigned char *data;
    size_t size;
    bool keep;
    sem_t given, done;
} job;

static void work(void *unused) {
    (void)unused;
    for (;;) {
        sem_wait(&job.given);
        job.keep = one_input(job.data, job.size);
        sem_post(&job.done);
    }
}

static void *worker(void *unused) {
    stack_run(work, unused);
    return NULL;
}

static void say_counts(void) {
    fprintf(stderr, "inputs: %lu, plain C %lu, refused %lu, translated %lu, of these read by clang %lu, invalid %lu\n",
            count.inputs, count.plain, count.refused, count.translated, count.read, count.invalid);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
    static bool started;
    if (!started) {
        started = true;
        sem_init(&job.given, 0, 0);
        sem_init(&job.done, 0, 0);
        pthread_t thread;
        if (pthread_create(&thread, NULL, worker, NULL)) abort();
        atexit(say_counts);
    }
    job.data = data;
    job.size = size;
    sem_post(&job.given);
    while (sem_wait(&job.done)) {
    }
    return job.keep ? 0 : -1;
}

#ifdef REPLAY

static void file(const char *path) {
    FILE *in = fopen(path, "rb");
    if (!in) {
        perror(path);
        exit(1);
    }
    StrBuf text = {0};
    char piece[4096];
    for (size_t n; (n = fread(piece, 1, sizeof piece, in)) > 0;) sb_addn(&text, piece, n);
    fclose(in);
    printf("%s\n", path);
    fflush(stdout); /* the last one named is the one that fails */
    LLVMFuzzerTestOneInput((const unsigned char *)(text.data ? text.data : ""), text.len);
    sb_free(&text);
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        if (!folder) {
            file(argv[i]);
            continue;
        }
        for (struct dirent *d; (d = readdir(folder));) {
            char path[4096];
            snprintf(path, sizeof path, "%s/%s", argv[i], d->d_name);
            if (d->d_name[0] != '.') file(path);
        }
        closedir(folder);
    }
    return 0;
}

#endif
