package server

import (
	"context"
	"errors"
	"log/slog"

	"wereply/engine"
	"wereply/server/store"
	"wereply/wechat"
)

// decide decides a push, writes its effects and gives its answer.
func (s *Server) decide(ctx context.Context, p *push) (answer, outcome) {
	d, old := s.decideOnce(ctx, p)
	if old != nil {
		return *old, repeated
	}
	if s.o.Observe != nil {
		s.o.Observe(p.acc.name, p.msg, d)
	}
	if d.Rule == nil {
		s.noteEvent(p)
		return answer{}, unmatched
	}
	rule := s.noteOf(p.acc, d)
	rule.hits.add()
	if d.Err != nil {
		s.logFailed(p, d)
		return answer{}, failed
	}
	reply, withheld := p.pick(d.Parts, s.asker(ctx, p))
	switch {
	case reply != nil:
		return p.answer(reply), answered
	case withheld:
		s.logUnserved(p, d.Rule, rule)
		return answer{}, unserved
	}
	return answer{}, silent
}

// maxConflicts bounds how often one push is decided anew because another push
// of the same user came between. Each time that other one got through, so only
// a store that misbehaves reaches it.
const maxConflicts = 100

var errConflicts = errors.New("the conversation changes faster than it can be written")

// decideOnce decides with the user's conversation, where that counts, and
// writes the effects. If the store has the push already, its effects are not
// repeated and old is what it got.
func (s *Server) decideOnce(ctx context.Context, p *push) (d engine.Decision, old *answer) {
	if !p.talks {
		return s.timed(p, engine.Conversation{}), nil
	}
	user := store.User{Account: p.acc.name, OpenID: userOf(p.msg)}
	for range maxConflicts {
		snap, err := s.load(ctx, user, p.key)
		if err != nil {
			return s.decideAlone(p, err), nil
		}
		if snap.Answered {
			a, err := decodeAnswer(snap.Answer)
			if err != nil {
				s.logStore(p, err)
			}
			return d, &a
		}
		conv := snap.Conversation.At(p.msg.CreateTime)
		d = s.timed(p, conv)
		if !changes(d.Effects) { // a failed template has none, but to forget who left
			return d, nil
		}
		reply, _ := p.pick(d.Parts, nil)
		result, err := s.commit(ctx, store.Commit{
			User:    user,
			Push:    p.key,
			Version: snap.Version,
			Next:    conv.Apply(d.Effects, p.msg.CreateTime),
			Answer:  p.answer(reply).encode(nil),
			Forget:  d.Effects.Forget,
		})
		if err != nil {
			s.logStore(p, err)
			s.metrics.effectsLost.Inc()
			return d, nil
		}
		if result == store.Committed {
			return d, nil
		}
	}
	return s.decideAlone(p, errConflicts), nil
}

// decideAlone decides without the store, for which err is the reason: the bot
// still answers, as it does for a user of whom nothing is kept.
func (s *Server) decideAlone(p *push, err error) engine.Decision {
	s.logStore(p, err)
	d := s.timed(p, engine.Conversation{})
	if changes(d.Effects) {
		s.metrics.effectsLost.Inc()
	}
	return d
}

func changes(f engine.Effects) bool {
	return f.Goto != "" || f.Cooldown != 0 || f.Forget || len(f.Remember) > 0
}

// timed decides and observes how long it took.
func (s *Server) timed(p *push, c engine.Conversation) engine.Decision {
	began := s.since(p.arrived)
	d := p.acc.engine.DecideIn(p.room, p.msg, c)
	p.decided = s.since(p.arrived)
	p.acc.metrics.decisions.Observe((p.decided - began).Seconds())
	return d
}

// load asks the store, but not for longer than it may take.
func (s *Server) load(ctx context.Context, u store.User, k store.Key) (store.Snapshot, error) {
	if s.local {
		return s.store.Load(ctx, u, k)
	}
	ctx, cancel := context.WithTimeout(ctx, s.o.Limits.Store)
	defer cancel()
	snap, err := s.store.Load(ctx, u, k)
	s.noteStore(err)
	return snap, err
}

func (s *Server) commit(ctx context.Context, c store.Commit) (store.Result, error) {
	if s.local {
		return s.store.Commit(ctx, c)
	}
	ctx, cancel := context.WithTimeout(ctx, s.o.Limits.Store)
	defer cancel()
	result, err := s.store.Commit(ctx, c)
	s.noteStore(err)
	return result, err
}

// noteStore tells that the store is down, and that it is back, but not for long
// each time that one which fails by halves seems to be either.
func (s *Server) noteStore(err error) {
	down := err != nil
	if s.storeDown.Load() == down || !s.storeDown.CompareAndSwap(!down, down) {
		return
	}
	if down {
		s.logOften(slog.LevelError, "store down", "the store is down: answering without conversations", "err", err)
		return
	}
	s.logOften(slog.LevelInfo, "store back", "the store is back")
}

// answer is the push's answer with the given reply.
func (p *push) answer(r *wechat.Reply) answer {
	if r == nil {
		return answer{}
	}
	return answer{reply: r, created: p.first.Unix()}
}
