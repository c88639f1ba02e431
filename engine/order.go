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
	rest     []*rule            // all but the defaults
	byState  map[string][]*rule // those whose when names the state
	anyState []*rule            // those whose when has state: "*"
	defaults []*rule
}

func (o *order) add(r *rule) {
	if r.src.IsDefault() {
		o.defaults = append(o.defaults, r)
		return
	}
	o.rest = append(o.rest, r)
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

// number tells the rules their places.
func (o *order) number() {
	place := 0
	for r := range o.inOrder("") {
		r.place = int32(place)
		place++
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
		if state == "" {
			_ = each(o.rest, nil, yield) && each(o.defaults, nil, yield)
			return
		}
		named := func(r *rule) bool { return r.names(state) }
		lifted := func(r *rule) bool { return r.names(state) || r.names(rules.StateAny) }
		_ = each(o.byState[state], nil, yield) && each(o.anyState, named, yield) &&
			each(o.rest, lifted, yield) && each(o.defaults, nil, yield)
	}
}

// each yields the rules that are not left out.
func each(list []*rule, leftOut func(*rule) bool, yield func(*rule) bool) bool {
	for _, r := range list {
		if (leftOut == nil || !leftOut(r)) && !yield(r) {
			return false
		}
	}
	return true
}
