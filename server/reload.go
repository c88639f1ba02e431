package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"wereply/rules"
)

var errNoLoader = errors.New("server: nothing to reload from")

// Reload loads the bot anew and answers by its rules from then on. Any problem
// keeps everything as it is; content that is wrong is an error of type
// rules.Problems.
func (s *Server) Reload(ctx context.Context) error {
	if s.o.Loader == nil {
		return errNoLoader
	}
	s.reloading.Lock()
	defer s.reloading.Unlock()
	defer beginLoad()()
	began := s.now()
	snap, problems, err := s.loadAnew(ctx)
	if err != nil {
		s.keepOld(err)
		return err
	}
	changed := changedFiles(s.current.Load(), snap)
	s.use(snap)
	s.metrics.reloads.WithLabelValues(reloadOK).Inc()
	s.announce("the rules are live", snap, problems, s.now().Sub(began), "changed", changed)
	s.announceRestart(snap.bot)
	return nil
}

// loadAnew makes a snapshot of what is on disk. A panic on the way is an error
// like any other: the bot that runs is worth more than the file that caused it.
func (s *Server) loadAnew(ctx context.Context) (snap *snapshot, problems rules.Problems, err error) {
	defer func() {
		if v := recover(); v != nil {
			s.log.Error("loading the rules panicked", "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
			err = fmt.Errorf("server: loading the rules panicked: %v", v)
		}
	}()
	bot, err := s.o.Loader()
	if err != nil {
		return nil, nil, err
	}
	return s.prepare(ctx, bot)
}

// prepare does all that can fail on the way from a bot to a snapshot.
func (s *Server) prepare(ctx context.Context, bot *rules.Bot) (*snapshot, rules.Problems, error) {
	snap, problems := s.compile(bot)
	if snap == nil {
		return nil, nil, problems
	}
	if bot.Reload.RequireTests && s.o.Verify != nil {
		if err := s.o.Verify(ctx, bot); err != nil {
			return nil, nil, err
		}
	}
	return snap, problems, nil
}

// maxProblemLines bounds the problems of one load that are logged or shown.
const maxProblemLines = 50

// announce says that a snapshot answers, and what is to be known of it.
func (s *Server) announce(msg string, snap *snapshot, problems rules.Problems, took time.Duration, attrs ...any) {
	report := &loadReport{Time: s.now(), OK: true, Rules: snap.rules, Problems: lines(problems)}
	s.lastLoad.Store(report)
	s.metrics.reloadOK.Set(1)
	s.metrics.reloadTime.Set(float64(report.Time.Unix()))
	for i, p := range problems {
		if i == maxProblemLines {
			s.log.Warn("more problems in the rules: run check", "problems", len(problems)-i)
			break
		}
		level := slog.LevelWarn
		if p.IsNote() {
			level = slog.LevelInfo
		}
		s.logProblem(level, p)
	}
	attrs = append(attrs, "rules", snap.rules, "accounts", len(snap.accounts), "took", took.Round(time.Microsecond))
	s.log.Info(msg, attrs...)
}

// keepOld says that new rules did not go live, and why.
func (s *Server) keepOld(err error) {
	report := &loadReport{Time: s.now(), Rules: s.current.Load().rules, Problems: []string{err.Error()}}
	var problems rules.Problems
	if errors.As(err, &problems) {
		report.Problems = lines(problems)
	}
	s.lastLoad.Store(report)
	s.metrics.reloads.WithLabelValues(reloadFailed).Inc()
	s.metrics.reloadOK.Set(0)
	shown := 0
	for _, p := range problems {
		if p.IsError() && shown < maxProblemLines {
			s.logProblem(slog.LevelError, p)
			shown++
		}
	}
	attrs := []any{"rules", report.Rules}
	if problems == nil {
		attrs = append(attrs, "err", err)
	} else {
		attrs = append(attrs, "problems", len(problems))
	}
	s.log.Error("the new rules are broken: the old ones stay", attrs...)
}

func (s *Server) logProblem(level slog.Level, p *rules.Problem) {
	attrs := []any{"code", p.Code}
	if p.Hint != "" {
		attrs = append(attrs, "hint", p.Hint)
	}
	s.log.Log(context.Background(), level, p.Error(), attrs...)
}

// lines are problems as people read them, errors only if there are any.
func lines(problems rules.Problems) []string {
	var out []string
	for _, p := range problems {
		if problems.HasError() && !p.IsError() {
			continue
		}
		if len(out) == maxProblemLines {
			return append(out, fmt.Sprintf("… and more: %d in all", len(problems)))
		}
		out = append(out, p.Error())
	}
	return out
}

// announceRestart says which changes of bot.yaml wait for a restart.
func (s *Server) announceRestart(bot *rules.Bot) {
	was, is := s.started.Server, bot.Server
	for _, setting := range []struct {
		name    string
		changed bool
	}{
		{"server.listen", was.Listen != is.Listen},
		{"server.admin", was.Admin != is.Admin},
		{"server.admin_password", was.AdminPassword != is.AdminPassword},
		{"server.max_body", was.MaxBody != is.MaxBody},
		{"store", s.started.Store != bot.Store},
	} {
		if setting.changed {
			s.log.Warn("a changed setting takes effect at the next start only", "setting", setting.name)
		}
	}
}

// Watcher tells of changes of the bot's files.
type Watcher interface {
	Changes() <-chan struct{}
}

// Watch reloads at every change that the watcher tells of, until ctx ends.
// Errors are logged as Reload logs them.
func (s *Server) Watch(ctx context.Context, w Watcher) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.Changes():
			s.Reload(ctx)
		}
	}
}
