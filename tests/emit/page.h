/* Holds dialect: its text is on the page. */
#ifndef PAGE_H
#define PAGE_H
#include <stddef.h>

async int half(int n); // half of it
#endif
