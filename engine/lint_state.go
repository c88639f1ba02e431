package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"wereply/rules"
)

// lintStates compares the states that rules go to with those that they ask
// for. Rules that are switched off count as both: they will be back.
func (l *linter) lintStates() {
	set, read := make(map[string]bool), make(map[string]bool)
	keepsVars := l.readsVars()
	for _, r := range l.set.Rules {
		if r.Extras().Goto != "" && r.Extras().Goto != rules.GotoEnd {
			set[r.Extras().Goto] = true
		}
		for _, c := range slices.Concat(r.When, r.Extras().Unless) {
			for _, state := range c.Extras().States {
				read[state] = true
			}
		}
	}
	for _, r := range l.set.Rules {
		if r.Disabled {
			continue
		}
		l.lintReads(r, set)
		if !keepsVars {
			l.lintGoto(r, set, read)
		}
	}
}

func (l *linter) lintReads(r *rules.Rule, set map[string]bool) {
	for _, c := range slices.Concat(r.When, r.Extras().Unless) {
		for _, state := range c.Extras().States {
			if set[state] || state == rules.StateNone || state == rules.StateAny {
				continue
			}
			hint := fmt.Sprintf("a rule leads into it with goto: %s", state)
			if s := l.suggest(state, func() []string { return slices.Sorted(maps.Keys(set)) }); s != "" {
				hint = fmt.Sprintf("did you mean %q?", s)
			}
			l.add(rules.CodeNoWayToState, r.Name, r.PosAt(c.At()),
				fmt.Sprintf("no rule goes to the state %q, so nobody is ever in it", state), hint)
		}
	}
}

// lintGoto: a state is read by name, and by what asks for any or for none. It
// may also be there to keep variables, see readsVars.
func (l *linter) lintGoto(r *rules.Rule, set, read map[string]bool) {
	if !set[r.Extras().Goto] || read[r.Extras().Goto] || read[rules.StateAny] || read[rules.StateNone] {
		return
	}
	hint := fmt.Sprintf("rules for it say when: {state: %s, …}; goto: end ends a conversation", r.Extras().Goto)
	if s := l.suggest(r.Extras().Goto, func() []string { return slices.Sorted(maps.Keys(read)) }); s != "" {
		hint = fmt.Sprintf("did you mean %q?", s)
	}
	l.add(rules.CodeStateUnread, r.Name, r.PosAt(r.Extras().GotoAt),
		fmt.Sprintf("goto leads to the state %q, and no rule asks for it", r.Extras().Goto), hint)
}

// readsVars reports whether a rule that holds in every state says something
// with a variable in it.
func (l *linter) readsVars() bool {
	return slices.ContainsFunc(l.shadows.list, func(r *rule) bool {
		everywhere := slices.ContainsFunc(mappings(r), func(k *condition) bool { return k.src.Extras().States == nil })
		return everywhere && slices.ContainsFunc(l.leaves(r), func(f leaf) bool {
			return slices.ContainsFunc(f.texts(), func(t rules.Text) bool { return strings.Contains(t.Source, ".Vars") })
		})
	})
}
