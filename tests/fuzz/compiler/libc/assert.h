#undef assert
#ifndef FUZZ_ASSERT_H
#define FUZZ_ASSERT_H
void __assert_fail(const char *, const char *, unsigned, const char *);
#endif
#define assert(e)                                              \
    ((void)sizeof((e) ? 1 : 0), __extension__({                \
         if (e)                                                \
             ;                                                 \
         else __assert_fail(#e, __FILE__, __LINE__, __func__); \
     }))
