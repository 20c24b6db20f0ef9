/* lz4.c: a file compressed three ways and taken back; the compressed bytes count too. */
#include <lz4.h>
#include <lz4frame.h>
#include <lz4hc.h>
#include <stdio.h>
#include <string.h>

static char text[1 << 22], packed[1 << 23], back[1 << 22];

static void show(const char *how, int len, int again, int n) {
    unsigned long sum = 5381;
    for (int i = 0; i < len; i++) sum = sum * 33 + (unsigned char)packed[i];
    printf("%s: %d bytes, sum %lx, %s\n", how, len, sum,
           again == n && !memcmp(text, back, (size_t)n) ? "same" : "different");
}

int main(int argc, char **argv) {
    FILE *f = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (!f) return 2;
    int n = (int)fread(text, 1, sizeof text, f);
    fclose(f);
    int len = LZ4_compress_default(text, packed, n, sizeof packed);
    show("fast", len, LZ4_decompress_safe(packed, back, len, sizeof back), n);
    for (int level = 3; level <= 12; level += 3) {
        len = LZ4_compress_HC(text, packed, n, sizeof packed, level);
        show("hc", len, LZ4_decompress_safe(packed, back, len, sizeof back), n);
    }
    len = (int)LZ4F_compressFrame(packed, sizeof packed, text, (size_t)n, NULL);
    LZ4F_dctx *d;
    size_t from = (size_t)len, to = sizeof back;
    if (LZ4F_isError(LZ4F_createDecompressionContext(&d, LZ4F_VERSION))) return 3;
    size_t rest = LZ4F_decompress(d, back, &to, packed, &from, NULL);
    show("frame", len, rest ? -1 : (int)to, n);
    LZ4F_freeDecompressionContext(d);
    return 0;
}
