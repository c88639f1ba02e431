package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"time"
)

// Times and sizes that a connection may take. A push is one small request; the
// response may wait as long as late: retry holds it.
const (
	readTimeout    = 10 * time.Second // headers and body
	writeTimeout   = 20 * time.Second
	idleTimeout    = 2 * time.Minute
	maxHeaderBytes = 16 << 10
	maxConnections = 4096
)

// Serve answers on both listeners (admin may be nil) until ctx ends, then
// finishes what is in flight. It closes the listeners. A Server serves once.
func (s *Server) Serve(ctx context.Context, public, admin net.Listener) error {
	servers := []*http.Server{s.httpServer(s.public)}
	front := newFront(public, maxConnections, servers[0], frontHooks{
		panicked: func(v any, stack []byte) { s.logPanic("", v, stack) },
		refused: func(err error) {
			s.logOften(slog.LevelWarn, "accept", "the system accepts no more connections: trying again", "err", err)
		},
		full: func(closed int) {
			s.logOften(slog.LevelWarn, "full", "too many open connections: those longest without a request were closed", "closed", closed)
		},
	})
	listeners := []net.Listener{front}
	bounded := []*listener{front.listener}
	if admin != nil {
		l := newListener(admin, maxConnections)
		servers = append(servers, s.httpServer(s.admin))
		listeners = append(listeners, l)
		bounded = append(bounded, l)
		if !loopback(admin.Addr().String()) {
			s.log.Warn("reload by HTTP is off but for connections over loopback", "admin", admin.Addr().String())
		}
	}
	failed := make(chan error, len(servers))
	served := make(chan struct{})
	var running, sweeping sync.WaitGroup
	running.Go(debug.FreeOSMemory) // what loading took for a moment
	sweeping.Go(func() { sweepEach(time.Second, bounded, served) })
	for i, srv := range servers {
		running.Go(func() { failed <- srv.Serve(listeners[i]) })
	}
	var err error
	select {
	case <-ctx.Done():
		s.log.Info("stopping: finishing what is in flight")
	case err = <-failed:
	}
	s.stop(servers, front)
	running.Wait()
	close(served)
	sweeping.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

func (s *Server) httpServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:        h,
		ReadTimeout:    readTimeout, // a ReadHeaderTimeout of its own would cost each request another timer
		WriteTimeout:   max(writeTimeout, s.o.Limits.Hold+5*time.Second),
		IdleTimeout:    idleTimeout,
		MaxHeaderBytes: maxHeaderBytes,
		ErrorLog:       slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),

		DisableGeneralOptionsHandler: true, // "OPTIONS *" is no path of an account
	}
}

// stop lets requests and workers finish, but not forever.
func (s *Server) stop(servers []*http.Server, front *front) {
	s.stopping.Store(true)
	ctx, cancel := context.WithTimeout(context.Background(), s.o.Limits.Stop)
	defer cancel()
	cutOff := func(err error) { s.log.Warn("requests were cut off at the stop", "err", err) }
	var stopped sync.WaitGroup
	stopped.Go(func() {
		if err := front.wait(ctx); err != nil {
			cutOff(err)
		}
	})
	for _, srv := range servers {
		stopped.Go(func() {
			if err := srv.Shutdown(ctx); err != nil {
				cutOff(err)
				srv.Close()
			}
		})
	}
	stopped.Wait()
	s.cancel() // workers whose requests have gone
	s.working.Wait()
}
