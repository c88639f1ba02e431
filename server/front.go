package server

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"wereply/server/http1"
)

// front is a listener that answers usual requests itself, as the HTTP server
// behind it would. A connection that brings anything else goes to that server,
// which reads it from the beginning of that request.
type front struct {
	*listener
	server *http.Server
	told   frontHooks

	exchanges sync.Pool
	cutOff    context.CancelFunc // ends the context of all requests
	handed    chan net.Conn
	failed    chan error // by the listener below, for good
	running   sync.WaitGroup
	noRoom    time.Time // when makeRoom found nothing to close, last
}

// frontHooks are told what a front meets.
type frontHooks struct {
	panicked func(v any, stack []byte) // answering a request
	refused  func(err error)           // a connection, by the system
	full     func(closed int)          // so many connections without a request were closed to make room
}

// Stages of a connection. At rest it waits for a request; what the front has
// handed over is the HTTP server's, where it may be idle.
const (
	atRest int32 = iota
	atWork
	ended
	handedOver
	handedIdle
)

// newFront makes a front for n connections at most. It listens to the states of
// the server's connections.
func newFront(l net.Listener, n int, server *http.Server, told frontHooks) *front {
	f := &front{
		listener: newListener(l, n),
		server:   server,
		told:     told,
		handed:   make(chan net.Conn),
		failed:   make(chan error),
	}
	f.listener.full = func() { f.makeRoom() }
	before := server.ConnState
	server.ConnState = func(c net.Conn, state http.ConnState) {
		f.note(c.(*conn), state)
		if before != nil {
			before(c, state)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	f.cutOff = cancel
	f.exchanges.New = func() any { return http1.NewExchange(ctx) }
	f.running.Go(f.acceptAll)
	return f
}

// acceptAll takes connections. That the system refuses one, as when no file can
// be opened, will pass and holds up new ones alone: what is handed over does not
// wait with the HTTP server until it tries again.
func (f *front) acceptAll() {
	var pause time.Duration
	for {
		accepted, err := f.listener.Accept()
		if err == nil {
			pause = 0
			f.running.Go(func() { f.serve(accepted.(*conn)) })
			continue
		}
		if errors.Is(err, net.ErrClosed) {
			select {
			case f.failed <- err:
			case <-f.done:
			}
			return
		}
		f.told.refused(err)
		if f.makeRoom() {
			continue
		}
		pause = min(max(2*pause, 5*time.Millisecond), time.Second) // as net/http does
		select {
		case <-time.After(pause):
		case <-f.done:
			return
		}
	}
}

// note keeps when a connection of the HTTP server became idle.
func (f *front) note(c *conn, state http.ConnState) {
	switch state {
	case http.StateIdle:
		c.since.Store(int64(time.Since(f.base)))
		c.stage.CompareAndSwap(handedOver, handedIdle)
	case http.StateActive:
		c.stage.CompareAndSwap(handedIdle, handedOver)
	}
}

// minRest is how long a connection has no request before it may be closed for
// others: what it says may be on the way.
const minRest = time.Second

// makeRoom closes the connections that are longest without a request, some at a
// time: else those that say nothing would keep out the others. It looks at all,
// and therefore not too often: false if it closed none. For acceptAll alone.
func (f *front) makeRoom() bool {
	now := time.Now()
	if now.Sub(f.noRoom) < fullPause {
		return false
	}
	latest := int64(now.Sub(f.base) - minRest)
	resting := slices.DeleteFunc(f.connections(), func(c *conn) bool {
		stage := c.stage.Load()
		return stage != atRest && stage != handedIdle || c.since.Load() > latest
	})
	slices.SortFunc(resting, func(a, b *conn) int { return cmp.Compare(a.since.Load(), b.since.Load()) })
	closed := 0
	for _, c := range resting[:min(len(resting), cap(f.slots)/16+1)] {
		if c.stage.CompareAndSwap(atRest, ended) || c.stage.CompareAndSwap(handedIdle, ended) {
			c.Close()
			closed++
		}
	}
	if closed == 0 {
		f.noRoom = now
		return false
	}
	f.told.full(closed)
	return true
}

// Accept implements net.Listener, for the HTTP server.
func (f *front) Accept() (net.Conn, error) {
	select {
	case c := <-f.handed:
		return c, nil
	case err := <-f.failed:
		return nil, err
	case <-f.done:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener. Requests that are being answered go on.
func (f *front) Close() error {
	err := f.listener.Close()
	for _, c := range f.connections() {
		if c.stage.CompareAndSwap(atRest, ended) {
			c.Close()
		}
	}
	return err
}

// wait waits until all requests are answered. When ctx ends before, it cuts
// them off, and that is its error.
func (f *front) wait(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		f.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	f.cutOff()
	for _, c := range f.connections() {
		c.Close()
	}
	<-done
	return ctx.Err()
}

func (f *front) closing() bool {
	select {
	case <-f.done:
		return true
	default:
		return false
	}
}

// serve answers usual requests until the connection ends or is handed over.
func (f *front) serve(c *conn) {
	defer func() {
		if v := recover(); v != nil {
			f.told.panicked(v, debug.Stack())
		}
		if stage := c.stage.Load(); stage != handedOver && stage != handedIdle {
			c.Close()
		}
	}()
	buf := make([]byte, http1.MaxRequest)
	remote := c.RemoteAddr().String()
	c.SetReadDeadline(time.Now().Add(f.server.ReadTimeout))
	for least := 1; !f.closing(); least = 4 { // as net/http waits for the next request
		n, err := io.ReadAtLeast(c, buf, least)
		if err != nil || !c.stage.CompareAndSwap(atRest, atWork) {
			return
		}
		if least == 4 {
			n = skipLineEnds(buf, n)
		}
		now := time.Now()
		if !f.answer(c, buf, n, remote, now) {
			return
		}
		c.SetReadDeadline(now.Add(f.server.IdleTimeout))
		c.since.Store(int64(now.Sub(f.base))) // an answer takes no time here: those that wait are left
		c.stage.Store(atRest)
	}
}

// skipLineEnds drops line ends from the first four of n bytes, as net/http does
// after a POST request: old clients send some after its body (RFC 9112, 2.2).
func skipLineEnds(buf []byte, n int) int {
	ends := 0
	for ends < 4 && (buf[ends] == '\r' || buf[ends] == '\n') {
		ends++
	}
	if ends == 0 {
		return n
	}
	return copy(buf, buf[ends:n])
}

// answer answers the request that begins with the first n bytes of buf, or
// hands the connection over. It reports whether another request may follow
// here.
func (f *front) answer(c *conn, buf []byte, n int, remote string, now time.Time) bool {
	e := f.exchanges.Get().(*http1.Exchange)
	missing, usual := e.Read(buf[:n], remote)
	if missing > 0 {
		c.SetReadDeadline(now.Add(f.server.ReadTimeout))
		more, err := io.ReadFull(c, buf[n:n+missing])
		n += more
		if err == nil {
			_, usual = e.Read(buf[:n], remote)
		} else {
			usual = false
		}
	}
	var response []byte
	last := false
	if usual {
		response, last, usual = e.Serve(f.server.Handler, now, f.closing)
	}
	if !usual {
		f.exchanges.Put(e)
		f.handOver(c, buf[:n])
		return false
	}
	c.SetWriteDeadline(now.Add(f.server.WriteTimeout))
	_, err := c.Write(response)
	if e.Keep() {
		f.exchanges.Put(e)
	}
	return err == nil && !last
}

// handOver gives a connection to the HTTP server, with what was read from it.
func (f *front) handOver(c *conn, read []byte) {
	c.replay = read
	c.stage.Store(handedOver)
	select {
	case f.handed <- c:
	case <-f.done:
		c.Close()
	}
}
