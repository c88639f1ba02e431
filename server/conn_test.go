package server

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// connected gives both ends of a connection through a listener.
func connected(t *testing.T) (l *listener, server *conn, client net.Conn) {
	t.Helper()
	l = newListener(listen(t), 10)
	t.Cleanup(func() { l.Close() })
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { accepted.Close() })
	return l, accepted.(*conn), client
}

// reading reads from a connection and tells the error when that ends.
func reading(t *testing.T, c *conn) <-chan error {
	t.Helper()
	failed := make(chan error, 1)
	go func() {
		_, err := c.Read(make([]byte, 1))
		failed <- err
	}()
	until(t, "the read has begun", c.reading.busy.Load)
	return failed
}

func TestOverdueReadsAreClosed(t *testing.T) {
	l, c, _ := connected(t)
	now := time.Now()
	c.SetReadDeadline(now.Add(time.Hour))
	failed := reading(t, c)
	l.sweep(now.Add(59 * time.Minute))
	select {
	case err := <-failed:
		t.Fatalf("closed too early: %v", err)
	default:
	}
	l.sweep(now.Add(time.Hour))
	if err := <-failed; !errors.Is(err, net.ErrClosed) {
		t.Errorf("the read ended with %v", err)
	}
	if len(l.slots) != 0 || len(l.open) != 0 {
		t.Errorf("%d slots are taken, %d connections known", len(l.slots), len(l.open))
	}
}

func TestOverdueWritesAreClosed(t *testing.T) {
	l, c, _ := connected(t)
	now := time.Now()
	c.SetWriteDeadline(now.Add(time.Hour))
	failed := make(chan error, 1)
	go func() {
		_, err := io.Copy(c, endless{}) // the client never reads
		failed <- err
	}()
	until(t, "a write is stuck", func() bool {
		l.sweep(now.Add(time.Hour))
		return len(failed) > 0
	})
	if err := <-failed; !errors.Is(err, net.ErrClosed) {
		t.Errorf("the write ended with %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// Deadlines count for reads and writes alone: a request that is held, or a
// connection between two requests, may have passed them.
func TestConnectionsAtRestStay(t *testing.T) {
	l, c, client := connected(t)
	now := time.Now()
	c.SetDeadline(now.Add(time.Second))
	l.sweep(now.Add(time.Hour))
	c.SetReadDeadline(time.Time{})
	failed := reading(t, c)
	l.sweep(now.Add(time.Hour))
	client.Write([]byte("x"))
	if err := <-failed; err != nil {
		t.Error(err)
	}
}

func TestADeadlineInThePastInterruptsARead(t *testing.T) {
	l, c, client := connected(t)
	past := time.Unix(1, 0)
	for range 3 {
		failed := reading(t, c)
		c.SetReadDeadline(past)
		l.sweep(time.Now())
		if err := <-failed; !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("the read ended with %v", err)
		}
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("the next read ended with %v", err)
		}
		c.SetReadDeadline(time.Time{})
		client.Write([]byte("x"))
		if _, err := c.Read(make([]byte, 1)); err != nil {
			t.Error(err)
		}
	}
	c.SetReadDeadline(past) // before the read
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the read ended with %v", err)
	}
}

func TestWhatWasReadIsReadAgainOnce(t *testing.T) {
	_, c, client := connected(t)
	c.replay = []byte("abc")
	client.Write([]byte("de"))
	got := make([]byte, 2)
	for _, want := range []int{2, 1, 2} {
		if n, err := c.Read(got); n != want || err != nil {
			t.Errorf("%d bytes, want %d, %v", n, want, err)
		}
	}
	if c.replay != nil {
		t.Error("its memory is kept")
	}
}

// TestSlowClientsAreCutOff leaves requests unfinished, as those do who want to
// exhaust a server, and connections unused.
func TestSlowClientsAreCutOff(t *testing.T) {
	r := start(t, plainBot, hello)
	l := newListener(listen(t), 10)
	srv := r.httpServer(r.Public())
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	for request, answered := range map[string]bool{
		"":                                     false,
		"POST /weixin HTTP/1.1\r\nHost: a\r\n": false,
		"POST /weixin HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n<xml>": false,
		"GET /weixin HTTP/1.1\r\nHost: a\r\n\r\n":                              true,
	} {
		client, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		client.Write([]byte(request))
		in := bufio.NewReader(client)
		if answered {
			if _, err := in.Peek(1); err != nil {
				t.Errorf("%q: %v", request, err)
			}
		}
		closed := make(chan struct{})
		go func() {
			io.Copy(io.Discard, in)
			close(closed)
		}()
		until(t, "the connection is closed", func() bool {
			l.sweep(time.Now().Add(idleTimeout + time.Second))
			select {
			case <-closed:
				return true
			default:
				return false
			}
		})
		client.Close()
	}
	srv.Close()
	<-served
}
