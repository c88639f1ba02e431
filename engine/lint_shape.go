package engine

import (
	"slices"
	"strings"

	"wereply/rules"
)

// shape is what a value must be like: a conjunction of literal tests. All of
// them are monotone: whatever the canonical value of a shape fits, every value
// of the shape fits, because the canonical value holds nothing that the shape
// does not ask for. That is what makes a proof of a single look.
type shape struct {
	exact    *string // as exact patterns compare it
	prefix   string
	suffix   string // as suffix patterns compare it
	contains []string
	regexes  []string // sources of expressions that the value must match too
}

// outcome says what became of a shape to which a test was added.
type outcome uint8

const (
	possible   outcome = iota
	impossible         // no value fits
	undecided          // who asks must not conclude anything
)

// with adds one value of a test.
func (d shape) with(kind rules.Kind, value string) (shape, outcome) {
	switch kind {
	case rules.KindExact:
		if d.exact != nil && *d.exact != value {
			return d, impossible
		}
		d.exact = &value
	case rules.KindPrefix:
		longer, ok := nested(d.prefix, value, strings.HasPrefix)
		if !ok {
			return d, impossible
		}
		d.prefix = longer
	case rules.KindSuffix:
		longer, ok := nested(d.suffix, value, strings.HasSuffix)
		if !ok {
			return d, impossible
		}
		d.suffix = longer
	case rules.KindContains, rules.KindAll:
		if !slices.Contains(d.contains, value) {
			d.contains = append(slices.Clip(d.contains), value)
		}
	}
	return d, d.consistent()
}

// nested gives the longer of two values of which one must begin, or end, with
// the other.
func nested(a, b string, within func(s, part string) bool) (string, bool) {
	switch {
	case within(a, b):
		return a, true
	case within(b, a):
		return b, true
	}
	return "", false
}

// consistent checks a shape for one exact value against its other tests. Exact
// patterns ignore final punctuation, so that a test that asks for some may
// still hold of a longer value.
func (d shape) consistent() outcome {
	if d.exact == nil {
		return possible
	}
	s := textual(*d.exact, *d.exact)
	fits := strings.HasPrefix(s.folded, d.prefix) && strings.HasSuffix(s.bare, d.suffix)
	for _, part := range d.contains {
		fits = fits && strings.Contains(s.folded, part)
	}
	switch {
	case fits:
		return possible
	case strings.ContainsAny(d.prefix+d.suffix+strings.Join(d.contains, ""), finalPunctuation):
		return undecided
	}
	return impossible
}

// value gives a value of the shape. With a separator that stands in no literal
// it is the canonical one; with "" it is one to show to people.
func (d shape) value(separator string) string {
	if d.exact != nil {
		return *d.exact
	}
	parts := []string{d.prefix}
	for i, part := range d.contains {
		inAnother := slices.ContainsFunc(d.contains[i+1:], func(other string) bool { return strings.Contains(other, part) }) ||
			slices.ContainsFunc(d.contains[:i], func(other string) bool { return strings.Contains(other, part) }) ||
			strings.Contains(d.prefix, part) || strings.Contains(d.suffix, part)
		if !inAnother {
			parts = append(parts, part)
		}
	}
	parts = append(parts, d.suffix)
	return strings.Join(parts, separator)
}

// holds reports whether the tests of the shape, expressions apart, hold for a
// value. It is asked of the canonical value: a suffix that is punctuation only
// can hold of no text that has more than that.
func (d shape) holds(s subject) bool {
	return (d.exact == nil || *d.exact == s.bare) && strings.HasPrefix(s.folded, d.prefix) && strings.HasSuffix(s.bare, d.suffix) &&
		!slices.ContainsFunc(d.contains, func(part string) bool { return !strings.Contains(s.folded, part) })
}

// implies reports whether every value of the shape fits the pattern, s being
// its canonical value.
func (d shape) implies(p *pattern, s subject) bool {
	return slices.ContainsFunc(p.entries, func(e entry) bool {
		return !slices.ContainsFunc(e.tests, func(t test) bool { return !d.impliesTest(&t, s) })
	})
}

func (d shape) impliesTest(t *test, s subject) bool {
	if t.kind != rules.KindRegex {
		return t.match(s) >= 0
	}
	return slices.ContainsFunc(t.written, func(source string) bool { return slices.Contains(d.regexes, source) })
}

// maxChoices bounds how many shapes one pattern may stand for.
const maxChoices = 1000

// choices gives the shapes that a pattern stands for together with n: one of
// them holds whenever the pattern does. ok is false where there are too many.
// Where exactly is given, expressions make the answer undecided; else they
// are weakened to the literals that they require.
func (d shape) choices(p *pattern, exactly bool) (list []shape, ok bool) {
	for i := range p.entries {
		grown := []shape{d}
		for j := range p.entries[i].tests {
			if grown, ok = withTest(grown, &p.entries[i].tests[j], p.literal, exactly); !ok {
				return nil, false
			}
		}
		if list = append(list, grown...); len(list) > maxChoices {
			return nil, false
		}
	}
	return list, true
}

// withTest adds a test to each of the shapes, once for each of its values.
func withTest(list []shape, t *test, literal, exactly bool) (grown []shape, ok bool) {
	if t.kind == rules.KindRegex {
		return withRegexes(list, t, literal, exactly)
	}
	for _, n := range list {
		if t.kind == rules.KindAll {
			what := possible
			for _, v := range t.values {
				if n, what = n.with(t.kind, v); what != possible {
					break
				}
			}
			if what == undecided {
				return nil, false
			}
			if what == possible {
				grown = append(grown, n)
			}
			continue
		}
		for _, v := range t.values {
			m, what := n.with(t.kind, v)
			if what == undecided {
				return nil, false
			}
			if what == possible {
				grown = append(grown, m)
			}
		}
		if len(grown) > maxChoices {
			return nil, false
		}
	}
	return grown, true
}

// withRegexes weakens each expression to the literals of which it requires
// one; what is proved of all values that hold one is proved of the matches.
func withRegexes(list []shape, t *test, literal, exactly bool) (grown []shape, ok bool) {
	if exactly {
		return nil, false
	}
	for _, n := range list {
		for _, source := range t.written {
			m := n
			m.regexes = append(slices.Clip(n.regexes), source)
			var required []string
			if !literal {
				required = requiredLiterals(source)
			}
			if required == nil {
				grown = append(grown, m)
				continue
			}
			for _, literal := range required {
				k, what := m.with(rules.KindContains, literal)
				if what == undecided {
					return nil, false
				}
				if what == possible {
					grown = append(grown, k)
				}
			}
		}
	}
	return grown, len(grown) <= maxChoices
}
