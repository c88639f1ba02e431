package rules

import (
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// quotedEnd gives the offset behind the quoted text at the beginning of s, -1 if it
// is not closed.
func quotedEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && s[0] == '"':
			i++
		case s[i] == s[0] && s[0] == '\'' && i+1 < len(s) && s[i+1] == '\'':
			i++
		case s[i] == s[0]:
			return i + 1
		}
	}
	return -1
}

// quotedList gives the list that several quoted texts were meant as, which
// stand side by side or have commas of any kind between them.
func quotedList(s string) (string, bool) {
	var parts []string
	for rest := s; rest != ""; rest = strings.TrimLeft(rest, " ,，、;；|") {
		if rest[0] != '"' && rest[0] != '\'' {
			return "", false
		}
		end := quotedEnd(rest)
		if end <= 0 {
			return "", false
		}
		parts, rest = append(parts, rest[:end]), rest[end:]
	}
	return "[" + strings.Join(parts, ", ") + "]", len(parts) > 1
}

// escapeEdits finds a double-quoted text with an escape that YAML does not know.
func escapeEdits(s string, offset int) []edit {
	if s[0] != '"' {
		return nil
	}
	good, bad, firstBad := 0, 0, ""
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		b.WriteByte(s[i])
		if s[i] != '\\' || i+1 == len(s) {
			continue
		}
		_, size := utf8.DecodeRuneInString(s[i+1:])
		if isEscape(s[i:]) {
			good++
		} else if bad++; bad > 0 {
			if firstBad == "" {
				firstBad = s[i : i+1+size]
			}
			b.WriteByte('\\')
		}
		b.WriteString(s[i+1 : i+1+size])
		i += size
	}
	if bad == 0 {
		return nil
	}
	with := b.String()
	if good == 0 {
		with = quote(s[1 : len(s)-1])
	}
	return []edit{{start: offset, end: offset + len(s), with: with, code: CodeEscape,
		msg: "double quotes do not know the escape " + firstBad}}
}

// isEscape reports whether YAML knows the escape at the beginning of s.
func isEscape(s string) bool {
	for _, n := range []int{2, 4, 6, 10} { // \n, \x41, \u4f60, \U0001f600
		if len(s) >= n {
			if root, err := parseYAML([]byte(`"` + s[:n] + `"`)); err == nil && root != nil && root.Kind == yaml.ScalarNode {
				return true
			}
		}
	}
	return strings.HasPrefix(s, "\\\n")
}
