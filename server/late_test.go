package server

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wereply/wechat"
	"wereply/wechat/wechattest"
)

const askingBot = `
webhooks:
  llm: {url: "http://127.0.0.1:1/answer"}
accounts:
  - {name: shop, kind: service, path: /weixin, token: ` + testToken + `, late: LATE}
`

const asking = `
rules:
  - {name: 问, when: {keyword: 问}, reply: {webhook: llm, fallback: 稍后再试}}
  - {name: 空, when: {keyword: 空}, reply: {webhook: llm}}
  - {name: 数, when: {keyword: 数}, remember: {n: "{{.Vars.n}}一"}, reply: {webhook: llm, fallback: "{{.Vars.n}}"}}
`

// slowWebhook answers when it is told to, and knows how often it was asked.
type slowWebhook struct {
	asked  atomic.Int64
	answer chan string
}

func newSlowWebhook() *slowWebhook { return &slowWebhook{answer: make(chan string, 10)} }

func (w *slowWebhook) ask(ctx context.Context, _, _ string, _ *wechat.Message) (*wechat.Reply, error) {
	w.asked.Add(1)
	select {
	case text := <-w.answer:
		return &wechat.Reply{Kind: wechat.MsgText, Text: text}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func startAsking(t *testing.T, late string, w *slowWebhook, limits Limits) *rig {
	return start(t, strings.Replace(askingBot, "LATE", late, 1), asking, func(o *Options) {
		o.Ask, o.Limits = w.ask, limits
	})
}

func TestAWebhookAnswersInTime(t *testing.T) {
	w := newSlowWebhook()
	r := startAsking(t, "drop", w, Limits{})
	w.answer <- "晴天"
	fields := r.text("问天气")
	for range 2 {
		if got := said(r.push(fields)); got != "晴天" {
			t.Errorf("answered with %q", got)
		}
	}
	if n := w.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestALateAnswerIsDropped(t *testing.T) {
	w := newSlowWebhook()
	r := startAsking(t, "drop", w, Limits{Budget: 20 * time.Millisecond})
	r.expect("问", "稍后再试")
	if a := r.push(r.text("空")); string(a.Body) != wechat.Success {
		t.Errorf("without fallback: %q", a.Body)
	}
	if n := len(r.logged("a webhook gave no answer")); n != 2 {
		t.Errorf("logged %d times", n)
	}
}

func TestWithoutAnyoneToAskTheFallbackCounts(t *testing.T) {
	r := start(t, strings.Replace(askingBot, "LATE", "drop", 1), asking)
	r.expect("问", "稍后再试")
}

func TestWorkThatIgnoresItsTimeIsAnsweredSuccess(t *testing.T) {
	release := make(chan struct{})
	r := start(t, strings.Replace(askingBot, "LATE", "drop", 1), asking, func(o *Options) {
		o.Limits = Limits{Budget: 20 * time.Millisecond}
		o.Ask = func(context.Context, string, string, *wechat.Message) (*wechat.Reply, error) {
			<-release
			return nil, nil
		}
	})
	if a := r.push(r.text("问")); string(a.Body) != wechat.Success {
		t.Errorf("answered with %q", a.Body)
	}
	close(release)
	r.expectMetric(`wereply_pushes_total{account="shop",outcome="late",type="text"}`, 1)
}

// TestRetryHoldsTheAttemptOpen is WeChat giving up twice, and getting the
// answer the third time.
func TestRetryHoldsTheAttemptOpen(t *testing.T) {
	w := newSlowWebhook()
	r := startAsking(t, "retry", w, Limits{Budget: time.Millisecond})
	doc := wechattest.Document(r.text("数"), wechat.XML)
	for range 2 {
		ctx, hangUp := context.WithCancel(context.Background())
		done := make(chan error)
		before := r.clock.Load()
		go func() {
			_, err := r.client.Push(ctx, doc)
			done <- err
		}()
		until(t, "the webhook is asked", func() bool { return w.asked.Load() == 1 })
		r.clock.Store(before + int64(5*time.Second))
		hangUp()
		if err := <-done; err == nil {
			t.Fatal("the attempt was answered")
		}
	}
	w.answer <- "晴天"
	answer, err := r.client.Push(context.Background(), doc)
	if err != nil || said(answer) != "晴天" {
		t.Fatalf("third attempt: %v, %v", answer, err)
	}
	if n := w.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	w.answer <- ""
	r.expect("数", "一一") // the effects of the first came once
}

func TestRetryEndsAfterItsTime(t *testing.T) {
	w := newSlowWebhook()
	r := startAsking(t, "retry", w, Limits{Hold: 30 * time.Millisecond})
	r.expect("问", "稍后再试")
}

func TestAttemptsThatWaitGetTheSame(t *testing.T) {
	w := newSlowWebhook()
	r := startAsking(t, "retry", w, Limits{})
	doc := wechattest.Document(r.text("问"), wechat.XML)
	answers := make([]string, 20)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			if a, err := r.client.Push(context.Background(), doc); err == nil {
				answers[i] = said(a)
			}
		})
	}
	until(t, "the webhook is asked", func() bool { return w.asked.Load() == 1 })
	w.answer <- "晴天"
	wg.Wait()
	for _, got := range answers {
		if got != "晴天" {
			t.Errorf("answered with %q", got)
		}
	}
}
