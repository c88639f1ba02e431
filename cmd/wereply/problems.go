package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"wereply/rules"
)

// printer writes problems for people: where, what, the line itself with a
// caret under the place, and what to try.
type printer struct {
	out   io.Writer
	dir   string // the bot's folder, as the operator named it
	style style
	lines map[string][]string // of the files that were read for their carets
}

func (c *cli) problemPrinter(out io.Writer, dir string) *printer {
	return &printer{out: out, dir: dir, style: c.styleOf(out), lines: map[string][]string{}}
}

func (p *printer) print(problems rules.Problems) {
	for _, problem := range problems {
		p.printOne(problem)
	}
}

func (p *printer) printOne(problem *rules.Problem) {
	var b strings.Builder
	if problem.Pos.File != "" {
		b.WriteString(p.style.bold(placeIn(p.dir, problem.Pos)) + ": ")
	}
	if problem.Rule != "" {
		fmt.Fprintf(&b, "rule %q: ", problem.Rule)
	}
	b.WriteString(problem.Msg)
	if problem.Code != "" {
		b.WriteString(" " + p.style.severity(problem, "["+label(problem)+"]"))
	}
	b.WriteByte('\n')
	if line, ok := p.line(problem.Pos); ok {
		quoted, caret := quoteLine(line, int(problem.Pos.Col))
		fmt.Fprintf(&b, "%5d | %s\n", problem.Pos.Line, quoted)
		fmt.Fprintf(&b, "      | %s\n", p.style.severity(problem, caret))
	}
	b.WriteString(indentHint(problem.Hint))
	io.WriteString(p.out, b.String())
}

// indentHint is the hint under its problem, with its further lines aligned.
func indentHint(hint string) string {
	if hint == "" {
		return ""
	}
	const indent = "  hint: "
	under := "\n" + strings.Repeat(" ", len(indent))
	return indent + strings.ReplaceAll(hint, "\n", under) + "\n"
}

// label is the code of a problem, with its severity where it is no error.
func label(p *rules.Problem) string {
	if severity := severityOf(p); severity != "error" {
		return severity + " " + p.Code
	}
	return p.Code
}

func severityOf(p *rules.Problem) string {
	switch {
	case p.IsWarning():
		return "warning"
	case p.IsNote():
		return "note"
	}
	return "error"
}

// placeIn is a position as the operator's shell and editor understand it:
// below the current folder rather than below the bot's.
func placeIn(dir string, pos rules.Pos) string {
	pos.File = fileIn(dir, pos.File)
	return pos.String()
}

func fileIn(dir, file string) string {
	if file == "" || file == dir || filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(dir, filepath.FromSlash(file))
}

// line is the line that a problem stands in, for problems with a column. A
// line of bot.yaml is not shown: it may hold a secret.
func (p *printer) line(pos rules.Pos) (string, bool) {
	if pos.Line < 1 || pos.Col < 1 || pos.File == "bot.yaml" {
		return "", false
	}
	lines, ok := p.lines[pos.File]
	if !ok {
		data, err := os.ReadFile(fileIn(p.dir, pos.File))
		if err == nil {
			lines = strings.Split(strings.TrimPrefix(string(data), "\ufeff"), "\n")
		}
		p.lines[pos.File] = lines
	}
	if int(pos.Line) > len(lines) {
		return "", false
	}
	return strings.TrimSuffix(lines[pos.Line-1], "\r"), true
}

// counts says how many problems there are of each severity.
type counts struct {
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	Notes    int `json:"notes"`
}

func countOf(problems rules.Problems) counts {
	var n counts
	for _, p := range problems {
		switch severityOf(p) {
		case "error":
			n.Errors++
		case "warning":
			n.Warnings++
		default:
			n.Notes++
		}
	}
	return n
}

func (n counts) String() string {
	var words []string
	for _, part := range []struct {
		n    int
		word string
	}{{n.Errors, "error"}, {n.Warnings, "warning"}, {n.Notes, "note"}} {
		if part.n > 0 {
			words = append(words, plural(part.n, part.word))
		}
	}
	return strings.Join(words, ", ")
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// jsonProblem is a problem in the JSON formats of the commands.
type jsonProblem struct {
	Code     string `json:"code"`
	Severity string `json:"severity"` // error, warning, note
	File     string `json:"file,omitempty"`
	Line     int32  `json:"line,omitempty"`
	Col      int32  `json:"col,omitempty"` // in characters
	Rule     string `json:"rule,omitempty"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
}

func jsonProblems(dir string, problems rules.Problems) []jsonProblem {
	list := make([]jsonProblem, 0, len(problems))
	for _, p := range problems {
		list = append(list, jsonProblem{
			Code: p.Code, Severity: severityOf(p),
			File: fileIn(dir, p.Pos.File), Line: p.Pos.Line, Col: p.Pos.Col,
			Rule: p.Rule, Message: p.Msg, Hint: p.Hint,
		})
	}
	return list
}

// writeJSON writes one indented document. Chinese, < and & stay readable.
func writeJSON(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// github turns problems into annotations of a GitHub workflow: one command
// line each, with the escapes that workflow commands ask for.
func github(out io.Writer, dir string, problems rules.Problems) {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, p := range problems {
		kind := severityOf(p)
		if kind == "note" {
			kind = "notice"
		}
		var props []string
		add := func(key, value string) { props = append(props, key+"="+property.Replace(value)) }
		if p.Pos.File != "" {
			add("file", filepath.ToSlash(fileIn(dir, p.Pos.File)))
		}
		if p.Pos.Line > 0 {
			add("line", fmt.Sprint(p.Pos.Line))
		}
		if p.Pos.Col > 0 {
			add("col", fmt.Sprint(p.Pos.Col))
		}
		add("title", p.Code)
		msg := p.Msg
		if p.Rule != "" {
			msg = fmt.Sprintf("rule %q: %s", p.Rule, msg)
		}
		if p.Hint != "" {
			msg += "\nhint: " + p.Hint
		}
		fmt.Fprintf(out, "::%s %s::%s\n", kind, strings.Join(props, ","), data.Replace(msg))
	}
}
