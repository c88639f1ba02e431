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

// isWord tells whether s is a field of rule files or of bot.yaml.
func isWord(s string) bool {
	return words[s] || slices.Contains(botFields, s) || slices.Contains(accountFields, s)
}

// template reads a text that may be a template.
func (r *reader) template(n *yaml.Node, what string) (Text, bool) {
	s, ok := r.text(n, what)
	if !ok {
		return Text{}, false
	}
	before := len(r.problems)
	r.warnProse(n, s)
	if len(r.problems) == before {
		r.warnJoined(n)
	}
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
		r.warnGluedDash(n, s)
		if narrow, ok := narrowBrackets(s); ok {
			r.add(CodeWideMarks, n, wideBrackets+", so all of it is text", templateQuoted(narrow)+"\nif it is text, put quotes around the whole")
		}
	}
}

// warnJoined warns of a text on several lines of which YAML makes one: the line
// breaks that its writer sees are not in it.
func (r *reader) warnJoined(n *yaml.Node) {
	if !r.isJoined(n) {
		return
	}
	r.add(CodeJoinedLines, n, "the lines of this text become one: YAML puts spaces in place of their breaks",
		"with its line breaks: a `|`, and the lines below it\nas one line: a `>`, and the lines below it")
}

// isJoined reports whether n is a text on several lines that YAML joins.
func (r *reader) isJoined(n *yaml.Node) bool {
	if r.scanned || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 || r.mended[n.Line] {
		return false
	}
	line := r.src.from(n.Line, n.Column)
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		return line != "" && quotedEnd(line) < 0 && !strings.HasSuffix(line, `\`) // which joins them on purpose
	}
	return !strings.HasPrefix(line, n.Value)
}

// templateQuoted puts a text that begins with {{ in quotes: YAML reads it so only.
func templateQuoted(s string) string {
	if strings.HasPrefix(s, "{{") {
		return quote(s)
	}
	return s
}

// warnGluedDash warns of a text below its key that begins with a dash.
func (r *reader) warnGluedDash(n *yaml.Node, s string) {
	if s == "-" || !strings.HasPrefix(s, "-") || strings.HasPrefix(s, "--") || strings.TrimSpace(strings.TrimSuffix(r.src.line(n.Line), r.src.from(n.Line, n.Column))) != "" {
		return
	}
	r.add(CodeGluedDash, n, fmt.Sprintf("%q is one text: the entries of a list have a space behind the dash", s),
		"- "+strings.Join(strings.Split(s[1:], " -"), "\n- ")+"\nif it is a text, put quotes around it")
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
	quoted, breaks := withBreaks(s)
	if breaks == 0 {
		return
	}
	hint := "break the line itself"
	if !strings.Contains(s, "\n") {
		hint = quoted + "\nor a block: a `|`, and the lines below it"
	}
	r.add(CodeLiteralEscape, n, `\n is no line break here but a backslash and an n`, hint)
}

var (
	escaper      = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\t", `\t`)
	breakEscaper = strings.NewReplacer(`\n`, `\n`, `\`, `\\`, `"`, `\"`, "\t", `\t`)
)

// withBreaks writes a text of one line in double quotes, so that each \n
// outside {{…}} is the line break that was meant, and the rest stays as it is.
// It counts those.
func withBreaks(s string) (quoted string, breaks int) {
	var b strings.Builder
	for s != "" {
		text, action := s, ""
		if i := strings.Index(s, "{{"); i >= 0 {
			text, action = s[:i], s[i:]
			if j := strings.Index(action, "}}"); j >= 0 {
				action = action[:j+len("}}")]
			}
		}
		s = s[len(text)+len(action):]
		breaks += strings.Count(text, `\n`)
		breakEscaper.WriteString(&b, text)
		escaper.WriteString(&b, action)
	}
	return `"` + b.String() + `"`, breaks
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
			r.add(CodeWideComma, item, fmt.Sprintf("%q is one entry of the list: full-width commas do not separate", item.Value),
				asList(item.Value)+"\nif it is one text, put quotes around it")
		}
	}
}
