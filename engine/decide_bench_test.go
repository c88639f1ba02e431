package engine

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"wereply/rules"
	"wereply/wechat"
)

// BenchmarkRender is what rendering costs, in a room that is used again: one
// text, and a whole reply.
func BenchmarkRender(b *testing.B) {
	for _, c := range []struct{ name, source string }{
		{"literal", `营业时间:每天 10:00–22:00`},
		{"field", `{{.Content}}`},
		{"text-and-field", `您好,{{.Content}}的价格是 9.9 元`},
		{"text-and-fields", `{{.FromUserName}} 您好,{{.Content}}的价格是 9.9 元`},
		{"template", `{{if .Content}}您说 {{.Content}}{{end}}`},
	} {
		set := &rules.Set{Rules: []*rules.Rule{{Reply: &rules.Reply{Kind: rules.ReplyText, Source: c.source}}}}
		e := benchEngine(b, set)
		in := e.newInput(say(b, "订单 12345"), Conversation{})
		var room Room
		in.scope = scope{e: e, m: in.m, rule: e.at(0), room: &room}
		b.Run("text/"+c.name, func(b *testing.B) {
			t := (&compiler{}).text(&env{known: known{}}, rules.Text{Source: c.source})
			b.ReportAllocs()
			for b.Loop() {
				room.clear()
				if _, err := t.render(&in.scope); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("reply/"+c.name, func(b *testing.B) {
			reply := (&compiler{}).reply(&env{}, set.Rules[0].Reply)
			b.ReportAllocs()
			for b.Loop() {
				room.clear()
				if parts, err := reply.render(&in.scope, room.parts[:0]); err != nil || len(parts) != 1 {
					b.Fatal(parts, err)
				}
			}
		})
		in.release()
	}
}

// BenchmarkDecide is everything that the engine does for one message: half of
// them have an answer.
func BenchmarkDecide(b *testing.B) {
	for _, n := range benchSizes {
		r := rand.New(rand.NewPCG(11, 12))
		set, fitting := benchRules(r, n)
		for i, rule := range set.Rules {
			rule.Reply = &rules.Reply{Kind: rules.ReplyText, Source: fmt.Sprintf("第 %d 条:{{.Keyword}}", i)}
		}
		e := benchEngine(b, set)
		r.Shuffle(n, func(i, j int) { fitting[i], fitting[j] = fitting[j], fitting[i] })
		var texts []string
		for i, text := range misses(r, 512) {
			texts = append(texts, text, fitting[i%n])
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchDecide(b, e, textMessages(texts)) })
	}
}

// BenchmarkDecideEach takes one message of each kind to a small bot.
func BenchmarkDecideEach(b *testing.B) {
	e := compile(b, everything)
	for name, m := range map[string]*wechat.Message{
		"text":    say(b, "取消我的订单"),
		"prefix":  say(b, "查 北京票"),
		"default": say(b, "zz"),
		"event":   event(b, "SCAN", "goods-1"),
	} {
		b.Run(name, func(b *testing.B) {
			benchDecide(b, e, []*wechat.Message{m})
		})
	}
}

func benchDecide(b *testing.B, e *Engine, messages []*wechat.Message) {
	var room Room
	for _, m := range messages {
		e.DecideIn(&room, m, Conversation{}) // compiles expressions
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		e.DecideIn(&room, messages[i], Conversation{})
		if i++; i == len(messages) {
			i = 0
		}
	}
}

// BenchmarkDecideLong is how the cost grows with the length of the text.
func BenchmarkDecideLong(b *testing.B) {
	r := rand.New(rand.NewPCG(13, 14))
	set, _ := benchRules(r, 10_000)
	e := benchEngine(b, set)
	for _, length := range []int{10, 40, 160, 640} {
		var texts []string
		for range 64 {
			texts = append(texts, chinese(r, length))
		}
		b.Run(fmt.Sprint(length), func(b *testing.B) { benchDecide(b, e, textMessages(texts)) })
	}
}

// BenchmarkConversation is a rule that depends on the user's state, among
// 10,000 that do not.
func BenchmarkConversation(b *testing.B) {
	set, _ := benchRules(rand.New(rand.NewPCG(15, 16)), 10_000)
	file := &rules.File{Path: "rules/b.yaml"}
	set.Rules = append(set.Rules, &rules.Rule{
		Name: "名字", File: file, Extra: &rules.RuleExtra{Goto: rules.GotoEnd},
		When:  []rules.Condition{{Extra: &rules.ConditionExtra{States: []string{"signup"}}}},
		Reply: &rules.Reply{Kind: rules.ReplyText, Source: "{{.Vars.name}},您好"},
	}, &rules.Rule{
		Name: "报名", File: file,
		Extra: &rules.RuleExtra{Goto: "signup", Expires: time.Hour, Remember: []rules.Remember{{Name: "name", Value: rules.Text{Source: "{{.Content}}"}}}},
		When:  []rules.Condition{{Keyword: rules.Pattern{{Kind: rules.KindExact, Text: "报名"}}}},
		Reply: &rules.Reply{Kind: rules.ReplyText, Source: "请问您的姓名?"},
	})
	e := benchEngine(b, set)
	m := textMessages([]string{"张三"})[0]
	conv := Conversation{State: "signup", Expires: m.CreateTime + 60, Vars: map[string]string{"name": "张三"}}
	var room Room
	b.ReportAllocs()
	for b.Loop() {
		if !e.NeedsConversation(m) {
			b.Fatal("the conversation does not count")
		}
		if d := e.DecideIn(&room, m, conv); d.Rule == nil {
			b.Fatal("no rule holds")
		}
	}
}
