package server

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wereply/wechat"
	"wereply/wechat/wechattest"
)

func TestPushIsAnsweredInEveryModeAndFormat(t *testing.T) {
	r := start(t, safeBot, hello)
	for _, mode := range []wechattest.Mode{wechattest.Plain, wechattest.Compatible, wechattest.Safe} {
		for _, format := range []wechat.Format{wechat.XML, wechat.JSON} {
			r.client.Mode = mode
			answer, err := r.client.Push(context.Background(), wechattest.Document(r.text("你好"), format))
			if err != nil {
				t.Fatal(err)
			}
			// A reply to a JSON push stays XML inside; the envelope is as the push.
			if answer.Status != 200 || answer.Reply == nil || answer.Reply.Content != "你好,我是机器人" {
				t.Errorf("mode %d, format %d: status %d, %q, %v", mode, format, answer.Status, answer.Body, answer.Fault)
			}
		}
		r.client.Mode = mode
		if err := r.client.Verify(context.Background()); err != nil {
			t.Errorf("mode %d: verification: %v", mode, err)
		}
	}
	if answer := r.push(r.text("没有规则")); string(answer.Body) != wechat.Success || answer.Header.Get("Content-Type") != wechat.ContentTypeText {
		t.Errorf("without a rule: %q, %v", answer.Body, answer.Header)
	}
}

func TestBadRequestsAreRefused(t *testing.T) {
	bot := strings.Replace(safeBot, "allow_plaintext: true", "original_id: "+testTo, 1)
	r := start(t, bot, hello)
	client := *r.client
	request := func(change func(c *wechattest.Client), fields ...string) *http.Request {
		c := client
		c.Mode = wechattest.Safe
		change(&c)
		req, err := c.Request(context.Background(), wechattest.Document(r.fields(append([]string{"Content", "你好"}, fields...)...), wechat.XML))
		if err != nil {
			t.Fatal(err)
		}
		return req
	}
	good := func(*wechattest.Client) {}
	with := func(req *http.Request, method string, body io.Reader) *http.Request {
		changed := httptest.NewRequest(method, req.URL.String(), body)
		return changed
	}
	cases := []struct {
		name   string
		req    *http.Request
		status int
		reason string
	}{
		{"unknown path", httptest.NewRequest("POST", "http://bot/other", nil), 404, "path"},
		{"root", httptest.NewRequest("GET", "http://bot/", nil), 404, "path"},
		{"admin path", httptest.NewRequest("GET", "http://bot/metrics", nil), 404, "path"},
		{"no path", httptest.NewRequest("OPTIONS", "*", nil), 404, "path"},
		{"no query", httptest.NewRequest("GET", "http://bot/weixin", nil), 403, "signature"},
		{"unsigned POST", httptest.NewRequest("POST", "http://bot/weixin", strings.NewReader("<xml></xml>")), 403, "signature"},
		{"HEAD", httptest.NewRequest("HEAD", "http://bot/weixin", nil), 405, "method"},
		{"PUT", with(request(good), "PUT", nil), 405, "method"},
		{"OPTIONS", with(request(good), "OPTIONS", nil), 405, "method"},
		{"unknown method", with(request(good), "BREW", nil), 405, "method"},
		{"wrong token", request(func(c *wechattest.Client) { c.Token = "wrong" }), 403, "msg_signature"},
		{"plaintext", request(func(c *wechattest.Client) { c.Mode = wechattest.Plain }), 403, "plaintext"},
		{"old", request(func(c *wechattest.Client) { c.Now = func() time.Time { return r.now().Add(-time.Hour) } }), 403, "age"},
		{"another app", request(func(c *wechattest.Client) { c.AppID = "wx0000000000000000" }), 403, "app_id"},
		{"another account", request(good, "ToUserName", "gh_other"), 403, "original_id"},
		{"too large", with(request(good), "POST", bytes.NewReader(make([]byte, 1<<20+1))), 413, "size"},
		{"too large, length not told", with(request(good), "POST", io.LimitReader(zeros{}, 3<<20)), 413, "size"},
		{"not XML", with(request(good), "POST", strings.NewReader("hello")), 400, "parse"},
		{"broken inside", request(good, "CreateTime", "yesterday"), 400, "parse"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r.log.Reset()
			rec := httptest.NewRecorder()
			r.Public().ServeHTTP(rec, c.req)
			if rec.Code != c.status {
				t.Fatalf("status %d, want %d", rec.Code, c.status)
			}
			if body := rec.Body.String(); body != http.StatusText(c.status) {
				t.Errorf("the body tells %q", body)
			}
			if c.status == 405 && rec.Header().Get("Allow") != "GET, POST" {
				t.Errorf("Allow is %q", rec.Header().Get("Allow"))
			}
			lines := r.logged("a request was refused")
			if len(lines) != 1 || lines[0]["reason"] != c.reason || lines[0]["level"] != "WARN" {
				t.Errorf("logged: %v, want the reason %s once", lines, c.reason)
			}
		})
	}
	r.expectMetric(`wereply_refused_requests_total{account="shop",reason="msg_signature"}`, 1)
	r.expectMetric(`wereply_refused_requests_total{account="",reason="path"}`, 4)
	r.client.Mode = wechattest.Safe
	r.expect("你好", "你好,我是机器人")
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestALargerBodyCanBeAllowed(t *testing.T) {
	r := start(t, "server: {max_body: 2MiB}\n"+plainBot, hello)
	r.expect("你好"+strings.Repeat("啊", 400_000), "你好,我是机器人")
}

func TestFloodOfBadRequestsDoesNotFloodTheLog(t *testing.T) {
	r := start(t, plainBot, hello)
	for range 5000 {
		r.Public().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "http://bot/weixin?signature=x", nil))
		r.Public().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "http://bot/wp-login.php", nil))
	}
	if n := len(r.logged("a request was refused")); n != 2*linesPerKey {
		t.Errorf("10,000 bad requests make %d lines", n)
	}
	r.clock.Add(int64(time.Minute))
	r.log.Reset()
	r.Public().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "http://bot/weixin", nil))
	if lines := r.logged("a request was refused"); len(lines) != 1 || lines[0]["not_logged"] != float64(5000-linesPerKey) {
		t.Errorf("a minute later: %v", lines)
	}
	r.expect("你好", "你好,我是机器人")
}

// A health check of this machine asks without a query, every few seconds.
func TestProbesDoNotFillTheLog(t *testing.T) {
	r := start(t, plainBot, hello)
	ask := func(target, remote string) {
		req := httptest.NewRequest("GET", target, nil)
		req.RemoteAddr = remote
		r.Public().ServeHTTP(httptest.NewRecorder(), req)
	}
	for range 100 {
		ask("http://bot/weixin", "127.0.0.1:4000")
	}
	if log := r.log.String(); strings.Contains(log, `"WARN"`) {
		t.Errorf("probes were warned of:\n%s", log)
	}
	for _, other := range [][2]string{{"http://bot/weixin?signature=a", "127.0.0.1:4000"}, {"http://bot/weixin", "192.0.2.1:4000"}} {
		before := strings.Count(r.log.String(), `"WARN"`)
		ask(other[0], other[1])
		if strings.Count(r.log.String(), `"WARN"`) == before {
			t.Errorf("a request for %s from %s was not warned of", other[0], other[1])
		}
	}
}

func TestReadErrorIsRefused(t *testing.T) {
	r := start(t, plainBot, hello)
	rec := httptest.NewRecorder()
	r.Public().ServeHTTP(rec, httptest.NewRequest("POST", "http://bot/weixin", io.MultiReader(strings.NewReader("<xml>"), broken{})))
	if rec.Code != http.StatusBadRequest {
		t.Errorf("status %d", rec.Code)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestHostileDocumentsDoNoHarm(t *testing.T) {
	r := start(t, plainBot, hello)
	for name, body := range map[string]string{
		"entity bomb": `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><xml><Content>&b;</Content></xml>`,
		"deep":        strings.Repeat("<a>", 100_000),
		"deep JSON":   strings.Repeat(`{"a":`, 100_000),
		"wide":        "<xml>" + strings.Repeat("<a>1</a>", 100_000) + "</xml>",
		"not UTF-8":   "<xml>\xff\xfe</xml>",
		"empty":       "",
	} {
		req, err := r.client.Request(context.Background(), []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		rec := httptest.NewRecorder()
		r.Public().ServeHTTP(rec, req)
		if rec.Code != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, rec.Code)
		}
	}
	for _, fields := range [][]wechat.Field{
		r.fields("MsgType", "hologram"), r.event("teleport"), r.text("\x00\x01\ufffe\xff"),
	} {
		if a := r.push(fields); string(a.Body) != wechat.Success {
			t.Errorf("%v: %q", fields, a.Body)
		}
	}
	r.expect("你好", "你好,我是机器人")
}

// FuzzPublic sends any request: the status is one of the table, and nothing
// panics.
func FuzzPublic(f *testing.F) {
	r := start(f, safeBot, hello+"  - reply: 没听懂\n")
	f.Add("POST", "/weixin", "signature=1&timestamp=2&nonce=3", []byte("<xml></xml>"), true)
	f.Add("GET", "/weixin", "echostr=1", []byte{}, false)
	f.Add("PUT", "/%2e/weixin", "encrypt_type=aes&msg_signature=1", []byte(`{"Encrypt":"abcd"}`), true)
	f.Fuzz(func(t *testing.T, method, path, query string, body []byte, signed bool) {
		req := httptest.NewRequest("POST", "http://bot/weixin", bytes.NewReader(body))
		req.Method, req.URL.Path, req.URL.RawQuery = method, path, query
		if signed {
			var err error
			if req, err = r.client.Request(context.Background(), body); err != nil {
				t.Fatal(err)
			}
		}
		rec := httptest.NewRecorder()
		r.Public().ServeHTTP(rec, req)
		switch rec.Code {
		case 200, 400, 403, 404, 405, 413:
		default:
			t.Errorf("status %d", rec.Code)
		}
		if strings.Contains(r.log.String(), "panic") {
			t.Error(r.log.String())
		}
		r.log.Reset()
	})
}
