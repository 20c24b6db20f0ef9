package main

import "time"

func main() {
	n, woken := size(200000), int64(0)
	done := make(chan bool)
	start := now()
	for i := int64(0); i < n; i++ {
		go func() {
			time.Sleep(time.Duration(i*7919%1000+1) * time.Millisecond)
			woken++
			done <- true
		}()
	}
	for i := int64(0); i < n; i++ {
		<-done
	}
	report(now()-start, float64(n), woken)
}
