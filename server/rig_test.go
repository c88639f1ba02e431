package server

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wereply/rules"
	"wereply/wechat"
	"wereply/wechat/wechattest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Secrets of the bot that the tests run. They are long enough to be found
// wherever they leak to.
const (
	testToken  = "tokenThatNobodyMaySee"
	testAppID  = "wx5ab3c7d9e1f20468"
	testAESKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	testUser   = "oQ7xW5hT0kYdRzB2nVcL9mEaPqSg"
	otherUser  = "oZZxW5hT0kYdRzB2nVcL9mEaPqSg"
	testTo     = "gh_3f8d2c6ab901"
)

const plainBot = `
accounts:
  - {name: shop, kind: service, verified: true, path: /weixin, token: ` + testToken + `}
`

const safeBot = `
accounts:
  - name: shop
    kind: service
    path: /weixin
    token: ` + testToken + `
    app_id: ` + testAppID + `
    aes_key: ` + testAESKey + `
    allow_plaintext: true
`

const hello = `
rules:
  - {name: 问好, when: {keyword: 你好}, reply: "你好,我是机器人"}
`

// rig is a server of a bot in a folder, with a clock and a log of its own.
type rig struct {
	*Server
	t      testing.TB
	dir    string
	loader *rules.Loader
	clock  atomic.Int64 // Unix nanoseconds
	log    *syncBuffer
	client *wechattest.Client
	ids    atomic.Int64
}

// start runs the bot that consists of bot.yaml and one rule file.
func start(t testing.TB, botYAML, ruleYAML string, change ...func(*Options)) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), log: &syncBuffer{}}
	r.clock.Store(time.Now().UnixNano())
	r.write("bot.yaml", botYAML)
	r.write("rules/a.yaml", ruleYAML)
	r.write("media/cat.jpg", "a picture")
	r.loader = rules.NewLoader(r.dir, rules.Options{Secrets: true})
	bot, err := r.loader.Load()
	if err != nil {
		t.Fatal(err)
	}
	o := Options{
		Loader: r.loader.Load,
		Logger: slog.New(slog.NewJSONHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now:    r.now,
	}
	for _, f := range change {
		f(&o)
	}
	if r.Server, err = New(bot, o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.cancel()
		r.working.Wait()
	})
	r.client = &wechattest.Client{
		URL: "http://bot/weixin", Token: testToken, AppID: testAppID, AESKey: testAESKey,
		HTTP: wechattest.Direct(r.Public()), Attempts: 1, Timeout: time.Minute, Now: r.now,
	}
	return r
}

func (r *rig) now() time.Time { return time.Unix(0, r.clock.Load()) }

// write replaces a file of the bot at once, as good editors do.
func (r *rig) write(name, text string) {
	r.t.Helper()
	path := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	fresh := filepath.Join(r.dir, ".fresh")
	if err := os.WriteFile(fresh, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
	if err := os.Rename(fresh, path); err != nil {
		r.t.Fatal(err)
	}
}

// fields is a push of the test's user with a MsgId of its own. Pairs of names
// and values replace or add fields.
func (r *rig) fields(pairs ...string) []wechat.Field {
	all := []wechat.Field{
		{Path: "ToUserName", Value: testTo},
		{Path: "FromUserName", Value: testUser},
		{Path: "CreateTime", Value: strconv.FormatInt(r.now().Unix(), 10)},
		{Path: "MsgType", Value: wechat.MsgText},
		{Path: "MsgId", Value: strconv.FormatInt(24519034406400000+r.ids.Add(1), 10)},
	}
next:
	for i := 0; i < len(pairs); i += 2 {
		for j := range all {
			if all[j].Path == pairs[i] {
				all[j].Value = pairs[i+1]
				continue next
			}
		}
		all = append(all, wechat.Field{Path: pairs[i], Value: pairs[i+1]})
	}
	return all
}

func (r *rig) text(content string) []wechat.Field { return r.fields("Content", content) }

func (r *rig) event(name string, pairs ...string) []wechat.Field {
	all := r.fields(append([]string{"MsgType", wechat.MsgEvent, "Event", name}, pairs...)...)
	return append(all[:4:4], all[5:]...) // without MsgId
}

// push pushes as WeChat does and gives the answer, which must be a good one.
func (r *rig) push(fields []wechat.Field) *wechattest.Answer {
	r.t.Helper()
	answer, err := r.client.Push(context.Background(), wechattest.Document(fields, wechat.XML))
	if err != nil {
		r.t.Fatal(err)
	}
	if answer.Fault != nil {
		r.t.Fatalf("WeChat would show a fault: %v (status %d)", answer.Fault, answer.Status)
	}
	return answer
}

// say sends a text and gives the text of the answer, "" for none.
func (r *rig) say(content string) string {
	r.t.Helper()
	return said(r.push(r.text(content)))
}

func said(a *wechattest.Answer) string {
	if a.Reply == nil {
		return ""
	}
	return a.Reply.Content
}

func (r *rig) expect(content, want string) {
	r.t.Helper()
	if got := r.say(content); got != want {
		r.t.Errorf("%q is answered with %q, want %q", content, got, want)
	}
}

// get asks the admin listener, as a program on the same machine does.
func (r *rig) get(method, path string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, "http://127.0.0.1:8081"+path, nil)
	req.RemoteAddr = "127.0.0.1:4711"
	for _, f := range change {
		f(req)
	}
	rec := httptest.NewRecorder()
	r.Admin().ServeHTTP(rec, req)
	return rec
}

// metric is the value of a series of /metrics, 0 if there is none.
func (r *rig) metric(series string) float64 {
	r.t.Helper()
	for line := range strings.Lines(r.get(http.MethodGet, "/metrics").Body.String()) {
		if rest, ok := strings.CutPrefix(line, series+" "); ok {
			value, err := strconv.ParseFloat(strings.TrimSpace(rest), 64)
			if err != nil {
				r.t.Fatal(err)
			}
			return value
		}
	}
	return 0
}

func (r *rig) expectMetric(series string, want float64) {
	r.t.Helper()
	if got := r.metric(series); got != want {
		r.t.Errorf("%s is %v, want %v", series, got, want)
	}
}

// logged are the lines of the log with the message.
func (r *rig) logged(msg string) []map[string]any {
	r.t.Helper()
	var found []map[string]any
	for line := range strings.Lines(r.log.String()) {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			r.t.Fatal(err)
		}
		if record["msg"] == msg {
			found = append(found, record)
		}
	}
	return found
}

// until waits for a condition that another goroutine brings about.
func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatal("never came about: " + what)
		}
		time.Sleep(time.Millisecond)
	}
}

// syncBuffer is a log that may be read while it is written.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func (b *syncBuffer) Reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.b.Reset()
}
