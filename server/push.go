package server

import (
	"context"
	"crypto/sha256"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"wereply/engine"
	"wereply/server/http1"
	"wereply/server/store"
	"wereply/wechat"
)

// push is one attempt at delivering one verified push.
type push struct {
	acc     *account
	opened  *wechat.Push
	msg     *wechat.Message
	id      pushID
	talks   bool          // the conversation counts
	key     store.Key     // of a push that talks
	arrived time.Time     // this attempt
	first   time.Time     // the first attempt that is known
	decided time.Duration // after its arrival; 0 = not yet

	writer http.ResponseWriter
	left   bool         // to net/http, nothing was done
	room   *engine.Room // what is said lies here
	shared bool         // a worker or an observer has the push, perhaps for longer than the request
}

// outcome is what became of an attempt, for the metrics and the log.
type outcome uint8

const (
	answered  outcome = iota // a reply went out
	silent                   // a rule fired that says nothing
	unmatched                // no rule held
	unserved                 // nothing of the reply can go out in the response
	failed                   // a template failed
	panicked
	repeated // the answer of an earlier attempt
	tooLate  // the time was up, or WeChat was gone
	outcomeCount
)

var outcomeNames = [outcomeCount]string{
	"answered", "silent", "unmatched", "unserved", "failed", "panic", "repeated", "late",
}

func (o outcome) String() string { return outcomeNames[o] }

// identify finds out which push it is, and whether the conversation counts.
func (s *Server) identify(p *push) {
	p.id = s.pushes.idOf(p.acc.name, p.msg)
	if p.talks = p.acc.engine.NeedsConversation(p.msg); p.talks {
		p.key = keyOf(p.acc.name, p.msg)
	}
}

// keyOf is what pushTable.idOf is, in every process.
func keyOf(account string, m *wechat.Message) store.Key {
	var space [256]byte
	sum := sha256.Sum256(appendPush(space[:0], account, m))
	return store.Key(sum[:16])
}

// appendPush appends what tells a push from every other one.
func appendPush(dst []byte, account string, m *wechat.Message) []byte {
	return m.AppendIdentity(append(append(dst, account...), 0))
}

// userOf is the OpenID of the user that the push is about. In the events about
// personal data it is a field of its own.
func userOf(m *wechat.Message) string {
	if m.MsgType == wechat.MsgEvent && len(m.Event) > 5 && strings.EqualFold(m.Event[:5], "user_") {
		if id := m.Field("OpenID"); id != "" {
			return id
		}
	}
	return m.FromUserName
}

// answer gives what the attempt gets. ctx ends when WeChat hangs up, if the
// attempt has to wait: else it is left to those whose does.
func (s *Server) answer(ctx context.Context, p *push) (answer, outcome) {
	atOnce := (!p.talks || s.local) && !p.acc.asks // nothing in it can block
	if p.left = !atOnce && http1.Leave(p.writer); p.left {
		return answer{}, 0
	}
	standing, joined, kept, began := s.pushes.begin(p.id, p.arrived)
	p.first = began
	switch standing {
	case late:
		return kept, repeated
	case follower:
		if p.left = http1.Leave(p.writer); p.left {
			return answer{}, 0
		}
		a, o := s.await(ctx, p, joined)
		if o != tooLate {
			o = repeated
		}
		return a, o
	}
	if atOnce {
		return s.work(ctx, p)
	}
	p.shared = true
	joined = s.pushes.join(p.id)
	s.working.Add(1)
	go s.workApart(p)
	return s.await(ctx, p, joined)
}

// grace is how much longer than the work an attempt waits for it, so that a
// worker that keeps its time can still give the fallback.
const grace = 100 * time.Millisecond

// deadline is when the work on a push must be done.
func (s *Server) deadline(p *push) time.Time {
	if p.acc.hold {
		return p.first.Add(s.o.Limits.Hold)
	}
	return p.first.Add(s.o.Limits.Budget)
}

// await waits for the answer as long as it makes sense: to the end of the
// budget, or with late: retry until WeChat hangs up and sends again.
func (s *Server) await(ctx context.Context, p *push, j *joined) (answer, outcome) {
	end := p.arrived.Add(s.o.Limits.Budget)
	if p.acc.hold {
		end = s.deadline(p)
	}
	timer := time.NewTimer(end.Add(grace).Sub(s.now()))
	defer timer.Stop()
	select {
	case <-j.done:
		return j.answer, j.outcome
	case <-timer.C:
	case <-ctx.Done():
	}
	return answer{}, tooLate
}

// workApart works on a push beyond the request that brought it.
func (s *Server) workApart(p *push) {
	defer s.working.Done()
	ctx, cancel := context.WithTimeout(s.base, s.deadline(p).Sub(s.now()))
	defer cancel()
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
		s.work(ctx, p)
	case <-ctx.Done():
		s.pushes.finish(p.id, answer{}, tooLate, s.now())
	}
}

// work decides a push and finishes it. Whatever happens, those that wait get
// an answer: a panic is one failed message.
func (s *Server) work(ctx context.Context, p *push) (a answer, o outcome) {
	defer func() {
		if v := recover(); v != nil {
			a, o = answer{}, panicked
			s.logPanic(p.acc.name, v, debug.Stack())
		}
		now := p.arrived.Add(p.decided)
		if p.acc.asks || p.decided == 0 {
			now = s.now()
		}
		s.pushes.finish(p.id, a, o, now)
	}()
	return s.decide(ctx, p)
}
