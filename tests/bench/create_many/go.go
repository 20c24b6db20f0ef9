package main

func work(i int64) int64 { return i & 7 }

func main() {
	n, sum := size(100000), int64(0)
	start := now()
	tasks := make([]chan int64, n)
	for i := range tasks {
		c := make(chan int64)
		tasks[i] = c
		go func() { c <- work(int64(i)) }()
	}
	for _, c := range tasks {
		sum += <-c
	}
	report(now()-start, float64(n), sum)
}
