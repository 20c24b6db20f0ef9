/* parser.c: parses a file with the generated parser and prints its tree. */
#include <stdio.h>
#include <stdlib.h>
#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_cpp(void);

int main(int argc, char **argv) {
    static char text[1 << 22];
    FILE *f = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (!f) return 2;
    size_t n = fread(text, 1, sizeof text, f);
    fclose(f);
    TSParser *parser = ts_parser_new();
    if (!ts_parser_set_language(parser, tree_sitter_cpp())) return 3;
    TSTree *tree = ts_parser_parse_string(parser, NULL, text, (uint32_t)n);
    char *s = ts_node_string(ts_tree_root_node(tree));
    puts(s);
    free(s);
    ts_tree_delete(tree);
    ts_parser_delete(parser);
    return 0;
}
