/* async_input.c: what is done with a file for acc: preprocess, translate, and have the C compiler do the rest.
 * needs: the Job; leaves: the output that was asked for, or the object that is to be linked in arg->object. */
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "../base/spawn.h"
#include "temp.h"

static bool from_stdin(const Arg *arg) { return strcmp(arg->text, "-") == 0; }

static bool read_stdin(Job *j) {
    char buf[1 << 14];
    ssize_t n;
    if (j->input_read || j->options->dry_run) return true;
    sb_addn(&j->input, "", 0);
    while ((n = read(STDIN_FILENO, buf, sizeof buf)) != 0) {
        if (n > 0) sb_addn(&j->input, buf, (size_t)n);
        else if (errno != EINTR) {
            driver_error("standard input: %s", strerror(errno));
            return false;
        }
    }
    return j->input_read = true;
}

/* ---- what is made ---- */

/* The file that this input becomes; NULL: none (-fsyntax-only), or the standard output. */
static const char *output_name(Job *j, const Arg *arg) {
    const Options *o = j->options;
    const char *name = from_stdin(arg) ? "-.ac" : arg->text;
    switch (o->stage) {
        case STAGE_ASSEMBLY: return o->output ? o->output : with_suffix(j->arena, name, ".s");
        case STAGE_OBJECT: return o->output ? o->output : with_suffix(j->arena, name, ".o");
        case STAGE_LINK: return temp_file(with_suffix(j->arena, name, ".o"));
        case STAGE_TRANSLATE: return o->output && strcmp(o->output, "-") != 0 ? o->output : NULL;
        default: return NULL;
    }
}

/* The dependency options, completed as gcc would: its own idea of the names is spoiled by the steps in between. */
static CStrVec dependencies(Job *j, const Arg *arg) {
    const Options *o = j->options;
    CStrVec deps = {0};
    for (size_t i = 0; i < o->args.len; i++) {
        if (o->args.data[i].kind != ARG_DEPENDENCY) continue;
        command_add(j, &deps, o->args.data[i].text);
        if (o->args.data[i].value) command_add(j, &deps, o->args.data[i].value);
    }
    if (!o->deps) return deps;
    const char *object = with_suffix(j->arena, arg->text, o->stage == STAGE_ASSEMBLY ? ".s" : ".o");
    if (o->output && o->stage != STAGE_TRANSLATE) object = o->output;
    const char *file = o->deps_output;
    if (!file) {
        if (o->stage != STAGE_LINK || (o->output && o->inputs == 1)) {
            const char *slash = strrchr(object, '/');
            file = arena_printf(j->arena, "%.*s%s", slash ? (int)(slash + 1 - object) : 0, object,
                                with_suffix(j->arena, object, ".d"));
        } else { /* as gcc names what it makes beside a program: PROGRAM-FILE.d */
            const char *program = o->output ? o->output : "a", *slash = strrchr(program, '/');
            file = arena_printf(
                j->arena, "%.*s%s", slash ? (int)(slash + 1 - program) : 0, program,
                with_suffix(j->arena, program, arena_printf(j->arena, "-%s", with_suffix(j->arena, arg->text, ".d"))));
        }
        command_addn(j, &deps, "-MF", file, NULL);
    }
    if (!o->deps_target) command_addn(j, &deps, "-MQ", object, NULL);
    if (!o->dry_run) temp_output(file);
    return deps;
}

static PreprocessOptions preprocess_options(Job *j, const Arg *arg) {
    PreprocessOptions p = {.cc = j->tools.cc, .clang = j->tools.clang, .include_dir = j->tools.includedir};
    command_options(j, &p.args, KIND(ARG_COMPILE) | KIND(ARG_PREPROCESS));
    size_t kept = 0; /* its time is in our own report */
    for (size_t i = 0; i < p.args.len; i++)
        if (strcmp(p.args.data[i], "-ftime-report") != 0) p.args.data[kept++] = p.args.data[i];
    p.args.len = kept;
    p.deps = dependencies(j, arg);
    p.input = j->input.data;
    p.input_len = j->input.len;
    return p;
}

/* The preprocessor writes into a pipe, but what it says ends on our terminal. */
static void color_as_terminal(Job *j, PreprocessOptions *p) {
    const char *term = getenv("TERM");
    if (j->options->color == DIAG_COLOR_AUTO && isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0 &&
        !getenv("NO_COLOR"))
        command_add(j, &p->args, "-fdiagnostics-color=always");
}

/* What libclang is to know of the command line: the language, the macros, the warnings; not the code generator's affairs. */
static CStrVec clang_args(Job *j) {
    static const char *const wanted[] = {"-std=",
                                         "-ansi",
                                         "-W",
                                         "-w",
                                         "-pedantic",
                                         "-m32",
                                         "-m64",
                                         "-mx32",
                                         "-funsigned-char",
                                         "-fsigned-char",
                                         "-fno-unsigned-char",
                                         "-fno-signed-char",
                                         "-fshort-enums",
                                         "-fshort-wchar",
                                         "-fms-extensions",
                                         "-fgnu89-inline",
                                         "-fopenmp",
                                         "-fblocks",
                                         "-ffreestanding",
                                         "-fno-builtin"};
    const Options *o = j->options;
    CStrVec args = {0};
    for (size_t i = 0; i < o->args.len; i++) {
        const Arg *arg = &o->args.data[i];
        bool take =
            arg->kind == ARG_PREPROCESS && strncmp(arg->text, "-Wp", 3) != 0 && strcmp(arg->text, "-Xpreprocessor") != 0;
        for (size_t k = 0; arg->kind == ARG_COMPILE && !take && k < sizeof wanted / sizeof *wanted; k++)
            take = strncmp(arg->text, wanted[k], strlen(wanted[k])) == 0 && strncmp(arg->text, "-Wa,", 4) != 0;
        if (!take) continue;
        command_add(j, &args, arg->text);
        if (arg->value) command_add(j, &args, arg->value);
    }
    return args;
}

/* ---- writing ---- */

static bool write_text(const char *path, const char *head, const char *text, size_t len) {
    FILE *f = path ? fopen(path, "wb") : stdout;
    bool good = f && fputs(head, f) >= 0 && fwrite(text, 1, len, f) == len;
    if (f && (path ? fclose(f) : fflush(f)) != 0) good = false;
    if (!good) driver_error("cannot write '%s': %s", path ? path : "standard output", strerror(errno));
    return good;
}

/* A name that a C program may not take for itself, so that nothing of the user's is called so. */
static bool reserved(const char *name) { return name[0] == '_' && (name[1] == '_' || (name[1] >= 'A' && name[1] <= 'Z')); }

/* Preprocessed text that is to be read as .c again: what is a macro from the start there, but may stand in it as a name (`linux`
 * under -std=c11, what the user's own -D called so), must not expand a second time. */
static bool undefine(Job *j, StrBuf *head) {
    const Options *o = j->options;
    CStrVec argv = command_new(j); /* without the user's options: who reads the text again may have none */
    command_addn(j, &argv, "-dM", "-E", "-x", "c", "/dev/null", NULL);
    command_show(j, &argv);
    command_add(j, &argv, NULL);
    StrBuf macros = {0};
    sb_add(head, "#undef i386\n"); /* -m32's */
    int status = o->dry_run ? 0 : spawn_run(&(Spawn){.argv = argv.data, .out = &macros});
    for (char *line = macros.data, *next; line && *line; line = next) {
        next = line + strcspn(line, "\n");
        if (*next) *next++ = '\0';
        if (strncmp(line, "#define ", 8) != 0) continue;
        line[8 + strcspn(line + 8, " (")] = '\0';
        if (!reserved(line + 8)) sb_printf(head, "#undef %s\n", line + 8);
    }
    for (size_t i = 0; i < o->defines.len; i++) sb_printf(head, "#undef %s\n", o->defines.data[i]);
    sb_free(&macros);
    return status == 0;
}

/* What --emit or --dump asked for. */
static bool write_translation(Job *j, const Arg *arg, bool changed, const StrBuf *out, const StrBuf *text) {
    const Options *o = j->options;
    const char *path = output_name(j, arg);
    const StrBuf *what = changed ? out : text;
    StrBuf head = {0}, original = {0};
    sb_addn(&head, "", 0);
    bool good = true;
    if (!changed && (o->dump || o->emit == EMIT_FRAMES || o->emit == EMIT_STATES)) {
        what = out;                                    /* there is nothing to tell */
    } else if (!changed && o->emit == EMIT_READABLE) { /* it is what a person would read */
        FILE *f = from_stdin(arg) ? NULL : fopen(arg->text, "rb");
        char buf[1 << 14];
        for (size_t n; f && (n = fread(buf, 1, sizeof buf, f)) > 0;) sb_addn(&original, buf, n);
        if (f) fclose(f);
        what = from_stdin(arg) ? &j->input : &original;
    } else if (o->emit == EMIT_C && path && !o->dump) {
        size_t n = strlen(path);
        if (n > 2 && strcmp(path + n - 2, ".c") == 0) good = undefine(j, &head);
    }
    good = good && write_text(path, head.data, what->data ? what->data : "", what->len);
    sb_free(&head);
    sb_free(&original);
    return good;
}

/* ---- the C compiler's part ---- */

/* What it makes beside the object belongs beside the program, not into our folder of temporary files. */
static void name_side_outputs(Job *j, const Arg *arg, CStrVec *argv) {
    static const char *const makers[] = {"--coverage",     "-coverage",     "-ftest-coverage",
                                         "-fprofile-arcs", "-gsplit-dwarf", "-save-temps",
                                         "-fstack-usage",  "-fdump-",       "-fcallgraph-info"};
    const Options *o = j->options;
    bool any = false;
    for (size_t i = 0; i < o->args.len; i++)
        for (size_t k = 0; o->args.data[i].kind == ARG_COMPILE && k < sizeof makers / sizeof *makers; k++)
            any |= strncmp(o->args.data[i].text, makers[k], strlen(makers[k])) == 0;
    if (!any || o->stage != STAGE_LINK || j->tools.clang) return;
    const char *program = o->output ? o->output : "a", *slash = strrchr(program, '/');
    const char *dir = arena_printf(j->arena, "%.*s%s", slash ? (int)(slash + 1 - program) : 0, program,
                                   with_suffix(j->arena, program, "-"));
    command_addn(j, argv, "-dumpdir", dir, "-dumpbase", with_suffix(j->arena, arg->text, ".ac"), "-dumpbase-ext", ".ac",
                 NULL);
}

static bool compile(Job *j, Arg *arg, CStrVec argv, const char *language, const char *file) {
    const Options *o = j->options;
    const char *output = output_name(j, arg);
    if (o->stage == STAGE_LINK && !output) {
        driver_error("cannot make a temporary file: %s", strerror(errno));
        return false;
    }
    arg->object = output;
    name_side_outputs(j, arg, &argv);
    command_add(j, &argv, o->stage == STAGE_CHECK ? "-fsyntax-only" : o->stage == STAGE_ASSEMBLY ? "-S" : "-c");
    command_addn(j, &argv, "-x", language, file, NULL);
    if (output) command_addn(j, &argv, "-o", output, NULL);
    bool piped = strcmp(file, "-") == 0;
    return command_run_with_input(j, argv, piped ? j->input.data : NULL, piped ? j->input.len : 0);
}

/* Without a word of the dialect: the file goes to the C compiler as the user wrote it. */
static bool compile_unchanged(Job *j, Arg *arg) {
    CStrVec argv = command_new(j);
    command_options(j, &argv, KIND(ARG_COMPILE) | KIND(ARG_PREPROCESS));
    command_add(j, &argv, "-D__ACC__=1");
    command_include(j, &argv);
    return compile(j, arg, argv, "c", arg->text);
}

/* What ISO C does not have is said of C that people wrote; what async functions become is GNU C. */
static bool asks_for_iso_c(const Options *o) {
    for (size_t i = 0; i < o->args.len; i++) {
        const char *text = o->args.data[i].text;
        if (o->args.data[i].kind == ARG_COMPILE && (!strncmp(text, "-pedantic", 9) || !strcmp(text, "-Wpedantic")))
            return true;
    }
    return false;
}

/* The translated text is preprocessed: read once more as C, some names in it would expand again. */
static bool compile_translated(Job *j, Arg *arg, const StrBuf *out) {
    CStrVec argv = command_new(j);
    command_options(j, &argv, KIND(ARG_COMPILE));
    if (asks_for_iso_c(j->options)) command_add(j, &argv, "-Wno-pedantic");
    const char *file = temp_file(with_suffix(j->arena, from_stdin(arg) ? "stdin" : arg->text, ".i"));
    if (!file) driver_error("cannot make a temporary file: %s", strerror(errno));
    if (!file || (!j->options->dry_run && !write_text(file, "", out->data ? out->data : "", out->len))) return false;
    return compile(j, arg, argv, "cpp-output", file);
}

/* ---- the whole way ---- */

/* -E: the C compiler does it all. */
static bool preprocess_only(Job *j, const Arg *arg) {
    CStrVec argv = command_new(j);
    command_add(j, &argv, "-E");
    command_options(j, &argv, KIND(ARG_COMPILE) | KIND(ARG_PREPROCESS) | KIND(ARG_TEXT) | KIND(ARG_DEPENDENCY));
    command_add(j, &argv, "-D__ACC__=1");
    command_include(j, &argv);
    command_addn(j, &argv, "-x", "c", arg->text, NULL);
    if (j->options->output) command_addn(j, &argv, "-o", j->options->output, NULL);
    return command_run(j, argv);
}

static void show_messages(const StrBuf *messages) {
    if (!messages->len || strcmp(messages->data, "[]\n") == 0)
        return; /* -fdiagnostics-format=json that has nothing to say */
    fwrite(messages->data, 1, messages->len, stderr);
}

/* Does a line of the C compiler's begin a message? file:line: warning: ... */
static bool begins_message(const char *line, size_t n) {
    return memmem(line, n, ": warning: ", 11) || memmem(line, n, ": error: ", 9) || memmem(line, n, ": note: ", 8) ||
           memmem(line, n, " generated.", 11);
}

/* Drops what the preprocessor says of strings and characters without an end: acc has said it. */
static void without_broken(StrBuf *messages) {
    StrBuf rest = {0};
    const char *p = messages->data, *end = p + messages->len;
    bool json = messages->len && *p == '[', drop = false, any = false;
    for (const char *next; p < end; p = next) {
        if (json) { /* an object of the array, or what stands between two */
            int depth = 0;
            for (next = p; next < end; next++) {
                if (*next == '"')
                    while (++next < end && *next != '"') next += *next == '\\';
                depth += *next == '{';
                if (*next == '}' && --depth == 0) break;
            }
            if (next < end) next++;
            else next = end;
            const char *open = memchr(p, '{', (size_t)(next - p));
            if (open && memmem(p, (size_t)(next - p), "\"missing terminating ", 21)) continue;
            if (open) sb_add(&rest, any ? ", " : "[");
            if (open) sb_addn(&rest, open, (size_t)(next - open));
            any |= open != NULL;
            continue;
        }
        next = memchr(p, '\n', (size_t)(end - p));
        next = next ? next + 1 : end;
        if (begins_message(p, (size_t)(next - p))) drop = memmem(p, (size_t)(next - p), "missing terminating ", 20) != NULL;
        bool counts = memmem(p, (size_t)(next - p), " generated.", 11) != NULL;
        any |= !drop && !counts;
        if (!drop && (!counts || any)) sb_addn(&rest, p, (size_t)(next - p));
    }
    if (json && any) sb_add(&rest, "]\n");
    sb_free(messages);
    *messages = rest;
}

/* Is the C compiler asked to optimise more than for a debugger? Its last -O counts. */
static const char *optimisation(const Options *o) {
    const char *level = "0";
    for (size_t i = 0; i < o->args.len; i++)
        if (!strncmp(o->args.data[i].text, "-O", 2)) level = o->args.data[i].text + 2;
    return level;
}
static bool optimises(const Options *o) { return strcmp(optimisation(o), "0") && strcmp(optimisation(o), "g"); }
static bool for_speed(const Options *o) { return optimises(o) && *optimisation(o) != 's' && *optimisation(o) != 'z'; }

static bool translate_text(Job *j, Arena *a, const Arg *arg, const PreprocessOptions *pre, const Directives *directives,
                           const StrBuf *text, StrBuf *out, Timing *timing, bool *changed) {
    const Options *o = j->options;
    Diags *diags = diags_new(a);
    for (size_t i = 0; i < o->warnings.len; i++) diags_option(diags, o->warnings.data[i]);
    size_t n = o->output ? strlen(o->output) : 0;
    TranslateOptions t = {
        .file = from_stdin(arg) ? "<stdin>" : arg->text,
        .emit = o->emit,
        .dump = o->dump,
        .many_awaits = o->many_awaits,
        .no_tracebacks = o->no_tracebacks,
        .twice = for_speed(o),
        .few_passes = !j->tools.clang && (o->stage == STAGE_TRANSLATE || optimises(o)),
        .output_is_c = o->stage == STAGE_TRANSLATE && n > 2 && strcmp(o->output + n - 2, ".c") == 0,
        .clang_args = clang_args(j),
        .diags = diags,
        .columns = columns_new(a, pre, arg->text),
        .directives = directives,
        .timing = timing,
    };
    bool good = translate(a, &t, text->data, text->len, out, changed) && diags_errors(diags) == 0;
    if (o->format == DIAG_TEXT || diags_any(diags)) diags_print(diags, stderr, o->format, o->color);
    return good;
}

static bool finish(Job *j, Arg *arg, bool changed, const StrBuf *text, const StrBuf *out) {
    if (j->options->stage == STAGE_TRANSLATE) return write_translation(j, arg, changed, out, text);
    return changed ? compile_translated(j, arg, out) : compile_unchanged(j, arg);
}

bool async_input(Job *j, Arg *arg) {
    if (from_stdin(arg) && !(j->options->stage == STAGE_PREPROCESS) && !read_stdin(j)) return false;
    if (j->options->stage == STAGE_PREPROCESS) return preprocess_only(j, arg);
    PreprocessOptions pre = preprocess_options(j, arg);
    color_as_terminal(j, &pre);
    CStrVec shown = preprocess_text_command(j->arena, &pre, arg->text);
    command_show(j, &shown);
    if (j->options->dry_run) return j->options->stage == STAGE_TRANSLATE || compile_translated(j, arg, &(StrBuf){0});

    Arena *a = arena_new(); /* the translation's */
    StrBuf text = {0}, messages = {0}, out = {0};
    bool changed = false,
         readable = j->options->stage == STAGE_TRANSLATE && j->options->emit == EMIT_READABLE && !j->options->dump;
    PreprocessOptions first = pre;
    for (size_t i = 0; readable && i < 2; i++) vec_push(a, &first.args, directives_kept[i]);
    Timing *timing = j->options->time_report ? timing_new(a) : NULL;
    timing_phase(timing, "preprocess");
    int status = preprocess(a, &first, arg->text, &text, &messages);
    if (status >= 0 && pragmas_shown(j, &pre, &text)) {
        sb_free(&text);
        sb_free(&messages);
        first.args = (CStrVec){0};
        for (size_t i = 0; i < pre.args.len; i++) vec_push(a, &first.args, pre.args.data[i]);
        for (size_t i = 0; readable && i < 2; i++) vec_push(a, &first.args, directives_kept[i]);
        status = preprocess(a, &first, arg->text, &text, &messages);
    }
    if (status < 0) driver_error("cannot run '%s': %s", pre.cc.data[0], strerror(errno));
    const Directives *directives = NULL;
    if (readable && status == 0) {
        StrBuf clean = {0};
        directives = directives_split(a, &pre, arg->text, text.data, text.len, &clean);
        sb_free(&text);
        text = clean;
    }
    bool good = status == 0 && translate_text(j, a, arg, &pre, directives, &text, &out, timing, &changed);
    timing_phase(timing, NULL);
    if (timing) timing_print(timing, arg->text, stderr);
    /* A file that the C compiler reads as it is hears the preprocessor's warnings from it. */
    if (!good && changed && messages.len) without_broken(&messages);
    if (!good || changed || j->options->stage == STAGE_TRANSLATE) show_messages(&messages);
    good = good && finish(j, arg, changed, &text, &out);
    sb_free(&text);
    sb_free(&messages);
    sb_free(&out);
    arena_free(a);
    return good;
}
