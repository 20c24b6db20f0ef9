int plain_c(void);
async int here(int depth);
async int there(int depth);
