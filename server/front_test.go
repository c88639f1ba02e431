package server

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"wereply/server/http1"
	"wereply/wechat"
	"wereply/wechat/wechattest"
)

// fronted is an HTTP server on a listener, with or without a front.
type fronted struct {
	*http.Server
	front    *front // nil: none
	addr     string
	reached  atomic.Int64 // connections that the HTTP server got
	panicked atomic.Int64
	served   chan error
}

func startFronted(t testing.TB, h http.HandlerFunc, withFront bool) *fronted {
	t.Helper()
	below, err := net.Listen("unix", filepath.Join(t.TempDir(), "socket")) // no port is used up
	if err != nil {
		t.Fatal(err)
	}
	s := &fronted{
		Server: &http.Server{
			Handler: h, ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: time.Minute,
			MaxHeaderBytes: maxHeaderBytes, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0),
		},
		addr:   below.Addr().String(),
		served: make(chan error, 1),
	}
	s.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.reached.Add(1)
		}
	}
	l := below
	if withFront {
		s.front = newFront(below, maxConnections, s.Server, frontHooks{panicked: func(any, []byte) { s.panicked.Add(1) }})
		l = s.front
	}
	go func() { s.served <- s.Serve(l) }()
	t.Cleanup(s.stop)
	return s
}

func (s *fronted) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s.Shutdown(ctx)
	if s.front != nil {
		s.front.wait(ctx)
	}
}

func (s *fronted) dial(t testing.TB) net.Conn {
	t.Helper()
	c, err := net.Dial("unix", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// exchange sends pieces one after the other, then no more, and gives all that
// comes back.
func (s *fronted) exchange(t testing.TB, pieces ...string) string {
	t.Helper()
	c := s.dial(t)
	defer c.Close()
	for i, piece := range pieces {
		if i > 0 {
			time.Sleep(time.Millisecond) // so that they are likely read one by one: right in any case
		}
		if _, err := io.WriteString(c, piece); err != nil {
			break // the server closed the connection
		}
	}
	c.(*net.UnixConn).CloseWrite()
	c.SetReadDeadline(time.Now().Add(time.Minute))
	response, err := io.ReadAll(c)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
	return string(response)
}

// mirror answers with what it sees of a request, as the bot answers.
func mirror(w http.ResponseWriter, r *http.Request) {
	var body []byte
	var err error
	if r.URL.Path != "/unread" {
		body, err = io.ReadAll(r.Body)
	}
	status := http.StatusOK
	switch r.URL.Path {
	case "/close":
		w.Header().Set("Connection", "close")
	case "/leave":
		if http1.Leave(w) {
			w.Write([]byte("nobody sees this"))
			return
		}
	case "/refuse":
		status = http.StatusForbidden
	case "/long":
		body = bytes.Repeat([]byte("长"), 100_000)
	}
	seen := fmt.Appendf(nil, "%s %s %s %q %v %q %v", r.Method, r.RequestURI, r.Host, r.Header, r.ContentLength, body, err)
	respond(echo.NewResponse(w, echo.New()), status, contentText, seen)
}

func post(path, fields, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: a\r\n%sContent-Length: %d\r\n\r\n%s", path, fields, len(body), body)
}

func TestUsualRequestsDoNotReachTheHTTPServer(t *testing.T) {
	s := startFronted(t, mirror, true)
	s.exchange(t, post("/a", "", "1"), post("/b", "", "2"))
	whole := post("/a", "", strings.Repeat("1", 3000))
	s.exchange(t, whole[:2000], whole[2000:])
	if n := s.reached.Load(); n != 0 {
		t.Errorf("%d connections were handed over", n)
	}
	s.exchange(t, post("/leave", "", "1"))
	if n := s.reached.Load(); n != 1 {
		t.Errorf("%d connections were handed over, want one", n)
	}
}

func TestAPanicInTheFrontIsOneLostConnection(t *testing.T) {
	s := startFronted(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/panic" {
			panic("no way")
		}
	}, true)
	if got := s.exchange(t, post("/a", "", "1"), post("/panic", "", "1")); strings.Count(got, "HTTP/1.1 200") != 1 {
		t.Errorf("got %q", got)
	}
	if got := s.exchange(t, post("/a", "", "1")); !strings.HasPrefix(got, "HTTP/1.1 200") {
		t.Errorf("the next connection got %q", got)
	}
	if n := s.panicked.Load(); n != 1 {
		t.Errorf("%d panics were told", n)
	}
	until(t, "both connections are gone", func() bool { return len(s.front.connections()) == 0 })
}

// TestAFrontStops has one connection in every stage.
func TestAFrontStops(t *testing.T) {
	entered, goOn := make(chan bool), make(chan bool)
	s := startFronted(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			entered <- true
			<-goOn
		}
		w.Write([]byte("done"))
	}, true)
	unused, rested, handed, working := s.dial(t), s.dial(t), s.dial(t), s.dial(t)
	io.WriteString(rested, post("/a", "", "1"))
	io.WriteString(handed, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
	for _, c := range []net.Conn{rested, handed} {
		if _, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil {
			t.Fatal(err)
		}
	}
	io.WriteString(working, post("/slow", "", "1"))
	<-entered
	stopped := make(chan bool)
	go func() { s.stop(); close(stopped) }()
	for name, c := range map[string]net.Conn{"unused": unused, "at rest": rested, "handed over": handed} {
		if n, err := c.Read(make([]byte, 1)); n > 0 || err == nil {
			t.Errorf("%s: %d bytes, %v", name, n, err)
		}
	}
	select {
	case <-stopped:
		t.Error("it did not wait for the request that is being answered")
	default:
	}
	goOn <- true
	response, err := http.ReadResponse(bufio.NewReader(working), nil)
	if err != nil || !response.Close {
		t.Errorf("the request in flight got %v, %v", response, err)
	}
	<-stopped
	if slots, open := len(s.front.slots), len(s.front.connections()); slots != 0 || open != 0 {
		t.Errorf("%d slots are taken, %d connections known", slots, open)
	}
}

// TestAFrontStopsBetweenHeadAndBody has a request that would be left to the
// HTTP server, which takes no more.
func TestAFrontStopsBetweenHeadAndBody(t *testing.T) {
	s := startFronted(t, mirror, true)
	c := s.dial(t)
	whole := post("/leave", "", "12345")
	io.WriteString(c, whole[:len(whole)-2])
	until(t, "the body is waited for", func() bool {
		cs := s.front.connections()
		return len(cs) == 1 && cs[0].stage.Load() == atWork && cs[0].reading.busy.Load()
	})
	stopped := make(chan bool)
	go func() { s.stop(); close(stopped) }()
	until(t, "the front closes", s.front.closing)
	io.WriteString(c, whole[len(whole)-2:])
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || !response.Close {
		t.Errorf("the request in flight got %v, %v", response, err)
	}
	<-stopped
}

func TestAFrontThatCannotWaitLonger(t *testing.T) {
	entered := make(chan bool)
	s := startFronted(t, func(w http.ResponseWriter, r *http.Request) {
		entered <- true
		<-r.Context().Done()
	}, true)
	c := s.dial(t)
	io.WriteString(c, post("/slow", "", "1"))
	<-entered
	s.Shutdown(context.Background())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.front.wait(ctx); err != context.Canceled {
		t.Errorf("the wait ended with %v", err)
	}
	if n, err := c.Read(make([]byte, 1)); n > 0 || err == nil {
		t.Errorf("%d bytes, %v", n, err)
	}
}

// exhausted is a listener that fails as one does when no file can be opened,
// until it is closed, after so many connections.
type exhausted struct {
	net.Listener
	left atomic.Int64
}

func (l *exhausted) Accept() (net.Conn, error) {
	if l.left.Add(-1) < 0 {
		return nil, &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
	}
	return l.Listener.Accept()
}

func TestConnectionsAreHandedOverWhileNoneIsAccepted(t *testing.T) {
	below := &exhausted{Listener: listen(t)}
	below.left.Store(20)
	var refused atomic.Int64
	f := newFront(below, maxConnections, &http.Server{ReadTimeout: time.Minute}, frontHooks{refused: func(error) { refused.Add(1) }})
	for range 20 {
		client, err := net.Dial("tcp", f.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		io.WriteString(client, "GET / HTTP/1.1\r\n\r\n")
	}
	until(t, "no more are accepted", func() bool { return refused.Load() > 1 })
	for range 20 {
		c, err := f.Accept()
		if err != nil {
			t.Errorf("instead of a connection: %v", err)
			continue
		}
		c.Close()
	}
	below.left.Store(1)
	client, err := net.Dial("tcp", f.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	until(t, "one more is accepted", func() bool { return len(f.connections()) == 1 })
	f.Close()
	f.wait(context.Background())
}

func TestSilentConnectionsAreClosed(t *testing.T) {
	s := startFronted(t, mirror, true)
	partial, rested := s.dial(t), s.dial(t)
	io.WriteString(partial, "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12")
	io.WriteString(rested, post("/a", "", "1"))
	if _, err := http.ReadResponse(bufio.NewReader(rested), nil); err != nil {
		t.Fatal(err)
	}
	until(t, "both wait for more", func() bool {
		cs := s.front.connections()
		return len(cs) == 2 && !slices.ContainsFunc(cs, func(c *conn) bool { return !c.reading.busy.Load() })
	})
	s.front.sweep(time.Now().Add(59 * time.Second))
	if n := len(s.front.connections()); n != 2 {
		t.Errorf("%d connections are left before the time", n)
	}
	s.front.sweep(time.Now().Add(2 * time.Minute))
	for _, c := range []net.Conn{partial, rested} {
		if n, err := io.Copy(io.Discard, c); n > 0 {
			t.Errorf("%d bytes, %v", n, err)
		}
	}
}

// TestSilentConnectionsMakeRoom has more of them than there may be, some of them
// the HTTP server's. The requests that are being answered stay.
func TestSilentConnectionsMakeRoom(t *testing.T) {
	wait := make(chan struct{})
	var waiting atomic.Int64
	goOn := sync.OnceFunc(func() { close(wait) })
	server := &http.Server{ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: time.Minute,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/wait" {
				waiting.Add(1)
				<-wait
			}
			mirror(w, r)
		})}
	var closed atomic.Int64
	f := newFront(listen(t), 20, server, frontHooks{full: func(n int) { closed.Add(int64(n)) }})
	go server.Serve(f)
	t.Cleanup(func() {
		goOn()
		server.Close()
		f.wait(context.Background())
	})
	dial := func(request string) net.Conn {
		c, err := net.Dial("tcp", f.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		c.SetDeadline(time.Now().Add(20 * time.Second))
		io.WriteString(c, request)
		return c
	}
	answered := func(c net.Conn) {
		t.Helper()
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatal(res, err)
		}
		io.Copy(io.Discard, res.Body)
	}
	const get = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
	working, handed := dial(post("/wait", "", "1")), dial(get)
	answered(handed)
	io.WriteString(handed, strings.Replace(get, "/a", "/wait", 1))
	until(t, "both requests are being answered", func() bool { return waiting.Load() == 2 })
	for range 30 {
		answered(dial(get)) // and says nothing more
	}
	for range 50 {
		dial("")
	}
	for range 5 {
		answered(dial(post("/a", "", "1")))
	}
	if closed.Load() == 0 {
		t.Error("no connection was closed")
	}
	goOn()
	answered(working)
	answered(handed)
}

func TestTheLongestWithoutARequestMakeRoom(t *testing.T) {
	below := &exhausted{Listener: listen(t)}
	told := 0
	f := &front{listener: newListener(below, 32), told: frontHooks{full: func(n int) { told += n }}}
	defer f.Close()
	f.base = time.Now().Add(-time.Hour)
	add := func(stage int32, age time.Duration) *conn {
		server, client := net.Pipe()
		t.Cleanup(func() { client.Close() })
		c := &conn{Conn: server, from: f.listener}
		c.stage.Store(stage)
		c.since.Store(int64(time.Hour - age))
		f.open[c] = struct{}{}
		f.slots <- struct{}{}
		return c
	}
	stay := []*conn{add(atWork, time.Hour), add(handedOver, time.Hour), add(atRest, 0), add(handedIdle, 0)}
	var oldest, next []*conn
	for i := range 4 {
		age := time.Minute - time.Duration(i)*time.Second
		stage := []int32{atRest, handedIdle}[i%2]
		if c := add(stage, age); i < 3 {
			oldest = append(oldest, c)
		} else {
			next = append(next, c)
		}
	}
	for _, step := range []struct{ gone, left []*conn }{{oldest, append(next, stay...)}, {next, stay}, {nil, stay}} {
		if f.makeRoom() != (step.gone != nil) {
			t.Error("whether connections were closed is not told")
		}
		for _, c := range step.gone {
			if _, open := f.open[c]; open || c.stage.Load() != ended {
				t.Error("a connection that is long without a request is open")
			}
		}
		for _, c := range step.left {
			if _, open := f.open[c]; !open {
				t.Error("a connection was closed that had to stay")
			}
		}
	}
	if told != 4 || len(f.slots) != len(stay) {
		t.Errorf("told of %d, %d slots are taken", told, len(f.slots))
	}
}

func TestARequestRenewsTheRest(t *testing.T) {
	s := startFronted(t, mirror, true)
	for _, request := range []string{post("/a", "", "1"), "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"} {
		c := s.dial(t)
		r := bufio.NewReader(c)
		var before int64
		for range 3 {
			io.WriteString(c, request)
			res, err := http.ReadResponse(r, nil)
			if err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, res.Body)
			until(t, "the connection rests anew", func() bool {
				cs := s.front.connections()
				stage := cs[0].stage.Load()
				return (stage == atRest || stage == handedIdle) && cs[0].since.Load() > before
			})
			before = s.front.connections()[0].since.Load()
		}
		c.Close()
		until(t, "the connection is gone", func() bool { return len(s.front.connections()) == 0 })
	}
}

// TestPushesOverTheFront sends real pushes over real connections.
func TestPushesOverTheFront(t *testing.T) {
	r := start(t, safeBot, hello)
	_, _, stop, served := serving(t, r)
	for _, mode := range []wechattest.Mode{wechattest.Plain, wechattest.Safe} {
		r.client.Mode = mode
		for range 3 {
			r.expect("你好", "你好,我是机器人")
		}
		doc := wechattest.Document(r.text("你好"), wechat.XML)
		for range 2 { // the second is a retry
			a, err := r.client.Push(context.Background(), doc)
			if err != nil || said(a) != "你好,我是机器人" {
				t.Errorf("%v: %v, %v", mode, a, err)
			}
		}
	}
	r.client.Token = "another"
	if a, _ := r.client.Push(context.Background(), wechattest.Document(r.text("你好"), wechat.XML)); a == nil || a.Status != http.StatusForbidden {
		t.Errorf("a wrong signature got %d", a.Status)
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestAPushThatIsLeftCountsOnce(t *testing.T) {
	w := newSlowWebhook()
	r := startAsking(t, "drop", w, Limits{})
	_, _, stop, served := serving(t, r)
	w.answer <- "晴天"
	r.expect("问天气", "晴天")
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	r.expectMetric(`wereply_pushes_total{account="shop",outcome="answered",type="text"}`, 1)
	r.expectMetric(`wereply_request_seconds_count{account="shop"}`, 1)
	r.expectMetric(`wereply_decision_seconds_count{account="shop"}`, 1)
	if n := w.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}
