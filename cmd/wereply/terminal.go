package main

import (
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"wereply/rules"
)

// style colours what goes to a terminal; the zero style leaves text as it is.
type style struct{ colours bool }

// styleOf colours only for a terminal, and not where NO_COLOR is set or the
// terminal says that it is dumb.
func (c *cli) styleOf(out io.Writer) style {
	if v, ok := c.env("NO_COLOR"); ok && v != "" {
		return style{}
	}
	if term, _ := c.env("TERM"); term == "dumb" {
		return style{}
	}
	return style{colours: isTerminal(out)}
}

func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (s style) paint(code, text string) string {
	if !s.colours || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s style) bold(text string) string  { return s.paint("1", text) }
func (s style) red(text string) string   { return s.paint("31", text) }
func (s style) green(text string) string { return s.paint("32", text) }
func (s style) dim(text string) string   { return s.paint("2", text) }

func (s style) severity(p *rules.Problem, text string) string {
	switch {
	case p.IsWarning():
		return s.paint("33", text)
	case p.IsNote():
		return s.paint("36", text)
	}
	return s.red(text)
}

// What is shown of a line, in columns: all of it, or the part round the place.
const (
	quoteWhole  = 100
	quoteBefore = 48
	quoteAfter  = 40
)

// quoteLine gives a line as a terminal shows it, and the line with the caret
// that goes below it. Col counts characters from 1. Tabs become blanks, so
// that the caret does not depend on tab stops.
func quoteLine(line string, col int) (quoted, caret string) {
	runes := []rune(line)
	at := min(col-1, len(runes))
	from, to := 0, len(runes)
	if textWidth(line) > quoteWhole {
		for from, to = at, at; from > 0 && textWidth(string(runes[from-1:at])) <= quoteBefore; {
			from--
		}
		for to < len(runes) && textWidth(string(runes[at:to+1])) <= quoteAfter {
			to++
		}
	}
	lead, tail := "", ""
	if from > 0 {
		lead = "…"
	}
	if to < len(runes) {
		tail = "…"
	}
	before := lead + printable(runes[from:at])
	quoted = before + printable(runes[at:to]) + tail
	return quoted, strings.Repeat(" ", textWidth(before)) + "^"
}

// printable keeps control characters from moving the cursor.
func printable(runes []rune) string {
	var b strings.Builder
	for _, r := range runes {
		switch {
		case r == '\t':
			b.WriteByte(' ')
		case unicode.IsControl(r):
			b.WriteRune(unicode.ReplacementChar)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// textWidth is the number of columns that a terminal gives a text.
func textWidth(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// runeWidth: Chinese, full-width forms and emoji take two columns; marks that
// combine and format characters none.
func runeWidth(r rune) int {
	switch {
	case r == '\t':
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}
