package engine

import "strings"

// unreadable are the messages of text/template for the mistakes that people
// make, by a part of them: what is said instead, "" = the message itself, and
// what to try.
var unreadable = []struct{ part, msg, hint string }{
	{"bad character U+007D", "a single } stands where two must close the {{", "two braces on each side: {{.Content}}"},
	{"unclosed action", "", "each {{ needs its }}"},
	{"unexpected EOF", "an {{end}} is missing", "each {{if …}}, {{with …}} and {{range …}} ends with an {{end}}"},
	{"unexpected {{end}}", "", "it ends nothing: delete it, or put the {{if …}}, {{with …}} or {{range …}} before it"},
	{"unexpected {{else}}", "", "it belongs between {{if …}} and {{end}}"},
	{"bad character", "", `inside {{ }} all signs are half-width: " ( ) | . ,`},
	{`unexpected "}"`, "a single } stands where two must close the {{", "two braces on each side: {{.Content}}"},
	{`unexpected "{"`, "a { stands inside the {{", "two braces on each side: {{.Content}}"},
	{"unrecognized character in action", "", `inside {{ }} all signs are half-width: " ( ) | . ,`},
	{`unexpected "=" in operand`, "= and == are no operators here", `values are compared by a function: {{if eq .Content "1"}}, or ne for not equal`},
	{`unexpected "!"`, "! and != are no operators here", `values are compared by a function: {{if ne .Content "1"}}, and not turns them round: {{if not .Scene}}`},
	{`unexpected "<"`, "< is no operator here", `numbers are compared by a function: {{if lt (atoi .Content) 5}}; also le, gt, ge`},
	{`unexpected ">"`, "> is no operator here", `numbers are compared by a function: {{if gt (atoi .Content) 5}}; also ge, lt, le`},
	{`unexpected "&"`, "& and && are no operators here", `both of two: {{if and .Scene .Ticket}}`},
	{`unexpected "|"`, "|| is no operator here", `one of two: {{if or .Scene .Ticket}}`},
	{"unterminated quoted string", "a quote is not closed inside the {{ }}", `a text inside {{ }} stands in double quotes: {{eq .Content "1"}}`},
	{"unterminated character constant", "single quotes are not for texts inside {{ }}", `a text inside {{ }} stands in double quotes: {{eq .Content "1"}}`},
	{"malformed character constant", "single quotes are not for texts inside {{ }}", `a text inside {{ }} stands in double quotes: {{eq .Content "1"}}`},
	{"missing value for", "", "a condition stands behind it: {{if .Scene}}"},
	{"undefined variable", "", "a variable is set before it is used: {{$x := .Content}}"},
}

// inPlainWords puts what text/template says into the words of people who
// write replies, not programs.
func inPlainWords(said string) (msg, hint string) {
	best := -1
	for i, u := range unreadable {
		if strings.Contains(said, u.part) && (best < 0 || len(u.part) > len(unreadable[best].part)) {
			best = i
		}
	}
	if best < 0 {
		return said, ""
	}
	if u := unreadable[best]; u.msg != "" {
		return u.msg, u.hint
	}
	return said, unreadable[best].hint
}
