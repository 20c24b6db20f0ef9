/* address.c: socket addresses: as text, and in and out of the memory that users have for them. */
#define _GNU_SOURCE
#include "stream.h"
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/un.h>

const char *acc__address_text(const struct sockaddr *sa, socklen_t length, char *buf, size_t size) {
    char host[INET6_ADDRSTRLEN + 16] = "?";
    if (!size) return buf;
    buf[0] = '\0';
    if (length < sizeof sa->sa_family) return buf;
    switch (sa->sa_family) {
        case AF_INET: {
            const struct sockaddr_in *in = (const void *)sa;
            inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
            snprintf(buf, size, "%s:%u", host, (unsigned)ntohs(in->sin_port));
            break;
        }
        case AF_INET6: {
            const struct sockaddr_in6 *in6 = (const void *)sa;
            inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof host);
            if (in6->sin6_scope_id) snprintf(host + strlen(host), 16, "%%%u", (unsigned)in6->sin6_scope_id);
            snprintf(buf, size, "[%s]:%u", host, (unsigned)ntohs(in6->sin6_port));
            break;
        }
        case AF_UNIX: {
            const struct sockaddr_un *un = (const void *)sa;
            size_t n = length - offsetof(struct sockaddr_un, sun_path);
            if (n && un->sun_path[0]) n = strnlen(un->sun_path, n);
            snprintf(buf, size, "%s%.*s", n && !un->sun_path[0] ? "@" : "", (int)(n && !un->sun_path[0] ? n - 1 : n),
                     n && !un->sun_path[0] ? un->sun_path + 1 : un->sun_path);
            break;
        }
    }
    return buf;
}

socklen_t acc__address_length(const struct sockaddr *sa) {
    switch (sa->sa_family) {
        case AF_INET: return sizeof(struct sockaddr_in);
        case AF_INET6: return sizeof(struct sockaddr_in6);
        case AF_UNIX: {
            const struct sockaddr_un *un = (const void *)sa;
            return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strnlen(un->sun_path, sizeof un->sun_path - 1) + 1);
        }
        default: return sizeof(struct sockaddr_storage);
    }
}

/* No more than the family has; a Unix path ends with a zero byte, where there is room for one. */
void acc__address_give(acc__address to, struct sockaddr_storage *from, socklen_t length) {
    if (!to.any) return;
    if (from->ss_family == AF_UNIX && length < sizeof(struct sockaddr_un)) ((char *)from)[length++] = '\0';
    memcpy(to.any, from, length);
}

struct addrinfo *acc__interleave(struct addrinfo *list) {
    struct addrinfo *other = NULL, **last = &other, **at = &list;
    int family = list ? list->ai_family : 0;
    while (*at) { /* those of other families, in their order */
        struct addrinfo *a = *at;
        if (a->ai_family == family) {
            at = &a->ai_next;
        } else {
            *at = a->ai_next;
            a->ai_next = NULL;
            *last = a;
            last = &a->ai_next;
        }
    }
    for (at = list ? &list->ai_next : NULL; other; at = &(*at)->ai_next) { /* one in each gap, the rest behind */
        struct addrinfo *a = other;
        other = a->ai_next;
        a->ai_next = *at;
        *at = a;
        if (a->ai_next) at = &a->ai_next;
    }
    return list;
}
