package server

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wereply/engine"
	"wereply/wechat"
	"wereply/wechat/wechattest"
)

const counting = `
rules:
  - name: 计数
    when: {keyword: 数}
    remember: {n: "{{.Vars.n}}一"}
    reply: "{{.Vars.n}}"
  - name: 随机
    when: {keyword: 随机}
    reply: {random: [甲, 乙, 丙, 丁, 戊, 己, 庚, 辛]}
  - name: 静默
    when: {keyword: 静默}
    reply: {silent: true}
`

// counted counts the decisions that a server makes.
func counted(n *atomic.Int64) func(*Options) {
	return func(o *Options) {
		o.Observe = func(string, *wechat.Message, engine.Decision) { n.Add(1) }
	}
}

func TestAPushSentThreeTimesIsDecidedOnce(t *testing.T) {
	var decisions atomic.Int64
	r := start(t, plainBot, counting, counted(&decisions))
	for _, content := range []string{"数", "随机", "静默", "没有规则"} {
		decisions.Store(0)
		fields := r.text(content)
		first := r.push(fields)
		for range 2 {
			r.clock.Add(int64(5 * time.Second))
			if again := r.push(fields); string(again.Body) != string(first.Body) {
				t.Errorf("%s: %q, then %q", content, first.Body, again.Body)
			}
		}
		if n := decisions.Load(); n != 1 {
			t.Errorf("%s: decided %d times", content, n)
		}
	}
	r.expectMetric(`wereply_repeated_pushes_total{account="shop"}`, 8)
	r.expectMetric(`wereply_pushes_total{account="shop",outcome="repeated",type="text"}`, 8)
	r.expectMetric(`wereply_rule_hits_total{account="shop",rule="计数"}`, 1)
	r.expect("数", "一一")
}

func TestEffectsOutliveTheAnswers(t *testing.T) {
	r := start(t, plainBot, counting)
	fields := r.text("数")
	first := r.push(fields)
	for i := range r.pushes.shards { // as if so many answers had come since
		s := &r.pushes.shards[i]
		s.kept = newAnswerLog(s.kept.max)
	}
	if again := r.push(fields); string(again.Body) != string(first.Body) {
		t.Errorf("%q, then %q", first.Body, again.Body)
	}
	r.expect("数", "一一")
	r.expect("数", "一一一")
}

func TestAPushIsForgottenAfterItsMinute(t *testing.T) {
	var decisions atomic.Int64
	r := start(t, plainBot, hello, counted(&decisions))
	fields := r.text("你好")
	r.push(fields)
	r.clock.Add(int64(62 * time.Second))
	r.push(fields)
	if n := decisions.Load(); n != 2 {
		t.Errorf("decided %d times", n)
	}
}

func TestTwentyAtOnceAreDecidedOnce(t *testing.T) {
	var decisions atomic.Int64
	r := start(t, plainBot, counting, counted(&decisions))
	for round := range 20 {
		decisions.Store(0)
		doc := wechattest.Document(r.text("数"), wechat.XML)
		bodies := make([]string, 20)
		var wg sync.WaitGroup
		for i := range bodies {
			wg.Go(func() {
				answer, err := r.client.Push(context.Background(), doc)
				if err == nil {
					bodies[i] = string(answer.Body)
				}
			})
		}
		wg.Wait()
		for _, body := range bodies {
			if body != bodies[0] || !strings.HasPrefix(body, "<xml>") {
				t.Fatalf("round %d: %q and %q", round, bodies[0], body)
			}
		}
		if n := decisions.Load(); n != 1 {
			t.Fatalf("round %d: decided %d times", round, n)
		}
	}
}

func TestOneMsgIdFromTwoUsersIsTwoMessages(t *testing.T) {
	r := start(t, plainBot, `rules: [{when: {keyword: 我是}, reply: "{{.FromUserName}}"}]`)
	for _, user := range []string{testUser, otherUser} {
		if got := said(r.push(r.fields("Content", "我是谁", "MsgId", "24519034406400001", "FromUserName", user))); got != user {
			t.Errorf("%s is answered with %s", user, got)
		}
	}
}

func TestEventsWithoutMsgIdAreTold(t *testing.T) {
	var decisions atomic.Int64
	r := start(t, plainBot, `rules: [{when: {event: CLICK}, reply: "{{.EventKey}}"}]`, counted(&decisions))
	a, b := r.event("CLICK", "EventKey", "A"), r.event("CLICK", "EventKey", "B")
	for _, fields := range [][]wechat.Field{a, b, a, b} {
		r.push(fields)
	}
	if n := decisions.Load(); n != 2 {
		t.Errorf("two events of one second, each sent twice, are decided %d times", n)
	}
}

func TestARepeatedPushIsSealedAfreshInItsOwnMode(t *testing.T) {
	var decisions atomic.Int64
	r := start(t, safeBot, counting, counted(&decisions))
	fields := r.text("随机")
	r.client.Mode = wechattest.Safe
	first, second := r.push(fields), r.push(fields)
	r.client.Mode = wechattest.Plain
	third := r.push(fields)
	if string(first.Doc) != string(second.Doc) || string(first.Doc) != string(third.Doc) {
		t.Errorf("%q, %q, %q", first.Doc, second.Doc, third.Doc)
	}
	if string(first.Body) == string(second.Body) {
		t.Error("the second envelope is the first")
	}
	if !first.Sealed || !second.Sealed || third.Sealed || decisions.Load() != 1 {
		t.Errorf("sealed: %v %v %v, decided %d times", first.Sealed, second.Sealed, third.Sealed, decisions.Load())
	}
}

func TestMessagesOfOneUserAtOnceAllCount(t *testing.T) {
	r := start(t, plainBot, counting)
	const n = 60
	var wg sync.WaitGroup
	for range n {
		doc := wechattest.Document(r.text("数"), wechat.XML)
		wg.Go(func() { r.client.Push(context.Background(), doc) })
	}
	wg.Wait()
	if got, want := r.say("数"), strings.Repeat("一", n+1); got != want {
		t.Errorf("%d of %d messages count", len([]rune(got)), n+1)
	}
	r.expectMetric("wereply_effects_lost_total", 0)
	r.expectMetric("wereply_conversations", 1)
}

func TestAPanicIsOneFailedMessage(t *testing.T) {
	r := start(t, plainBot, hello, func(o *Options) {
		o.Observe = func(_ string, m *wechat.Message, _ engine.Decision) {
			if strings.Contains(m.Content, "炸") {
				panic(fmt.Sprint("at message ", m.MsgID))
			}
		}
	})
	fields := r.text("你好炸")
	for range 2 {
		if a := r.push(fields); string(a.Body) != wechat.Success {
			t.Errorf("answered with %q", a.Body)
		}
	}
	r.expect("你好", "你好,我是机器人")
	lines := r.logged("a message failed: panic")
	if len(lines) != 1 || lines[0]["level"] != "ERROR" || !strings.Contains(fmt.Sprint(lines[0]["stack"]), "decide") {
		t.Errorf("logged: %v", lines)
	}
	r.expectMetric(`wereply_pushes_total{account="shop",outcome="panic",type="text"}`, 1)
}

func TestUnsubscribingForgets(t *testing.T) {
	for _, gone := range [][]string{
		{"unsubscribe", "FromUserName", testUser},
		{"user_authorization_revoke", "FromUserName", otherUser, "OpenID", testUser, "RevokeInfo", "205"},
		{"user_authorization_cancellation", "FromUserName", testUser, "OpenID", testUser},
	} {
		r := start(t, plainBot, counting)
		r.say("数")
		r.expectMetric("wereply_conversations", 1)
		if a := r.push(r.event(gone[0], gone[1:]...)); string(a.Body) != wechat.Success {
			t.Errorf("%s: %q", gone[0], a.Body)
		}
		r.expectMetric("wereply_conversations", 0)
		r.expect("数", "一")
	}
}

// TestUnsubscribingForgetsWhateverTheRuleSays breaks the farewell.
func TestUnsubscribingForgetsWhateverTheRuleSays(t *testing.T) {
	r := start(t, plainBot, counting+"  - {when: {event: unsubscribe}, reply: '{{div 1 0}}'}\n")
	r.say("数")
	r.expectMetric("wereply_conversations", 1)
	r.push(r.event("unsubscribe"))
	r.expectMetric("wereply_conversations", 0)
	if len(r.logged("a reply failed")) != 1 {
		t.Error("the failure is not logged")
	}
}

// TestAPanicAnywhereIsOneFailedRequest breaks the account where no message
// could.
func TestAPanicAnywhereIsOneFailedRequest(t *testing.T) {
	r := start(t, plainBot, hello)
	acc := r.current.Load().accounts[0]
	receiver, engine := acc.receiver, acc.engine
	acc.engine = nil
	if a := r.push(r.text("你好")); string(a.Body) != wechat.Success {
		t.Errorf("a verified push is answered with %q", a.Body)
	}
	acc.engine, acc.receiver = engine, nil
	answer, err := r.client.Push(context.Background(), wechattest.Document(r.text("你好"), wechat.XML))
	if err != nil || answer.Status != 400 {
		t.Errorf("a push that cannot be verified: %+v, %v", answer, err)
	}
	acc.receiver = receiver
	r.expect("你好", "你好,我是机器人")
	if n := len(r.logged("a message failed: panic")); n != 2 {
		t.Errorf("logged %d times", n)
	}
}
