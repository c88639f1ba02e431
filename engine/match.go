package engine

import (
	"slices"
	"strings"

	"wereply/rules"
	"wereply/wechat"
)

// rule is one compiled rule. There may be a hundred thousand, most of which are
// a keyword and a text: all that is needed of these stands in the Set.
type rule struct {
	src *rules.Rule
	*body
}

// body is what compiling made of a rule. It is never nil, and not changed once
// it was made: rules share [plainBody], and an Engine those of the one before.
type body struct {
	when  []condition // nil: there is none, or see keyword
	reply node        // nil: says nothing, or see literal
	regex *regex      // of the keyword
	*bodyExtra
	keyword bool // when is one keyword of the Set, see plainKeyword
	literal bool // the reply is a text of the Set without any template
	lasts   bool // it changes the conversation, or holds back for a while
	touches bool // it depends on the conversation or changes it
}

// bodyExtra is what few rules have. It is never nil.
type bodyExtra struct {
	unless   []condition
	remember []remember
}

// What those have that have nothing of it. They are never written to.
var (
	plainBody        = body{keyword: true, literal: true, bodyExtra: &noBodyExtra}
	noBodyExtra      bodyExtra
	noConditionExtra = conditionExtra{alone: true}
)

// conditions gives the mappings of when; nil where there is none.
func (r *rule) conditions() []condition {
	if r.keyword {
		return []condition{r.plainCondition()}
	}
	return r.when
}

// condition is one compiled mapping of conditions. Most are nothing but one
// keyword that folding leaves as it is: these have no pattern of their own.
type condition struct {
	src   *rules.Condition
	plain *keyword // nil: see pattern
	regex *regex   // of plain, if that is a regular expression
	*conditionExtra
}

// conditionExtra is never nil.
type conditionExtra struct {
	keyword   *pattern // nil where plain is not
	eventKey  *pattern
	fields    []fieldPattern
	forEvents bool // names something of events
	alone     bool // there is nothing but a keyword: src need not be looked at
}

// plainCondition gives the condition of a rule that has one keyword.
func (r *rule) plainCondition() condition {
	src := &r.src.When[0]
	return condition{src: src, plain: (*keyword)(&src.Keyword[0]), regex: r.regex, conditionExtra: &noConditionExtra}
}

// pattern gives the pattern of the keyword, nil if there is none.
func (c *condition) pattern() *pattern {
	if c.plain == nil {
		return c.keyword
	}
	t := test{kind: c.plain.Kind, written: []string{c.plain.Text}, src: c.src.Keyword}
	if c.regex != nil {
		t.regexes = []*regex{c.regex}
	} else {
		t.values = t.written
	}
	return &pattern{entries: []entry{{tests: []test{t}}}}
}

// single is a keyword of one value.
type single struct {
	kind            rules.Kind
	folded, written string
}

// single gives the keyword if it is only one value.
func (c *condition) single() (single, bool) {
	if p := c.plain; p != nil && c.regex == nil {
		return single{p.Kind, p.Text, p.Text}, true
	}
	if c.keyword == nil || len(c.keyword.entries) != 1 || len(c.keyword.entries[0].tests) != 1 {
		return single{}, false
	}
	t := &c.keyword.entries[0].tests[0]
	if len(t.values) != 1 {
		return single{}, false
	}
	return single{t.kind, t.values[0], t.written[0]}, true
}

// with gives the condition with another keyword.
func (c *condition) with(keyword *pattern) condition {
	other, extra := *c, *c.conditionExtra
	extra.keyword = keyword
	other.plain, other.regex, other.conditionExtra = nil, nil, &extra
	return other
}

type fieldPattern struct {
	name    string
	pattern *pattern
}

// match is what the conditions that hold tell the templates.
type match struct {
	main    hit // of keyword, else event_key, else the first field
	regexes hit // the first of these that has a regular expression
}

func (m *match) add(h hit) {
	if !m.main.holds {
		m.main = h
	}
	if m.regexes.regex == nil {
		m.regexes = h
	}
}

// verdict is why a rule does not hold: the first condition that failed.
type verdict uint8

const (
	holds verdict = iota
	failsType
	failsEvent
	failsState
	failsFrom
	failsKeyword
	failsEventKey
	failsField
	failsTime
	failsMisses
	failsUnless
	failsCooldown
)

// first finds the rule that answers: the slow and obvious way, against which
// every faster one is tested.
func (e *Engine) first(in *input) (*rule, match) {
	for r := range e.inOrder(in.c.State) {
		if m, why := r.confirm(in); why == holds {
			return r, m
		}
	}
	return nil, match{}
}

// confirm tells whether the rule holds, and if not, why.
func (r *rule) confirm(in *input) (match, verdict) {
	m, why := r.confirmWhen(in)
	if why != holds {
		return match{}, why
	}
	if r.unlessHolds(in) != nil {
		return match{}, failsUnless
	}
	if r.lasts && r.src.Extras().Cooldown > 0 && !in.blind && in.c.Cooldowns[r.src.ID()] > in.now {
		return match{}, failsCooldown
	}
	return m, holds
}

// confirmWhen finds the first mapping of when that holds. Without when, a rule
// is for every message that a user wrote.
func (r *rule) confirmWhen(in *input) (match, verdict) {
	switch {
	case r.keyword:
		c := r.plainCondition()
		if !c.admits(in) {
			return match{}, failsType
		}
		return c.check(in)
	case r.when == nil:
		if in.isEvent || in.kind == wechat.MsgUnsupported {
			return match{}, failsType
		}
		return match{}, holds
	}
	first := holds
	for i := range r.when {
		c := &r.when[i]
		m, why := match{}, failsType
		if c.admits(in) {
			m, why = c.check(in)
		}
		if why == holds {
			return m, holds
		}
		if first == holds {
			first = why
		}
	}
	return match{}, first
}

// unlessHolds gives the first mapping of unless that holds. It is taken as it
// is written: the rule for events is about when alone.
func (r *rule) unlessHolds(in *input) *condition {
	for i := range r.unless {
		c := &r.unless[i]
		if in.blind && c.src.Extras().States != nil {
			continue // it could fail
		}
		if _, why := c.check(in); why == holds {
			return c
		}
	}
	return nil
}

// admits reports whether a mapping of when may hold for this sort of push: for
// an event or an unsupported message only if it names one.
func (c *condition) admits(in *input) bool {
	switch {
	case in.isEvent:
		return c.forEvents
	case in.kind == wechat.MsgUnsupported:
		return slices.Contains(c.src.Extras().MsgTypes, wechat.MsgUnsupported)
	}
	return true
}

// check evaluates the mapping, cheap conditions first.
func (c *condition) check(in *input) (match, verdict) {
	var m match
	switch {
	case c.alone:
		if !c.keywordFits(in, &m) {
			return m, failsKeyword
		}
		return m, holds
	case !c.typeFits(in):
		return m, failsType
	case c.src.Extras().Events != nil && !c.eventFits(in):
		return m, failsEvent
	case c.src.Extras().States != nil && !in.blind && !stateFits(c.src.Extras().States, in.c.State):
		return m, failsState
	case c.src.Extras().From != nil && !slices.Contains(c.src.Extras().From, in.m.FromUserName):
		return m, failsFrom
	case (c.plain != nil || c.keyword != nil) && !c.keywordFits(in, &m):
		return m, failsKeyword
	case c.eventKey != nil && !c.eventKeyFits(in, &m):
		return m, failsEventKey
	case c.fields != nil && c.failingField(in, &m) != nil:
		return m, failsField
	case c.src.Extras().Time != nil && !c.timeFits(in):
		return m, failsTime
	case c.src.Extras().Misses > 0:
		return m, failsMisses // not served yet
	}
	return m, holds
}

// typeFits: a mapping that names something of events and no msg_type is for
// events alone.
func (c *condition) typeFits(in *input) bool {
	if c.src.Extras().MsgTypes == nil {
		return in.isEvent || !c.forEvents
	}
	return slices.Contains(c.src.Extras().MsgTypes, in.kind)
}

func (c *condition) eventFits(in *input) bool {
	return in.isEvent && slices.ContainsFunc(c.src.Extras().Events, func(name string) bool {
		return name == "*" || strings.EqualFold(name, in.m.Event)
	})
}

func stateFits(states []string, state string) bool {
	return slices.ContainsFunc(states, func(s string) bool {
		switch s {
		case rules.StateNone:
			return state == ""
		case rules.StateAny:
			return state != ""
		}
		return s == state
	})
}

func (c *condition) keywordFits(in *input, m *match) bool {
	if !in.hasText {
		return false
	}
	var h hit
	switch {
	case c.regex != nil:
		if c.regex.get().MatchString(in.text.sent) {
			h = hit{holds: true, word: c.plain.Text, sent: in.text.sent, regex: c.regex}
		}
	case c.plain != nil:
		h = c.plain.match(in.text)
	default:
		h, _ = c.keyword.match(in.text)
	}
	if h.holds {
		m.add(h)
	}
	return h.holds
}

func (c *condition) eventKeyFits(in *input, m *match) bool {
	h, ok := c.eventKey.match(in.literally(in.m.EventKey))
	if !ok {
		key, scene := in.bareKey()
		if !scene {
			return false
		}
		if h, ok = c.eventKey.match(in.literally(key)); !ok {
			return false
		}
	}
	m.add(h)
	return true
}

// failingField gives the first field that does not fit. An absent field equals
// "".
func (c *condition) failingField(in *input, m *match) *fieldPattern {
	for i := range c.fields {
		f := &c.fields[i]
		h, ok := f.pattern.match(in.literally(in.m.Field(f.name)))
		if !ok {
			return f
		}
		m.add(h)
	}
	return nil
}

func (c *condition) timeFits(in *input) bool {
	for i := range c.src.Extras().Time {
		if inWindow(&c.src.Extras().Time[i], in.time()) {
			return true
		}
	}
	return false
}
