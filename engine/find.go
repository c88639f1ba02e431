package engine

import "wereply/rules"

// find gives the place of what [Engine.first] gives, and asks only the rules
// that the index names. It gives -1 where no rule holds.
func (e *Engine) find(in *input) (place int, m match) {
	c := e.index.look(in)
	defer c.release()
	place, m = e.findCandidate(in, c)
	if place >= 0 {
		return place, m
	}
	for _, place := range e.defaults {
		if m, why := e.all[place].confirm(in); why == holds {
			return int(place), m
		}
	}
	return -1, match{}
}

func (e *Engine) findCandidate(in *input, c *candidates) (int, match) {
	if in.c.State == "" {
		for place, ok := c.next(); ok; place, ok = c.next() {
			r := &e.all[place]
			if e.index.sure[place>>6]>>(place&63)&1 != 0 {
				return place, match{main: hit{only: r}}
			}
			if m, why := r.confirm(in); why == holds {
				return place, m
			}
		}
		return -1, match{}
	}
	places := c.rest()
	for turn := range turns {
		for _, place := range places {
			r := &e.all[place]
			if r.turn(in.c.State) != turn {
				continue
			}
			if m, why := r.confirm(in); why == holds {
				return int(place), m
			}
		}
	}
	return -1, match{}
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
