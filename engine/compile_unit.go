package engine

import (
	"maps"
	"slices"

	"wereply/rules"
)

// unit is the rules of one file, as far as others of the account need to know,
// and what compiling them told. An Engine takes the units of unchanged files
// over from the one before.
type unit struct {
	from, to int      // in order.all
	vars     []string // what the rules remember
	groups   groups   // of all the rules together
	problems rules.Problems

	unserved      int       // rules of a mini program that say more than transfer
	firstUnserved rules.Pos // the first of them
}

// split makes units of the rules of an account, which come file by file.
func split(list []*rules.Rule) []unit {
	var units []unit
	for i, r := range list {
		if i == 0 || r.File != list[i-1].File {
			units = append(units, unit{from: i})
		}
		units[len(units)-1].to = i + 1
	}
	return units
}

// unitsByFirst gives the units of an Engine, or of none, by their first rule.
func (e *Engine) unitsByFirst() map[*rules.Rule]*unit {
	units := make(map[*rules.Rule]*unit)
	if e != nil {
		for i := range e.units {
			units[e.all[e.units[i].from].src] = &e.units[i]
		}
	}
	return units
}

// takeOver takes was, the unit of old with the same first rule, and its compiled
// rules. It is false if other rules differ.
func (u *unit) takeOver(was *unit, old, all []rule, src []*rules.Rule) bool {
	if !slices.EqualFunc(old[was.from:was.to], src[u.from:u.to], func(r rule, src *rules.Rule) bool { return r.src == src }) {
		return false
	}
	from, to := u.from, u.to
	copy(all[from:to], old[was.from:was.to])
	*u = *was
	u.from, u.to = from, to
	return true
}

// surroundings are what compiling a rule depends on beside the rule: what other
// rules remember, the named replies, and the account.
type surroundings struct {
	kind         string                  // of the account
	known        map[string]bool         // variables that any rule remembers
	anyGroups    groups                  // of all rules: named replies may be used by any
	replySources map[string]*rules.Named // by name
	named        map[string]*namedReply
	problems     rules.Problems // of the named replies
}

func newSurroundings(set *rules.Set, kind string, units []unit) *surroundings {
	s := &surroundings{kind: kind, known: make(map[string]bool), replySources: set.Replies, named: make(map[string]*namedReply)}
	for i := range units {
		for _, name := range units[i].vars {
			s.known[name] = true
		}
		s.anyGroups.merge(units[i].groups)
	}
	return s
}

// same reports whether any rule compiles the same with both.
func (s *surroundings) same(o *surroundings) bool {
	return s.kind == o.kind && maps.Equal(s.known, o.known) && maps.Equal(s.replySources, o.replySources) &&
		(len(s.replySources) == 0 || s.anyGroups.count == o.anyGroups.count && maps.Equal(s.anyGroups.names, o.anyGroups.names))
}

// compileReplies compiles the named replies.
func (s *surroundings) compileReplies(set *rules.Set) {
	c := &compiler{surroundings: s, unit: new(unit)}
	for _, file := range set.Files {
		for _, n := range file.Replies {
			c.namedReply(n.Name, nil, rules.Pos{})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(set.Replies)) {
		c.namedReply(name, nil, rules.Pos{})
	}
	s.problems = c.unit.problems
}
