/* Checks that marked text (grammar.js says what marks are) has the one right tree, and that an unmarked word has the same nodes.
 *
 * In the texts below `T'` stands for the mark of a type name and `o'` for that of any other, so that a text reads
 * `(T'ype)-o'f(*o'p)`: the mark takes the place of the word's first letter, and of nothing else. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_acc(void);

enum { TOP, BODY };

static const struct {
    int where;
    const char *text, *tree;
} tests[] = {
    // Casts and compound literals
    {BODY, "(T')-o'h(*o'p);", "(expression_statement (cast_expression type: (type_descriptor type: (type_identifier)) value: (unary_expression argument: (call_expression function: (identifier) arguments: (argument_list (pointer_expression argument: (identifier)))))))"},
    {BODY, "(o'a)-o'h(*o'p);", "(expression_statement (binary_expression left: (parenthesized_expression (identifier)) right: (call_expression function: (identifier) arguments: (argument_list (pointer_expression argument: (identifier))))))"},
    {BODY, "(T')&o'x;", "(expression_statement (cast_expression type: (type_descriptor type: (type_identifier)) value: (pointer_expression argument: (identifier))))"},
    {BODY, "(o'a)&o'x;", "(expression_statement (binary_expression left: (parenthesized_expression (identifier)) right: (identifier)))"},
    {BODY, "(T')*o'x;", "(expression_statement (cast_expression type: (type_descriptor type: (type_identifier)) value: (pointer_expression argument: (identifier))))"},
    {BODY, "(T')&&o'x;", "(expression_statement (cast_expression type: (type_descriptor type: (type_identifier)) value: (label_address_expression label: (statement_identifier))))"},
    {BODY, "(o'a)&&o'x;", "(expression_statement (binary_expression left: (parenthesized_expression (identifier)) right: (identifier)))"},
    {BODY, "(T')(o'x);", "(expression_statement (cast_expression type: (type_descriptor type: (type_identifier)) value: (parenthesized_expression (identifier))))"},
    {BODY, "(o'f)(o'x);", "(expression_statement (call_expression function: (parenthesized_expression (identifier)) arguments: (argument_list (identifier))))"},
    {BODY, "(T'){1};", "(expression_statement (compound_literal_expression type: (type_descriptor type: (type_identifier)) value: (initializer_list (number_literal))))"},
    // Declarations and statements
    {BODY, "T' * o'x;", "(declaration type: (type_identifier) declarator: (pointer_declarator declarator: (identifier)))"},
    {BODY, "o'a * o'x;", "(expression_statement (binary_expression left: (identifier) right: (identifier)))"},
    {BODY, "o'a * o'x = 1;", "(expression_statement (assignment_expression left: (binary_expression left: (identifier) right: (identifier)) right: (number_literal)))"},
    {BODY, "T' (o'x);", "(declaration type: (type_identifier) declarator: (parenthesized_declarator declarator: (identifier)))"},
    {BODY, "o'f (o'x);", "(expression_statement (call_expression function: (identifier) arguments: (argument_list (identifier))))"},
    {BODY, "T' (*o'x)(T');", "(declaration type: (type_identifier) declarator: (function_declarator declarator: (parenthesized_declarator declarator: (pointer_declarator declarator: (identifier))) parameters: (parameter_list (parameter_declaration type: (type_identifier)))))"},
    {BODY, "o'f (*o'x)(o'y);", "(expression_statement (call_expression function: (call_expression function: (identifier) arguments: (argument_list (pointer_expression argument: (identifier)))) arguments: (argument_list (identifier))))"},
    {BODY, "T';", "(declaration type: (type_identifier))"},
    {BODY, "o'a;", "(expression_statement (identifier))"},
    {BODY, "o'l: T' o'x;", "(labeled_statement label: (statement_identifier) (declaration type: (type_identifier) declarator: (identifier)))"},
    {BODY, "for (T' * o'x;;) ;", "(for_statement initializer: (declaration type: (type_identifier) declarator: (pointer_declarator declarator: (identifier))) body: (expression_statement))"},
    {BODY, "for (o'a * o'x;;) ;", "(for_statement initializer: (binary_expression left: (identifier) right: (identifier)) body: (expression_statement))"},
    // A name of two kinds
    {BODY, "T' o';", "(declaration type: (type_identifier) declarator: (identifier))"},
    {BODY, "struct T' o', *o'p;", "(declaration type: (struct_specifier name: (type_identifier)) declarator: (identifier) declarator: (pointer_declarator declarator: (identifier)))"},
    {TOP, "typedef struct T' T';", "(type_definition type: (struct_specifier name: (type_identifier)) declarator: (type_identifier))"},
    {TOP, "typedef unsigned T';", "(type_definition type: (sized_type_specifier) declarator: (type_identifier))"},
    {TOP, "struct T' { T' o'; T' : 3; T' o'b : 3; };", "(declaration type: (struct_specifier name: (type_identifier) body: (field_declaration_list (field_declaration type: (type_identifier) declarator: (field_identifier)) (field_declaration type: (type_identifier) (bitfield_clause (number_literal))) (field_declaration type: (type_identifier) declarator: (field_identifier) (bitfield_clause (number_literal))))))"},
    {BODY, "o'x.o'y->T'z;", "(expression_statement (field_expression argument: (field_expression argument: (identifier) field: (field_identifier)) field: (field_identifier)))"},
    // Any mark will do for a name that is being declared, a field and a label
    {BODY, "T' T', *T'x = 1; int (T'y);", "(declaration type: (type_identifier) declarator: (identifier) declarator: (init_declarator declarator: (pointer_declarator declarator: (identifier)) value: (number_literal))) (declaration type: (primitive_type) declarator: (parenthesized_declarator declarator: (identifier)))"},
    {TOP, "struct o' { int T'; T' (*T'x)(T' T'y); };", "(declaration type: (struct_specifier name: (type_identifier) body: (field_declaration_list (field_declaration type: (primitive_type) declarator: (field_identifier)) (field_declaration type: (type_identifier) declarator: (function_declarator declarator: (parenthesized_declarator declarator: (pointer_declarator declarator: (field_identifier))) parameters: (parameter_list (parameter_declaration type: (type_identifier) declarator: (identifier))))))))"},
    {TOP, "typedef int o'T, (*o'F)(int); enum { T'A };", "(type_definition type: (primitive_type) declarator: (type_identifier) declarator: (function_declarator declarator: (parenthesized_declarator declarator: (pointer_declarator declarator: (type_identifier))) parameters: (parameter_list (parameter_declaration type: (primitive_type))))) (declaration type: (enum_specifier body: (enumerator_list (enumerator name: (identifier)))))"},
    {BODY, "T': goto T';", "(labeled_statement label: (statement_identifier) (goto_statement label: (statement_identifier)))"},
    // Parameters
    {TOP, "int o'f(T', T'(o'a), int (T'), int (o'b), T' (*)(T'));", "(declaration type: (primitive_type) declarator: (function_declarator declarator: (identifier) parameters: (parameter_list (parameter_declaration type: (type_identifier)) (parameter_declaration type: (type_identifier) declarator: (parenthesized_declarator declarator: (identifier))) (parameter_declaration type: (primitive_type) declarator: (abstract_function_declarator parameters: (parameter_list (parameter_declaration type: (type_identifier))))) (parameter_declaration type: (primitive_type) declarator: (parenthesized_declarator declarator: (identifier))) (parameter_declaration type: (type_identifier) declarator: (abstract_function_declarator declarator: (abstract_parenthesized_declarator declarator: (abstract_pointer_declarator)) parameters: (parameter_list (parameter_declaration type: (type_identifier))))))))"},
    {TOP, "int *o'f(o'a, o'b) T' o'a; char *o'b; { }", "(function_definition type: (primitive_type) declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) parameters: (parameter_list (identifier) (identifier)))) (declaration type: (type_identifier) declarator: (identifier)) (declaration type: (primitive_type) declarator: (pointer_declarator declarator: (identifier))) body: (compound_statement))"},
    // Operators that take either
    {BODY, "sizeof(T');", "(expression_statement (sizeof_expression type: (type_descriptor type: (type_identifier))))"},
    {BODY, "sizeof(o'a);", "(expression_statement (sizeof_expression value: (parenthesized_expression (identifier))))"},
    {BODY, "sizeof(T') * o'b - 1;", "(expression_statement (binary_expression left: (binary_expression left: (sizeof_expression type: (type_descriptor type: (type_identifier))) right: (identifier)) right: (number_literal)))"},
    {BODY, "sizeof(o'a)[1];", "(expression_statement (sizeof_expression value: (subscript_expression argument: (parenthesized_expression (identifier)) index: (number_literal))))"},
    {BODY, "typeof(T') o'x; typeof(o'a) o'y;", "(declaration type: (typeof_specifier type: (type_descriptor type: (type_identifier))) declarator: (identifier)) (declaration type: (typeof_specifier value: (identifier)) declarator: (identifier))"},
    {BODY, "_Generic(o'a, T' *: 1, T': 2);", "(expression_statement (generic_expression value: (identifier) (generic_association type: (type_descriptor type: (type_identifier) declarator: (abstract_pointer_declarator)) value: (number_literal)) (generic_association type: (type_descriptor type: (type_identifier)) value: (number_literal))))"},
    {TOP, "_Alignas(T') char o'a; _Alignas(o'b) char o'c;", "(declaration (type_qualifier (alignas_qualifier (type_descriptor type: (type_identifier)))) type: (primitive_type) declarator: (identifier)) (declaration (type_qualifier (alignas_qualifier (identifier))) type: (primitive_type) declarator: (identifier))"},
    // The dialect
    {BODY, "await * o'p;", "(expression_statement (await_expression argument: (pointer_expression argument: (identifier))))"},
    {BODY, "o'wait * o'p;", "(expression_statement (binary_expression left: (identifier) right: (identifier)))"},
    {BODY, "await (T')o'x;", "(expression_statement (await_expression argument: (cast_expression type: (type_descriptor type: (type_identifier)) value: (identifier))))"},
    {BODY, "await (o'f)(o'x);", "(expression_statement (await_expression argument: (call_expression function: (parenthesized_expression (identifier)) arguments: (argument_list (identifier)))))"},
    {BODY, "yield * o'p; o'ield * o'p;", "(expression_statement (yield_expression argument: (pointer_expression argument: (identifier)))) (expression_statement (binary_expression left: (identifier) right: (identifier)))"},
    {BODY, "async for (T' o'n in o'n) ;", "(async_for_statement declaration: (declaration type: (type_identifier) declarator: (identifier)) iterable: (identifier) body: (expression_statement))"},
    {BODY, "async for (o'n in o'n) ;", "(async_for_statement target: (identifier) iterable: (identifier) body: (expression_statement))"},
    {BODY, "async with (T' *o'x = o'e) ;", "(async_with_statement declaration: (declaration type: (type_identifier) declarator: (init_declarator declarator: (pointer_declarator declarator: (identifier)) value: (identifier))) body: (expression_statement))"},
    {BODY, "async with (o'a * o'x) ;", "(async_with_statement value: (binary_expression left: (identifier) right: (identifier)) body: (expression_statement))"},
    {BODY, "o'sync = o'ry + o'ith; o'hrow(o'efer); o'ield: o'wait++;", "(expression_statement (assignment_expression left: (identifier) right: (binary_expression left: (identifier) right: (identifier)))) (expression_statement (call_expression function: (identifier) arguments: (argument_list (identifier)))) (labeled_statement label: (statement_identifier) (expression_statement (update_expression argument: (identifier))))"},
    {TOP, "int async (o'f)(int); T' async (*o'g)(int);", "(declaration type: (primitive_type) (async_specifier) declarator: (function_declarator declarator: (parenthesized_declarator declarator: (identifier)) parameters: (parameter_list (parameter_declaration type: (primitive_type))))) (declaration type: (type_identifier) (async_specifier) declarator: (function_declarator declarator: (parenthesized_declarator declarator: (pointer_declarator declarator: (identifier))) parameters: (parameter_list (parameter_declaration type: (primitive_type)))))"},
    {TOP, "int o'f(bool o'sync, int o'n);", "(declaration type: (primitive_type) declarator: (function_declarator declarator: (identifier) parameters: (parameter_list (parameter_declaration type: (primitive_type) declarator: (identifier)) (parameter_declaration type: (primitive_type) declarator: (identifier)))))"},
    {BODY, "try { } catch (o'A | T'B o'e) { }", "(try_statement body: (compound_statement) (catch_clause parameter: (catch_parameter type: (identifier) type: (identifier) name: (identifier)) body: (compound_statement)))"},
    {BODY, "acc_task(T') o'x = o'y;", "(declaration type: (acc_type_specifier name: (type_identifier) type: (type_descriptor type: (type_identifier))) declarator: (init_declarator declarator: (identifier) value: (identifier)))"},
    {BODY, "o'cc_task(o'x);", "(expression_statement (call_expression function: (identifier) arguments: (argument_list (identifier))))"},
    // Words that some standards take for keywords
    {TOP, "typedef enum { o'alse, o'rue } T'ool;", "(type_definition type: (enum_specifier body: (enumerator_list (enumerator name: (identifier)) (enumerator name: (identifier)))) declarator: (type_identifier))"},
    {TOP, "__attribute__((o'a(T', o'b), T')) int o'x;", "(declaration (attribute_specifier (attribute name: (identifier) arguments: (argument_list (identifier) (identifier))) (attribute name: (identifier))) type: (primitive_type) declarator: (identifier))"},
    // No marks
    {BODY, "x = sizeof(int *) + f(y);", "(expression_statement (assignment_expression left: (identifier) right: (binary_expression left: (sizeof_expression type: (type_descriptor type: (primitive_type) declarator: (abstract_pointer_declarator))) right: (call_expression function: (identifier) arguments: (argument_list (identifier))))))"},
    {BODY, "int async; async = 1; f(async);", "(declaration type: (primitive_type) declarator: (identifier)) (expression_statement (assignment_expression left: (identifier) right: (number_literal))) (expression_statement (call_expression function: (identifier) arguments: (argument_list (identifier))))"},
    {BODY, "word x; word *y;", "(declaration type: (type_identifier) declarator: (identifier)) (declaration type: (type_identifier) declarator: (pointer_declarator declarator: (identifier)))"},
    {BODY, "f(x); a - 1; (a) - b; sizeof(x);", "(expression_statement (call_expression function: (identifier) arguments: (argument_list (identifier)))) (expression_statement (binary_expression left: (identifier) right: (number_literal))) (expression_statement (binary_expression left: (parenthesized_expression (identifier)) right: (identifier))) (expression_statement (sizeof_expression value: (parenthesized_expression (identifier))))"},
};

/* Copies a text with its marks in place of T' and o'. */
static void mark(char *to, const char *from)
{
    for (; *from; from++) {
        if (from[1] == '\'' && (*from == 'T' || *from == 'o'))
            *to++ = *from++ == 'T' ? '\x01' : '\x02';
        else
            *to++ = *from;
    }
    *to = '\0';
}

int main(void)
{
    TSParser *parser = ts_parser_new();
    if (!ts_parser_set_language(parser, tree_sitter_acc())) {
        fputs("the parser is of a version that this libtree-sitter does not take\n", stderr);
        return 2;
    }
    int passed = 0, failed = 0;
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        char text[512], whole[640], expected[4096];
        mark(text, tests[i].text);
        snprintf(whole, sizeof whole, tests[i].where == BODY ? "void f(void) { %s }" : "%s", text);
        snprintf(expected, sizeof expected,
                 tests[i].where == BODY ?
                 "(translation_unit (function_definition type: (primitive_type) declarator: (function_declarator declarator: (identifier) "
                 "parameters: (parameter_list (parameter_declaration type: (primitive_type)))) body: (compound_statement %s)))" :
                 "(translation_unit %s)", tests[i].tree);
        TSTree *tree = ts_parser_parse_string(parser, NULL, whole, (uint32_t)strlen(whole));
        char *actual = ts_node_string(ts_tree_root_node(tree));
        if (strcmp(actual, expected) == 0) {
            passed++;
        } else {
            failed++;
            printf("FAILED %s\n  expected %s\n  actual   %s\n", tests[i].text, expected, actual);
        }
        free(actual);
        ts_tree_delete(tree);
    }
    ts_parser_delete(parser);
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}
