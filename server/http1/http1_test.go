package http1

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func request(target, fields, body string) string {
	return "POST " + target + " HTTP/1.1\r\nHost: bot.example.com:8080\r\n" + fields +
		fmt.Sprintf("Content-Length: %d\r\n\r\n", len(body)) + body
}

var usual = []string{
	request("/weixin?signature=ab&timestamp=1&nonce=2", "", "<xml></xml>"),
	request("/weixin", "Content-Type: text/xml\r\nUser-Agent: Mozilla/4.0\r\nAccept: */*\r\nConnection: Keep-Alive\r\nPragma: no-cache\r\n", "<xml>你好</xml>"),
	request("/a/b-c_d.e~f?a=%E4%BD&b=/?&&", "X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-For: 10.0.0.2\r\nx-real-ip:10.0.0.1\r\n", ""),
}

// unusual requests may be right; net/http shall say.
var unusual = []string{
	"",
	"POST /weixin HTTP/1.1\r\nHost: a\r\n",
	"POST /weixin HTTP/1.1\r\nHost: a\r\n\r\n",
	"POST /weixin HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
	"POST /weixin HTTP/1.1\nHost: a\nContent-Length: 0\n\r\n\r\n",
	"\r\n" + request("/weixin", "", ""),
	"GET /weixin HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
	strings.Replace(request("/weixin", "", ""), "HTTP/1.1", "HTTP/1.0", 1),
	request("/weixin?", "", ""),
	request("//weixin", "", ""),
	request("/wei%78in", "", ""),
	request("/wei xin", "", ""),
	request("/weixin#a", "", ""),
	request("http://a/weixin", "", ""),
	request("*", "", ""),
	request("/weixin?a=\x7f", "", ""),
	request("/weixin", "Host: b\r\n", ""),
	request("/weixin", "Content-Length: 0\r\n", ""),
	request("/weixin", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
	request("/weixin", "transfer-encoding: identity\r\n", ""),
	request("/weixin", "Connection: close\r\n", ""),
	request("/weixin", "Connection: keep-alive, Upgrade\r\n", ""),
	request("/weixin", "Upgrade: h2c\r\n", ""),
	request("/weixin", "Expect: 100-continue\r\n", "a"),
	request("/weixin", "Trailer: X\r\n", ""),
	request("/weixin", "A: b\r\n c: d\r\n", ""),
	request("/weixin", "A : b\r\n", ""),
	request("/weixin", "A:  b\r\n", ""),
	request("/weixin", "A: b \r\n", ""),
	request("/weixin", "A:\tb\r\n", ""),
	request("/weixin", "A: b\n", ""),
	request("/weixin", ": b\r\n", ""),
	request("/weixin", "A\r\n", ""),
	request("/weixin", "A: b\rc\r\n", ""),
	request("/weixin", "A: b\x00\r\n", ""),
	request("/weixin", "A: 你好\r\n", ""),
	"POST /weixin HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na",
	"POST /weixin HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\na",
	"POST /weixin HTTP/1.1\r\nHost: a\r\nContent-Length: \r\n\r\n",
	"POST /weixin HTTP/1.1\r\nHost:\r\nContent-Length: 0\r\n\r\n",
	"POST /weixin HTTP/1.1\r\nHost: a/b\r\nContent-Length: 0\r\n\r\n",
	request("/weixin", "", "a") + "b", // or the next request begins
	request("/weixin", "", strings.Repeat("a", MaxRequest)),
}

func TestRead(t *testing.T) {
	e := NewExchange(context.Background())
	for _, data := range usual {
		if missing, ok := e.Read([]byte(data), "10.0.0.1:99"); !ok || missing != 0 {
			t.Errorf("%q: missing %d, usual %v", data, missing, ok)
			continue
		}
		compare(t, e, data)
	}
	for _, data := range unusual {
		if missing, ok := e.Read([]byte(data), ""); ok || missing != 0 {
			t.Errorf("%q: missing %d, usual %v", data, missing, ok)
		}
	}
}

func TestReadTellsWhatIsMissing(t *testing.T) {
	e := NewExchange(context.Background())
	whole := request("/weixin", "", "<xml></xml>")
	for cut := range len(whole) {
		want := cut
		if cut > len("<xml></xml>") {
			want = 0 // nobody knows yet
		}
		missing, ok := e.Read([]byte(whole[:len(whole)-cut]), "")
		if missing != want || ok != (want == cut) {
			t.Errorf("without %d bytes: missing %d, usual %v", cut, missing, ok)
		}
	}
}

// compare compares a request that was read with how net/http reads it.
func compare(t *testing.T, e *Exchange, data string) {
	t.Helper()
	rest := bufio.NewReader(strings.NewReader(data))
	want, err := http.ReadRequest(rest)
	if err != nil {
		t.Fatalf("%q is an error for net/http: %v", data, err)
	}
	got := e.request
	type told struct {
		Method, URI, Path, RawPath, Query, URL, Host, Proto string
		Header                                              http.Header
		Length                                              int64
		Close                                               bool
		Encoding                                            []string
		Body, Rest                                          string
	}
	tell := func(r *http.Request) told {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatalf("%q: body: %v", data, err)
		}
		return told{
			r.Method, r.RequestURI, r.URL.Path, r.URL.RawPath, r.URL.RawQuery, r.URL.String(), r.Host, r.Proto,
			r.Header, r.ContentLength, r.Close, r.TransferEncoding, string(body), "",
		}
	}
	expected := tell(want)
	after, _ := io.ReadAll(rest)
	expected.Rest = string(after)
	if diff := cmp.Diff(expected, tell(got)); diff != "" {
		t.Errorf("%q (- net/http, + here):\n%s", data, diff)
	}
}

// FuzzRead finds requests that are usual here and something else for net/http.
func FuzzRead(f *testing.F) {
	for _, data := range append(usual, unusual...) {
		f.Add([]byte(data))
	}
	e := NewExchange(context.Background())
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		missing, ok := e.Read(data, "")
		if ok && missing == 0 {
			compare(t, e, string(data))
		}
		if missing < 0 || missing > 0 && (!ok || len(data)+missing > MaxRequest) {
			t.Errorf("%q: missing %d, usual %v", data, missing, ok)
		}
		if !bytes.Equal(data, before) {
			t.Errorf("%q was changed", before)
		}
	})
}

var now = time.Date(2026, 11, 21, 8, 30, 5, 0, time.FixedZone("", 8*3600))

// serve answers one request after another, in the same memory.
func serve(t *testing.T, e *Exchange, last bool, h http.HandlerFunc) (response string, isLast, served bool) {
	t.Helper()
	if _, ok := e.Read([]byte(usual[0]), "10.0.0.1:99"); !ok {
		t.Fatal("not usual")
	}
	out, isLast, served := e.Serve(h, now, func() bool { return last })
	return string(out), isLast, served
}

func TestServe(t *testing.T) {
	e := NewExchange(context.Background())
	for _, c := range []struct {
		name     string
		last     bool
		handler  http.HandlerFunc
		response string
		isLast   bool
	}{
		{"a reply", false, func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Content-Type"] = []string{"text/xml"}
			body, _ := io.ReadAll(r.Body)
			w.Write(body)
			w.Write([]byte(r.RemoteAddr))
			w.WriteHeader(500) // too late
		}, "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nDate: Sat, 21 Nov 2026 00:30:05 GMT\r\nContent-Length: 22\r\n\r\n<xml></xml>10.0.0.1:99", false},
		{"nothing", false, func(http.ResponseWriter, *http.Request) {},
			"HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 00:30:05 GMT\r\nContent-Length: 0\r\n\r\n", false},
		{"the handler closes", false, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Connection", "close")
			w.Header()["X-A"] = []string{"1", "2"}
			w.Header().Set("Content-Length", "3")
			w.WriteHeader(413)
			w.Write([]byte("big"))
		}, "HTTP/1.1 413 Request Entity Too Large\r\nConnection: close\r\nX-A: 1\r\nX-A: 2\r\nDate: Sat, 21 Nov 2026 00:30:05 GMT\r\nContent-Length: 3\r\n\r\nbig", true},
		{"the server closes", true, func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("a")) },
			"HTTP/1.1 200 OK\r\nConnection: close\r\nDate: Sat, 21 Nov 2026 00:30:05 GMT\r\nContent-Length: 1\r\n\r\na", true},
	} {
		response, isLast, served := serve(t, e, c.last, c.handler)
		if response != c.response || isLast != c.isLast || !served {
			t.Errorf("%s: last %v, served %v\n%q\nwant\n%q", c.name, isLast, served, response, c.response)
		}
	}
}

func TestServeLeaves(t *testing.T) {
	e := NewExchange(context.Background())
	_, _, served := serve(t, e, false, func(w http.ResponseWriter, r *http.Request) {
		if !Leave(w) {
			t.Error("it is not ours")
		}
	})
	if served {
		t.Error("what was left is served")
	}
	if Leave(nil) {
		t.Error("any writer is ours")
	}
	if response, isLast, served := serve(t, e, true, func(w http.ResponseWriter, r *http.Request) {
		if Leave(w) {
			t.Error("it is left while the server closes")
		}
	}); !served || !isLast {
		t.Errorf("while the server closes: last %v, served %v, %q", isLast, served, response)
	}
	if response, _, served := serve(t, e, false, func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("next")) }); !served || !strings.HasSuffix(response, "\r\n\r\nnext") {
		t.Errorf("the next one: served %v, %q", served, response)
	}
}

func TestNothingIsLeftOfTheRequestBefore(t *testing.T) {
	type key struct{}
	e := NewExchange(context.WithValue(context.Background(), key{}, "here"))
	serve(t, e, false, func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		r.SetPathValue("a", "b")
		r.Header.Set("A", "b")
		r.URL.Fragment = "c"
	})
	serve(t, e, false, func(w http.ResponseWriter, r *http.Request) {
		if r.Form != nil || r.PathValue("a") != "" || r.Header.Get("A") != "" || r.URL.Fragment != "" {
			t.Errorf("%+v", r)
		}
		if r.Context().Value(key{}) != "here" {
			t.Error("the context is lost")
		}
	})
}

func BenchmarkExchange(b *testing.B) {
	e := NewExchange(context.Background())
	data := []byte(request("/weixin?signature=0123456789012345678901234567890123456789&timestamp=1763683300&nonce=12345678&openid=oQ7xW5hT0kYdRzB2nVcL9mEaPqSg",
		"User-Agent: Mozilla/4.0\r\nAccept: */*\r\nContent-Type: text/xml\r\nPragma: no-cache\r\n", strings.Repeat("<a></a>", 40)))
	reply := bytes.Repeat([]byte("<b></b>"), 40)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write(reply) })
	open := func() bool { return false }
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := e.Read(data, ""); !ok {
			b.Fatal("not usual")
		}
		e.Serve(h, now, open)
	}
}
