package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"wereply/rules"
)

// healthTimeout bounds the question: who runs a health check does not wait
// longer.
const healthTimeout = 4 * time.Second

func (c *cli) healthcheckCommand() *cobra.Command {
	var listenAt address
	var adminAt addressOrOff
	cmd := &cobra.Command{
		Use:   "healthcheck [DIR]",
		Short: "exit 0 when the bot is ready: for the container",
		Long: `healthcheck asks the running bot of DIR whether it is ready: its admin listener, or,
where that is off, the public listener, which must refuse an unsigned request.`,
		Args: oneDir,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.healthcheck(cmd.Context(), botDir(args), listenAt.value, adminAt.value)
		},
	}
	cmd.Flags().Var(&listenAt, "listen", "the address that serve was given with --listen")
	cmd.Flags().Var(&adminAt, "admin", "the address that serve was given with --admin")
	return cmd
}

func (c *cli) healthcheck(ctx context.Context, dir, listenAt, adminAt string) error {
	// What is wrong with the files at the moment is not what is asked: the bot
	// that runs goes on by what it read before.
	bot, _ := rules.LoadSettings(dir, rules.Options{Env: c.env})
	url, want := "http://"+reachable(or(adminAt, bot.Server.Admin))+"/readyz", http.StatusOK
	if or(adminAt, bot.Server.Admin) == rules.AdminOff {
		url, want = "http://"+reachable(or(listenAt, bot.Server.Listen))+callbackPath(bot), http.StatusForbidden
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		var network *net.OpError
		if errors.As(err, &network) && network.Op == "dial" {
			err = &hinted{fmt.Errorf("nothing answers at %s: %w", url, network.Err), "is the bot running? wereply serve starts it; with other addresses than those of bot.yaml, give --listen and --admin here too"}
		}
		return fmt.Errorf("not ready: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != want {
		return fmt.Errorf("not ready: %s answers %s, not %d", url, resp.Status, want)
	}
	fmt.Fprintln(c.stdout, "ready")
	return nil
}

func callbackPath(bot *rules.Bot) string {
	if len(bot.Accounts) == 0 {
		return rules.DefaultPath
	}
	return bot.Accounts[0].Path
}
