# generate.awk: sources for translate.sh, on the standard output.
#
#   awk -v shape=SHAPE -v n=N [-v plain=1] -f generate.awk
#
# SHAPE is one of those at the end; N its size. plain: the same code without a word of the dialect.

function line(text) { print text }

# The file that the figure is for: what a program for the network includes, and N functions of 20 lines.
function network(i) {
    line("#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <unistd.h>")
    line("#include <sys/socket.h>\n#include <netdb.h>\n#include <curl/curl.h>")
    if (!plain) line("#include <acc.h>")
    line("struct peer { int fd, retries; size_t sent; char name[64]; CURL *handle; };")
    head("int", "step(struct peer *p, const char *data, size_t n)")
    line("{ p->sent += n; return data ? (int)n : -p->retries; }")
    for (i = 0; i < n; i++) {
        head("int", "work" i "(struct peer *p, const char *line, int limit)")
        line("{")
        line("    char buffer[128];")
        line("    size_t length = strlen(line), done = 0;")
        line("    if (limit < 0) return -1;")
        line("    snprintf(buffer, sizeof buffer, \"%s: %d\", p->name, limit);")
        line("    int got = " await("step(p, buffer, strlen(buffer))") ";")
        line("    while (done < length && got >= 0) {")
        line("        size_t piece = length - done > 16 ? 16 : length - done;")
        line("        got = " await("step(p, line + done, piece)") ";")
        line("        if (got < 0 && p->retries++ < limit) continue;")
        line("        done += piece;")
        line("    }")
        line("    if (curl_easy_setopt(p->handle, CURLOPT_URL, line) != CURLE_OK) {")
        line("        fprintf(stderr, \"%s: no such place\\n\", line);")
        line("        return got;")
        line("    }")
        line("    p->sent += (size_t)" (i ? await("work" (i - 1) "(p, line, limit - 1)") : "got") ";")
        line("    return got + (int)done;")
        line("}")
    }
    main_("struct peer p = {.fd = -1, .name = \"here\", .handle = curl_easy_init()}; return (int)sizeof p;")
}

function head(type, rest) { printf "%s%s %s\n", plain ? "" : "async ", type, rest }
function await(call) { return (plain ? "" : "await ") call }
function main_(body) { head("int", "main(void)"); line("{ " body " }") }
function begin() {
    if (!plain) line("#include <acc.h>")
    line("extern int input(int);\nint input(int x) { return x; }")
    head(plain ? "__attribute__((noinline)) int" : "int", "step(int x)")
    line("{ return x + 1; }")
}
# One function with N of something in it.
function one() {
    begin()
    head("int", "many(int x)")
    line("{\n    int sum = 0;")
}
function end_one() { line("    return sum;\n}"); main_("return " await("many(1)") " == 0;") }

function awaits(i) { one(); for (i = 0; i < n; i++) line("    sum += " await("step(x + " i % 10 ")") ";"); end_one() }
function variables(i) { # as many variables as awaits, each of them alive to the end
    one()
    for (i = 0; i < n; i++) line("    int v" i " = " await("step(x + " i % 10 ")") ";")
    for (i = 0; i < n; i++) line("    sum += v" i ";")
    end_one()
}
function nested(opening, closing, i) {
    one()
    for (i = 0; i < n; i++) line(opening)
    line("sum += " await("step(x)") ";")
    for (i = 0; i < n; i++) line(closing)
    end_one()
}
function elses(i) {
    one()
    for (i = 0; i < n; i++) line("    " (i ? "else " : "") "if (x == " i ") sum += " (i % 10 ? i : await("step(" i ")")) ";")
    end_one()
}
function cases(i) {
    one()
    line("    switch (x) {")
    for (i = 0; i < n; i++) line("    case " i ": sum += " (i % 10 ? i : await("step(" i ")")) "; break;")
    line("    }")
    end_one()
}
function chain(operator, i) { # the await is its last operand
    one()
    printf "    sum = "
    for (i = 0; i < n; i++) printf "input(%d)%s%s", i % 10, operator, i % 10 == 9 ? "\n" : " "
    line(await("step(x)") ";")
    end_one()
}
function operands(i) { # each operand is an await
    one()
    printf "    sum = 0"
    for (i = 0; i < n; i++) printf " + %s%s", await("step(" i % 10 ")"), i % 10 == 9 ? "\n" : ""
    line(";")
    end_one()
}
function parentheses(i) {
    one()
    printf "    sum = "
    for (i = 0; i < n; i++) printf "("
    printf "%s", await("step(x)")
    for (i = 0; i < n; i++) printf ")"
    line(";")
    end_one()
}
function initialisers(i) {
    one()
    line("    static const int table[] = {")
    for (i = 0; i < n; i++) printf "%d,%s", i % 1000, i % 20 == 19 ? "\n" : " "
    line("    };\n    int local[] = {")
    for (i = 0; i < n; i++) printf "%d,%s", i % 1000, i % 20 == 19 ? "\n" : " "
    line("    };\n    sum = " await("step(table[x] + local[x])") ";")
    end_one()
}
function functions(i) {
    begin()
    for (i = 0; i < n; i++) {
        head("int", "f" i "(int x)")
        line("{\n    int y = " await("step(x)") ";\n    return y + " await("step(y)") ";\n}")
    }
    main_("return " await("f0(1)") " == 0;")
}
function labels(i) {
    one()
    for (i = 0; i < n; i++) line("l" i ":\n    sum += " await("step(x)") ";\n    if (sum == " i ") goto l" n - 1 - i ";")
    end_one()
}
function declarations(i, bytes) { # N kilobytes of ordinary C, and one async function
    begin()
    while (bytes < 1024 * n) {
        i++
        text = "struct s" i " { int a, b; struct s" i " *next; };\n" \
               "static inline int f" i "(struct s" i " *p, int x)\n{\n    if (!p) return x * " i ";\n    p->a += x;\n" \
               "    while (p->next && p->b < x) p->b += p->next->a;\n    return p->a + p->b;\n}\n"
        bytes += length(text)
        printf "%s", text
    }
    if (!plain) main_("return " await("step(0)") " == 0;")
    else main_("return step(0) == 0;")
}

BEGIN {
    if (shape == "network") network()
    else if (shape == "awaits") awaits()
    else if (shape == "variables") variables()
    else if (shape == "blocks") nested("{", "}")
    else if (shape == "ifs") nested("if (x) {", "}")
    else if (shape == "loops") nested("for (int i = 0; i < 1; i++) {", "}")
    else if (shape == "elses") elses()
    else if (shape == "cases") cases()
    else if (shape == "sums") chain(" +")
    else if (shape == "commas") chain(",")
    else if (shape == "operands") operands()
    else if (shape == "parentheses") parentheses()
    else if (shape == "initialisers") initialisers()
    else if (shape == "functions") functions()
    else if (shape == "labels") labels()
    else if (shape == "declarations") declarations()
    else { print "there is no shape " shape >"/dev/stderr"; exit 2 }
}
