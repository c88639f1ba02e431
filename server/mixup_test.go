package server

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"wereply/server/store"
	"wereply/wechat"
	"wereply/wechat/wechattest"
)

const mixupRules = `
rules:
  - name: 记
    when: {keyword: {prefix: 记}}
    remember: {a: "{{.Rest}}", b: "{{.Rest}}-{{.FromUserName}}", c: "{{upper .Rest}}"}
    goto: 在
    reply: "{{.FromUserName}}记{{.Rest}}"
  - {name: 读, when: {state: 在, keyword: 读}, cooldown: 1s, reply: "{{.FromUserName}}读{{.Vars.a}}|{{.Vars.b}}|{{.Vars.c}}"}
  - {name: 查, when: {keyword: {regex: '^查(?P<id>\S+)$'}}, reply: "{{.FromUserName}}查{{.Match.id}}"}
  - {name: 图, when: {keyword: {prefix: 图}}, reply: {news: [{title: "{{.FromUserName}}图{{.Rest}}", url: "https://example.com/{{.Rest}}"}]}}
  - {name: 问, when: {keyword: {prefix: 问}}, reply: {webhook: llm, fallback: "{{.FromUserName}}问{{.Rest}}!"}}
  - {name: 全, when: {keyword: {prefix: 全}}, reply: {all: ["{{.FromUserName}}全{{.Rest}}", "又{{.Rest}}"]}}
  - {when: {event: CLICK}, reply: "{{.FromUserName}}点{{.EventKey}}"}
  - {when: {msg_type: voice, keyword: 听}, reply: "{{.FromUserName}}{{.Recognition}}"}
`

const mixupBot = `
webhooks:
  llm: {url: "http://127.0.0.1:1/answer"}
accounts:
  - name: shop
    kind: service
    path: /weixin
    token: ` + testToken + `
    app_id: ` + testAppID + `
    aes_key: ` + testAESKey + `
    allow_plaintext: true
`

// unreliable is a store elsewhere that is slow, and at times fails or hangs.
type unreliable struct{ memory *store.Memory }

func (s unreliable) trouble(ctx context.Context) error {
	switch rand.IntN(12) {
	case 0:
		return errDown
	case 1:
		<-ctx.Done()
		return ctx.Err()
	}
	time.Sleep(time.Duration(rand.IntN(2000)) * time.Microsecond)
	return nil
}

func (s unreliable) Load(ctx context.Context, u store.User, k store.Key) (store.Snapshot, error) {
	if err := s.trouble(ctx); err != nil {
		return store.Snapshot{}, err
	}
	return s.memory.Load(ctx, u, k)
}

func (s unreliable) Commit(ctx context.Context, c store.Commit) (store.Result, error) {
	if err := s.trouble(ctx); err != nil {
		return 0, err
	}
	return s.memory.Commit(ctx, c)
}

// TestAnswersBelongToTheirPushes pushes for many users at once, several times
// each, while rules are reloaded: what is said and what is remembered must be
// of the user's own words, whoever else used the same memory before.
func TestAnswersBelongToTheirPushes(t *testing.T) {
	slowAnswer := func(ctx context.Context, _, _ string, m *wechat.Message) (*wechat.Reply, error) {
		before := m.FromUserName + m.Content
		pause := time.Duration(rand.IntN(6)) * time.Millisecond
		if rand.IntN(40) == 0 {
			pause = grace + 50*time.Millisecond // beyond the request, in some cases, whatever ctx says
		}
		time.Sleep(pause)
		if after := m.FromUserName + m.Content; after != before {
			t.Errorf("the message %q became %q while a webhook was asked", before, after)
		}
		return &wechat.Reply{Kind: wechat.MsgText, Text: m.FromUserName + m.Content}, ctx.Err()
	}
	for name, change := range map[string]func(*Options){
		"at once":     func(o *Options) {},
		"with asking": func(o *Options) { o.Ask = slowAnswer },
		"store elsewhere": func(o *Options) {
			o.Ask, o.Store = slowAnswer, unreliable{store.NewMemory(store.MemoryOptions{})}
			o.Limits = Limits{Store: 2 * time.Millisecond, Budget: 8 * time.Millisecond}
		},
	} {
		for _, late := range []string{"drop", "retry"} {
			t.Run(name+" "+late, func(t *testing.T) {
				bot := mixupBot + "    late: " + late + "\n"
				r := start(t, bot, mixupRules, change, func(o *Options) { o.Now = nil })
				_, elsewhere := r.o.Store.(unreliable)
				m := &mixup{rig: r, lossy: elsewhere}
				m.run(t)
			})
		}
	}
}

// mixup pushes and compares. lossy: the store may forget, and answers be late.
type mixup struct {
	*rig
	lossy bool
}

func (m *mixup) run(t *testing.T) {
	done := make(chan struct{})
	var reloading, users sync.WaitGroup
	reloading.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
			}
			m.write("rules/a.yaml", fmt.Sprintf("# %d\n%s", i, mixupRules))
			if err := m.Reload(context.Background()); err != nil {
				t.Error(err)
			}
			time.Sleep(5 * time.Millisecond)
		}
	})
	for i := range 24 {
		users.Go(func() { m.user(t, fmt.Sprintf("o%02dUser", i)) })
	}
	users.Wait()
	close(done)
	reloading.Wait()
}

// user sends messages of all sorts in turn.
func (m *mixup) user(t *testing.T, id string) {
	rng := rand.New(rand.NewPCG(uint64(id[1]), uint64(id[2])))
	for i := range 12 {
		word := strings.Repeat(fmt.Sprintf("%s字%d-", id, i), 1+rng.IntN(12)/4*rng.IntN(8))
		m.check(t, rng, id, "记"+word, id+"记"+word, "")
		m.check(t, rng, id, "读", id+"读"+word+"|"+word+"-"+id+"|"+strings.ToUpper(word), id+"读")
		m.check(t, rng, id, "查"+word, id+"查"+word, "")
		m.check(t, rng, id, "图"+word, id+"图"+word, "")
		m.check(t, rng, id, "问"+word, id+"问"+word, id+"问"+word+"!")
		m.check(t, rng, id, "全"+word, id+"全"+word, "")
	}
}

// check pushes a text up to three times at once. All answers must be want, but
// that a lossy store may bring or, or nothing.
func (m *mixup) check(t *testing.T, rng *rand.Rand, user, content, want, or string) {
	created := strconv.FormatInt(m.now().Unix()+m.ids.Load(), 10) // cooldowns are over
	doc := wechattest.Document(m.fields("FromUserName", user, "Content", content, "CreateTime", created), wechat.Format(rng.IntN(2)))
	client := *m.client
	client.Mode, client.Now = wechattest.Mode(rng.IntN(3)), nil
	var attempts sync.WaitGroup
	for range 1 + rng.IntN(3) {
		attempts.Go(func() {
			answer, err := client.Push(context.Background(), doc)
			if err != nil || answer.Fault != nil {
				t.Errorf("%s: %v %v", content, err, answer)
				return
			}
			got := said(answer)
			if answer.Reply != nil && answer.Reply.MsgType == wechat.MsgNews {
				got = answer.Reply.Field("Title")
			}
			switch {
			case got == want:
			case m.lossy && (got == "" || or != "" && strings.HasPrefix(got, or) && (or == got || strings.HasPrefix(got, user+"读"+user))):
			case or == want+"!" && got == or:
			default:
				t.Errorf("%s sends %s and is told %q, want %q", user, content, got, want)
			}
		})
	}
	attempts.Wait()
}
