package rules

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// warnPattern warns of an unquoted value of a pattern that is looked for with
// more around it, or in it, than its writer hardly meant.
func (r *reader) warnPattern(n *yaml.Node, s string, isKeyword bool) {
	before := len(r.problems)
	r.warnProse(n, s)
	if n.Style == 0 && !r.warnWideMarks(n, s) && isKeyword {
		r.warnSeparators(n, s)
	}
	if len(r.problems) == before && r.isJoined(n) {
		r.add(CodeJoinedLines, n, fmt.Sprintf("the lines of this text become one: %q", s), "several values are a list, each behind a dash:\n- …\n- …")
	}
}

// warnWideMarks warns of the quotes and brackets of Chinese input methods
// around a pattern.
func (r *reader) warnWideMarks(n *yaml.Node, s string) bool {
	if _, ok := narrowBrackets(s); ok {
		return true // warnProse has told
	}
	for _, pair := range []string{"“”", "‘’", "＂＂", "＇＇", "「」", "【】"} {
		first, last := pair[:3], pair[3:]
		inner, begins := strings.CutPrefix(s, first)
		inner, ends := strings.CutSuffix(inner, last)
		if !begins || !ends || inner == "" {
			continue
		}
		hint := quote(inner)
		if first == "【" {
			hint = asList(inner)
		}
		r.add(CodeWideMarks, n, fmt.Sprintf("%s%s are looked for too: they are text, not YAML", first, last),
			hint+"\nif they are meant, put quotes around the whole")
		return true
	}
	return false
}

// regexSigns are what nobody writes but in regular expressions.
var regexSigns = regexp.MustCompile(`\\[dwsDWSb]|\.[*+]|\(\?|^\^.*\$$`)

// warnStars warns of a keyword with the stars, or signs of per cent, that stand for
// “anything” elsewhere.
func (r *reader) warnStars(n *yaml.Node, s string) bool {
	sign, inner := "*", strings.Trim(s, "*")
	if len(s) > 2 && s[0] == '%' && s[len(s)-1] == '%' {
		sign, inner = "%", strings.Trim(s, "%")
	}
	if len(inner) == len(s) || strings.ContainsAny(inner, `*\()[]`) || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return false
	}
	hint := "anywhere in the text: " + quoteFlow(inner)
	switch {
	case inner == "":
		hint = "any text: msg_type: text"
	case !strings.HasPrefix(s, sign):
		hint = fmt.Sprintf("at the beginning: {prefix: %s}", quoteFlow(inner))
	case !strings.HasSuffix(s, sign):
		hint = fmt.Sprintf("at the end: {suffix: %s}", quoteFlow(inner))
	}
	r.add(CodeBareRegex, n, fmt.Sprintf("%q is looked for as it is written: %s does not stand for “anything”", s, sign),
		fmt.Sprintf("%s\nif it is meant as it is: {contains: %s}", hint, quote(s)))
	return true
}

// slashed are the expressions of languages that put slashes around them.
var slashed = regexp.MustCompile(`^/(.+)/([a-z]*)$`)

// warnSlashes warns of slashes around a regular expression: they are part of it.
func (r *reader) warnSlashes(n *yaml.Node, s string) {
	if !strings.HasPrefix(s, "/") { // most expressions need no second look
		return
	}
	m := slashed.FindStringSubmatch(s)
	if m == nil {
		return
	}
	inner := m[1]
	if flags := strings.Map(func(c rune) rune {
		if strings.ContainsRune("ims", c) {
			return c
		}
		return -1
	}, m[2]); flags != "" {
		inner = "(?" + flags + ")" + inner
	}
	r.add(CodeRegexSlashes, n, fmt.Sprintf("the slashes around %q belong to the expression: it fits texts with slashes only", s),
		fmt.Sprintf("%s\nif they are meant: %s", quote(inner), quote("[/]"+s[1:])))
}

// warnBareRegex warns of an expression that is not said to be one.
func (r *reader) warnBareRegex(n *yaml.Node, s string, kind Kind) {
	if kind == KindContains && r.warnStars(n, s) {
		return
	}
	if !strings.ContainsAny(s, `\.(^`) || !regexSigns.MatchString(s) { // most keywords need no second look
		return
	}
	if _, err := syntax.Parse(s, syntax.Perl); err != nil {
		return
	}
	r.add(CodeBareRegex, n, fmt.Sprintf("%q is looked for as it is written, not as a regular expression", s),
		fmt.Sprintf("{regex: %s}\nif it is meant as it is: {%s: %s}", quote(s), kind, quote(s)))
}

// chineseWords gives the words of a text of nothing but Chinese words with spaces
// between them, or “或” and the like: nobody sends such a text. It answers nil
// for any other.
func chineseWords(s string) []string {
	if !strings.ContainsAny(s, " \u3000") {
		return nil // as of nearly every keyword
	}
	var list []string
	for _, w := range strings.Fields(s) {
		switch {
		case strings.Contains(" 或 或者 or OR || ", " "+w+" "):
		case strings.ContainsFunc(w, func(c rune) bool { return !unicode.Is(unicode.Han, c) }):
			return nil
		default:
			list = append(list, w)
		}
	}
	if len(list) < 2 {
		return nil
	}
	return list
}

// warnSeparators warns of what separates nothing in a keyword that is no list.
func (r *reader) warnSeparators(n *yaml.Node, s string) {
	if words := chineseWords(s); words != nil && !r.isJoined(n) {
		r.add(CodeWideComma, n, fmt.Sprintf("%q is one keyword: spaces do not separate", s), listOf(words)+"\nif it is one text, put quotes around it")
		return
	}
	msg := "full-width commas do not separate"
	switch {
	case strings.ContainsAny(s, "，、；"):
	case strings.ContainsAny(s, "|｜") && strings.Trim(s, "|｜ ") != "":
		msg = "| does not separate"
	case strings.Contains(s, ", ") || len(s) > 1 && strings.HasSuffix(s, ","):
		msg = "commas separate inside [ ] only"
	default:
		return
	}
	r.add(CodeWideComma, n, fmt.Sprintf("%q is one keyword: %s", s, msg), asList(s)+"\nif it is one text, put quotes around it")
}

// asList writes a text with commas of any kind as the list that was meant.
func asList(s string) string {
	return listOf(strings.FieldsFunc(s, func(c rune) bool { return strings.ContainsRune(",，、；|｜", c) }))
}

// listOf writes texts that may have quotes around them as a list.
func listOf(parts []string) string {
	for i, p := range parts {
		p = strings.TrimSpace(p)
		if n := len(p); n > 2 && p[0] == p[n-1] && (p[0] == '"' || p[0] == '\'') {
			p = p[1 : n-1]
		}
		parts[i] = quoteFlow(p)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
