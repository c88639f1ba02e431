package engine

import (
	"iter"
	"slices"

	"wereply/rules"
)

// order is the order in which rules are tried: those whose when names the
// current state, then those that name any state, then the rest, then the
// defaults; within each of these the order of the files.
type order struct {
	all      []rule             // as in Set.Rules: also the defaults, and those that are switched off
	byState  map[string][]*rule // those whose when names the state
	anyState []*rule            // those whose when has state: "*"
	defaults []int32            // places in all
}

// add puts a rule of all in its order; it is called for each in turn.
func (o *order) add(place int) {
	r := &o.all[place]
	switch {
	case r.src.Disabled:
		return
	case r.src.IsDefault():
		o.defaults = append(o.defaults, int32(place))
		return
	}
	for _, state := range r.states() {
		switch state {
		case rules.StateNone: // is no state
		case rules.StateAny:
			o.anyState = append(o.anyState, r)
		default:
			if o.byState == nil {
				o.byState = make(map[string][]*rule)
			}
			o.byState[state] = append(o.byState[state], r)
		}
	}
}

// at gives the rule of a place, none being -1.
func (o *order) at(place int) *rule {
	if place < 0 {
		return nil
	}
	return &o.all[place]
}

// rest gives the rules that can fire, without the defaults, and their places in
// all.
func (o *order) rest() iter.Seq2[int, *rule] {
	return func(yield func(int, *rule) bool) {
		for i := range o.all {
			if r := &o.all[i]; !r.src.Disabled && !r.src.IsDefault() && !yield(i, r) {
				return
			}
		}
	}
}

// states gives the states that when names, each once.
func (r *rule) states() []string {
	var names []string
	for i := range r.when {
		for _, state := range r.when[i].src.Extras().States {
			if !slices.Contains(names, state) {
				names = append(names, state)
			}
		}
	}
	return names
}

// names reports whether when names the state.
func (r *rule) names(state string) bool {
	for i := range r.when {
		if slices.Contains(r.when[i].src.Extras().States, state) {
			return true
		}
	}
	return false
}

// inOrder gives every rule in the order in which it is tried in a state, ""
// being no state.
func (o *order) inOrder(state string) iter.Seq[*rule] {
	return func(yield func(*rule) bool) {
		if state != "" {
			for _, r := range o.byState[state] {
				if !yield(r) {
					return
				}
			}
			for _, r := range o.anyState {
				if !r.names(state) && !yield(r) {
					return
				}
			}
		}
		for _, r := range o.rest() {
			lifted := state != "" && (r.names(state) || r.names(rules.StateAny))
			if !lifted && !yield(r) {
				return
			}
		}
		for _, place := range o.defaults {
			if !yield(&o.all[place]) {
				return
			}
		}
	}
}
