#pragma once
#include <string.h> // for strlen
#define PAUSES 1
/* Waits for the length. */
async size_t length(const char *s);
