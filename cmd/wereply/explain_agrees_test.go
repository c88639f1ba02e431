package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wereply/engine"
	"wereply/rules"
	"wereply/server"
	"wereply/server/store"
	"wereply/wechat"
	"wereply/wechat/wechattest"
)

// TestExplainAgrees: for generated rules, users and pushes, explain names the
// rule that answers in production, says what it says, and does to the
// conversation what it does.
func TestExplainAgrees(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	fired, talking := 0, 0
	for range 15 {
		p := newProduction(t, randomRules(random))
		for range 40 {
			push := randomPush(random, p.now)
			before, decision, reply := p.push(push)
			x := p.explain(push, before)
			got, want := "none", "none"
			if x.Rule != nil {
				got = x.Rule.Name
			}
			if decision.Rule != nil {
				fired++
				want = decision.Rule.Name
			}
			if before.State != "" || len(before.Vars) > 0 || len(before.Cooldowns) > 0 {
				talking++
			}
			text := ""
			if len(x.Replies) > 0 {
				text = x.Replies[0].Text
			}
			if got != want || text != reply || x.Goto != decision.Effects.Goto || len(x.Remember) != len(decision.Effects.Remember) {
				t.Fatalf("seed %d: %s\nin %+v\nproduction: rule %s says %q, %+v\nexplain: rule %s says %q, %+v\n%s",
					seed, wechattest.Document(push, wechat.XML), before, want, reply, decision.Effects, got, text, x, p.file)
			}
		}
	}
	if fired < 100 || talking < 50 {
		t.Errorf("only %d pushes were answered, %d of them within a conversation", fired, talking)
	}
}

// randomRules is a rule file in which everything that decides meets.
func randomRules(random *rand.Rand) string {
	pick := func(list ...string) string { return list[random.IntN(len(list))] }
	var b strings.Builder
	b.WriteString("rules:\n")
	for i := range 12 {
		var when []string
		add := func(n int, condition string) {
			if random.IntN(n) == 0 {
				when = append(when, condition)
			}
		}
		add(2, "keyword: "+pick("价格", "[价, 表]", "{prefix: 价}", "{regex: '(?P<n>\\d+)'}", "{exact: 1}", "{all: [价, 表]}"))
		add(4, "state: "+pick("a", "b", "none", `"*"`))
		add(5, "event: "+pick("subscribe", "CLICK", `"*"`))
		add(6, "event_key: "+pick("K", `""`, "{prefix: qrscene_}"))
		add(6, "from: "+pick("u1", "[u2, u3]"))
		add(6, `time: {from: "12:00", to: "`+pick("12:30", "18:00")+`"}`)
		add(8, "msg_type: "+pick("text", "voice", "event"))
		fmt.Fprintf(&b, "  - {name: r%d, reply: %s", i, pick("'甲 {{.Vars.v}}'", "{random: [甲, 乙, 丙]}", "'{{.Content}}{{.Keyword}}'", "{silent: true}"))
		if when != nil {
			fmt.Fprintf(&b, ", when: {%s}", strings.Join(when, ", "))
		}
		for _, more := range []string{"goto: " + pick("a", "b"), "cooldown: 20m", "remember: {v: '{{.Content}}'}", "unless: {keyword: 表}", "enabled: false"} {
			if random.IntN(5) == 0 {
				b.WriteString(", " + more)
			}
		}
		b.WriteString("}\n")
	}
	b.WriteString("  - {name: last, when: {keyword: 记住}, remember: {v: x}, goto: end}\n")
	return b.String()
}

func randomPush(random *rand.Rand, now int64) []wechat.Field {
	pick := func(list ...string) string { return list[random.IntN(len(list))] }
	fields := []wechat.Field{
		{Path: "ToUserName", Value: "gh_0123456789ab"}, {Path: "FromUserName", Value: pick("u1", "u2", "u3")},
		{Path: "CreateTime", Value: fmt.Sprint(now)},
	}
	switch random.IntN(4) {
	case 0:
		return append(fields, wechat.Field{Path: "MsgType", Value: "event"},
			wechat.Field{Path: "Event", Value: pick("subscribe", "CLICK", "VIEW")}, wechat.Field{Path: "EventKey", Value: pick("", "K", "qrscene_7")})
	case 1:
		return append(fields, wechat.Field{Path: "MsgType", Value: "voice"},
			wechat.Field{Path: "Recognition", Value: pick("价格表。", "再见")}, wechat.Field{Path: "MsgId", Value: fmt.Sprint(random.Uint32())})
	}
	return append(fields, wechat.Field{Path: "MsgType", Value: "text"},
		wechat.Field{Path: "Content", Value: pick("价格", "价格表", "１", "12", "表", "你好", "记住")}, wechat.Field{Path: "MsgId", Value: fmt.Sprint(random.Uint32())})
}

// production is a bot as serve runs it, with a clock and a store of the test.
type production struct {
	t       *testing.T
	dir     string
	file    string
	now     int64 // Unix seconds
	store   *store.Memory
	client  *wechattest.Client
	decided *engine.Decision
}

func newProduction(t *testing.T, file string) *production {
	t.Helper()
	p := &production{t: t, dir: botWith(t, file), file: file, now: 1767758400}
	clock := func() time.Time { return time.Unix(p.now, 0) }
	bot, err := rules.Load(p.dir, rules.Options{Env: environment(nil)})
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	p.store = store.NewMemory(store.MemoryOptions{Now: clock})
	s, err := server.New(bot, server.Options{
		Now: clock, Store: p.store,
		Observe: func(_ string, _ *wechat.Message, d engine.Decision) { p.decided = &d },
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	p.client = &wechattest.Client{
		URL: "http://bot" + bot.Accounts[0].Path, Token: string(bot.Accounts[0].Token),
		HTTP: wechattest.Direct(s.Public()), Attempts: 1, Timeout: time.Minute, Now: clock,
	}
	return p
}

// betweenPushes is short enough for a conversation to go on, and long enough
// for some to expire.
const betweenPushes = 7 * 60

// push gives the user's conversation before a push, what was decided and the
// text that was answered. Then time passes.
func (p *production) push(fields []wechat.Field) (before engine.Conversation, d engine.Decision, text string) {
	p.t.Helper()
	ctx := context.Background()
	kept, err := p.store.Load(ctx, store.User{Account: "greeter", OpenID: fields[1].Value}, store.Key{})
	if err != nil {
		p.t.Fatal(err)
	}
	p.decided = nil
	answer, err := p.client.Push(ctx, wechattest.Document(fields, wechat.XML))
	if err != nil || answer.Fault != nil || p.decided == nil {
		p.t.Fatal(err, answer)
	}
	if answer.Reply != nil {
		text = answer.Reply.Content
	}
	before = kept.Conversation.At(p.now)
	p.now += betweenPushes
	return before, *p.decided, text
}

// explain runs the command for the same push and conversation.
func (p *production) explain(fields []wechat.Field, c engine.Conversation) jsonExplanation {
	p.t.Helper()
	write(p.t, p.dir, "push.xml", string(wechattest.Document(fields, wechat.XML)))
	args := []string{"explain", p.dir, "--format", "json", "--push", filepath.Join(p.dir, "push.xml"), "--state", c.State}
	for name, value := range c.Vars {
		args = append(args, "--var", name+"="+value)
	}
	for id, until := range c.Cooldowns {
		if until > p.now-betweenPushes {
			args = append(args, "--cooldown", id) // of a named rule, its name
		}
	}
	got := runCommand(p.t, args...)
	var x jsonExplanation
	if err := json.Unmarshal([]byte(got.stdout), &x); err != nil || got.code != exitDone {
		p.t.Fatalf("%v: %+v", err, got)
	}
	return x
}
