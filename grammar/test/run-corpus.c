/* Checks the grammar against the corpus, as `tree-sitter test` does, with nothing but libtree-sitter.
 *
 *     run-corpus file.txt...
 *
 * A file holds tests: a line of ===, a title, a line of ===, the text to parse, a line of ---, the tree that is expected. */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_acc(void);

static int passed, failed;

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        exit(2);
    }
    long size = ftell(file);
    rewind(file);
    char *text = malloc((size_t)size + 1);
    if (!text || fread(text, 1, (size_t)size, file) != (size_t)size) {
        perror(path);
        exit(2);
    }
    text[size] = '\0';
    fclose(file);
    return text;
}

static char *next_line(char *line)
{
    char *end = strchr(line, '\n');
    return end ? end + 1 : line + strlen(line);
}

/* A line of three or more of the character, and nothing else. */
static bool is_rule(const char *line, char character)
{
    size_t n = strspn(line, (char[]){character, '\0'});
    return n >= 3 && (line[n] == '\n' || line[n] == '\0');
}

/* Writes a tree as libtree-sitter does: on one line, single spaces, none before a closing parenthesis. */
static void normalise(char *tree)
{
    char *to = tree;
    bool space = false;
    for (const char *from = tree; *from; from++) {
        if (strchr(" \t\r\n", *from)) {
            space = true;
            continue;
        }
        if (space && to > tree && *from != ')')
            *to++ = ' ';
        space = false;
        *to++ = *from;
    }
    *to = '\0';
}

static void check(TSParser *parser, const char *path, const char *title, const char *text, size_t size, char *expected)
{
    TSTree *tree = ts_parser_parse_string(parser, NULL, text, (uint32_t)size);
    char *actual = ts_node_string(ts_tree_root_node(tree));
    normalise(expected);
    if (strcmp(actual, expected) == 0) {
        passed++;
    } else {
        failed++;
        printf("FAILED %s: %s\n  expected %s\n  actual   %s\n", path, title, expected, actual);
    }
    free(actual);
    ts_tree_delete(tree);
}

static void check_file(TSParser *parser, const char *path)
{
    char *content = read_file(path);
    char *line = content;
    while (*line) {
        if (!is_rule(line, '=')) {
            line = next_line(line);
            continue;
        }
        char *title = next_line(line);
        char *text = next_line(title);
        title[strcspn(title, "\n")] = '\0';
        if (!is_rule(text, '=')) {
            fprintf(stderr, "%s: no line of === below the title '%s'\n", path, title);
            exit(2);
        }
        text = next_line(text);
        char *rule = text;
        while (*rule && !is_rule(rule, '-'))
            rule = next_line(rule);
        char *expected = next_line(rule);
        for (line = expected; *line && !is_rule(line, '=');)
            line = next_line(line);
        char first = *line;
        *line = '\0';
        check(parser, path, title, text, (size_t)(rule - text), expected);
        *line = first;
    }
    free(content);
}

int main(int argc, char **argv)
{
    TSParser *parser = ts_parser_new();
    if (!ts_parser_set_language(parser, tree_sitter_acc())) {
        fputs("the parser is of a version that this libtree-sitter does not take\n", stderr);
        return 2;
    }
    for (int i = 1; i < argc; i++)
        check_file(parser, argv[i]);
    ts_parser_delete(parser);
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0 || passed == 0;
}
