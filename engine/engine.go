// Package engine decides which rule answers a message and what it says.
//
//	e, problems := engine.Compile(set, engine.Profile{Account: "shop", Location: loc})
//	if e == nil {
//		return problems
//	}
//	d := e.Decide(message, conversation)
//
// It is pure: no clock, no files, no network, no log.
package engine

import (
	"time"

	"wereply/rules"
	"wereply/wechat"
)

// Profile is what an Engine must know of the account that it decides for.
type Profile struct {
	Account  string         // name of the account: .Account in templates
	Kind     string         // subscription, service, miniprogram, test
	Verified bool           // may the account call the API?
	Location *time.Location // the bot's time zone; nil = UTC
}

// Engine is a compiled Set of rules. It is immutable and may be used by many
// goroutines.
type Engine struct {
	order
	profile  Profile
	location *time.Location
	index    *index // of order.rest, by place in order.all
	touching touching

	// What [Recompile] can take over.
	units  []unit
	around *surroundings
}

// Rules are the rules in the order in which they are tried while a user is in
// no state; those with enabled: false are not among them.
func (e *Engine) Rules() []*rules.Rule {
	list := make([]*rules.Rule, 0, len(e.all))
	for r := range e.inOrder("") {
		list = append(list, r.src)
	}
	return list
}

// maxExamined bounds how many rules NeedsConversation looks at for one
// message.
const maxExamined = 64

// touching are the rules whose outcome depends on the conversation or changes
// it.
type touching struct {
	rules   []*rule
	index   *index // of rules
	user    bool   // one of them may hold for messages
	reports bool   // one of them may hold for events
}

func (t *touching) add(r *rule) {
	t.rules = append(t.rules, r)
	t.user = true
	for i := range r.when {
		t.reports = t.reports || r.when[i].forEvents
	}
}

// NeedsConversation reports whether the decision on m may depend on the
// conversation, or may change it. When it says no, Decide gives the same for
// every conversation, without effects; it may say yes in vain.
func (e *Engine) NeedsConversation(m *wechat.Message) bool {
	if forgets(m) {
		return true
	}
	t := &e.touching
	if isEvent := m.MsgType == wechat.MsgEvent; isEvent && !t.reports || !isEvent && !t.user {
		return false
	}
	in := e.newInput(m, Conversation{})
	defer in.release()
	in.blind = true
	c := t.index.look(in)
	defer c.release()
	for examined := 0; ; examined++ {
		place, ok := c.next()
		if !ok {
			return false
		}
		if examined == maxExamined {
			return true
		}
		if _, why := t.rules[place].confirm(in); why == holds {
			return true
		}
	}
}
