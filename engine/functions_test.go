package engine

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wereply/rules"
	"wereply/wechat"
)

// The example of every function loads and runs, and gives what it says.
func TestFunctions(t *testing.T) {
	want := map[string]string{
		"field": "EAN_13,69012", "group": "", "trim": "你好, Wörld  * 吗", "trimAll": "  你好, Wörld  * 吗 ", "trimPrefix": "  你好, Wörld  * 吗 ", "trimSuffix": "  你好, Wörld  * 吗 ",
		"upper": "  你好, WÖRLD  * 吗 ", "lower": "  你好, wörld  * 吗 ", "title": "  你好, Wörld  * 吗 ", "substr": "  你好,", "trunc": "  你好,",
		"replace": "  你好, Wörld  * 吗 ", "repeat": "★★★", "indent": "    你好, Wörld  * 吗 ", "contains": "false", "hasPrefix": "false", "hasSuffix": "false",
		"quote": `"  你好, Wörld  * 吗 "`, "squote": `'  你好, Wörld  * 吗 '`, "cat": "L ", "plural": "items", "toString": "1.5",
		"default": "朋友", "coalesce": "  你好, Wörld  * 吗 ", "ternary": "是", "empty": "true", "all": "false", "any": "true",
		"int": "3", "int64": "3", "float64": "23.1", "atoi": "3", "add": "3", "add1": "4", "sub": "1", "mul": "6", "div": "3", "mod": "1", "max": "2", "min": "1",
		"floor": "1", "ceil": "2", "round": "1.6", "list": "[1 2 3]", "splitList": "[  你好  Wörld  * 吗 ]", "join": "1、2", "sortAlpha": "[1 2]",
		"first": "1", "last": "2", "rest": "[2]", "initial": "[1]", "reverse": "[2 1]", "uniq": "[1]", "compact": "[1]", "without": "[1]", "concat": "[1 2]", "has": "true",
		"b64enc": "b1VzZXI=", "sha256sum": fmt.Sprintf("%x", sha256.Sum256([]byte("oUser"))), "urlquery": "++%E4%BD%A0%E5%A5%BD%2C+W%C3%B6rld++%2A+%E5%90%97+", "html": "  你好, Wörld  * 吗 ", "js": "  你好, Wörld  * 吗 ",
		"print": "1 2", "println": "1 2\n", "printf": "1.2", "len": "17", "index": "1", "and": "", "or": "未识别", "not": "true", "eq": "false", "ne": "true",
		"lt": "false", "le": "true", "gt": "false", "ge": "true",
	}
	m := push(t, "Content", "  你好, Wörld  * 吗 ", "ScanCodeInfo.ScanResult", "EAN_13,69012", "Location_X", "23.1", "Label", "L")
	got := map[string]string{}
	for _, f := range Functions() {
		set := &rules.Set{Rules: []*rules.Rule{
			{Reply: &rules.Reply{Kind: rules.ReplyText, Source: "[{{" + f.Usage + "}}]"}},
			{Extra: &rules.RuleExtra{Remember: []rules.Remember{{Name: "name"}, {Name: "phone"}, {Name: "count"}}}},
			{When: []rules.Condition{{Keyword: rules.Pattern{{Kind: rules.KindRegex, Text: "(z)"}}}}},
		}}
		if f.Name == "group" {
			set.Rules[0].When = set.Rules[2].When
			set.Rules[0].When = append(set.Rules[0].When, rules.Condition{Extra: &rules.ConditionExtra{MsgTypes: []string{"text"}}})
		}
		if f.Doc == "" || !strings.HasPrefix(f.Usage, f.Name+" ") {
			t.Errorf("%s: usage %q, doc %q", f.Name, f.Usage, f.Doc)
		}
		e, problems := Compile(set, profile)
		if e == nil {
			t.Errorf("%s: %v", f.Usage, problems)
			continue
		}
		text := answered(t, e.Decide(m, Conversation{Vars: map[string]string{"count": "3", "phone": "138"}}))
		got[f.Name] = strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A template can call nothing that is not in the table, and what is there is
// pure.
func TestOnlyTheTable(t *testing.T) {
	for _, name := range []string{
		"env", "expandenv", "now", "date", "dateInZone", "ago", "toDate", "duration", "htmlDate", "dateModify",
		"randAlpha", "randAlphaNum", "randAscii", "randNumeric", "randInt", "randBytes", "uuidv4", "getHostByName",
		"until", "untilStep", "seq", "call", "slice", "fail", "osBase", "base", "set", "dict", "regexMatch", "fromJson", "toPrettyJson", "hello", eachName,
	} {
		var c checker
		c.known = &known{}
		c.parse("{{" + name + " 1}}")
		if len(c.mistakes) == 0 {
			t.Errorf("templates can call %s", name)
		}
	}
	// What text/template knows by itself and the table does not replace.
	for _, name := range []string{"and", "or", "not", "index", "eq", "ne", "lt", "le", "gt", "ge"} {
		if f := byName[name]; f == nil || f.call != nil {
			t.Errorf("%s: %+v", name, f)
		}
	}
	for _, f := range functions {
		_, std := builtins[f.Name]
		if f.call == nil && !std {
			t.Errorf("the library has no %s", f.Name)
		}
	}
}

// No template can take more than its share of memory or time.
func TestBounds(t *testing.T) {
	long := strings.Repeat("长a", 30_000) // 120 KB
	some := strings.Repeat("a,", 1000)
	for _, tt := range []struct{ template, content, want string }{
		{`{{repeat 1000000000 "x"}}`, "x", "longer than 64 KiB"},
		{`{{repeat 9223372036854775807 "xx"}}`, "x", "longer than 64 KiB"},
		{`{{repeat -1 "x"}}`, "x", "longer than 64 KiB"},
		{`{{repeat 65536 "x"}}`, "x", ""},
		{`{{repeat 65537 "x"}}`, "x", "longer than 64 KiB"},
		{`{{repeat 40000 "x"}}{{repeat 40000 "x"}}`, "x", "longer than 64 KiB"},
		{`{{repeat (int .Content) "x"}}`, "99999999999", "longer than 64 KiB"},
		{`{{indent 1000000000 "x"}}`, "x", "longer than 64 KiB"},
		{`{{replace "" (repeat 60000 "y") .Content}}`, "xxxx", "longer than 64 KiB"},
		{`{{join (repeat 60000 "y") (splitList "," .Content)}}`, "a,b,c", "longer than 64 KiB"},
		{`{{printf "%1000000d%1000000d" 1 2}}`, "x", "longer than 64 KiB"},
		{`{{printf "%*d" 100000 1}}`, "x", "longer than 64 KiB"},
		{`{{printf .Content 1}}`, strings.Repeat("%99999d", 10), "longer than 64 KiB"},
		{`{{printf .Content (repeat 60000 "x")}}`, "%[1]s%[1]s", "longer than 64 KiB"},
		{`{{printf "%5d|%-5s|%.2f" 1 "a" 1.5}}`, "x", ""},
		{`{{$x := .Content}}{{range splitList "," .Content}}{{$x = print $x $x}}{{end}}`, some, "longer than 64 KiB"},
		{`{{$x := list .Content}}{{range splitList "," .Content}}{{$x = list $x $x}}{{end}}{{$x}}`, some, "longer than 64 KiB"},
		{`{{range splitList "" .Content}}{{range splitList "" $.Content}}{{range splitList "" $.Content}}{{end}}{{end}}{{end}}`, some, "too much work"},
		{`{{range splitList "," .Content}}{{range splitList "," $.Content}}{{end}}{{end}}`, some, "too much work"},
		{`{{range splitList "," .Content}}{{$x := upper $.Content}}{{end}}`, some, "too much work"},
		{`{{range splitList "," .Content}}` + strings.Repeat("{{if 1}}{{end}}", 1000) + `{{end}}`, some, "too much work"},
		{`{{range splitList "," .Content}}{{if or ` + strings.Repeat(`"" `, 1000) + `}}{{end}}{{end}}`, some, "too much work"},
		{`{{.Now.Format .Content}}`, some, "the layout of a time is longer"},
		{`{{uniq (splitList "" .Content)}}`, some + some, "too much work"},
		{`{{range (index (list 1000000000) 0)}}{{end}}`, "x", "range needs a list"},
		{`{{range (int .Content | list | first)}}{{end}}`, "1000000000", "range needs a list"},
		{`{{.Content}}`, long, "longer than 64 KiB"},
		{`a{{.Content}}b`, long, "longer than 64 KiB"},
		{`{{trim .Content}}`, long, "longer than 64 KiB"},
		{`{{with .Content}}{{.}}{{end}}`, long, "longer than 64 KiB"},
		{`{{.Content}}`, long[:32<<10], ""},
	} {
		set := &rules.Set{Rules: []*rules.Rule{{Reply: &rules.Reply{Kind: rules.ReplyText, Source: tt.template}}}}
		e, problems := Compile(set, profile)
		if e == nil {
			t.Errorf("%s: %v", tt.template, problems)
			continue
		}
		d := e.Decide(&wechat.Message{MsgType: "text", Content: tt.content}, Conversation{})
		switch {
		case tt.want == "" && d.Err != nil:
			t.Errorf("%s: %v", tt.template, d.Err)
		case tt.want != "" && (d.Err == nil || !strings.Contains(d.Err.Error(), tt.want)):
			t.Errorf("%s: %v, want %s", tt.template, d.Err, tt.want)
		}
	}
	long = strings.Repeat("x", maxRendered+1)
	set := &rules.Set{Rules: []*rules.Rule{{Reply: &rules.Reply{Kind: rules.ReplyText, Source: long}}}}
	if e, _ := Compile(set, profile); e != nil {
		t.Error("a text of more than 64 KiB loads")
	}
}

// The names of .Now that depend on the machine are not there.
func TestNowIsPure(t *testing.T) {
	for _, name := range []string{"Local", "In", "UTC", "Location", "Zone", "Sub", "GobEncode"} {
		c := checker{known: &known{}}
		c.parse("{{.Now." + name + "}}")
		if len(c.mistakes) == 0 {
			t.Errorf(".Now.%s loads", name)
		}
	}
	for template, want := range map[string]string{
		`{{printf "%p %#v" (list 1 2) .Vars}}`: `%!p(string=[1 2]) "map[]"`,
		`{{printf "%#v %s" .Now .Now}}`:        `"2026-01-07 12:00:00" 2026-01-07 12:00:00`,
	} {
		if got := ask(t, compile(t, "rules:\n- reply: "+quoted(template)+"\n"), say(t, "x")); got != want {
			t.Errorf("%s tells %q, want %q", template, got, want)
		}
	}
	n := Now{time.Date(2026, 1, 31, 9, 5, 7, 0, shanghai)}
	if n.String() != "2026-01-31 09:05:07" || n.AddDate(0, 0, 1).String() != "2026-02-01 09:05:07" || n.YearDay() != 31 || n.Minute() != 5 || n.Second() != 7 || n.Month() != time.January || n.Unix() != 1769821507 {
		t.Errorf("%v %v", n, n.Unix())
	}
}

// FuzzTemplate: whatever loads renders or fails in bounds, and whatever the
// segments render text/template renders alike.
func FuzzTemplate(f *testing.F) {
	for _, fn := range functions {
		f.Add("{{"+fn.Usage+"}}", "你好 12-3")
	}
	f.Add("{{with .Scene}}{{.}}{{else}}{{$.Content}}{{end}}", "x")
	f.Add("a{{.Content}}b{{.Vars.name}}{{.Match.id}}{{.Now}}", "12-34")
	f.Add(`{{range $i, $e := splitList "," .Content}}{{$i}}{{$e}}{{break}}{{end}}`, "a,b")
	f.Add(`{{$x := 1}}{{if eq $x 1}}{{$x = "a"}}{{end}}{{$x}}`, "a,b")
	f.Fuzz(func(t *testing.T, source, content string) {
		regex := []rules.Condition{{Keyword: rules.Pattern{{Kind: rules.KindRegex, Text: `(?P<id>\d+)?`}}}}
		set := &rules.Set{Rules: []*rules.Rule{
			{When: regex, Reply: &rules.Reply{Kind: rules.ReplyText, Source: source}, Extra: &rules.RuleExtra{Remember: []rules.Remember{{Name: "name", Value: rules.Text{Source: "v"}}}}},
		}}
		e, problems := Compile(set, profile)
		if e == nil {
			if !problems.HasError() {
				t.Fatal("no Engine and no error")
			}
			return
		}
		m := &wechat.Message{MsgType: "text", Content: content, FromUserName: "o", CreateTime: noon}
		d := e.Decide(m, Conversation{})
		again := e.Decide(m, Conversation{})
		if diff := cmp.Diff(d.Parts, again.Parts); diff != "" || (d.Err == nil) != (again.Err == nil) {
			t.Fatalf("%q renders differently: %s", source, diff)
		}
		if d.Err != nil && !strings.Contains(d.Err.Error(), "the template failed") {
			t.Fatalf("%q: %v", source, d.Err)
		}
		if d.Err == nil && segments(source) != nil {
			sameAsTemplate(t, e, m, source, d.Parts)
		}
	})
}

// sameAsTemplate renders a template of segments by text/template.
func sameAsTemplate(t *testing.T, e *Engine, m *wechat.Message, source string, parts []Part) {
	t.Helper()
	in := e.newInput(m, Conversation{})
	defer in.release()
	r, found := e.first(in)
	p := program{source: rules.Text{Source: source}}
	want, err := p.execute(&scope{e: e, m: m, rule: r, match: found, vars: map[string]string{"name": "v"}})
	got := ""
	if len(parts) > 0 {
		got = parts[0].Reply.Text
	}
	if err != nil || got != want && strings.TrimSpace(want) != "" {
		t.Fatalf("%q: segments %q, text/template %q %v", source, got, want, err)
	}
}
