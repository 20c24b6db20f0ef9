package main

func work(i int64) int64 { return i & 7 }

func main() {
	n, sum := size(5000000), int64(0)
	start := now()
	for i := int64(0); i < n; i++ {
		c := make(chan int64)
		go func() { c <- work(i) }()
		sum += <-c
	}
	report(now()-start, float64(n), sum)
}
