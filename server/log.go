package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"wereply/engine"
	"wereply/rules"
	"wereply/wechat"
)

// often logs a line unless too many with the same key were logged of late.
func (s *Server) logOften(level slog.Level, key, msg string, attrs ...any) {
	ok, held := s.often.allow(key)
	if !ok {
		return
	}
	if held > 0 {
		attrs = append(attrs, "not_logged", held)
	}
	s.log.Log(context.Background(), level, msg, attrs...)
}

// limiter lets so many lines of one key through in a minute and counts the
// rest. Keys come from what operators wrote and from our own words.
type limiter struct {
	now  func() time.Time
	mu   sync.Mutex
	keys map[string]*window
}

type window struct {
	began          time.Time
	passed, waited int
}

const (
	linesPerKey = 10
	maxKeys     = 1000
)

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, keys: map[string]*window{}}
}

// allow reports whether a line may be logged, and how many were not since the
// last one.
func (l *limiter) allow(key string) (ok bool, held int) {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.keys[key]
	if w == nil {
		if len(l.keys) >= maxKeys {
			clear(l.keys)
		}
		w = &window{began: now}
		l.keys[key] = w
	}
	if now.Sub(w.began) >= time.Minute {
		w.began, w.passed = now, 0
	}
	if w.passed >= linesPerKey {
		w.waited++
		return false, 0
	}
	w.passed++
	held, w.waited = w.waited, 0
	return true, held
}

// seen notes a bounded number of names.
type seen struct {
	mu    sync.Mutex
	names map[string]bool
}

const maxSeen = 100

// first reports whether the name is new. Once too many names were seen, no
// further one is.
func (n *seen) first(name string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.names[name] || len(n.names) >= maxSeen {
		return false
	}
	if n.names == nil {
		n.names = map[string]bool{}
	}
	n.names[strings.Clone(name)] = true // must not keep the whole push
	return true
}

// noteEvent tells once of an event that neither a rule nor WeChat's documents
// know.
func (s *Server) noteEvent(p *push) {
	m := p.msg
	if m.MsgType != wechat.MsgEvent {
		return
	}
	if _, known := wechat.KnownEvent(m.Event); known || !s.newEvents.first(strings.ToLower(clip(m.Event, 64))) {
		return
	}
	s.log.Info("an event that is not known and that no rule answers",
		"account", p.acc.name, "event", clip(m.Event, 64))
}

func (s *Server) logFailed(p *push, d engine.Decision) {
	s.logOften(slog.LevelError, "failed\x00"+p.acc.name+"\x00"+d.Rule.ID(), "a reply failed",
		"account", p.acc.name, "rule", d.Rule.Name, "at", d.Rule.Pos().String(), "user", short(p.msg.FromUserName), "err", d.Err)
}

func (s *Server) logUnserved(p *push, r *rules.Rule, state *ruleState) {
	if state.unserved.Load() || state.unserved.Swap(true) {
		return
	}
	s.log.Warn("a reply cannot go out in the response, and sending by API is not served yet",
		"account", p.acc.name, "rule", r.Name, "at", r.Pos().String())
}

func (s *Server) logWebhook(p *push, webhook string, err error) {
	s.logOften(slog.LevelWarn, "webhook\x00"+webhook, "a webhook gave no answer",
		"account", p.acc.name, "webhook", webhook, "err", err)
}

func (s *Server) logStore(p *push, err error) {
	s.metrics.storeErrors.Inc()
	s.logOften(slog.LevelError, "store", "a push was answered without the store",
		"account", p.acc.name, "user", short(p.msg.FromUserName), "err", err)
}

func (s *Server) logPanic(account string, v any, stack []byte) {
	s.logOften(slog.LevelError, "panic\x00"+account, "a message failed: panic",
		"account", account, "panic", fmt.Sprint(v), "stack", string(stack))
}

// logPush logs an attempt at debug: the way to see what WeChat really sends.
func (s *Server) logPush(r *http.Request, q wechat.Query, p *push, a answer, o outcome) {
	m := p.msg
	attrs := []slog.Attr{
		slog.String("account", p.acc.name),
		slog.String("outcome", o.String()),
		slog.String("type", m.MsgType),
		slog.String("user", short(m.FromUserName)),
		slog.Int64("create_time", m.CreateTime),
		slog.String("msg_id", m.MsgID),
		slog.Duration("took", s.now().Sub(p.arrived)),
		slog.Bool("sealed", p.opened.Sealed),
	}
	if m.MsgType == wechat.MsgEvent {
		attrs = append(attrs, slog.String("event", m.Event), slog.String("event_key", clip(m.EventKey, 200)))
	}
	for _, f := range []struct{ name, text string }{{"content", m.Content}, {"recognition", m.Recognition}} {
		if f.text != "" {
			attrs = append(attrs, slog.String(f.name, clip(f.text, 200)))
		}
	}
	if a.reply != nil { // a copy: the log's handler may keep it longer than the request has its memory
		attrs = append(attrs, slog.String("reply", a.reply.Kind), slog.String("text", strings.Clone(clip(a.reply.Text, 200))))
	}
	attrs = append(attrs, queryAttrs(q), headerAttrs(r.Header))
	s.log.LogAttrs(r.Context(), slog.LevelDebug, "push", attrs...)
}

func queryAttrs(q wechat.Query) slog.Attr {
	return slog.Group("query",
		"signature", short(q.Signature), "timestamp", clip(q.Timestamp, 20), "nonce", short(q.Nonce),
		"encrypt_type", clip(q.EncryptType, 20), "msg_signature", short(q.MsgSignature), "openid", short(q.OpenID))
}

// headerAttrs are the headers of a request. Those that can carry a secret are
// only named.
func headerAttrs(h http.Header) slog.Attr {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	var attrs []any
	for _, name := range names {
		value := strings.Join(h[name], ", ")
		if secretive(name, value) {
			value = "…"
		}
		attrs = append(attrs, slog.String(clip(name, 64), clip(value, 100)))
	}
	return slog.Group("headers", attrs...)
}

// secretive reports whether a header may hold what no log may show. Proxies
// put the whole address, escaped or not, into headers of many names.
func secretive(name, value string) bool {
	holds := func(s string) func(string) bool {
		return func(part string) bool { return strings.Contains(s, part) }
	}
	return slices.ContainsFunc(secretNames, holds(strings.ToLower(name))) ||
		slices.ContainsFunc(secretParameters, holds(value))
}

var (
	secretNames      = []string{"auth", "cookie", "key", "password", "referer", "secret", "token"}
	secretParameters = []string{"signature", "nonce", "openid"}
)

// short is enough of an OpenID, signature or nonce to recognise it, and too
// little to use it.
func short(s string) string {
	n := min(len(s)/3, 6)
	if s == "" {
		return ""
	}
	return clip(s, n)
}

// clip cuts a text after so many bytes, on a character boundary.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

// reasonOf is the check that a push did not pass.
func reasonOf(err error) (reason, hint string) {
	if e := (*wechat.Error)(nil); errors.As(err, &e) {
		return string(e.Check), e.Hint
	}
	return "error", ""
}
