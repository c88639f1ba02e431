package engine

import (
	"iter"
	"slices"

	"wereply/rules"
	"wereply/wechat"
)

// nameAll collects the states, and the types and events besides WeChat's own,
// that rules name in when or unless.
func (s *shadows) nameAll() {
	kinds, events, states := newNames(messageKinds), newNames(everyEvent), newNames(nil)
	kinds.skip(wechat.MsgEvent, wechat.MsgUnsupported)
	events.skip(rules.StateAny)
	states.skip(rules.StateAny, rules.StateNone)
	for _, r := range s.list {
		for _, conditions := range [][]condition{r.conditions(), r.unless} {
			for i := range conditions {
				asked := conditions[i].src.Extras()
				kinds.add(asked.MsgTypes)
				events.add(asked.Events)
				states.add(asked.States)
			}
		}
	}
	s.kinds, s.events, s.states = kinds.list, events.list, states.list
}

// names is a list without repetitions.
type names struct {
	list []string
	seen map[string]bool
}

func newNames(list []string) *names {
	n := &names{seen: make(map[string]bool)}
	n.add(list)
	return n
}

func (n *names) add(list []string) {
	for _, name := range list {
		if !n.seen[name] {
			n.seen[name] = true
			n.list = append(n.list, name)
		}
	}
}

// skip keeps names out of the list.
func (n *names) skip(list ...string) {
	for _, name := range list {
		n.seen[name] = true
	}
}

// starts gives the types, events and states that a mapping admits, those first
// that live rules are likely to live by.
func (s *shadows) starts(k *condition) iter.Seq[class] {
	kinds := k.src.Extras().MsgTypes
	switch {
	case kinds == nil && k.forEvents:
		kinds = justEvents
	case kinds == nil:
		kinds = s.kinds
	}
	return func(yield func(class) bool) {
		for state := range s.startStates(k) {
			for _, kind := range kinds {
				if kind != wechat.MsgEvent {
					if !yield(class{kind: kind, state: state}) {
						return
					}
					continue
				}
				for _, event := range s.startEvents(k) {
					if !yield(class{kind: kind, state: state, event: event}) {
						return
					}
				}
			}
		}
	}
}

var (
	justEvents   = []string{wechat.MsgEvent}
	messageKinds = append(slices.DeleteFunc(wechat.MsgTypes(), func(kind string) bool {
		return kind == wechat.MsgEvent || kind == wechat.MsgUnsupported
	}), unnamed)
	everyEvent = append([]string{unnamed}, wechat.Events()...)
)

// startStates gives the states of a mapping: no state, one that no rule names,
// and those that rules name.
func (s *shadows) startStates(k *condition) iter.Seq[string] {
	return func(yield func(string) bool) {
		if names := k.src.Extras().States; names != nil && !slices.Contains(names, rules.StateAny) {
			for _, name := range names {
				if name == rules.StateNone {
					name = ""
				}
				if !yield(name) {
					return
				}
			}
			return
		}
		if fits := k.src.Extras().States == nil || slices.Contains(k.src.Extras().States, rules.StateNone); fits && !yield("") {
			return
		}
		if !yield(unnamed) {
			return
		}
		for _, state := range s.states {
			if !yield(state) {
				return
			}
		}
	}
}

func (s *shadows) startEvents(k *condition) []string {
	if k.src.Extras().Events == nil || slices.Contains(k.src.Extras().Events, "*") {
		return s.events
	}
	return k.src.Extras().Events
}
