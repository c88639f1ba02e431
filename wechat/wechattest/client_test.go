package wechattest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wereply/wechat"
)

const (
	token    = "parrotToken"
	appID    = "wx1f2e3d4c5b6a7980"
	aesKey   = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	otherKey = "RMINxlohLG4kQizbUeEfUWk3fCoEsRu1sF1lohsLxIl"
	account  = "gh_3f8d2c6ab901"
	user     = "oQ7xW5hT0kYdRzB2nVcL9mEaPqSg"
)

// textPush is a message of the user.
func textPush(content string, format wechat.Format) []byte {
	return Document([]wechat.Field{
		{Path: "ToUserName", Value: account},
		{Path: "FromUserName", Value: user},
		{Path: "CreateTime", Value: "1763683237"},
		{Path: "MsgType", Value: "text"},
		{Path: "Content", Value: content},
		{Path: "MsgId", Value: "24519034406325999"},
	}, format)
}

func newClient(mode Mode, h http.Handler) *Client {
	return &Client{URL: "http://bot.example/weixin", Token: token, AppID: appID, AESKey: aesKey, Mode: mode, HTTP: Direct(h)}
}

// bot is the smallest bot there is: it gives every text back.
type bot struct {
	t        *testing.T
	receiver *wechat.Receiver
	seal     bool // answers as the push came; else always in plaintext
	answer   func(m *wechat.Message) []byte
}

func newBot(t *testing.T) *bot {
	r, err := wechat.NewReceiver(wechat.Config{
		Token: token, AppID: appID, AESKeys: []string{aesKey}, AllowPlaintext: true, OriginalID: account, MaxAge: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	return &bot{t: t, receiver: r, seal: true, answer: parrot}
}

func parrot(m *wechat.Message) []byte {
	r := wechat.Reply{Kind: wechat.MsgText, Text: m.Content}
	doc, err := r.AppendXML(nil, m.FromUserName, m.ToUserName, m.CreateTime, true)
	if err != nil {
		return []byte(wechat.Success)
	}
	return doc
}

func (b *bot) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	q := wechat.ParseQuery(req.URL.RawQuery)
	if req.Method == http.MethodGet {
		echo, err := b.receiver.VerifyURL(q)
		if err != nil {
			http.Error(w, "", wechat.HTTPStatus(err))
			return
		}
		io.WriteString(w, echo)
		return
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		b.t.Error(err)
	}
	push, err := b.receiver.Open(q, body, time.Now())
	if err != nil {
		http.Error(w, "", wechat.HTTPStatus(err))
		return
	}
	doc := b.answer(push.Message)
	if b.seal && string(doc) != wechat.Success {
		if doc, _, err = push.Seal(doc, time.Now()); err != nil {
			b.t.Error(err)
		}
	}
	w.Write(doc)
}

func TestPush(t *testing.T) {
	const text = "1 < 2 && ]]> 价格😀\n"
	for _, mode := range []Mode{Plain, Compatible, Safe} {
		for _, format := range []wechat.Format{wechat.XML, wechat.JSON} {
			for name, over := range transports(newBot(t)) {
				c := newClient(mode, nil)
				c.URL, c.HTTP = over(t)
				a, err := c.Push(t.Context(), textPush(text, format))
				if err != nil {
					t.Fatal(err)
				}
				if a.Fault != nil || a.Status != 200 || a.Attempts != 1 || a.Sealed != (mode != Plain) {
					t.Fatalf("mode %d, format %d, %s: %+v", mode, format, name, a)
				}
				if m := a.Reply; m.Content != text || m.ToUserName != user || m.FromUserName != account {
					t.Errorf("mode %d, format %d, %s: reply %+v", mode, format, name, m)
				}
			}
		}
	}
}

// transports reach a handler with and without a network.
func transports(h http.Handler) map[string]func(t *testing.T) (url string, client *http.Client) {
	return map[string]func(t *testing.T) (string, *http.Client){
		"direct": func(*testing.T) (string, *http.Client) { return "http://bot.example/weixin", Direct(h) },
		"network": func(t *testing.T) (string, *http.Client) {
			s := httptest.NewServer(h)
			t.Cleanup(s.Close)
			return s.URL + "/weixin?a=b", s.Client()
		},
	}
}

func TestPushSilent(t *testing.T) {
	for _, answer := range []string{wechat.Success, ""} {
		c := newClient(Safe, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, answer) }))
		a, err := c.Push(t.Context(), textPush("a", wechat.XML))
		if err != nil || a.Fault != nil || a.Reply != nil || a.Doc != nil {
			t.Errorf("%q: %+v, %v", answer, a, err)
		}
	}
}

// TestPushRefused shows that the client signs what it says it signs.
func TestPushRefused(t *testing.T) {
	for name, change := range map[string]func(*Client){
		"token":  func(c *Client) { c.Token = "other" },
		"key":    func(c *Client) { c.AESKey = otherKey },
		"app id": func(c *Client) { c.AppID = "wx0000000000000000" },
		"clock":  func(c *Client) { c.Now = func() time.Time { return time.Now().Add(-time.Hour) } },
	} {
		c := newClient(Safe, newBot(t))
		change(c)
		a, err := c.Push(t.Context(), textPush("a", wechat.XML))
		if err != nil || a.Status != 403 || a.Fault == nil {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}

// TestPushRetries answers the third attempt only.
func TestPushRetries(t *testing.T) {
	for _, fresh := range []bool{false, true} {
		var mu sync.Mutex
		var queries []string
		parrot := newBot(t)
		c := newClient(Safe, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			mu.Lock()
			queries = append(queries, req.URL.RawQuery)
			n := len(queries)
			mu.Unlock()
			if n < 3 {
				<-req.Context().Done()
				return
			}
			parrot.ServeHTTP(w, req)
		}))
		c.Timeout, c.Fresh = 20*time.Millisecond, fresh
		c.Attempts = 50 // the third is not always in time on a busy machine
		a, err := c.Push(t.Context(), textPush("价格", wechat.XML))
		if err != nil || a.Fault != nil || a.Reply.Content != "价格" || a.Attempts < 3 {
			t.Fatalf("got %+v, %v", a, err)
		}
		mu.Lock()
		distinct := len(slices.Compact(slices.Sorted(slices.Values(queries))))
		mu.Unlock()
		if fresh && distinct < 3 || !fresh && distinct != 1 {
			t.Errorf("fresh %t: %d queries", fresh, distinct)
		}
	}
}

func TestPushTooLate(t *testing.T) {
	c := newClient(Plain, http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) { <-req.Context().Done() }))
	c.Timeout = 5 * time.Millisecond
	a, err := c.Push(t.Context(), textPush("a", wechat.XML))
	if err != nil || a.Attempts != wechat.Attempts || a.Status != 0 || a.Fault == nil || a.Duration < 3*c.Timeout {
		t.Errorf("got %+v, %v", a, err)
	}
}

func TestPushFails(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	c := newClient(Plain, nil)
	c.URL, c.HTTP = "http://"+listener.Addr().String()+"/weixin", nil
	_, err = c.Push(t.Context(), textPush("a", wechat.XML))
	if network := (*net.OpError)(nil); !errors.As(err, &network) || strings.Contains(err.Error(), "signature") {
		t.Errorf("nothing listens: %v", err)
	}

	c = newClient(Plain, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oh") }))
	if _, err = c.Push(t.Context(), textPush("a", wechat.XML)); err == nil || !strings.Contains(err.Error(), "panicked") {
		t.Errorf("a panic: %v", err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	c = newClient(Plain, http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) { cancel(); <-req.Context().Done() }))
	if _, err = c.Push(ctx, textPush("a", wechat.XML)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}

	c = newClient(Safe, nil)
	c.AESKey = "short"
	if _, err = c.Push(t.Context(), textPush("a", wechat.XML)); err == nil {
		t.Error("a short key encrypts")
	}
}

// TestFault has an answer for each reason to show the fault notice.
func TestFault(t *testing.T) {
	doc := func(s string, with ...string) string {
		good := string(parrot(&wechat.Message{ToUserName: account, FromUserName: user, CreateTime: 1, Content: "a"}))
		return strings.NewReplacer(append(with, "\x00", "")...).Replace(s + good)
	}
	news := func(count string, items int) string {
		return doc("", "[text]", "[news]", "<Content><![CDATA[a]]></Content>",
			"<ArticleCount>"+count+"</ArticleCount><Articles>"+strings.Repeat("<item><Title>a</Title></item>", items)+"</Articles>")
	}
	for name, test := range map[string]struct{ answer, want string }{
		"HTML":            {"<html><body>502</body></html>", "begins with"},
		"text":            {"ok", "begins with"},
		"success and LF":  {"success\n", "begins with"},
		"BOM":             {doc("\uFEFF"), "begins with"},
		"blank line":      {doc("\n"), "begins with"},
		"JSON":            {`{"ToUserName":"` + user + `"}`, "JSON"},
		"not closed":      {doc("", "</xml>", ""), "does not parse"},
		"two documents":   {doc(doc("")), "does not parse"},
		"no Content":      {doc("", "<Content><![CDATA[a]]></Content>", ""), "Content is empty"},
		"empty Content":   {doc("", "[a]", "[]"), "Content is empty"},
		"long Content":    {doc("", "[a]", "["+strings.Repeat("a", 2049)+"]"), "2049 bytes"},
		"AppID as sender": {doc("", account, appID), "original ID"},
		"other user":      {doc("", user, "o"), "not the user"},
		"other type":      {doc("", "[text]", "[link]"), "no type"},
		"image, no id":    {doc("", "[text]", "[image]"), "Image.MediaId"},
		"two articles":    {news("2", 2), "2 articles"},
		"wrong count":     {news("1", 2), "ArticleCount"},
		"no articles":     {news("0", 0), "0 articles"},
	} {
		c := newClient(Plain, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, test.answer) }))
		a, err := c.Push(t.Context(), textPush("a", wechat.XML))
		if err != nil || a.Fault == nil || !strings.Contains(a.Fault.Error(), test.want) {
			t.Errorf("%s: fault %v, %v; want %q", name, a.Fault, err, test.want)
		}
	}
}

// TestFaultSealed has answers whose encryption is wrong.
func TestFaultSealed(t *testing.T) {
	sealed := func(key, id, signer string, doc string) []byte {
		cipher, err := wechat.NewCipher(id, key)
		if err != nil {
			t.Fatal(err)
		}
		encrypt := string(cipher.AppendEncrypt(nil, [16]byte{}, []byte(doc)))
		return []byte("<xml><Encrypt>" + encrypt + "</Encrypt><MsgSignature>" + wechat.Sign(signer, "1", "2", encrypt) +
			"</MsgSignature><TimeStamp>1</TimeStamp><Nonce>2</Nonce></xml>")
	}
	good := string(parrot(&wechat.Message{ToUserName: account, FromUserName: user, CreateTime: 1, Content: "a"}))
	for name, test := range map[string]struct {
		mode   Mode
		answer []byte
		want   string // "" = no fault
	}{
		"good":                 {Safe, sealed(aesKey, appID, token, good), ""},
		"compatible and plain": {Compatible, []byte(good), ""},
		"safe and plain":       {Safe, []byte(good), "not encrypted"},
		"plain and sealed":     {Plain, sealed(aesKey, appID, token, good), "is encrypted"},
		"other key":            {Safe, sealed(otherKey, appID, token, good), "noise"},
		"other AppID":          {Safe, sealed(aesKey, "wx0000000000000000", token, good), "AppID"},
		"other token":          {Safe, sealed(aesKey, appID, "other", good), "MsgSignature"},
		"no nonce":             {Safe, bytes.Replace(sealed(aesKey, appID, token, good), []byte("<Nonce>2"), []byte("<Nonce>"), 1), "lacks"},
		"nothing in it":        {Safe, sealed(aesKey, appID, token, ""), "empty"},
		"in JSON":              {Safe, []byte(`{"Encrypt":"a","MsgSignature":"b","TimeStamp":1,"Nonce":"c"}`), "JSON where"},
		"success in it":        {Safe, sealed(aesKey, appID, token, "success"), "begins with"},
	} {
		c := newClient(test.mode, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(test.answer) }))
		a, err := c.Push(t.Context(), textPush("a", wechat.XML))
		if err != nil || (a.Fault == nil) != (test.want == "") || a.Fault != nil && !strings.Contains(a.Fault.Error(), test.want) {
			t.Errorf("%s: fault %v, %v; want %q", name, a.Fault, err, test.want)
		}
	}
	xmlOnly := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(sealed(aesKey, appID, token, good)) })
	a, err := newClient(Safe, xmlOnly).Push(t.Context(), textPush("a", wechat.JSON))
	if err != nil || a.Fault == nil || !strings.Contains(a.Fault.Error(), "format") {
		t.Errorf("XML after JSON: fault %v, %v", a.Fault, err)
	}
}

// TestFaultStatus follows no redirect, and takes no other status for an
// answer.
func TestFaultStatus(t *testing.T) {
	for _, status := range []int{201, 204, 302, 403, 500} {
		c := newClient(Plain, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/other")
			w.WriteHeader(status)
		}))
		a, err := c.Push(t.Context(), textPush("a", wechat.XML))
		if err != nil || a.Status != status || a.Fault == nil || a.Attempts != 1 {
			t.Errorf("status %d: %+v, %v", status, a, err)
		}
	}
}

// TestEventFaults has what only an event must not be answered with, and what
// only it may.
func TestEventFaults(t *testing.T) {
	event := bytes.Replace(textPush("", wechat.XML), []byte("[text]"), []byte("[event]"), 1)
	for kind, fine := range map[string]bool{wechat.MsgTransfer: false, wechat.MsgNews: true} {
		b := newBot(t)
		b.answer = func(m *wechat.Message) []byte {
			r := wechat.Reply{Kind: kind, Articles: slices.Repeat([]wechat.Article{{Title: "a"}}, 8)}
			doc, err := r.AppendXML(nil, m.FromUserName, m.ToUserName, 1, kind == wechat.MsgTransfer)
			if err != nil {
				t.Error(err)
			}
			return doc
		}
		a, err := newClient(Safe, b).Push(t.Context(), event)
		if err != nil || (a.Fault == nil) != fine {
			t.Errorf("%s: fault %v, %v", kind, a.Fault, err)
		}
	}
}

func TestVerify(t *testing.T) {
	if err := newClient(Safe, newBot(t)).Verify(t.Context()); err != nil {
		t.Error(err)
	}
	wrong := newClient(Safe, newBot(t))
	wrong.Token = "other"
	if err := wrong.Verify(t.Context()); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("wrong token: %v", err)
	}
	for _, add := range []string{"\n", " ", "\uFEFF"} {
		c := newClient(Plain, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			io.WriteString(w, wechat.ParseQuery(req.URL.RawQuery).EchoStr+add)
		}))
		if err := c.Verify(t.Context()); err == nil {
			t.Errorf("echostr and %q is taken", add)
		}
	}
}

// TestRequest sends what is no push at all.
func TestRequest(t *testing.T) {
	for _, mode := range []Mode{Plain, Safe} {
		c := newClient(mode, nil)
		req, err := c.Request(t.Context(), []byte("<xml>\x00"))
		if err != nil {
			t.Fatal(err)
		}
		rec := httptest.NewRecorder()
		newBot(t).ServeHTTP(rec, req)
		if rec.Code != 400 {
			t.Errorf("mode %d: status %d", mode, rec.Code)
		}
	}
	if _, err := newClient(Compatible, nil).Request(t.Context(), []byte("<xml>")); !errors.Is(err, errNoEnd) {
		t.Errorf("compatible: %v", err)
	}
}
