package rules

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the time zones of every machine, also of an empty container

	"gopkg.in/yaml.v3"
)

// botFile is the name of the file that describes a bot.
const botFile = "bot.yaml"

var (
	serverFields  = fieldsOf[serverForm]()
	reloadFields  = fieldsOf[reloadForm]()
	webhookFields = fieldsOf[webhookForm]()
)

// parseBot reads bot.yaml. Its secret files are read through the view; what
// the view lacks is in need, and then the result does not count.
func parseBot(data []byte, dir string, o Options, v *view) (b *botReader) {
	r, root := newReader(botFile, data, nil)
	b = &botReader{reader: r, o: o, dir: dir, view: v, bot: newBot()}
	if root == nil {
		if !r.problems.HasError() {
			r.addAt(CodeEmpty, At{}, "bot.yaml is empty", "remove it, or describe the account: accounts: [{token: \"${WECHAT_TOKEN}\"}]")
		}
		hideSecrets(r)
		return b
	}
	nodes := b.nodes(root, "bot.yaml", botFields)
	b.server(nodes["server"])
	b.store(nodes["store"])
	b.timezone(nodes["timezone"])
	b.reload(nodes["reload"])
	b.webhooks(nodes["webhooks"])
	b.accounts(root, nodes["accounts"])
	hideSecrets(r)
	return b
}

// newBot is what holds before bot.yaml says anything.
func newBot() *Bot {
	location, err := time.LoadLocation(DefaultTimezone)
	if err != nil {
		panic(err) // it is part of the program
	}
	return &Bot{
		Server:   Server{Listen: DefaultListen, Admin: DefaultAdmin, MaxBody: DefaultMaxBody},
		Store:    StoreMemory,
		Location: location,
	}
}

// nodes gives the values of a mapping, which may be nil, by field.
func (b *botReader) nodes(n *yaml.Node, what string, known []string) map[string]*yaml.Node {
	nodes := make(map[string]*yaml.Node)
	if n != nil {
		b.fields(n, what, known, func(key string, _, v *yaml.Node) { nodes[key] = v })
	}
	return nodes
}

func (b *botReader) server(n *yaml.Node) {
	nodes := b.nodes(n, "`server`", serverFields)
	s := &b.bot.Server
	if listen := b.scalar(nodes["listen"], "`listen`"); b.isAddress(listen, "`listen`") {
		s.Listen = listen.text
	}
	admin := b.scalar(nodes["admin"], "`admin`")
	if admin.text == AdminOff || b.isAddress(admin, "`admin`") {
		s.Admin = admin.text
	}
	if s.Listen == s.Admin && !strings.HasSuffix(s.Listen, ":0") {
		at := admin.node
		if at == nil {
			at = nodes["listen"]
		}
		b.add(CodeAddress, at, "`listen` and `admin` are the same address", "WeChat must not reach the admin address")
	}
	if password := b.secret(nodes, "admin_password", "admin_password_file"); password.given() {
		s.AdminPassword = Secret(password.text)
		b.add(CodeNotServed, password.node, "a password of the admin address is not served yet: reload works on this machine only", "")
	}
	if size := b.scalar(nodes["max_body"], "`max_body`"); size.given() {
		s.MaxBody = b.size(size, "`max_body`")
	}
}

// IsAddress tells whether s has the form of an address to listen at:
// [host]:port.
func IsAddress(s string) bool {
	_, port, err := net.SplitHostPort(s)
	n, atoi := strconv.Atoi(port)
	return err == nil && atoi == nil && 0 <= n && n <= 65535
}

// isAddress tells whether s is an address to listen at.
func (b *botReader) isAddress(s scalar, what string) bool {
	if !s.given() {
		return false
	}
	if !IsAddress(s.text) {
		hint := ""
		if !s.hidden && IsAddress(":"+s.text) {
			hint = fmt.Sprintf("%s: %q", strings.Trim(what, "`"), ":"+s.text)
		}
		b.add(CodeAddress, s.node, fmt.Sprintf("%s must be an address such as :8080 or 127.0.0.1:8081, not %s", what, s.show()), hint)
		return false
	}
	return true
}

// Limits of the size of a push.
const (
	minBody = 16 << 10 // no push of the platform is larger
	maxBody = 64 << 20
)

// size reads a number of bytes, with KiB or MiB after it or without.
func (b *botReader) size(s scalar, what string) int64 {
	digits, unit := s.text, int64(1)
	for ending, n := range map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20} {
		if cut, ok := strings.CutSuffix(s.text, ending); ok {
			digits, unit = strings.TrimSpace(cut), n
		}
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	if size := int64(n) * unit; err == nil && minBody <= size && size <= maxBody {
		return size
	}
	b.add(CodeSize, s.node, fmt.Sprintf("%s must be a size from 16KiB to 64MiB, not %s", what, s.show()), "1MiB, 512KiB or a number of bytes")
	return DefaultMaxBody
}

func (b *botReader) store(n *yaml.Node) {
	s := b.scalar(n, "`store`")
	if !s.given() || s.text == StoreMemory {
		return
	}
	u, err := url.Parse(s.text)
	if err != nil || u.Host == "" || u.Scheme != "redis" && u.Scheme != "rediss" {
		b.add(CodeURL, n, "`store` must be memory or redis://host:6379/0", "")
		return
	}
	b.bot.Store = s.text
	b.add(CodeNotServed, n, "a store in Redis is not served yet: conversations are kept in memory", "")
}

func (b *botReader) timezone(n *yaml.Node) {
	s := b.scalar(n, "`timezone`")
	if !s.given() {
		return
	}
	location, err := time.LoadLocation(s.text)
	if err != nil {
		b.add(CodeTimezone, n, fmt.Sprintf("`timezone` must be a name of the time zone database, not %s", s.show()), "such as Asia/Shanghai or UTC")
		return
	}
	b.bot.Location = location
}

func (b *botReader) reload(n *yaml.Node) {
	nodes := b.nodes(n, "`reload`", reloadFields)
	b.bot.Reload.RequireTests = b.flag(nodes["require_tests"], "`require_tests`")
}

// maxWebhookTimeout bounds how long a program may take: WeChat and the user
// have given up long before.
const maxWebhookTimeout = 5 * time.Minute

func (b *botReader) webhooks(n *yaml.Node) {
	b.bot.Webhooks = make(map[string]*Webhook)
	if n == nil {
		return
	}
	b.entries(n, "`webhooks`", func(name string, k, v *yaml.Node) {
		what := "webhook " + name
		nodes := b.nodes(v, what, webhookFields)
		hook := &Webhook{Name: name, Pos: b.pos(k)}
		if strings.TrimSpace(name) == "" {
			b.add(CodeEmpty, k, "a webhook needs a name", "")
		}
		hook.URL = b.webhookURL(k, v, b.scalar(nodes["url"], "`url`"), what)
		hook.Secret = Secret(b.secret(nodes, "secret", "secret_file").text)
		hook.Timeout = b.span(b.scalar(nodes["timeout"], "`timeout`"), "`timeout`", DefaultWebhookTimeout, maxWebhookTimeout)
		b.bot.Webhooks[name] = hook
	})
}

// webhookURL never shows the URL: it may hold a password.
func (b *botReader) webhookURL(k, v *yaml.Node, s scalar, what string) string {
	if s.unknown {
		return ""
	}
	if !s.given() {
		if !isMeant(v, "url", webhookFields) {
			b.add(CodeMissing, k, what+" needs a `url`", "")
		}
		return ""
	}
	u, err := url.Parse(s.text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		b.add(CodeURL, s.node, "`url` must be a whole address: http://host/path or https://host/path", "")
		return ""
	}
	return s.text
}
