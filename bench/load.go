package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// connections is how many requests are on their way at a time.
const connections = 64

// pushes are the requests of one load. Each is made once.
type pushes interface {
	// request gives push n, in the given memory if it likes.
	request(n int, space []byte) []byte
	count() int
}

// figures is what one load measured.
type figures struct {
	requests int
	took     time.Duration
	p50, p99 time.Duration
	failed   int // answered with anything but a reply document
}

func (f figures) perSecond() float64 { return float64(f.requests) / f.took.Seconds() }

// load pushes over many connections, each waiting for its answer, until the
// time is over.
func load(ctx context.Context, port int, p pushes, d time.Duration) (figures, error) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	var next atomic.Int64
	var running sync.WaitGroup
	clients := make([]client, connections)
	for i := range clients {
		c := &clients[i]
		if err := c.dial(port); err != nil {
			return figures{}, err
		}
		defer c.conn.Close()
	}
	began := time.Now()
	for i := range clients {
		running.Go(func() { clients[i].run(ctx, p, &next) })
	}
	running.Wait()
	f := figures{took: time.Since(began)}
	var all []time.Duration
	for i := range clients {
		c := &clients[i]
		if c.err != nil {
			return f, c.err
		}
		f.failed += c.failed
		all = append(all, c.took...)
	}
	f.requests = len(all)
	if f.requests == 0 {
		return f, errors.New("no request was answered")
	}
	slices.Sort(all)
	f.p50, f.p99 = all[len(all)/2], all[len(all)*99/100]
	return f, nil
}

// client is one connection.
type client struct {
	conn   net.Conn
	in     []byte
	took   []time.Duration
	failed int
	err    error
}

func (c *client) dial(port int) (err error) {
	c.in = make([]byte, 16<<10)
	c.conn, err = net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	return err
}

func (c *client) run(ctx context.Context, p pushes, next *atomic.Int64) {
	space := make([]byte, 4096)
	for ctx.Err() == nil {
		n := int(next.Add(1)) - 1
		if n >= p.count() {
			c.err = fmt.Errorf("more than %d pushes in the time: more must be made ready", p.count())
			return
		}
		request := p.request(n, space)
		began := time.Now()
		if _, c.err = c.conn.Write(request); c.err != nil {
			return
		}
		var ok bool
		if ok, c.err = c.answered(); c.err != nil {
			return
		}
		c.took = append(c.took, time.Since(began))
		if !ok {
			c.failed++
		}
	}
}

// answered reads one response and reports whether it has a reply document.
func (c *client) answered() (bool, error) {
	for have := 0; ; {
		n, err := c.conn.Read(c.in[have:])
		if err != nil {
			return false, err
		}
		have += n
		head, body, whole := bytes.Cut(c.in[:have], []byte("\r\n\r\n"))
		if !whole {
			continue
		}
		_, length, ok := bytes.Cut(head, []byte("Content-Length: "))
		if !ok {
			return false, errors.New("a response without Content-Length")
		}
		length, _, _ = bytes.Cut(length, []byte("\r"))
		want, err := strconv.Atoi(string(length))
		if err != nil {
			return false, err
		}
		if len(body) >= want {
			return bytes.HasPrefix(head, []byte("HTTP/1.1 200")) && bytes.HasPrefix(body, []byte("<xml>")), nil
		}
	}
}
