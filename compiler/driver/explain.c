/* explain.c: --explain: the page behind a number, the list of them, and docs/diagnostics.md, which is all of them. */
#include <stdlib.h>

#include "../base/diag.h"
#include "../base/pages.h"
#include "help.h"

static void show_indented(const char *title, const char *text) {
    if (!text) return;
    printf("\n%s:\n", title);
    while (*text) {
        size_t n = strcspn(text, "\n");
        printf("    %.*s\n", (int)n, text);
        text += n + (text[n] == '\n');
    }
}

static void show_title(FILE *to, const DiagPage *p) {
    fprintf(to, "ACC%03d: %s", p->number, p->title);
    if (p->option) fprintf(to, " (-W%s)", p->option);
    fputc('\n', to);
}

static int show_page(const DiagPage *p) {
    show_title(stdout, p);
    printf("\n%s", p->text);
    show_indented("Wrong", p->wrong);
    show_indented("Right", p->right);
    return 0;
}

static int show_list(FILE *to) {
    for (const DiagPage *p = diag_pages; p->number; p++) show_title(to, p);
    fputs("\nacc --explain ACC003, or by its option, acc --explain unawaited, tells more about one.\n", to);
    return 0;
}

/* ---- docs/diagnostics.md ---- */

static void show_markdown_example(const char *title, const char *code) {
    if (code) printf("\n%s:\n\n```c\n%s```\n", title, code);
}

static int show_markdown(void) {
    fputs(
        "# Diagnostics\n"
        "\n"
        "Each kind of error and warning that acc has of its own, as `acc --explain NUMBER` tells it. This page is made by\n"
        "`acc --explain=markdown`; errors in the C of an async function have no number.\n"
        "\n"
        "All warnings are on. `-Wno-NAME` turns one off, `-Werror=NAME` makes it an error, `-w` and `-Werror` mean every "
        "one. For\n"
        "one place there are the pragmas that gcc has, which acc obeys and keeps back from the C compiler:\n"
        "\n"
        "```c\n"
        "#pragma GCC diagnostic push\n"
        "#pragma GCC diagnostic ignored \"-Wunawaited\"\n"
        "    refresh();\n"
        "#pragma GCC diagnostic pop\n"
        "```\n"
        "\n"
        "| Number | Option | |\n"
        "|---|---|---|\n",
        stdout);
    for (const DiagPage *p = diag_pages; p->number; p++)
        printf("| [ACC%03d](#acc%03d) | %s%s%s | %s |\n", p->number, p->number, p->option ? "`-W" : "",
               p->option ? p->option : "", p->option ? "`" : "", p->title);
    for (const DiagPage *p = diag_pages; p->number; p++) {
        printf("\n<a id=\"acc%03d\"></a>\n## ACC%03d: %s\n\n", p->number, p->number, p->title);
        if (p->option) printf("Warning, `-W%s`.\n\n", p->option);
        fputs(p->text, stdout);
        show_markdown_example("Wrong", p->wrong);
        show_markdown_example("Right", p->right);
    }
    return 0;
}

int help_explain(const char *which) {
    if (!which || !*which) return show_list(stdout);
    if (strcmp(which, "markdown") == 0) return show_markdown();
    const char *name = strncmp(which, "-W", 2) == 0 ? which + 2 : which;
    for (const DiagPage *p = diag_pages; p->number; p++)
        if (p->option && strcmp(name, p->option) == 0) return show_page(p);
    const char *digits = strncasecmp(which, "ACC", 3) == 0 ? which + 3 : which;
    char *end;
    long number = strtol(digits, &end, 10);
    const DiagPage *page = end != digits && !*end ? diag_page((int)number) : NULL;
    if (page) return show_page(page);
    int status = usage_error("there is no diagnostic '%s'; these are all:", which);
    show_list(stderr);
    return status;
}
