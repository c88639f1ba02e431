package rules

import (
	"strings"
	"unicode/utf8"
)

// wideColon mends a known word with a full-width colon, or one without a space
// behind it.
func (m *mender) wideColon(i int, p prefix) bool {
	text := m.lines[i]
	fixed, code, msg := mendColon(text[p.value:])
	if code == "" {
		return false
	}
	mended := text[:p.value] + fixed
	m.tell(i, p.value, code, msg, mended, strings.TrimSpace(mended))
	return true
}

// gluedDash mends `-word: value`, a list sign without a space behind it.
func (m *mender) gluedDash(i int, p prefix) bool {
	fixed, ok := mendDash(m.lines[i][p.indent:])
	if !ok || p.dash {
		return false
	}
	mended := m.lines[i][:p.indent] + fixed
	m.tell(i, p.indent, CodeGluedColon, gluedDash, mended, fixed)
	return true
}

// wideDash mends `－ word: value`, with one of the long dashes and dots of
// Chinese input methods as list sign.
func (m *mender) wideDash(i int, p prefix) bool {
	text := m.lines[i]
	start := len(text) - len(strings.TrimLeft(text, " "))
	sign, size := utf8.DecodeRuneInString(text[start:])
	if !strings.ContainsRune("－—–―•·・", sign) {
		return false
	}
	rest := strings.TrimLeft(text[start+size:], " －—\u3000")
	end, _ := keyEnd(rest)
	_, code, _ := mendColon(rest)
	if code == "" && !isWord(rest[:end]) {
		return false
	}
	mended := text[:start] + "- " + rest
	m.tell(i, start, CodeWideColon, "an entry of a list begins with a plain dash (-), not with "+string(sign), mended, strings.TrimSpace(mended))
	return true
}

const slashComment = "a comment begins with #, not with //"

// slashes mends a comment of other languages.
func (m *mender) slashes(i int) bool {
	text := m.lines[i]
	rest, ok := strings.CutPrefix(strings.TrimLeft(text, " "), "//")
	if !ok {
		return false
	}
	start := len(text) - len("//") - len(rest)
	m.tell(i, start, CodeSyntax, slashComment, text[:start]+"#"+rest, "#"+rest)
	return true
}

// copied leaves out a line that was copied from a page or a chat beside the rules: the
// fence of Markdown or a comment of HTML.
func (m *mender) copied(i int) bool {
	text := strings.TrimLeft(m.lines[i], " ")
	start := len(m.lines[i]) - len(text)
	switch {
	case strings.HasPrefix(text, "```"):
		m.tell(i, start, CodeSyntax, "``` belongs to the page or chat that this was copied from", "#", "delete the line")
	case strings.HasPrefix(text, "<!--"):
		inner := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text[len("<!--"):]), "-->"))
		m.tell(i, start, CodeSyntax, "a comment begins with #, not with <!--", "# "+inner, "# "+inner)
	default:
		return false
	}
	return true
}

const gluedDash = "the dash needs a space behind it"

// mendDash mends `-word: value` for the words of rule files and bot.yaml.
func mendDash(s string) (fixed string, ok bool) {
	rest, dash := strings.CutPrefix(s, "-")
	end, _ := keyEnd(rest)
	if !dash || !isWord(rest[:end]) {
		return "", false
	}
	return "- " + rest, true
}

// mendColon mends `word：value` and `word:value` for the words of rule files
// and bot.yaml.
func mendColon(s string) (fixed, code, msg string) {
	i := strings.IndexAny(s, ":：")
	if i <= 0 || !isWord(strings.TrimSpace(s[:i])) {
		return "", "", ""
	}
	word := strings.TrimSpace(s[:i])
	if rest, ok := strings.CutPrefix(s[i:], "："); ok {
		return strings.TrimRight(word+": "+strings.TrimLeft(rest, " \u3000"), " "), CodeWideColon,
			"the colon after `" + word + "` is full-width (：)"
	}
	rest := s[i+1:]
	if plain := strings.TrimLeft(rest, " \u3000\u00a0"); isWideSpace(rest) {
		return word + ": " + plain, CodeGluedColon, "a full-width or no-break space stands behind the colon after `" + word + "`, where YAML wants a plain one"
	}
	return word + ": " + rest, CodeGluedColon, "the colon after `" + word + "` needs a space behind it"
}
