package main

//go:noinline
func fib(n int64) int64 {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func main() {
	n, value := size(32), int64(0)
	start := now()
	for i := 0; i < 10; i++ {
		value = fib(n)
	}
	report(now()-start, fibCalls(n)*10, value)
}
