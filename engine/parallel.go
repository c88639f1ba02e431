package engine

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// inParallel calls f for all numbers below n, on all processors. A panic of f
// comes to the caller, so that who loads can go on.
func inParallel(n int, f func(int)) {
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers <= 1 {
		for i := range n {
			f(i)
		}
		return
	}
	var next atomic.Int64
	var panicked atomic.Pointer[string]
	var g sync.WaitGroup
	for range workers {
		g.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					told := fmt.Sprintf("%v\n%s", v, debug.Stack())
					panicked.Store(&told)
				}
			}()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	g.Wait()
	if told := panicked.Load(); told != nil {
		panic(*told)
	}
}
