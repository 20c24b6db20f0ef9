/* lookup.c: getaddrinfo in a thread. Who does not want to wait any more need not: the thread goes on with what it was given, which
 * is its own, and what it finds is freed there. */
#include "../executor/executor.h"
#include "io.h"
#include <errno.h>

typedef struct lookup {
    struct addrinfo hints, *list;
    bool has_host, has_service;
    char host[256], service[64];
} lookup;

static void run(acc_ctx *cx, void *args, void *result) {
    (void)cx;
    lookup *l = args;
    acc__found found = {0};
    found.code = getaddrinfo(l->has_host ? l->host : NULL, l->has_service ? l->service : NULL, &l->hints, &l->list);
    found.error = errno;
    if (found.code) l->list = NULL;
    found.list = l->list;
    *(acc__found *)result = found;
}

static void drop(void *args) {
    lookup *l = args;
    if (l->list) freeaddrinfo(l->list);
}

static const acc__call_dropping call = {
    {run, "getaddrinfo", sizeof(lookup), _Alignof(lookup), sizeof(acc__found), _Alignof(acc__found), ACC__CALL_DROPS}, drop};

acc__found acc__lookup_numbers(const char *host, const char *service, const struct addrinfo *hints) {
    struct addrinfo numbers = *hints;
    acc__found found = {0};
    numbers.ai_flags |= AI_NUMERICHOST;
    found.code = getaddrinfo(host, service, &numbers, &found.list);
    found.error = errno;
    return found;
}

acc__found acc__lookup(acc_ctx *cx, const char *host, const char *service, const struct addrinfo *hints) {
    lookup l = {.hints = *hints, .has_host = host, .has_service = service};
    size_t h = host ? strlen(host) : 0, s = service ? strlen(service) : 0;
    if (h >= sizeof l.host || s >= sizeof l.service) return (acc__found){.code = EAI_NONAME};
    if (h) memcpy(l.host, host, h);
    if (s) memcpy(l.service, service, s);
    acc_abi_run_in_executor(cx, NULL, &call.call, &l, NULL);
    return (acc__found){0};
}
