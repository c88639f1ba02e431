package engine

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wereply/rules"
	"wereply/wechat"
)

// templated compiles rules that answer by a template, written so that YAML takes
// it as it is.
func templated(t testing.TB, source string) *Engine {
	t.Helper()
	return compile(t, "rules:\n- {when: [{keyword: [x, {regex: '(?P<id>\\d+)-(\\d+)'}, {prefix: 查}]}, {event: \"*\"}, {msg_type: voice}], reply: "+quoted(source)+"}\n- {when: {keyword: r}, remember: {name: '{{.Rest}}', 电话: n}, reply: r}\n")
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func TestTemplates(t *testing.T) {
	x := push(t, "Content", "x, <y> & z", "MsgId", "24519034406325999", "FromUserName", "oFan")
	ids := say(t, "12-34")
	scan := push(t, "MsgType", "event", "Event", "scancode_waitmsg", "EventKey", "K", "ScanCodeInfo.ScanType", "barcode",
		"ScanCodeInfo.ScanResult", "EAN_13,69012", "Brand.New", "new field")
	voice := push(t, "MsgType", "voice", "Recognition", "你好。", "MediaId", "m1")
	mute := push(t, "MsgType", "voice", "MediaId", "m1")
	for _, tt := range []struct {
		m              *wechat.Message
		template, want string
	}{
		// fields under WeChat's own names, absent ones empty
		{x, `{{.Content}}`, "x, <y> & z"},
		{x, `[{{.FromUserName}}|{{ .MsgType }}|{{.MsgId}}|{{.ToUserName}}|{{.CreateTime}}]`, "[oFan|text|24519034406325999|gh_account|1767758400]"},
		{x, `[{{.Recognition}}{{.EventKey}}{{.Location_X}}{{.MsgID}}{{.Ticket}}]`, "[]"},
		{voice, `{{or .Recognition "未识别"}}`, "你好。"},
		{mute, `{{or .Recognition "未识别"}}`, "未识别"},
		// nested ones by leaf name or path, unknown ones by field
		{scan, `{{.ScanResult}}`, "EAN_13,69012"},
		{scan, `{{field "ScanCodeInfo.ScanResult"}} {{field "ScanType"}}`, "EAN_13,69012 barcode"},
		{scan, `{{field "Brand.New"}}|{{field "New"}}|{{field "Nothing"}}`, "new field|new field|"},
		{scan, `{{"ScanType" | field}}`, "barcode"},
		{scan, `{{.Event}} {{.EventKey}}`, "scancode_waitmsg K"},
		// our own
		{event(t, "SCAN", "123"), `{{.Scene}}`, "123"},
		{event(t, "subscribe", "qrscene_abc"), `{{with .Scene}}场景值是:{{.}}{{end}}`, "场景值是:abc"},
		{event(t, "subscribe", "last_trade_no_1"), `[{{with .Scene}}{{.}}{{else}}无{{end}}]`, "[无]"},
		{x, `{{.Keyword}}`, "x"},
		{say(t, "查 北京"), `{{.Keyword}}:{{.Rest}}`, "查:北京"},
		{ids, `{{.Match.id}} {{group 2}}`, "12 34"},
		{ids, `{{range $k, $v := .Match}}{{$k}}={{$v}}{{end}}`, "id=12"},
		{x, `[{{.Vars.name}}{{.Match.id}}{{group 1}}]`, "[]"},
		{x, `[{{if .Vars.name}}{{.Vars.name}}{{else}}{{.Vars.name}}?{{end}}]`, "[?]"},
		{x, `{{.Account}}`, "shop"},
		// .Now prints itself and has parts
		{x, `{{.Now}}`, "2026-01-07 12:00:00"},
		{x, `现在{{.Now}}`, "现在2026-01-07 12:00:00"},
		{x, `{{.Now.Format "01-02 15:04"}} {{.Now.Hour}} {{.Now.Weekday}} {{.Now.Year}}-{{printf "%d" .Now.Month}}`, "01-07 12:00 12 Wednesday 2026-1"},
		{x, `{{if lt .Now.Hour 11}}早{{else if lt .Now.Hour 14}}中午{{else}}晚{{end}}`, "中午"},
		{x, `{{(.Now.AddDate 0 0 1).Format "01-02"}}`, "01-08"},
		// the dot changes, $ does not
		{x, `{{with .Content}}{{.}}/{{$.FromUserName}}{{end}}`, "x, <y> & z/oFan"},
		{x, `{{range splitList "," .Content}}[{{trim .}}{{$.Account}}]{{end}}`, "[xshop][<y> & zshop]"},
		{x, `{{with $c := .Content}}{{len $c}}{{$.Keyword}}{{end}}`, "10x"},
		{x, `{{with .Now}}{{.Hour}}{{end}}`, "12"},
		{x, `{{with .Vars}}{{.name}}{{else}}空{{end}}`, "空"},
		{x, `{{range $i, $e := list "a" "b"}}{{$i}}{{$e}}{{end}}`, "0a1b"},
		{x, `{{range list}}x{{else}}空{{end}}`, "空"},
		{x, `{{range splitList "," .Content}}{{.}}{{break}}{{end}}`, "x"},
		{x, `{{$n := 1}}{{if true}}{{$n = 2}}{{end}}{{$n}}`, "2"},
		// white space and comments are text/template's
		{x, `a {{- /* c */ -}} b {{.Keyword -}} !`, "ab x!"},
		{x, `{{"{{"}}`, "{{"},
		{x, `{ {.Content} } }}`, "{ {.Content} } }}"},
		// HTML is left alone
		{x, `<a href="http://x?a=1&b=2">{{.Content}}</a>`, `<a href="http://x?a=1&b=2">x, <y> & z</a>`},
	} {
		if got := ask(t, templated(t, tt.template), tt.m); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.template, got, tt.want)
		}
	}
}

// Most templates need no parser, and both ways give the same.
func TestSegments(t *testing.T) {
	for source, plain := range map[string]bool{
		"{{.Content}}":                      true,
		"a{{ .Content }}b{{.Vars.name}}":    true,
		"{{.Match.id}}{{.Now}}":             true,
		"{{.Vars.电话}}":                      true,
		"{{- .Content}}":                    false,
		"{{.Content -}}":                    false,
		"{{.Vars}}":                         false,
		"{{.Content.x}}":                    false,
		"{{/* c */}}":                       false,
		"{{.Now.Hour}}":                     false,
		"{{if .Content}}{{end}}":            false,
		"{{.Content}":                       false,
		"{{.Contnet}}":                      false,
		`{{"}}"}}`:                          false,
		"{{.Vars.a-b}}":                     false,
		"{{}}":                              false,
		"{{.}}":                             false,
		"{{\n.Content\n}}":                  false,
		"{{.Content}}{{.Account | printf}}": false,
	} {
		if got := segments(source) != nil; got != plain {
			t.Errorf("%s: plain %v, want %v", source, got, plain)
		}
	}
}

func TestTemplateMistakes(t *testing.T) {
	for _, tt := range []struct{ template, code, at, msg, hint string }{
		{`{{.Contnet}}`, "E204", "2:34", "no push has a field .Contnet", "did you mean .Content?"},
		{`你好{{.Contnet}}`, "E204", "2:36", "no push has a field .Contnet", "did you mean .Content?"},
		{`{{.content}}`, "E204", "2:34", "no push has a field .content", "did you mean .Content?"},
		{`{{.BrandNew}}`, "E204", "2:34", "no push has a field .BrandNew", `a field that is not known yet can be read by {{field "BrandNew"}}`},
		{`{{if false}}{{.Contnet}}{{end}}`, "E204", "2:46", "no push has a field .Contnet", "did you mean .Content?"},
		{`{{if .Content}}x{{else}}{{with .Scene}}{{$.Secne}}{{end}}{{end}}`, "E204", "", "no push has a field .Secne", "did you mean .Scene?"},
		{`{{with .Scene}}{{.Content}}{{end}}`, "E204", "", "a text has no field .Content", "inside {{with}} and {{range}} the dot is the value; the message's field is $.Content there"},
		{`{{range splitList "," .Content}}{{.Content}}{{end}}`, "E204", "", "a text has no field .Content", "$.Content"},
		{`{{with .Now}}{{.Content}}{{end}}`, "E204", "", ".Now has no field .Content", "$.Content"},
		{`{{.Now.Huor}}`, "E204", "", ".Now has no field .Huor", "did you mean .Now.Hour?"},
		{`{{.Content.x}}`, "E204", "", "a text has no field .x", ""},
		{`{{.}}`, "E204", "2:34", "the dot is the whole message here", "for example .Content"},
		{`{{with $}}{{end}}`, "E204", "", "the dot is the whole message here", ""},
		{`{{.Vars}}`, "E204", "", ".Vars holds several values", ""},
		{`{{.Vars.nmae}}`, "E206", "2:39", `no rule remembers a variable "nmae"`, "did you mean .Vars.name?"},
		{`{{with .Vars}}{{.nmae}}{{end}}`, "E206", "", `no rule remembers a variable "nmae"`, "did you mean .Vars.name?"},
		{`{{if true}}{{else}}{{.Vars.x}}{{end}}`, "E206", "", `no rule remembers a variable "x"`, ".Vars.name"},
		{`{{.Match.di}}`, "E207", "2:34", `no regular expression here has a group "di"`, "there is .Match.id"},
		{`{{if .Match.idd}}{{end}}`, "E207", "", `no regular expression here has a group "idd"`, "did you mean .Match.id?"},
		{`{{group 3}}`, "E207", "2:36", "the regular expressions here have 2 groups, not 3", ""},
		{`{{uper .Content}}`, "E205", "2:34", `templates have no function "uper"`, "did you mean upper?"},
		{`{{if false}}{{now}}{{end}}`, "E205", "", `templates have no function "now"`, "a field begins with a dot: .Now"},
		{`{{Content}}`, "E205", "", `templates have no function "Content"`, "a field begins with a dot: .Content"},
		{`{{env "HOME"}}`, "E205", "", `templates have no function "env"`, ""},
		{`{{upper}}`, "E205", "", "upper cannot take 0 arguments", "for example {{upper .Content}}"},
		{`{{.Content | upper "x"}}`, "E205", "", "upper cannot take 2 arguments", ""},
		{`{{eq .Content}}`, "E205", "", "eq cannot take 1 argument", ""},
		{`{{if eq .Scene 123}}x{{end}}`, "E205", "2:37", "eq cannot compare a text with a whole number", `{{eq (int .Scene) 1}}`},
		{`{{if false}}{{lt .Now "12:00"}}{{end}}`, "E205", "", "lt cannot compare a time with a text", ""},
		{`{{gt (float64 .Content) 100}}`, "E205", "", "gt cannot compare a decimal number with a whole number", ""},
		{`{{eq .Content "a" true}}`, "E205", "", "eq cannot compare a text with true or false", ""},
		{`{{repeat .Content 3}}`, "E205", "", "argument 1 of repeat is a whole number, not a text", "for example {{repeat 3"},
		{`{{upper lower}}`, "E205", "", "the function lower as an argument needs parentheses", ""},
		{`{{.Content "x"}}`, "E205", "", ".Content is no function and takes no arguments", ""},
		{`{{"a" "b"}}`, "E205", "", "is no function and takes no arguments", ""},
		{`{{.Now.Format}}`, "E205", "", ".Now.Format takes 1 argument, not 0", ""},
		{`{{range .Content}}{{end}}`, "E205", "", "range needs a list, .Content is a text", "splitList"},
		{`{{range 1000000000}}{{end}}`, "E205", "", "range needs a list, 1000000000 is a whole number", ""},
		{`{{index .Content 0}}`, "E205", "", "index needs a list, not a text", "substr"},
		{`{{define "a"}}{{end}}`, "E203", "", "{{define}} and {{block}} are not available", "use: name"},
		{`{{template "a"}}`, "E203", "", "{{template}} is not available", "use: name"},
		{`{{block "a" .Content}}{{end}}`, "E203", "", " not available", ""},
		{`{{$ := 1}}`, "E203", "", "$ is the message and cannot be set", ""},
		{`{{if}}x{{end}}`, "E203", "2:32", "the template cannot be read: missing value for if", ""},
		{`{{.Content`, "E203", "", "the template cannot be read: unclosed action", ""},
		{`{{end}}`, "E203", "", "the template cannot be read: unexpected {{end}}", ""},
		{`{{$x}}`, "E203", "", `the template cannot be read: undefined variable "$x"`, ""},
	} {
		file := "rules:\n- {when: {keyword: k}, reply: " + quoted(tt.template) + "}\n" +
			"- {when: {keyword: {regex: '(?P<id>.)(.)'}}, remember: {name: x}, reply: y}\n"
		if tt.code == "E207" {
			file = "rules:\n- {name: 规则, when: {keyword: {regex: '(?P<id>.)(.)'}}, reply: " + quoted(tt.template) + "}\n"
			tt.at = ""
		}
		set, err := load(t, "a.yaml", file)
		if err != nil {
			t.Errorf("%s: %v", tt.template, err)
			continue
		}
		e, problems := Compile(set, profile)
		if e != nil || len(problems) == 0 {
			t.Errorf("%s: no problem", tt.template)
			continue
		}
		p := problems[0]
		if tt.at != "" && p.Pos.String() != "rules/a.yaml:"+tt.at {
			t.Errorf("%s: at %s, want %s", tt.template, p.Pos, tt.at)
		}
		if p.Code != tt.code || !strings.Contains(p.Msg, tt.msg) || !strings.Contains(p.Hint, tt.hint) || tt.hint == "" && strings.Contains(p.Hint, "did you mean") {
			t.Errorf("%s: %s %s (%s), want %s %s (%s)", tt.template, p.Code, p.Msg, p.Hint, tt.code, tt.msg, tt.hint)
		}
	}
}

// Every mistake of a Set is told at once, with its place.
func TestEveryMistakeAtOnce(t *testing.T) {
	set, err := load(t, "a.yaml", `
replies:
  帮助: '{{.Helpp}}'
rules:
- name: 一
  when: {keyword: {regex: '(?=x)'}}
  reply: |
    第一行
    第二行 {{.Foo}}
    {{uper "x"}}
- when: {keyword: "\u200b "}
  remember: {name: '{{.Bar}}'}
  reply:
    news:
    - {title: '{{.Baz}}', url: "http://x/{{.Qux}}"}
- {when: {keyword: y}, reply: {random: [a, {weight: 2, reply: "{{.Quux}}"}]}}
- {when: {keyword: z}, reply: {use: 帮助}}
`)
	if err != nil {
		t.Fatal(err)
	}
	e, problems := Compile(set, profile)
	if e != nil {
		t.Error("an Engine in spite of errors")
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.Code+" "+p.Error())
	}
	want := []string{
		"E204 rules/a.yaml:3:10: no push has a field .Helpp",
		"E201 rules/a.yaml:6:27: rule \"一\": regular expression \"(?=x)\": invalid or unsupported Perl syntax: `(?=`",
		`E204 rules/a.yaml:9: rule "一": no push has a field .Foo`,
		`E205 rules/a.yaml:10: rule "一": templates have no function "uper"`,
		`E202 rules/a.yaml:11:19: nothing is left of the keyword "\u200b ": white space and invisible characters do not count`,
		`E204 rules/a.yaml:12:23: no push has a field .Bar`,
		`E204 rules/a.yaml:15:18: no push has a field .Baz`,
		`E204 rules/a.yaml:15:44: no push has a field .Qux`,
		`E204 rules/a.yaml:16:66: no push has a field .Quux`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A template that fails: no answer, no effects, and an error with rule and
// place.
func TestFailedRendering(t *testing.T) {
	for _, reply := range []string{
		`'{{div 1 (int .Content)}}'`,
		`{all: [好, '{{div 1 (int .Content)}}']}`,
		`{random: ['{{div 1 (int .Content)}}']}`,
		`{news: [{title: x, url: '{{div 1 (int .Content)}}'}]}`,
		`{menu: {head: x, items: ['{{div 1 (int .Content)}}']}}`,
		`{transfer: '{{div 1 (int .Content)}}'}`,
		`{image: '{{div 1 (int .Content)}}'}`,
	} {
		e := compile(t, "rules:\n- name: 除\n  when: {keyword: x}\n  reply: "+reply+"\n  goto: s\n  cooldown: 1h\n  remember: {a: b}\n")
		d := e.Decide(say(t, "x"), Conversation{})
		var p *rules.Problem
		if d.Rule == nil || d.Rule.Name != "除" || d.Parts != nil || !errors.As(d.Err, &p) || d.Effects.Goto != "" || d.Effects.Cooldown != 0 || d.Effects.Remember != nil {
			t.Errorf("%s: %+v", reply, d)
			continue
		}
		if p.Rule != "除" || p.Pos.Line != 4 || !strings.Contains(p.Msg, "divide by zero") {
			t.Errorf("%s: %v", reply, p)
		}
	}
	e := compile(t, "rules:\n- {when: {keyword: x}, remember: {a: '{{div 1 0}}'}, goto: s, reply: y}\n")
	if d := e.Decide(say(t, "x"), Conversation{}); d.Err == nil || d.Parts != nil || d.Effects.Goto != "" {
		t.Errorf("a failed remember: %+v", d)
	}
}

func TestPlaceOfFailure(t *testing.T) {
	e := compile(t, `
rules:
- when: {keyword: x}
  reply: |
    好
    {{with .Content}}{{div 1 0}}{{end}}
- {when: {keyword: y}, reply: '你好 {{div 1 0}}'}
`)
	for text, want := range map[string]string{"x": "rules/a.yaml:6: the template failed", "y": "rules/a.yaml:7:37: the template failed: error calling div: integer divide by zero"} {
		d := e.Decide(say(t, text), Conversation{})
		if d.Err == nil || !strings.HasPrefix(d.Err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, d.Err, want)
		}
	}
}
