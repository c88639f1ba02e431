package rules

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// key reads a key and the colon behind it. It gives nil, and stays where it is,
// if there is none.
func (s *scanner) key(inFlow bool) *yaml.Node {
	at, counted, chars := s.pos, s.counted, s.chars
	value, style, ok := s.word(inFlow)
	if end := s.pos; ok && end < len(s.text) && s.text[end] == ':' && s.blankAt(end+1) && end-at <= maxKeyBytes {
		s.pos = at
		n := s.node(yaml.ScalarNode, style)
		n.Value = s.arena.key(value)
		s.pos = end + 1
		return n
	}
	s.pos, s.counted, s.chars = at, counted, chars
	return nil
}

// scalar reads a plain or quoted text on one line.
func (s *scanner) scalar(inFlow bool) *yaml.Node {
	at := s.pos
	value, style, ok := s.word(inFlow)
	if !ok {
		return nil
	}
	end := s.pos
	s.pos = at
	n := s.node(yaml.ScalarNode, style)
	n.Value = s.arena.text(value)
	s.pos = end
	return n
}

// word goes over a plain or quoted text on one line and gives its value.
func (s *scanner) word(inFlow bool) (string, yaml.Style, bool) {
	if s.pos == len(s.text) {
		return "", 0, false
	}
	switch s.text[s.pos] {
	case '"':
		value, ok := s.doubleQuoted()
		return value, yaml.DoubleQuotedStyle, ok
	case '\'':
		value, ok := s.singleQuoted()
		return value, yaml.SingleQuotedStyle, ok
	}
	value, ok := s.plain(inFlow)
	return value, 0, ok
}

// noPlain are the signs that no plain text begins with, and ? and :, with which
// few do.
const noPlain = "-?:,[]{}#&*!|>'\"%@`\n "

// plain goes over a plain text. It ends at a colon or before a # with white
// space on the right side of them, and within brackets at their signs.
func (s *scanner) plain(inFlow bool) (string, bool) {
	at := s.pos
	if strings.IndexByte(noPlain, s.text[at]) >= 0 && (s.text[at] != '-' || s.blankAt(at+1)) {
		return "", false
	}
	line := s.text[at:s.lineEnd(at)]
	if inFlow {
		if i := strings.IndexAny(line, ",?[]{}"); i >= 0 {
			line = line[:i]
		}
	}
	for i := 0; ; i++ {
		n := strings.IndexByte(line[i:], ':')
		if n < 0 {
			break
		}
		if i += n; s.blankAt(at + i + 1) {
			line = line[:i]
			break
		}
	}
	colon := at + len(line)
	if i := strings.Index(line, " #"); i >= 0 {
		line = line[:i]
		colon = -1
	}
	line = strings.TrimRight(line, " ")
	s.pos = at + len(line)
	if colon >= 0 && colon < len(s.text) && s.text[colon] == ':' {
		s.pos = colon
	}
	switch line {
	case "~", "null", "Null", "NULL", "<<":
		return "", false
	}
	return line, true
}

func (s *scanner) singleQuoted() (string, bool) {
	at, escaped := s.pos+1, false
	for i := at; i < len(s.text) && s.text[i] != '\n'; i++ {
		if s.text[i] != '\'' {
			continue
		}
		if i+1 < len(s.text) && s.text[i+1] == '\'' {
			escaped = true
			i++
			continue
		}
		s.pos = i + 1
		value := s.text[at:i]
		if escaped {
			value = strings.ReplaceAll(value, "''", "'")
		}
		return value, true
	}
	return "", false
}

// escapes are those that are common.
var escapes = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n", `\t`, "\t")

func (s *scanner) doubleQuoted() (string, bool) {
	at, escaped := s.pos+1, false
	for i := at; i < len(s.text) && s.text[i] != '\n'; i++ {
		switch s.text[i] {
		case '\\':
			if i++; i == len(s.text) || strings.IndexByte(`\"nt`, s.text[i]) < 0 {
				return "", false
			}
			escaped = true
		case '"':
			s.pos = i + 1
			value := s.text[at:i]
			if escaped {
				value = escapes.Replace(value)
			}
			return value, true
		}
	}
	return "", false
}

// literal reads a block that begins with | and belongs to something in the
// column above.
func (s *scanner) literal(above int) *yaml.Node {
	n := s.node(yaml.ScalarNode, yaml.LiteralStyle)
	chomp := byte(0)
	if s.pos++; s.pos < len(s.text) && (s.text[s.pos] == '-' || s.text[s.pos] == '+') {
		chomp = s.text[s.pos]
		s.pos++
	}
	if s.pos == len(s.text) || s.text[s.pos] != '\n' {
		return nil
	}
	s.pos++
	s.line++
	var b strings.Builder
	breaks, indent := 0, 0 // line breaks since the last text; column of the first
	for s.pos < len(s.text) {
		line := s.text[s.pos:s.lineEnd(s.pos)]
		text := strings.TrimLeft(line, " ")
		spaces := len(line) - len(text)
		if indent == 0 && line != "" {
			if text == "" || spaces <= above {
				return nil
			}
			indent = spaces
		}
		if text != "" && spaces < indent {
			break
		}
		if spaces >= indent && len(line) > indent {
			b.WriteString(strings.Repeat("\n", breaks))
			b.WriteString(line[indent:])
			breaks = 0
		}
		if s.pos += len(line); s.pos < len(s.text) {
			s.pos++
			s.line++
			breaks++
		}
	}
	if indent == 0 {
		return nil
	}
	switch {
	case chomp == 0 && breaks > 0:
		b.WriteByte('\n')
	case chomp == '+':
		b.WriteString(strings.Repeat("\n", breaks))
	}
	n.Value = s.arena.text(b.String())
	if !s.lines() {
		return nil
	}
	return n
}
