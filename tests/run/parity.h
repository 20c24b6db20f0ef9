/* parity.h: for the programs named after asyncio's own tests (docs/asyncio-parity.md): each function is a test of theirs. */
#ifndef PARITY_H
#define PARITY_H

#include <acc.h>

static int wrong;

#define CHECK(condition) \
    ((condition) ? (void)0 : (void)(wrong++, printf("%s, line %d: not so: %s\n", __func__, __LINE__, #condition)))
#define RAISES(TYPE, ...)        \
    do {                         \
        bool raised = false;     \
        try {                    \
            __VA_ARGS__          \
        } catch (TYPE) {         \
            raised = true;       \
        }                        \
        CHECK(raised);           \
    } while (0)
#define IS(e, TYPE) ((e) && (e)->type == &acc_error_type_##TYPE)
#define TEST(name)         \
    do {                   \
        await name();      \
        puts(#name);       \
    } while (0)

#endif
