package server

import (
	"cmp"
	"errors"
	"sync/atomic"

	"wereply/engine"
	"wereply/rules"
	"wereply/wechat"
)

// snapshot is everything that answers pushes. It is made as a whole, swapped
// in as a whole and never changed.
type snapshot struct {
	bot      *rules.Bot
	accounts []*account
	byPath   map[string]*account
	rules    int   // in all accounts
	maxBody  int64 // bytes of a push
}

// account is one account of a snapshot.
type account struct {
	name     string
	receiver *wechat.Receiver
	engine   *engine.Engine
	rules    []*rules.Rule                // the disabled ones included
	enabled  int                          // rules that can fire
	fired    []atomic.Pointer[firedRules] // by engine.Decision.Place; nil: none of them has fired
	metrics  *accountMetrics

	miniProgram bool // its passive replies can only be transfers
	hold        bool // late: retry
	asks        bool // its rules can ask webhooks
}

// ruleState is what the server notes of one rule that has fired.
type ruleState struct {
	hits     *ruleHits
	unserved atomic.Bool // it was logged that the reply cannot go out
}

// firedRules is what the server notes of some rules, side by side in the Set.
// Most of a large bot's never fire.
type firedRules [64]atomic.Pointer[ruleState]

// noteOf finds what is noted of the rule that fired.
func (s *Server) noteOf(a *account, d engine.Decision) *ruleState {
	const n = len(firedRules{})
	rules := &a.fired[d.Place/n]
	if rules.Load() == nil {
		rules.CompareAndSwap(nil, new(firedRules))
	}
	slot := &rules.Load()[d.Place%n]
	if state := slot.Load(); state != nil {
		return state
	}
	slot.CompareAndSwap(nil, &ruleState{hits: s.metrics.hits.of(a.name, d.Rule)})
	return slot.Load()
}

// compile makes a snapshot of a bot, or tells all that keeps it from being
// served. Problems that are no errors come along with a snapshot.
func (s *Server) compile(bot *rules.Bot) (*snapshot, rules.Problems) {
	snap := &snapshot{
		bot:     bot,
		byPath:  make(map[string]*account, len(bot.Accounts)),
		maxBody: cmp.Or(s.started.Server.MaxBody, rules.DefaultMaxBody),
	}
	problems := append(rules.Problems(nil), bot.Problems...)
	for _, a := range bot.Accounts {
		acc, ps := s.compileAccount(bot, a)
		problems = append(problems, ps...)
		if acc == nil {
			continue
		}
		snap.accounts = append(snap.accounts, acc)
		snap.byPath[a.Path] = acc
		snap.rules += acc.enabled
	}
	if problems.HasError() {
		return nil, problems
	}
	return snap, problems
}

func (s *Server) compileAccount(bot *rules.Bot, a *rules.Account) (*account, rules.Problems) {
	eng, problems := engine.Recompile(s.engineOf(a.Name), a.Set, engine.Profile{
		Account:  a.Name,
		Kind:     a.Kind,
		Verified: a.Verified,
		Location: bot.Location,
	})
	receiver, err := wechat.NewReceiver(receiverConfig(a))
	if err != nil {
		problem := &rules.Problem{Code: rules.CodeAccount, Pos: a.Pos, Msg: "account " + a.Name + ": " + err.Error()}
		if e := (*wechat.Error)(nil); errors.As(err, &e) {
			problem.Hint = e.Hint
		}
		problems = append(problems, problem)
	}
	if eng == nil || err != nil {
		return nil, problems
	}
	acc := &account{
		name:        a.Name,
		receiver:    receiver,
		engine:      eng,
		rules:       a.Set.Rules,
		miniProgram: a.Kind == rules.AccountMiniProgram,
		hold:        a.Late == rules.LateRetry,
		asks:        s.o.Ask != nil && len(bot.Webhooks) > 0,
	}
	for _, r := range a.Set.Rules {
		if !r.Disabled {
			acc.enabled++
		}
	}
	acc.fired = make([]atomic.Pointer[firedRules], len(acc.rules)/len(firedRules{})+1)
	return acc, problems
}

// engineOf gives the engine that answers for an account; nil for a new one.
func (s *Server) engineOf(name string) *engine.Engine {
	if snap := s.current.Load(); snap != nil {
		for _, acc := range snap.accounts {
			if acc.name == name {
				return acc.engine
			}
		}
	}
	return nil
}

func receiverConfig(a *rules.Account) wechat.Config {
	c := wechat.Config{
		Token:          string(a.Token),
		AppID:          a.AppID,
		AllowPlaintext: a.AllowPlaintext,
		OriginalID:     a.OriginalID,
		MaxAge:         a.MaxAge,
	}
	for _, key := range a.AESKeys {
		c.AESKeys = append(c.AESKeys, string(key))
	}
	return c
}

// use makes the snapshot the one that answers.
func (s *Server) use(snap *snapshot) {
	s.metrics.adopt(snap)
	s.current.Store(snap)
}
