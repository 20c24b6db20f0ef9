/* zlib.c: a file compressed at each level and taken back; the compressed bytes count too. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static unsigned char text[1 << 22], packed[1 << 23], back[1 << 22];

int main(int argc, char **argv) {
    FILE *f = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (!f) return 2;
    uLong n = fread(text, 1, sizeof text, f);
    fclose(f);
    for (int level = 0; level <= 9; level++) {
        uLongf len = sizeof packed, again = sizeof back;
        if (compress2(packed, &len, text, n, level) || uncompress(back, &again, packed, len)) return 3;
        printf("%d: %lu bytes, crc %08lx, %s\n", level, len, crc32(0, packed, (uInt)len),
               again == n && !memcmp(text, back, n) ? "same" : "different");
    }
    printf("%s %08lx\n", zlibVersion(), adler32(1, text, (uInt)n));
    return 0;
}
