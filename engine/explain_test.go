package engine

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wereply/wechat"
)

func TestExplain(t *testing.T) {
	sticker := say(t, "[Unsupported Message]")
	image := push(t, "MsgType", "image", "MediaId", "m")
	kept := Conversation{State: "s", Expires: noon + 60, Cooldowns: map[string]int64{"r": noon + 3600}}
	for _, tt := range []struct {
		rule   string // without name and reply
		m      *wechat.Message
		failed string
		near   bool
	}{
		{`when: {keyword: [价格, 多少钱]}`, say(t, "你好"), `keyword: no entry of [价格, 多少钱] stands in "你好"`, false},
		{`when: {keyword: 价格表}`, say(t, "价格"), `keyword: no entry of [价格表] stands in "价格"`, true},
		{`when: {keyword: subscribe}`, say(t, "subscrbe"), `keyword: no entry of [subscribe] stands in "subscrbe"`, true},
		{`when: {keyword: {exact: 价格}}`, say(t, "问价格"), `keyword: no entry of [exact 价格] fits "问价格"`, true},
		{`when: {keyword: {all: [价格, 会员]}}`, say(t, "价格"), `keyword: no entry of [all 价格, 会员] fits "价格"`, true},
		{`when: {keyword: {prefix: 查, suffix: 票}}`, say(t, "查车"), `keyword: no entry of [prefix 查 and suffix 票] fits "查车"`, true},
		{`when: {keyword: {regex: '^\d+$'}}`, say(t, "x"), `keyword: no entry of [regex ^\d+$] fits "x"`, false},
		{`when: {keyword: x}`, image, `keyword: a message of type image has no text`, false},
		{`when: {keyword: x}`, event(t, "CLICK", "K"), `it names neither msg_type: event nor an event, and so is for messages, not for the event CLICK`, false},
		{`when: {keyword: x}`, sticker, `it does not name msg_type: unsupported, and this is a sticker that WeChat cannot pass on`, false},
		{`unless: {keyword: x}`, event(t, "CLICK", "K"), `a rule without when is for messages, not for the event CLICK`, false},
		{`when: {event: CLICK}`, say(t, "x"), `it is for events, not for a message of type text`, false},
		{`when: {msg_type: [voice, video]}`, image, `msg_type: [voice, video], and this is a message of type image`, false},
		{`when: {event: CLICK}`, event(t, "VIEW", "K"), `event: [CLICK], and this is the event VIEW`, false},
		{`when: {event: CLICK, event_key: A}`, event(t, "CLICK", "B"), `event_key: no entry of [exact A] fits "B"`, true},
		{`when: {event: "*", event_key: A}`, event(t, "CLICK", "B"), `event_key: no entry of [exact A] fits "B"`, false},
		{`when: {state: a, keyword: x}`, say(t, "x"), `state: [a], and the user is in state "s"`, true},
		{`when: {state: none}`, say(t, "x"), `state: [none], and the user is in state "s"`, false},
		{`when: {from: oOther, keyword: x}`, say(t, "x"), `from: it comes from another user`, true},
		{`when: {keyword: x, time: {days: sun}}`, say(t, "x"), `time: Wed 2026-01-07 12:00 lies in none of its windows`, true},
		{`when: {keyword: y, time: {days: wed}}`, say(t, "x"), `keyword: no entry of [y] stands in "x"`, false},
		{`when: {keyword: x, misses: 2}`, say(t, "x"), `misses: it is not served yet and never holds`, true},
		{`when: {msg_type: image, field: {MediaId: n}}`, image, `field MediaId: no entry of [exact n] fits "m"`, true},
		{`when: {keyword: x}, unless: [{keyword: z}, {from: oUser}]`, say(t, "x"), `unless holds: from: [oUser]`, true},
		{`when: {keyword: x}, unless: {keyword: x, time: {days: wed}}`, say(t, "x"), `unless holds: keyword: [x], time: it lies in one of its windows`, true},
		{`when: {keyword: x}, cooldown: 2h`, say(t, "x"), `cooldown: the rule holds back until 2026-01-07 13:00:00`, true},
		{`when: [{event: CLICK}, {keyword: 价格表}]`, say(t, "价格"), `no mapping of when holds; the nearest: keyword: no entry of [价格表] stands in "价格"`, true},
		{`when: {keyword: x}, enabled: false`, say(t, "x"), `it is switched off (enabled: false)`, true},
	} {
		e := compile(t, "rules:\n- {name: r, "+tt.rule+", reply: a}\n- {name: 跟, when: {keyword: 不}, goto: s, reply: a}\n")
		x := e.Explain(tt.m, kept)
		want := Trial{Failed: tt.failed, Near: tt.near}
		got := x.Tried[0]
		if got.Rule == nil || got.Rule.Name != "r" {
			t.Errorf("%s: tried %+v", tt.rule, x.Tried)
		}
		got.Rule = nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", tt.rule, diff)
		}
	}
}

// What fires ends the list.
func TestExplainTried(t *testing.T) {
	e := compile(t, "rules:\n- {name: a, when: {keyword: a}, reply: A}\n- {name: b, when: {keyword: b}, reply: B}\n- {name: c, when: {keyword: c}, reply: C}\n- {name: d, reply: D}\n")
	for text, want := range map[string]string{"Ａ": "", "b": "a", "c!": "a b", "?": "a b c"} {
		x := e.Explain(say(t, text), Conversation{})
		var tried []string
		for _, trial := range x.Tried {
			tried = append(tried, trial.Rule.Name)
		}
		if got := strings.Join(tried, " "); got != want || x.Folded != fold(text) {
			t.Errorf("%s: tried %q, want %q; folded %q", text, got, want, x.Folded)
		}
	}
}

// Explain decides as Decide does, and every trial has its reason.
func TestExplainAgrees(t *testing.T) {
	g := newGenerator(rand.Uint64())
	fired := 0
	for range 300 {
		e, set, ok := compileGenerated(g, 20)
		if !ok {
			continue
		}
		for range 20 {
			m := g.message()
			c := g.conversation(set, m)
			d, x := e.Decide(m, c), e.Explain(m, c)
			if d.Rule != x.Decision.Rule || fmt.Sprint(d.Effects) != fmt.Sprint(x.Decision.Effects) {
				t.Fatalf("%+v: Decide %v, Explain %v", m, d, x.Decision)
			}
			if d.Rule != nil {
				fired++
			}
			for _, trial := range x.Tried {
				if trial.Failed == "" || trial.Rule == d.Rule {
					t.Fatalf("%+v: %+v", m, trial)
				}
			}
		}
	}
	if fired < 500 {
		t.Errorf("only %d messages were answered", fired)
	}
}
