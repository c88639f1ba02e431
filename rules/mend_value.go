package rules

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// edit is one mistake in a value: what stands in place of text[start:end].
type edit struct {
	start, end int
	with       string
	code, msg  string
}

// value looks at the value on line i and gives the line after it.
func (m *mender) value(i int, p prefix) int {
	text := m.lines[i][p.value:]
	next := i + 1
	edits, closed := valueEdits(text, p.key)
	for !closed && next < len(m.lines) && next-i < maxFlowLines && !startsEntry(m.lines[next], p.indent) {
		text += "\n" + m.lines[next]
		next++
		edits, closed = valueEdits(text, p.key)
	}
	if !closed {
		return m.unclosed(i, p)
	}
	if len(edits) > 0 {
		m.apply(i, p.value, text, edits)
	}
	return next
}

// startsEntry reports whether a line begins a key or list entry that does not
// belong to a value whose key is indented by so much.
func startsEntry(text string, indent int) bool {
	p := prefixOf(text)
	return !p.comment && (p.key != "" || p.dash) && len(text)-len(strings.TrimLeft(text, " ")) <= indent
}

// apply tells the mistakes of a value that begins on line i, one for each line,
// and mends them if the result is YAML.
func (m *mender) apply(i, offset int, text string, edits []edit) {
	sort.Slice(edits, func(a, b int) bool { return edits[a].start < edits[b].start })
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.WriteString(text[at:e.start])
		b.WriteString(e.with)
		at = e.end
	}
	b.WriteString(text[at:])
	if _, err := parseYAML([]byte("k: " + b.String())); err != nil {
		return
	}
	before := strings.Split(text, "\n")
	mended := strings.Split(b.String(), "\n")
	before[0], mended[0] = m.lines[i][:offset]+before[0], m.lines[i][:offset]+mended[0]
	last := -1
	for _, e := range edits {
		line := strings.Count(text[:e.start], "\n")
		col := e.start - strings.LastIndexByte(text[:e.start], '\n') - 1
		if line == 0 {
			col += offset
		}
		if line != last {
			m.tell(i+line, col, e.code, e.msg, mended[line], strings.TrimSpace(mended[line]))
		}
		last = line
	}
}

// unclosed tells of a quote or bracket on line i that is not closed, and closes it.
func (m *mender) unclosed(i int, p prefix) int {
	line := strings.TrimRight(m.lines[i], " \t")
	value := line[p.value:]
	if value == "" || m.hashInBrackets(i, p.value) {
		return i + 1
	}
	at, sign, mended := p.value, value[:1], ""
	msg := "the quote " + sign + " is not closed on this line"
	if sign == "{" || sign == "[" {
		closed, open := closeBrackets(value)
		at += open
		mended = line[:p.value] + closed
		msg = "the bracket " + line[at:at+1] + " is not closed"
	} else {
		for _, wide := range []string{"”", "“", "＂", "’", "‘", "＇"} {
			if cut, ok := strings.CutSuffix(line, wide); ok {
				msg = "the closing quote is full-width (" + wide + ")"
				line = cut
				break
			}
		}
		mended = line + sign
	}
	hint := strings.TrimSpace(mended)
	if _, err := parseYAML([]byte("k: " + mended[p.value:])); err != nil {
		mended, hint = m.lines[i], "close it"
		if open := openQuote(value); open > 0 {
			at = p.value + open
			msg, hint = "the quote "+value[open:open+1]+" is not closed", "close it by the same sign"
		}
	}
	m.tell(i, at, CodeUnclosed, msg, mended, hint)
	return i + 1
}

// openQuote gives the offset of a quote inside brackets that is not closed, 0 if there
// is none.
func openQuote(s string) int {
	for i := 1; i < len(s); i++ {
		if (s[i] != '"' && s[i] != '\'') || !strings.ContainsRune(" [{,", rune(s[i-1])) {
			continue
		}
		end := quotedEnd(s[i:])
		if end <= 0 {
			return i
		}
		i += end - 1
	}
	return 0
}

// hashInBrackets tells of a bracket that a space and # keep from being closed.
func (m *mender) hashInBrackets(i, offset int) bool {
	text := m.lines[i][offset:]
	if text[0] != '{' && text[0] != '[' || !strings.Contains(text, " #") {
		return false
	}
	f := flow{text: text, hash: true}
	if _, ok := f.collection(0); !ok {
		return false
	}
	m.apply(i, offset, text, f.edits)
	return m.told[i]
}

// closeBrackets closes the brackets that are open in s: before a bracket that
// closes an outer one, else at the end. It also gives the offset of the first
// that it closed.
func closeBrackets(s string) (closed string, first int) {
	var b strings.Builder
	var open []int // offsets of the brackets
	first = -1
	closeTop := func() {
		top := open[len(open)-1]
		open = open[:len(open)-1]
		b.WriteByte(s[top] + 2) // in ASCII ] and } come two after [ and {
		if first < 0 {
			first = top
		}
	}
	for i := 0; i < len(s); i++ {
		end := i + 1
		switch c := s[i]; c {
		case '"', '\'':
			if quoted := quotedEnd(s[i:]); quoted > 0 {
				end = i + quoted
			}
		case '{', '[':
			open = append(open, i)
		case '}', ']':
			closes := func(at int) bool { return s[at]+2 == c }
			if slices.ContainsFunc(open, closes) {
				for !closes(open[len(open)-1]) {
					closeTop()
				}
				open = open[:len(open)-1]
			}
		}
		b.WriteString(s[i:end])
		i = end - 1
	}
	for len(open) > 0 {
		closeTop()
	}
	return b.String(), max(first, 0)
}

// valueEdits finds the mistakes in the value of a block key or list entry. It
// answers false if a quote or bracket is not closed in the text.
func valueEdits(text, key string) (edits []edit, closed bool) {
	c := text[0]
	switch {
	case strings.HasPrefix(text, "{{"):
	case c == '"' || c == '\'':
		end := quotedEnd(text)
		if end <= 0 {
			return nil, false
		}
		if isEndOfValue(text[end:]) {
			return escapeEdits(text[:end], 0), true
		}
	case c == '{' || c == '[':
		f := flow{text: text}
		end, ok := f.collection(0)
		if !ok {
			return nil, false
		}
		if isEndOfValue(text[end:]) {
			return f.edits, true
		}
		if rest := strings.TrimRight(text[end:], " "); strings.Trim(rest, "]}") == "" {
			return append(f.edits, edit{start: end, end: end + len(rest), code: CodeUnclosed, msg: "there is a closing bracket too many"}), true
		} else if comment, ok := strings.CutPrefix(strings.TrimLeft(rest, " "), "//"); ok && !strings.Contains(rest, "\n") {
			return append(f.edits, edit{start: end, end: end + len(rest), with: "  #" + comment, code: CodeAfterBracket, msg: slashComment}), true
		} else if strings.Trim(rest, ",;.，；。 ") == "" {
			return append(f.edits, edit{start: end, end: end + len(rest), code: CodeAfterBracket, msg: "nothing belongs behind the closing bracket, not even " + strings.TrimSpace(rest)}), true
		}
	}
	plain, _, _ := strings.Cut(text, "\n")
	plain = cutComment(plain)
	if isHarmless(plain) {
		return nil, true
	}
	if _, err := parseYAML([]byte("k: " + plain)); err == nil && !strings.HasPrefix(plain, "{{") {
		return nil, true
	}
	if name, _, ok := strings.Cut(plain, " "); ok && name[0] == '&' {
		return []edit{{end: len(name) + 1, code: CodeYAMLFeature, msg: anchorMessage(name[1:])}}, true
	}
	e := edit{end: len(plain), with: requote(plain)}
	e.code, e.msg = classify(plain, false)
	if narrow, ok := narrowBrackets(plain); ok {
		e.with, e.code, e.msg = narrow, CodeWideColon, wideBrackets
	} else if list, ok := quotedList(plain); ok && indexOf(kindNames, key) >= 0 || ok && indexOf(conditionFields, key) >= 0 {
		e.with, e.msg = list, "several values are a list, in [ ] and with commas between them"
	} else if isMappingOf(key, plain) {
		e.with, e.msg = "{"+plain+"}", "a mapping on the line of its key needs { }"
	}
	return []edit{e}, true
}

// isMappingOf reports whether a text with a colon was meant as the mapping that
// the key takes: when: keyword: 价格.
func isMappingOf(key, text string) bool {
	known := map[string][]string{
		"when": conditionFields, "unless": conditionFields, "reply": replyForms, "fallback": replyForms,
		"keyword": kindNames, "event_key": kindNames, "time": windowFields, "expect": expectFields,
	}[key]
	end, _ := keyEnd(text)
	if end == 0 || indexOf(known, text[:end]) < 0 {
		return false
	}
	root, err := parseYAML([]byte("{" + text + "}"))
	return err == nil && root != nil && root.Kind == yaml.MappingNode
}

// isHarmless reports whether a text after a key is surely what YAML reads: it
// spares most lines a trial.
func isHarmless(s string) bool {
	return s != "" && !strings.ContainsRune("{[&*#?|-<>=!%@`\"',]}:", rune(s[0])) && !strings.Contains(s, ": ") && !strings.HasSuffix(s, ":")
}

// isEndOfValue reports whether nothing or a comment follows a value.
func isEndOfValue(rest string) bool {
	trimmed := strings.TrimLeft(rest, " \t\n")
	return trimmed == "" || trimmed[0] == '#' && len(trimmed) < len(rest)
}

// cutComment gives a plain text without its comment and outer white space.
func cutComment(s string) string {
	if i := strings.Index(s, " #"); i >= 0 {
		s = s[:i]
	}
	return strings.TrimSpace(s)
}

// classify tells what is wrong with a text that should be in quotes.
func classify(s string, inFlow bool) (code, msg string) {
	first, _ := utf8.DecodeRuneInString(s)
	switch {
	case first == '"' || first == '\'':
		return CodeAfterQuote, "text follows the closing quote: the quotes must be around the whole, and no such quote inside"
	case strings.HasPrefix(s, "{{") || inFlow && strings.Contains(s, "{{"):
		return CodeBareTemplate, "a text that begins with {{ or has it inside { } or [ ] needs quotes"
	case first == '*':
		return CodeBareStar, "a value that begins with * needs quotes"
	case first == '[' || first == '{':
		return CodeAfterBracket, "a text that begins with " + s[:1] + " needs quotes, else YAML takes it for a list or mapping"
	case !inFlow && (first == '|' || first == '>'):
		return CodeBareStart, "behind a " + string(first) + " the text begins on the next line, indented; a text that begins with " + string(first) + " needs quotes"
	case strings.ContainsRune("@`%&!|>,}]-?", first):
		return CodeBareStart, "a value that begins with " + string(first) + " needs quotes"
	case inFlow && strings.Contains(s, " #"):
		return CodeUnclosed, "a space and # begin a comment, which keeps the bracket from being closed: the text needs quotes"
	case inFlow && strings.Contains(s, "?") && isPlainInFlow(strings.ReplaceAll(s, "?", "")):
		return CodeQuestionMark, "a value with a ? inside { } or [ ] needs quotes"
	case inFlow && strings.ContainsAny(s, "{}[],"):
		return CodeBareInFlow, "a value with { } [ ] or , inside { } or [ ] needs quotes"
	case strings.Contains(s, ": ") || strings.HasSuffix(s, ":"):
		return CodeColonInText, "a text with a colon and a space (or a colon at its end) needs quotes"
	}
	return CodeSyntax, "this value needs quotes"
}
