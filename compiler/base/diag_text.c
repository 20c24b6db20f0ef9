/* diag_text.c: diagnostics for people, shaped and coloured as gcc's: the place, the message, the source line behind a gutter,
 * caret and underline, the fix. */
#include <stdlib.h>
#include <unistd.h>

#include "diag_print.h"

enum { GUTTER = 5, TAB = 8 };

/* ---- characters and columns ---- */

static const struct {
    uint32_t from, to;
} wide[] = {{0x1100, 0x115F}, {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},  {0x4E00, 0x9FFF},
            {0xA000, 0xA4CF}, {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},  {0xFF00, 0xFF60},
            {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}},
  empty[] = {{0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}};

#define IN_TABLE(table, c)                                          \
    for (size_t i_ = 0; i_ < sizeof(table) / sizeof *(table); i_++) \
        if ((c) >= (table)[i_].from && (c) <= (table)[i_].to)

static unsigned char_width(uint32_t c) {
    IN_TABLE(wide, c) return 2;
    IN_TABLE(empty, c) return 0;
    return 1;
}

size_t diag_char(const char *s, size_t n, unsigned *width, bool *valid) {
    unsigned char c = (unsigned char)*s;
    *valid = true;
    *width = 1;
    if (c >= 0x20 && c < 0x7F) return 1;
    size_t len = c >= 0xF0 && c < 0xF8 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 0;
    uint32_t value = len ? c & (0x7Fu >> len) : 0;
    *valid = len && len <= n && c < 0xF8;
    for (size_t i = 1; *valid && i < len; i++) {
        unsigned char follow = (unsigned char)s[i];
        *valid = (follow & 0xC0) == 0x80;
        value = value << 6 | (follow & 0x3F);
    }
    if (*valid) {
        *width = char_width(value);
        return len;
    }
    *width = 4; /* shown as <80> */
    return 1;
}

/* How many columns the character at column `at` (0-based) takes, and its bytes. */
static size_t step(const char *s, size_t n, unsigned at, unsigned *width, bool *valid) {
    if (*s == '\t') {
        *valid = true;
        *width = TAB - at % TAB;
        return 1;
    }
    return diag_char(s, n, width, valid);
}

unsigned diag_display_column(const char *text, size_t len, unsigned byte_column) {
    unsigned at = 0;
    for (size_t i = 0; i + 1 < byte_column;) {
        if (i >= len) {
            at += byte_column - 1 - (unsigned)i; /* past the end: a place at the newline */
            break;
        }
        unsigned width;
        bool valid;
        i += step(text + i, len - i, at, &width, &valid);
        at += width;
    }
    return at + 1;
}

/* ---- colours ---- */

typedef struct Colors {
    bool on;
    char error[24], warning[24], note[24], locus[24], quote[24], insert[24], erase[24];
} Colors;

static void color_of(char to[24], const char *name, const char *usual) {
    snprintf(to, 24, "%s", usual);
    const char *all = getenv("GCC_COLORS");
    size_t n = strlen(name);
    for (const char *s = all; s && *s; s = strchr(s, ':') ? strchr(s, ':') + 1 : NULL) {
        if (strncmp(s, name, n) != 0 || s[n] != '=') continue;
        size_t len = strspn(s + n + 1, "0123456789;");
        if (len < 24) snprintf(to, 24, "%.*s", (int)len, s + n + 1);
    }
}

static Colors colors_for(FILE *to, DiagColor color) {
    Colors c = {0};
    const char *gcc = getenv("GCC_COLORS"), *none = getenv("NO_COLOR"), *term = getenv("TERM");
    if (color == DIAG_COLOR_ALWAYS) c.on = true;
    else if (color == DIAG_COLOR_AUTO)
        c.on = isatty(fileno(to)) && term && strcmp(term, "dumb") != 0 && !(gcc && !*gcc) && !(none && *none);
    color_of(c.error, "error", "01;31");
    color_of(c.warning, "warning", "01;35");
    color_of(c.note, "note", "01;36");
    color_of(c.locus, "locus", "01");
    color_of(c.quote, "quote", "01");
    color_of(c.insert, "fixit-insert", "32");
    color_of(c.erase, "fixit-delete", "31");
    return c;
}

static void begin(StrBuf *b, const Colors *c, const char *which) {
    if (c->on) sb_printf(b, "\33[%sm\33[K", which);
}

static void end(StrBuf *b, const Colors *c) {
    if (c->on) sb_add(b, "\33[m\33[K");
}

/* ---- a diagnostic ---- */

static bool word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/* The message, what it quotes in colour: 'x' or the typographic quotes that clang and gcc use. */
static void add_message(StrBuf *b, const Colors *c, const char *s) {
    static const char open[] = "\xE2\x80\x98", close[] = "\xE2\x80\x99";
    const char *start = s;
    while (c->on && *s) {
        size_t quote = strncmp(s, open, 3) == 0 ? 3 : *s == '\'' && (s == start || !word(s[-1])) ? 1 : 0;
        const char *stop = quote == 3 ? strstr(s + 3, close) : NULL;
        if (quote == 1)
            for (const char *p = s + 1; *p && !stop; p++)
                if (*p == '\'' && p > s + 1 && !word(p[1])) stop = p;
        if (!stop) {
            sb_addc(b, *s++);
            continue;
        }
        sb_addn(b, s, quote);
        begin(b, c, c->quote);
        sb_addn(b, s + quote, (size_t)(stop - s) - quote);
        end(b, c);
        sb_addn(b, stop, quote);
        s = stop + quote;
    }
    sb_add(b, s);
}

static void add_source_text(StrBuf *b, const char *text, size_t len) {
    unsigned at = 0, width;
    bool valid;
    for (size_t i = 0, n; i < len; i += n, at += width) {
        n = step(text + i, len - i, at, &width, &valid);
        if (text[i] == '\t') sb_printf(b, "%*s", (int)width, "");
        else if (valid) sb_addn(b, text + i, n);
        else sb_printf(b, "<%02x>", (unsigned char)text[i]);
    }
}

static void gutter(StrBuf *b, int width) { sb_printf(b, "%*s | ", width, ""); }

static void add_source(StrBuf *b, const Colors *c, const Diag *diag, const char *color, const char *text, size_t len) {
    const Place *p = &diag->place;
    int width = snprintf(NULL, 0, "%u", p->line);
    if (width < GUTTER) width = GUTTER;
    /* A place may end past its line (a construct of several lines): it is underlined to the line's end. */
    size_t from = p->column ? p->column - 1 : 0, to = from + (p->length > 1 ? p->length : 1);
    if (to > len && from < len) to = len;
    unsigned first = diag_display_column(text, len, (unsigned)from + 1);
    unsigned past = diag_display_column(text, len, (unsigned)to + 1);
    if (past <= first) past = first + 1;

    sb_printf(b, "%*u | ", width, p->line);
    if (p->column && from < len && c->on) {
        StrBuf expanded = {0};
        add_source_text(&expanded, text, len);
        /* Colour cuts in between characters: the pieces are expanded one by one, tabs by the column they stand in. */
        StrBuf head = {0}, through = {0};
        add_source_text(&head, text, from);
        add_source_text(&through, text, to);
        sb_addn(b, expanded.data, head.len);
        begin(b, c, color);
        sb_addn(b, expanded.data + head.len, through.len - head.len);
        end(b, c);
        sb_add(b, expanded.data + through.len);
        sb_free(&expanded);
        sb_free(&head);
        sb_free(&through);
    } else {
        add_source_text(b, text, len);
    }
    sb_addc(b, '\n');
    if (!p->column) return;

    gutter(b, width);
    sb_printf(b, "%*s", (int)first - 1, "");
    begin(b, c, color);
    sb_addc(b, '^');
    for (unsigned i = first + 1; i < past; i++) sb_addc(b, '~');
    end(b, c);
    sb_addc(b, '\n');

    const char *fix = diag->fixit;
    if (!fix || strchr(fix, '\n')) return;
    /* Where the fix leaves the piece as it is and adds before or behind it, what it adds is shown, there. */
    size_t piece = to - from, n = strlen(fix), skip = 0, show = n;
    if (n > piece && from + piece <= len && piece) {
        if (memcmp(fix + n - piece, text + from, piece) == 0) show = n - piece;
        else if (memcmp(fix, text + from, piece) == 0) skip = piece, show = n - piece, first = past;
    }
    gutter(b, width);
    sb_printf(b, "%*s", (int)first - 1, "");
    begin(b, c, *fix ? c->insert : c->erase);
    while (show && fix[skip + show - 1] == ' ') show--;
    if (*fix) sb_addn(b, fix + skip, show);
    else
        for (unsigned i = first; i < past; i++) sb_addc(b, '-');
    end(b, c);
    sb_addc(b, '\n');
}

static void add_diag(StrBuf *b, Diags *d, const Colors *c, const Diag *diag) {
    static const char *const names[] = {"note: ", "warning: ", "error: "};
    const char *colors[] = {c->note, c->warning, c->error};
    const Place *p = &diag->place;
    const char *text;
    size_t len;
    bool have = diag_source_line(d, p->file, p->line, &text, &len);

    begin(b, c, c->locus);
    sb_add(b, p->file ? p->file : "acc");
    if (p->line) sb_printf(b, ":%u", p->line);
    if (p->line && p->column) sb_printf(b, ":%u", have ? diag_display_column(text, len, p->column) : p->column);
    sb_addc(b, ':');
    end(b, c);
    sb_addc(b, ' ');
    begin(b, c, colors[diag->severity]);
    sb_add(b, names[diag->severity]);
    end(b, c);
    add_message(b, c, diag->message);
    if (diag->number) {
        char number[16];
        sb_add(b, " [");
        begin(b, c, colors[diag->severity]);
        sb_add(b, diag_number(number, diag->number));
        end(b, c);
        sb_addc(b, ']');
    }
    if (diag->option) {
        sb_add(b, " [");
        begin(b, c, colors[diag->severity]);
        diag_option_text(b, diag);
        end(b, c);
        sb_addc(b, ']');
    }
    sb_addc(b, '\n');
    if (have) add_source(b, c, diag, colors[diag->severity], text, len);
    for (const Diag *note = diag->notes; note; note = note->next) add_diag(b, d, c, note);
}

void diag_print_text(Diags *d, Diag **list, size_t n, FILE *to, DiagColor color) {
    Colors c = colors_for(to, color);
    StrBuf b = {0};
    for (size_t i = 0; i < n; i++) add_diag(&b, d, &c, list[i]);
    if (b.len) fwrite(b.data, 1, b.len, to);
    sb_free(&b);
}
