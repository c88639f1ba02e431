package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"time"
)

// perSecondAtMost is how many pushes are kept ready for a second.
const perSecondAtMost = 130_000

// subject is one server under load. All of them run from the first round to
// the last, each on a port of its own, and take turns.
type subject struct {
	name   string
	port   int
	rules  int  // 0 = the bare echo server
	safe   bool // pushes are sealed
	goal   string
	limit  float64 // % of bare echo
	server *process

	texts     []string
	perSecond []float64
	cpu       []float64 // µs of CPU per request
}

// throughput measures goals 1 and 2: whole requests, everything switched on.
// With one processor that is always busy, a server answers as many requests a
// second as its processor time for one allows. That time is what is compared:
// other programs on the machine take requests away, but hardly add to it.
func (b *bench) throughput(ctx context.Context) error {
	echo := &subject{name: "bare echo", port: b.port}
	subjects := []*subject{
		echo,
		{name: "10000 rules, plaintext", port: b.port + 2, rules: 10_000, goal: "1", limit: 85},
		{name: "100000 rules, plaintext", port: b.port + 4, rules: bigBot, goal: "1", limit: 80},
		{name: "10000 rules, safe mode", port: b.port + 6, rules: 10_000, safe: true, goal: "2", limit: 62},
	}
	for _, s := range subjects {
		if err := b.start(s); err != nil {
			return err
		}
		defer s.server.stop()
	}
	echo.texts = subjects[1].texts
	for n := range b.rounds + 1 { // the first is the warm-up
		for _, s := range subjects {
			if err := b.round(ctx, s, n); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	for _, s := range subjects {
		if s != echo {
			if err := s.checkFresh(); err != nil {
				return err
			}
			b.add(s.goal, s.name+", of bare echo", 100*median(ratios(echo.cpu, s.cpu)), "%", s.limit, true)
		}
		b.add("", s.name, median(s.cpu), "µs CPU/req", 0, false)
		b.add("", s.name, median(s.perSecond), "req/s", 0, false)
	}
	return nil
}

func (b *bench) start(s *subject) (err error) {
	log := b.path(fmt.Sprintf("server-%d.log", s.port))
	if s.rules == 0 {
		s.server, err = startServer(oneCPU, s.port, log, b.path("echo"), "-listen", fmt.Sprintf("127.0.0.1:%d", s.port))
		return err
	}
	dir := b.path(fmt.Sprintf("%d-%d", s.rules, s.port))
	words, err := writeBot(dir, s.rules, s.rules/1000, s.safe, s.port)
	if err != nil {
		return err
	}
	s.texts = texts(words, 10_000)
	s.server, err = startServer(oneCPU, s.port, log, b.path("wereply"), "serve", dir)
	return err
}

// round puts load on a server once. No push of one round comes again in
// another: it would be a retry.
func (b *bench) round(ctx context.Context, s *subject, n int) error {
	count := perSecondAtMost * b.seconds
	requests, err := newPlainPushes(s.texts, n*count, count), error(nil)
	if s.safe {
		requests, err = newSealedPushes(s.texts, n*count, count)
	}
	if err != nil {
		return err
	}
	runtime.GC() // not while it is measured
	before, err := s.server.cpu()
	if err != nil {
		return err
	}
	f, err := load(ctx, s.port, requests, time.Duration(b.seconds)*time.Second)
	if err != nil {
		return err
	}
	after, err := s.server.cpu()
	if err != nil {
		return err
	}
	if f.failed > 0 {
		return fmt.Errorf("%d of %d requests failed", f.failed, f.requests)
	}
	if n > 0 {
		s.perSecond = append(s.perSecond, f.perSecond())
		s.cpu = append(s.cpu, float64((after-before).Microseconds())/float64(f.requests))
	}
	return nil
}

// checkFresh makes sure that the bot decided every push: a retry would be
// cheaper.
func (s *subject) checkFresh() error {
	resp, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/metrics", s.port+1))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	metrics, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if want := `wereply_repeated_pushes_total{account="bench"} 0` + "\n"; !strings.Contains(string(metrics), want) {
		return fmt.Errorf("%s: some pushes were taken for retries", s.name)
	}
	return nil
}

// ratios are a[i]/b[i].
func ratios(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] / b[i]
	}
	return out
}
