package wechattest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// Direct makes an HTTP client that calls a handler without a network.
func Direct(h http.Handler) *http.Client { return &http.Client{Transport: Handler(h)} }

// Handler makes a transport of a handler. As with a network, a request whose
// context ends is given up: its handler sees the context's end and runs on,
// and what it writes is lost. A panic of the handler is a failed request.
func Handler(h http.Handler) http.RoundTripper { return transport{h} }

type transport struct{ handler http.Handler }

func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	incoming := req.Clone(ctx)
	incoming.RequestURI = req.URL.RequestURI()
	incoming.RemoteAddr = "127.0.0.1:1024"
	if incoming.Host == "" {
		incoming.Host = req.URL.Host
	}
	if incoming.Body == nil {
		incoming.Body = http.NoBody
	}
	rec := &recorder{header: make(http.Header)}
	done := make(chan error, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				done <- fmt.Errorf("the handler panicked: %v", v)
			}
		}()
		defer incoming.Body.Close()
		t.handler.ServeHTTP(rec, incoming)
		done <- nil
	}()
	select {
	case err := <-done:
		if err != nil {
			return nil, err
		}
		return rec.response(req), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// recorder keeps what a handler writes.
type recorder struct {
	header http.Header
	sent   http.Header // as it was when the status was written
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status, r.sent = status, r.header.Clone()
	}
}

func (r *recorder) Write(p []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(p)
}

func (r *recorder) response(req *http.Request) *http.Response {
	r.WriteHeader(http.StatusOK)
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", r.status, http.StatusText(r.status)),
		StatusCode:    r.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        r.sent,
		Body:          io.NopCloser(&r.body),
		ContentLength: int64(r.body.Len()),
		Request:       req,
	}
}
