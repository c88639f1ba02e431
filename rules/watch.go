package rules

import "time"

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

// Watcher tells when the files of a bot have changed.
type Watcher struct{ changes chan struct{} }

// NewWatcher starts to watch.
func NewWatcher(o WatchOptions) *Watcher { return &Watcher{changes: make(chan struct{}, 1)} }

// Changes receives a value when files have changed and are at rest again.
// Several changes may be one value. It is never closed.
func (w *Watcher) Changes() <-chan struct{} { return w.changes }

// SetRoots replaces what is watched.
func (w *Watcher) SetRoots(roots []string) {}

// EventsErr tells why the file system's events are missing, wholly or in
// part; nil if they come. Changes are found without them too, a second later.
func (w *Watcher) EventsErr() error { return nil }

// Close ends the watching and waits until it has ended.
func (w *Watcher) Close() {}

// MountWarnings names the bot's files that are mount points of their own.
func MountWarnings(sources []string) Problems { return nil }
