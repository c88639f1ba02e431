package rules

import (
	"slices"
	"sync"
	"time"
)

// WatchOptions says what is watched and how patiently. A zero duration means
// its default.
type WatchOptions struct {
	// Roots are the files and folders to watch (Bot.Sources). With a Loader
	// they follow its loads.
	Roots []string
	// Loader, if set, reads only what this Watcher found at rest, and the
	// Watcher starts from what the Loader read last.
	Loader *Loader

	Quiet    time.Duration // a file is read once unchanged for so long; default 200 ms
	Hold     time.Duration // an emptied file or folder must stay so for so long; default 3 s
	Look     time.Duration // from one look at all files to the next; default 1 s
	NoEvents bool          // look only
}

// What holds where WatchOptions say nothing.
const (
	DefaultQuiet = 200 * time.Millisecond
	DefaultHold  = 3 * time.Second
	DefaultLook  = time.Second
)

// maxAwait bounds how long a load waits for files to come to rest.
const maxAwait = 10 * time.Second

// Watcher tells when the files of a bot have changed. It takes the file
// system's events as a hint to look, and looks from time to time without them:
// what counts is what it sees. Safe for concurrent use.
type Watcher struct {
	o       WatchOptions
	changes chan struct{}
	wake    chan struct{} // look now
	done    chan struct{} // Close was called
	ended   chan struct{}
	close   sync.Once
	events  *events

	mu        sync.Mutex
	roots     []string // to watch, sorted
	view      *view    // what is at rest
	settled   *view    // the verdict that view comes from
	taken     *view    // what the Loader read last
	next      chan struct{}
	refresh   bool // somebody waits for a new view, even an equal one
	eventsErr error
}

// NewWatcher starts to watch. Without a Loader it tells about changes from
// now on; so it must start before the bot is loaded. Close must be called.
func NewWatcher(o WatchOptions) *Watcher {
	o.Quiet = orDefault(o.Quiet, DefaultQuiet)
	o.Hold = orDefault(o.Hold, DefaultHold)
	o.Look = orDefault(o.Look, DefaultLook)
	w := &Watcher{
		o: o, roots: absolutePaths(o.Roots),
		changes: make(chan struct{}, 1), wake: make(chan struct{}, 1),
		done: make(chan struct{}), ended: make(chan struct{}), next: make(chan struct{}),
	}
	if o.Loader != nil {
		w.roots, w.view = o.Loader.seen(w.roots)
	}
	w.taken = w.view
	if w.view == nil {
		w.view = newView(w.roots, nil)
	}
	if !o.NoEvents {
		w.events, w.eventsErr = newEvents()
	}
	if o.Loader != nil {
		o.Loader.watcher.Store(w)
	}
	w.settled = w.view
	s := newSettler(w.o, w.view)
	go w.run(s, w.look(s, time.Now()))
	return w
}

// patience is how long what is at rest waits for what still moves, so that
// what is written together goes live together.
func (o WatchOptions) patience() time.Duration { return 3 * o.Quiet }

func orDefault(d, fallback time.Duration) time.Duration {
	if d == 0 {
		return fallback
	}
	return d
}

// Changes receives a value when files have changed and are at rest again.
// Several changes may be one value. It is never closed.
func (w *Watcher) Changes() <-chan struct{} { return w.changes }

// SetRoots replaces what is watched.
func (w *Watcher) SetRoots(roots []string) {
	roots = absolutePaths(roots)
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Equal(roots, w.roots) {
		w.roots = roots
		w.lookNow()
	}
}

// EventsErr tells why the file system's events are missing, wholly or in
// part; nil if they come. Changes are found without them too, a second later.
func (w *Watcher) EventsErr() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.eventsErr
}

// Close ends the watching and waits until it has ended.
func (w *Watcher) Close() {
	w.close.Do(func() {
		close(w.done)
		<-w.ended
		if w.o.Loader != nil {
			w.o.Loader.watcher.CompareAndSwap(w, nil)
		}
	})
}

func (w *Watcher) lookNow() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// run looks: soon after an event, often while something moves, else at the
// periodic time.
func (w *Watcher) run(s *settler, again time.Duration) {
	defer close(w.ended)
	defer w.events.close()
	timer := time.NewTimer(again)
	defer timer.Stop()
	var took time.Duration
	for {
		hint := w.events.next()
		select {
		case <-w.done:
			return
		case <-timer.C:
		case <-w.wake:
		case <-hint:
			// Let an editor finish what it is at before the look.
			if !w.pause(max(w.o.Quiet/10, 2*took)) {
				return
			}
			w.events.drain()
		}
		start := time.Now()
		again := w.look(s, start)
		took = time.Since(start)
		timer.Reset(max(again, 4*took)) // a slow file system must not keep a core busy
	}
}

// pause is false if the Watcher was closed meanwhile.
func (w *Watcher) pause(d time.Duration) bool {
	select {
	case <-w.done:
		return false
	case <-time.After(d):
		return true
	}
}

// look looks once and gives the time until the next look.
func (w *Watcher) look(s *settler, now time.Time) time.Duration {
	w.mu.Lock()
	roots := w.roots
	w.mu.Unlock()
	var where places
	if w.events != nil {
		where = make(places)
	}
	verdict := s.see(roots, lookAt(roots, s.found, where), now)
	w.publish(verdict)
	again := w.o.Look
	if verdict.moving {
		again = min(w.o.Quiet/4, verdict.settles)
	}
	added, err := w.events.follow(where)
	if added {
		again = min(again, w.o.Quiet/4) // something may have come in before the events did
	}
	if w.events != nil {
		w.mu.Lock()
		w.eventsErr = err
		w.mu.Unlock()
	}
	return again
}

// publish makes a view known to those who wait for one, and signals if it
// reads otherwise.
func (w *Watcher) publish(v verdict) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case v.view != w.settled:
		w.view, w.settled = v.view, v.view
	case w.refresh && !v.moving:
		w.view = &view{roots: v.view.roots, entries: v.view.entries}
	default:
		return
	}
	w.refresh = false
	close(w.next)
	w.next = make(chan struct{})
	if v.changed {
		select {
		case w.changes <- struct{}{}:
		default:
		}
	}
}

// await gives the newest view of the roots other than the stale one, and other
// than the one that was given last time: who loads although nothing was
// signalled wants what was saved just now. It waits until there is one, and
// gives nil after maxAwait. running is false if the Watcher was closed. A
// signal for the view that it gives is taken back.
func (w *Watcher) await(roots []string, stale *view) (v *view, running bool) {
	start := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		late := time.Since(start) > w.o.patience() // files are written without end
		if fresh := w.view != stale && (w.view != w.taken || late); fresh && w.view.covers(roots) {
			select {
			case <-w.changes:
			default:
			}
			w.taken = w.view
			return w.view, true
		}
		if time.Since(start) > maxAwait {
			return nil, true
		}
		w.roots = sortedPaths(slices.Concat(w.roots, roots))
		w.refresh = true
		w.lookNow()
		if !w.waitForView() {
			return nil, false
		}
	}
}

// waitForView waits for a new view, or a moment. It is false if the Watcher
// was closed. It is called with mu locked, and lets go of it meanwhile.
func (w *Watcher) waitForView() bool {
	next := w.next
	w.mu.Unlock()
	defer w.mu.Lock()
	moment := time.NewTimer(w.o.Quiet)
	defer moment.Stop()
	select {
	case <-next:
	case <-moment.C:
	case <-w.done:
		return false
	}
	return true
}
