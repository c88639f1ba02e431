package engine

import (
	"iter"
	"slices"

	"wereply/rules"
	"wereply/wechat"
)

// shadows finds the rules that never fire: those whose conditions contradict
// each other, and those of which earlier rules take every message.
//
// A rule is cut into classes of messages, see [class]. A class is dead when
// its canonical message is taken by an earlier rule that holds for the whole
// class: one without expressions, cooldown and the like. Where that rule has
// an unless, the class is narrowed to what the unless lets through, and must be
// dead there too. The rule is dead when all of its classes are.
//
// For keywords by exact, contains, prefix, suffix and all, in rules without
// expressions, cooldown, time and state, this finds every dead rule; of others
// it says nothing that it has not proved.
type shadows struct {
	engine *Engine
	list   []*rule // in order of trial in no state
	place  map[*rule]int
	index  *index
	kinds  []string // of messages: WeChat's, those that rules name, and unnamed
	events []string // likewise
	states []string // that rules name
	budget int      // of looks at one class
	work   int      // earlier rules that may still be compared with a class
}

// The work on one rule is bounded, and so is that on all: where thousands of
// rules may hold for the same messages, those that come after are not judged.
const (
	maxLooks    = 2000
	maxCompared = 5_000_000
)

// dead is why a rule never fires.
type dead struct {
	takers  []*rule         // none: the conditions contradict each other
	example *wechat.Message // a message of the rule that is taken, nil where there is none
}

func newShadows(e *Engine) *shadows {
	s := &shadows{engine: e, place: make(map[*rule]int), work: maxCompared}
	for r := range e.inOrder("") {
		if !r.src.Disabled {
			s.place[r] = len(s.list)
			s.list = append(s.list, r)
		}
	}
	s.index = newIndex(len(s.list), slices.All(s.list))
	s.nameAll()
	return s
}

// judge reports whether a rule is dead, and why.
func (s *shadows) judge(r *rule) (dead, bool) {
	return s.judgeMappings(r, mappings(r))
}

// judgeMappings judges a part of a rule: what it takes by some mappings.
func (s *shadows) judgeMappings(r *rule, list []*condition) (dead, bool) {
	s.budget = maxLooks
	var why dead
	for _, k := range list {
		for start := range s.starts(k) {
			list, ok := start.narrowed(k, false)
			if !ok {
				return dead{}, false
			}
			for i := range list {
				if !s.isDead(r, &list[i], &why) {
					return dead{}, false
				}
			}
		}
	}
	return why, true
}

// contradicts gives the first mapping of when that can hold for no message.
func (s *shadows) contradicts(r *rule) *condition {
	when := r.conditions()
	for i := range when {
		if k := &when[i]; s.isImpossible(r, k) {
			return k
		}
	}
	return nil
}

func (s *shadows) isImpossible(r *rule, k *condition) bool {
	for start := range s.starts(k) {
		list, ok := start.narrowed(k, false)
		if !ok || slices.ContainsFunc(list, func(c class) bool { return !c.isEmpty(r) }) {
			return false
		}
	}
	return true
}

// mappings gives the mappings of when; a default has one that asks nothing.
func mappings(r *rule) []*condition {
	when := r.conditions()
	if when == nil {
		return []*condition{{src: &rules.Condition{}, conditionExtra: &conditionExtra{}}}
	}
	list := make([]*condition, len(when))
	for i := range when {
		list[i] = &when[i]
	}
	return list
}

// isEmpty reports whether r holds for no message of the class, because its
// unless holds for all of them.
func (c *class) isEmpty(r *rule) bool {
	return !c.admitsRule(r) || slices.ContainsFunc(r.unless, func(u condition) bool { return c.implies(&u) })
}

// admitsRule keeps mappings that are not for events from events.
func (c *class) admitsRule(r *rule) bool {
	return slices.ContainsFunc(mappings(r), func(k *condition) bool { return c.admits(k) })
}

// isDead reports whether earlier rules take every message of the class, of
// those for which r holds.
func (s *shadows) isDead(r *rule, c *class, why *dead) bool {
	if c.isEmpty(r) {
		return true
	}
	if s.budget--; s.budget < 0 || !c.holds() {
		return false
	}
	e := s.taker(r, c, why)
	if e == nil {
		return false
	}
	if !slices.Contains(why.takers, e) {
		why.takers = append(why.takers, e)
	}
	if why.example == nil {
		why.example = s.example(c, r, e)
	}
	return true
}

// taker gives an earlier rule that takes all of the class, or all that it leaves
// is dead too. Rules without unless are the quick proofs, and come first.
func (s *shadows) taker(r *rule, c *class, why *dead) *rule {
	var slow []*rule
	for e := range s.earlier(r, c) {
		if len(e.unless) > 0 {
			slow = append(slow, e)
		} else if s.takes(e, r, c, why) {
			return e
		}
	}
	slices.SortStableFunc(slow, func(a, b *rule) int { return len(a.unless) - len(b.unless) })
	for _, e := range slow {
		if s.takes(e, r, c, why) {
			return e
		}
	}
	return nil
}

// takes reports whether a rule takes all of the class, or all that it leaves is
// dead too.
func (s *shadows) takes(e, r *rule, c *class, why *dead) bool {
	if !s.implied(e, c) || slices.ContainsFunc(e.unless, func(u condition) bool { return c.implies(&u) }) {
		return false
	}
	for i := range e.unless {
		left, ok := c.narrowed(&e.unless[i], true)
		if !ok {
			return false
		}
		for j := range left {
			if !s.isDead(r, &left[j], why) {
				return false
			}
		}
	}
	return true
}

// implied reports whether e holds for all of the class, its unless aside.
func (s *shadows) implied(e *rule, c *class) bool {
	if e.src.Extras().Cooldown > 0 {
		return false
	}
	return slices.ContainsFunc(mappings(e), func(k *condition) bool { return c.admits(k) && c.implies(k) })
}

// earlier gives the rules before r that may hold for the canonical message of
// the class.
func (s *shadows) earlier(r *rule, c *class) iter.Seq[*rule] {
	return func(yield func(*rule) bool) {
		in := s.engine.newInput(c.message(separator), Conversation{})
		defer in.release()
		in.c.State = c.state
		found := s.index.look(in)
		defer found.release()
		for i, ok := found.next(); ok && s.work > 0; i, ok = found.next() {
			s.work--
			if other := s.list[i]; other != r && s.precedes(other, r, c.state) && !yield(other) {
				return
			}
		}
	}
}

// precedes reports whether a is tried before b in a state.
func (s *shadows) precedes(a, b *rule, state string) bool {
	if x, y := tier(a, state), tier(b, state); x != y {
		return x < y
	}
	return s.place[a] < s.place[b]
}

func tier(r *rule, state string) int {
	switch {
	case r.src.IsDefault():
		return 3
	case state != "" && r.names(state):
		return 0
	case state != "" && r.names(rules.StateAny):
		return 1
	}
	return 2
}
