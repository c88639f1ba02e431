package server

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"

	"wereply/wechat"
)

func TestHealthAndReadiness(t *testing.T) {
	r := start(t, plainBot, hello)
	if rec := r.get("GET", "/healthz"); rec.Code != 200 || rec.Body.String() != "ok\n" {
		t.Errorf("/healthz: %d %q", rec.Code, rec.Body)
	}
	var ready readiness
	rec := r.get("GET", "/readyz")
	if err := json.Unmarshal(rec.Body.Bytes(), &ready); err != nil {
		t.Fatal(err)
	}
	if rec.Code != 200 || !ready.Ready || ready.Rules != 1 || len(ready.Accounts) != 1 ||
		ready.Accounts[0] != (accountReady{Name: "shop", Path: "/weixin", Rules: 1}) ||
		ready.LastReload == nil || !ready.LastReload.OK {
		t.Errorf("/readyz: %d %s", rec.Code, rec.Body)
	}
	r.stopping.Store(true)
	if rec := r.get("GET", "/readyz"); rec.Code != 503 {
		t.Errorf("/readyz while stopping: %d", rec.Code)
	}
}

func TestReloadByHTTPIsForThisMachineOnly(t *testing.T) {
	r := start(t, plainBot, answering("旧"))
	r.write("rules/a.yaml", answering("新"))
	host := func(h string) func(*http.Request) { return func(req *http.Request) { req.Host = h } }
	remote := func(a string) func(*http.Request) { return func(req *http.Request) { req.RemoteAddr = a } }
	header := func(name, value string) func(*http.Request) {
		return func(req *http.Request) { req.Header.Set(name, value) }
	}
	local := func(req *http.Request) {
		addr := &net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 8081}
		*req = *req.WithContext(contextWith(req, addr))
	}
	for name, change := range map[string]func(*http.Request){
		"another machine":        remote("192.168.1.7:4711"),
		"another name":           host("evil.example.com"),
		"a name like localhost":  host("localhost.evil.example.com"),
		"no host":                host(""),
		"an address that is not": local,
		"another page":           header("Sec-Fetch-Site", "cross-site"),
		"another origin":         header("Origin", "http://evil.example.com"),
	} {
		if rec := r.get("POST", "/-/reload", change); rec.Code != 403 {
			t.Errorf("%s: status %d", name, rec.Code)
		}
	}
	if rec := r.get("GET", "/-/reload"); rec.Code != 405 {
		t.Errorf("GET: status %d", rec.Code)
	}
	r.expect("你好", "旧")
	for _, h := range []string{"localhost:8081", "localhost", "127.0.0.1:8081", "[::1]:8081", "[::1]"} {
		if rec := r.get("POST", "/-/reload", host(h)); rec.Code != 200 || !strings.Contains(rec.Body.String(), `"ok": true`) {
			t.Errorf("Host %s: %d %s", h, rec.Code, rec.Body)
		}
	}
	r.expect("你好", "新")
	r.write("rules/a.yaml", "rules: [{reply: '{{.Nothing}}'}]")
	if rec := r.get("POST", "/-/reload"); rec.Code != 422 || !strings.Contains(rec.Body.String(), "rules/a.yaml:1") {
		t.Errorf("broken rules: %d %s", rec.Code, rec.Body)
	}
}

func TestMetricLabelsAreKnownNames(t *testing.T) {
	r := start(t, plainBot, hello+"  - {when: {event: '*'}, reply: 收到}\n  - {when: {msg_type: image}, reply: 图}\n")
	r.say("你好")
	for range 3 {
		r.push(r.event("click", "EventKey", "secret-key"))
		r.clock.Add(1e9)
	}
	for _, name := range []string{"teleport", "teleport2", "unsubscribe"} {
		r.push(r.event(name))
	}
	r.push(r.fields("MsgType", "hologram"))
	r.push(r.fields("MsgType", "image"))
	r.push(r.text("【收到不支持的消息类型，暂无法显示】"))
	for series, want := range map[string]float64{
		`wereply_pushes_total{account="shop",outcome="answered",type="text"}`:         1,
		`wereply_pushes_total{account="shop",outcome="answered",type="image"}`:        1,
		`wereply_pushes_total{account="shop",outcome="answered",type="event/CLICK"}`:  3,
		`wereply_pushes_total{account="shop",outcome="answered",type="event/other"}`:  2,
		`wereply_pushes_total{account="shop",outcome="unmatched",type="other"}`:       1,
		`wereply_pushes_total{account="shop",outcome="unmatched",type="unsupported"}`: 1,
		`wereply_rule_hits_total{account="shop",rule="问好"}`:                           1,
		`wereply_rule_hits_total{account="shop",rule="other"}`:                        7,
		`wereply_rules_loaded{account="shop"}`:                                        3,
		`wereply_decision_seconds_count{account="shop"}`:                              10,
		`wereply_request_seconds_count{account="shop"}`:                               10,
	} {
		r.expectMetric(series, want)
	}
	body := r.get("GET", "/metrics").Body.String()
	for _, word := range []string{"teleport", "hologram", "secret-key", testUser, testTo, testToken, "你好\""} {
		if strings.Contains(body, word) {
			t.Errorf("/metrics has %q in it", word)
		}
	}
}

func TestAnUnknownEventIsLoggedOnce(t *testing.T) {
	r := start(t, plainBot, hello)
	for range 3 {
		if a := r.push(r.event("teleport")); string(a.Body) != wechat.Success {
			t.Errorf("answered with %q", a.Body)
		}
		r.clock.Add(1e9)
	}
	r.push(r.event("VIEW"))
	lines := r.logged("an event that is not known and that no rule answers")
	if len(lines) != 1 || lines[0]["event"] != "teleport" {
		t.Errorf("logged: %v", lines)
	}
}

func contextWith(req *http.Request, local net.Addr) context.Context {
	return context.WithValue(req.Context(), http.LocalAddrContextKey, local)
}
