/* main.c: acc, a compiler driver as cc is. Each file for acc is preprocessed, translated and compiled (driver/async_input.c), the
 * others go to the C compiler, and what came of all is linked with the runtime (driver/link.c). */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver/command.h"
#include "driver/temp.h"

/* Every file that acc or cc is to read, but not what the linker looks up. */
static bool inputs_exist(const Options *o) {
    bool all = true;
    for (size_t i = 0; i < o->args.len; i++) {
        const Arg *arg = &o->args.data[i];
        if ((arg->kind != ARG_INPUT && arg->kind != ARG_ASYNC) || strcmp(arg->text, "-") == 0) continue;
        struct stat st;
        bool found = access(arg->text, R_OK) == 0 && stat(arg->text, &st) == 0;
        if (!found) driver_error("%s: %m", arg->text);
        else if (S_ISDIR(st.st_mode)) driver_error("%s: is a folder", arg->text);
        all = all && found && !S_ISDIR(st.st_mode);
    }
    return all;
}

/* Would writing there destroy an input? */
static bool is_input(const Options *o, const char *output) {
    struct stat out, in;
    if (stat(output, &out) != 0 || !S_ISREG(out.st_mode)) return false;
    for (size_t i = 0; i < o->args.len; i++) {
        const Arg *arg = &o->args.data[i];
        if (arg->kind != ARG_INPUT && arg->kind != ARG_ASYNC) continue;
        if (stat(arg->text, &in) == 0 && in.st_dev == out.st_dev && in.st_ino == out.st_ino) return true;
    }
    return false;
}

/* What will be written, where that is known beforehand. */
static CStrVec outputs(Arena *a, const Options *o) {
    const char *suffix = o->stage == STAGE_OBJECT ? ".o" : o->stage == STAGE_ASSEMBLY ? ".s" : NULL;
    CStrVec list = {0};
    if (o->output && strcmp(o->output, "-") != 0 && o->stage != STAGE_CHECK) vec_push(a, &list, o->output);
    if (!o->output && o->stage == STAGE_LINK) vec_push(a, &list, "a.out");
    if (o->deps_output) vec_push(a, &list, o->deps_output);
    for (size_t i = 0; suffix && i < o->args.len; i++) {
        const Arg *arg = &o->args.data[i];
        if (arg->kind != ARG_ASYNC && (arg->kind != ARG_INPUT || !is_source(arg))) continue;
        if (!o->output) vec_push(a, &list, with_suffix(a, arg->text, suffix));
        if (!o->output && o->deps && !o->deps_output) vec_push(a, &list, with_suffix(a, arg->text, ".d"));
    }
    return list;
}

/* The files that will be written lie beside those that are read, never on them; from here on they go if acc fails. */
static bool begin_outputs(Arena *a, const Options *o) {
    CStrVec list = outputs(a, o);
    for (size_t i = 0; i < list.len; i++) {
        if (!is_input(o, list.data[i])) continue;
        usage_error("the output file '%s' is an input file too", list.data[i]);
        return false;
    }
    for (size_t i = 0; i < list.len && !o->dry_run; i++) temp_output(list.data[i]);
    return true;
}

/* The files that are not acc's, where nothing is linked: cc knows how. */
static bool other_inputs(Job *j) {
    const Options *o = j->options;
    if (o->inputs == o->async_inputs) return true;
    CStrVec argv = command_new(j);
    command_options(j, &argv, KIND(ARG_COMPILE) | KIND(ARG_PREPROCESS) | KIND(ARG_DEPENDENCY));
    command_include(j, &argv);
    command_add(j, &argv, o->stage == STAGE_CHECK ? "-fsyntax-only" : o->stage == STAGE_ASSEMBLY ? "-S" : "-c");
    for (size_t i = 0; i < o->args.len; i++) {
        const Arg *arg = &o->args.data[i];
        if (arg->kind == ARG_INPUT) command_input(j, &argv, arg);
    }
    if (o->output) command_addn(j, &argv, "-o", o->output, NULL);
    return command_run(j, argv);
}

/* -E, of a file that is not acc's. */
static bool preprocess_other(Job *j, const Arg *arg) {
    CStrVec argv = command_new(j);
    command_add(j, &argv, "-E");
    command_options(j, &argv, KIND(ARG_COMPILE) | KIND(ARG_PREPROCESS) | KIND(ARG_TEXT) | KIND(ARG_DEPENDENCY));
    command_include(j, &argv);
    command_input(j, &argv, arg);
    if (j->options->output) command_addn(j, &argv, "-o", j->options->output, NULL);
    return command_run(j, argv);
}

/* Every step for every file. All of them are tried, so that each says what is wrong with it; nothing is linked then. */
static bool work(Job *j) {
    Options *o = j->options;
    bool good = true;
    for (size_t i = 0; i < o->args.len; i++) {
        Arg *arg = &o->args.data[i];
        if (arg->kind == ARG_ASYNC) good &= async_input(j, arg);
        if (arg->kind == ARG_INPUT && o->stage == STAGE_PREPROCESS) good &= preprocess_other(j, arg);
    }
    if (o->stage == STAGE_LINK) return good && link_program(j);
    if (o->stage == STAGE_PREPROCESS || o->stage == STAGE_TRANSLATE) return good;
    return other_inputs(j) && good;
}

/* Nothing to compile: -v, -dumpmachine and their like are cc's to answer. */
static bool ask_cc(Job *j) {
    if (j->options->verbose) fprintf(stderr, "acc %s (ABI %s)\n", ACC_VERSION, ACC_ABI);
    CStrVec argv = command_new(j);
    command_options(j, &argv, ~0u);
    return command_run(j, argv);
}

int main(int argc, char **argv) {
    Arena *a = arena_new();
    Options o;
    Job job = {.arena = a, .options = &o};
    temp_begin();
    int status = options_read(a, argc, argv, &o);
    if (status < 0 && !toolchain_find(a, &o, &job.tools)) status = 1;
    if (status < 0 && o.pass_on) status = !ask_cc(&job);
    if (status < 0 && !inputs_exist(&o)) status = 1;
    if (status < 0 && !begin_outputs(a, &o)) status = 2;
    if (status < 0) {
        job.format = toolchain_format(a, &job.tools, o.format);
        status = !work(&job);
    }
    temp_end(status == 0);
    sb_free(&job.input);
    arena_free(a);
    return status;
}
