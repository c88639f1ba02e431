package server

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"wereply/wechat"
	"wereply/wechat/wechattest"
)

// TestNothingPrivateLeaksOut sends all kinds of pushes, good and bad, and then
// looks for secrets in the log, at debug, and in the admin pages.
func TestNothingPrivateLeaksOut(t *testing.T) {
	bot := strings.Replace(safeBot, "kind: service", "kind: service\n    app_secret: appSecretThatNobodyMaySee", 1)
	r := start(t, bot, hello+"  - {name: 失败, when: {keyword: 失败}, reply: '{{repeat 100000 .Content}}'}\n")
	secrets := []string{testToken, testAESKey, "appSecretThatNobodyMaySee", testUser, otherUser}
	texts := []string{"你好,秘密", "失败,秘密", "没有规则,秘密"}
	send := func(change func(*http.Request), fields []wechat.Field) {
		req, err := r.client.Request(context.Background(), wechattest.Document(fields, wechat.XML))
		if err != nil {
			t.Fatal(err)
		}
		query := req.URL.Query()
		for _, name := range []string{"signature", "msg_signature", "nonce"} {
			if value := query.Get(name); value != "" {
				secrets = append(secrets, value)
			}
		}
		change(req)
		r.Public().ServeHTTP(httptest.NewRecorder(), req)
	}
	asItIs := func(*http.Request) {}
	for _, mode := range []wechattest.Mode{wechattest.Plain, wechattest.Compatible, wechattest.Safe} {
		r.client.Mode = mode
		for _, content := range texts {
			fields := r.text(content)
			send(asItIs, fields)
			send(asItIs, fields)
		}
		send(asItIs, r.fields("Content", "你好", "FromUserName", otherUser))
		send(asItIs, r.fields("Content", "你好", "CreateTime", "never"))
		send(asItIs, r.event("teleport"))
		send(func(req *http.Request) { req.Method = http.MethodPut }, r.text("你好"))
		send(func(req *http.Request) { req.URL.Path = "/nothing" }, r.text("你好"))
		send(func(req *http.Request) { req.Body = http.NoBody }, r.text("你好"))
		send(func(req *http.Request) { // proxies tell the address in headers
			req.Header.Set("X-Original-Uri", req.URL.RequestURI())
			req.Header.Set("X-Forwarded-Uri", "/"+strings.Repeat("deep/", 15)+"?openid="+testUser+"&timestamp=1&"+req.URL.RawQuery)
			req.Header.Set("X-Return-To", url.QueryEscape(req.URL.RequestURI()))
			req.Header.Set("X-Api-Key", testToken)
			req.Header.Set("Authorization", "Basic "+testToken)
			req.Header.Set("Cookie", "a="+testAESKey)
		}, r.text("你好"))
		send(func(req *http.Request) { // a signature that does not hold, but might in another place
			query := req.URL.Query()
			query.Set("timestamp", "1")
			req.URL.RawQuery = query.Encode()
		}, r.text("你好"))
		send(func(req *http.Request) { req.Method, req.Body = http.MethodGet, http.NoBody }, r.text("你好"))
	}
	out := r.log.String()
	if strings.Count(out, `"msg":"push"`) < 20 {
		t.Fatalf("pushes are not logged at debug: %s", out)
	}
	out += r.get("GET", "/metrics").Body.String() + r.get("GET", "/readyz").Body.String()
	for _, secret := range secrets {
		for _, form := range []string{secret, url.QueryEscape(secret)} {
			if i := strings.Index(out, form); i >= 0 {
				t.Errorf("%q is told: …%s…", form, out[max(i-300, 0):min(i+100, len(out))])
			}
		}
	}
	for line := range strings.Lines(out) {
		if strings.Contains(line, "秘密") && !strings.Contains(line, `"level":"DEBUG"`) {
			t.Errorf("a text above debug: %s", line)
		}
	}
}

func TestMessagesAreLoggedAtDebugWithWhatWeChatSends(t *testing.T) {
	r := start(t, plainBot, hello)
	r.say("你好")
	lines := r.logged("push")
	if len(lines) != 1 {
		t.Fatalf("%d lines", len(lines))
	}
	line := lines[0]
	query, _ := line["query"].(map[string]any)
	headers, _ := line["headers"].(map[string]any)
	if line["content"] != "你好" || line["outcome"] != "answered" || line["level"] != "DEBUG" ||
		headers["Content-Type"] != "text/xml" || query["timestamp"] == "" || query["openid"] != testUser[:6]+"…" {
		t.Errorf("logged: %v", line)
	}
}
