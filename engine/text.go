package engine

import (
	"errors"
	"strings"
	"sync/atomic"
	"unicode"

	"wereply/rules"
)

// maxRendered is where a rendering ends, in bytes.
const maxRendered = 64 << 10

var errTooLong = errors.New("the text is longer than 64 KiB")

// text is one compiled template. Most are a text without any {{…}}.
type text struct {
	literal string
	program *program // nil: the literal is all
}

// program is a template with something in it: texts and fields one after the
// other, or whatever text/template can do.
type program struct {
	source   rules.Text
	file     string
	segments []segment                    // nil: full
	full     atomic.Pointer[fullTemplate] // parsed when first needed; it was checked at load
}

// segment is a literal and then, unless it is the last, a field.
type segment struct {
	literal string
	field   field
	last    bool
}

// render gives the text for one answer. An error is a *rules.Problem.
func (t *text) render(s *scope) (string, error) {
	if t.program == nil {
		return t.literal, nil
	}
	var rendered string
	var err error
	if t.program.segments != nil {
		rendered, err = t.program.join(s)
	} else {
		rendered, err = t.program.execute(s)
	}
	if err != nil {
		return "", t.program.problem(s, err)
	}
	return rendered, nil
}

// join renders the segments into the room. A template that is one field costs
// nothing but the look at it.
func (p *program) join(s *scope) (string, error) {
	if first := &p.segments[0]; len(p.segments) == 1 && first.literal == "" {
		value := s.text(first.field)
		if len(value) > maxRendered {
			return "", errTooLong
		}
		return value, nil
	}
	room := s.room
	if room == nil {
		room = new(Room)
	}
	start := len(room.text)
	grown, err := p.appendTo(room.text, s)
	if err != nil {
		return "", err
	}
	room.text = grown
	return room.string(start), nil
}

func (p *program) appendTo(dst []byte, s *scope) ([]byte, error) {
	limit := len(dst) + maxRendered
	for i := range p.segments {
		seg := &p.segments[i]
		value := ""
		if !seg.last {
			value = s.text(seg.field)
		}
		if len(dst)+len(seg.literal)+len(value) > limit {
			return dst, errTooLong
		}
		dst = append(append(dst, seg.literal...), value...)
	}
	return dst, nil
}

// execute renders what needs text/template.
func (p *program) execute(s *scope) (string, error) {
	t := p.full.Load()
	if t == nil {
		t = newFullTemplate(p.source.Source)
		p.full.Store(t)
	}
	s.work = maxWork
	out := &bounded{left: maxRendered}
	if err := t.template.Execute(out, newRoot(s, t.names)); err != nil {
		return "", err
	}
	return out.text.String(), nil
}

// bounded is a text that may not grow beyond a limit.
type bounded struct {
	text strings.Builder
	left int
}

func (b *bounded) Write(p []byte) (int, error) {
	if len(p) > b.left {
		return 0, errTooLong
	}
	b.left -= len(p)
	return b.text.Write(p)
}

// segments splits a template that consists of text and plain fields only,
// without a parser. It gives nil for every other template: those with white
// space trimmed, comments, functions or anything unusual.
func segments(source string) []segment {
	var list []segment
	for {
		literal, rest, found := strings.Cut(source, "{{")
		if !found {
			return append(list, segment{literal: literal, last: true})
		}
		action, rest, found := strings.Cut(rest, "}}")
		if !found {
			return nil
		}
		f, ok := plainField(strings.Trim(action, " \t"))
		if !ok {
			return nil
		}
		list = append(list, segment{literal: literal, field: f})
		if source = rest; source == "" {
			return list
		}
	}
}

// plainField reads .Name, .Vars.name and .Match.name, where Name is known.
func plainField(action string) (field, bool) {
	path, ok := strings.CutPrefix(action, ".")
	if !ok {
		return field{}, false
	}
	name, sub, deep := strings.Cut(path, ".")
	f, ok := fieldNamed(name)
	if !ok || !isIdentifier(name) {
		return field{}, false
	}
	if byName := f.of == ofVars || f.of == ofMatch; byName != deep || deep && !isIdentifier(sub) {
		return field{}, false
	}
	if deep {
		f.name = sub
	}
	return f, true
}

// isIdentifier reports whether text/template reads s as one name. It may say
// no too often.
func isIdentifier(s string) bool {
	for i, r := range s {
		digit := '0' <= r && r <= '9'
		if !digit && r != '_' && !unicode.IsLetter(r) || digit && i == 0 {
			return false
		}
	}
	return s != ""
}
