static inline async int in_header(int n) {
    int v = await in_header(missing);
    return v;
}
static inline int ordinary_in_header(void) { return await in_header(1); }
#define BROKEN(x) (x + also_missing)
