package engine

import (
	"strings"
	"testing"
)

// What text/template says of a template it cannot read is put into plain
// words: no word of the library is left for the mistakes that people make.
func TestUnreadableTemplates(t *testing.T) {
	for _, c := range []struct{ template, msg, hint string }{
		{"{{.Content", "unclosed action", "each {{ needs its }}"},
		{"你好 {{.Content}，再见", "a single } stands", "two braces"},
		{`{{ "a" }`, "a single } stands", "two braces"},
		{"{{{.Content}}}", "a { stands", "two braces"},
		{"{{if .Content}}你好", "an {{end}} is missing", "ends with an {{end}}"},
		{"你好{{end}}", "unexpected {{end}}", "it ends nothing"},
		{"你好{{else}}", "unexpected {{else}}", "between {{if …}} and {{end}}"},
		{"{{default “游客” .Content}}", "unrecognized character", "half-width"},
		{"{{.Content｝}}", "bad character", "half-width"},
		{"{{upper（.Content）}}", "bad character", "half-width"},
		{`{{if .Content == "a"}}x{{end}}`, "= and == are no operators", "{{if eq .Content"},
		{`{{if .Content = "a"}}x{{end}}`, "= and == are no operators", "{{if eq .Content"},
		{`{{if .Content != "a"}}x{{end}}`, "! and != are no operators", "{{if ne .Content"},
		{`{{if !.Scene}}x{{end}}`, "! and != are no operators", "{{if not .Scene}}"},
		{`{{if .Content > 5}}x{{end}}`, "> is no operator", "{{if gt (atoi .Content) 5}}"},
		{`{{if .Content < 5}}x{{end}}`, "< is no operator", "{{if lt (atoi .Content) 5}}"},
		{`{{if .Scene && .Ticket}}x{{end}}`, "& and && are no operators", "{{if and .Scene .Ticket}}"},
		{`{{if .Scene || .Ticket}}x{{end}}`, "|| is no operator", "{{if or .Scene .Ticket}}"},
		{`{{default "游客 .Content}}`, "a quote is not closed", "double quotes"},
		{`{{default '游客' .Content}}`, "single quotes", "double quotes"},
		{`{{default '游客 .Content}}`, "single quotes", "double quotes"},
		{"{{if}}x{{end}}", "missing value for if", "{{if .Scene}}"},
		{"{{$x}}", "undefined variable", "{{$x := .Content}}"},
		{"{{.内容}}", "no push has a field .内容", "did you mean .Content?"},
		{"{{.姓名}}", "no push has a field .姓名", "English names"},
	} {
		set, err := load(t, "a.yaml", "rules:\n- {when: {keyword: k}, reply: "+quoted(c.template)+"}\n")
		if err != nil {
			t.Errorf("%s: %v", c.template, err)
			continue
		}
		if e, problems := Compile(set, profile); e != nil || !strings.Contains(problems[0].Msg, c.msg) || !strings.Contains(problems[0].Hint, c.hint) {
			t.Errorf("%s: %s (%s)", c.template, problems[0].Msg, problems[0].Hint)
		}
	}
}
