/* sqlite.c: runs a file of SQL in memory and prints every row. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sqlite3.h"

static int row(void *unused, int columns, char **values, char **names) {
    (void)unused;
    for (int i = 0; i < columns; i++) printf("%s%s=%s", i ? "|" : "", names[i], values[i] ? values[i] : "NULL");
    putchar('\n');
    return 0;
}

int main(int argc, char **argv) {
    FILE *f = argc > 1 ? fopen(argv[1], "rb") : NULL;
    static char sql[1 << 16];
    sqlite3 *db;
    char *error = NULL;
    if (!f || sqlite3_open(":memory:", &db)) return 2;
    sql[fread(sql, 1, sizeof sql - 1, f)] = 0;
    fclose(f);
    if (sqlite3_exec(db, sql, row, NULL, &error)) printf("error: %s\n", error);
    sqlite3_free(error);
    printf("%s %d\n", sqlite3_libversion(), sqlite3_total_changes(db));
    return sqlite3_close(db) ? 3 : 0;
}
