package rules

import (
	"fmt"
	"strings"
)

// Pos is a place in a file of the bot. File is the path below the bot's
// folder with forward slashes. Line and Col count from 1, Col in characters;
// Col 0 means that only the line is known, Line 0 that only the file is.
type Pos struct {
	File string
	At
}

// At is a place within a file that is known from elsewhere.
type At struct {
	Line, Col int32
}

func (p Pos) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Col == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Problem is one thing that is wrong, or looks wrong, in what an operator
// wrote. The first letter of Code is its severity: E (error: nothing goes
// live), W (warning), N (note: fine, but know this).
type Problem struct {
	Code string // such as E012 or W003; stable, documented
	Pos  Pos
	Rule string // name of the rule, "" if none or unnamed
	Msg  string // what is wrong: lower case, no final period
	Hint string // what to try; may be empty; may have several lines
}

// IsError reports whether the problem keeps the rules from going live.
func (p *Problem) IsError() bool { return !p.IsWarning() && !p.IsNote() }

// IsWarning reports whether check --strict counts the problem.
func (p *Problem) IsWarning() bool { return strings.HasPrefix(p.Code, "W") }

// IsNote reports whether the problem only informs.
func (p *Problem) IsNote() bool { return strings.HasPrefix(p.Code, "N") }

// Error gives `file:line:col: rule "x": what is wrong`, without the hint.
func (p *Problem) Error() string {
	var b strings.Builder
	if p.Pos.File != "" {
		b.WriteString(p.Pos.String())
		b.WriteString(": ")
	}
	if p.Rule != "" {
		fmt.Fprintf(&b, "rule %q: ", p.Rule)
	}
	b.WriteString(p.Msg)
	return b.String()
}

// Problems is a list of problems as an error. It is never empty when it is
// returned as an error.
type Problems []*Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// HasError reports whether one of the problems is an error.
func (ps Problems) HasError() bool {
	for _, p := range ps {
		if p.IsError() {
			return true
		}
	}
	return false
}
