// Package http1 reads the usual HTTP/1.1 request, whole and with nothing in
// its head that would need care, from one piece of memory, and has it answered
// by an http.Handler. It costs a fraction of what net/http takes, which reads
// all others: what is usual here, net/http would read the same (RFC 9112).
package http1

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
)

// MaxRequest is how many bytes a usual request has at most, with its body.
const MaxRequest = 4096

// Exchange is a request with its response, in memory that holds one after the
// other.
type Exchange struct {
	request *http.Request
	blank   http.Request // with the context
	url     url.URL
	header  http.Header
	values  []string // which header points to
	body    body
	length  int // by Content-Length; -1 = not told

	response response
}

// NewExchange makes an Exchange. ctx is the context of all requests: it does
// not end when a client hangs up.
func NewExchange(ctx context.Context) *Exchange {
	r := new(http.Request).WithContext(ctx)
	return &Exchange{
		request:  r,
		blank:    *r,
		header:   http.Header{},
		response: response{header: http.Header{}},
	}
}

// Read takes the request that data is. If data is the beginning of a usual one,
// it tells how many bytes are missing. Nothing of data is kept, but the body is
// read from it.
func (e *Exchange) Read(data []byte, remoteAddr string) (missing int, usual bool) {
	end := bytes.Index(data, []byte("\r\n\r\n"))
	if end < 0 || !bytes.HasPrefix(data, []byte("POST /")) {
		return 0, false
	}
	*e.request = e.blank
	if !e.readHead(string(data[:end+2])) {
		return 0, false
	}
	body := data[end+4:]
	missing = e.length - len(body)
	if missing < 0 || end+4+e.length > MaxRequest {
		return 0, false
	}
	e.body = body
	r := e.request
	r.Method, r.URL, r.Proto, r.ProtoMajor, r.ProtoMinor = http.MethodPost, &e.url, "HTTP/1.1", 1, 1
	r.Header, r.ContentLength, r.RemoteAddr = e.header, int64(e.length), remoteAddr
	r.Body = &e.body
	if e.length == 0 {
		r.Body = http.NoBody
	}
	return missing, true
}

// readHead reads the request line and the fields, each with its CR LF.
func (e *Exchange) readHead(head string) bool {
	line, fields, _ := strings.Cut(head, "\r\n")
	target, ok := strings.CutSuffix(line[len("POST "):], " HTTP/1.1")
	if !ok || !e.readTarget(target) {
		return false
	}
	clear(e.header)
	e.values = e.values[:0]
	e.length = -1
	for fields != "" {
		line, fields, _ = strings.Cut(fields, "\r\n")
		if !e.readField(line) {
			return false
		}
	}
	if pragma := e.header["Pragma"]; len(pragma) > 0 && pragma[0] == "no-cache" && e.header["Cache-Control"] == nil {
		e.header["Cache-Control"] = noCache // as net/http does
	}
	return e.length >= 0 && e.request.Host != ""
}

var noCache = []string{"no-cache"}

// readTarget reads a path, which nothing in it changes when it is decoded, and
// a query.
func (e *Exchange) readTarget(target string) bool {
	path, query, asked := strings.Cut(target, "?")
	if asked && query == "" || strings.HasPrefix(path, "//") || !all(path, inPath) || !all(query, inQuery) {
		return false
	}
	e.url = url.URL{Path: path, RawQuery: query}
	e.request.RequestURI = target
	return true
}

func (e *Exchange) readField(line string) bool {
	name, value, ok := strings.Cut(line, ":")
	value = strings.TrimPrefix(value, " ")
	if !ok || name == "" || !all(name, inName) || !all(value, inValue) {
		return false
	}
	if strings.HasPrefix(value, " ") || strings.HasSuffix(value, " ") {
		return false
	}
	name = textproto.CanonicalMIMEHeaderKey(name)
	switch name {
	case "Host":
		if e.request.Host != "" || value == "" || !all(value, inHost) {
			return false
		}
		e.request.Host = value
		return true
	case "Content-Length":
		n, err := strconv.ParseUint(value, 10, 16)
		if e.length >= 0 || err != nil {
			return false
		}
		e.length = int(n)
	case "Connection":
		if !strings.EqualFold(value, "keep-alive") {
			return false
		}
	case "Expect", "Trailer", "Transfer-Encoding", "Upgrade":
		return false
	}
	e.values = append(e.values, value)
	last := len(e.values)
	if before, again := e.header[name]; again {
		e.header[name] = append(before, value)
	} else {
		e.header[name] = e.values[last-1 : last : last]
	}
	return true
}

// What the bytes of a request may be part of.
const (
	inName  = 1 << iota // of a field
	inValue             // of a field
	inHost
	inPath
	inQuery
)

var bytesOf = func() (of [256]uint8) {
	const alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	set := func(part uint8, chars string) {
		for i := range len(chars) {
			of[chars[i]] |= part
		}
	}
	set(inName, alphanumeric+"-_")
	set(inHost, alphanumeric+".:-_")
	set(inPath, alphanumeric+"/.-_~")
	for c := ' '; c < 0x7f; c++ {
		of[c] |= inValue
		if c != ' ' && c != '#' {
			of[c] |= inQuery
		}
	}
	return of
}()

func all(s string, part uint8) bool {
	for i := range len(s) {
		part &= bytesOf[s[i]]
	}
	return part != 0
}

// body is what is left of a body.
type body []byte

func (b *body) Read(p []byte) (n int, err error) {
	n = copy(p, *b)
	*b = (*b)[n:]
	if len(*b) == 0 {
		err = io.EOF
	}
	return n, err
}

func (b *body) Close() error { return nil }
