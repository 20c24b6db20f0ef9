/* options.c: reads the command line as cc reads its own: what is acc's is taken, the rest is sorted by who wants it and handed
 * on. Needs argv; leaves Options, with every file and option in its order. */
#include "options.h"

#include <ctype.h>
#include <stdlib.h>

#include "help.h"

static void say(const char *kind, const char *fmt, va_list ap) {
    fflush(stdout);
    fprintf(stderr, "acc: %s: ", kind);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
}

int usage_error(const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    say("error", fmt, ap);
    va_end(ap);
    fputs("acc: try 'acc --help'\n", stderr);
    return 2;
}

void driver_error(const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    say("error", fmt, ap);
    va_end(ap);
}

static bool starts(const char *s, const char *prefix) { return strncmp(s, prefix, strlen(prefix)) == 0; }
static bool is(const char *s, const char *other) { return strcmp(s, other) == 0; }

static bool among(const char *s, const char *const *list) {
    for (; *list; list++)
        if (is(s, *list)) return true;
    return false;
}

/* ---- @file ---- */

typedef struct Words {
    Arena *a;
    CStrVec list;
    int depth;
} Words;

static void add_word(Words *w, const char *word);

/* The words of a response file: blanks part them, quotes and backslashes keep them together. */
static void add_file_words(Words *w, const char *s) {
    while (*s) {
        while (isspace((unsigned char)*s)) s++;
        if (!*s) return;
        StrBuf word = {0};
        char quote = 0;
        sb_addn(&word, "", 0);
        for (; *s && (quote || !isspace((unsigned char)*s)); s++) {
            if (*s == '\\' && s[1]) sb_addc(&word, *++s);
            else if (quote ? *s == quote : *s == '"' || *s == '\'') quote = quote ? 0 : *s;
            else sb_addc(&word, *s);
        }
        add_word(w, arena_strndup(w->a, word.data, word.len));
        sb_free(&word);
    }
}

static void add_word(Words *w, const char *word) {
    FILE *f = *word == '@' && w->depth < 100 ? fopen(word + 1, "r") : NULL;
    if (!f) { /* as with cc, an @ that is no file is a word like any other */
        vec_push(w->a, &w->list, word);
        return;
    }
    StrBuf text = {0};
    char buf[4096];
    for (size_t n; (n = fread(buf, 1, sizeof buf, f)) > 0;) sb_addn(&text, buf, n);
    fclose(f);
    w->depth++;
    if (text.data) add_file_words(w, text.data);
    w->depth--;
    sb_free(&text);
}

/* ---- what cc's options are ---- */

/* Options whose argument may, or must, be the next word. */
static const char *const separate_preprocess[] = {"-D",         "-U",           "-I",
                                                  "-A",         "-isystem",     "-iquote",
                                                  "-idirafter", "-include",     "-imacros",
                                                  "-iprefix",   "-iwithprefix", "-iwithprefixbefore",
                                                  "-imultilib", "-imultiarch",  "-Xpreprocessor",
                                                  NULL};
static const char *const separate_link[] = {"-L", "-l", "-T", "-Tbss",  "-Tdata",   "-Ttext",  "-u", "-z",
                                            "-e", "-h", "-R", "-rpath", "-Xlinker", "--entry", NULL};
static const char *const separate_compile[] = {
    "--param",  "-isysroot",   "--sysroot", "-aux-info",  "-dumpbase",      "-dumpbase-ext",
    "-dumpdir", "-Xassembler", "-Xclang",   "-Xanalyzer", "-mllvm",         "-target",
    "-arch",    "-B",          "-G",        "-wrapper",   "-gcc-toolchain", "--serialize-diagnostics",
    NULL};
/* Options of one word that only one step wants. Those that end in * are beginnings. */
static const char *const joined_preprocess[] = {"-D*",
                                                "-U*",
                                                "-I*",
                                                "-A*",
                                                "-isystem*",
                                                "-iquote*",
                                                "-idirafter*",
                                                "-include*",
                                                "-imacros*",
                                                "-iprefix*",
                                                "-iwithprefix*",
                                                "-nostdinc",
                                                "-undef",
                                                "-Wp,*",
                                                "--include*",
                                                "--define-macro*",
                                                "--undefine-macro*",
                                                "--imacros*",
                                                NULL};
static const char *const joined_text[] = {"-P", "-C", "-CC", "-dM", "-dD", "-dN", "-dI", "-dU", "-fdirectives-only", NULL};
static const char *const joined_link[] = {"-L*",
                                          "-l*",
                                          "-Wl,*",
                                          "-T*",
                                          "-u*",
                                          "-z*",
                                          "-s",
                                          "-r",
                                          "-shared",
                                          "-static*",
                                          "-pie",
                                          "-no-pie",
                                          "-rdynamic",
                                          "-symbolic",
                                          "-nostdlib",
                                          "-nodefaultlibs",
                                          "-nostartfiles",
                                          "-nolibc",
                                          "-shared-libgcc",
                                          "-shared-libasan",
                                          "-fuse-ld=*",
                                          "-R*",
                                          NULL};
/* Questions that cc answers by itself, without a file. */
static const char *const questions[] = {"-dumpmachine", "-dumpversion",  "-dumpfullversion", "-dumpspecs", "-print-*",
                                        "--print-*",    "--target-help", "--help=*",         NULL};

static bool matches(const char *s, const char *const *list) {
    for (; *list; list++) {
        size_t n = strlen(*list);
        if ((*list)[n - 1] == '*' ? strncmp(s, *list, n - 1) == 0 : is(s, *list)) return true;
    }
    return false;
}

typedef struct Reading {
    Arena *a;
    Options *o;
    const char *const *next; /* the next word, NULL at the end */
    const char *language;    /* what -x said last */
    bool files_only;         /* behind -- */
} Reading;

static void add(Reading *r, ArgKind kind, const char *text, const char *value) {
    vec_push(r->a, &r->o->args, (Arg){.kind = kind, .text = text, .value = value});
}

static void add_input(Reading *r, const char *name) {
    const char *dot = strrchr(name, '.'), *language = r->language;
    bool async = language ? is(language, "ac") : dot && is(dot, ".ac");
    vec_push(r->a, &r->o->args,
             (Arg){.kind = async ? ARG_ASYNC : ARG_INPUT, .text = name, .language = async ? NULL : language});
    r->o->inputs++;
    r->o->async_inputs += async;
}

/* The option's argument: what follows it in the word, or the next word. NULL: there is none, which is told. */
static const char *argument(Reading *r, const char *word, size_t option_len) {
    if (word[option_len]) return word + option_len;
    if (*r->next) return *r->next++;
    usage_error("missing argument after '%s'", word);
    return NULL;
}

/* One of a few values. -1: none of them, which is told. */
static int choice(const char *option, const char *value, const char *const *values) {
    for (int i = 0; values[i]; i++)
        if (is(value, values[i])) return i;
    StrBuf all = {0};
    for (int i = 0; values[i]; i++) sb_printf(&all, "%s%s", i ? ", " : "", values[i]);
    usage_error("'%s' is no value for '%s': %s", value, option, all.data ? all.data : "there is none");
    sb_free(&all);
    return -1;
}

/* ---- the groups of options; each says whether the word was one of its own: 0 no, 1 yes, 2 yes and wrong ---- */

static void stop_at(Options *o, Stage stage) {
    if (stage < o->stage) o->stage = stage;
}

static int read_own(Reading *r, const char *w) {
    static const char *const emits[] = {"c", "readable", "frames", "states", NULL};
    static const char *const runtimes[] = {"static", "shared", "none", NULL};
    Options *o = r->o;
    int n;
    if (starts(w, "--emit=")) {
        if ((n = choice("--emit=", w + 7, emits)) < 0) return 2;
        o->emit = (EmitKind)n;
        stop_at(o, STAGE_TRANSLATE);
    } else if (starts(w, "--dump=")) {
        if ((n = choice("--dump=", w + 7, translate_dumps)) < 0) return 2;
        o->dump = w + 7;
        stop_at(o, STAGE_TRANSLATE);
    } else if (starts(w, "-fmany-awaits=")) {
        char *end;
        o->many_awaits = strtoul(w + 14, &end, 10);
        if (!isdigit((unsigned char)w[14]) || *end) return usage_error("'-fmany-awaits=' wants a number");
    } else if (is(w, "-fno-tracebacks") || is(w, "-ftracebacks")) {
        o->no_tracebacks = w[2] == 'n';
    } else if (starts(w, "--cc=")) {
        o->cc = (CStrVec){0};
        Words words = {.a = r->a, .depth = 100};
        add_file_words(&words, w + 5);
        o->cc = words.list;
        if (!o->cc.len) return usage_error("'--cc=' wants a C compiler");
    } else if (starts(w, "--libacc=")) {
        if ((n = choice("--libacc=", w + 9, runtimes)) < 0) return 2;
        o->runtime = (Runtime)n;
    } else if (is(w, "-v")) {
        o->verbose = true;
        add(r, ARG_COMPILE, w, NULL);
    } else if (is(w, "-ftime-report")) {
        o->time_report = true;
        add(r, ARG_COMPILE, w, NULL);
    } else if (is(w, "-###")) {
        o->dry_run = o->verbose = true;
    } else if (is(w, "-o")) {
        if (!(o->output = argument(r, w, 2))) return 2;
    } else if (starts(w, "-o") && !starts(w, "-objc")) {
        o->output = w + 2;
    } else if (starts(w, "-x")) {
        const char *language = argument(r, w, 2);
        if (!language) return 2;
        r->language = is(language, "none") ? NULL : language;
    } else {
        return 0;
    }
    return 1;
}

static int read_stage(Reading *r, const char *w) {
    Options *o = r->o;
    if (is(w, "-E")) stop_at(o, STAGE_PREPROCESS);
    else if (is(w, "-S")) stop_at(o, STAGE_ASSEMBLY);
    else if (is(w, "-c")) stop_at(o, STAGE_OBJECT);
    else if (is(w, "-fsyntax-only")) stop_at(o, STAGE_CHECK);
    else return 0;
    return 1;
}

static int read_dependency(Reading *r, const char *w) {
    static const char *const plain[] = {"-MD", "-MMD", "-MP", "-MG", "-M", "-MM", NULL};
    Options *o = r->o;
    if (among(w, plain)) {
        add(r, ARG_DEPENDENCY, w, NULL);
        if (is(w, "-M") || is(w, "-MM")) stop_at(o, STAGE_PREPROCESS);
        if (is(w, "-MD") || is(w, "-MMD")) o->deps = true;
        return 1;
    }
    if (!starts(w, "-MF") && !starts(w, "-MT") && !starts(w, "-MQ")) return 0;
    const char *value = argument(r, w, 3);
    if (!value) return 2;
    if (w[2] == 'F') o->deps_file = true, o->deps_output = value;
    else o->deps_target = true;
    add(r, ARG_DEPENDENCY, arena_strndup(r->a, w, 3), value);
    return 1;
}

static int read_diagnostics(Reading *r, const char *w) {
    static const char *const formats[] = {"text", "json", "sarif", "json-stderr", "sarif-stderr", NULL};
    static const DiagFormat format_of[] = {DIAG_TEXT, DIAG_JSON, DIAG_SARIF, DIAG_JSON, DIAG_SARIF};
    static const char *const colors[] = {"auto", "always", "never", NULL};
    Options *o = r->o;
    int n;
    if (starts(w, "-fdiagnostics-format=")) { /* not every C compiler knows each: toolchain.c hands it on */
        if ((n = choice("-fdiagnostics-format=", w + 21, formats)) < 0) return 2;
        o->format = format_of[n];
        return 1;
    }
    if (starts(w, "-fdiagnostics-color=")) {
        if ((n = choice("-fdiagnostics-color=", w + 20, colors)) < 0) return 2;
        o->color = (DiagColor)n;
    } else if (is(w, "-fdiagnostics-color") || is(w, "-fcolor-diagnostics")) {
        o->color = DIAG_COLOR_ALWAYS;
    } else if (is(w, "-fno-diagnostics-color") || is(w, "-fno-color-diagnostics") || is(w, "-fdiagnostics-plain-output")) {
        o->color = DIAG_COLOR_NEVER;
    } else {
        return 0;
    }
    add(r, ARG_COMPILE, w, NULL);
    return 1;
}

/* -W and -w: acc's own are kept back, those that mean every warning go to both. */
static int read_warning(Reading *r, const char *w, Diags *known) {
    if (is(w, "-w") || is(w, "-Werror") || is(w, "-Wno-error")) {
        vec_push(r->a, &r->o->warnings, is(w, "-w") ? "w" : w + 2);
        add(r, ARG_COMPILE, w, NULL);
        return 1;
    }
    if (!starts(w, "-W") || !diags_option(known, w + 2)) return 0;
    vec_push(r->a, &r->o->warnings, w + 2);
    return 1;
}

static int read_cc(Reading *r, const char *w) {
    Options *o = r->o;
    if (among(w, separate_preprocess) || among(w, separate_link) || among(w, separate_compile)) {
        const char *value = argument(r, w, strlen(w));
        if (!value) return 2;
        if (is(w, "-D")) vec_push(r->a, &o->defines, arena_strndup(r->a, value, strcspn(value, "=(")));
        add(r, among(w, separate_preprocess) ? ARG_PREPROCESS : among(w, separate_link) ? ARG_LINK : ARG_COMPILE, w, value);
        return 1;
    }
    if (starts(w, "-D")) vec_push(r->a, &o->defines, arena_strndup(r->a, w + 2, strcspn(w + 2, "=(")));
    if (is(w, "-shared")) o->shared = true;
    if (is(w, "-r")) o->relocatable = true;
    if (is(w, "-nostdlib") || is(w, "-nodefaultlibs")) o->no_libraries = true;
    if (matches(w, questions) || is(w, "-v")) o->pass_on = true;
    add(r,
        matches(w, joined_text)         ? ARG_TEXT
        : matches(w, joined_preprocess) ? ARG_PREPROCESS
        : matches(w, joined_link)       ? ARG_LINK
                                        : ARG_COMPILE,
        w, NULL);
    return 1;
}

/* 2: it was wrong, which is told. */
static int read_word(Reading *r, const char *w, Diags *known) {
    if (r->files_only || w[0] != '-' || !w[1]) {
        add_input(r, w);
        return 1;
    }
    if (is(w, "--")) {
        r->files_only = true;
        return 1;
    }
    int done = read_own(r, w);
    if (!done) done = read_stage(r, w);
    if (!done) done = read_dependency(r, w);
    if (!done) done = read_diagnostics(r, w);
    if (!done) done = read_warning(r, w, known);
    return done ? done : read_cc(r, w);
}

/* What cannot be meant together. */
static int check(const Options *o) {
    if (!o->inputs) return usage_error("no input files");
    if (o->output && o->inputs > 1 && o->stage != STAGE_LINK && o->stage != STAGE_CHECK)
        return usage_error("cannot specify '-o' with '-c', '-S', '-E' or '--emit' and several files");
    if (o->stage == STAGE_TRANSLATE && o->inputs != o->async_inputs) {
        for (size_t i = 0; i < o->args.len; i++)
            if (o->args.data[i].kind == ARG_INPUT)
                return usage_error("'%s' is no .ac file: '--emit' and '--dump' have nothing to translate",
                                   o->args.data[i].text);
    }
    for (size_t i = 0; i < o->args.len; i++) {
        const Arg *arg = &o->args.data[i];
        if (arg->kind == ARG_INPUT && is(arg->text, "-") && !arg->language && o->stage != STAGE_PREPROCESS)
            return usage_error("'-E' or '-x' is needed to read standard input");
    }
    return -1;
}

int options_read(Arena *a, int argc, char **argv, Options *o) {
    *o = (Options){.stage = STAGE_LINK, .many_awaits = MANY_AWAITS};
    Words words = {.a = a};
    for (int i = 1; i < argc; i++) add_word(&words, argv[i]);
    vec_push(a, &words.list, NULL);
    Diags *known = diags_new(a); /* knows acc's own warnings by name */
    Reading r = {.a = a, .o = o, .next = words.list.data};
    bool version = false;
    while (*r.next) {
        const char *w = *r.next++;
        if (!r.files_only && (is(w, "--help") || is(w, "-help"))) return help_show();
        if (!r.files_only && is(w, "--version")) version = true;
        if (!r.files_only && (is(w, "--explain") || starts(w, "--explain="))) {
            return help_explain(w[9] ? w + 10 : *r.next);
        } else if (read_word(&r, w, known) == 2) return 2;
    }
    if (version) return help_version(a, o);
    if (!o->inputs && (o->pass_on || o->verbose)) {
        o->pass_on = true;
        return -1;
    }
    o->pass_on = false;
    return check(o);
}
