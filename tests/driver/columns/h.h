int hh;
int CAT(a, b);
