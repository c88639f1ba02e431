package engine

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"unicode/utf8"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"wereply/rules"
	"wereply/wechat"
)

const signup = `
rules:
- {name: 报名, when: {keyword: 报名}, reply: 请问您的姓名, goto: signup.name}
- name: 姓名
  when: {state: signup.name}
  unless: {keyword: 取消}
  remember: {name: "{{.Content}}"}
  reply: 您好{{.Vars.name}},电话
  goto: signup.phone
  expires: 10m
- name: 电话
  when: {state: signup.phone, keyword: {regex: '^\d+$'}}
  remember: {phone: "{{.Content}}", both: "{{.Vars.name}}{{.Vars.phone}}"}
  reply: "{{.Vars.name}} {{.Vars.phone}} {{.Vars.both}}"
  goto: end
- {name: 问, when: {state: "*", keyword: 谁}, reply: "你是{{.Vars.name}}"}
- {name: 取消, when: {keyword: 取消}, goto: end, reply: 已取消}
- {reply: 没听懂}
`

func TestConversation(t *testing.T) {
	e := compile(t, signup)
	u := newChat(t, e)
	for _, step := range []struct {
		after      int64
		text, want string
		state      string
		expires    int64 // seconds after the first message
		vars       map[string]string
	}{
		{0, "报名", "请问您的姓名", "signup.name", 1800, nil},
		{60, "张三", "您好张三,电话", "signup.phone", 660, map[string]string{"name": "张三"}},
		// an answer without goto changes neither state nor expiry
		{60, "你知道我是谁吗", "你是张三", "signup.phone", 660, map[string]string{"name": "张三"}},
		{60, "啊", "没听懂", "signup.phone", 660, map[string]string{"name": "张三"}},
		// remember sees the old variables, the reply the new ones; goto: end comes after it
		{60, "138", "张三 138 张三", "", 0, nil},
		{60, "谁", "没听懂", "", 0, nil},
	} {
		u.now += step.after
		if got := u.say(step.text); got != step.want {
			t.Errorf("%s: %q, want %q", step.text, got, step.want)
		}
		expires := step.expires
		if expires != 0 {
			expires += noon
		}
		want := Conversation{State: step.state, Expires: expires, Vars: step.vars}
		if diff := cmp.Diff(want, u.c); diff != "" {
			t.Errorf("after %s: %s", step.text, diff)
		}
	}
}

// State and variables end at the expiry, judged by CreateTime.
func TestExpiry(t *testing.T) {
	e := compile(t, signup)
	for _, tt := range []struct {
		after int64
		want  string
	}{{1799, "您好李四,电话"}, {1800, "没听懂"}, {1_000_000, "没听懂"}} {
		u := newChat(t, e)
		u.say("报名")
		u.now += tt.after
		if got := u.say("李四"); got != tt.want {
			t.Errorf("after %d s: %q, want %q", tt.after, got, tt.want)
		}
	}
	u := newChat(t, e)
	u.say("报名")
	u.say("王五")
	u.now += 600
	if u.say("报名"); u.c.Vars != nil {
		t.Errorf("variables outlive the expiry: %v", u.c.Vars)
	}
}

func TestExpiresAtMost(t *testing.T) {
	e := compile(t, "rules:\n- {when: {keyword: x}, goto: s, expires: 7d}\n- {when: {keyword: y}, goto: s, expires: 90s}\n")
	for text, want := range map[string]int64{"x": 7 * 86400, "y": 90} {
		d := e.Decide(say(t, text), Conversation{})
		if d.Effects.Expires != noon+want || d.Effects.Goto != "s" {
			t.Errorf("%s: %+v", text, d.Effects)
		}
	}
}

func TestRememberWithoutState(t *testing.T) {
	e := compile(t, `
rules:
- {when: {keyword: {prefix: 我叫}}, remember: {name: "{{.Rest}}"}, reply: 好的}
- {when: {keyword: 我是谁}, reply: '{{default "不知道" .Vars.name}}'}
- {when: {keyword: 忘}, goto: end}
`)
	u := newChat(t, e)
	for _, step := range [][2]string{{"我是谁", "不知道"}, {"我叫 张三", "好的"}, {"我是谁", "张三"}, {"忘", ""}, {"我是谁", "不知道"}} {
		if got := u.say(step[0]); got != step[1] {
			t.Errorf("%s: %q, want %q", step[0], got, step[1])
		}
		u.now += 86400
	}
}

func TestVarLimits(t *testing.T) {
	e := compile(t, "rules:\n- {when: {keyword: 长}, remember: {v: '{{.Content}}'}}\n")
	d := e.Decide(say(t, strings.Repeat("长", 1000)), Conversation{})
	v := d.Effects.Remember[0].Value
	if len(v) > 1024 || len(v) < 1022 || !utf8.ValidString(v) || strings.Trim(v, "长") != "" {
		t.Errorf("%d bytes: %q", len(v), v)
	}
	// 32 variables: when rules changed in the middle of a conversation, older
	// ones go.
	old := map[string]string{}
	for i := range 32 {
		old[fmt.Sprintf("old%02d", i)] = "x"
	}
	before := maps.Clone(old)
	c := Conversation{State: "s", Expires: noon + 60, Vars: old}.Apply(d.Effects, noon)
	if len(c.Vars) != rules.MaxVars || c.Vars["v"] != v || c.Vars["old00"] != "" || c.Vars["old01"] != "x" {
		t.Errorf("%v", c.Vars)
	}
	if diff := cmp.Diff(before, old); diff != "" {
		t.Errorf("Apply changes the old map: %s", diff)
	}
}

func TestSilentAndEmptyRepliesHaveTheirEffects(t *testing.T) {
	for _, reply := range []string{"{silent: true}", `""`, `"{{.Recognition}}"`} {
		e := compile(t, "rules:\n- {when: {keyword: x}, reply: "+reply+", goto: s, remember: {a: b}}\n")
		d := e.Decide(say(t, "x"), Conversation{})
		if d.Parts != nil || d.Effects.Goto != "s" || len(d.Effects.Remember) != 1 {
			t.Errorf("%s: %+v", reply, d)
		}
	}
}

func TestCooldown(t *testing.T) {
	e := compile(t, `
rules:
- {name: 优惠, when: {keyword: 优惠}, cooldown: 1h, reply: 优惠}
- {name: 提示, when: {keyword: 优惠}, cooldown: 90s, reply: 提示}
- {reply: 无, cooldown: 10s}
`)
	u := newChat(t, e)
	for _, step := range []struct {
		after int64
		want  string
	}{{0, "优惠"}, {1, "提示"}, {88, "无"}, {1, ""}, {1, "提示"}, {3508, "提示"}, {1, "优惠"}, {3599, "提示"}, {1, "优惠"}} {
		u.now += step.after
		if got := u.say("优惠"); got != step.want {
			t.Errorf("after %d s: %q, want %q", u.now-noon, got, step.want)
		}
	}
	// It is kept by the rule's identity, and goes when it is over.
	u.now += 10
	u.say("x")
	want := map[string]int64{"优惠": u.now - 10 + 3600, e.at(int(e.defaults[0])).src.ID(): u.now + 10, "提示": u.now - 11 + 90}
	if diff := cmp.Diff(want, u.c.Cooldowns); diff != "" {
		t.Error(diff)
	}
	// Another user is not held back, and the end of a conversation does not
	// end a cooldown.
	if got := newChat(t, e).say("优惠"); got != "优惠" {
		t.Errorf("another user: %q", got)
	}
	c := u.c.Apply(Effects{Goto: rules.GotoEnd}, u.now)
	if len(c.Cooldowns) != 3 {
		t.Errorf("cooldowns after the end: %v", c.Cooldowns)
	}
}

func TestForget(t *testing.T) {
	e := compile(t, signup+"- {when: {event: unsubscribe}, cooldown: 1h, remember: {name: x}, goto: s}\n")
	kept := Conversation{State: "s", Expires: noon + 60, Vars: map[string]string{"name": "x"}, Cooldowns: map[string]int64{"r": noon + 60}}
	for name, want := range map[string]bool{
		"unsubscribe": true, "Unsubscribe": true, "user_authorization_revoke": true, "user_authorization_cancellation": true,
		"user_info_modified": false, "subscribe": false, "CLICK": false,
	} {
		m := event(t, name, "")
		d := e.Decide(m, kept)
		if d.Effects.Forget != want || want && !e.NeedsConversation(m) {
			t.Errorf("%s: %+v", name, d.Effects)
		}
		c := kept.Apply(d.Effects, noon)
		if empty := c.State == "" && c.Vars == nil && c.Cooldowns == nil; empty != want {
			t.Errorf("%s: %+v is kept", name, c)
		}
	}
	// Even when the rule for it fails.
	e = compile(t, "rules:\n- {when: {event: unsubscribe}, reply: '{{div 1 0}}'}\n")
	if d := e.Decide(event(t, "unsubscribe", ""), kept); d.Err == nil || !d.Effects.Forget {
		t.Errorf("%+v", d)
	}
	if (Effects{}).Forget || e.Decide(say(t, "unsubscribe"), kept).Effects.Forget {
		t.Error("a text is no event")
	}
}

func TestNeedsConversation(t *testing.T) {
	for file, want := range map[string]map[string]bool{
		`- {when: {keyword: x}, reply: a}`:                                                                                              {"x": false, "y": false},
		`- {when: {keyword: x}, reply: a, cooldown: 1h}`:                                                                                {"x": true, "y": false},
		`- {when: {keyword: x}, reply: a, goto: s}`:                                                                                     {"x": true, "y": false},
		`- {when: {keyword: x}, reply: a, remember: {a: b}}`:                                                                            {"x": true, "y": false},
		`- {when: {keyword: x, state: none}, reply: a}`:                                                                                 {"x": true, "y": false},
		`- {when: {keyword: x}, unless: {state: s}, reply: a}`:                                                                          {"x": true, "y": false},
		`- {when: {keyword: x}, unless: {keyword: y}, reply: a, goto: s}`:                                                               {"x": true, "xy": false},
		"- {when: {keyword: x}, reply: '{{.Vars.a}}'}\n- {when: {keyword: z}, remember: {a: b}}":                                        {"x": true, "y": false, "z": true},
		"- {when: {keyword: x}, reply: '{{if false}}{{.Vars.a}}{{end}}'}\n- {when: {keyword: z}, remember: {a: b}}":                     {"x": true, "y": false},
		"- {when: {keyword: x}, reply: {random: [a, {use: n}]}}\n- {when: {keyword: z}, remember: {a: b}}\nreplies: {n: '{{.Vars.a}}'}": {"x": true, "y": false},
		`- {reply: a, cooldown: 1h}`:                                                                                                    {"x": true},
		`- {when: {event: CLICK}, goto: s}`:                                                                                             {"x": false},
	} {
		e := compile(t, "rules:\n"+file+"\n")
		for text, needs := range want {
			if got := e.NeedsConversation(say(t, text)); got != needs {
				t.Errorf("%s: %s: %v, want %v", file, text, got, needs)
			}
		}
	}
	e := compile(t, "rules:\n- {when: {event: CLICK, event_key: A}, goto: s}\n- {reply: b, cooldown: 1h}\n")
	for m, want := range map[*wechat.Message]bool{event(t, "CLICK", "A"): true, event(t, "CLICK", "B"): false, event(t, "VIEW", "A"): false} {
		if got := e.NeedsConversation(m); got != want {
			t.Errorf("%s %s: %v, want %v", m.Event, m.EventKey, got, want)
		}
	}
}

// What is kept of a user must not keep the rules of its day in memory, which
// have their texts in few large pieces.
func TestEffectsShareNoMemoryWithTheRules(t *testing.T) {
	e := compile(t, `
rules:
  - {name: 报名, when: {keyword: 报名}, remember: {name: 张三}, cooldown: 1h, goto: 填表, reply: 好}
`)
	d := e.Decide(say(t, "报名"), Conversation{})
	f, extra := d.Effects, d.Rule.Extras()
	for _, pair := range [][2]string{
		{f.RuleID, d.Rule.ID()}, {f.Goto, extra.Goto},
		{f.Remember[0].Path, extra.Remember[0].Name}, {f.Remember[0].Value, extra.Remember[0].Value.Source},
	} {
		if pair[0] != pair[1] || unsafe.StringData(pair[0]) == unsafe.StringData(pair[1]) {
			t.Errorf("%q is no copy of %q", pair[0], pair[1])
		}
	}
}
