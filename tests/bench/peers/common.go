// What the Go programs share: bench.h says what they print. One thread.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"
)

func init() { runtime.GOMAXPROCS(1) }

func size(usual int64) int64 {
	if len(os.Args) > 1 {
		n, _ := strconv.ParseInt(os.Args[1], 10, 64)
		return n
	}
	return usual
}

// CPU seconds of this process: CLOCK_PROCESS_CPUTIME_ID.
func now() float64 {
	var t syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, 2, uintptr(unsafe.Pointer(&t)), 0)
	return float64(t.Sec) + float64(t.Nsec)/1e9
}

func resident() float64 {
	var all, pages float64
	data, _ := os.ReadFile("/proc/self/statm")
	fmt.Sscan(string(data), &all, &pages)
	return pages * float64(os.Getpagesize())
}

func report(seconds, operations float64, check int64) {
	fmt.Printf("%.3f %d %.0f\n", seconds*1e9/operations, check, operations)
}

func reportMemory(seconds, operations float64, check int64, bytes float64) {
	fmt.Printf("%.3f %d %.0f %.1f\n", seconds*1e9/operations, check, operations, bytes/operations)
}

func fibCalls(n int64) float64 {
	a, b := 1.0, 1.0
	for i := int64(1); i < n; i++ {
		a, b = b, a+b+1
	}
	return b
}
