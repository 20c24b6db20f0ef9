/* Included more than once, on purpose. */
static int GLUE(number_of_, COUNTED) = COUNTED;
#undef COUNTED
