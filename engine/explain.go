package engine

import (
	"slices"
	"strings"
	"unicode/utf8"

	"wereply/rules"
	"wereply/wechat"
)

// Explanation is a Decision with its reasons.
type Explanation struct {
	Decision Decision
	Folded   string        // the text as keywords see it; "" where there is none
	Tried    []Trial       // rules that were tried before the one that fired, in order
	Later    []*rules.Rule // rules that hold too and come after it, in order; defaults only after a default
}

// Trial is one rule that did not answer.
type Trial struct {
	Rule   *rules.Rule
	Failed string // the first condition that failed, in words
	Near   bool   // it almost held: worth showing
}

// Explain decides as [Engine.Decide] does, by the slow and obvious way, and
// says why the rules before the one that fired did not, and which after it would
// have. Rules that are switched off and would have held stand first.
func (e *Engine) Explain(m *wechat.Message, c Conversation) Explanation {
	in := e.newInput(m, c)
	defer in.release()
	x := Explanation{Folded: strings.Clone(in.text.folded)} // what in holds ends with it
	for i := range e.all {
		r := &e.all[i]
		if !r.src.Disabled {
			continue
		}
		if _, why := r.confirm(in); why == holds {
			x.Tried = append(x.Tried, Trial{Rule: r.src, Failed: "it is switched off (enabled: false)", Near: true})
		}
	}
	var fired *rules.Rule
	for r := range e.inOrder(in.c.State) {
		found, why := r.confirm(in)
		if fired != nil {
			if why == holds && (fired.IsDefault() || !r.src.IsDefault()) {
				x.Later = append(x.Later, r.src)
			}
			continue
		}
		if why == holds {
			fired = r.src
			place := slices.IndexFunc(e.all, func(o rule) bool { return o.src == r.src })
			x.Decision = e.answer(in, place, found, new(Room))
			continue
		}
		failed, near := r.explain(in, why)
		x.Tried = append(x.Tried, Trial{Rule: r.src, Failed: failed, Near: near})
	}
	if fired == nil {
		x.Decision = e.answer(in, -1, match{}, new(Room))
	}
	return x
}

// explain puts into words why the rule does not hold.
func (r *rule) explain(in *input, why verdict) (failed string, near bool) {
	switch {
	case why == failsUnless:
		return "unless holds: " + r.unlessHolds(in).words(), true
	case why == failsCooldown:
		return "cooldown: the rule holds back until " + moment(in.c.Cooldowns[r.src.ID()], in.loc), true
	case r.conditions() == nil:
		return "a rule without when is for messages, not for " + in.what(), false
	}
	c, s := r.nearest(in)
	failed = c.failure(in)
	if len(r.conditions()) > 1 {
		failed = "no mapping of when holds; the nearest: " + failed
	}
	return failed, s.near()
}

// nearest gives the mapping of when that came nearest to holding, of equals
// the first.
func (r *rule) nearest(in *input) (*condition, survey) {
	when := r.conditions()
	best, nearest := 0, when[0].survey(in)
	for i := 1; i < len(when); i++ {
		if s := when[i].survey(in); s.nearer(nearest) {
			best, nearest = i, s
		}
	}
	return &when[best], nearest
}

// survey is how much of a mapping holds.
type survey struct {
	rightSort bool // type and event fit
	failed    int  // of the other conditions
	specific  bool // a condition on more than the time holds
	partly    bool // the keyword that fails fits in part
}

func (s survey) near() bool { return s.rightSort && s.failed == 1 && (s.specific || s.partly) }

func (s survey) nearer(than survey) bool {
	switch {
	case s.rightSort != than.rightSort:
		return s.rightSort
	case s.near() != than.near():
		return s.near()
	}
	return s.failed < than.failed
}

// survey looks at every condition, where check stops at the first that fails.
func (c *condition) survey(in *input) survey {
	var s survey
	var m match
	count := func(given, fits bool) {
		switch {
		case given && !fits:
			s.failed++
		case given:
			s.specific = true
		}
	}
	s.rightSort = c.admits(in) && c.typeFits(in) && (c.src.Extras().Events == nil || c.eventFits(in))
	count(c.src.Extras().States != nil, stateFits(c.src.Extras().States, in.c.State))
	count(c.src.Extras().From != nil, slices.Contains(c.src.Extras().From, in.m.FromUserName))
	count(c.eventKey != nil, c.eventKey != nil && c.eventKeyFits(in, &m))
	count(c.fields != nil, c.failingField(in, &m) == nil)
	p := c.pattern()
	if p != nil && !c.keywordFits(in, &m) {
		s.failed++
		s.partly = in.hasText && p.partly(in.text)
		return s
	}
	count(p != nil, true)
	count(c.src.Extras().MsgTypes != nil, true)
	count(c.src.Extras().Events != nil && !slices.Contains(c.src.Extras().Events, "*"), true)
	if c.src.Extras().Misses > 0 || c.src.Extras().Time != nil && !c.timeFits(in) {
		s.failed++
	}
	return s
}

// partly reports whether some of a pattern that does not hold fits: a test of
// several, a word of all, or a value that was almost sent.
func (p *pattern) partly(s subject) bool {
	for i := range p.entries {
		tests := p.entries[i].tests
		for j := range tests {
			if len(tests) > 1 && tests[j].match(s) >= 0 || tests[j].partly(s) {
				return true
			}
		}
	}
	return false
}

func (t *test) partly(s subject) bool {
	long := utf8.RuneCountInString(s.bare) >= 2
	for _, v := range t.values {
		if strings.Contains(s.folded, v) || long && strings.Contains(v, s.bare) {
			return true
		}
	}
	return rules.Suggest(s.bare, t.values) != ""
}
