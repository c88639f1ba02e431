package engine

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync/atomic"
)

// maxRegexSize bounds a regular expression in instructions, counted repetitions
// multiplied out: matching takes time in proportion to text times expression.
const maxRegexSize = 4000

// regex is a regular expression that was checked at load and is compiled when
// a message first needs it: a large bot has thousands that no message reaches.
type regex struct {
	source   string
	required []string // see requiredLiterals
	compiled atomic.Pointer[regexp.Regexp]
}

// parseRegex checks an expression and gives its syntax tree.
func parseRegex(source string) (*syntax.Regexp, error) {
	if source == "" {
		return nil, fmt.Errorf("an empty expression fits everything")
	}
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil, err
	}
	if size := regexSize(tree); size > maxRegexSize {
		return nil, fmt.Errorf("the expression is too large once its repetitions are multiplied out (%d steps, the limit is %d)", size, maxRegexSize)
	}
	return tree, nil
}

// regexMessage says what is wrong without the words of the library around it.
func regexMessage(err error) string {
	var parse *syntax.Error
	if !errors.As(err, &parse) {
		return err.Error()
	}
	if parse.Expr == "" {
		return parse.Code.String()
	}
	return fmt.Sprintf("%s: `%s`", parse.Code, parse.Expr)
}

// regexHint says what to try with an expression that cannot be read.
func regexHint(source string, err error) string {
	var parse *syntax.Error
	errors.As(err, &parse)
	switch {
	case parse == nil:
		return ""
	case strings.Contains(source, "(?<!"), strings.Contains(source, "(?!"):
		return "there is no “not followed by” and “not after”: what must not be there stands in unless: {keyword: …}"
	case strings.Contains(source, "(?="), strings.Contains(source, "(?<="):
		return "there is no looking ahead or behind: take a (group) and say {{group 1}}"
	case parse.Code == syntax.ErrMissingParen, parse.Code == syntax.ErrUnexpectedParen:
		return "each ( needs its ); one that is meant as it is has a backslash before it: \\("
	case parse.Code == syntax.ErrMissingBracket:
		return "each [ needs its ]; one that is meant as it is has a backslash before it: \\["
	case parse.Code == syntax.ErrMissingRepeatArgument:
		return "* + and ? repeat what stands before them; any text is .*, and the sign itself has a backslash before it: \\" + parse.Expr
	case parse.Code == syntax.ErrTrailingBackslash:
		return "delete the backslash at the end; one that is meant is written \\\\"
	}
	return "the syntax is RE2, as in Go: no lookahead, no backreferences"
}

// regexSize estimates how many instructions an expression compiles to.
func regexSize(re *syntax.Regexp) int {
	size := 1
	if re.Op == syntax.OpLiteral {
		size = len(re.Rune)
	}
	for _, sub := range re.Sub {
		size += regexSize(sub)
	}
	if re.Op == syntax.OpRepeat {
		size *= max(re.Min, re.Max, 1)
	}
	return size
}

// get compiles the expression at the first call. What [parseRegex] accepts
// compiles.
func (r *regex) get() *regexp.Regexp {
	if re := r.compiled.Load(); re != nil {
		return re
	}
	re := regexp.MustCompile(r.source)
	r.compiled.Store(re) // twice at worst, when two messages come first at once
	return re
}

// groups are the capturing groups that a template may name: those of all
// expressions of a rule together.
type groups struct {
	names map[string]bool
	count int // highest number
}

func (g *groups) add(tree *syntax.Regexp) {
	g.count = max(g.count, tree.MaxCap())
	for _, name := range tree.CapNames() {
		if name == "" {
			continue
		}
		if g.names == nil {
			g.names = make(map[string]bool)
		}
		g.names[name] = true
	}
}

func (g *groups) merge(other groups) {
	g.count = max(g.count, other.count)
	for name := range other.names {
		if g.names == nil {
			g.names = make(map[string]bool)
		}
		g.names[name] = true
	}
}
