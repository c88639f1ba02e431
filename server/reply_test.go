package server

import (
	"context"
	"strings"
	"testing"

	"wereply/wechat"
	"wereply/wechat/wechattest"
)

func TestTheFirstPartThatCanGoOutGoesOut(t *testing.T) {
	r := start(t, plainBot, `
rules:
  - {name: 文件, when: {keyword: 文件}, reply: {image: media/cat.jpg}}
  - {name: 先文件, when: {keyword: 全部}, reply: {all: [{image: media/cat.jpg}, 文字, {image: MEDIA}]}}
  - {name: 空, when: {keyword: 空}, reply: "{{.Recognition}}"}
  - {name: 链接, when: {keyword: 链接}, reply: '<a href="http://{{repeat 700 "long"}}">字</a>'}
  - {name: 人工, when: [{keyword: 人工}, {event: CLICK}], reply: {transfer: true}}
  - {name: 图文, when: [{keyword: 图文}, {event: subscribe}], reply: {news: [{title: 一, url: "https://a.example"}, {title: 二, url: "https://b.example"}]}}
`)
	for content, want := range map[string]string{"文件": "", "全部": "文字", "空": "", "链接": "", "人工": ""} {
		for range 2 {
			r.expect(content, want)
		}
	}
	for name, want := range map[string]string{"人工": wechat.MsgTransfer, "图文": wechat.MsgNews} {
		if a := r.push(r.text(name)); a.Reply == nil || a.Reply.MsgType != want {
			t.Errorf("%s: %q", name, a.Body)
		}
	}
	if a := r.push(r.event("CLICK")); a.Reply != nil {
		t.Errorf("an event is handed over: %q", a.Body)
	}
	if n := strings.Count(string(r.push(r.event("subscribe")).Body), "<item>"); n != 2 {
		t.Errorf("%d articles after an event", n)
	}
	var told []string
	for _, line := range r.logged("a reply cannot go out in the response, and sending by API is not served yet") {
		told = append(told, line["rule"].(string))
	}
	if got := strings.Join(told, " "); got != "文件 人工" {
		t.Errorf("logged for: %s", got)
	}
	r.expectMetric(`wereply_pushes_total{account="shop",outcome="unserved",type="text"}`, 2)
	r.expectMetric(`wereply_pushes_total{account="shop",outcome="silent",type="text"}`, 2)
}

func TestAMiniProgramAnswersByTransferOnly(t *testing.T) {
	r := start(t, strings.Replace(plainBot, "service", "miniprogram", 1), `
rules:
  - {name: 人工, when: {keyword: 人工}, reply: {transfer: true}}
  - {name: 文字, when: {keyword: 你好}, reply: 您好}
`)
	for _, format := range []wechat.Format{wechat.XML, wechat.JSON} {
		for content, want := range map[string]string{"人工": wechat.MsgTransfer, "你好": ""} {
			answer, err := r.client.Push(context.Background(), wechattest.Document(r.text(content), format))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if answer.Reply != nil {
				got = answer.Reply.MsgType
			}
			if answer.Status != 200 || got != want {
				t.Errorf("%s: status %d, %q, %v", content, answer.Status, answer.Body, answer.Fault)
			}
		}
	}
	if lines := r.logged("a reply cannot go out in the response, and sending by API is not served yet"); len(lines) != 1 {
		t.Errorf("logged %d times", len(lines))
	}
}

func TestAFailedTemplateIsAnsweredSuccessAndLogged(t *testing.T) {
	r := start(t, plainBot, `
rules:
  - name: 失败
    when: {keyword: 失败}
    remember: {n: 1}
    reply: '{{repeat 100000 .Content}}'
`)
	if a := r.push(r.text("失败")); string(a.Body) != wechat.Success {
		t.Errorf("answered with %q", a.Body)
	}
	lines := r.logged("a reply failed")
	if len(lines) != 1 || lines[0]["rule"] != "失败" || !strings.HasPrefix(lines[0]["at"].(string), "rules/a.yaml:3") || lines[0]["level"] != "ERROR" {
		t.Errorf("logged: %v", lines)
	}
	r.expectMetric(`wereply_pushes_total{account="shop",outcome="failed",type="text"}`, 1)
	r.expectMetric("wereply_conversations", 0) // no effects
}
