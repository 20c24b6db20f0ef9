/* load.c: load SERVER CONNECTIONS REQUESTS: starts the server, whose first line of output is its port, sends so many requests of
 * 64 bytes over so many connections, each waiting for its answer, checks the answers, and prints what the server took of the
 * processor for a request, in microseconds, and its memory a connection, in bytes. The server ends when its stdin does. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 64 };

static long long read_number(int pid, const char *file, const char *key) {
    char path[64], line[256];
    long long value = 0;
    snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (!strncmp(line, key, strlen(key))) value = atoll(line + strlen(key));
    if (f) fclose(f);
    return value;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    int in[2], out[2], count = atoi(argv[2]);
    long long requests = atoll(argv[3]), sent = 0, done = 0;
    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC)) die("pipe");
    int pid = fork();
    if (!pid) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        execl(argv[1], argv[1], (char *)0);
        die(argv[1]);
    }
    close(in[0]);
    close(out[1]);
    FILE *said = fdopen(out[0], "r");
    int port = 0, one = 1;
    if (fscanf(said, "%d", &port) != 1) return fprintf(stderr, "load: the server does not say its port\n"), 1;

    struct sockaddr_in sa = {
        .sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int epoll = epoll_create1(0), *fds = malloc(sizeof *fds * (size_t)count);
    long long memory = read_number(pid, "status", "VmRSS:");
    for (int i = 0; i < count; i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM, 0);
        if (fds[i] < 0 || connect(fds[i], (struct sockaddr *)&sa, sizeof sa)) die("connect");
        setsockopt(fds[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct epoll_event e = {.events = EPOLLIN, .data.u32 = (unsigned)i};
        epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &e);
    }
    unsigned char(*expected)[SIZE] = calloc((size_t)count, SIZE);
    int *have = calloc((size_t)count, sizeof *have);
    long long before = 0;
    for (int round = 0; round < 2; round++) { /* once around for everybody to be there */
        long long goal = round ? requests : count;
        sent = done = 0;
        before = read_number(pid, "schedstat", "");
        for (int i = 0; i < count && sent < goal; i++, sent++) {
            for (int k = 0; k < SIZE; k++) expected[i][k] = (unsigned char)(expected[i][k] + i + k + 1);
            if (send(fds[i], expected[i], SIZE, 0) != SIZE) die("send");
        }
        while (done < goal) {
            struct epoll_event events[64];
            int n = epoll_wait(epoll, events, 64, 30000);
            if (n <= 0) return fprintf(stderr, "load: no answer\n"), 1;
            for (int j = 0; j < n; j++) {
                unsigned i = events[j].data.u32;
                unsigned char got[SIZE];
                ssize_t k = recv(fds[i], got, (size_t)(SIZE - have[i]), 0);
                if (k <= 0 || memcmp(got, expected[i] + have[i], (size_t)k))
                    return fprintf(stderr, "load: wrong answer\n"), 1;
                have[i] += (int)k;
                if (have[i] < SIZE) continue;
                have[i] = 0;
                done++;
                if (sent == goal) continue;
                sent++;
                expected[i][0]++;
                if (send(fds[i], expected[i], SIZE, 0) != SIZE) die("send");
            }
        }
    }
    long long after = read_number(pid, "schedstat", "");
    memory = read_number(pid, "status", "VmRSS:") - memory;
    for (int i = 0; i < count; i++) close(fds[i]);
    close(in[1]);
    int status = 0;
    waitpid(pid, &status, 0);
    if (status) return fprintf(stderr, "load: the server ended with status %d\n", status), 1;
    printf("%.3f %lld %lld\n", (double)(after - before) / 1000 / (double)requests, done, memory * 1024 / count);
    return 0;
}
