/* The same with libuv: one buffer for all, since each is written before the next is read. */
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

static char buffer[65536];
static uv_loop_t *loop;

static void give(uv_handle_t *h, size_t size, uv_buf_t *b) {
    (void)h, (void)size;
    *b = uv_buf_init(buffer, sizeof buffer);
}
static void gone(uv_handle_t *h) { free(h); }
static void written(uv_write_t *w, int status) {
    (void)status;
    free(w);
}

static void got(uv_stream_t *s, ssize_t n, const uv_buf_t *b) {
    if (n < 0) {
        uv_close((uv_handle_t *)s, gone);
        return;
    }
    uv_buf_t out = uv_buf_init(b->base, (unsigned)n);
    int sent = uv_try_write(s, &out, 1);
    if (sent == n) return;
    if (sent < 0) sent = 0;
    uv_write_t *w = malloc(sizeof *w + (size_t)(n - sent));
    for (ssize_t i = 0; i < n - sent; i++) ((char *)(w + 1))[i] = b->base[sent + i];
    out = uv_buf_init((char *)(w + 1), (unsigned)(n - sent));
    uv_write(w, s, &out, 1, written);
}

static void connected(uv_stream_t *listener, int status) {
    uv_tcp_t *c = malloc(sizeof *c);
    uv_tcp_init(loop, c);
    if (status || uv_accept(listener, (uv_stream_t *)c)) {
        uv_close((uv_handle_t *)c, gone);
        return;
    }
    uv_tcp_nodelay(c, 1);
    uv_read_start((uv_stream_t *)c, give, got);
}

static void ended(uv_poll_t *p, int status, int events) {
    (void)p, (void)status, (void)events;
    exit(0);
}

int main(void) {
    uv_tcp_t listener;
    uv_poll_t in;
    struct sockaddr_in sa;
    int length = sizeof sa;
    loop = uv_default_loop();
    uv_tcp_init(loop, &listener);
    uv_ip4_addr("127.0.0.1", 0, &sa);
    uv_tcp_bind(&listener, (struct sockaddr *)&sa, 0);
    if (uv_listen((uv_stream_t *)&listener, 1024, connected)) return 1;
    uv_tcp_getsockname(&listener, (struct sockaddr *)&sa, &length);
    printf("%d\n", ntohs(sa.sin_port));
    fflush(stdout);
    uv_poll_init(loop, &in, 0);
    uv_poll_start(&in, UV_READABLE | UV_DISCONNECT, ended);
    return uv_run(loop, UV_RUN_DEFAULT);
}
