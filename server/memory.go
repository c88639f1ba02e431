package server

import (
	"runtime"
	"runtime/debug"
	gometrics "runtime/metrics"
	"sync"
)

// loadGCPercent is how far the heap grows while rules are loaded: as far as
// large ones need, so that the garbage collector does not run, for which requests
// would wait. Almost all that it found would be in use.
const loadGCPercent = 250

// loads are the loads that run in this process.
var loads struct {
	mu     sync.Mutex
	n      int
	before int // the percentage that holds between loads
}

// beginLoad makes the garbage collector wait, until the function that it gives
// is called. That gives back to the system what the load took for a moment: what
// was read, and the old rules. Else it would stay until the heap grew as large
// again.
func beginLoad() (end func()) {
	loads.mu.Lock()
	defer loads.mu.Unlock()
	if loads.n++; loads.n == 1 {
		if hasGarbage() {
			runtime.GC() // else the load would begin on top of it
		}
		loads.before = debug.SetGCPercent(loadGCPercent)
		if loads.before < 0 || loads.before > loadGCPercent { // the operator's GOGC
			debug.SetGCPercent(loads.before)
		}
	}
	return func() {
		loads.mu.Lock()
		defer loads.mu.Unlock()
		if loads.n--; loads.n == 0 {
			debug.SetGCPercent(loads.before)
		}
		debug.FreeOSMemory()
	}
}

// hasGarbage reports whether the heap is much larger than what was in use when
// the garbage collector ran last.
func hasGarbage() bool {
	sizes := []gometrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"}}
	gometrics.Read(sizes)
	return sizes[0].Value.Uint64() > sizes[1].Value.Uint64()*5/4
}
