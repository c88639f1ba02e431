package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"wereply/wechat"
	"wereply/wechat/wechattest"
)

const sealedBot = `server: {listen: "127.0.0.1:0", admin: "off"}
accounts:
  - {name: a, path: /a, token: abc, app_id: wx0123456789abcdef, aes_key: abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG, allow_plaintext: true}
  - {name: b, path: /b, token: def, kind: miniprogram}
`

// TestSendModes: each mode in both formats is understood and answered.
func TestSendModes(t *testing.T) {
	dir := greeter(t)
	write(t, dir, "bot.yaml", sealedBot)
	r := start(t, nil, "serve", dir)
	address := "http://" + await(t, r.stderr, 0, `listening public=(\S+)`)[1] + "/a"
	for _, mode := range []string{"auto", "plain", "compatible", "safe"} {
		for _, format := range []string{"xml", "json"} {
			got := runCommand(t, "send", dir, "--account", "a", "--url", address, "--mode", mode, "--format", format, "--text", "你好")
			if got.code != exitDone || got.stdout != "您好！\n" {
				t.Errorf("%s %s: exit code %d: %s%s", mode, format, got.code, got.stdout, got.stderr)
			}
			name := map[string]string{"plain": "plaintext mode", "compatible": "compatible mode"}[mode]
			if !strings.Contains(got.stderr, "1 attempt, "+or(name, "safe mode")) {
				t.Errorf("%s %s: stderr %q", mode, format, got.stderr)
			}
		}
	}
	got := runCommand(t, "send", dir, "--account", "a", "--url", address, "--verify")
	if want := (outcome{exitDone, "verified\n", ""}); got != want {
		t.Errorf("verify: %+v", got)
	}
	got = runCommand(t, "send", dir, "--account", "b", "--url", address, "--verify")
	if got.code != exitProblems || got.stdout != "" || !strings.Contains(got.stderr, "/a is not verified: status 403, not 200\nhint: is the token the same on both sides,") {
		t.Errorf("verify with another token: %+v", got)
	}
	got = runCommand(t, "send", dir, "--account", "b", "--url", address, "--text", "你好")
	if got.code != exitProblems || got.stdout != "" || !strings.Contains(got.stderr, "hint: the bot could not verify the push") || !strings.Contains(got.stderr, wechattest.FaultNoticeMiniProgram) {
		t.Errorf("push with another token: %+v", got)
	}
	got = runCommand(t, "send", dir, "--account", "b", "--url", address, "--mode", "safe", "--text", "你好")
	if got.code != exitUsage || !strings.Contains(got.stderr, "needs an EncodingAESKey") {
		t.Errorf("safe without a key: %+v", got)
	}
	got = runCommand(t, "send", dir, "--url", address, "--text", "你好")
	if got.code != exitUsage || !strings.Contains(got.stderr, "--account") {
		t.Errorf("several accounts: %+v", got)
	}
}

func TestSendEventsAndFiles(t *testing.T) {
	dir := botWith(t, `rules:
  - {when: {event: subscribe}, reply: "欢迎{{with .Scene}}，{{.}} 号{{end}}"}
  - {when: {msg_type: voice}, reply: "听到：{{.Recognition}}"}
  - {when: {keyword: 人工}, reply: {transfer: kf1@shop}}
  - {when: {keyword: 图}, reply: {image: MEDIA_ID}}
`)
	b := serve(t, dir, nil)
	push := "<xml><ToUserName>gh_0123456789ab</ToUserName><FromUserName>oUser</FromUserName><CreateTime>1767758400</CreateTime>" +
		"<MsgType>voice</MsgType><MediaId>m</MediaId><Format>amr</Format><Recognition>早</Recognition><MsgId>1</MsgId></xml>"
	write(t, dir, "push.xml", push)
	if got := b.send(t, "--event", "subscirbe"); got.stdout != "[nothing]\n" || !strings.Contains(got.stderr, "hint: did you mean subscribe?\n") {
		t.Errorf("an event that WeChat does not push: %+v", got)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--event", "subscribe"}, "欢迎\n"},
		{[]string{"--event", "subscribe", "--event-key", "qrscene_8"}, "欢迎，8 号\n"},
		{[]string{"--push", dir + "/push.xml"}, "听到：早\n"},
		{[]string{"--push", dir + "/push.xml", "--field", "Recognition=晚"}, "听到：晚\n"},
		{[]string{"--push", dir + "/push.xml", "--format", "json"}, "听到：早\n"},
		{[]string{"--push", dir + "/push.xml", "--exact"}, "听到：早\n"},
		{[]string{"--field", "MsgType=voice", "--field", "Recognition=你好"}, "听到：你好\n"},
		{[]string{"--text", "人工"}, "[transfer] to kf1@shop\n"},
		{[]string{"--text", "图"}, "[image]\n  media: MEDIA_ID\n"},
		{[]string{"--text", "天气"}, "[nothing]\n"},
	} {
		if got := b.send(t, c.args...); got.code != exitDone || got.stdout != c.want {
			t.Errorf("%v: exit code %d: %q, want %q\n%s", c.args, got.code, got.stdout, c.want, got.stderr)
		}
	}
}

// TestSendExact: the same file twice is a repetition, else a new push.
func TestSendExact(t *testing.T) {
	dir := botWith(t, "rules: [{when: {msg_type: text}, cooldown: 1h, reply: 一小时一次}]\n")
	b := serve(t, dir, nil)
	write(t, dir, "push.xml", "<xml><ToUserName>gh_0123456789ab</ToUserName><FromUserName>oUser</FromUserName>"+
		"<CreateTime>1767758400</CreateTime><MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId></xml>")
	for i, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--exact"}, "一小时一次\n"},
		{[]string{"--exact"}, "一小时一次\n"},
		{nil, "一小时一次\n"}, // long after the first
		{nil, "[nothing]\n"},
	} {
		got := b.send(t, append([]string{"--push", dir + "/push.xml"}, c.args...)...)
		if got.code != exitDone || got.stdout != c.want {
			t.Errorf("%d: %+v, want %q", i, got, c.want)
		}
	}
	write(t, dir, "push.xml", "<xml>")
	got := b.send(t, "--push", dir+"/push.xml", "--exact")
	if got.code != exitProblems || !strings.Contains(got.stderr, "status 400") {
		t.Errorf("%+v", got)
	}
}

// TestSendFault: an answer that WeChat would not take is a failure, and what
// the user would see is said.
func TestSendFault(t *testing.T) {
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "<html>502 Bad Gateway</html>")
	}))
	defer broken.Close()
	vars := map[string]string{"T": "abc"}
	got := runWith(t, environment(vars), "send", "--url", broken.URL, "--token-env", "T", "--text", "你好")
	if got.code != exitProblems || got.stdout != "" || !strings.Contains(got.stderr, wechattest.FaultNotice) {
		t.Errorf("%+v", got)
	}
}

func TestSendUnreachable(t *testing.T) {
	dir := greeter(t)
	write(t, dir, "bot.yaml", strings.Replace(greeterBot, "127.0.0.1:0", "127.0.0.1:1", 1))
	for _, args := range [][]string{{"--text", "你好"}, {"--verify"}} {
		got := runCommand(t, append([]string{"send", dir}, args...)...)
		if got.code != exitProblems || !strings.Contains(got.stderr, "cannot reach http://127.0.0.1:1/weixin: ") || !strings.Contains(got.stderr, "hint: is the bot running?") {
			t.Errorf("%v: %+v", args, got)
		}
	}
}

// TestSendWithBrokenRules: what is wrong with the rules at the moment does not
// keep send from the running bot.
func TestSendWithBrokenRules(t *testing.T) {
	dir := greeter(t)
	b := serve(t, dir, nil)
	mark := len(b.stderr.String())
	write(t, dir, "rules/a.yaml", "rules: [{wen: 1}]\n")
	await(t, b.stderr, mark, `rules/a\.yaml:1:`)
	if got := b.send(t, "--text", "你好"); got.stdout != "您好！\n" {
		t.Errorf("%+v", got)
	}
}

// TestReadable: what the codec writes is read back whole.
func TestReadable(t *testing.T) {
	for _, c := range []struct {
		reply wechat.Reply
		want  string
	}{
		{wechat.Reply{Kind: wechat.MsgText, Text: "a\n]]>b"}, "a\n]]>b"},
		{wechat.Reply{Kind: wechat.MsgVoice, MediaID: "m"}, "[voice]\n  media: m"},
		{wechat.Reply{Kind: wechat.MsgVideo, MediaID: "m", Title: "t", Description: "d"}, "[video]\n  media: m\n  title: t\n  description: d"},
		{wechat.Reply{Kind: wechat.MsgMusic, MediaID: "m", Title: "t", URL: "https://e.com/a", HQURL: "https://e.com/b"},
			"[music]\n  media: m\n  title: t\n  url: https://e.com/a\n  hq url: https://e.com/b"},
		{wechat.Reply{Kind: wechat.MsgTransfer}, "[transfer] to any customer-service agent"},
		{wechat.Reply{Kind: wechat.MsgNews, Articles: []wechat.Article{
			{Title: "a", Description: "b", PicURL: "https://e.com/p", URL: "https://e.com/u"}, {Title: "c", Description: "d", PicURL: "https://e.com/q", URL: "https://e.com/v"},
		}}, "[news 1/2]\n  title: a\n  description: b\n  picture: https://e.com/p\n  url: https://e.com/u\n[news 2/2]\n  title: c\n  description: d\n  picture: https://e.com/q\n  url: https://e.com/v"},
	} {
		doc, err := c.reply.AppendXML(nil, "oUser", "gh_0123456789ab", 1, c.reply.Kind == wechat.MsgTransfer)
		if err != nil {
			t.Fatal(err)
		}
		m, err := wechat.Parse(doc)
		if err != nil {
			t.Fatal(err)
		}
		if got := readable(passiveReply(m)); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.reply.Kind, got, c.want)
		}
	}
}
