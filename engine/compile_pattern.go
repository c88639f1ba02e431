package engine

import (
	"fmt"
	"iter"
	"slices"

	"wereply/rules"
)

// patternCompiler compiles the patterns of one rule.
type patternCompiler struct {
	*compiler
	rule   *rules.Rule
	groups *groups
}

func (c *patternCompiler) pattern(src rules.Pattern, literal bool) *pattern {
	p := c.keep.patterns.one()
	p.literal = literal
	p.entries = c.keep.entries.take(count(runs(src, sameEntry)))[:0]
	for values := range runs(src, sameEntry) {
		tests := c.keep.tests.take(count(runs(values, sameKind)))[:0]
		for values := range runs(values, sameKind) {
			tests = append(tests, c.test(values, literal))
		}
		p.entries = append(p.entries, entry{tests})
	}
	return p
}

func sameEntry(a, b *rules.Value) bool { return a.Entry == b.Entry }
func sameKind(a, b *rules.Value) bool  { return a.Kind == b.Kind }

// runs gives the parts of values that are the same one after the other.
func runs(values []rules.Value, same func(a, b *rules.Value) bool) iter.Seq[[]rules.Value] {
	return func(yield func([]rules.Value) bool) {
		start := 0
		for i := range values {
			if !same(&values[start], &values[i]) {
				if !yield(values[start:i]) {
					return
				}
				start = i
			}
		}
		if start < len(values) {
			yield(values[start:])
		}
	}
}

func count[T any](seq iter.Seq[T]) int {
	n := 0
	for range seq {
		n++
	}
	return n
}

// test compiles the values of one kind in an entry.
func (c *patternCompiler) test(src []rules.Value, literal bool) test {
	t := test{kind: src[0].Kind, src: src, written: c.keep.texts.take(len(src))}
	for i := range src {
		t.written[i] = src[i].Text
	}
	t.values = t.written
	switch {
	case t.kind == rules.KindRegex:
		t.values = nil
		t.regexes = c.regexes(src)
	case literal:
		if i := slices.Index(t.values, ""); t.kind != rules.KindExact && i >= 0 {
			c.add(rules.CodeFoldsToNone, c.rule.Name, c.place(&src[i]), "an empty text stands in every value", `for a field that is empty: ""`)
		}
	default:
		t.values = c.foldAll(src, t.written)
	}
	return t
}

func (c *patternCompiler) place(v *rules.Value) rules.Pos {
	return c.rule.PosAt(v.At)
}

// foldAll folds the values of a keyword. Where all stay as they are, these are
// the written ones.
func (c *patternCompiler) foldAll(src []rules.Value, written []string) []string {
	folded := written
	for i := range src {
		value := foldFor(src[i].Kind, written[i])
		if value == "" {
			c.add(rules.CodeFoldsToNone, c.rule.Name, c.place(&src[i]), fmt.Sprintf("nothing is left of the keyword %q: white space and invisible characters do not count", written[i]), "")
		}
		if value != written[i] {
			if &folded[0] == &written[0] {
				folded = c.keep.texts.take(len(written))
				copy(folded, written)
			}
			folded[i] = value
		}
	}
	return folded
}

func (c *patternCompiler) regexes(src []rules.Value) []*regex {
	list := make([]*regex, len(src))
	for i := range src {
		list[i] = c.regex(&src[i])
	}
	return list
}

func (c *patternCompiler) regex(src *rules.Value) *regex {
	r := c.keep.regexes.one()
	r.source = src.Text
	tree, err := parseRegex(src.Text)
	if err != nil {
		c.add(rules.CodeRegex, c.rule.Name, c.place(src), fmt.Sprintf("regular expression %q: %s", shorten(src.Text), regexMessage(err)), regexHint(src.Text, err))
		return r
	}
	c.groups.add(tree)
	r.required = c.keep.parts(src.Text, requiredOf(tree))
	return r
}

// plainKeyword gives the only value of a keyword, if folding leaves it as it is
// or it is a regular expression; else nil.
func plainKeyword(src rules.Pattern) *keyword {
	if len(src) != 1 {
		return nil
	}
	v := &src[0]
	switch v.Kind {
	case rules.KindAll:
		return nil
	case rules.KindRegex:
		return (*keyword)(v)
	}
	if folded := foldFor(v.Kind, v.Text); folded != v.Text || folded == "" {
		return nil
	}
	return (*keyword)(v)
}

// foldFor folds a value as a test of its kind compares it.
func foldFor(kind rules.Kind, value string) string {
	value = fold(value)
	if kind == rules.KindExact || kind == rules.KindSuffix {
		value = trimFinal(value)
	}
	return value
}
