int plain_c(void);
int plain_c(void) { return 100; }
