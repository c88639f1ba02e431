package rules

import (
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// scanner reads YAML as rule files are mostly written, many times faster than
// yaml.v3: block lists and mappings, [ ] and { } of one value or more, texts
// plain or quoted on one line, literal blocks, comments. It gives the nodes
// that yaml.v3 gives, without comments and tags, or it gives up at the first
// thing that is none of these: a mistake, null, anything that needs a closer
// look. Then yaml.v3 reads the file.
//
// Where a method gives nil or false, the scanner gives up.
type scanner struct {
	text string
	pos  int

	line    int // of pos, from 1
	start   int // offset of that line
	indent  int // column of the first sign of the line, from 0; -1 at the end
	counted int // offset on the line up to which characters are counted
	chars   int // how many they are

	depth int
	stack []*yaml.Node // children of the nodes that are being read
	arena *arena
}

// maxScanDepth is how deep lists and mappings may stand in each other.
const maxScanDepth = 50

// maxKeyBytes is what YAML looks ahead for the colon behind a key.
const maxKeyBytes = 1000

// scan gives the root of a file that is a mapping. The file must have passed
// checkCharacters.
func scan(data []byte, a *arena) *yaml.Node {
	text := string(data)
	if strings.IndexByte(text, '\t') >= 0 || strings.Contains(text, "\uFEFF") {
		return nil
	}
	if strings.IndexByte(text, '\r') >= 0 {
		text = strings.ReplaceAll(text, "\r\n", "\n")
		if strings.IndexByte(text, '\r') >= 0 {
			return nil // a lone one ends a line too
		}
	}
	s := scanner{text: text, line: 1, arena: a}
	if !s.lines() || s.indent != 0 {
		return nil
	}
	key := s.key(false)
	if key == nil {
		return nil
	}
	root := s.mapping(key)
	if s.indent >= 0 {
		return nil
	}
	return root
}

// rest skips what may stand behind a value, spaces and a comment, and goes to
// the next line that says something.
func (s *scanner) rest() bool {
	i := s.pos
	for i < len(s.text) && s.text[i] == ' ' {
		i++
	}
	if i < len(s.text) && s.text[i] != '\n' && (s.text[i] != '#' || i == s.pos) {
		return false
	}
	s.pos = s.lineEnd(i)
	return s.nextLine()
}

// lineEnd gives the offset of the line break behind i.
func (s *scanner) lineEnd(i int) int {
	if n := strings.IndexByte(s.text[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(s.text)
}

// nextLine goes from a line break to the next line that says something.
func (s *scanner) nextLine() bool {
	if s.pos < len(s.text) {
		s.pos++
		s.line++
	}
	return s.lines()
}

// lines goes from the beginning of a line to the next one that says something.
func (s *scanner) lines() bool {
	for s.pos < len(s.text) {
		s.start = s.pos
		for s.pos < len(s.text) && s.text[s.pos] == ' ' {
			s.pos++
		}
		if s.pos == len(s.text) {
			break
		}
		if c := s.text[s.pos]; c != '\n' && c != '#' {
			s.indent = s.pos - s.start
			s.counted, s.chars = s.pos, s.indent
			return s.indent > 0 || !s.atMarker()
		}
		if s.pos = s.lineEnd(s.pos); s.pos < len(s.text) {
			s.pos++
			s.line++
		}
	}
	s.indent = -1
	return true
}

// atMarker reports whether the line is one of YAML's marks between documents,
// or looks like it.
func (s *scanner) atMarker() bool {
	return strings.HasPrefix(s.text[s.pos:], "---") || strings.HasPrefix(s.text[s.pos:], "...")
}

// blankAt reports whether white space, or the end, is at offset i.
func (s *scanner) blankAt(i int) bool {
	return i >= len(s.text) || s.text[i] == ' ' || s.text[i] == '\n'
}

func (s *scanner) atDash() bool {
	return s.pos < len(s.text) && s.text[s.pos] == '-' && s.blankAt(s.pos+1)
}

// node makes a node that begins at pos.
func (s *scanner) node(kind yaml.Kind, style yaml.Style) *yaml.Node {
	s.chars += utf8.RuneCountInString(s.text[s.counted:s.pos])
	s.counted = s.pos
	n := s.arena.node()
	*n = yaml.Node{Kind: kind, Style: style, Line: s.line, Column: s.chars + 1}
	return n
}

// adopt gives n the children that were pushed on the stack since mark.
func (s *scanner) adopt(n *yaml.Node, mark int) *yaml.Node {
	n.Content = s.arena.list(s.stack[mark:])
	s.stack = s.stack[:mark]
	return n
}

// block reads a value that begins a line or stands behind a dash. above is the
// column of the list or mapping it belongs to.
func (s *scanner) block(above int) *yaml.Node {
	if s.depth++; s.depth > maxScanDepth {
		return nil
	}
	defer func() { s.depth-- }()
	if s.atDash() {
		return s.sequence()
	}
	if key := s.key(false); key != nil {
		return s.mapping(key)
	}
	return s.inline(above)
}

// sequence reads a list at its first dash.
func (s *scanner) sequence() *yaml.Node {
	column, mark := s.pos-s.start, len(s.stack)
	n := s.node(yaml.SequenceNode, 0)
	for {
		s.pos++
		for s.pos < len(s.text) && s.text[s.pos] == ' ' {
			s.pos++
		}
		if s.blankAt(s.pos) || s.text[s.pos] == '#' {
			if !s.rest() || s.indent <= column {
				return nil
			}
		}
		item := s.block(column)
		if item == nil || s.indent > column {
			return nil
		}
		s.stack = append(s.stack, item)
		if s.indent < column || !s.atDash() {
			return s.adopt(n, mark)
		}
	}
}

// mapping reads a mapping of which the first key was read.
func (s *scanner) mapping(key *yaml.Node) *yaml.Node {
	column, mark := key.Column-1, len(s.stack)
	n := s.arena.node()
	*n = yaml.Node{Kind: yaml.MappingNode, Line: key.Line, Column: key.Column}
	for {
		value := s.value(column)
		if value == nil || s.indent > column {
			return nil
		}
		s.stack = append(s.stack, key, value)
		if s.indent < column {
			return s.adopt(n, mark)
		}
		if s.atDash() {
			return nil
		}
		if key = s.key(false); key == nil {
			return nil
		}
	}
}

// value reads what stands behind a key of a mapping in the given column: on its
// line or below.
func (s *scanner) value(column int) *yaml.Node {
	for s.pos < len(s.text) && s.text[s.pos] == ' ' {
		s.pos++
	}
	if !s.blankAt(s.pos) && s.text[s.pos] != '#' {
		return s.inline(column)
	}
	s.pos-- // the comment needs its space
	if s.text[s.pos] == ':' {
		s.pos++
	}
	switch {
	case !s.rest():
		return nil
	case s.indent > column:
		return s.block(column)
	case s.indent == column && s.atDash():
		return s.sequence()
	}
	return nil
}

// inline reads a value that is no list or mapping over several lines.
func (s *scanner) inline(above int) *yaml.Node {
	if s.text[s.pos] == '|' {
		return s.literal(above)
	}
	var n *yaml.Node
	if c := s.text[s.pos]; c == '{' || c == '[' {
		n = s.flow()
	} else {
		n = s.scalar(false)
	}
	if n == nil || !s.rest() {
		return nil
	}
	return n
}
