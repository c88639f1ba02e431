package rules

import (
	"crypto/sha256"
	"maps"
	"strings"
	"testing"
	"time"
)

// steps drives a settler through looks at a tree of files. A look is written
// "a=1 b= rules/c=2": paths below /bot with their contents; / means a folder.
type steps struct {
	t     *testing.T
	s     *settler
	start time.Time
	roots []string
	stamp int64
	last  map[string]string
}

func newSteps(t *testing.T, files string) *steps {
	st := &steps{t: t, start: time.Unix(1_700_000_000, 0), roots: []string{"/bot/bot.yaml", "/bot/rules"}, last: map[string]string{}}
	v := &view{roots: st.roots, entries: st.entries(files)}
	st.s = newSettler(WatchOptions{Quiet: 200 * time.Millisecond, Hold: 3 * time.Second}, v)
	return st
}

func (st *steps) entries(files string) map[string]*entry {
	found := map[string]*entry{}
	now := map[string]string{}
	for f := range strings.FieldsSeq(files) {
		name, content, isFile := strings.Cut(f, "=")
		path := "/bot/" + strings.TrimSuffix(name, "/")
		if !isFile {
			found[path] = &entry{dir: true, real: path}
			continue
		}
		e := &entry{real: path, sum: sha256.Sum256([]byte(content)), empty: content == ""}
		now[path] = content
		if old, ok := st.last[path]; !ok || old != content {
			st.stamp++
			e.stamp.modified = st.stamp
		} else {
			e.stamp = st.s.found[path].stamp
		}
		found[path] = e
	}
	st.last = now
	return found
}

// look tells what is live after a look ms milliseconds after the start.
func (st *steps) look(ms int, files, live string, changed bool) {
	st.t.Helper()
	v := st.s.see(st.roots, st.entries(files), st.start.Add(time.Duration(ms)*time.Millisecond))
	last := st.last
	want := st.entries(live)
	st.last = last
	if !maps.EqualFunc(v.view.entries, want, (*entry).sameContent) || v.changed != changed {
		st.t.Errorf("at %d ms: live %v, changed %v; want %q, %v", ms, keys(v.view.entries), v.changed, live, changed)
	}
}

func keys(entries map[string]*entry) []string {
	var list []string
	for path, e := range entries {
		if e.empty {
			path += "="
		}
		list = append(list, path)
	}
	return sortedPaths(list)
}

func TestSettleQuiet(t *testing.T) {
	st := newSteps(t, "bot.yaml=b rules/ rules/a.yaml=1")
	st.look(0, "bot.yaml=b rules/ rules/a.yaml=1", "bot.yaml=b rules/ rules/a.yaml=1", false)
	st.look(100, "bot.yaml=b rules/ rules/a.yaml=2", "bot.yaml=b rules/ rules/a.yaml=1", false)
	st.look(250, "bot.yaml=b rules/ rules/a.yaml=3", "bot.yaml=b rules/ rules/a.yaml=1", false)
	st.look(400, "bot.yaml=b rules/ rules/a.yaml=3", "bot.yaml=b rules/ rules/a.yaml=1", false)
	st.look(450, "bot.yaml=b rules/ rules/a.yaml=3", "bot.yaml=b rules/ rules/a.yaml=3", true)
	st.look(700, "bot.yaml=b rules/ rules/a.yaml=3", "bot.yaml=b rules/ rules/a.yaml=3", false)
	// Removed, and then there again as it was: nothing happened.
	st.look(800, "bot.yaml=b rules/ rules/x.yaml=1 rules/a.yaml=3", "bot.yaml=b rules/ rules/a.yaml=3", false)
	st.look(900, "bot.yaml=b rules/ rules/a.yaml=3", "bot.yaml=b rules/ rules/a.yaml=3", false)
	st.look(1300, "bot.yaml=b rules/ rules/a.yaml=3", "bot.yaml=b rules/ rules/a.yaml=3", false)
}

func TestSettleTogether(t *testing.T) {
	st := newSteps(t, "rules/ rules/a.yaml=1 rules/b.yaml=1")
	st.look(0, "rules/ rules/a.yaml=2 rules/b.yaml=1", "rules/ rules/a.yaml=1 rules/b.yaml=1", false)
	st.look(150, "rules/ rules/a.yaml=2 rules/b.yaml=2", "rules/ rules/a.yaml=1 rules/b.yaml=1", false)
	st.look(250, "rules/ rules/a.yaml=2 rules/b.yaml=2", "rules/ rules/a.yaml=1 rules/b.yaml=1", false)
	st.look(350, "rules/ rules/a.yaml=2 rules/b.yaml=2", "rules/ rules/a.yaml=2 rules/b.yaml=2", true)
}

// A file that is written without end holds up the others only for a while.
func TestSettlePatience(t *testing.T) {
	st := newSteps(t, "rules/ rules/a.yaml=1 rules/log.yaml=0")
	for ms := 0; ms < 800; ms += 100 {
		log := string(rune('a' + ms/100))
		st.look(ms, "rules/ rules/a.yaml=2 rules/log.yaml="+log, "rules/ rules/a.yaml=1 rules/log.yaml=0", false)
	}
	st.look(800, "rules/ rules/a.yaml=2 rules/log.yaml=z", "rules/ rules/a.yaml=2 rules/log.yaml=0", true)
	st.look(900, "rules/ rules/a.yaml=2 rules/log.yaml=z", "rules/ rules/a.yaml=2 rules/log.yaml=0", false)
	st.look(1000, "rules/ rules/a.yaml=2 rules/log.yaml=z", "rules/ rules/a.yaml=2 rules/log.yaml=z", true)
}

func TestSettleEmptiedFile(t *testing.T) {
	st := newSteps(t, "bot.yaml=b rules/ rules/a.yaml=1 rules/b.yaml=1")
	st.look(0, "bot.yaml=b rules/ rules/a.yaml= rules/b.yaml=1", "bot.yaml=b rules/ rules/a.yaml=1 rules/b.yaml=1", false)
	// Another file changes meanwhile: it counts, the emptied one does not yet.
	st.look(1000, "bot.yaml=b rules/ rules/a.yaml= rules/b.yaml=2", "bot.yaml=b rules/ rules/a.yaml=1 rules/b.yaml=1", false)
	st.look(1200, "bot.yaml=b rules/ rules/a.yaml= rules/b.yaml=2", "bot.yaml=b rules/ rules/a.yaml=1 rules/b.yaml=2", true)
	st.look(2999, "bot.yaml=b rules/ rules/a.yaml= rules/b.yaml=2", "bot.yaml=b rules/ rules/a.yaml=1 rules/b.yaml=2", false)
	st.look(3000, "bot.yaml=b rules/ rules/a.yaml= rules/b.yaml=2", "bot.yaml=b rules/ rules/a.yaml= rules/b.yaml=2", true)
	// Written again, and emptied and written: nothing of the empty one shows.
	st.look(4000, "bot.yaml=b rules/ rules/a.yaml=3 rules/b.yaml=2", "bot.yaml=b rules/ rules/a.yaml= rules/b.yaml=2", false)
	st.look(4200, "bot.yaml=b rules/ rules/a.yaml=3 rules/b.yaml=2", "bot.yaml=b rules/ rules/a.yaml=3 rules/b.yaml=2", true)
	st.look(5000, "bot.yaml=b rules/ rules/a.yaml= rules/b.yaml=2", "bot.yaml=b rules/ rules/a.yaml=3 rules/b.yaml=2", false)
	st.look(7000, "bot.yaml=b rules/ rules/a.yaml=4 rules/b.yaml=2", "bot.yaml=b rules/ rules/a.yaml=3 rules/b.yaml=2", false)
	st.look(7200, "bot.yaml=b rules/ rules/a.yaml=4 rules/b.yaml=2", "bot.yaml=b rules/ rules/a.yaml=4 rules/b.yaml=2", true)
	// A new file may be empty at once.
	st.look(8000, "bot.yaml=b rules/ rules/a.yaml=4 rules/b.yaml=2 rules/n.yaml=", "bot.yaml=b rules/ rules/a.yaml=4 rules/b.yaml=2", false)
	st.look(8200, "bot.yaml=b rules/ rules/a.yaml=4 rules/b.yaml=2 rules/n.yaml=", "bot.yaml=b rules/ rules/a.yaml=4 rules/b.yaml=2 rules/n.yaml=", true)
	// bot.yaml is a file like the others.
	st.look(9000, "bot.yaml= rules/ rules/a.yaml=4", "bot.yaml=b rules/ rules/a.yaml=4 rules/b.yaml=2 rules/n.yaml=", false)
	st.look(9200, "bot.yaml= rules/ rules/a.yaml=4", "bot.yaml=b rules/ rules/a.yaml=4", true)
	st.look(12000, "bot.yaml= rules/ rules/a.yaml=4", "bot.yaml= rules/ rules/a.yaml=4", true)
}

func TestSettleRemoved(t *testing.T) {
	st := newSteps(t, "bot.yaml=b rules/ rules/a.yaml=1 rules/sub/b.yaml=1 rules/c.yaml=1")
	// A file, and the last of a subfolder: as quickly as any change.
	st.look(0, "bot.yaml=b rules/ rules/c.yaml=1", "bot.yaml=b rules/ rules/a.yaml=1 rules/sub/b.yaml=1 rules/c.yaml=1", false)
	st.look(200, "bot.yaml=b rules/ rules/c.yaml=1", "bot.yaml=b rules/ rules/c.yaml=1", true)
	// The last one of the whole folder, or the folder itself: held.
	st.look(1000, "bot.yaml=b rules/", "bot.yaml=b rules/ rules/c.yaml=1", false)
	st.look(2000, "bot.yaml=b", "bot.yaml=b rules/ rules/c.yaml=1", false)
	st.look(3900, "bot.yaml=b", "bot.yaml=b rules/ rules/c.yaml=1", false)
	st.look(4000, "bot.yaml=b rules/ rules/d.yaml=1", "bot.yaml=b rules/ rules/c.yaml=1", false)
	st.look(4200, "bot.yaml=b rules/ rules/d.yaml=1", "bot.yaml=b rules/ rules/d.yaml=1", true)
	st.look(5000, "bot.yaml=b rules/", "bot.yaml=b rules/ rules/d.yaml=1", false)
	st.look(8000, "bot.yaml=b rules/", "bot.yaml=b rules/", true)
	// bot.yaml alone goes at once.
	st.look(9000, "rules/ rules/e.yaml=1", "bot.yaml=b rules/", false)
	st.look(9200, "rules/ rules/e.yaml=1", "rules/ rules/e.yaml=1", true)
}

// A deployment that removes the folder of the bot and puts a new one there.
func TestSettleWholeBotRemoved(t *testing.T) {
	st := newSteps(t, "bot.yaml=b rules/ rules/a.yaml=1")
	st.look(0, "", "bot.yaml=b rules/ rules/a.yaml=1", false)
	st.look(2900, "", "bot.yaml=b rules/ rules/a.yaml=1", false)
	st.look(2950, "bot.yaml=c rules/ rules/a.yaml=2", "bot.yaml=b rules/ rules/a.yaml=1", false)
	st.look(3150, "bot.yaml=c rules/ rules/a.yaml=2", "bot.yaml=c rules/ rules/a.yaml=2", true)
}

func TestSettleRoots(t *testing.T) {
	st := newSteps(t, "bot.yaml=b rules/ rules/a.yaml=1")
	st.roots = []string{"/bot/bot.yaml", "/bot/more", "/bot/rules"}
	st.look(0, "bot.yaml=b rules/ rules/a.yaml=1 more/ more/b.yaml=1", "bot.yaml=b rules/ rules/a.yaml=1", false)
	if st.s.view.covers(st.roots) {
		t.Error("a new folder is covered before it was seen at rest")
	}
	st.look(200, "bot.yaml=b rules/ rules/a.yaml=1 more/ more/b.yaml=1", "bot.yaml=b rules/ rules/a.yaml=1 more/ more/b.yaml=1", true)
	if !st.s.view.covers(st.roots) {
		t.Error("a new folder is not covered")
	}
	// A folder that is no root any more is no removal.
	st.roots = []string{"/bot/bot.yaml", "/bot/more"}
	st.look(300, "bot.yaml=b more/ more/b.yaml=1", "bot.yaml=b more/ more/b.yaml=1", false)
	if st.s.view.covers([]string{"/bot/rules"}) {
		t.Error("a folder that is not watched is covered")
	}
}

// The quiet time counts from the time of the change that the file system
// gives, if that lies between two looks; else from the look that saw it.
func TestSettleCountsFromTheChange(t *testing.T) {
	start := time.Unix(1_700_000_000, 0)
	after := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	for name, tt := range map[string]struct {
		changed time.Time
		full    bool
		settles int // when, in ms
	}{
		"between the looks":   {after(130), true, 340},
		"before the last":     {after(80), true, 390},
		"in the future":       {after(300), true, 390},
		"no time that counts": {after(130), false, 390},
	} {
		file := func(content string, s stamp) map[string]*entry {
			return map[string]*entry{"/bot/bot.yaml": {real: "/bot/bot.yaml", sum: sha256.Sum256([]byte(content)), stamp: s}}
		}
		roots := []string{"/bot/bot.yaml"}
		before, edited := file("a", stamp{modified: 1}), file("b", stamp{modified: 2, changed: tt.changed.UnixNano(), full: tt.full})
		s := newSettler(WatchOptions{Quiet: 200 * time.Millisecond, Hold: 3 * time.Second}, &view{roots: roots, entries: before})
		s.see(roots, before, after(100))
		if v := s.see(roots, edited, after(190)); v.changed || v.settles != time.Duration(tt.settles-190)*time.Millisecond {
			t.Errorf("%s: changed %v, settles in %v", name, v.changed, v.settles)
		}
		if v := s.see(roots, edited, after(tt.settles-1)); v.changed {
			t.Errorf("%s: too early", name)
		}
		if v := s.see(roots, edited, after(tt.settles)); !v.changed {
			t.Errorf("%s: not at rest", name)
		}
	}
}
