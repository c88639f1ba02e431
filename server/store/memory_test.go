package store_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"wereply/engine"
	"wereply/server/store"
)

// clock is a time that tests set.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Unix(1_767_758_400, 0)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func key(n int) store.Key {
	var k store.Key
	copy(k[:], fmt.Sprint(n))
	return k
}

func user(n int) store.User { return store.User{Account: "shop", OpenID: fmt.Sprint("o", n)} }

func load(t *testing.T, m *store.Memory, u store.User, k store.Key) store.Snapshot {
	t.Helper()
	snap, err := m.Load(context.Background(), u, k)
	if err != nil {
		t.Fatal(err)
	}
	return snap
}

func commit(t *testing.T, m *store.Memory, c store.Commit) store.Result {
	t.Helper()
	result, err := m.Commit(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func inState(state string, expires int64) engine.Conversation {
	return engine.Conversation{State: state, Expires: expires}
}

func TestCommitIsSeenAndRepeatedOnlyOnce(t *testing.T) {
	c := newClock()
	m := store.NewMemory(store.MemoryOptions{Now: c.now})
	first := store.Commit{User: user(1), Push: key(1), Next: inState("name", c.now().Unix()+60), Answer: []byte("a")}
	if got := commit(t, m, first); got != store.Committed {
		t.Fatalf("first commit: %v", got)
	}
	snap := load(t, m, user(1), key(1))
	if snap.Conversation.State != "name" || !snap.Answered || string(snap.Answer) != "a" || snap.Version == 0 {
		t.Errorf("after the commit: %+v", snap)
	}
	first.Version, first.Next = snap.Version, inState("other", 0)
	if got := commit(t, m, first); got != store.Repeated {
		t.Errorf("the same push again: %v", got)
	}
	if got := load(t, m, user(1), key(2)); got.Conversation.State != "name" || got.Answered {
		t.Errorf("after the repetition: %+v", got)
	}
	if got := load(t, m, store.User{Account: "other", OpenID: "o1"}, key(2)); got.Version != 0 {
		t.Errorf("another account's user: %+v", got)
	}
}

func TestCommitOnAnOldVersionConflicts(t *testing.T) {
	m := store.NewMemory(store.MemoryOptions{})
	commit(t, m, store.Commit{User: user(1), Push: key(1), Next: inState("a", 0)})
	snap := load(t, m, user(1), key(2))
	commit(t, m, store.Commit{User: user(1), Push: key(2), Version: snap.Version, Next: inState("b", 0)})
	for _, version := range []uint64{0, snap.Version} {
		got := commit(t, m, store.Commit{User: user(1), Push: key(3), Version: version, Next: inState("c", 0)})
		if got != store.Conflict {
			t.Errorf("version %d: %v", version, got)
		}
	}
	if got := load(t, m, user(1), key(3)); got.Conversation.State != "b" || got.Answered {
		t.Errorf("after the conflict: %+v", got)
	}
}

func TestParallelCommitsOfOneUserAllCount(t *testing.T) {
	m := store.NewMemory(store.MemoryOptions{})
	const n = 50
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			for {
				snap, _ := m.Load(context.Background(), user(1), key(i))
				next := engine.Conversation{State: snap.Conversation.State + "x"}
				got, _ := m.Commit(context.Background(), store.Commit{User: user(1), Push: key(i), Version: snap.Version, Next: next})
				if got != store.Conflict {
					return
				}
			}
		})
	}
	wg.Wait()
	if got := load(t, m, user(1), key(n)).Conversation.State; got != strings.Repeat("x", n) {
		t.Errorf("%d of %d commits count", len(got), n)
	}
}

func TestForgetAndEmptyConversationsTakeNoRoom(t *testing.T) {
	m := store.NewMemory(store.MemoryOptions{})
	for i, last := range []store.Commit{{Forget: true, Next: inState("kept", 0)}, {}} {
		last.User, last.Push = user(i), key(100+i)
		commit(t, m, store.Commit{User: user(i), Push: key(i), Next: inState("a", 0)})
		last.Version = load(t, m, user(i), key(100+i)).Version
		if got := commit(t, m, last); got != store.Committed {
			t.Fatalf("%d: %v", i, got)
		}
	}
	if m.Len() != 0 {
		t.Errorf("%d users are kept", m.Len())
	}
}

func TestOldestConversationsGiveWay(t *testing.T) {
	m := store.NewMemory(store.MemoryOptions{MaxUsers: 64})
	for i := range 1000 {
		commit(t, m, store.Commit{User: user(i), Push: key(i), Next: inState("a", 0)})
	}
	if n := m.Len(); n > 64 || n < 32 {
		t.Errorf("%d users are kept, the bound is 64", n)
	}
	if load(t, m, user(999), key(2000)).Version == 0 {
		t.Error("the newest is gone")
	}
	if load(t, m, user(0), key(2000)).Version != 0 {
		t.Error("the oldest is still there")
	}
}

func TestLargeConversationsGiveWay(t *testing.T) {
	m := store.NewMemory(store.MemoryOptions{MaxBytes: 1 << 20})
	vars := map[string]string{"v": strings.Repeat("x", 10<<10)}
	for i := range 1000 {
		commit(t, m, store.Commit{User: user(i), Push: key(i), Next: engine.Conversation{Vars: vars}})
	}
	if n := m.Len(); n > 110 {
		t.Errorf("%d conversations of 10 KiB are kept in 1 MiB", n)
	}
}

func TestKeysAreKeptForTheirMinuteAndAnswersWhileThereIsRoom(t *testing.T) {
	c := newClock()
	m := store.NewMemory(store.MemoryOptions{Now: c.now, MaxAnswerBytes: 32 * 100})
	for i := range 1000 {
		commit(t, m, store.Commit{User: user(i), Push: key(i), Answer: make([]byte, 40)})
	}
	kept := 0
	for i := range 1000 {
		snap := load(t, m, user(i), key(i))
		if !snap.Answered {
			t.Fatalf("key %d is gone", i)
		}
		kept += len(snap.Answer)
	}
	if kept == 0 || kept > 32*100 {
		t.Errorf("%d bytes of answers are kept, the bound is %d", kept, 32*100)
	}
	c.add(store.Keep)
	if !load(t, m, user(5), key(5)).Answered {
		t.Error("the key is gone within its minute")
	}
	c.add(2 * time.Second)
	if load(t, m, user(5), key(5)).Answered {
		t.Error("the key is there after its minute")
	}
	if got := commit(t, m, store.Commit{User: user(5), Push: key(5)}); got != store.Committed {
		t.Errorf("the key is free again, but: %v", got)
	}
}

func TestEndedConversationsAreSwept(t *testing.T) {
	c := newClock()
	m := store.NewMemory(store.MemoryOptions{Now: c.now})
	now := c.now().Unix()
	for i, conv := range []engine.Conversation{
		inState("a", now+60),
		{Cooldowns: map[string]int64{"r": now + 60}},
		{Vars: map[string]string{"name": "张三"}}, // outside of any state: without end
		inState("a", now+100_000),
	} {
		commit(t, m, store.Commit{User: user(i), Push: key(i), Next: conv})
	}
	if m.Len() != 4 {
		t.Fatalf("%d users are kept", m.Len())
	}
	c.add(3 * time.Hour)
	if m.Len() != 2 {
		t.Errorf("%d users are kept after the end of two", m.Len())
	}
	m.Clear()
	if m.Len() != 0 {
		t.Errorf("%d users are kept after Clear", m.Len())
	}
}
