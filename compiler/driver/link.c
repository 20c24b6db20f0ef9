/* link.c: the last step: objects that acc made, the other inputs, the runtime. */
#include "command.h"

#include <unistd.h>

bool link_runtime(Job *j, CStrVec *argv) {
    const Options *o = j->options;
    const char *dir = j->tools.libdir;
    if (o->runtime == RUNTIME_NONE || o->relocatable || o->no_libraries) return true;
    /* A library that brought its own copy of the runtime would have a loop of its own: -shared links libacc.so. */
    bool shared = o->runtime == RUNTIME_SHARED || o->shared;
    const char *file = dir ? arena_printf(j->arena, "%s/libacc.%s", dir, shared ? "so" : "a") : NULL;
    if (!file || (access(file, R_OK) != 0 && !o->dry_run)) {
        if (file) driver_error("cannot find the runtime '%s'", file);
        else driver_error("cannot find the runtime libacc (ACC_LIBDIR may name its folder)");
        return false;
    }
    if (shared) {
        command_addn(j, argv, "-Wl,--push-state,--as-needed", file, "-Wl,--pop-state", NULL);
        if (!toolchain_system_libdir(dir)) command_add(j, argv, arena_printf(j->arena, "-Wl,-rpath,%s", dir));
    } else {
        command_add(j, argv, file);
    }
    command_addn(j, argv, "-lm", "-lpthread", NULL);
    return true;
}

bool link_program(Job *j) {
    const Options *o = j->options;
    unsigned kinds = KIND(ARG_COMPILE);
    for (size_t i = 0; i < o->args.len; i++)
        if (o->args.data[i].kind == ARG_INPUT && is_source(&o->args.data[i]))
            kinds |= KIND(ARG_PREPROCESS) | KIND(ARG_DEPENDENCY);
    CStrVec argv = command_new(j);
    command_options(j, &argv, kinds);
    if (kinds & KIND(ARG_PREPROCESS)) command_include(j, &argv);
    for (size_t i = 0; i < o->args.len; i++) {
        const Arg *arg = &o->args.data[i];
        if (arg->kind == ARG_INPUT) command_input(j, &argv, arg);
        if (arg->kind == ARG_ASYNC) command_add(j, &argv, arg->object);
        if (arg->kind != ARG_LINK) continue;
        command_add(j, &argv, arg->text);
        if (arg->value) command_add(j, &argv, arg->value);
    }
    if (!link_runtime(j, &argv)) return false;
    if (o->output) command_addn(j, &argv, "-o", o->output, NULL);
    return command_run(j, argv);
}
