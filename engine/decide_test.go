package engine

import (
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wereply/rules"
	"wereply/wechat"
)

// livelier gives some of the generated rules what touches a conversation.
func (g generator) livelier(set *rules.Set) {
	for _, r := range set.Rules {
		if g.chance(10) {
			r.Extend().Goto = pick(g, []string{"a", "b", rules.GotoEnd})
		}
		if g.chance(10) {
			r.Extend().Remember = []rules.Remember{{Name: "v", Value: rules.Text{Source: "{{.Content}}"}}}
		}
		if g.chance(3) {
			r.Reply = &rules.Reply{Kind: rules.ReplyText, Source: pick(g, []string{"a", "{{.Keyword}}{{.Rest}}", "{{or .Content 1}}"})}
		}
	}
	first := set.Rules[0]
	first.Extend().Remember = []rules.Remember{{Name: "v", Value: rules.Text{Source: "{{.Content}}"}}}
	set.Rules[len(set.Rules)-1].Reply = &rules.Reply{Kind: rules.ReplyText, Source: "{{.Vars.v}}"}
}

// When NeedsConversation says no, every conversation gives the same decision,
// and it changes nothing.
func TestNeedsConversationIsSafe(t *testing.T) {
	g := newGenerator(rand.Uint64())
	unneeded, asked := 0, 0
	for range 400 {
		set := g.set(1 + g.IntN(30))
		g.livelier(set)
		e, _ := Compile(set, profile)
		if e == nil {
			continue
		}
		for range 30 {
			m := g.message()
			asked++
			if e.NeedsConversation(m) {
				continue
			}
			unneeded++
			c := g.conversation(set, m)
			c.Vars = map[string]string{"v": "kept"}
			d, other := e.Decide(m, c), e.Decide(m, Conversation{})
			if diff := cmp.Diff(d, other); diff != "" {
				t.Fatalf("%+v in %+v: %s", m, c, diff)
			}
			if diff := cmp.Diff(Effects{}, d.Effects); diff != "" {
				t.Fatalf("%+v: effects %s", m, diff)
			}
		}
	}
	if unneeded < asked/20 || unneeded == asked {
		t.Errorf("%d of %d messages need no conversation", unneeded, asked)
	}
}

// Decide changes neither message nor conversation, and many goroutines may
// call it.
func TestDecideIsPure(t *testing.T) {
	e := compile(t, signup+`
- {when: {keyword: {prefix: 查}}, reply: '{{with .Rest}}{{.}}{{end}} {{.Now}}', cooldown: 1h}
- {when: {keyword: {regex: '(?P<n>\d+)'}}, reply: {random: ['{{.Match.n}}', b]}}
`)
	messages := []*wechat.Message{say(t, "报名"), say(t, "查 北京。"), say(t, "12"), say(t, "谁"), event(t, "unsubscribe", "")}
	c := Conversation{State: "signup.phone", Expires: noon + 60, Vars: map[string]string{"name": "张三"}, Cooldowns: map[string]int64{"x": noon + 1}}
	var want []Decision
	for _, m := range messages {
		want = append(want, e.Decide(m, c))
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 200 {
				k := i % len(messages)
				d := e.Decide(messages[k], c)
				if diff := cmp.Diff(want[k], d); diff != "" {
					t.Error(diff)
					return
				}
				e.NeedsConversation(messages[k])
				e.Explain(messages[k], c)
				c.Apply(d.Effects, noon)
			}
		})
	}
	wg.Wait()
	if diff := cmp.Diff(Conversation{State: "signup.phone", Expires: noon + 60, Vars: map[string]string{"name": "张三"}, Cooldowns: map[string]int64{"x": noon + 1}}, c); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(say(t, "查 北京。"), messages[1]); diff != "" {
		t.Error(diff)
	}
}

func TestNothingMatches(t *testing.T) {
	e := compile(t, "rules: [{when: {keyword: x}, reply: a}]\n")
	if diff := cmp.Diff(Decision{}, e.Decide(say(t, "y"), Conversation{})); diff != "" {
		t.Error(diff)
	}
	if none, problems := Compile(&rules.Set{}, Profile{}); none == nil || none.Decide(say(t, "y"), Conversation{}).Rule != nil || len(none.Rules()) != 0 {
		t.Errorf("no rules at all: %v", problems)
	}
}

// everything is a Set that uses what the engine has.
const everything = signup + `
- {when: {event: "*", event_key: {regex: '(?P<k>[a-z]+)-(\d*)'}}, reply: '{{.Match.k}}{{group 2}}{{.Scene}}'}
- {when: {event: [subscribe, SCAN], field: {Ticket: {contains: a}}}, reply: '{{.Rest}}{{field "Ticket"}}'}
- {when: {keyword: [{prefix: [查, ＣＸ], suffix: 票！}, {all: [a, b]}, {exact: "1"}]}, reply: '{{.Keyword}}|{{.Rest}}|{{.Now}}'}
- {when: {keyword: {regex: '(?i)(?P<id>x+)(y)?'}}, reply: '{{with .Match.id}}{{upper .}}{{end}}{{group 2}}{{range splitList "x" .Content}}[{{.}}]{{end}}'}
- {when: {keyword: 菜单, time: {from: "08:00", to: "02:00"}}, reply: {menu: {head: '{{.Content}}', items: [甲, '{{.Content}}']}}}
- {when: {msg_type: [voice, image, location, unsupported]}, reply: {random: ['{{.Recognition}}', {image: '{{.MediaId}}'}, {transfer: true}]}}
- {unless: {keyword: z}, cooldown: 10m, remember: {last: '{{.Vars.name}}{{.Content}}'}, reply: {news: [{title: '{{trunc 5 .Content}}', url: 'http://x/?q={{urlquery .Content}}'}]}}
`

// FuzzDecide: no message makes Decide panic, decide differently the second
// time, or disagree with Explain.
func FuzzDecide(f *testing.F) {
	e := compile(f, everything)
	for _, text := range []string{"报名", "查 北京票", "xXy", "菜单", "z", "1", "a b", "\xff\x00", "【收到不支持的消息类型，暂无法显示】", "ＣＸ㎏ﷺ票"} {
		f.Add("text", text, "", "", noon)
		f.Add("voice", text, "", "", noon)
	}
	f.Add("event", "", "subscribe", "qrscene_a-1", noon)
	f.Add("event", "", "unsubscribe", "last_trade_no_1", int64(-1))
	f.Add("event", "", "SCAN", "a", int64(1<<62))
	f.Fuzz(func(t *testing.T, msgType, text, name, key string, now int64) {
		m := &wechat.Message{MsgType: msgType, FromUserName: "o", CreateTime: now, Content: text, Recognition: text, Event: name, EventKey: key,
			Fields: []wechat.Field{{Path: "Ticket", Value: text}, {Path: "MediaId", Value: key}, {Path: "A." + name, Value: text}}}
		c := Conversation{State: name, Expires: now + 10, Vars: map[string]string{"name": text}, Cooldowns: map[string]int64{key: now}}
		d, again, x := e.Decide(m, c), e.Decide(m, c), e.Explain(m, c)
		if diff := cmp.Diff(d, again, cmp.Comparer(sameProblem)); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(d, x.Decision, cmp.Comparer(sameProblem)); diff != "" {
			t.Fatal(diff)
		}
		for _, p := range d.Parts {
			if p.Reply != nil && p.Reply.Kind == wechat.MsgText && strings.TrimSpace(p.Reply.Text) == "" {
				t.Fatalf("an empty text: %+v", p.Reply)
			}
		}
		after := c.Apply(d.Effects, now)
		if len(after.Vars) > rules.MaxVars {
			t.Fatalf("%d variables", len(after.Vars))
		}
	})
}

func sameProblem(a, b error) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Error() == b.Error())
}

// BenchmarkMemory tells what an Engine of 100,000 rules keeps.
func BenchmarkMemory(b *testing.B) {
	set, _ := benchRules(rand.New(rand.NewPCG(1, 2)), 100_000)
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		e := benchEngine(b, set)
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(e)
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MB-kept")
}
