package rules

import (
	"strings"
)

// flow goes loosely through a { } or [ ]: it finds the values that their writer
// meant, whether or not YAML can read them.
type flow struct {
	text  string
	edits []edit
	hash  bool // a # begins no comment: perhaps it was meant as text
}

// collection goes through the bracket at offset i and gives the offset behind
// it. It answers false if it is not closed.
func (f *flow) collection(i int) (int, bool) {
	closer := byte(']')
	if f.text[i] == '{' {
		closer = '}'
	}
	for i++; ; {
		i = f.skipSpace(i)
		switch {
		case i >= len(f.text):
			return i, false
		case f.text[i] == closer:
			return i + 1, true
		case f.text[i] == ',':
			i++
			continue
		case strings.HasPrefix(f.text[i:], wideComma):
			f.edits = append(f.edits, edit{start: i, end: f.skipSpace(i + len(wideComma)), with: ", ", code: CodeWideColon, msg: "the comma is full-width (，)"})
			i += len(wideComma)
			continue
		}
		if closer == '}' {
			i = f.skipSpace(f.key(i))
		}
		end, ok := f.value(i, closer)
		if !ok {
			return end, false
		}
		i = end
	}
}

// key gives the offset behind the key at offset i, or i if there is none.
func (f *flow) key(i int) int {
	rest := f.text[i:]
	if end, value := keyEnd(rest); end > 0 && !strings.ContainsAny(rest[:end], ",{}[]\n") {
		return i + value
	}
	if rest[0] == '"' || rest[0] == '\'' {
		if end := quotedEnd(rest); end > 0 && strings.HasPrefix(rest[end:], ":") {
			return i + end + 1
		}
	}
	end := strings.IndexAny(rest, ",{}[]\n\"'")
	if end < 0 {
		end = len(rest)
	}
	colon := strings.IndexAny(rest[:end], ":：")
	if colon < 0 {
		return i
	}
	_, code, msg := mendColon(rest)
	if code == "" {
		return i
	}
	size := len(":")
	if code == CodeWideColon {
		size = len("：")
	}
	f.edits = append(f.edits, edit{start: i + colon, end: i + colon + size, with: ": ", code: code, msg: msg})
	return i + colon + size
}

// value goes through the value at offset i and gives the offset of the comma or
// bracket behind it.
func (f *flow) value(i int, closer byte) (int, bool) {
	if i >= len(f.text) {
		return i, false
	}
	switch c := f.text[i]; {
	case c == ',' || c == closer:
		return i, true
	case strings.HasPrefix(f.text[i:], "{{"):
	case c == '"' || c == '\'':
		end := quotedEnd(f.text[i:])
		if end < 0 {
			return len(f.text), false
		}
		if next := f.skipSpace(i + end); f.separates(next, closer) {
			f.edits = append(f.edits, escapeEdits(f.text[i:i+end], i)...)
			return next, true
		}
	case c == '{' || c == '[':
		before := len(f.edits)
		end, ok := f.collection(i)
		if !ok && (!f.hash && strings.Contains(f.text, " #") || openQuote(f.text[i:]) > 0) {
			return end, false
		}
		if ok {
			if next := f.skipSpace(end); f.separates(next, closer) {
				return next, true
			}
		}
		f.edits = f.edits[:before]
	}
	return f.loose(i, closer)
}

// loose goes through a value that YAML perhaps cannot read, up to where it
// probably ends.
func (f *flow) loose(i int, closer byte) (int, bool) {
	end, ok := f.looseEnd(i, closer)
	text := strings.TrimRight(f.text[i:end], " \t\n")
	if ok && text != "" && !strings.Contains(text, "\n") && needsQuotes(text) {
		e := edit{start: i, end: i + len(text), with: requote(text)}
		e.code, e.msg = classify(text, true)
		if sign := text[:1]; strings.ContainsAny(sign, `"'`) && strings.Count(text, sign) == 1 {
			e.with, e.code, e.msg = text+sign, CodeUnclosed, "the quote "+sign+" is not closed"
		}
		f.edits = append(f.edits, e)
	}
	return end, ok
}

func (f *flow) looseEnd(i int, closer byte) (int, bool) {
	var open []byte
	for ; i < len(f.text); i++ {
		switch c := f.text[i]; {
		case c == '\\' && i+1 < len(f.text) && strings.IndexByte("{}[],", f.text[i+1]) >= 0:
			i++
		case c == '{':
			open = append(open, '}')
		case c == '[':
			open = append(open, ']')
		case len(open) > 0 && c == open[len(open)-1]:
			open = open[:len(open)-1]
		case len(open) == 0 && c == closer:
			return i, true
		case len(open) == 0 && c == ',' && (closer == ']' || f.keyFollows(i+1)):
			return i, true
		case len(open) == 0 && f.isWideSeparator(i, closer):
			return i, true
		case len(open) == 0 && c == '#' && i > 0 && f.text[i-1] == ' ' && !f.hash:
			return i, true
		}
	}
	return i, false
}

// keyFollows reports whether a key, or the end, stands at offset i.
func (f *flow) keyFollows(i int) bool {
	i = f.skipSpace(i)
	if i >= len(f.text) || f.text[i] == '}' {
		return true
	}
	rest := f.text[i:]
	if end, _ := keyEnd(rest); end > 0 && !strings.ContainsAny(rest[:end], ",{}[]\n") {
		return true
	}
	_, code, _ := mendColon(rest)
	return code != ""
}

// separates reports whether what ends a quote or bracket stands at offset i; a
// full-width comma cannot mean anything else there.
func (f *flow) separates(i int, closer byte) bool {
	return i < len(f.text) && (f.text[i] == ',' || f.text[i] == closer || strings.HasPrefix(f.text[i:], wideComma))
}

const wideComma = "，"

// isWideSeparator reports whether a full-width comma at offset i, inside { },
// stands between two fields: a known word and a colon follow.
func (f *flow) isWideSeparator(i int, closer byte) bool {
	if closer != '}' || !strings.HasPrefix(f.text[i:], wideComma) {
		return false
	}
	rest := f.text[f.skipSpace(i+len(wideComma)):]
	end, _ := keyEnd(rest)
	if end > 0 && isWord(rest[:end]) {
		return true
	}
	_, code, _ := mendColon(rest)
	return code != ""
}

// skipSpace passes white space and comments.
func (f *flow) skipSpace(i int) int {
	for i < len(f.text) {
		switch c := f.text[i]; {
		case c == ' ' || c == '\t' || c == '\n':
			i++
		case c == '#' && !f.hash && i > 0 && strings.IndexByte(" \t\n", f.text[i-1]) >= 0:
			end := strings.IndexByte(f.text[i:], '\n')
			if end < 0 {
				return len(f.text)
			}
			i += end
		default:
			return i
		}
	}
	return i
}

// needsQuotes reports whether YAML takes s inside brackets for anything but one
// value.
func needsQuotes(s string) bool {
	root, err := parseYAML([]byte("[" + s + "]"))
	return err != nil || root == nil || len(root.Content) != 1 || len(root.Content[0].Content) > 0
}
