package server

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wereply/server/store"
	"wereply/wechat"
)

const signup = `
rules:
  - {name: 报名, when: {keyword: 报名}, goto: name, reply: "请问您的姓名?"}
  - {name: 姓名, when: {state: name}, goto: end, reply: "{{.Content}},您好"}
  - {name: 冷却, when: {keyword: 冷却}, cooldown: 1h, reply: 一小时一次}
  - {name: 默认, reply: 没听懂}
`

// outerStore is a store outside this process that fails as it is told.
type outerStore struct {
	memory       *store.Memory
	load, commit atomic.Pointer[func(context.Context) error]
	commits      atomic.Int64
}

func newOuterStore() *outerStore { return &outerStore{memory: store.NewMemory(store.MemoryOptions{})} }

func (s *outerStore) Load(ctx context.Context, u store.User, k store.Key) (store.Snapshot, error) {
	if f := s.load.Load(); f != nil {
		if err := (*f)(ctx); err != nil {
			return store.Snapshot{}, err
		}
	}
	return s.memory.Load(ctx, u, k)
}

func (s *outerStore) Commit(ctx context.Context, c store.Commit) (store.Result, error) {
	s.commits.Add(1)
	if f := s.commit.Load(); f != nil {
		if err := (*f)(ctx); err != nil {
			return 0, err
		}
	}
	return s.memory.Commit(ctx, c)
}

var errDown = errors.New("connection refused")

func down(context.Context) error { return errDown }

func hangs(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

func startOuter(t *testing.T, limits Limits) (*rig, *outerStore) {
	st := newOuterStore()
	return start(t, plainBot, signup, func(o *Options) { o.Store, o.Limits = st, limits }), st
}

func TestAStoreOutsideKeepsConversations(t *testing.T) {
	r, st := startOuter(t, Limits{})
	fields := r.text("报名")
	r.push(fields)
	r.push(fields)
	r.expect("张三", "张三,您好")
	r.expect("张三", "没听懂")
	if n := st.commits.Load(); n != 2 {
		t.Errorf("%d commits, want one for each message with effects", n)
	}
	r.expectMetric("wereply_store_errors_total", 0)
}

func TestWithTheStoreDownTheBotAnswers(t *testing.T) {
	for name, failure := range map[string]func(context.Context) error{"refuses": down, "hangs": hangs} {
		t.Run(name, func(t *testing.T) {
			r, st := startOuter(t, Limits{Store: 10 * time.Millisecond})
			r.expect("报名", "请问您的姓名?")
			st.load.Store(&failure)
			st.commit.Store(&failure)
			r.expect("张三", "没听懂") // state is none
			for range 3 {
				r.expect("冷却", "一小时一次") // cooldowns do not hold back
			}
			r.expectMetric("wereply_store_errors_total", 4)
			r.expectMetric("wereply_effects_lost_total", 3)
			if n := len(r.logged("the store is down: answering without conversations")); n != 1 {
				t.Errorf("it was said %d times", n)
			}
			if body := r.get("GET", "/readyz").Body.String(); !strings.Contains(body, `"store_down": true`) {
				t.Errorf("readyz: %s", body)
			}
			st.load.Store(nil)
			st.commit.Store(nil)
			r.expect("张三", "张三,您好")
			if n := len(r.logged("the store is back")); n != 1 {
				t.Errorf("its return was said %d times", n)
			}
		})
	}
}

func TestWhenOnlyCommitsFailTheAnswerIsTheRightOne(t *testing.T) {
	r, st := startOuter(t, Limits{Store: 10 * time.Millisecond})
	r.expect("报名", "请问您的姓名?")
	failure := down
	st.commit.Store(&failure)
	r.expect("张三", "张三,您好")
	r.expectMetric("wereply_effects_lost_total", 1)
	for range 50 {
		r.say("张三")
	}
	if n := len(r.logged("the store is back")); n > linesPerKey {
		t.Errorf("a store that fails by halves is logged %d times", n)
	}
}

func TestAStoreThatNeverReturnsIsAnsweredSuccess(t *testing.T) {
	release := make(chan struct{})
	stuck := func(context.Context) error { <-release; return errDown }
	r, st := startOuter(t, Limits{Budget: 10 * time.Millisecond, Store: time.Millisecond})
	st.load.Store(&stuck)
	if a := r.push(r.text("你好")); string(a.Body) != wechat.Success {
		t.Errorf("answered with %q", a.Body)
	}
	close(release)
}

// rivalStore lets another message of the same user come between, always.
type rivalStore struct{ *outerStore }

func (s rivalStore) Commit(context.Context, store.Commit) (store.Result, error) {
	return store.Conflict, nil
}

func TestAStoreThatOnlyConflictsIsGivenUp(t *testing.T) {
	r := start(t, plainBot, signup, func(o *Options) { o.Store = rivalStore{newOuterStore()} })
	r.expect("报名", "请问您的姓名?")
	r.expectMetric("wereply_effects_lost_total", 1)
}

// The minute of a kept answer begins when it is given, not when it was decided.
func TestAnAnswerThatASlowStoreDelayedIsKeptItsMinute(t *testing.T) {
	r, st := startOuter(t, Limits{})
	slow := func(context.Context) error { r.clock.Add(int64(50 * time.Second)); return nil }
	st.commit.Store(&slow)
	fields := r.text("报名")
	first := said(r.push(fields))
	refuses := down
	st.load.Store(&refuses)
	r.clock.Add(int64(30 * time.Second))
	if again := said(r.push(fields)); again != first {
		t.Errorf("%q, then %q", first, again)
	}
	r.expectMetric("wereply_store_errors_total", 0)
}
