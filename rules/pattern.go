package rules

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// kindNames are the kinds of patterns in the order of their constants.
var kindNames = fieldsOf[kindsForm]()

func (k Kind) String() string { return kindNames[k] }

// maxRegexBytes bounds a regular expression. What needs more is a list.
const maxRegexBytes = 1000

// pattern reads a pattern:
//
//	pattern = entry | [entry, …]            any of them
//	entry   = value | {kind: values, …}     all of the kinds
//	values  = value | [value, …]            any of them; with the kind all, every one
//
// A value without a kind is compared by the kind bare, and whole where bare is
// contains and the value has nothing but digits.
func (r *reader) pattern(n *yaml.Node, what string, bare Kind) *Pattern {
	size := max(len(n.Content), 1)
	p := &Pattern{At: r.at(n), Entries: make([]Entry, 0, size)}
	store := bareStore{make([]PatternTest, 0, size), make([]string, 0, size)}
	ok := r.oneOrMany(n, what, func(n *yaml.Node) {
		if e, ok := r.patternEntry(n, what, bare, &store); ok {
			p.Entries = append(p.Entries, e)
		}
	})
	if !ok || len(p.Entries) == 0 {
		return nil
	}
	return p
}

// bareStore keeps what the bare values of one pattern need together: a large
// set of rules is mostly these.
type bareStore struct {
	tests  []PatternTest
	values []string
}

func (b *bareStore) add(kind Kind, at At, value string) []PatternTest {
	i := len(b.tests)
	b.values = append(b.values, value)
	b.tests = append(b.tests, PatternTest{Kind: kind, At: at, Values: b.values[i : i+1 : i+1]})
	return b.tests[i : i+1 : i+1]
}

func (r *reader) patternEntry(n *yaml.Node, what string, bare Kind, store *bareStore) (Entry, bool) {
	e := Entry{At: r.at(n)}
	switch n.Kind {
	case yaml.MappingNode:
		r.fields(n, what, kindNames, func(key string, k, v *yaml.Node) {
			kind := Kind(indexOf(kindNames, key))
			if values := r.patternValues(v, what, kind, bare); values != nil {
				e.Tests = append(e.Tests, PatternTest{Kind: kind, At: r.at(v), Values: values})
			}
		})
	case yaml.SequenceNode:
		r.add(CodeShape, n, what+" has a list within a list", "one list is enough: it means any of its entries")
	default:
		e.Bare = true
		kind := bare
		if bare == KindContains && isDigits(n.Value) {
			kind = KindExact
		}
		if s, ok := r.patternValue(n, what, kind, bare); ok {
			e.Tests = store.add(kind, e.At, s)
		}
	}
	return e, e.Tests != nil
}

func (r *reader) patternValues(n *yaml.Node, what string, kind, bare Kind) []string {
	what = fmt.Sprintf("`%s` of %s", kind, what)
	if kind == KindAll && n.Kind != yaml.SequenceNode {
		hint := ""
		if n.Kind == yaml.ScalarNode {
			hint = fmt.Sprintf("all: [%s, …], or contains: %s", quoteFlow(n.Value), quoteFlow(n.Value))
		}
		r.add(CodeShape, n, what+" must be a list of texts that must all occur", hint)
		return nil
	}
	var list []string
	r.oneOrMany(n, what, func(n *yaml.Node) {
		if s, ok := r.patternValue(n, what, kind, bare); ok {
			list = append(list, s)
		}
	})
	return list
}

func (r *reader) patternValue(n *yaml.Node, what string, kind, bare Kind) (string, bool) {
	s, ok := r.text(n, what)
	if !ok {
		return "", false
	}
	switch {
	case s == "" && (kind != KindExact || bare == KindContains):
		r.add(CodeEmpty, n, what+" is an empty text, which fits everything or nothing", "")
		return "", false
	case kind == KindRegex && len(s) > maxRegexBytes:
		r.add(CodeTooMuch, n, fmt.Sprintf("%s is longer than %d bytes", what, maxRegexBytes), "split it into a list: `regex: ['…', '…']`")
		return "", false
	}
	if kind == KindRegex {
		r.warnCut(n)
	} else {
		r.warnPattern(n, s, bare == KindContains)
	}
	return s, true
}

// isDigits reports whether s is digits only, full-width ones included, white
// space around them aside.
func isDigits(s string) bool {
	s = strings.TrimSpace(s)
	for _, c := range s {
		if (c < '0' || c > '9') && (c < '０' || c > '９') {
			return false
		}
	}
	return s != ""
}
