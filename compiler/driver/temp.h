/* temp.h: files that must not be left behind: temporary ones never, output ones not on failure. However the process ends. */
#ifndef ACC_TEMP_H
#define ACC_TEMP_H

#include <stdbool.h>

/* Catches the signals that would end the process, and registers with bug(). Called once, first. */
void temp_begin(void);
/* The path of a temporary file of that name, in a folder of our own. Never the same twice. NULL: it cannot be made, errno says why. */
const char *temp_file(const char *name);
/* This file is being made: it goes if the process fails. */
void temp_output(const char *path);
/* Removes the temporary files, and where all did not go well the outputs too. */
void temp_end(bool well);

#endif
