package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"wereply/rules"
)

// healthTimeout bounds the question: who runs a health check does not wait
// longer.
const healthTimeout = 4 * time.Second

func (c *cli) healthcheckCommand() *cobra.Command {
	var listenAt, adminAt string
	cmd := &cobra.Command{
		Use:   "healthcheck [DIR]",
		Short: "exit 0 when the bot is ready: for the container",
		Long: `healthcheck asks the running bot of DIR whether it is ready: its admin listener, or,
where that is off, the public listener, which must refuse an unsigned request.`,
		Args: oneDir,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.healthcheck(cmd.Context(), botDir(args), listenAt, adminAt)
		},
	}
	cmd.Flags().StringVar(&listenAt, "listen", "", "the address that serve was given with --listen")
	cmd.Flags().StringVar(&adminAt, "admin", "", "the address that serve was given with --admin")
	return cmd
}

func (c *cli) healthcheck(ctx context.Context, dir, listenAt, adminAt string) error {
	bot, err := rules.Load(dir, rules.Options{Env: c.env})
	if err != nil {
		return c.inDir(dir, err)
	}
	url, want := "http://"+reachable(or(adminAt, bot.Server.Admin))+"/readyz", http.StatusOK
	if or(adminAt, bot.Server.Admin) == rules.AdminOff {
		url, want = "http://"+reachable(or(listenAt, bot.Server.Listen))+bot.Accounts[0].Path, http.StatusForbidden
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("not ready: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != want {
		return fmt.Errorf("not ready: %s answers %s, not %d", url, resp.Status, want)
	}
	fmt.Fprintln(c.stdout, "ready")
	return nil
}
