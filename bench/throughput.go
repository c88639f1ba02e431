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
	bot    bot // without rules: the bare echo server
	length int // characters of the texts; 0 = 10 to 60
	users  int // who push; 0 = one
	goal   string
	limit  float64 // % of bare echo

	port      int
	server    *process
	texts     []string
	perSecond []float64
	cpu       []float64 // µs of CPU per request
}

// throughput measures goals 1 and 2: whole requests, everything switched on.
// With one processor that is always busy, a server answers as many requests a
// second as its processor time for one allows. That time is what is compared:
// other programs on the machine take requests away, but hardly add to it.
func (b *bench) throughput(ctx context.Context) error {
	subjects := []*subject{
		{name: "bare echo"},
		{name: "10000 rules, plaintext", bot: bot{rules: 10_000}, goal: "1", limit: 85},
		{name: "100000 rules, plaintext", bot: bot{rules: bigBot}, goal: "1", limit: 80},
		{name: "10000 rules, safe mode", bot: bot{rules: 10_000, safe: true}, goal: "2", limit: 62},
	}
	if err := b.compare(ctx, subjects); err != nil {
		return err
	}
	echo := subjects[0]
	for _, s := range subjects {
		if s != echo {
			b.add(s.goal, s.name+", of bare echo", 100*median(ratios(echo.cpu, s.cpu)), "%", s.limit, true)
		}
		b.add("", s.name, median(s.cpu), "µs CPU/req", 0, false)
		b.add("", s.name, median(s.perSecond), "req/s", 0, false)
	}
	return nil
}

// growth measures how the cost of a push grows with the rules, the length of
// the text, and the users of whom the bot keeps a conversation.
func (b *bench) growth(ctx context.Context) error {
	var subjects []*subject
	for _, n := range []int{100, 1_000, 10_000, 100_000} {
		subjects = append(subjects, &subject{name: fmt.Sprintf("%d rules", n), bot: bot{rules: n}})
	}
	for _, n := range []int{10, 40, 160, 600} {
		subjects = append(subjects, &subject{name: fmt.Sprintf("texts of %d characters", n), bot: bot{rules: 10_000}, length: n})
	}
	for _, n := range []int{10, 1_000, 100_000} {
		subjects = append(subjects, &subject{name: fmt.Sprintf("conversations of %d users", n), bot: bot{rules: 10_000, talks: true}, users: n})
	}
	if err := b.compare(ctx, subjects); err != nil {
		return err
	}
	for _, s := range subjects {
		b.add("", s.name, median(s.cpu), "µs CPU/req", 0, false)
	}
	return nil
}

// compare runs the subjects in rounds.
func (b *bench) compare(ctx context.Context, subjects []*subject) error {
	for i, s := range subjects {
		s.port = b.port + 2*i
		if err := b.start(s); err != nil {
			return err
		}
		defer s.server.stop()
	}
	for n := range b.rounds + 1 { // the first is the warm-up
		for _, s := range subjects {
			if err := b.round(ctx, s, n); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	for _, s := range subjects {
		if err := s.checkFresh(); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) start(s *subject) (err error) {
	log := b.path(fmt.Sprintf("server-%d.log", s.port))
	dir := b.path(fmt.Sprintf("bot-%d", s.port))
	words, err := writeBot(dir, s.bot, s.port)
	if err != nil {
		return err
	}
	s.texts = texts(words, 10_000, s.length)
	if s.bot.talks {
		for i := range s.texts {
			s.texts[i] = talkWord + s.texts[i]
		}
	}
	if s.bot.rules == 0 {
		s.server, err = startServer(oneCPU, s.port, log, b.path("echo"), "-listen", fmt.Sprintf("127.0.0.1:%d", s.port))
	} else {
		s.server, err = startServer(oneCPU, s.port, log, b.path("wereply"), "serve", dir)
	}
	return err
}

// round puts load on a server once. No push of one round comes again in
// another: it would be a retry.
func (b *bench) round(ctx context.Context, s *subject, n int) error {
	count := perSecondAtMost * b.seconds
	requests, err := newPlainPushes(s.texts, max(s.users, 1), n*count, count), error(nil)
	if s.bot.safe {
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
	if s.bot.rules == 0 {
		return nil
	}
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
