package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

const explainedRules = `rules:
  - name: 报名
    when: {keyword: 报名}
    reply: 请问您的姓名？
    goto: signup.name
  - name: 姓名
    when: {msg_type: text, state: signup.name}
    remember: {name: "{{.Content}}"}
    reply: "{{.Content}}，您在{{.Vars.city}}？"
    goto: end
  - name: 城市
    when: {state: signup.city}
    remember: {city: "{{.Content}}"}
  - name: 夜里
    when: {keyword: 几点, time: {from: "22:00", to: "08:00"}}
    reply: 已经打烊了
  - name: 几点
    when: {keyword: 几点}
    reply: 十点开门
  - name: 扫码
    when: {event: SCAN, event_key: "8"}
    reply: {news: [{title: 八号, description: 桌, pic_url: "https://e.com/p", url: "https://e.com"}, {title: 九号, description: 桌, pic_url: "https://e.com/p", url: "https://e.com/9"}]}
`

// TestExplainUnknownNames: what WeChat or the rules do not know is explained
// all the same, and told on stderr.
func TestExplainUnknownNames(t *testing.T) {
	dir := botWith(t, explainedRules)
	for _, c := range []struct{ args, stdout, stderr string }{
		{"--event subscirbe", "no rule answers\n", "wereply: warning: \"subscirbe\" is no event that WeChat is known to push\nhint: did you mean subscribe?\n"},
		{"--event brand_new", "no rule answers\n", "wereply: warning: \"brand_new\" is no event that WeChat is known to push\n"},
		{"--field MsgType=viedo", "no rule answers\n", "wereply: warning: \"viedo\" is no MsgType that WeChat is known to push\nhint: did you mean video?\n"},
		{"--text 张三 --state sigup.name", "no rule answers\n", "wereply: warning: --state: no rule goes to the state \"sigup.name\" or asks for it\nhint: did you mean signup.name?\n"},
		{"--text 张三 --state end", "no rule answers\n", "wereply: warning: --state: no rule goes to the state \"end\" or asks for it\nhint: the states are signup.city, signup.name\n"},
		{"--text 张三 --state none", "no rule answers\n", ""},
		{"--event SCAN --event-key 9", "no rule answers\n", ""},
	} {
		t.Run(c.args, func(t *testing.T) {
			got := runIn(t, dir, append([]string{"explain"}, strings.Fields(c.args)...)...)
			if got.code != exitDone || !strings.HasPrefix(got.stdout, c.stdout) || got.stderr != c.stderr {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestExplain(t *testing.T) {
	dir := botWith(t, explainedRules)
	for _, c := range []struct {
		name string
		args []string
		want []string // in this order
	}{
		{"answer and near miss", []string{"--text", "几点开门", "--at", "2026-01-07 12:00"},
			[]string{`rule "几点" (rules/a.yaml:17:5) answers`, "\n  十点开门\n", "near misses:\n", `rule "夜里"`}},
		{"time", []string{"--text", "几点开门", "--at", "2026-01-07 23:00"}, []string{`rule "夜里" (rules/a.yaml:14:5) answers`}},
		{"conversation", []string{"--text", "张三", "--state", "signup.name", "--var", "city=上海"},
			[]string{`rule "姓名"`, "张三，您在上海？", `remembers name = "张三"`, "ends the conversation"}},
		{"goto", []string{"--text", "报名"}, []string{`rule "报名"`, "goes to state signup.name"}},
		{"event", []string{"--event", "scan", "--event-key", "8"},
			[]string{`rule "扫码"`, "[news 1/2]\n    title: 八号", "[news 2/2]\n    title: 九号"}},
		{"none", []string{"--text", "天气"}, []string{"no rule answers\n"}},
		{"all", []string{"--text", "天气", "--all"}, []string{"no rule answers\n", "tried before:\n", `rule "报名"`, `rule "几点"`}},
		{"folding", []string{"--text", "　ＡＢＣ "}, []string{`text compared: "abc"`}},
		{"fields", []string{"--field", "MsgType=voice", "--field", "Recognition=几点开门", "--at", "2026-01-07 12:00"}, []string{`rule "几点"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := runIn(t, dir, append([]string{"explain"}, c.args...)...)
			if got.code != exitDone || got.stderr != "" {
				t.Fatalf("exit code %d, stderr %q", got.code, got.stderr)
			}
			rest := got.stdout
			for _, want := range c.want {
				at := strings.Index(rest, want)
				if at < 0 {
					t.Fatalf("%q is missing in:\n%s", want, got.stdout)
				}
				rest = rest[at+len(want):]
			}
		})
	}
}

func TestExplainJSON(t *testing.T) {
	got := runIn(t, botWith(t, explainedRules), "explain", "--text", "几点开门", "--at", "2026-01-07 12:00", "--format", "json")
	var x jsonExplanation
	if err := json.Unmarshal([]byte(got.stdout), &x); err != nil {
		t.Fatalf("%v:\n%s", err, got.stdout)
	}
	if x.Rule == nil || *x.Rule != (jsonRule{"几点", "rules/a.yaml", 17}) {
		t.Errorf("rule: %+v", x.Rule)
	}
	if len(x.Replies) != 1 || x.Replies[0].Type != "text" || x.Replies[0].Text != "十点开门" {
		t.Errorf("replies: %+v", x.Replies)
	}
	last := x.Tried[len(x.Tried)-1]
	if last.Name != "夜里" || !last.Near || !strings.Contains(last.Failed, "12:00") {
		t.Errorf("tried: %+v", x.Tried)
	}
}

// TestExplainCooldown: a rule that holds back is a near miss, and what comes
// after it answers.
func TestExplainCooldown(t *testing.T) {
	dir := botWith(t, "rules:\n  - {name: 促销, when: {keyword: 促销}, cooldown: 1h, reply: 全场八折}\n  - {when: {keyword: 促}, cooldown: 1h, reply: 刚说过}\n  - {name: 默认, reply: 没听懂}\n")
	at := []string{"explain", "--text", "促销", "--at", "2026-01-07 12:00"}
	got := runIn(t, dir, append(at, "--cooldown", "促销")...)
	if !strings.HasPrefix(got.stdout, "rule at rules/a.yaml:3:5 answers\n") || !strings.Contains(got.stdout, "holds back until 2026-01-07 13:00:00") {
		t.Errorf("%+v", got)
	}
	got = runIn(t, dir, append(at, "--cooldown", "促销", "--cooldown", "rules/a.yaml:3")...)
	if !strings.HasPrefix(got.stdout, `rule "默认"`) {
		t.Errorf("%+v", got)
	}
	got = runIn(t, dir, append(at, "--cooldown", "促消品")...)
	if got.code != exitUsage || !strings.Contains(got.stderr, `there is no rule "促消品"`) {
		t.Errorf("%+v", got)
	}
}

// TestExplainPush reads a whole push, from a file and from standard input.
func TestExplainPush(t *testing.T) {
	dir := botWith(t, explainedRules)
	push := "<xml><ToUserName>gh_0123456789ab</ToUserName><FromUserName>oUser</FromUserName><CreateTime>1767758400</CreateTime>" +
		"<MsgType>text</MsgType><Content><![CDATA[几点了]]></Content><MsgId>1</MsgId></xml>"
	write(t, dir, "push.xml", push)
	if got := runIn(t, dir, "explain", "--push", "push.xml"); !strings.HasPrefix(got.stdout, `rule "几点"`) {
		t.Errorf("exit code %d: %s%s", got.code, got.stdout, got.stderr)
	}
	if got := runStdin(t, push, "explain", dir, "--push", "-"); !strings.HasPrefix(got.stdout, `rule "几点"`) {
		t.Errorf("exit code %d: %s%s", got.code, got.stdout, got.stderr)
	}
	if got := runStdin(t, "<html>", "explain", dir, "--push", "-"); got.code != exitProblems || got.stdout != "" {
		t.Errorf("exit code %d: %s%s", got.code, got.stdout, got.stderr)
	}
}

// TestExplainMany: of many near misses a few are shown, and how many more
// there are.
func TestExplainMany(t *testing.T) {
	var file strings.Builder
	file.WriteString("rules:\n")
	for i := range maxNear + 3 {
		fmt.Fprintf(&file, "  - {when: {keyword: 几点, from: user%d}, reply: 您好}\n", i)
	}
	dir := botWith(t, file.String())
	got := runIn(t, dir, "explain", "--text", "几点")
	if strings.Count(got.stdout, "  rule at ") != maxNear || !strings.HasSuffix(got.stdout, "\n  … and 3 more: --all lists every rule\n") {
		t.Errorf("%s", got.stdout)
	}
	if got := runIn(t, dir, "explain", "--text", "几点", "--all"); strings.Count(got.stdout, "  rule at ") != maxNear+3 {
		t.Errorf("%s", got.stdout)
	}
}

// TestExplainLater: the rules that fit too and stand below the one that answers
// are named, but no default behind them.
func TestExplainLater(t *testing.T) {
	dir := botWith(t, "rules:\n  - {name: 文字, when: {msg_type: text}, reply: 一}\n  - {name: 价格, when: {keyword: 价格}, reply: 二}\n  - {name: 地址, when: {keyword: 地址}, reply: 三}\n"+
		"  - {name: 停用, when: {keyword: 价格}, enabled: false, reply: 四}\n  - {name: 默认, reply: 五}\n  - {name: 又一个, reply: 六}\n")
	if got := runIn(t, dir, "explain", "--text", "价格"); !strings.HasSuffix(got.stdout, "\nfit too, but come later:\n  rule \"价格\" (rules/a.yaml:3:5)\n") {
		t.Errorf("%s", got.stdout)
	}
	if got := runIn(t, dir, "explain", "--field", "MsgType=image"); !strings.HasSuffix(got.stdout, "\nfit too, but come later:\n  rule \"又一个\" (rules/a.yaml:7:5)\n") {
		t.Errorf("%s", got.stdout)
	}
	got := runIn(t, dir, "explain", "--text", "价格", "--format", "json")
	if !strings.Contains(got.stdout, `"later": [`) {
		t.Errorf("%s", got.stdout)
	}
	if got := runIn(t, dir, "explain", "--event", "VIEW"); strings.Contains(got.stdout, "later") {
		t.Errorf("%s", got.stdout)
	}
}

func TestExplainAccounts(t *testing.T) {
	dir := botWith(t, explainedRules)
	write(t, dir, "bot.yaml", "accounts:\n  - {name: a, path: /a, token: x}\n  - {name: b, path: /b, token: y}\n")
	got := runIn(t, dir, "explain", "--text", "报名")
	if got.code != exitUsage || !strings.Contains(got.stderr, "hint: the accounts are a, b\n") {
		t.Errorf("exit code %d: %s", got.code, got.stderr)
	}
	if got := runIn(t, dir, "explain", "--text", "报名", "--account", "b"); got.code != exitDone {
		t.Errorf("exit code %d: %s", got.code, got.stderr)
	}
	if got := runIn(t, dir, "explain", "--text", "报名", "--account", "c"); got.code != exitUsage {
		t.Errorf("exit code %d: %s", got.code, got.stderr)
	}
}
