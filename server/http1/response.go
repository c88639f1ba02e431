package http1

import (
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
	"time"
)

// response is an http.ResponseWriter that keeps what is written until the
// handler is done.
type response struct {
	header  http.Header
	status  int // 0 = not written yet
	closing func() bool
	left    bool
	body    []byte
	whole   []byte // with the head
	names   []string
}

func (w *response) Header() http.Header { return w.header }

func (w *response) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *response) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	w.body = append(w.body, p...)
	return len(p), nil
}

// Leave leaves the request that w answers to net/http, which will call the
// handler anew, with a context that ends when the client hangs up: a handler
// that has to wait needs that. It reports false where w is net/http's already,
// and where the server closes: the request must be answered here then. Nothing
// may have been written to w, and nothing written to it counts.
func Leave(w http.ResponseWriter) bool {
	r, ours := w.(*response)
	if !ours || r.closing() {
		return false
	}
	r.left = true
	return true
}

// Serve has the request that was read answered by the handler and gives the
// whole response, until the next one is read. It tells the client that no
// response will follow on the connection if closing says so then, or the
// handler does. A request that the handler left is not served. Of a response
// without Content-Type nobody guesses it, and its status allows a body.
func (e *Exchange) Serve(h http.Handler, now time.Time, closing func() bool) (response []byte, last, served bool) {
	w := &e.response
	clear(w.header)
	w.status, w.closing, w.left, w.body = 0, closing, false, w.body[:0]
	h.ServeHTTP(w, e.request)
	if w.left {
		return nil, false, false
	}
	if last = w.header.Get("Connection") == "close"; !last && closing() {
		last = true
		w.header.Set("Connection", "close")
	}
	w.finish(now)
	return w.whole, last, true
}

// Keep reports whether the memory is of usual size, so that it is worth keeping.
func (e *Exchange) Keep() bool { return cap(e.response.whole) <= 64<<10 }

// finish puts the response together.
func (w *response) finish(now time.Time) {
	w.WriteHeader(http.StatusOK)
	out := append(w.whole[:0], "HTTP/1.1 "...)
	out = strconv.AppendInt(out, int64(w.status), 10)
	out = append(out, ' ')
	out = append(out, http.StatusText(w.status)...)
	w.names = w.names[:0]
	for name := range w.header {
		if name != "Content-Length" && name != "Date" {
			w.names = append(w.names, name)
		}
	}
	slices.Sort(w.names)
	for _, name := range w.names {
		for _, value := range w.header[name] {
			out = appendField(out, name, value)
		}
	}
	out = appendField(out, "Date", date(now))
	out = append(out, "\r\nContent-Length: "...)
	out = strconv.AppendInt(out, int64(len(w.body)), 10)
	out = append(out, "\r\n\r\n"...)
	w.whole = append(out, w.body...)
}

func appendField(dst []byte, name, value string) []byte {
	dst = append(dst, "\r\n"...)
	dst = append(dst, name...)
	dst = append(dst, ": "...)
	return append(dst, value...)
}

// dated is a time as it was written last.
type dated struct {
	second int64
	text   string
}

var lastDate atomic.Pointer[dated]

// date is the time as HTTP writes it, made once a second.
func date(now time.Time) string {
	second := now.Unix()
	if d := lastDate.Load(); d != nil && d.second == second {
		return d.text
	}
	d := &dated{second, now.UTC().Format(http.TimeFormat)}
	lastDate.Store(d)
	return d.text
}
