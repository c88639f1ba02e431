package rules

import (
	"maps"
	"path/filepath"
	"time"
)

// settler decides from look to look what counts: a path counts as it is once
// it was seen unchanged for the quiet time, and as it was until then. It knows
// no clock.
type settler struct {
	quiet time.Duration
	hold  time.Duration // in place of quiet for what was emptied
	// patience is how long a path at rest waits for others that move.
	patience time.Duration

	view   *view                // what counts
	looked time.Time            // the last look
	found  map[string]*entry    // by it
	since  map[string]time.Time // last change of the paths that are not as in view
	held   map[string]bool      // those of them that were emptied
}

func newSettler(o WatchOptions, v *view) *settler {
	return &settler{
		quiet: o.Quiet, hold: o.Hold, patience: o.patience(),
		view: v, found: v.entries, since: make(map[string]time.Time), held: make(map[string]bool),
	}
}

// verdict is what a look brought.
type verdict struct {
	view    *view // what counts now
	changed bool  // it reads otherwise than before
	moving  bool  // something changed less than the quiet time ago

	// settles is how long it takes until the first of these is at rest.
	settles time.Duration
}

// see takes what a look at the roots found.
func (s *settler) see(roots []string, found map[string]*entry, now time.Time) verdict {
	s.forget(roots)
	s.noteChanges(found, now)
	emptied := s.emptiedFolders(roots, found)
	var settled []string
	var oldest time.Duration
	v := verdict{view: s.view}
	for path, since := range s.since {
		need := s.need(path, found, emptied)
		if s.held[path] && need == s.quiet {
			// Something came into an emptied folder: it and what went
			// before count together.
			since, s.since[path] = now, now
		}
		s.held[path] = need != s.quiet
		age := now.Sub(since)
		switch {
		case age >= need:
			settled = append(settled, path)
			oldest = max(oldest, age-need)
		case need == s.quiet:
			if !v.moving || need-age < v.settles {
				v.settles = need - age
			}
			v.moving = true
		}
	}
	if len(settled) > 0 && (!v.moving || oldest >= s.patience) {
		v.view, v.changed = s.settle(settled), true
	}
	if covered := s.coveredRoots(roots); v.changed || !v.view.covers(covered) {
		v.view = &view{roots: covered, entries: v.view.entries}
	}
	s.view = v.view
	return v
}

// forget drops what stands under none of the roots any more.
func (s *settler) forget(roots []string) {
	stays := func(path string) bool {
		for _, root := range roots {
			if path == root {
				return true
			}
			if _, below := relativeTo(root, path); below {
				return true
			}
		}
		return false
	}
	var kept []string
	for _, root := range s.view.roots {
		if stays(root) {
			kept = append(kept, root)
		}
	}
	if len(kept) == len(s.view.roots) {
		return
	}
	gone := func(path string, _ *entry) bool { return !stays(path) }
	s.view = &view{roots: kept, entries: maps.Clone(s.view.entries)}
	maps.DeleteFunc(s.view.entries, gone)
	s.found = maps.Clone(s.found)
	maps.DeleteFunc(s.found, gone)
	maps.DeleteFunc(s.since, func(path string, _ time.Time) bool { return !stays(path) })
}

// noteChanges brings since up to date with what was found.
func (s *settler) noteChanges(found map[string]*entry, now time.Time) {
	for path, e := range found {
		if !e.sameFile(s.found[path]) {
			s.since[path] = s.changed(e, now)
		}
	}
	for path := range s.found {
		if found[path] == nil {
			s.since[path] = now
		}
	}
	for path := range s.since {
		if s.view.entries[path].sameContent(found[path]) {
			delete(s.since, path)
		}
	}
	maps.DeleteFunc(s.held, func(path string, _ bool) bool { return s.since[path].IsZero() })
	s.found, s.looked = found, now
}

// clockTick is how much earlier than now the times of a file may be that changes
// now: the kernel takes them from a clock that it sets a hundred times a second,
// or more often.
const clockTick = 10 * time.Millisecond

// changed tells when a file changed that now is another one than at the last
// look: in between, at the time that the file system gives if it is then.
func (s *settler) changed(e *entry, now time.Time) time.Time {
	at := time.Unix(0, e.stamp.changed).Add(clockTick)
	if !e.stamp.full || s.looked.IsZero() || at.Before(s.looked) || at.After(now) {
		return now
	}
	return at
}

// need is how long a path must rest.
func (s *settler) need(path string, found map[string]*entry, emptied []string) time.Duration {
	was, is := s.view.entries[path], found[path]
	switch {
	case was == nil:
		return s.quiet
	case is == nil && len(emptied) > 0 && isRoot(path, s.view.roots):
		return s.hold // bot.yaml went together with the rules
	case is == nil || is.dir:
		for _, root := range emptied {
			if _, below := relativeTo(root, path); below || path == root {
				return s.hold
			}
		}
	case is.empty && !was.empty && was.err == "":
		return s.hold
	}
	return s.quiet
}

// emptiedFolders gives the roots that had rule files and have none.
func (s *settler) emptiedFolders(roots []string, found map[string]*entry) []string {
	gone := false
	for path := range s.since {
		gone = gone || found[path] == nil
	}
	if !gone {
		return nil
	}
	var list []string
	for _, root := range roots {
		if was := s.view.entries[root]; was == nil || !was.dir {
			continue
		}
		if !hasRules(root, found) && hasRules(root, s.view.entries) {
			list = append(list, root)
		}
	}
	return list
}

func hasRules(root string, entries map[string]*entry) bool {
	for path, e := range entries {
		if _, below := relativeTo(root, path); below && !e.dir && isRuleFile(filepath.Base(path)) {
			return true
		}
	}
	return false
}

func isRoot(path string, roots []string) bool {
	return (&view{roots: roots}).covers([]string{path})
}

// settle gives the view in which these paths are as they were found.
func (s *settler) settle(paths []string) *view {
	entries := maps.Clone(s.view.entries)
	for _, path := range paths {
		if e := s.found[path]; e != nil {
			entries[path] = e
		} else {
			delete(entries, path)
		}
		delete(s.since, path)
	}
	return &view{roots: s.view.roots, entries: entries}
}

// coveredRoots leaves out the new roots under which something waits to count.
func (s *settler) coveredRoots(roots []string) []string {
	var list []string
	for _, root := range roots {
		if isRoot(root, s.view.roots) || !s.waitsUnder(root) {
			list = append(list, root)
		}
	}
	return list
}

func (s *settler) waitsUnder(root string) bool {
	for path := range s.since {
		if _, below := relativeTo(root, path); below || path == root {
			return true
		}
	}
	return false
}
