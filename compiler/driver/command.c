/* command.c: builds commands out of the options and runs them. */
#include "command.h"

#include <errno.h>

#include "../base/spawn.h"

CStrVec command_new(Job *j) {
    CStrVec argv = {0};
    for (size_t i = 0; i < j->tools.cc.len; i++) vec_push(j->arena, &argv, j->tools.cc.data[i]);
    return argv;
}

void command_add(Job *j, CStrVec *argv, const char *word) { vec_push(j->arena, argv, word); }

void command_addn(Job *j, CStrVec *argv, ...) {
    va_list ap;
    va_start(ap, argv);
    for (const char *word; (word = va_arg(ap, const char *));) command_add(j, argv, word);
    va_end(ap);
}

void command_options(Job *j, CStrVec *argv, unsigned kinds) {
    const Options *o = j->options;
    for (size_t i = 0; i < o->args.len; i++) {
        const Arg *arg = &o->args.data[i];
        if (arg->kind == ARG_INPUT || arg->kind == ARG_ASYNC || !(kinds & KIND(arg->kind))) continue;
        command_add(j, argv, arg->text);
        if (arg->value) command_add(j, argv, arg->value);
    }
    if (j->format) command_add(j, argv, j->format);
}

void command_include(Job *j, CStrVec *argv) {
    if (j->tools.includedir) command_addn(j, argv, "-I", j->tools.includedir, NULL);
}

void command_input(Job *j, CStrVec *argv, const Arg *arg) {
    if (arg->language) command_addn(j, argv, "-x", arg->language, NULL);
    /* A name that looks like an option came behind a --. */
    command_add(j, argv, *arg->text == '-' && arg->text[1] ? arena_printf(j->arena, "./%s", arg->text) : arg->text);
    if (arg->language) command_addn(j, argv, "-x", "none", NULL);
}

/* As a shell would take it. */
static void show_word(const char *w) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./,:@%^";
    if (*w && !w[strspn(w, plain)]) {
        fprintf(stderr, " %s", w);
        return;
    }
    fputs(" '", stderr);
    for (; *w; w++) {
        if (*w == '\'') fputs("'\\''", stderr);
        else fputc(*w, stderr);
    }
    fputc('\'', stderr);
}

void command_show(Job *j, const CStrVec *argv) {
    if (!j->options->verbose) return;
    fflush(stdout);
    for (size_t i = 0; i < argv->len && argv->data[i]; i++) show_word(argv->data[i]);
    fputc('\n', stderr);
}

bool command_run_with_input(Job *j, CStrVec argv, const char *input, size_t len) {
    command_show(j, &argv);
    if (j->options->dry_run) return true;
    command_add(j, &argv, NULL);
    int status = spawn_run(&(Spawn){.argv = argv.data, .input = input, .input_len = len});
    if (status < 0) driver_error("cannot run '%s': %s", argv.data[0], strerror(errno));
    else if (status > 128)
        driver_error("'%s' was ended by signal %d (%s)", argv.data[0], status - 128, strsignal(status - 128));
    return status == 0;
}

bool command_run(Job *j, CStrVec argv) { return command_run_with_input(j, argv, NULL, 0); }

const char *with_suffix(Arena *a, const char *name, const char *suffix) {
    const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name, *dot = strrchr(base, '.');
    return arena_printf(a, "%.*s%s", (int)(dot && dot > base ? dot - base : (long)strlen(base)), base, suffix);
}

bool is_source(const Arg *arg) {
    static const char *const suffixes[] = {".c",   ".i",   ".s",   ".S",   ".sx", ".h",   ".cc", ".cp", ".cxx",
                                           ".cpp", ".c++", ".C",   ".ii",  ".m",  ".mi",  ".f",  ".F",  ".f90",
                                           ".d",   ".go",  ".adb", ".ads", ".hh", ".hpp", NULL};
    const char *dot = strrchr(arg->text, '.');
    if (arg->language) return true;
    for (size_t i = 0; dot && suffixes[i]; i++)
        if (strcmp(dot, suffixes[i]) == 0) return true;
    return false;
}
