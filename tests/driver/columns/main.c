#define ADD(a, b) ((a) + \
                   (b))
#define STR(x) #x
#define CAT(a, b) a##b
#define OBJ 1 +
#define TWO OBJ OBJ
#define F(x) x x
#define G F
#define EMPTY
#define DECLARE(T, name, value) T name = value;
#define BLOCK(body) { body }
#include "h.h"
int f(int x) {
	return ADD(x,
		ADD(1, y)) + /* c */ CAT(x,
 1);
  char *s = STR(a b
   c);
}
int q = OBJ OBJ TWO 3;
int r = N; const char *z = "ü"; int L = OBJ OBJ 2;
int m = G(1 +
2 +) 3; EMPTY int e = ADD(__LINE__, 5) + ADD(6, 7);
#if 0
ADD(9, 9
#endif
int v = CAT(OB, J) 5;
int u = CAT(OB,
   J) STR(a)
   OBJ 6;
void g(void) BLOCK(
	DECLARE(int, i, ADD(1,
	                    2))
	/* a comment */ h(i);   // and one more
	BLOCK(h(2);)
)
int a_long_na\
me = 4;
# 200 "other.c"
int elsewhere = 7;
