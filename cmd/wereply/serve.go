package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"wereply/rules"
	"wereply/server"
	"wereply/server/ruletest"
)

type serveFlags struct {
	listen        address
	admin         addressOrOff
	format, level *choice
}

func (c *cli) serveCommand() *cobra.Command {
	f := serveFlags{
		format: oneOf("text", "json"),
		level:  oneOf("info", "debug", "warn", "error"),
	}
	cmd := &cobra.Command{
		Use:   "serve [DIR]",
		Short: "run the bot",
		Long: `serve answers WeChat's pushes by the rules of DIR until it gets SIGTERM or Ctrl-C;
what is in flight is finished. Saved rules answer a moment later; SIGHUP reloads
at once. Rules that are wrong never replace rules that work.

--log-level debug shows each push with its query and headers: the way to see what
WeChat really sends.`,
		Args: oneDir,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.serve(cmd.Context(), botDir(args), f)
		},
	}
	cmd.Flags().Var(&f.listen, "listen", "address that WeChat reaches, instead of server.listen of bot.yaml")
	cmd.Flags().Var(&f.admin, "admin", "address of health, metrics and reload, instead of server.admin; off turns it off")
	cmd.Flags().Var(f.format, "log-format", "text or json")
	cmd.Flags().Var(f.level, "log-level", "debug, info, warn or error")
	return cmd
}

func (c *cli) serve(ctx context.Context, dir string, f serveFlags) error {
	logger := newLogger(c.stderr, f)
	o := rules.Options{Env: c.env, Secrets: true}
	loader := rules.NewLoader(dir, o)
	bot, err := loader.Load()
	if err != nil {
		if _, problems := c.inspect(dir, o); problems.HasError() {
			err = problems // compiling may have found more
		}
		return c.notStarted(logger, dir, f, err)
	}
	s, err := server.New(bot, server.Options{Loader: loader.Load, Verify: ruletest.Require, Logger: logger})
	if err != nil {
		return c.notStarted(logger, dir, f, err)
	}
	public, admin, err := listen(bot, f)
	if err != nil {
		return err
	}
	watcher := rules.NewWatcher(rules.WatchOptions{Roots: bot.Sources, Loader: loader})
	defer watcher.Close()
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP) // from the announcement on it does not kill
	defer signal.Stop(hangup)
	announce(logger, bot, public, admin)
	warnOfWatching(logger, bot, watcher)

	ctx, stop := context.WithCancel(ctx)
	var reloading sync.WaitGroup
	defer reloading.Wait()
	defer stop()
	reloading.Go(func() { s.Watch(ctx, watcher) })
	reloading.Go(func() { reloadAt(ctx, hangup, s, logger) })
	return s.Serve(ctx, public, admin)
}

// notStarted reports rules that are wrong at start: for people as check
// does, for a collector of JSON logs as records.
func (c *cli) notStarted(logger *slog.Logger, dir string, f serveFlags, err error) error {
	var problems rules.Problems
	if !errors.As(err, &problems) {
		return err
	}
	if f.format.value != "json" {
		c.problemPrinter(c.stderr, dir).print(problems)
		fmt.Fprintf(c.stderr, "wereply: not started: %s\n", countOf(problems))
		return exit(exitProblems)
	}
	for _, p := range problems {
		logProblem(logger, p)
	}
	logger.Error("not started", "problems", countOf(problems).String())
	return exit(exitProblems)
}

func logProblem(logger *slog.Logger, p *rules.Problem) {
	level := slog.LevelError
	switch {
	case p.IsWarning():
		level = slog.LevelWarn
	case p.IsNote():
		level = slog.LevelInfo
	}
	attrs := []slog.Attr{slog.String("code", p.Code), slog.String("at", p.Pos.String())}
	if p.Rule != "" {
		attrs = append(attrs, slog.String("rule", p.Rule))
	}
	if p.Hint != "" {
		attrs = append(attrs, slog.String("hint", p.Hint))
	}
	logger.LogAttrs(context.Background(), level, p.Msg, attrs...)
}

func newLogger(out io.Writer, f serveFlags) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.level.value)); err != nil {
		panic(err) // the flag accepts no other words
	}
	o := &slog.HandlerOptions{Level: level}
	if f.format.value == "json" {
		o.ReplaceAttr = durationWords
		return slog.New(slog.NewJSONHandler(out, o))
	}
	return slog.New(slog.NewTextHandler(out, o))
}

// durationWords writes durations as text logs do, with their unit: JSON has bare
// nanoseconds.
func durationWords(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.StringValue(a.Value.Duration().String())
	}
	return a
}

// listen opens both listeners, so that whoever reads the announcement can
// connect. The admin listener is nil when it is off.
func listen(bot *rules.Bot, f serveFlags) (public, admin net.Listener, err error) {
	public, err = listenOn("listen", f.listen.value, bot.Server.Listen)
	if err != nil {
		return nil, nil, err
	}
	if or(f.admin.value, bot.Server.Admin) == rules.AdminOff {
		return public, nil, nil
	}
	admin, err = listenOn("admin", f.admin.value, bot.Server.Admin)
	if err != nil {
		public.Close()
		return nil, nil, err
	}
	return public, admin, nil
}

// listenOn listens on the address of a flag, or where that was not given on the
// one of bot.yaml.
func listenOn(what, flag, setting string) (net.Listener, error) {
	address, name := setting, "server."+what
	if flag != "" {
		address, name = flag, "--"+what
	}
	l, err := net.Listen("tcp", address)
	switch {
	case err == nil:
		return l, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, &hinted{
			fmt.Errorf("%s: %s is in use by another program", name, address),
			fmt.Sprintf("is the bot running already? another address: --%s 127.0.0.1:9080", what),
		}
	case errors.Is(err, os.ErrPermission):
		return nil, &hinted{
			fmt.Errorf("%s: not allowed to listen on %s", name, address),
			"ports below 1024 belong to the administrator: listen on :8080 and let nginx or the container map the port",
		}
	}
	return nil, fmt.Errorf("%s: cannot listen on %q: %w", name, address, err)
}

// announce logs what an operator wants to see once the bot is up.
func announce(logger *slog.Logger, bot *rules.Bot, public, admin net.Listener) {
	for _, account := range bot.Accounts {
		logger.Info("account",
			"name", account.Name, "kind", account.Kind, "path", account.Path,
			"rules", len(account.Set.Rules), "mode", modeOf(account))
		if account.ExampleToken {
			logger.Warn("the token is the one of an example and known to everybody: set your own before you connect an account",
				"account", account.Name)
		}
	}
	address := rules.AdminOff
	if admin != nil {
		address = admin.Addr().String()
	}
	logger.Info("listening", "public", public.Addr().String(), "admin", address, "dir", bot.Dir, "watching", strings.Join(bot.Sources, ", "))
}

// warnOfWatching says which changes of the files would come late or never.
func warnOfWatching(logger *slog.Logger, bot *rules.Bot, watcher *rules.Watcher) {
	for _, p := range rules.MountWarnings(bot.Sources) {
		logProblem(logger, p)
	}
	if err := watcher.EventsErr(); err != nil {
		logger.Warn("the file system sends no events for all files: changes are found by looking every second", "err", err)
	}
}

// modeOf says which of WeChat's three modes an account accepts.
func modeOf(account *rules.Account) string {
	switch {
	case len(account.AESKeys) == 0:
		return "plaintext"
	case account.AllowPlaintext:
		return "plaintext, compatible and safe"
	}
	return "compatible and safe"
}

// reloadAt reloads at a signal, as daemons do. The server logs the result.
func reloadAt(ctx context.Context, hangup <-chan os.Signal, s *server.Server, logger *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
			logger.Info("reload asked for by SIGHUP")
			s.Reload(ctx)
		}
	}
}

func or(first, second string) string {
	if first != "" {
		return first
	}
	return second
}
