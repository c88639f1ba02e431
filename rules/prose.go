package rules

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// words are the fields of rule files: what stands before a colon.
var words = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range slices.Concat(fileFields, ruleFields, conditionFields, kindNames, windowFields, replyFields, entryFields, articleFields, menuFields, testFields, expectFields) {
		m[w] = true
	}
	return m
}()

// template reads a text that may be a template.
func (r *reader) template(n *yaml.Node, what string) (Text, bool) {
	s, ok := r.text(n, what)
	if !ok {
		return Text{}, false
	}
	r.warnProse(n, s)
	return Text{
		Source: s,
		At:     r.at(n),
		Block:  n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0,
		Quoted: n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0,
	}, true
}

// warnProse warns of what YAML makes of a text that its writer hardly meant.
func (r *reader) warnProse(n *yaml.Node, s string) {
	if n.Style&yaml.DoubleQuotedStyle != 0 {
		return
	}
	r.warnLiteralEscape(n, s)
	if n.Style == 0 {
		r.warnCut(n)
		r.warnWideColon(n, s)
	}
}

// warnCut warns of a plain text that a space and # end, unless the rest looks
// like a comment: two spaces or more before it and one behind.
func (r *reader) warnCut(n *yaml.Node) {
	if n.Style != 0 || r.mended[n.Line] || !r.src.hasHash(n.Line) {
		return
	}
	rest, ok := strings.CutPrefix(r.src.from(n.Line, n.Column), n.Value)
	if !ok || !strings.HasPrefix(strings.TrimLeft(rest, " \t"), "#") {
		return
	}
	comment := strings.TrimLeft(rest, " \t")
	if len(rest)-len(comment) >= 2 && !hasGluedHash(comment) {
		return
	}
	whole := n.Value + strings.TrimRight(rest, " \t")
	r.add(CodeCutByHash, n, fmt.Sprintf("the text ends before ` #`: %q is left out as a comment", comment),
		fmt.Sprintf("%s\nif it is a comment, put two spaces before it and one behind the #", quote(whole)))
}

// hasGluedHash reports whether a text, not a space, follows the #.
func hasGluedHash(comment string) bool {
	after := strings.TrimLeft(comment, "#")
	return after != "" && after[0] != ' ' && after[0] != '\t'
}

// warnWideColon warns of a text that a full-width colon kept from being a
// field: the text begins with `word：`, or one of its later lines does.
func (r *reader) warnWideColon(n *yaml.Node, s string) {
	for at := 0; ; {
		i := strings.Index(s[at:], "：")
		if i < 0 {
			return
		}
		i += at
		start := strings.LastIndexByte(s[:i], ' ') + 1
		if word := s[start:i]; words[word] && (start == 0 || !strings.Contains(r.src.line(n.Line), " "+word+"：")) {
			r.add(CodeWideColonText, n, fmt.Sprintf("`%s：` is taken as text, because its colon is full-width", word),
				fmt.Sprintf("%s: …\nif it is text, put quotes around the whole", word))
			return
		}
		at = i + len("：")
	}
}

// warnLiteralEscape warns of \n outside double quotes, where it is two
// characters. Inside {{…}} it is the template's business.
func (r *reader) warnLiteralEscape(n *yaml.Node, s string) {
	if !strings.Contains(s, `\n`) {
		return
	}
	outside := s
	for {
		i := strings.Index(outside, "{{")
		if i < 0 {
			break
		}
		j := strings.Index(outside[i:], "}}")
		if j < 0 {
			break
		}
		if strings.Contains(outside[:i], `\n`) {
			break
		}
		outside = outside[i+j+2:]
	}
	if i := strings.Index(outside, "{{"); i >= 0 {
		outside = outside[:i]
	}
	if strings.Contains(outside, `\n`) {
		hint := "break the line itself"
		if !strings.Contains(s, "\n") {
			hint = doubleQuote(s) + "\nor a block: a `|`, and the lines below it"
		}
		r.add(CodeLiteralEscape, n, `\n is no line break here but a backslash and an n`, hint)
	}
}

// warnWideComma warns of a full-width comma in a list of one text in [ ]:
// probably it should separate.
func (r *reader) warnWideComma(n *yaml.Node) {
	if n.Kind == yaml.SequenceNode && len(n.Content) == 1 {
		r.warnWideCommas(n)
	}
}

func (r *reader) warnWideCommas(n *yaml.Node) {
	if n.Style&yaml.FlowStyle == 0 {
		return
	}
	for _, item := range n.Content {
		if item.Kind == yaml.ScalarNode && item.Style == 0 && strings.ContainsAny(item.Value, "，、") {
			parts := strings.FieldsFunc(item.Value, func(c rune) bool { return c == '，' || c == '、' })
			for i, p := range parts {
				parts[i] = strings.TrimSpace(p)
			}
			r.add(CodeWideComma, item, fmt.Sprintf("%q is one entry of the list: full-width commas do not separate", item.Value),
				fmt.Sprintf("[%s]\nif it is one text, put quotes around it", strings.Join(parts, ", ")))
		}
	}
}
