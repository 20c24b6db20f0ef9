assert(await f(3));
CHECK(await f(2));
