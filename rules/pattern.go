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
func (r *reader) pattern(n *yaml.Node, what string, bare Kind) Pattern {
	var room [8]Value
	values, entry := room[:0], int32(0)
	ok := r.oneOrMany(n, what, func(n *yaml.Node) {
		before := len(values)
		values = r.patternEntry(n, what, bare, values)
		for i := before; i < len(values); i++ {
			values[i].Entry = entry
		}
		if len(values) > before {
			entry++
		}
	})
	if !ok || len(values) == 0 {
		return nil
	}
	return r.keep.values.copy(values)
}

// patternEntry appends the values of an entry.
func (r *reader) patternEntry(n *yaml.Node, what string, bare Kind, values []Value) []Value {
	switch n.Kind {
	case yaml.MappingNode:
		r.fields(n, what, kindNames, func(key string, k, v *yaml.Node) {
			values = r.patternValues(v, what, Kind(indexOf(kindNames, key)), bare, values)
		})
	case yaml.SequenceNode:
		r.add(CodeShape, n, what+" has a list within a list", "one list is enough: it means any of its entries")
	default:
		kind := bare
		if bare == KindContains && isDigits(n.Value) {
			kind = KindExact
		}
		if s, ok := r.patternValue(n, what, kind, bare); ok {
			r.warnBareRegex(n, s, kind)
			values = append(values, Value{Text: s, At: r.at(n), Kind: kind, Bare: true})
		}
	}
	return values
}

// patternValues appends the values of one kind.
func (r *reader) patternValues(n *yaml.Node, what string, kind, bare Kind, values []Value) []Value {
	what = fmt.Sprintf("`%s` of %s", kind, what)
	if kind == KindAll && n.Kind != yaml.SequenceNode {
		hint := ""
		if n.Kind == yaml.ScalarNode {
			hint = fmt.Sprintf("all: [%s, …], or contains: %s", quoteFlow(n.Value), quoteFlow(n.Value))
		}
		r.add(CodeShape, n, what+" must be a list of texts that must all occur", hint)
		return values
	}
	r.oneOrMany(n, what, func(n *yaml.Node) {
		if s, ok := r.patternValue(n, what, kind, bare); ok {
			values = append(values, Value{Text: s, At: r.at(n), Kind: kind})
		}
	})
	return values
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
		r.warnSlashes(n, s)
		if n.Style == 0 && !strings.HasPrefix(s, "【") && !strings.HasPrefix(s, "「") { // which are text in expressions
			r.warnWideMarks(n, s)
		}
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
