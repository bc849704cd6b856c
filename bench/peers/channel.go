// SPDX-License-Identifier: Apache-2.0

// Go's channel in the ring benchmark: measures one scenario, prints nanoseconds and the sum of what
// came through. See run_program in ../measure.c for its arguments.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

const pause = 500 * time.Microsecond

// The processors for the threads, producers first. Empty: the scheduler does as it likes.
var processors []uint64

// Ties the goroutine to a thread, and that to its processor.
func pin(number int) {
	if len(processors) == 0 {
		return
	}
	var mask [16]uint64
	runtime.LockOSThread()
	cpu := processors[number]
	mask[cpu/64] = 1 << (cpu % 64)
	_, _, err := syscall.RawSyscall(syscall.SYS_SCHED_SETAFFINITY, 0, unsafe.Sizeof(mask),
		uintptr(unsafe.Pointer(&mask)))
	if err != 0 {
		fmt.Fprintln(os.Stderr, "channel: cannot pin a thread:", err)
		os.Exit(1)
	}
}

// Where each has its own processor nobody waits for this one.
func giveWay() {
	if len(processors) == 0 {
		runtime.Gosched()
	}
}

func trySend(c chan uint64, item uint64) {
	for {
		select {
		case c <- item:
			return
		default:
			giveWay()
		}
	}
}

func tryReceive(c chan uint64) uint64 {
	for {
		select {
		case item := <-c:
			return item
		default:
			giveWay()
		}
	}
}

// The loops call the channel directly: a call through a function value would not be inlined.
func produce(c chan uint64, first, n uint64, waits bool) {
	if waits {
		for i := uint64(0); i < n; i++ {
			c <- first + i
		}
		return
	}
	for i := uint64(0); i < n; i++ {
		trySend(c, first+i)
	}
}

func consume(c chan uint64, n uint64, waits bool) (sum uint64) {
	if waits {
		for i := uint64(0); i < n; i++ {
			sum += <-c
		}
		return sum
	}
	for i := uint64(0); i < n; i++ {
		sum += tryReceive(c)
	}
	return sum
}

func stream(threads int, capacity int, n uint64, waits bool) (time.Duration, uint64) {
	var ready, running sync.WaitGroup
	c := make(chan uint64, capacity)
	sums := make([]uint64, threads)
	each := n / uint64(threads)
	running.Add(2 * threads)
	ready.Add(2*threads + 1)
	meet := func() {
		ready.Done()
		ready.Wait()
	}
	for i := 0; i < threads; i++ {
		i := i
		go func() {
			pin(i)
			meet()
			produce(c, 1+uint64(i)*each, each, waits)
			running.Done()
		}()
		go func() {
			pin(threads + i)
			meet()
			sums[i] = consume(c, each, waits)
			running.Done()
		}()
	}
	meet()
	began := time.Now()
	running.Wait()
	took := time.Since(began)
	sum := uint64(0)
	for _, s := range sums {
		sum += s
	}
	return took, sum
}

func trip(capacity int, n uint64, waits, sleeps bool) (took time.Duration, sum uint64) {
	there, back := make(chan uint64, capacity), make(chan uint64, capacity)
	pin(0)
	go func() {
		pin(1)
		for i := uint64(0); i < n; i++ {
			if waits {
				back <- <-there
			} else {
				trySend(back, tryReceive(there))
			}
		}
	}()
	began := time.Now()
	for i := uint64(1); i <= n; i++ {
		if sleeps {
			time.Sleep(pause)
			began = time.Now()
		}
		if waits {
			there <- i
			sum += <-back
		} else {
			trySend(there, i)
			sum += tryReceive(back)
		}
		if sleeps {
			took += time.Since(began)
		}
	}
	if !sleeps {
		took = time.Since(began)
	}
	return took, sum
}

func number(text string) uint64 {
	value, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		fmt.Fprintln(os.Stderr, "channel:", err)
		os.Exit(2)
	}
	return value
}

func main() {
	if len(os.Args) != 6 {
		fmt.Fprintln(os.Stderr, "usage: channel stream-wait|trip-spin|... THREADS CAPACITY ITEMS",
			"PROCESSOR,...|any")
		os.Exit(2)
	}
	kind, waits := os.Args[1], strings.HasSuffix(os.Args[1], "-wait")
	threads, capacity, n := int(number(os.Args[2])), int(number(os.Args[3])), number(os.Args[4])
	if os.Args[5] != "any" {
		for _, text := range strings.Split(os.Args[5], ",") {
			processors = append(processors, number(text))
		}
	}
	var took time.Duration
	var sum uint64
	if strings.HasPrefix(kind, "stream-") {
		took, sum = stream(threads, capacity, n, waits)
	} else {
		took, sum = trip(capacity, n, waits, strings.HasPrefix(kind, "trip-after-sleep-"))
	}
	fmt.Println(took.Nanoseconds(), sum)
}
