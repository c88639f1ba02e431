package server

import (
	"maps"
	"net"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// listener is a listener that accepts no more connections than a bound until
// one of them is closed, and that closes those that are overdue.
type listener struct {
	net.Listener
	slots chan struct{}
	done  chan struct{}
	once  sync.Once
	base  time.Time // deadlines are counted from here
	full  func()    // called while there are as many as there may be; it may close one

	mu   sync.Mutex
	open map[*conn]struct{}
}

func newListener(l net.Listener, n int) *listener {
	return &listener{
		Listener: l,
		slots:    make(chan struct{}, n),
		done:     make(chan struct{}),
		base:     time.Now(),
		full:     func() {},
		open:     map[*conn]struct{}{},
	}
}

// fullPause is how long Accept waits for a connection to end before it calls
// listener.full again.
const fullPause = 50 * time.Millisecond

// takeSlot waits until there may be one more connection; false if the listener
// is closed.
func (l *listener) takeSlot() bool {
	for {
		select {
		case l.slots <- struct{}{}:
			return true
		case <-l.done:
			return false
		default:
		}
		l.full()
		select {
		case l.slots <- struct{}{}:
			return true
		case <-l.done:
			return false
		case <-time.After(fullPause):
		}
	}
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	if !l.takeSlot() {
		return nil, net.ErrClosed
	}
	accepted, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	c := &conn{Conn: accepted, from: l}
	c.since.Store(int64(time.Since(l.base)))
	l.mu.Lock()
	l.open[c] = struct{}{}
	l.mu.Unlock()
	return c, nil
}

// Close implements net.Listener.
func (l *listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

// connections are those that are open.
func (l *listener) connections() []*conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.AppendSeq(make([]*conn, 0, len(l.open)), maps.Keys(l.open))
}

// closed is called for each connection, perhaps more than once.
func (l *listener) closed(c *conn) {
	l.mu.Lock()
	_, open := l.open[c]
	delete(l.open, c)
	l.mu.Unlock()
	if open {
		<-l.slots
	}
}

// sweep closes the connections that read or write beyond their deadline.
func (l *listener) sweep(now time.Time) {
	at := int64(now.Sub(l.base))
	var overdue []*conn
	l.mu.Lock()
	for c := range l.open {
		if c.reading.overdue(at) || c.writing.overdue(at) {
			overdue = append(overdue, c)
		}
	}
	l.mu.Unlock()
	for _, c := range overdue {
		c.Close()
	}
}

// sweepEach sweeps again and again until done is closed.
func sweepEach(interval time.Duration, listeners []*listener, done <-chan struct{}) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			for _, l := range listeners {
				l.sweep(now)
			}
		case <-done:
			return
		}
	}
}

// conn is a connection whose deadlines are kept by the listener's sweep. The
// HTTP server sets six of them for each request, which are timers of the
// runtime otherwise; nearly none is ever reached, and after one the server
// does nothing but close the connection.
type conn struct {
	net.Conn
	from             *listener
	reading, writing deadline
	interrupted      atomic.Bool // the deadline of the connection below is set

	stage  atomic.Int32 // see front
	since  atomic.Int64 // without a request: nanoseconds from listener.base
	replay []byte       // was read already; to be read again
}

// deadline is until when a read or a write may take.
type deadline struct {
	at   atomic.Int64 // nanoseconds from listener.base; 0 = none, below 0 = at once
	busy atomic.Bool
}

func (d *deadline) set(t, base time.Time) {
	switch at := int64(t.Sub(base)); {
	case t.IsZero():
		d.at.Store(0)
	case at <= 0:
		d.at.Store(-1)
	default:
		d.at.Store(at)
	}
}

func (d *deadline) overdue(now int64) bool {
	at := d.at.Load()
	return at > 0 && at <= now && d.busy.Load()
}

// Read implements net.Conn.
func (c *conn) Read(p []byte) (int, error) {
	if len(c.replay) > 0 {
		n := copy(p, c.replay)
		c.replay = c.replay[n:]
		if len(c.replay) == 0 {
			c.replay = nil // the connection may live long
		}
		return n, nil
	}
	c.reading.busy.Store(true)
	defer c.reading.busy.Store(false)
	if c.reading.at.Load() < 0 {
		return 0, os.ErrDeadlineExceeded
	}
	return c.Conn.Read(p)
}

// Write implements net.Conn.
func (c *conn) Write(p []byte) (int, error) {
	c.writing.busy.Store(true)
	defer c.writing.busy.Store(false)
	return c.Conn.Write(p)
}

// SetReadDeadline implements net.Conn. By a deadline in the past the HTTP
// server interrupts a read at the end of each request, to go on with the
// connection: it counts at once. Either Read sees it, or it is seen here that
// a read has begun.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.reading.set(t, c.from.base)
	if c.reading.at.Load() < 0 {
		if c.reading.busy.Load() {
			c.interrupted.Store(true)
			return c.Conn.SetReadDeadline(t)
		}
		return nil
	}
	if c.interrupted.Load() {
		c.interrupted.Store(false)
		return c.Conn.SetReadDeadline(time.Time{})
	}
	return nil
}

// SetWriteDeadline implements net.Conn.
func (c *conn) SetWriteDeadline(t time.Time) error {
	c.writing.set(t, c.from.base)
	return nil
}

// SetDeadline implements net.Conn.
func (c *conn) SetDeadline(t time.Time) error {
	c.SetWriteDeadline(t)
	return c.SetReadDeadline(t)
}

// CloseWrite lets the HTTP server end a connection so that the client can
// still read what a refusal says.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// Close implements net.Conn.
func (c *conn) Close() error {
	defer c.from.closed(c)
	return c.Conn.Close()
}
