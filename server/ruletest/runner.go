package ruletest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"wereply/engine"
	"wereply/rules"
	"wereply/server"
	"wereply/server/store"
	"wereply/wechat"
	"wereply/wechat/wechattest"
)

// runner is a server of the bot with a clock and a store of its own. Tests run
// on it one at a time.
type runner struct {
	accounts []*account
	location *time.Location
	store    *store.Memory
	clock    atomic.Int64 // Unix seconds
	step     *rules.Step  // that runs
	decided  *engine.Decision
}

// account is one account and WeChat's side of it.
type account struct {
	*rules.Account
	client *wechattest.Client
	format wechat.Format
}

// token is that of accounts whose own needs the environment.
const token = "ruletest"

// originalID is that of accounts that take pushes to any.
const originalID = "gh_ruletest0000"

func newRunner(bot *rules.Bot) (*runner, error) {
	r := &runner{location: bot.Location}
	if r.location == nil {
		r.location = time.UTC
	}
	r.clock.Store(r.start().Unix())
	r.store = store.NewMemory(store.MemoryOptions{Now: r.now})
	tested := *bot
	tested.Accounts = nil
	for _, a := range bot.Accounts {
		tested.Accounts = append(tested.Accounts, complete(a))
	}
	srv, err := server.New(&tested, server.Options{
		Now:     r.now,
		Store:   r.store,
		Ask:     r.ask,
		Observe: func(_ string, _ *wechat.Message, d engine.Decision) { r.decided = &d },
	})
	if err != nil {
		return nil, err
	}
	http := wechattest.Direct(srv.Public())
	for _, a := range tested.Accounts {
		r.accounts = append(r.accounts, newAccount(a, http, r.now))
	}
	return r, nil
}

// start is when tests begin that do not say.
func (r *runner) start() time.Time {
	return time.Date(2026, time.January, 7, 12, 0, 0, 0, r.location)
}

func (r *runner) now() time.Time { return time.Unix(r.clock.Load(), 0) }

// complete is the account with what it may lack outside production.
func complete(a *rules.Account) *rules.Account {
	c := *a
	if c.Token == "" {
		c.Token = token
	}
	if c.AppID == "" || slices.Contains(c.AESKeys, "") {
		c.AESKeys = nil // the environment lacks them
	}
	c.MaxAge = 0
	c.Late = rules.LateDrop
	return &c
}

func newAccount(a *rules.Account, http *http.Client, now func() time.Time) *account {
	acc := &account{Account: a, client: &wechattest.Client{
		URL:      "http://bot" + a.Path,
		Token:    string(a.Token),
		HTTP:     http,
		Attempts: 1,
		Timeout:  time.Minute,
		Now:      now,
	}}
	if len(a.AESKeys) > 0 {
		acc.client.Mode = wechattest.Safe
		acc.client.AppID, acc.client.AESKey = a.AppID, string(a.AESKeys[0])
	}
	if a.Kind == rules.AccountMiniProgram {
		acc.format = wechat.JSON
	}
	return acc
}

// ask answers webhooks with what the step says.
func (r *runner) ask(_ context.Context, _, webhook string, _ *wechat.Message) (*wechat.Reply, error) {
	if text, ok := r.step.Webhook[webhook]; ok {
		return &wechat.Reply{Kind: wechat.MsgText, Text: text}, nil
	}
	return nil, nil
}

// run runs one test in one account.
func (r *runner) run(ctx context.Context, acc *account, result *Result) error {
	r.store.Clear()
	at := r.start()
	for i := range result.Test.Steps {
		step := &result.Test.Steps[i]
		if t := step.Time; !t.IsZero() {
			at = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, r.location)
		}
		at = at.Add(step.After)
		r.clock.Store(at.Unix())
		r.step, r.decided = step, nil
		fields := document(acc, result.Test.Pos, i, step, at)
		answer, err := acc.client.Push(ctx, wechattest.Document(fields, acc.format))
		if err != nil {
			return err
		}
		if r.decided == nil {
			return fmt.Errorf("step %d: the push was answered with status %d before any rule saw it", i+1, answer.Status)
		}
		if d := r.decided; d.Rule != nil {
			result.Fired = append(result.Fired, d.Rule.ID())
		}
		o := outcome{step: step, number: i, file: result.Test.Pos.File, rules: acc.Set.Rules, decision: r.decided, answer: answer}
		if o.said, err = said(answer, r.decided, step); err != nil {
			return err
		}
		if o.kept, err = r.kept(ctx, acc, fields, at); err != nil {
			return err
		}
		o.check()
		result.Failures = append(result.Failures, o.failures...)
	}
	return nil
}

// kept is the user's conversation after the step.
func (r *runner) kept(ctx context.Context, acc *account, fields []wechat.Field, at time.Time) (engine.Conversation, error) {
	user := store.User{Account: acc.Name}
	for _, f := range fields {
		if f.Path == "FromUserName" {
			user.OpenID = f.Value
		}
	}
	snap, err := r.store.Load(ctx, user, store.Key{})
	return snap.Conversation.At(at.Unix()), err
}

// document is the push of a step. What the step does not say comes from the
// test's place, so that every run sends the same.
func document(acc *account, pos rules.Pos, n int, step *rules.Step, at time.Time) []wechat.Field {
	place := fmt.Sprintf("%s %d", pos, n)
	from := step.From
	if from == "" {
		sum := sha256.Sum256([]byte(pos.String()))
		from = "oRuleTest" + hex.EncodeToString(sum[:])[:19]
	}
	to := acc.OriginalID
	if to == "" {
		to = originalID
	}
	sent := make(map[string]bool, len(step.Send))
	for _, f := range step.Send {
		sent[f.Path] = true
	}
	var fields []wechat.Field
	add := func(path, value string) {
		if !sent[path] {
			fields = append(fields, wechat.Field{Path: path, Value: value})
		}
	}
	add("ToUserName", to)
	add("FromUserName", from)
	add("CreateTime", strconv.FormatInt(at.Unix(), 10))
	fields = append(fields, step.Send...)
	id := fnv.New64a()
	id.Write([]byte(place))
	number := strconv.FormatUint(id.Sum64()>>1, 10)
	if isEvent(step.Send) {
		add("TestStep", number) // two equal events in one second would be one event sent twice
	} else {
		add("MsgId", number)
	}
	return fields
}

func isEvent(send []wechat.Field) bool {
	return slices.ContainsFunc(send, func(f wechat.Field) bool {
		return f.Path == "MsgType" && strings.EqualFold(f.Value, wechat.MsgEvent)
	})
}
