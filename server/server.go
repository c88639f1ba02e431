// Package server speaks HTTP to WeChat: it verifies pushes, answers each of
// them once and in time, and takes new rules without losing a request.
//
//	bot, err := rules.Load(dir, rules.Options{Secrets: true})
//	srv, err := server.New(bot, server.Options{Logger: slog.Default()})
//	err = srv.Serve(ctx, public, admin)
package server

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"wereply/engine"
	"wereply/rules"
	"wereply/server/store"
	"wereply/wechat"
)

// Options are the parts a Server is made of. The zero value serves.
type Options struct {
	// Loader loads the bot anew for Reload; nil = Reload is an error.
	Loader func() (*rules.Bot, error)

	// Verify has the last word on a bot whose bot.yaml says require_tests,
	// before it goes live. Its error keeps the old rules.
	Verify func(ctx context.Context, bot *rules.Bot) error

	Logger *slog.Logger     // nil = nothing is logged
	Now    func() time.Time // nil = time.Now
	Store  store.Store      // nil = a store.Memory

	// Ask asks a webhook of bot.yaml; it must return when ctx ends. An error
	// or nil gives the fallback, and so does every webhook if Ask is nil.
	Ask func(ctx context.Context, account, webhook string, m *wechat.Message) (*wechat.Reply, error)

	// Observe, if not nil, is told every decision, before the answer to it is
	// sent. Repeated pushes are not decided again.
	Observe func(account string, m *wechat.Message, d engine.Decision)

	Limits Limits
}

// Limits are the times of one push. A zero field has its default.
type Limits struct {
	Budget time.Duration // from the arrival of an attempt to its answer: 4.5 s
	Hold   time.Duration // late: retry: from the first arrival: 14 s
	Store  time.Duration // one call of a store that is not in this process: 1 s
	Stop   time.Duration // what is in flight may take when the server stops: 15 s
}

// Server answers the pushes of a bot's accounts.
type Server struct{}

// New makes a Server for the bot. An error is of type rules.Problems: what
// keeps an account's rules from compiling.
func New(bot *rules.Bot, o Options) (*Server, error) { return &Server{}, nil }

// Public is the handler of the listener that WeChat reaches.
func (s *Server) Public() http.Handler { return nil }

// Admin is the handler of the admin listener.
func (s *Server) Admin() http.Handler { return nil }

// Reload loads the bot anew and answers by its rules from then on. Any problem
// keeps everything as it is; content that is wrong is an error of type
// rules.Problems.
func (s *Server) Reload(ctx context.Context) error { return nil }

// Watcher tells of changes of the bot's files.
type Watcher interface {
	Changes() <-chan struct{}
}

// Watch reloads at every change that the watcher tells of, until ctx ends.
func (s *Server) Watch(ctx context.Context, w Watcher) {}

// Serve answers on both listeners (admin may be nil) until ctx ends, then
// finishes what is in flight. It closes the listeners.
func (s *Server) Serve(ctx context.Context, public, admin net.Listener) error { return nil }
