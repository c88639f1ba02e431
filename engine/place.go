package engine

import (
	"errors"
	"strconv"
	"strings"
	"text/template"
	"unicode/utf8"

	"wereply/rules"
)

// place gives the position in the file of a byte of a template. In a block the
// line is known and the column is not, as its indentation is not kept; in
// quotes the column is right up to the first escape.
func place(file string, t rules.Text, offset int) rules.Pos {
	before := t.Source[:min(max(offset, 0), len(t.Source))]
	pos := rules.Pos{File: file, At: t.At}
	line := strings.Count(before, "\n")
	switch {
	case t.Block:
		pos.Line += int32(line) + 1
		pos.Col = 0
	case line > 0 || t.At.Col == 0:
		pos.Col = 0
	default:
		pos.Col += int32(utf8.RuneCountInString(before))
		if t.Quoted {
			pos.Col++
		}
	}
	return pos
}

// lineOffset gives the first byte of a line, counted from 1.
func lineOffset(source string, line int) int {
	offset := 0
	for ; line > 1; line-- {
		i := strings.IndexByte(source[offset:], '\n')
		if i < 0 {
			break
		}
		offset += i + 1
	}
	return offset
}

// place gives where a mistake stands.
func (m *mistake) place(file string, t rules.Text) rules.Pos {
	if m.offset >= 0 {
		return place(file, t, m.offset)
	}
	return place(file, t, lineOffset(t.Source, m.line))
}

// problem makes the error of a rendering that failed.
func (p *program) problem(s *scope, err error) *rules.Problem {
	offset, msg := 0, err.Error()
	var failed template.ExecError
	if errors.As(err, &failed) {
		offset, msg = execError(p.source.Source, failed.Err.Error())
	}
	return &rules.Problem{
		Code: rules.CodeRender,
		Pos:  place(p.file, p.source, offset),
		Rule: s.rule.src.Name,
		Msg:  "the template failed: " + msg,
	}
}

// execError takes place and message out of what text/template says about a
// template that failed: `template: t:1:2: executing "t" at <x>: message`.
func execError(source, text string) (offset int, msg string) {
	text = strings.TrimPrefix(text, "template: "+templateName+":")
	parts := strings.SplitN(text, ":", 3)
	if len(parts) < 3 {
		return 0, text
	}
	line, err1 := strconv.Atoi(parts[0])
	col, err2 := strconv.Atoi(parts[1])
	if err1 != nil || err2 != nil {
		return 0, text
	}
	msg = parts[2]
	if _, after, ok := strings.Cut(msg, ">: "); ok {
		msg = after // the node is not what the operator wrote: calls have the root in it
	}
	return lineOffset(source, line) + col, strings.Replace(msg, "runtime error: ", "", 1)
}
