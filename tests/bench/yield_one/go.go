package main

import "runtime"

func main() {
	turns := size(3000000)
	var steps int64
	done := make(chan bool)
	start := now()
	for i := 0; i < 1; i++ {
		go func() {
			for i := int64(0); i < turns; i++ {
				runtime.Gosched()
				steps++
			}
			done <- true
		}()
	}
	for i := 0; i < 1; i++ {
		<-done
	}
	report(now()-start, 1*float64(turns), steps)
}
