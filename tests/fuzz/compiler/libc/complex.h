#ifndef FUZZ_COMPLEX_H
#define FUZZ_COMPLEX_H
#define complex _Complex
#define I (__extension__ 1.0iF)
double creal(double _Complex);
double cimag(double _Complex);
#endif
