package engine

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"wereply/rules"
	"wereply/wechat"
	"wereply/wechat/wechattest"
)

var shanghai = time.FixedZone("CST", 8*60*60)

// noon is the time of test messages: Wednesday 2026-01-07 12:00.
var noon = time.Date(2026, 1, 7, 12, 0, 0, 0, shanghai).Unix()

var profile = Profile{Account: "shop", Kind: rules.AccountService, Verified: true, Location: shanghai}

// load reads rule files, by name in turn with their text, as a bot does.
func load(t testing.TB, namesAndFiles ...string) (*rules.Set, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "rules"), 0o755); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(namesAndFiles); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, "rules", namesAndFiles[i]), []byte(namesAndFiles[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	env := func(name string) (string, bool) { return "", false }
	bot, err := rules.Load(dir, rules.Options{Env: env})
	if err != nil {
		return nil, err
	}
	return bot.Accounts[0].Set, nil
}

// compile makes an Engine of one rule file.
func compile(t testing.TB, file string) *Engine {
	t.Helper()
	e, problems := compileFor(t, profile, file)
	if e == nil {
		t.Fatalf("%v\n%s", problems, file)
	}
	return e
}

func compileFor(t testing.TB, p Profile, file string) (*Engine, rules.Problems) {
	t.Helper()
	set, err := load(t, "a.yaml", file)
	var problems rules.Problems
	if errors.As(err, &problems) {
		for _, problem := range problems {
			t.Errorf("%v\nhint: %s", problem, problem.Hint)
		}
		t.FailNow()
	} else if err != nil {
		t.Fatal(err)
	}
	return Compile(set, p)
}

// push makes a message of names and values in turn; what is common to all has
// a default.
func push(t testing.TB, namesAndValues ...string) *wechat.Message {
	t.Helper()
	fields := []wechat.Field{
		{Path: "ToUserName", Value: "gh_account"}, {Path: "FromUserName", Value: "oUser"},
		{Path: "CreateTime", Value: strconv.FormatInt(noon, 10)}, {Path: "MsgType", Value: "text"},
	}
	for i := 0; i < len(namesAndValues); i += 2 {
		f := wechat.Field{Path: namesAndValues[i], Value: namesAndValues[i+1]}
		known := false
		for j := range fields {
			if fields[j].Path == f.Path {
				fields[j], known = f, true
			}
		}
		if !known {
			fields = append(fields, f)
		}
	}
	m, err := wechat.Parse(wechattest.Document(fields, wechat.XML))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func say(t testing.TB, content string) *wechat.Message {
	return push(t, "Content", content, "MsgId", "1")
}

func event(t testing.TB, name, key string) *wechat.Message {
	return push(t, "MsgType", "event", "Event", name, "EventKey", key)
}

// at gives the message another time.
func at(m *wechat.Message, unix int64) *wechat.Message {
	changed := *m
	changed.CreateTime = unix
	return &changed
}

// answered gives the text of a decision, "" for none. Other replies are given
// by their kind.
func answered(t testing.TB, d Decision) string {
	t.Helper()
	if d.Err != nil {
		t.Fatal(d.Err)
	}
	var texts []string
	for _, p := range d.Parts {
		switch {
		case p.Reply == nil:
			texts = append(texts, "webhook "+p.Webhook)
		case p.Reply.Kind == wechat.MsgText:
			texts = append(texts, p.Reply.Text)
		default:
			texts = append(texts, p.Reply.Kind)
		}
	}
	return strings.Join(texts, " | ")
}

// ask decides for a user of whom nothing is kept.
func ask(t testing.TB, e *Engine, m *wechat.Message) string {
	t.Helper()
	return answered(t, e.Decide(m, Conversation{}))
}

// chat is a user with a conversation.
type chat struct {
	t   testing.TB
	e   *Engine
	c   Conversation
	now int64
	id  int
}

func newChat(t testing.TB, e *Engine) *chat { return &chat{t: t, e: e, now: noon} }

func (u *chat) say(content string) string {
	u.t.Helper()
	u.id++
	return u.send(push(u.t, "Content", content, "MsgId", strconv.Itoa(u.id)))
}

func (u *chat) send(m *wechat.Message) string {
	u.t.Helper()
	m = at(m, u.now)
	d := u.e.Decide(m, u.c)
	text := answered(u.t, d)
	if !u.e.NeedsConversation(m) {
		if other := u.e.Decide(m, Conversation{}); answered(u.t, other) != text || other.Rule != d.Rule {
			u.t.Errorf("%+v: NeedsConversation says no, and the conversation changes the decision", m)
		}
	}
	u.c = u.c.Apply(d.Effects, u.now)
	return text
}
