package engine

import "wereply/rules"

// find gives what [Engine.first] gives, and asks only the rules that the index
// names.
func (e *Engine) find(in *input) (*rule, match) {
	c := e.index.look(in)
	defer c.release()
	r, m := e.findCandidate(in, c)
	if r != nil {
		return r, m
	}
	for _, r := range e.defaults {
		if m, why := r.confirm(in); why == holds {
			return r, m
		}
	}
	return nil, match{}
}

func (e *Engine) findCandidate(in *input, c *candidates) (*rule, match) {
	if in.c.State == "" {
		for place, ok := c.next(); ok; place, ok = c.next() {
			r := e.order.rest[place]
			if e.index.sure[place>>6]>>(place&63)&1 != 0 {
				return r, match{main: hit{only: r}}
			}
			if m, why := r.confirm(in); why == holds {
				return r, m
			}
		}
		return nil, match{}
	}
	places := c.rest()
	for turn := range turns {
		for _, place := range places {
			r := e.order.rest[place]
			if r.turn(in.c.State) != turn {
				continue
			}
			if m, why := r.confirm(in); why == holds {
				return r, m
			}
		}
	}
	return nil, match{}
}

// turns is how many turns [rule.turn] knows.
const turns = 3

// turn says when, in a state, a rule is tried: first those that name it, then
// those that name any, then the others.
func (r *rule) turn(state string) int {
	switch {
	case r.names(state):
		return 0
	case r.names(rules.StateAny):
		return 1
	}
	return 2
}
