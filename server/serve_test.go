package server

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"wereply/wechat"
	"wereply/wechat/wechattest"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// serving runs the rig on real listeners until stop is called, which gives
// what Serve returned.
func serving(t *testing.T, r *rig) (public, admin string, stop context.CancelFunc, served chan error) {
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	p, a := listen(t), listen(t)
	served = make(chan error, 1)
	go func() { served <- r.Serve(ctx, p, a) }()
	r.client.HTTP = &http.Client{Transport: &http.Transport{}}
	t.Cleanup(r.client.HTTP.CloseIdleConnections)
	r.client.URL = "http://" + p.Addr().String() + "/weixin"
	return "http://" + p.Addr().String(), "http://" + a.Addr().String(), cancel, served
}

func TestServeAnswersAndStops(t *testing.T) {
	r := start(t, plainBot, hello)
	public, admin, stop, served := serving(t, r)
	r.expect("你好", "你好,我是机器人")
	r.expect(strings.Repeat("长", 10_000)+"你好", "你好,我是机器人")
	for url, status := range map[string]int{admin + "/healthz": 200, public + "/healthz": 404, public + "/weixin": 403} {
		resp, err := r.client.HTTP.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != status {
			t.Errorf("%s: status %d, want %d", url, resp.StatusCode, status)
		}
	}
	resp, err := r.client.HTTP.Post(admin+"/-/reload", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Errorf("reload: status %d", resp.StatusCode)
	}
	stop()
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

func TestLongAnswersAreNotChunked(t *testing.T) {
	r := start(t, plainBot, `rules: [{reply: '{{repeat 600 "长"}}'}]`)
	_, _, stop, served := serving(t, r)
	if a := r.push(r.text("你好")); a.Header.Get("Content-Length") == "" {
		t.Errorf("headers: %v", a.Header)
	}
	stop()
	<-served
}

func TestStoppingFinishesWhatIsInFlight(t *testing.T) {
	w := newSlowWebhook()
	r := startAsking(t, "retry", w, Limits{})
	_, _, stop, served := serving(t, r)
	got := make(chan string, 1)
	go func() {
		answer, err := r.client.Push(context.Background(), wechattest.Document(r.text("问"), wechat.XML))
		if err != nil {
			got <- err.Error()
			return
		}
		got <- said(answer)
	}()
	until(t, "the webhook is asked", func() bool { return w.asked.Load() == 1 })
	stop()
	until(t, "the server stops", func() bool { return r.stopping.Load() })
	w.answer <- "晴天"
	if text := <-got; text != "晴天" {
		t.Errorf("the push in flight got %q", text)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

func TestStoppingIsBounded(t *testing.T) {
	w := newSlowWebhook()
	r := startAsking(t, "retry", w, Limits{Stop: 10 * time.Millisecond})
	_, _, stop, served := serving(t, r)
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.client.Push(context.Background(), wechattest.Document(r.text("问"), wechat.XML))
	}()
	until(t, "the webhook is asked", func() bool { return w.asked.Load() == 1 })
	stop()
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	<-done
}

func TestServeTellsOfABrokenListener(t *testing.T) {
	r := start(t, plainBot, hello)
	l := listen(t)
	l.Close()
	if err := r.Serve(context.Background(), l, nil); err == nil {
		t.Error("no error")
	}
}

func TestServeTellsThatNoConnectionIsAccepted(t *testing.T) {
	r := start(t, plainBot, hello)
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- r.Serve(ctx, &exhausted{Listener: listen(t)}, nil) }()
	until(t, "it is told", func() bool {
		return len(r.logged("the system accepts no more connections: trying again")) > 0
	})
	stop()
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

func TestConnectionsAndHeadersAreBounded(t *testing.T) {
	r := start(t, plainBot, hello)
	srv := r.httpServer(r.Public())
	if srv.ReadTimeout == 0 || srv.IdleTimeout == 0 || srv.WriteTimeout <= r.o.Limits.Hold {
		t.Errorf("timeouts: %+v", srv)
	}
	public, _, stop, served := serving(t, r)
	req, _ := http.NewRequest("GET", public+"/weixin", nil)
	req.Header.Set("X-Long", strings.Repeat("x", 64<<10))
	resp, err := r.client.HTTP.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("long header: status %d", resp.StatusCode)
	}
	stop()
	<-served

	l := newListener(listen(t), 1)
	dial := func() net.Conn {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	dial()
	dial()
	one, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	accepted := make(chan net.Conn)
	go func() {
		c, _ := l.Accept()
		accepted <- c
		_, err := l.Accept()
		if err == nil {
			t.Error("accepted after the close")
		}
		close(accepted)
	}()
	select {
	case <-accepted:
		t.Error("more connections than the bound")
	default:
	}
	one.Close()
	one.Close() // a second close frees nothing
	two := <-accepted
	if len(l.slots) != 1 {
		t.Errorf("%d slots are taken", len(l.slots))
	}
	l.Close()
	<-accepted
	two.Close()
}
