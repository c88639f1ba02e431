package engine

import (
	"slices"
	"strings"
	"unicode/utf8"

	"wereply/rules"
)

// cue is what must be so for a mapping of conditions to hold: the part of a
// message that it names equals one of exact, or holds one of literals.
type cue struct {
	on       cueOn
	field    string // onField
	exact    []string
	literals []string
}

// cueOn is a part of a message, or of its conversation, that a cue names.
type cueOn uint8

const (
	onMessage cueOn = iota // anything that a user wrote
	onEvent                // any event, or by exact those of these names
	onType
	onState // rules.StateAny is in exact for any
	onFrom
	onKeyword
	onEventKey
	onField
)

// cueOf picks, of the parts of a mapping that can be looked up, the one that
// is likely to hold least often.
func cueOf(c *condition) cue {
	var keyword *cue
	if c.plain != nil {
		keyword = c.plainCue()
	} else {
		keyword = patternCue(onKeyword, c.keyword)
	}
	switch {
	case c.src.Extras().From != nil:
		return cue{on: onFrom, exact: c.src.Extras().From}
	case keyword != nil && !keyword.common():
		return *keyword
	}
	if g := patternCue(onEventKey, c.eventKey); g != nil && !g.common() {
		return *g
	}
	for i := range c.fields {
		g := patternCue(onField, c.fields[i].pattern)
		if g != nil && !g.common() {
			g.field = c.fields[i].name
			return *g
		}
	}
	switch {
	case c.src.Extras().States != nil:
		return cue{on: onState, exact: c.src.Extras().States}
	case keyword != nil:
		return *keyword
	case c.src.Extras().Events != nil:
		return eventCue(c.src.Extras().Events)
	case c.src.Extras().MsgTypes != nil:
		return cue{on: onType, exact: c.src.Extras().MsgTypes}
	case c.forEvents:
		return cue{on: onEvent}
	}
	return cue{on: onMessage}
}

// eventCue gives the names of events in lower case, or any event where one
// of them is not plain ASCII: outside it, equal but for case is more than that.
func eventCue(names []string) cue {
	g := cue{on: onEvent}
	for _, name := range names {
		if name == "*" || strings.ContainsFunc(name, func(r rune) bool { return r >= utf8.RuneSelf }) {
			return cue{on: onEvent}
		}
		g.exact = append(g.exact, strings.ToLower(name))
	}
	return g
}

// common reports whether the cue is likely to hold for many messages: it asks
// for no value, or for one character.
func (g *cue) common() bool {
	return slices.Contains(g.exact, "") || shortest(g.literals) == 1
}

// plainCue is nil for a regular expression that cannot be looked up.
func (c *condition) plainCue() *cue {
	k := c.plain
	switch {
	case k.Kind == rules.KindExact:
		return &cue{on: onKeyword, exact: []string{k.Text}}
	case c.regex == nil:
		return &cue{on: onKeyword, literals: []string{k.Text}}
	case c.regex.required == nil:
		return nil
	}
	return &cue{on: onKeyword, literals: c.regex.required}
}

// patternCue is nil if the pattern cannot be looked up.
func patternCue(on cueOn, p *pattern) *cue {
	if p == nil {
		return nil
	}
	g := &cue{on: on}
	for i := range p.entries {
		exact, literals := entryCue(&p.entries[i], p.literal)
		if exact == nil && literals == nil {
			return nil
		}
		g.exact = append(g.exact, exact...)
		g.literals = append(g.literals, literals...)
	}
	return g
}

// entryCue takes the values of the test that asks most.
func entryCue(e *entry, literal bool) (exact, literals []string) {
	for i := range e.tests {
		t := &e.tests[i]
		var asks []string
		switch t.kind {
		case rules.KindExact:
			return t.values, nil
		case rules.KindContains, rules.KindPrefix, rules.KindSuffix:
			asks = t.values
		case rules.KindAll:
			asks = []string{slices.MaxFunc(t.values, byRunes)}
		case rules.KindRegex:
			if literal {
				continue // what is required was folded
			}
			asks = regexCue(t.regexes)
		}
		if shortest(asks) > shortest(literals) {
			literals = asks
		}
	}
	return nil, literals
}

func byRunes(a, b string) int { return utf8.RuneCountInString(a) - utf8.RuneCountInString(b) }

func regexCue(regexes []*regex) []string {
	var out []string
	for i := range regexes {
		if regexes[i].required == nil {
			return nil
		}
		out = append(out, regexes[i].required...)
	}
	return out
}
