package main

import "time"

func main() {
	n, woken := size(1000000), int64(0)
	done := make(chan bool)
	memory, start := resident(), now()
	when := time.Now().Add(time.Second)
	for i := int64(0); i < n; i++ {
		go func() {
			time.Sleep(time.Until(when))
			woken++
			done <- true
		}()
	}
	time.Sleep(time.Until(when) / 2) // all asleep now
	memory = resident() - memory
	for i := int64(0); i < n; i++ {
		<-done
	}
	reportMemory(now()-start, float64(n), woken, memory)
}
