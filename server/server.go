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
	"net/http"
	"sync"
	"sync/atomic"
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

	// Observe, if not nil, is told every decision that counts, before it is
	// answered. Repeated pushes are not decided again.
	Observe func(account string, m *wechat.Message, d engine.Decision)

	Limits Limits
}

// Limits are the times of one push. A zero field has its default.
type Limits struct {
	Budget time.Duration // from the arrival of an attempt to its answer: 4.5 s
	Hold   time.Duration // late: retry, from the first arrival: 14 s
	Store  time.Duration // one call of a store outside this process: 1 s
	Stop   time.Duration // what is in flight may take when the server stops: 15 s
}

func (l Limits) withDefaults() Limits {
	byDefault := func(d *time.Duration, value time.Duration) {
		if *d == 0 {
			*d = value
		}
	}
	byDefault(&l.Budget, 4500*time.Millisecond)
	byDefault(&l.Hold, 14*time.Second)
	byDefault(&l.Store, time.Second)
	byDefault(&l.Stop, 15*time.Second)
	return l
}

// maxWorkers bounds the pushes that wait for something outside this process.
const maxWorkers = 1024

// Server answers the pushes of a bot's accounts.
type Server struct {
	o       Options
	log     *slog.Logger
	now     func() time.Time
	since   func(time.Time) time.Duration // by the same clock
	store   store.Store
	local   bool // the store is in this process: it never blocks
	metrics *metrics
	pushes  *pushTable
	often   *limiter

	public, admin http.Handler

	current   atomic.Pointer[snapshot] // what answers
	reloading sync.Mutex               // held while a new snapshot is made
	lastLoad  atomic.Pointer[loadReport]
	started   rules.Bot // addresses and store are as this one says; it has no more
	stopping  atomic.Bool
	storeDown atomic.Bool
	newEvents seen // names of events that WeChat's documents do not have

	base    context.Context // of the work that outlives its request
	cancel  context.CancelFunc
	slots   chan struct{}  // one for each worker
	working sync.WaitGroup // the workers
}

// New makes a Server for the bot. What keeps an account from being served is
// an error of type rules.Problems.
func New(bot *rules.Bot, o Options) (*Server, error) {
	since := time.Since // cheaper than now: it reads one clock of the two
	if o.Now != nil {
		since = func(t time.Time) time.Duration { return o.Now().Sub(t) }
	} else {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Store == nil {
		o.Store = store.NewMemory(store.MemoryOptions{Now: o.Now})
	}
	o.Limits = o.Limits.withDefaults()
	_, local := o.Store.(*store.Memory)
	s := &Server{
		o: o, log: o.Logger, now: o.Now, since: since,
		store: o.Store, local: local,
		metrics: newMetrics(o.Store),
		pushes:  newPushTable(),
		often:   newLimiter(o.Now),
		started: rules.Bot{Server: bot.Server, Store: bot.Store},
		slots:   make(chan struct{}, maxWorkers),
	}
	s.base, s.cancel = context.WithCancel(context.Background())
	began := s.now()
	snap, problems, err := s.prepare(context.Background(), bot)
	if err != nil {
		return nil, err
	}
	s.use(snap)
	s.announce("the rules are loaded", snap, problems, s.now().Sub(began))
	s.public, s.admin = s.newPublic(), s.newAdmin()
	return s, nil
}

// Public is the handler of the listener that WeChat reaches.
func (s *Server) Public() http.Handler { return s.public }

// Admin is the handler of the admin listener.
func (s *Server) Admin() http.Handler { return s.admin }
