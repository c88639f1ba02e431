package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"wereply/rules"
	"wereply/wechat"
	"wereply/wechat/wechattest"
)

type sendFlags struct {
	push                    pushFlags
	account, url            string
	tokenEnv, keyEnv, appID string
	mode, format            *choice
	verify, exact           bool
}

func (c *cli) sendCommand() *cobra.Command {
	f := sendFlags{mode: oneOf("auto", "plain", "compatible", "safe"), format: oneOf("xml", "json")}
	cmd := &cobra.Command{
		Use:   "send [DIR] --text TEXT",
		Short: "push to the running bot as WeChat does, and print the reply",
		Long: `send signs, and where the account has an AES key encrypts, a push as WeChat does, gives
it to the running bot of DIR, with WeChat's three attempts of five seconds each, and
prints the reply. Address, token and keys come from DIR's bot.yaml and the environment.

--url sends to another address. With --token-env no bot's folder is needed: the token
comes from that variable, never from the command line. An answer that WeChat would not
accept gives exit code 1, and what the user would see instead.`,
		Example: `  wereply send --text 你好
  wereply send --event subscribe --event-key qrscene_123
  wereply send --field MsgType=voice --field Recognition=你好
  wereply send mybot --url https://example.com/weixin --verify
  wereply send --url https://example.com/weixin --token-env WECHAT_TOKEN --text 你好`,
		Args: oneDir,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.send(cmd, botDir(args), &f)
		},
	}
	f.push.register(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.account, "account", "", "the account, if the bot has several")
	flags.StringVar(&f.url, "url", "", "the callback URL, instead of the bot's own of bot.yaml")
	flags.StringVar(&f.tokenEnv, "token-env", "", "with --url: the variable that holds the token, instead of bot.yaml")
	flags.StringVar(&f.keyEnv, "aes-key-env", "", "with --token-env: the variable that holds the EncodingAESKey")
	flags.StringVar(&f.appID, "app-id", "", "with --token-env: the AppID that encrypted pushes carry")
	flags.Var(f.mode, "mode", "plain, compatible or safe; auto is what the account expects")
	flags.Var(f.format, "format", "what is pushed: xml or json (mini programs)")
	flags.BoolVar(&f.exact, "exact", false, "with --push: send the file as it is; without, it gets a new CreateTime and MsgId, so that it is no repetition")
	flags.BoolVar(&f.verify, "verify", false, "send the GET by which WeChat verifies the URL, not a push")
	return cmd
}

func (c *cli) send(cmd *cobra.Command, dir string, f *sendFlags) error {
	client, account, err := c.target(dir, f)
	if err != nil {
		return err
	}
	if err := setMode(client, f.mode.value); err != nil {
		return err
	}
	if f.verify {
		if err := client.Verify(cmd.Context()); err != nil {
			return c.unreachable(client.URL, &hinted{fmt.Errorf("%s is not verified: %w", client.URL, err), verifyHint})
		}
		fmt.Fprintln(c.stdout, "verified")
		return nil
	}
	if f.exact {
		return c.sendExact(cmd, client, account, f)
	}
	f.push.renew = true
	fields, format, err := f.push.document(c, cmd, originalID(account), time.Now())
	if err != nil {
		return err
	}
	if cmd.Flags().Changed("format") || f.push.file == "" {
		format = wechat.XML
		if f.format.value == "json" {
			format = wechat.JSON
		}
	}
	answer, err := client.Push(cmd.Context(), wechattest.Document(fields, format))
	if err != nil {
		return c.unreachable(client.URL, err)
	}
	return c.printAnswer(answer, client.Mode, account)
}

// sendExact pushes the bytes of a file, whatever they are.
func (c *cli) sendExact(cmd *cobra.Command, client *wechattest.Client, account *rules.Account, f *sendFlags) error {
	if f.push.file == "" || len(f.push.fields) > 0 || f.push.from != "" {
		return usagef("--exact goes with --push alone")
	}
	doc, err := readFile(c, f.push.file)
	if err != nil {
		return err
	}
	answer, err := client.Push(cmd.Context(), doc)
	if err != nil {
		return c.unreachable(client.URL, err)
	}
	return c.printAnswer(answer, client.Mode, account)
}

// target is the client for the bot that is meant, and what is known of its
// account; nil where only the command line speaks of it.
func (c *cli) target(dir string, f *sendFlags) (*wechattest.Client, *rules.Account, error) {
	if f.url != "" {
		if u, err := url.Parse(f.url); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return nil, nil, usagef("--url: %q is no http or https address", f.url)
		}
	}
	if f.tokenEnv != "" {
		client, err := c.targetOfFlags(f)
		return client, nil, err
	}
	if f.keyEnv != "" || f.appID != "" {
		return nil, nil, usagef("--aes-key-env and --app-id go with --token-env: without it bot.yaml is used")
	}
	bot, err := rules.LoadSettings(dir, rules.Options{Env: c.env, Secrets: true})
	if err != nil {
		return nil, nil, c.inDir(dir, err)
	}
	account, err := chooseAccount(bot.Accounts, f.account)
	if err != nil {
		return nil, nil, err
	}
	client := &wechattest.Client{
		URL:   or(f.url, "http://"+reachable(bot.Server.Listen)+account.Path),
		Token: string(account.Token),
		AppID: account.AppID,
	}
	if len(account.AESKeys) > 0 {
		client.AESKey = string(account.AESKeys[0])
	}
	return client, account, nil
}

// targetOfFlags needs no bot's folder: the address is a flag, and the secrets
// are in the variables that flags name.
func (c *cli) targetOfFlags(f *sendFlags) (*wechattest.Client, error) {
	if f.url == "" {
		return nil, usagef("--token-env goes with --url: without it bot.yaml is used")
	}
	client := &wechattest.Client{URL: f.url, AppID: f.appID}
	for _, secret := range []struct {
		flag, variable string
		value          *string
	}{{"--token-env", f.tokenEnv, &client.Token}, {"--aes-key-env", f.keyEnv, &client.AESKey}} {
		if secret.variable == "" {
			continue
		}
		if *secret.value, _ = c.env(secret.variable); *secret.value == "" {
			return nil, usagef("%s: the variable %s is not set", secret.flag, secret.variable)
		}
	}
	return client, nil
}

func originalID(account *rules.Account) string {
	if account == nil {
		return ""
	}
	return account.OriginalID
}

// setMode picks the mode of a push: what was asked for, else safe where there
// is a key.
func setMode(client *wechattest.Client, mode string) error {
	switch {
	case mode == "plain" || mode == "auto" && client.AESKey == "":
		client.Mode = wechattest.Plain
		return nil
	case client.AESKey == "":
		return &usageError{msg: "--mode " + mode + " needs an EncodingAESKey", hint: "the account has no aes_key in bot.yaml; with --token-env, name its variable with --aes-key-env"}
	case client.AppID == "":
		return &usageError{msg: "an encrypted push needs the AppID", hint: "give app_id in bot.yaml; with --token-env, --app-id"}
	case mode == "compatible":
		client.Mode = wechattest.Compatible
	default:
		client.Mode = wechattest.Safe
	}
	return nil
}

// reachable is the address under which a listener of this machine answers:
// one that listens everywhere is asked on loopback.
func reachable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	switch ip := net.ParseIP(host); {
	case host == "":
		host = "127.0.0.1"
	case ip != nil && ip.IsUnspecified() && ip.To4() == nil:
		host = "::1"
	case ip != nil && ip.IsUnspecified():
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// unreachable explains why nothing came back.
func (c *cli) unreachable(address string, err error) error {
	var network *net.OpError
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &network) && network.Op == "dial":
		return &hinted{
			fmt.Errorf("cannot reach %s: %w", address, network.Err),
			"is the bot running? wereply serve starts it; --url sends to another address",
		}
	}
	return err
}

// printAnswer prints what the user sees; how it came goes to stderr.
func (c *cli) printAnswer(a *wechattest.Answer, mode wechattest.Mode, account *rules.Account) error {
	took := a.Duration.Round(100 * time.Microsecond)
	if a.Fault != nil {
		fmt.Fprintf(c.stderr, "wereply: WeChat would not accept this answer: %s\n", a.Fault)
		fmt.Fprintf(c.stderr, "the user would see: %s\n", faultNotice(account))
		fmt.Fprintf(c.stderr, "status %d after %s, %s\n", a.Status, took, plural(a.Attempts, "attempt"))
		if hint := statusHints[a.Status]; hint != "" {
			fmt.Fprintf(c.stderr, "hint: %s\n", hint)
		}
		return exit(exitProblems)
	}
	if a.Reply == nil {
		fmt.Fprintln(c.stdout, "[nothing]")
	} else {
		fmt.Fprintln(c.stdout, readable(passiveReply(a.Reply)))
	}
	fmt.Fprintf(c.stderr, "answered in %s, %s, %s\n", took, plural(a.Attempts, "attempt"), modeName(mode))
	return nil
}

// statusHints say what a refusal mostly means.
var statusHints = map[int]string{
	http.StatusForbidden:  "the bot could not verify the push: same token, AppID and key on both sides? its log says which check failed",
	http.StatusNotFound:   "no account answers at this path: see path: in bot.yaml",
	http.StatusBadGateway: "a proxy answered, not the bot: is the bot running where the proxy looks for it?",
}

const verifyHint = "is the token the same on both sides, and does the address lead to the bot, query and all? its log says why it refused"

func modeName(m wechattest.Mode) string {
	switch m {
	case wechattest.Compatible:
		return "compatible mode"
	case wechattest.Safe:
		return "safe mode"
	}
	return "plaintext mode"
}

// faultNotice is what WeChat shows in the conversation when a push is handled
// badly.
func faultNotice(account *rules.Account) string {
	if account != nil && account.Kind == rules.AccountMiniProgram {
		return wechattest.FaultNoticeMiniProgram
	}
	return wechattest.FaultNotice
}
