package rules

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Options says how a bot is read.
type Options struct {
	// Env looks up a variable of the environment; nil means os.LookupEnv.
	Env func(string) (string, bool)
	// Secrets tells whether the bot will really run: then a missing variable,
	// secret file or token is an error. Without it (check, test) a value that
	// needs one is taken as not given, so Token may be empty.
	Secrets bool
}

// Loader reads one bot again and again. It keeps what it read, by content, so
// that only changed files are parsed again, and Files and Sets that did not
// change are the same pointers as before. Safe for concurrent use.
//
// With a Watcher (see WatchOptions) it reads what the Watcher found at rest
// last, and waits for that where files are being written.
type Loader struct {
	dir, abs string
	o        Options
	watcher  atomic.Pointer[Watcher]

	mu    sync.Mutex // of all below
	roots []string   // what the last load needed
	last  *view      // what the last load read
	files map[fileKey]*parsedFile
	sets  map[string]*builtSet // by account
}

// NewLoader returns a Loader of the bot in the folder dir.
func NewLoader(dir string, o Options) *Loader {
	if dir == "" {
		dir = "."
	}
	if o.Env == nil {
		o.Env = os.LookupEnv
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		abs = filepath.Clean(dir)
	}
	return &Loader{dir: dir, abs: abs, o: o, roots: []string{filepath.Join(abs, botFile)}}
}

// Load reads and checks the bot in the folder dir once.
func Load(dir string, o Options) (*Bot, error) { return NewLoader(dir, o).Load() }

// Inspect is Load for programs that look for more problems than the files
// alone show. Where they hold errors, the Bot is what could be read of it: not
// for use. It is nil if nothing could be read.
func Inspect(dir string, o Options) (*Bot, Problems) { return NewLoader(dir, o).load() }

// How often and how long a load tries to read files that change meanwhile.
const (
	maxTries = 10
	tryAgain = 50 * time.Millisecond
)

// Load reads and checks the whole bot. Either everything is right and Bot is
// complete, or Bot is nil and the error is Problems, with every problem that
// was found, warnings and notes included.
func (l *Loader) Load() (*Bot, error) {
	bot, problems := l.load()
	if problems.HasError() {
		return nil, problems
	}
	return bot, nil
}

func (l *Loader) load() (*Bot, Problems) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var stale *view
	for range maxTries {
		v := l.take(stale)
		if v == nil {
			break
		}
		b := l.readBot(v)
		if !v.covers(b.need) {
			l.roots = sortedPaths(slices.Concat(l.roots, b.need))
			continue
		}
		if problems, ok := l.build(v, b); ok && !b.moved {
			return l.finish(v, b, problems)
		}
		stale = v
	}
	return nil, l.keepsChanging()
}

func (l *Loader) keepsChanging() Problems {
	return Problems{{
		Code: CodeUnreadable,
		Msg:  "the files keep changing while they are read", Hint: "they are read once nobody has written to them for a moment",
	}}
}

// take gives a view of the roots to read, other than the stale one, which was
// found to be out of date. It gives nil if there is none for too long.
func (l *Loader) take(stale *view) *view {
	if w := l.watcher.Load(); w != nil {
		if v, running := w.await(l.roots, stale); running {
			return v
		}
	}
	if stale != nil {
		time.Sleep(tryAgain)
	}
	return newView(l.roots, l.last)
}

// finish keeps what the next load can use.
func (l *Loader) finish(v *view, b *botReader, problems Problems) (*Bot, Problems) {
	l.last = v
	if len(b.bot.Accounts) > 0 { // else bot.yaml is broken, and its folders are as before
		l.roots = sortedPaths(b.need)
	}
	if w := l.watcher.Load(); w != nil {
		w.SetRoots(l.roots)
	}
	bot := b.bot
	bot.Dir, bot.Problems, bot.Sources = l.dir, inOrder(problems, b.order), slices.Clone(l.roots)
	return bot, bot.Problems
}

// readBot reads bot.yaml, or does without.
func (l *Loader) readBot(v *view) *botReader {
	path := filepath.Join(l.abs, botFile)
	e := v.entries[path]
	var b *botReader
	switch {
	case e == nil:
		b = botWithoutFile(l.abs, l.o, v)
	case e.err != "" || e.dir:
		b = &botReader{reader: &reader{path: botFile}, bot: newBot()}
		b.unreadable(l.abs, e)
	default:
		data, err := readUnchanged(path, e)
		if err != nil {
			return &botReader{reader: &reader{}, bot: newBot(), moved: true}
		}
		b = parseBot(data, l.abs, l.o, v)
	}
	b.need = append(b.need, path)
	return b
}

// inOrder sorts problems by place, bot.yaml first and then the files in the
// order given, and drops what several accounts with the same files have in
// common.
func inOrder(problems Problems, files []string) Problems {
	rank := map[string]int{botFile: 0}
	for _, file := range files {
		rank[file] = len(rank)
	}
	for _, p := range problems {
		if _, ok := rank[p.Pos.File]; !ok {
			rank[p.Pos.File] = len(rank)
		}
	}
	seen := make(map[Problem]bool)
	problems = slices.DeleteFunc(problems, func(p *Problem) bool {
		twice := seen[*p]
		seen[*p] = true
		return twice
	})
	slices.SortStableFunc(problems, func(a, b *Problem) int {
		return cmp.Or(rank[a.Pos.File]-rank[b.Pos.File], int(a.Pos.Line-b.Pos.Line), int(a.Pos.Col-b.Pos.Col))
	})
	return problems
}

// seen gives what the last load read, or the roots it begins with together
// with those given.
func (l *Loader) seen(roots []string) ([]string, *view) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last != nil {
		return l.roots, l.last
	}
	return sortedPaths(append(roots, l.roots...)), nil
}
