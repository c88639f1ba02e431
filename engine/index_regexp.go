package engine

import (
	"regexp/syntax"
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// requiredLiterals gives folded strings of which at least one stands in the
// folded form of every text that the expression matches; nil if there are no
// such strings. It reads the expression as regexp.Compile does.
//
// An expression sees the text as sent and the index sees it folded. So a
// literal counts only as far as folding treats it alike whatever stands around
// it: see foldedPart.
func requiredLiterals(expr string) []string {
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil
	}
	return requiredOf(tree)
}

// requiredOf is requiredLiterals of a parsed expression.
func requiredOf(tree *syntax.Regexp) []string {
	n := demandOf(tree.Simplify())
	return n.required()
}

// How many strings a part of an expression may stand for: a class of its own,
// as \d, and what comes of multiplying neighbours, as in [价售]格. Each is a
// literal in the index.
const (
	maxClass = 10
	maxExact = 8
)

// demand is what a part of an expression needs to stand in a text: exactly one
// of some strings, or else at least one of some folded literals.
type demand struct {
	exact    []string // as sent; nil: not known
	literals []string // folded, where exact is nil; nil: nothing is needed
}

// required turns what is known into folded literals.
func (n demand) required() []string {
	if n.exact == nil {
		return n.literals
	}
	var out []string
	for _, s := range n.exact {
		part := foldedPart(s)
		if part == "" {
			return nil
		}
		out = append(out, part)
	}
	return distinct(out)
}

func demandOf(re *syntax.Regexp) demand {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText,
		syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return demand{exact: []string{""}}
	case syntax.OpLiteral:
		return demandOfLiteral(re)
	case syntax.OpCharClass:
		return demandOfClass(re.Rune)
	case syntax.OpCapture:
		return demandOf(re.Sub[0])
	case syntax.OpPlus:
		return demand{literals: demandOf(re.Sub[0]).required()}
	case syntax.OpQuest:
		if n := demandOf(re.Sub[0]); n.exact != nil {
			return demand{exact: distinct(append([]string{""}, n.exact...))}
		}
	case syntax.OpConcat:
		var c concat
		for _, sub := range re.Sub {
			c.add(demandOf(sub))
		}
		return c.demand()
	case syntax.OpAlternate:
		return demandOfAlternate(re.Sub)
	}
	return demand{}
}

func demandOfLiteral(re *syntax.Regexp) demand {
	if re.Flags&syntax.FoldCase == 0 {
		return demand{exact: []string{string(re.Rune)}}
	}
	var c concat
	for _, r := range re.Rune {
		cases := []string{string(canonical(r))}
		for o := unicode.SimpleFold(r); o != r; o = unicode.SimpleFold(o) {
			cases = append(cases, string(canonical(o)))
		}
		c.add(demand{exact: distinct(cases)})
	}
	return c.demand()
}

// demandOfClass takes pairs of first and last runes.
func demandOfClass(ranges []rune) demand {
	var out []string
	for i := 0; i < len(ranges); i += 2 {
		if int(ranges[i+1]-ranges[i]) >= maxClass-len(out) {
			return demand{}
		}
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			out = append(out, string(canonical(r)))
		}
	}
	if out == nil {
		return demand{}
	}
	return demand{exact: distinct(out)}
}

func demandOfAlternate(subs []*syntax.Regexp) demand {
	var all []demand
	var exact, literals []string
	for _, sub := range subs {
		n := demandOf(sub)
		all = append(all, n)
		exact = append(exact, n.exact...)
	}
	if exact = distinct(exact); len(exact) <= maxExact && !slices.ContainsFunc(all, func(n demand) bool { return n.exact == nil }) {
		return demand{exact: exact}
	}
	for _, n := range all {
		required := n.required()
		if required == nil {
			return demand{}
		}
		literals = append(literals, required...)
	}
	return demand{literals: distinct(literals)}
}

// concat gathers the needs of parts that follow each other.
type concat struct {
	run     []string // what the parts since the last break stand for; nil: no parts yet
	broken  bool
	literal []string // the best so far of what stands before the run
}

func (c *concat) add(n demand) {
	if n.exact == nil {
		c.breakRun()
		c.better(n.literals)
		return
	}
	if c.run == nil {
		c.run = n.exact
		return
	}
	var product []string
	for _, front := range c.run {
		for _, back := range n.exact {
			product = append(product, front+back)
		}
	}
	product = distinct(product)
	if len(product) > maxExact || utf8.RuneCountInString(product[0]) > 2*maxLiteral {
		c.breakRun()
		product = n.exact
	}
	c.run = product
}

func (c *concat) breakRun() {
	c.broken = true
	if c.run != nil {
		c.better(demand{exact: c.run}.required())
	}
	c.run = nil
}

// better keeps the literals whose shortest is longer, then the fewer.
func (c *concat) better(literals []string) {
	was, is := shortest(c.literal), shortest(literals)
	if is > was || is == was && is > 0 && len(literals) < len(c.literal) {
		c.literal = literals
	}
}

func (c *concat) demand() demand {
	if !c.broken && c.run != nil {
		return demand{exact: c.run}
	}
	c.breakRun()
	return demand{literals: c.literal}
}

// shortest counts the runes of the shortest text; 0 for none.
func shortest(texts []string) int {
	n := 0
	for _, text := range texts {
		if runes := utf8.RuneCountInString(text); n == 0 || runes < n {
			n = runes
		}
	}
	return n
}

func distinct(texts []string) []string {
	slices.Sort(texts)
	return slices.Compact(texts)
}

// canonical is the rune that stands for r among those that fold alike, so that
// (?i)abc is one string and not eight.
func canonical(r rune) rune {
	folded := fold(string(r))
	f, n := utf8.DecodeRuneInString(folded)
	if n == 0 || n < len(folded) || startsAnew(f) != startsAnew(r) || endsAlone(f) != endsAlone(r) {
		return r
	}
	return f
}

// foldedPart is the longest part of a string whose folded form stands in the
// folded form of every text that the string stands in; "" if there is none.
// Folding composes a letter with marks that follow it: the part ends where that
// could reach across its ends.
func foldedPart(s string) string {
	longest, part := "", []rune(nil)
	end := func() {
		if n := len(part); n > 0 && !endsAlone(part[n-1]) {
			part = part[:n-1]
		}
		if folded := fold(string(part)); utf8.RuneCountInString(folded) > utf8.RuneCountInString(longest) {
			longest = folded
		}
		part = part[:0]
	}
	for _, r := range s {
		if r == utf8.RuneError || !startsAnew(r) {
			end()
			continue
		}
		part = append(part, r)
	}
	end()
	return longest
}

// startsAnew reports whether what stands before r cannot change how it folds.
func startsAnew(r rune) bool { return norm.NFKC.PropertiesString(string(r)).BoundaryBefore() }

// endsAlone reports whether what stands after r cannot change how it folds.
func endsAlone(r rune) bool { return norm.NFKC.PropertiesString(string(r)).BoundaryAfter() }
