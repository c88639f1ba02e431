package engine

import (
	"fmt"
	"math"
	"regexp/syntax"
	"slices"
	"unicode"

	"wereply/rules"
)

// lintRegexes looks at the regular expressions of one rule.
func (l *linter) lintRegexes(r *rule) {
	when := r.conditions()
	for i := range when {
		k := &when[i]
		l.lintPattern(r, k.pattern(), isSearched(k))
		l.lintPattern(r, k.eventKey, false)
		for j := range k.fields {
			l.lintPattern(r, k.fields[j].pattern, false)
		}
	}
	for i := range r.unless {
		l.lintPattern(r, r.unless[i].pattern(), false)
	}
}

// isSearched reports whether nothing but the keyword says for which messages a
// mapping may hold, and the keyword has a part that no literal announces.
func isSearched(k *condition) bool {
	on := cueOf(k).on
	return on == onMessage || on == onType
}

// lintPattern looks at the expressions of one pattern; searched tells that
// those without a literal are tried on every message.
func (l *linter) lintPattern(r *rule, p *pattern, searched bool) {
	if p == nil {
		return
	}
	for i := range p.entries {
		exact, literals := entryCue(&p.entries[i], p.literal)
		for j := range p.entries[i].tests {
			t := &p.entries[i].tests[j]
			for v, source := range t.written {
				if t.kind != rules.KindRegex {
					break
				}
				at := r.in(t.src[v].At)
				if fitsAll(source, p.literal) {
					l.lintFitsAll(r, at, source, p.literal)
				} else if searched && exact == nil && literals == nil && isSlow(source) {
					l.add(rules.CodeRegexSlow, r.src.Name, at,
						fmt.Sprintf("no text stands in every match of the expression %s, so it is tried on every message, from each character on", shorten(source)),
						"put a word into it that is always there; or ^ before it, if the message begins with it; or contains: beside regex:")
				}
			}
		}
	}
}

func (l *linter) lintFitsAll(r *rule, at rules.Pos, source string, literal bool) {
	hint := "for any text: msg_type: text; the whole text is {{.Content}}"
	what := "every text"
	if literal {
		what, hint = "every value", "delete it; for a value that is not empty: {regex: .}"
	}
	l.add(rules.CodeRegexAll, r.src.Name, at, fmt.Sprintf("the expression %s fits %s, for example “%s”", shorten(source), what, anything), hint)
}

// anything is a text that nobody expects.
const anything = "#&%"

// fitsAll reports whether an expression finds a match in every value; of texts,
// which are never empty, in every one of one line.
func fitsAll(source string, literal bool) bool {
	re, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return false
	}
	re = re.Simplify()
	if fitsNothing(re, syntax.OpBeginText, syntax.OpBeginLine) || fitsNothing(re, syntax.OpEndText, syntax.OpEndLine) {
		return true
	}
	return !literal && fitsAnyLine(re)
}

// fitsNothing reports whether re matches the empty string where the given
// assertions hold: at one of the ends, which every value has.
func fitsNothing(re *syntax.Regexp, hold ...syntax.Op) bool {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpStar, syntax.OpQuest:
		return true
	case syntax.OpCapture, syntax.OpPlus:
		return fitsNothing(re.Sub[0], hold...)
	case syntax.OpConcat:
		return !slices.ContainsFunc(re.Sub, func(sub *syntax.Regexp) bool { return !fitsNothing(sub, hold...) })
	case syntax.OpAlternate:
		return slices.ContainsFunc(re.Sub, func(sub *syntax.Regexp) bool { return fitsNothing(sub, hold...) })
	}
	return slices.Contains(hold, re.Op)
}

// fitsAnyLine reports whether re is any character, or any number of them from 1
// on, with or without anchors at its ends.
func fitsAnyLine(re *syntax.Regexp) bool {
	parts := flat(nil, re)
	begins := len(parts) > 0 && (parts[0].Op == syntax.OpBeginText || parts[0].Op == syntax.OpBeginLine)
	if begins {
		parts = parts[1:]
	}
	last := len(parts) - 1
	ends := last >= 0 && (parts[last].Op == syntax.OpEndText || parts[last].Op == syntax.OpEndLine)
	if ends {
		parts = parts[:last]
	}
	least, most := 0, 0
	for _, part := range parts {
		switch {
		case isAny(part):
			least, most = least+1, min(most, math.MaxInt-1)+1
		case part.Op == syntax.OpStar && isAny(part.Sub[0]):
			most = math.MaxInt
		case part.Op == syntax.OpPlus && isAny(part.Sub[0]):
			least, most = least+1, math.MaxInt
		case part.Op == syntax.OpQuest && isAny(part.Sub[0]):
			most = min(most, math.MaxInt-1) + 1
		default:
			return false
		}
	}
	return len(parts) > 0 && least <= 1 && (most == math.MaxInt || !begins || !ends)
}

// flat gives the parts that follow each other in re, groups opened.
func flat(list []*syntax.Regexp, re *syntax.Regexp) []*syntax.Regexp {
	switch re.Op {
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			list = flat(list, sub)
		}
		return list
	case syntax.OpCapture:
		return flat(list, re.Sub[0])
	}
	return append(list, re)
}

func isAny(re *syntax.Regexp) bool {
	for re.Op == syntax.OpCapture {
		re = re.Sub[0]
	}
	return re.Op == syntax.OpAnyChar || re.Op == syntax.OpAnyCharNotNL ||
		re.Op == syntax.OpCharClass && slices.Equal(re.Rune, []rune{0, unicode.MaxRune}) // [\s\S]
}

// isSlow reports whether matches have no character in common and may begin
// anywhere.
func isSlow(source string) bool {
	re, err := syntax.Parse(source, syntax.Perl)
	if err != nil || requiredLiterals(source) != nil || holdsLiteral(re) {
		return false
	}
	parts := flat(nil, re)
	if len(parts) < 2 || parts[0].Op != syntax.OpBeginText {
		return true
	}
	next := parts[1]
	return (next.Op == syntax.OpStar || next.Op == syntax.OpPlus) && isAny(next.Sub[0])
}

// holdsLiteral reports whether a literal, however short, stands in every match.
func holdsLiteral(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpLiteral:
		return true
	case syntax.OpCapture, syntax.OpPlus:
		return holdsLiteral(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min > 0 && holdsLiteral(re.Sub[0])
	case syntax.OpConcat:
		return slices.ContainsFunc(re.Sub, holdsLiteral)
	case syntax.OpAlternate:
		return !slices.ContainsFunc(re.Sub, func(sub *syntax.Regexp) bool { return !holdsLiteral(sub) })
	}
	return false
}
