package rules

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come. What counts is that
// it comes; how soon is measured elsewhere, on a machine that is not busy.
const patience = 20 * time.Second

// live is a bot whose rules are loaded again whenever the Watcher says so.
type live struct {
	t      *testing.T
	dir    string
	loader *Loader
	w      *Watcher
	seen   []string // rule names after each load that worked
	failed []error
}

func watchBot(t *testing.T, dir string, o WatchOptions) *live {
	t.Helper()
	l := &live{t: t, dir: dir, loader: NewLoader(dir, Options{})}
	l.seen = []string{ruleNames(mustLoad(t, l.loader).Accounts[0])}
	o.Loader = l.loader
	if o.Quiet == 0 {
		o.Quiet = 120 * time.Millisecond
	}
	if o.Look == 0 {
		o.Look = 100 * time.Millisecond
	}
	l.w = NewWatcher(o)
	t.Cleanup(l.w.Close)
	return l
}

func (l *live) path(name string) string { return filepath.Join(l.dir, name) }

func (l *live) write(name, text string) {
	l.t.Helper()
	write(l.t, l.path(name), text)
}

func (l *live) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

// wait loads at every signal until the rules have these names.
func (l *live) wait(names string) {
	l.t.Helper()
	deadline := time.After(patience)
	for l.now() != names {
		select {
		case <-l.w.Changes():
			l.load()
		case <-deadline:
			l.t.Fatalf("rules are %q, not %q; so far %q, failed %v", l.now(), names, l.seen, l.failed)
		}
	}
}

func (l *live) now() string { return l.seen[len(l.seen)-1] }

func (l *live) load() {
	bot, err := l.loader.Load()
	if err != nil {
		l.failed = append(l.failed, err)
		return
	}
	l.seen = append(l.seen, ruleNames(bot.Accounts[0]))
}

// only fails if the rules were ever anything else than these.
func (l *live) only(names ...string) {
	l.t.Helper()
	for _, seen := range l.seen {
		if !strings.Contains("|"+strings.Join(names, "|")+"|", "|"+seen+"|") {
			l.t.Errorf("rules were %q for a moment; %q", seen, l.seen)
		}
	}
	if len(l.failed) > 0 {
		l.t.Errorf("loads failed: %v", l.failed)
	}
}

// modes runs a test with events and without.
func modes(t *testing.T, test func(t *testing.T, o WatchOptions)) {
	t.Parallel() // they do little but wait
	t.Run("events", func(t *testing.T) { t.Parallel(); test(t, WatchOptions{Look: time.Hour}) })
	t.Run("looks", func(t *testing.T) { t.Parallel(); test(t, WatchOptions{NoEvents: true}) })
}

func simpleBot(t *testing.T) string {
	return writeBot(t, map[string]string{"bot.yaml": oneAccount, "rules/a.yaml": rule("a"), "rules/sub/b.yaml": rule("b")})
}

func TestWatchInPlace(t *testing.T) {
	modes(t, func(t *testing.T, o WatchOptions) {
		l := watchBot(t, simpleBot(t), o)
		l.write("rules/a.yaml", rule("a2"))
		l.wait("a2 b")
		l.write("rules/sub/b.yaml", rule("b2"))
		l.wait("a2 b2")
		l.only("a b", "a2 b", "a2 b2")
	})
}

func TestWatchRename(t *testing.T) {
	modes(t, func(t *testing.T, o WatchOptions) {
		l := watchBot(t, simpleBot(t), o)
		// As Vim does it: try, back up, write anew, remove the backup.
		l.write("rules/4913", "")
		l.must(os.Remove(l.path("rules/4913")))
		l.must(os.Rename(l.path("rules/a.yaml"), l.path("rules/a.yaml~")))
		l.write("rules/a.yaml", rule("vim"))
		l.must(os.Remove(l.path("rules/a.yaml~")))
		l.wait("vim b")
		// As most others do: write beside, rename over.
		l.write("rules/.a.yaml.tmp", rule("atomic"))
		l.must(os.Rename(l.path("rules/.a.yaml.tmp"), l.path("rules/a.yaml")))
		l.wait("atomic b")
		l.must(os.Rename(l.path("rules/a.yaml"), l.path("rules/sub/z.yaml")))
		l.wait("b atomic")
		l.only("a b", "vim b", "atomic b", "b atomic")
	})
}

func TestWatchTruncateThenWrite(t *testing.T) {
	modes(t, func(t *testing.T, o WatchOptions) {
		l := watchBot(t, simpleBot(t), o)
		for i := range 3 {
			name := fmt.Sprintf("a%d", i)
			text := rule(name)
			f, err := os.Create(l.path("rules/a.yaml"))
			l.must(err)
			for _, half := range []string{text[:9], text[9:]} {
				_, err := f.WriteString(half)
				l.must(err)
			}
			l.must(f.Close())
			l.wait(name + " b")
		}
		l.only("a b", "a0 b", "a1 b", "a2 b")
	})
}

// A hundred saves: the last one counts, and no half of any.
func TestWatchManySaves(t *testing.T) {
	modes(t, func(t *testing.T, o WatchOptions) {
		l := watchBot(t, simpleBot(t), o)
		done := make(chan struct{})
		go func() {
			defer close(done)
			for i := range 100 {
				l.write("rules/a.yaml", rule(fmt.Sprintf("save%d", i))+strings.Repeat("# filled up\n", i*50))
			}
		}()
		l.wait("save99 b")
		<-done
		for _, err := range l.failed {
			t.Errorf("half a file was read: %v", err)
		}
	})
}

// TestWatchConfigMap swaps the files of a mounted ConfigMap: the files are
// links through ..data, which one rename replaces.
func TestWatchConfigMap(t *testing.T) {
	modes(t, func(t *testing.T, o WatchOptions) {
		dir := writeBot(t, map[string]string{
			"bot.yaml": oneAccount, "rules/..2026_1/a.yaml": rule("a"), "rules/..2026_1/b.yaml": rule("b"),
		})
		link := func(target, name string) {
			if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		link("..2026_1", "rules/..data")
		link("..data/a.yaml", "rules/a.yaml")
		link("..data/b.yaml", "rules/b.yaml")
		l := watchBot(t, dir, o)
		l.wait("a b")
		for i := 2; i < 5; i++ {
			version := fmt.Sprintf("..2026_%d", i)
			l.write("rules/"+version+"/a.yaml", rule(fmt.Sprintf("a%d", i)))
			l.write("rules/"+version+"/b.yaml", rule(fmt.Sprintf("b%d", i)))
			link(version, "rules/..data_tmp")
			l.must(os.Rename(l.path("rules/..data_tmp"), l.path("rules/..data")))
			l.must(os.RemoveAll(l.path(fmt.Sprintf("rules/..2026_%d", i-1))))
			l.wait(fmt.Sprintf("a%d b%d", i, i))
		}
		l.only("a b", "a2 b2", "a3 b3", "a4 b4")
	})
}

// The whole rules folder is a link, or something above it is.
func TestWatchLinkedFolder(t *testing.T) {
	modes(t, func(t *testing.T, o WatchOptions) {
		dir := writeBot(t, map[string]string{
			"bot.yaml": oneAccount, "releases/1/rules/a.yaml": rule("r1"), "releases/2/rules/a.yaml": rule("r2"), "releases/3/rules/a.yaml": rule("r3"),
		})
		link := func(target, name string) {
			if err := os.Symlink(target, filepath.Join(dir, name+".new")); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(filepath.Join(dir, name+".new"), filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		link("1", "releases/current")
		link("releases/current/rules", "rules")
		l := watchBot(t, dir, o)
		link("2", "releases/current")
		l.wait("r2")
		link("releases/3/rules", "rules")
		l.wait("r3")
		l.write("releases/3/rules/a.yaml", rule("r4")) // behind the new link
		l.wait("r4")
		l.only("r1", "r2", "r3", "r4")
	})
}

func TestWatchFolders(t *testing.T) {
	modes(t, func(t *testing.T, o WatchOptions) {
		l := watchBot(t, simpleBot(t), o)
		l.write("rules/new/deep/er/c.yaml", rule("c"))
		l.wait("a c b")
		l.write("rules/new/deep/er/c.yaml", rule("c2"))
		l.wait("a c2 b")
		l.must(os.RemoveAll(l.path("rules/new")))
		l.wait("a b")
		l.must(os.RemoveAll(l.path("rules/sub")))
		l.wait("a")
		// A folder of the same name again, and one that is moved in.
		l.write("rules/sub/b.yaml", rule("b2"))
		l.wait("a b2")
		l.write("beside/d.yaml", rule("d"))
		l.must(os.Rename(l.path("beside"), l.path("rules/moved")))
		l.wait("a d b2")
		l.write("rules/moved/d.yaml", rule("d2"))
		l.wait("a d2 b2")
	})
}

// hold is long compared with the quiet time and the looks, so that a change
// that is not held is seen before it ends.
const hold = 1500 * time.Millisecond

func TestWatchEmptiedFile(t *testing.T) {
	modes(t, func(t *testing.T, o WatchOptions) {
		o.Hold, o.Look = hold, 50*time.Millisecond
		l := watchBot(t, simpleBot(t), o)
		start := time.Now()
		l.write("rules/a.yaml", " \n")
		l.write("rules/sub/b.yaml", rule("b2"))
		l.wait("a b2") // the change beside it is not held up
		l.wait("b2")
		if took := time.Since(start); took < hold {
			t.Errorf("empty after %v", took)
		}
		l.only("a b", "a b2", "b2")
	})
}

func TestWatchEmptiedFolder(t *testing.T) {
	modes(t, func(t *testing.T, o WatchOptions) {
		o.Hold, o.Look = hold, 50*time.Millisecond
		l := watchBot(t, simpleBot(t), o)
		start := time.Now()
		l.must(os.Remove(l.path("rules/a.yaml")))
		l.must(os.Remove(l.path("rules/sub/b.yaml")))
		l.wait("")
		if took := time.Since(start); took < hold {
			t.Errorf("empty after %v", took)
		}
		l.write("rules/a.yaml", rule("again"))
		l.wait("again")
		l.only("a b", "", "again")
	})
}

// What a deployment tool does: everything away, everything there again.
func TestWatchReplacedFolder(t *testing.T) {
	modes(t, func(t *testing.T, o WatchOptions) {
		l := watchBot(t, simpleBot(t), o)
		l.must(os.RemoveAll(l.path("rules")))
		l.load() // somebody asks for a reload in the middle
		l.write("rules/c.yaml", rule("c"))
		l.write("rules/d.yaml", rule("d"))
		l.wait("c d")
		l.only("a b", "c d")
	})
}

// Files of bot.yaml: itself, folders outside the bot, secrets.
func TestWatchBotFile(t *testing.T) {
	modes(t, func(t *testing.T, o WatchOptions) {
		out := t.TempDir()
		dir := writeBot(t, map[string]string{
			"bot.yaml": "accounts: [{token_file: secrets/token}]", "rules/a.yaml": rule("a"), "secrets/token": "one",
		})
		write(t, filepath.Join(out, "x.yaml"), rule("x"))
		l := watchBot(t, dir, o)
		l.write("bot.yaml", fmt.Sprintf("accounts: [{token_file: secrets/token, rules: [rules, %q]}]", out))
		l.wait("a x")
		write(t, filepath.Join(out, "x.yaml"), rule("x2"))
		l.wait("a x2")
		l.write("secrets/token", "two")
		deadline := time.After(patience)
		for token := Secret(""); token != "two"; {
			select {
			case <-l.w.Changes():
				token = mustLoad(t, l.loader).Accounts[0].Token
			case <-deadline:
				t.Fatal("the new token did not come")
			}
		}
		// A folder that is named before it is there.
		l.write("bot.yaml", "accounts: [{token_file: secrets/token, rules: [rules, later/rules]}]")
		for len(l.failed) == 0 {
			select {
			case <-l.w.Changes():
				l.load()
			case <-deadline:
				t.Fatal("a missing folder is no problem")
			}
		}
		l.write("later/rules/l.yaml", rule("l"))
		l.wait("a l")
	})
}

// Nothing that editors and others do beside the rules is a change.
func TestWatchIgnores(t *testing.T) {
	l := watchBot(t, simpleBot(t), WatchOptions{})
	for _, name := range []string{"rules/.a.yaml.swp", "rules/#a.yaml#", "rules/a.yaml~", "rules/4913", "rules/.git/x.yaml", "rules/a.tmp", "rules/notes.txt", "bot.log", "rules/.#a.yaml"} {
		l.write(name, "not: [yaml")
	}
	later := time.Now().Add(time.Hour)
	l.must(os.Chtimes(l.path("rules/a.yaml"), later, later)) // touched, but the same
	l.write("rules/sub/b.yaml", rule("b2"))
	l.wait("a b2")
	if len(l.seen) != 2 || len(l.failed) > 0 {
		t.Errorf("loads: %q, %v", l.seen, l.failed)
	}
}

// A change between the load and the start of the Watcher is not lost, nor one
// of the same size and time.
func TestWatchStartsFromLoad(t *testing.T) {
	dir := simpleBot(t)
	loader := NewLoader(dir, Options{})
	mustLoad(t, loader)
	file := filepath.Join(dir, "rules/a.yaml")
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	write(t, file, rule("x"))
	if err := os.Chtimes(file, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	w := NewWatcher(WatchOptions{Loader: loader, Quiet: 20 * time.Millisecond})
	defer w.Close()
	select {
	case <-w.Changes():
	case <-time.After(patience):
		t.Fatal("no signal")
	}
	if got := ruleNames(mustLoad(t, loader).Accounts[0]); got != "x b" {
		t.Error(got)
	}
}

// Without a Loader the Watcher only signals.
func TestWatchAlone(t *testing.T) {
	dir := simpleBot(t)
	w := NewWatcher(WatchOptions{Roots: []string{filepath.Join(dir, "rules")}, Quiet: 20 * time.Millisecond, Look: 50 * time.Millisecond})
	defer w.Close()
	signal := func() {
		t.Helper()
		select {
		case <-w.Changes():
		case <-time.After(patience):
			t.Fatal("no signal")
		}
	}
	write(t, filepath.Join(dir, "rules/a.yaml"), rule("x"))
	signal()
	w.SetRoots([]string{filepath.Join(dir, "rules"), filepath.Join(dir, "more")})
	write(t, filepath.Join(dir, "more/m.yaml"), rule("m"))
	signal()
}

func TestWatchClose(t *testing.T) {
	l := watchBot(t, simpleBot(t), WatchOptions{})
	if err := l.w.EventsErr(); err != nil {
		t.Errorf("no events here: %v", err)
	}
	l.write("rules/a.yaml", "rules: [")
	l.w.Close()
	l.w.Close()
	// The Loader reads by itself again.
	l.write("rules/a.yaml", rule("closed"))
	if got := ruleNames(mustLoad(t, l.loader).Accounts[0]); got != "closed b" {
		t.Error(got)
	}
}

// Who asks for a reload right after a save gets what was saved, although the
// Watcher looks once an hour.
func TestWatchReloadAfterSave(t *testing.T) {
	l := watchBot(t, simpleBot(t), WatchOptions{NoEvents: true, Look: time.Hour})
	l.load()
	for i := range 3 {
		l.write("rules/a.yaml", rule(fmt.Sprintf("a%d", i)))
		l.load()
		if want := fmt.Sprintf("a%d b", i); l.now() != want {
			t.Errorf("rules are %q, not %q", l.now(), want)
		}
	}
	// Even if another file is written without end.
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
				l.write("rules/log.yaml", fmt.Sprintf("rules: [{name: log%d, reply: a}]", i))
			}
		}
	}()
	l.write("rules/sub/b.yaml", rule("b2"))
	for deadline := time.Now().Add(patience); !strings.HasSuffix(l.now(), " b2") && time.Now().Before(deadline); {
		l.load()
	}
	close(done)
	<-ended
	if !strings.HasSuffix(l.now(), " b2") || len(l.failed) > 0 {
		t.Errorf("rules: %q, failed: %v", l.seen, l.failed)
	}
}

// Where the system has no more events to give, looks find the changes.
func TestWatchEventsEnd(t *testing.T) {
	l := watchBot(t, simpleBot(t), WatchOptions{})
	l.must(l.w.events.w.Close())
	l.write("rules/a.yaml", rule("a2"))
	l.wait("a2 b")
	if l.w.EventsErr() == nil {
		t.Error("nobody is told that events are missing")
	}
}
