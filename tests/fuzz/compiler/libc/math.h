#ifndef FUZZ_MATH_H
#define FUZZ_MATH_H
double sqrt(double);
double floor(double);
double fabs(double);
#endif
