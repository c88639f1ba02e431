package rules

import (
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/fsnotify/fsnotify"
)

// events gives hints that something changed in the places of the last look. A
// nil *events never hints. Used by one goroutine, except for hints.
type events struct {
	w       *fsnotify.Watcher
	hints   chan struct{}
	watched map[string]fs.FileInfo // folders, as they were when events began
	where   chan places            // to the goroutine that filters events
	ended   chan struct{}
}

func newEvents() (*events, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err // too many users of inotify on this machine
	}
	e := &events{
		w: w, hints: make(chan struct{}, 1), watched: make(map[string]fs.FileInfo),
		where: make(chan places), ended: make(chan struct{}),
	}
	go e.filter()
	return e, nil
}

// filter turns events that matter into hints. It never blocks for long, so
// that the system's queue of events does not overflow.
func (e *events) filter() {
	defer close(e.ended)
	where := make(places)
	for {
		select {
		case ev, ok := <-e.w.Events:
			if !ok {
				return
			}
			if ev.Op != fsnotify.Chmod && where.matters(ev.Name) {
				e.hint()
			}
		case _, ok := <-e.w.Errors: // the queue did overflow, and the like
			if !ok {
				return
			}
			e.hint()
		case where = <-e.where:
		}
	}
}

func (e *events) hint() {
	select {
	case e.hints <- struct{}{}:
	default:
	}
}

// next gives the channel of hints.
func (e *events) next() <-chan struct{} {
	if e == nil {
		return nil
	}
	return e.hints
}

// drain forgets a hint: the look that follows sees what it is about.
func (e *events) drain() {
	select {
	case <-e.hints:
	default:
	}
}

// follow makes events come from these places and no others. added tells that
// some are new. The error is the first reason why some folder has no events.
func (e *events) follow(where places) (added bool, err error) {
	if e == nil {
		return false, nil
	}
	select {
	case e.where <- where:
	case <-e.ended:
		return false, fsnotify.ErrClosed
	}
	alive := e.w.WatchList()
	for dir, before := range e.watched {
		now, statErr := os.Stat(dir)
		if _, wanted := where[dir]; wanted && statErr == nil && os.SameFile(before, now) && slices.Contains(alive, dir) {
			continue
		}
		e.w.Remove(dir) // an error means that the system did it already
		delete(e.watched, dir)
	}
	for dir := range where {
		if e.watched[dir] != nil {
			continue
		}
		info, statErr := os.Stat(dir)
		if statErr != nil {
			continue // it went away just now
		}
		switch addErr := e.w.Add(dir); {
		case addErr == nil:
			e.watched[dir], added = info, true
		case !errors.Is(addErr, fs.ErrNotExist) && err == nil:
			err = addErr
		}
	}
	return added, err
}

func (e *events) close() {
	if e == nil {
		return
	}
	e.w.Close()
	<-e.ended
}
