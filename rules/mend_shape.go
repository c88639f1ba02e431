package rules

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// The mistakes in this file give valid YAML that means something else.

// bareTemplate tells of {{…}} without quotes, which YAML takes for a mapping
// in a mapping.
func (r *reader) bareTemplate(n *yaml.Node) bool {
	if n.Kind != yaml.MappingNode || n.Style&yaml.FlowStyle == 0 || r.mended[n.Line] {
		return false
	}
	if !strings.HasPrefix(r.src.from(n.Line, n.Column), "{{") {
		return false
	}
	code, msg := classify("{{", false)
	r.add(code, n, msg, r.corrected(n.Line))
	return true
}

// wideColonKey tells of a `word：value` or `word:value` that stands where a key
// should.
func (r *reader) wideColonKey(n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode || n.Style != 0 {
		return false
	}
	fixed, code, msg := mendColon(n.Value)
	if code == "" {
		return false
	}
	if line := correctedLine(r.src.line(n.Line)); line != "" {
		r.add(code, n, msg, line)
		return true
	}
	told := false
	for i, text := range r.linesOf(n) {
		word := strings.TrimLeft(text, " -")
		fixed, code, msg := mendColon(word)
		if code == "" {
			continue
		}
		if line := correctedLine(fixed); line != "" {
			fixed = line
		}
		col := utf8.RuneCountInString(text[:len(text)-len(word)]) + 1
		r.addAt(code, At{Line: int32(n.Line + i), Col: int32(col)}, msg, fixed)
		told = true
	}
	if !told {
		r.add(code, n, msg, fixed)
	}
	return true
}

// linesOf gives the lines of an unquoted text, with what stands beside it.
func (r *reader) linesOf(n *yaml.Node) []string {
	var list []string
	for rest := n.Value; rest != ""; {
		text := r.src.line(n.Line + len(list))
		part := strings.TrimSpace(text)
		if len(list) == 0 {
			part = strings.TrimSpace(r.src.from(n.Line, n.Column))
		}
		if strings.HasPrefix(part, rest) { // the last one; of a key, with its value
			return append(list, text)
		}
		after, ok := strings.CutPrefix(rest, part)
		if !ok || part == "" {
			break
		}
		list, rest = append(list, text), strings.TrimLeft(after, " ")
	}
	return list
}

// gluedDashKey tells of a list whose entries have no space behind their dash,
// which YAML takes for a mapping.
func (r *reader) gluedDashKey(n *yaml.Node) bool {
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 || r.mended[n.Line] {
		return false
	}
	fixed, ok := mendDash(r.src.from(n.Line, n.Column))
	if ok {
		r.add(CodeGluedColon, n, gluedDash, fixed)
	}
	return ok
}

const wideBrackets = "the brackets are full-width"

// wideBrackets tells of a text that full-width brackets keep from being a list
// or mapping.
func (r *reader) wideBrackets(n *yaml.Node) bool {
	if n.Kind != yaml.ScalarNode || n.Style != 0 || r.mended[n.Line] {
		return false
	}
	narrow, ok := narrowBrackets(n.Value)
	if ok {
		r.add(CodeWideColon, n, wideBrackets, narrow)
	}
	return ok
}

// narrowBrackets gives the list or mapping that a text in full-width brackets
// was meant as.
func narrowBrackets(s string) (string, bool) {
	if !strings.HasPrefix(s, "｛") && !strings.HasPrefix(s, "［") {
		return "", false
	}
	narrow := strings.NewReplacer("｛", "{", "｝", "}", "［", "[", "］", "]", "，", ", ", "、", ", ", "：", ": ").Replace(s)
	narrow = strings.ReplaceAll(narrow, "  ", " ")
	root, err := parseYAML([]byte(narrow))
	return narrow, err == nil && root != nil && root.Kind != yaml.ScalarNode
}

// cutByComma tells of a value inside { } that goes on behind a comma: what
// follows it looks like a key without a value.
func (r *reader) cutByComma(n, k *yaml.Node) bool {
	if n.Style&yaml.FlowStyle == 0 || n.Content[0] == k {
		return false
	}
	line := r.corrected(k.Line)
	if line == "" {
		return false
	}
	key := ""
	for i := 2; i < len(n.Content); i += 2 {
		if n.Content[i] == k {
			key = n.Content[i-2].Value
		}
	}
	hint := line
	if key != "regex" && words[key] {
		hint += fmt.Sprintf("\nor, if they are several values: %s: […, %s]", key, k.Value)
	}
	r.add(CodeBareInFlow, k, fmt.Sprintf("the comma before %q ends the value of `%s`", k.Value, key), hint)
	return true
}

// corrected gives a line of the file with the mistakes of its value mended, ""
// if there are none to be seen.
func (r *reader) corrected(n int) string { return correctedLine(r.src.line(n)) }

// correctedLine gives a line with the mistakes of its value mended, "" if there
// are none.
func correctedLine(text string) string {
	p := prefixOf(text)
	if p.comment || p.value == len(text) {
		return ""
	}
	edits, closed := valueEdits(text[p.value:], p.key)
	if !closed || len(edits) == 0 {
		return ""
	}
	m := &mender{r: &reader{mended: map[int]bool{}}, lines: []string{text}, told: map[int]bool{}}
	m.apply(0, p.value, text[p.value:], edits)
	if m.lines[0] == text {
		return ""
	}
	return strings.TrimSpace(m.lines[0])
}

// bracketedText gives the corrected line for a text such as [微笑], which YAML
// takes for a list of one.
func (r *reader) bracketedText(n *yaml.Node) (string, bool) {
	if n.Style&yaml.FlowStyle == 0 || len(n.Content) != 1 || n.Content[0].Kind != yaml.ScalarNode || n.Content[0].Style != 0 {
		return "", false
	}
	return "reply: " + quote("["+n.Content[0].Value+"]"), true
}

// snippet writes a list of texts in brackets, […] if it is too long.
func (r *reader) snippet(n *yaml.Node) string {
	parts := make([]string, len(n.Content))
	for i, c := range n.Content {
		if c.Kind != yaml.ScalarNode || len(c.Value) > 40 || i > 3 {
			return "[…]"
		}
		parts[i] = quoteFlow(c.Value)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
