#!/bin/sh
# install.sh BUILD: what BUILD installs works where it lies and where it is moved to: the command, make, pkg-config, CMake.
set -eu
build=$1
rm -rf "$WORK" && mkdir -p "$WORK" && cd "$WORK"
unset CC ACC_LIBDIR ACC_INCLUDEDIR
fail() { echo "FAIL: $*"; exit 1; }

cmake --install "$build" --prefix "$WORK/first" >/dev/null
for file in bin/acc include/acc.h include/acc/abi.h lib/libacc.a lib/libacc.so share/man/man1/acc.1; do
    [ -e "first/$file" ] || fail "$file is not installed"
done
mv first 'second place'
prefix="$WORK/second place"
PATH=$prefix/bin:$PATH

cat >hello.ac <<'E2'
#include <acc.h>
int three(void);
async int twice(int n) { await acc_sleep(0); return 2 * n; }
async int main(void) { printf("%d\n", await twice(three())); return 0; }
E2
echo 'int three(void) { return 3; }' >three.c
cat >plain.c <<'E2'
#include <acc.h>
int main(void) { return acc_running_loop() != 0; }
E2
# prints PROGRAM: it says 6
prints() { [ "$("$@")" = 6 ] || fail "$* does not print 6"; }

echo "-- the command"
acc -Wall -Wextra -Werror hello.ac three.c -o hello
prints ./hello
acc --libacc=shared hello.ac three.c -o hello-shared
prints ./hello-shared

echo "-- make"
cat >Makefile <<'E2'
CC = acc
CFLAGS = -O2 -MMD -MP
hello-make: hello.o three.o
	$(CC) $^ -o $@
%.o: %.ac
	$(CC) $(CFLAGS) -c $< -o $@
-include *.d
E2
if command -v make >/dev/null; then
    make -s
    prints ./hello-make
    rm hello-make ./*.o
    CC='' make -s CC=acc
    prints ./hello-make
else
    echo "NOTE: no make here"
fi

echo "-- pkg-config"
flags=$(PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --define-variable=prefix=@ --static --cflags --libs acc)
flags=$(echo "$flags" | sed "s,@,'$prefix',g")
eval "gcc plain.c $flags -Wl,-rpath,'$prefix/lib' -o plain"
./plain || fail "./plain ends with $?"

echo "-- CMake"
cat >CMakeLists.txt <<'E2'
cmake_minimum_required(VERSION 3.20)
project(user C)
find_package(acc REQUIRED)
acc_add_executable(hello-cmake hello.ac three.c)
add_executable(plain-cmake plain.c)
target_link_libraries(plain-cmake PRIVATE acc::acc)
E2
cmake -S . -B cmake -G Ninja -DCMAKE_PREFIX_PATH="$prefix" >cmake.log 2>&1 || { cat cmake.log; fail "cmake"; }
cmake --build cmake >cmake.log 2>&1 || { cat cmake.log; fail "cmake --build"; }
prints cmake/hello-cmake
cmake/plain-cmake || fail "plain-cmake ends with $?"
