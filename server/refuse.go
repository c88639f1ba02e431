package server

import (
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"

	"wereply/wechat"
)

// refusal is why a request gets no answer.
type refusal struct {
	acc    *account // nil: of no account
	status int
	reason string // a word of ours; "" = the check that err tells
	err    error
	query  wechat.Query
}

// refuse answers with a status and nothing that helps a stranger. The log has
// the reason, and the operator's way out.
func (s *Server) refuse(c echo.Context, f refusal) {
	account, hint := "", ""
	if f.acc != nil {
		account = f.acc.name
	}
	if f.reason == "" {
		f.reason, hint = reasonOf(f.err)
	}
	s.metrics.refused.WithLabelValues(account, f.reason).Inc()
	s.logRefusal(c.Request(), account, hint, f)
	if f.status == http.StatusRequestEntityTooLarge {
		c.Response().Header().Set("Connection", "close") // the rest of the body is not worth reading
	}
	respond(c.Response(), f.status, contentText, []byte(http.StatusText(f.status)))
}

func (s *Server) logRefusal(r *http.Request, account, hint string, f refusal) {
	attrs := []any{"status", f.status, "reason", f.reason, "account", account, "method", clip(r.Method, 16), "remote", r.RemoteAddr}
	if account == "" {
		attrs = append(attrs, "path", clip(r.URL.Path, 100))
	}
	if f.err != nil {
		attrs = append(attrs, "err", f.err)
	}
	if hint != "" {
		attrs = append(attrs, "hint", hint)
	}
	if f.query != (wechat.Query{}) {
		attrs = append(attrs, queryAttrs(f.query))
	}
	if isProbe(r) {
		s.log.Debug("a request was refused", attrs...)
		return
	}
	s.logOften(slog.LevelWarn, "refused\x00"+account+"\x00"+f.reason, "a request was refused", attrs...)
}

// isProbe reports whether a request is one by which a health check of this
// machine looks whether the bot is there: GET without any query.
func isProbe(r *http.Request) bool {
	return r.Method == http.MethodGet && r.URL.RawQuery == "" && loopback(r.RemoteAddr)
}
