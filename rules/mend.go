package rules

import (
	"errors"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Limits of mending: a broken file is told about in bounded time.
const (
	maxMends     = 20       // parts of a file that are left out one after the other
	maxFlowLines = 200      // lines over which a bracket or quote may run
	maxReparse   = 16 << 20 // bytes parsed again in all: about a second
)

// mender looks at the lines of a file that YAML cannot read, for the mistakes
// that people make, and mends them.
type mender struct {
	r     *reader
	lines []string
	told  map[int]bool // indexes of lines with a problem
	tabs  []int        // indexes of lines whose depth is anybody's guess
	open  bool         // the line before ended where a value may follow
	left  int          // bytes that may still be parsed
}

// mend tells why YAML cannot read the file, and reads the file as it was
// probably meant, so that the rest of its problems are found too: first with
// the mistakes mended that lines show by themselves, then without the entries that
// still cannot be read.
func (r *reader) mend() *yaml.Node {
	m := &mender{r: r, told: map[int]bool{}, left: maxReparse}
	r.mended = map[int]bool{}
	for n := 1; n <= len(r.src.start); n++ {
		m.lines = append(m.lines, r.src.line(n))
	}
	for i := 0; i < len(m.lines); {
		i = m.line(i)
	}
	for _, i := range m.tabs {
		m.leaveOut(m.entry(i))
	}
	for range maxMends {
		root, err := m.parseAll()
		if err == nil {
			return root
		}
		if !m.cut(m.errorLine(err), err) {
			break
		}
	}
	if len(r.problems) == 0 {
		r.addAt(CodeSyntax, At{Line: 1}, "the file is not YAML", "")
	}
	return nil
}

// errTooMuch ends the mending of files that are both large and badly broken.
var errTooMuch = errors.New("too much to parse again")

func (m *mender) parseAll() (*yaml.Node, error) {
	return m.parseText(strings.Join(m.lines, "\n"))
}

// parse parses some of the lines.
func (m *mender) parse(lines []int) (*yaml.Node, error) {
	var b strings.Builder
	for _, i := range lines {
		b.WriteString(m.lines[i])
		b.WriteByte('\n')
	}
	return m.parseText(b.String())
}

func (m *mender) parseText(text string) (*yaml.Node, error) {
	if m.left -= len(text); m.left < 0 {
		return nil, errTooMuch
	}
	return parseYAML([]byte(text))
}

// line looks at line i, and those that it runs over, and gives the next one.
func (m *mender) line(i int) int {
	m.indentation(i)
	text := m.lines[i]
	p := prefixOf(text)
	wasOpen := m.open
	m.open = false
	switch {
	case p.comment:
		m.open = wasOpen
		return i + 1
	case m.gluedDash(i, p), m.wideDash(i, p), m.slashes(i), m.copied(i):
		return m.line(i)
	case p.value == len(text):
		m.open = true
		return i + 1
	case p.key == "" && m.wideColon(i, p):
		return m.line(i)
	case p.key == "" && !p.dash && !wasOpen:
		return i + 1 // goes on with the text above
	case isBlockHeader(text[p.value:]):
		return m.afterBlock(i, p.indent)
	}
	return m.value(i, p)
}

// prefix is what stands before the value on a line.
type prefix struct {
	comment bool   // nothing but white space, a comment, or a mark between documents
	dash    bool   // list signs stand before it
	key     string // "" if there is none
	indent  int    // bytes before the key, else before the last dash, else before the value
	value   int    // offset of the value
}

func prefixOf(text string) prefix {
	p := prefix{value: len(text) - len(strings.TrimLeft(text, " \t"))}
	p.indent = p.value
	rest := text[p.value:]
	if rest == "" || rest[0] == '#' || p.value == 0 && (isMarker(text, "---") || isMarker(text, "...") || rest[0] == '%') {
		p.comment = true
		return p
	}
	for rest == "-" || strings.HasPrefix(rest, "- ") {
		p.dash, p.indent = true, p.value
		rest = strings.TrimLeft(rest[1:], " \t")
		p.value = len(text) - len(rest)
	}
	if end, after := keyEnd(rest); end > 0 {
		p.key, p.indent = strings.Trim(rest[:end], `"'`), p.value
		p.value += after
	}
	if strings.HasPrefix(text[p.value:], "#") {
		p.value = len(text)
	}
	return p
}

// keyEnd finds the key at the beginning of s: where it ends, and where its
// value begins. It gives 0 if there is no key.
func keyEnd(s string) (end, value int) {
	switch {
	case s == "" || strings.ContainsRune("{[#&*!|>%@`", rune(s[0])):
		return 0, 0
	case s[0] == '"' || s[0] == '\'':
		if end = quotedEnd(s); end <= 0 {
			return 0, 0
		}
		if rest := strings.TrimLeft(s[end:], " "); !strings.HasPrefix(rest, ":") {
			return 0, 0
		}
	default:
		for end = 0; end < len(s) && (s[end] != ':' || end+1 < len(s) && s[end+1] != ' ' && s[end+1] != '\t'); end++ {
			if s[end] == '#' && end > 0 && s[end-1] == ' ' {
				return 0, 0
			}
		}
		if end == len(s) || end == 0 {
			return 0, 0
		}
	}
	colon := end + strings.IndexByte(s[end:], ':')
	rest := strings.TrimLeft(s[colon+1:], " \t")
	return end, len(s) - len(rest)
}

// indentation mends tabs and the wide spaces of Chinese input methods before the
// first sign of a line.
func (m *mender) indentation(i int) {
	text := m.lines[i]
	rest := strings.TrimLeft(text, " \t\u3000\u00a0")
	if dash, ok := strings.CutPrefix(rest, "-"); ok {
		rest = strings.TrimLeft(dash, " \t\u3000\u00a0")
	}
	blank := text[:len(text)-len(rest)]
	col := strings.IndexAny(blank, "\t\u3000\u00a0")
	if rest == "" || col < 0 {
		return
	}
	msg, hint := "a tab stands in the indentation, where YAML wants spaces", "replace it by spaces; most editors can insert spaces for the Tab key"
	if !strings.Contains(blank, "\t") {
		msg, hint = wideIndent, "replace it by spaces"
	}
	mended := strings.NewReplacer("\t", "  ", "\u3000", "  ", "\u00a0", " ").Replace(blank) + rest
	m.tell(i, col, CodeIndent, msg, mended, hint)
	m.tabs = append(m.tabs, i)
}

// isBlockHeader reports whether s begins a block text: | or > with their signs.
func isBlockHeader(s string) bool {
	if s[0] != '|' && s[0] != '>' {
		return false
	}
	rest := strings.TrimLeft(s[1:], "+-123456789")
	return strings.TrimSpace(rest) == "" || strings.HasPrefix(strings.TrimLeft(rest, " \t"), "#")
}

// afterBlock gives the line after the block text that line i begins.
func (m *mender) afterBlock(i, indent int) int {
	for i++; i < len(m.lines); i++ {
		rest := strings.TrimLeft(m.lines[i], " ")
		if strings.TrimSpace(rest) != "" && len(m.lines[i])-len(rest) <= indent {
			break
		}
	}
	return i
}

// tell adds a problem at an offset of line i and replaces the line.
func (m *mender) tell(i, offset int, code, msg, mended, hint string) {
	at := At{Line: int32(i + 1), Col: int32(utf8.RuneCountInString(m.lines[i][:offset])) + 1}
	if m.r.mended[i+1] {
		at.Col = 0
	}
	m.r.rule = m.ruleName(i)
	m.r.addAt(code, at, msg, hint)
	m.r.rule = ""
	m.replace(i, mended)
	m.told[i] = true
}

func (m *mender) replace(i int, mended string) {
	if m.lines[i] != mended {
		m.lines[i] = mended
		m.r.mended[i+1] = true
	}
}
