/* lua.c: runs a script. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>

int main(int argc, char **argv) {
    lua_State *L = luaL_newstate();
    if (argc < 2 || !L) return 2;
    luaL_openlibs(L);
    int failed = luaL_dofile(L, argv[1]);
    if (failed) printf("%s\n", lua_tostring(L, -1));
    lua_close(L);
    return failed;
}
