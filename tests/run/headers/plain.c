#include <acc.h>

int in_plain_c(acc_loop *loop) { return acc_loop_is_running(loop) && acc_running_loop() == loop; }
