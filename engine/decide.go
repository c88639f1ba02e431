package engine

import (
	"strings"
	"unicode/utf8"

	"wereply/rules"
	"wereply/wechat"
)

// remember is one compiled entry of remember:.
type remember struct {
	name  string
	value text
}

// Decide answers one message: which rule fires, what it says, and what that
// changes of the user's conversation. It is a pure function of rules, message
// and conversation: "now" is the message's CreateTime, and random choices hang
// on the message's identity. It may be called by many goroutines.
//
// The parts of a Decision belong to the caller.
func (e *Engine) Decide(m *wechat.Message, c Conversation) Decision {
	return e.DecideIn(new(Room), m, c)
}

// DecideIn is Decide in memory that is used again: the parts of the Decision
// count until the room is used for another one. Its effects last.
func (e *Engine) DecideIn(room *Room, m *wechat.Message, c Conversation) Decision {
	in := e.newInput(m, c)
	defer in.release()
	place, match := e.find(in)
	return e.answer(in, place, match, room)
}

// answer renders what the rule of a place says, none being -1: first what it remembers, from the old
// variables, then the reply, which sees the new ones.
func (e *Engine) answer(in *input, place int, found match, room *Room) Decision {
	room.clear()
	forget := Effects{Forget: forgets(in.m)}
	r := e.at(place)
	if r == nil {
		return Decision{Effects: forget}
	}
	in.scope = scope{e: e, m: in.m, rule: r, match: found, vars: in.c.Vars, room: room}
	s := &in.scope
	effects, err := r.effects(s, in)
	if err != nil {
		return Decision{Rule: r.src, Place: place, Effects: forget, Err: err}
	}
	s.vars = withVars(s.vars, effects)
	var parts []Part
	switch {
	case r.literal:
		parts = addText(s, room.parts[:0], r.src.Reply.Source)
	case r.reply != nil:
		if parts, err = r.reply.render(s, room.parts[:0]); err != nil {
			return Decision{Rule: r.src, Place: place, Effects: forget, Err: err}
		}
	}
	if len(parts) == 0 {
		parts = nil
	}
	if forget.Forget {
		effects = forget
	}
	return Decision{Rule: r.src, Place: place, Parts: parts, Effects: effects}
}

// forgets reports whether the platform demands that what is kept of the user
// is deleted.
func forgets(m *wechat.Message) bool {
	if m.MsgType != wechat.MsgEvent {
		return false
	}
	return strings.EqualFold(m.Event, "unsubscribe") ||
		strings.EqualFold(m.Event, "user_authorization_revoke") ||
		strings.EqualFold(m.Event, "user_authorization_cancellation")
}

// effects computes what the rule changes. Variables are rendered from those
// before. All texts are copies: they outlive the room, and must keep neither the
// push nor the rules, which share memory with much else.
func (r *rule) effects(s *scope, in *input) (Effects, error) {
	var f Effects
	if !r.lasts {
		return f, nil
	}
	if len(r.remember) > 0 {
		f.Remember = make([]wechat.Field, len(r.remember))
	}
	for i := range r.remember {
		value, err := r.remember[i].value.render(s)
		if err != nil {
			return Effects{}, err
		}
		f.Remember[i] = wechat.Field{
			Path:  strings.Clone(r.remember[i].name),
			Value: strings.Clone(cut(value, rules.MaxVarBytes)),
		}
	}
	f.Goto = strings.Clone(r.src.Extras().Goto)
	if f.Goto != "" && f.Goto != rules.GotoEnd {
		expires := r.src.Extras().Expires
		if expires == 0 {
			expires = rules.DefaultExpires
		}
		f.Expires = after(in.now, expires)
	}
	if r.src.Extras().Cooldown > 0 {
		f.Cooldown, f.RuleID = after(in.now, r.src.Extras().Cooldown), strings.Clone(r.src.ID())
	}
	return f, nil
}

// cut keeps the first bytes of what a user wrote, up to the last whole
// character: a long text should not cost the user the answer.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
