package main

func main() {
	n := size(2000000)
	q := make(chan int64, 1)
	done := make(chan int64)
	start := now()
	go func() {
		for i := int64(0); i < n; i++ {
			q <- i & 7
		}
	}()
	go func() {
		var sum int64
		for i := int64(0); i < n; i++ {
			sum += <-q
		}
		done <- sum
	}()
	sum := <-done
	report(now()-start, float64(n), sum)
}
