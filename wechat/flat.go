package wechat

import "strings"

const (
	rootOpen   = "<xml>"
	rootClose  = "</xml>"
	cdataOpen  = "<![CDATA["
	cdataClose = "]]>"
)

// scanFlat reads the document that WeChat usually sends: one level of
// elements below <xml>, each either one CDATA section or plain text.
//
//	document = "<xml>" { space | element } "</xml>" { space }
//	element  = "<" name ">" ( cdata | text ) "</" name ">"
//	name     = letter or "_", then letters, digits and "_", of ASCII
//	text     = anything without "<", "&" and "]]>"
//	space    = blank, tab or line feed; a carriage return stands nowhere
//
// It reports false for everything else, without saying whether that is wrong.
// What it accepts the strict parser accepts with the same fields. The values
// are substrings of s. The characters of s must have been checked.
func scanFlat(fields []Field, s string) ([]Field, bool) {
	if !strings.HasPrefix(s, rootOpen) || strings.IndexByte(s, '\r') >= 0 {
		return nil, false
	}
	s = s[len(rootOpen):]
	for {
		s = skipSpace(s)
		if strings.HasPrefix(s, rootClose) {
			return fields, skipSpace(s[len(rootClose):]) == ""
		}
		name, rest, ok := scanOpen(s)
		if !ok || len(fields) == MaxFields {
			return nil, false
		}
		value, rest, ok := scanValue(rest)
		if !ok {
			return nil, false
		}
		if s, ok = scanClose(rest, name); !ok {
			return nil, false
		}
		fields = append(fields, Field{Path: name, Value: value})
	}
}

func skipSpace(s string) string {
	i := 0
	for i < len(s) && (s[i] == ' ' || s[i] == '\n' || s[i] == '\t') {
		i++
	}
	return s[i:]
}

// nameByte says which bytes may stand in a name: 1 anywhere, 2 not first.
var nameByte = func() (table [256]uint8) {
	for c := 'a'; c <= 'z'; c++ {
		table[c], table[c-'a'+'A'] = 1, 1
	}
	table['_'] = 1
	for c := '0'; c <= '9'; c++ {
		table[c] = 2
	}
	return table
}()

func scanOpen(s string) (name, rest string, ok bool) {
	if len(s) < 2 || s[0] != '<' || nameByte[s[1]] != 1 {
		return "", "", false
	}
	end := 2
	for end < len(s) && nameByte[s[end]] != 0 {
		end++
	}
	if end == len(s) || s[end] != '>' || end-1 > MaxNameBytes {
		return "", "", false
	}
	return s[1:end], s[end+1:], true
}

func scanValue(s string) (value, rest string, ok bool) {
	if strings.HasPrefix(s, cdataOpen) {
		return strings.Cut(s[len(cdataOpen):], cdataClose)
	}
	end := strings.IndexByte(s, '<')
	if end < 0 {
		return "", "", false
	}
	value = s[:end]
	if strings.IndexByte(value, '&') >= 0 || strings.Contains(value, cdataClose) {
		return "", "", false
	}
	return value, s[end:], true
}

func scanClose(s, name string) (rest string, ok bool) {
	end := len(name) + 2
	if len(s) <= end || s[0] != '<' || s[1] != '/' || s[2:end] != name || s[end] != '>' {
		return "", false
	}
	return s[end+1:], true
}
