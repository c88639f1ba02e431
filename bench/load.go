package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"syscall"
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

// client pushes over many connections from one thread that never sleeps: to
// wake it up would be work for the server, the more the slower that is.
type client struct {
	epoll int
	conns []conn // by file descriptor
	next  int    // push
	space []byte

	took   []time.Duration
	failed int
}

type conn struct {
	in   []byte
	have int       // bytes of in
	sent time.Time // the request that waits for its answer
}

// load pushes until the time is over.
func load(ctx context.Context, port int, p pushes, d time.Duration) (f figures, err error) {
	c := client{space: make([]byte, 4096)}
	if c.epoll, err = syscall.EpollCreate1(0); err != nil {
		return f, err
	}
	defer syscall.Close(c.epoll)
	for range connections {
		fd, err := c.dial(port)
		if err != nil {
			return f, err
		}
		defer syscall.Close(fd)
	}
	began := time.Now()
	for fd := range c.conns {
		if c.conns[fd].in != nil {
			if err := c.push(fd, p); err != nil {
				return f, err
			}
		}
	}
	for ctx.Err() == nil && time.Since(began) < d {
		if err := c.poll(p); err != nil {
			return f, err
		}
	}
	f = figures{requests: len(c.took), took: time.Since(began), failed: c.failed}
	if f.requests == 0 {
		return f, errors.New("no request was answered")
	}
	slices.Sort(c.took)
	f.p50, f.p99 = c.took[f.requests/2], c.took[f.requests*99/100]
	return f, ctx.Err()
}

func (c *client) dial(port int) (fd int, err error) {
	fd, err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		return fd, err
	}
	if err := syscall.Connect(fd, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return fd, err
	}
	if err := syscall.SetNonblock(fd, true); err != nil {
		return fd, err
	}
	if len(c.conns) <= fd {
		c.conns = append(c.conns, make([]conn, fd+1-len(c.conns))...)
	}
	c.conns[fd].in = make([]byte, 16<<10)
	return fd, syscall.EpollCtl(c.epoll, syscall.EPOLL_CTL_ADD, fd, &syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(fd)})
}

// poll takes the answers that are there, and pushes anew.
func (c *client) poll(p pushes) error {
	var events [connections]syscall.EpollEvent
	ready, err := syscall.EpollWait(c.epoll, events[:], 0)
	if err != nil && err != syscall.EINTR {
		return err
	}
	for _, e := range events[:max(ready, 0)] {
		fd := int(e.Fd)
		whole, ok, err := c.conns[fd].read(fd)
		if err != nil {
			return err
		}
		if !whole {
			continue
		}
		c.took = append(c.took, time.Since(c.conns[fd].sent))
		if !ok {
			c.failed++
		}
		if err := c.push(fd, p); err != nil {
			return err
		}
	}
	return nil
}

func (c *client) push(fd int, p pushes) error {
	if c.next == p.count() {
		return fmt.Errorf("more than %d pushes in the time: more must be made ready", p.count())
	}
	request := p.request(c.next, c.space)
	c.next++
	c.conns[fd].sent, c.conns[fd].have = time.Now(), 0
	n, err := syscall.Write(fd, request)
	if err == nil && n < len(request) {
		err = errors.New("a request did not fit into the buffers of a connection")
	}
	return err
}

// read reads a part of a response. It reports whether the response is whole
// now, and whether it has a reply document.
func (c *conn) read(fd int) (whole, ok bool, err error) {
	n, err := syscall.Read(fd, c.in[c.have:])
	switch {
	case err == syscall.EAGAIN:
		return false, false, nil
	case err != nil:
		return false, false, err
	case n == 0:
		return false, false, errors.New("the server closed a connection")
	}
	c.have += n
	head, body, cut := bytes.Cut(c.in[:c.have], []byte("\r\n\r\n"))
	if !cut {
		return false, false, nil
	}
	_, length, found := bytes.Cut(head, []byte("Content-Length: "))
	if !found {
		return false, false, errors.New("a response without Content-Length")
	}
	length, _, _ = bytes.Cut(length, []byte("\r"))
	want, err := strconv.Atoi(string(length))
	if err != nil || len(body) < want {
		return false, false, err
	}
	return true, bytes.HasPrefix(head, []byte("HTTP/1.1 200")) && bytes.HasPrefix(body, []byte("<xml>")), nil
}
