package engine

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"wereply/rules"
	"wereply/wechat"
)

var seed = flag.Uint64("seed", 0, "of generated rules and messages; 0 = another one each time")

// compileGenerated compiles a generated set; false for one that has a mistake.
func compileGenerated(g generator, size int) (*Engine, *rules.Set, bool) {
	set := g.set(size)
	e, _ := Compile(set, Profile{Account: "test", Kind: "service", Verified: true, Location: time.UTC})
	return e, set, e != nil
}

// checkAgainstFirst compares the index with the slow and obvious way.
func checkAgainstFirst(t *testing.T, e *Engine, in *input) (held bool) {
	t.Helper()
	want, wantMatch := e.first(in)
	place, gotMatch := e.find(in)
	got := e.at(place)
	if got != want {
		t.Fatalf("in state %q %+v: the index finds %s, first finds %s", in.c.State, in.m, ruleName(got), ruleName(want))
	}
	told := func(m *match) string {
		return fmt.Sprintf("%q %q %q", m.main.keyword(), m.main.rest(), m.regexes.submatches())
	}
	if got, said := told(&gotMatch), told(&wantMatch); got != said {
		t.Fatalf("in state %q %+v: of %s the index tells %s, first tells %s", in.c.State, in.m, ruleName(want), got, said)
	}
	return want != nil
}

// checkNeedsConversation compares the index with asking every rule.
func checkNeedsConversation(t *testing.T, e *Engine, m *wechat.Message) {
	t.Helper()
	in := e.newInput(m, Conversation{})
	defer in.release()
	in.blind = true
	want := forgets(m)
	for _, r := range e.touching.rules {
		_, why := r.confirm(in)
		want = want || why == holds
	}
	if got := e.NeedsConversation(m); got != want && len(e.touching.rules) <= maxExamined {
		t.Fatalf("NeedsConversation(%+v) = %v, asking every rule gives %v", m, got, want)
	}
}

func ruleName(r *rule) string {
	if r == nil {
		return "no rule"
	}
	return r.src.Name
}

// TestIndexFindsWhatFirstFinds is the proof that the index leaves no rule out
// and keeps their order.
func TestIndexFindsWhatFirstFinds(t *testing.T) {
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	t.Logf("again with: go test ./engine -run %s -seed %d", t.Name(), *seed)
	g := newGenerator(*seed)
	const most, each = 1_000_000, 200
	messages, held := 0, 0
	// The time is what the race detector and slow machines may take.
	for end := time.Now().Add(20 * time.Second); messages < most && time.Now().Before(end); {
		e, set, ok := compileGenerated(g, 1+g.IntN(40))
		if !ok {
			continue
		}
		messages += each
		for range each {
			m := g.message()
			in := e.newInput(m, g.conversation(set, m))
			if checkAgainstFirst(t, e, in) {
				held++
			}
			checkNeedsConversation(t, e, m)
			in.release()
		}
	}
	t.Logf("%d messages", messages)
	if held < messages/4 || held > messages*9/10 {
		t.Errorf("a rule held for %d of %d messages: the test says little", held, messages)
	}
}

func FuzzIndex(f *testing.F) {
	f.Add(uint64(1), "价格多少钱", "a", "subscribe", "qrscene_1")
	f.Add(uint64(2), "ＶＩＰ会员!", "", "", "")
	f.Fuzz(func(t *testing.T, seed uint64, text, state, event, key string) {
		g := newGenerator(seed)
		e, _, ok := compileGenerated(g, 1+g.IntN(60))
		if !ok || state == rules.StateAny || state == rules.StateNone { // goto names neither
			return
		}
		m := g.message()
		m.Content, m.EventKey = text, key
		if event != "" {
			m.MsgType, m.Event = "event", event
		}
		in := e.newInput(m, Conversation{State: state, Expires: m.CreateTime + 1})
		defer in.release()
		checkAgainstFirst(t, e, in)
	})
}
