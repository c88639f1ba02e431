package server

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"wereply/rules"
)

// newAdmin is what operators and their tools reach.
func (s *Server) newAdmin() http.Handler {
	e := echo.New()
	e.GET("/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	e.GET("/readyz", s.serveReady)
	e.GET("/metrics", echo.WrapHandler(promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelError),
	})))
	e.POST("/-/reload", s.serveReload, s.onlyHere)
	return e
}

// readiness is the body of /readyz.
type readiness struct {
	Ready      bool           `json:"ready"`
	Accounts   []accountReady `json:"accounts"`
	Rules      int            `json:"rules"`
	LastReload *loadReport    `json:"last_reload"` // the load at the start counts as one
	StoreDown  bool           `json:"store_down"`
}

type accountReady struct {
	Name  string `json:"name"`
	Path  string `json:"path"`
	Rules int    `json:"rules"`
}

// serveReady tells whether pushes are answered, and how the rules are.
func (s *Server) serveReady(c echo.Context) error {
	snap := s.current.Load()
	body := readiness{
		Ready:      !s.stopping.Load(),
		Rules:      snap.rules,
		LastReload: s.lastLoad.Load(),
		StoreDown:  s.storeDown.Load(),
	}
	for i, acc := range snap.accounts {
		body.Accounts = append(body.Accounts, accountReady{
			Name: acc.name, Path: snap.bot.Accounts[i].Path, Rules: acc.enabled,
		})
	}
	status := http.StatusOK
	if !body.Ready {
		status = http.StatusServiceUnavailable
	}
	return c.JSONPretty(status, body, "  ")
}

// serveReload reloads the rules. The body of a refusal has every problem.
func (s *Server) serveReload(c echo.Context) error {
	err := s.Reload(c.Request().Context())
	if problems := (rules.Problems)(nil); err != nil && !errors.As(err, &problems) {
		return c.JSON(http.StatusInternalServerError, echo.Map{"ok": false, "error": err.Error()})
	}
	report := s.lastLoad.Load()
	if err != nil {
		return c.JSONPretty(http.StatusUnprocessableEntity, report, "  ")
	}
	return c.JSONPretty(http.StatusOK, report, "  ")
}

// onlyHere lets only this machine through, and no web page that a browser on
// it shows: the connection, the Host header and the page that asks must all be
// of this machine.
func (s *Server) onlyHere(next echo.HandlerFunc) echo.HandlerFunc {
	var origins http.CrossOriginProtection
	return func(c echo.Context) error {
		r := c.Request()
		here := loopback(r.RemoteAddr) && loopback(r.Host)
		if addr, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
			here = here && loopback(addr.String())
		}
		if !here || origins.Check(r) != nil {
			s.logOften(slog.LevelWarn, "admin", "an admin request was refused: it is allowed from this machine only, by a loopback address and name",
				"path", r.URL.Path, "remote", r.RemoteAddr, "host", clip(r.Host, 100))
			return c.String(http.StatusForbidden, "only from the machine itself, as http://127.0.0.1:PORT\n")
		}
		return next(c)
	}
}

// loopback reports whether an address, with or without a port, is this
// machine's own.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	if n := len(host); n > 1 && host[0] == '[' && host[n-1] == ']' {
		host = host[1 : n-1]
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// loadReport is what became of a load of the rules.
type loadReport struct {
	Time     time.Time `json:"time"`
	OK       bool      `json:"ok"`
	Rules    int       `json:"rules"`              // that answer now
	Problems []string  `json:"problems,omitempty"` // the errors that keep the rules from going live, or else warnings
}
