package server

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// conversations are what clients send on one connection, in pieces.
var conversations = [][]string{
	{post("/weixin?a=b", "", "<xml></xml>")},
	{post("/a", "", "1"), post("/b", "", "2"), post("/c", "", "3")},
	{post("/a", "", "1") + post("/b", "", "2"), post("/c", "", "3")},
	{post("/a", "", "1") + "POST /b HTTP/1.1\r\n", "Host: a\r\nContent-Length: 1\r\n\r\n2"},
	{post("/a", "", "12345")[:50], post("/a", "", "12345")[50:], post("/b", "", "2")},
	{"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 200\r\n\r\n", post("/b", "", strings.Repeat("2", 200)) + post("/c", "", "3")},
	{post("/a", "", "1"), "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12"},
	{post("/a", "", "1"), "GET /b HTTP/1.1\r\nHost: a\r\n\r\n", post("/c", "", "3")},
	{post("/a", "", "1"), post("/b", "Connection: close\r\n", "2"), post("/c", "", "3")},
	{post("/close", "", "1"), post("/b", "", "2")},
	{post("/unread", "", "12345"), post("/b", "", "2"), post("/unread", "Connection: close\r\n", "1")},
	{post("/long", "", "1"), post("/b", "", "2"), "GET /long HTTP/1.1\r\nHost: a\r\n\r\n"},
	{post("/refuse", "", "1"), post("/b", "", "2")},
	{post("/a", "", "1"), post("/leave", "X: y\r\n", "2"), post("/leave", "", "3"), post("/c", "", "4")},
	{post("/a", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"), post("/b", "", "2")},
	{post("/a", "Expect: 100-continue\r\n", "1"), post("/b", "", "2")},
	{post("/a", "", strings.Repeat("长", 10_000)), post("/b", "", "2")},
	{"POST /a HTTP/1.0\r\nHost: a\r\nContent-Length: 1\r\n\r\n1", post("/b", "", "2")},
	{"\r\n", post("/a", "", "1"), "\r\n" + post("/b", "", "2")},
	{post("/a", "", "1"), "\r\n" + post("/b", "", "2"), "\n\r\n\r" + post("/c", "", "3")},
	{post("/a", "", "1"), "\r\n\r\n", "GET /b HTTP/1.1\r\nHost: a\r\n\r\n"},
	{post("/a", "", "1"), "\r\n\r\n\r\n" + post("/b", "", "2")},
	{"POST /a HTTP/1.1\r\nHost:a\nContent-Length:1\r\n\r\n", "1\r\n\r\n"},
	{"nonsense\r\n\r\n", post("/b", "", "2")},
	{post("/a", "A: \x01\r\n", "1"), post("/b", "", "2")},
	{post("/a", "", "1"), "\x16\x03\x01\x02"},
	{""},
}

var dateField = regexp.MustCompile(`\r\nDate: [^\r]+ GMT\r\n`)

// normal is what is the same of a response whoever wrote it: not the time, nor
// the order of the fields.
func normal(t testing.TB, response string) string {
	t.Helper()
	in := bufio.NewReader(strings.NewReader(response))
	var b strings.Builder
	for {
		if _, err := in.Peek(1); err == io.EOF {
			return b.String()
		}
		r, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatalf("%q: %v", response, err)
		}
		body, err := io.ReadAll(r.Body)
		if r.Header.Get("Date") != "" {
			r.Header.Set("Date", "now")
		}
		fmt.Fprintf(&b, "%s %v %v %v %q %v\n", r.Status, r.Header, r.ContentLength, r.Close, body, err)
	}
}

// sameWithAndWithout compares what comes back through a front and without one.
func sameWithAndWithout(t testing.TB, with, without *fronted, pieces []string) {
	t.Helper()
	answered := make(chan string) // net/http waits half a second after an error
	go func() { answered <- without.exchange(t, pieces...) }()
	got := with.exchange(t, pieces...)
	want := <-answered
	if dateField.ReplaceAllString(got, "\r\n") == dateField.ReplaceAllString(want, "\r\n") {
		return
	}
	if normal(t, got) != normal(t, want) {
		t.Errorf("%.300q\nwith a front:\n%.1000q\nwithout:\n%.1000q", pieces, got, want)
	}
}

func TestAFrontChangesNothing(t *testing.T) {
	with, without := startFronted(t, mirror, true), startFronted(t, mirror, false)
	for _, pieces := range conversations {
		sameWithAndWithout(t, with, without, pieces)
	}
	if with.panicked.Load() > 0 {
		t.Error("the front panicked")
	}
}

func FuzzAFrontChangesNothing(f *testing.F) {
	for _, pieces := range conversations {
		all := strings.Join(pieces, "")
		f.Add([]byte(all), uint16(len(pieces[0])), uint16(len(pieces[len(pieces)-1])))
		f.Add([]byte(all), uint16(len(all)/2), uint16(1))
	}
	with, without := startFronted(f, mirror, true), startFronted(f, mirror, false)
	f.Fuzz(func(t *testing.T, data []byte, ahead, behind uint16) {
		a := min(int(ahead), len(data))
		b := max(a, len(data)-int(behind))
		sameWithAndWithout(t, with, without, []string{string(data[:a]), string(data[a:b]), string(data[b:])})
	})
}

// generated makes up conversations that are mostly usual, but anything in them
// may be odd.
type generated struct{ *rand.Rand }

func (g generated) of(choices ...string) string { return choices[g.IntN(len(choices))] }

// or is the first choice, or once in so many times one of the others.
func (g generated) or(n int, usual string, odd ...string) string {
	if g.IntN(n) > 0 {
		return usual
	}
	return g.of(odd...)
}

var oddFields = []string{
	"Host: b", "Host-: x", "Connection: close", "Connection: Keep-Alive", "connection: KEEP-ALIVE", "Connection:",
	"Connection: upgrade", "Connection: keep-alive, close", "Transfer-Encoding: chunked", "Transfer-Encoding: identity",
	"TE: trailers", "Trailer: X", "Expect: 100-continue", "Expect: x", "Upgrade: h2c", "HTTP2-Settings: AA",
	"Pragma: no-cache", "Pragma: x, no-cache", "Cache-Control: max-age=0", "Content-Length: 5", "Content-Type: text/xml",
	"A_B: c", "A: ", "A:", "A:b", "A:\tb", "A: b\t", "A : b", " A: b", "A: \x80", "A: \x7f", "A: \x00", "A: b\rc",
	"你: b", "A!: b", "a-b-C: d", "Cookie: a=b; c", "X-Forwarded-For: 1, 2", "Keep-Alive: 5", "Date: x", "1: 2", "-: -", "_: _",
}

// request is one request, in pieces.
func (g generated) request() []string {
	eol := g.or(100, "\r\n", "\n")
	body := strings.Repeat(g.of("a", "长", "\r\n", "POST / HTTP/1.1\r\n"), g.IntN(5))
	if g.IntN(10) == 0 {
		body = strings.Repeat("x", 3000+g.IntN(2000))
	}
	target := g.or(5, "/weixin?a=b&c=d", "/leave", "/close", "/refuse", "/unread", "/long", "/", "*", "http://b/c", "//x",
		"/%41", "/a?", "/a?%zz", "/a;b", "/a?x=1;y", "/a#f", `/a?"<>`, "/.", "/../a", "/a|b", "/a?b c", "")
	line := g.or(50, "POST", "GET", "HEAD", "OPTIONS", "PUT", "post", "PRI") + g.or(200, " ", "  ", "\t") +
		target + g.or(200, " ", "  ", "") + g.or(50, "HTTP/1.1", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "http/1.1", "HTTP/1.1 ")
	fields := []string{
		g.of("Host", "host", "HOST") + ": " + g.or(50, "bot.cn", "a b", "", "a:b:c", "[::1]:80", "a/b", "你", "a_b", "a,b"),
		g.of("Content-Length", "content-length") + ": " + g.or(50, "", "+", "0", "-", " ", "0x", "1,") +
			strconv.Itoa(len(body)+g.IntN(50)/49) + g.or(50, "", " ", "\t", ", 1"),
	}
	for range max(0, g.IntN(6)-3) {
		fields = append(fields, g.or(2, "Accept: */*", oddFields...))
	}
	g.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	if g.IntN(100) == 0 {
		fields = fields[1:]
	}
	head := line + eol + strings.Join(fields, eol) + eol
	end := body + g.or(20, "", "\r\n", "\n", "\r", "\r\n\r\n", "\r\n\r\n\r", "\x00", "0\r\n\r\n")
	switch g.IntN(6) {
	case 0:
		return []string{head + eol, end}
	case 1:
		return []string{head, eol + end}
	case 2:
		return []string{head + eol + body, end[len(body):]}
	}
	return []string{head + eol + end}
}

// conversation is some requests one after the other, the last perhaps cut off.
func (g generated) conversation() (pieces []string) {
	for range 1 + g.IntN(4) {
		next := g.request()
		if len(pieces) > 0 && g.IntN(10) == 0 {
			pieces[len(pieces)-1] += next[0]
			next = next[1:]
		}
		pieces = append(pieces, next...)
	}
	if g.IntN(20) == 0 {
		last := &pieces[len(pieces)-1]
		*last = (*last)[:g.IntN(len(*last)+1)]
	}
	return pieces
}

func TestAFrontChangesNothingOfWhatIsMadeUp(t *testing.T) {
	with, without := startFronted(t, mirror, true), startFronted(t, mirror, false)
	g := generated{rand.New(rand.NewPCG(1, 2))}
	const n = 300
	for range n {
		sameWithAndWithout(t, with, without, g.conversation())
	}
	if reached := with.reached.Load(); reached == 0 || reached == n {
		t.Errorf("%d of %d conversations reached the HTTP server", reached, n)
	}
}
