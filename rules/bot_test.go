package rules

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const testAESKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

func TestBotYAML(t *testing.T) {
	dir := writeBot(t, map[string]string{
		"bot.yaml": `
server:
  listen: "127.0.0.1:${PORT:-9000}"
  admin: off
  admin_password_file: password
  max_body: 2MiB
store: memory
timezone: Europe/Berlin
reload:
  require_tests: ${STRICT}
webhooks:
  llm: {url: "http://llm:9000/answer", secret: "${LLM_SECRET}", timeout: 3s}
  plain: {url: "https://example.com/"}
accounts:
  - name: shop
    kind: service
    verified: true
    path: /shop
    token: ${TOKEN}
    app_id: wx1234
    app_secret: ${APP_SECRET:-}
    aes_key: ["${KEY}", "${OLD_KEY:-}"]
    allow_plaintext: true
    original_id: gh_0123456789ab
    max_age: off
    rules: [rules, "${MORE}"]
    late: retry
  - name: mini
    kind: miniprogram
    path: /mini
    token_file: ${TOKEN_FILE:-secrets/token}
    token: ${MINI_TOKEN:-}
    app_id: wx5678
    aes_key_file: secrets/keys
    max_age: 1h
`,
		"password":       "open sesame\n",
		"secrets/token":  "  tokenOfMini\n",
		"secrets/keys":   testAESKey + "\n" + strings.ToUpper(testAESKey[:26]) + testAESKey[26:] + "\n",
		"rules/a.yaml":   "rules: [{name: a, reply: a}]",
		"shared/b.yaml":  "rules: [{name: b, reply: b}]",
		"shared/c.jsonc": "no rules",
	})
	env := mapEnv(map[string]string{"STRICT": "true", "TOKEN": "a: [b", "KEY": testAESKey, "MORE": "shared", "LLM_SECRET": "s"})
	bot, err := Load(dir, Options{Env: env, Secrets: true})
	if err != nil {
		t.Fatal(err)
	}
	if bot.Server != (Server{Listen: "127.0.0.1:9000", Admin: AdminOff, AdminPassword: "open sesame", MaxBody: 2 << 20}) {
		t.Errorf("server: %+v", bot.Server)
	}
	if bot.Store != StoreMemory || bot.Location.String() != "Europe/Berlin" || !bot.Reload.RequireTests || bot.Dir != dir {
		t.Errorf("bot: %+v", bot)
	}
	if llm := bot.Webhooks["llm"]; llm.URL != "http://llm:9000/answer" || string(llm.Secret) != "s" || llm.Timeout != 3*time.Second {
		t.Errorf("webhook: %+v", llm)
	}
	if plain := bot.Webhooks["plain"]; plain.Secret != "" || plain.Timeout != DefaultWebhookTimeout {
		t.Errorf("webhook: %+v", plain)
	}
	shop, mini := bot.Accounts[0], bot.Accounts[1]
	if string(shop.Token) != "a: [b" || len(shop.AESKeys) != 1 || string(shop.AESKeys[0]) != testAESKey || shop.AppSecret != "" ||
		!shop.Verified || !shop.AllowPlaintext || shop.MaxAge != 0 || shop.Late != LateRetry || shop.Kind != AccountService || shop.Path != "/shop" {
		t.Errorf("shop: %#v", shop)
	}
	if d := cmp.Diff([]string{"rules", "shared"}, shop.RuleDirs); d != "" {
		t.Error(d)
	}
	if string(mini.Token) != "tokenOfMini" || len(mini.AESKeys) != 2 || mini.MaxAge != time.Hour || mini.Late != LateDrop || mini.Verified {
		t.Errorf("mini: %#v", mini)
	}
	var sources []string
	for _, s := range bot.Sources {
		below, _ := relativeTo(dir, s)
		sources = append(sources, below)
	}
	if d := cmp.Diff([]string{"bot.yaml", "password", "rules", "secrets/keys", "secrets/token", "shared"}, sources); d != "" {
		t.Error(d)
	}
	if len(bot.Problems) != 2 || bot.Problems[0].Code != CodeNotServed || bot.Problems[1].Code != CodeToken {
		t.Errorf("problems: %v", bot.Problems)
	}
}

func TestBotDefaults(t *testing.T) {
	dir := writeBot(t, map[string]string{
		"bot.yaml":     "accounts: [{token: parrot-example-token}]",
		"rules/a.yaml": "rules: [{name: a, reply: a}]",
	})
	bot, err := Load(dir, Options{Secrets: true})
	if err != nil {
		t.Fatal(err)
	}
	if bot.Server != (Server{Listen: ":8080", Admin: "127.0.0.1:8081", MaxBody: 1 << 20}) || bot.Location.String() != "Asia/Shanghai" || bot.Store != "memory" {
		t.Errorf("bot: %+v", bot)
	}
	a := bot.Accounts[0]
	if a.Name != "default" || a.Kind != "subscription" || a.Path != "/weixin" || a.MaxAge != 10*time.Minute || a.Late != "drop" || !a.ExampleToken {
		t.Errorf("account: %+v", a)
	}
	if len(a.Set.Rules) != 1 {
		t.Errorf("rules: %v", a.Set.Rules)
	}
}

func TestBotWithoutFile(t *testing.T) {
	dir := writeBot(t, map[string]string{"rules/a.yaml": "rules: [{name: a, reply: a}]"})
	bot, err := Load(dir, Options{Env: mapEnv(map[string]string{"WECHAT_TOKEN": "abc"}), Secrets: true})
	if err != nil {
		t.Fatal(err)
	}
	if a := bot.Accounts[0]; len(bot.Accounts) != 1 || a.Path != "/weixin" || string(a.Token) != "abc" || len(a.Set.Rules) != 1 || a.MaxAge != DefaultMaxAge {
		t.Errorf("account: %+v", a)
	}
	if _, err := Load(dir, Options{Env: noEnv}); err != nil {
		t.Errorf("check without a token: %v", err)
	}
	wantProblems(t, dir, Options{Env: noEnv, Secrets: true}, "bot.yaml: is not there, and the variable WECHAT_TOKEN is not set")
	quoted, err := Load(dir, Options{Env: mapEnv(map[string]string{"WECHAT_TOKEN": `"hush"`}), Secrets: true})
	if err != nil || len(quoted.Problems) != 1 || quoted.Problems[0].Code != CodeToken || strings.Contains(problemText(quoted.Problems), "hush") {
		t.Errorf("a token in quotes: %v, %v", quoted.Problems, err)
	}
	wantProblems(t, t.TempDir(), Options{Env: noEnv}, "bot.yaml: is not there, and neither is a folder rules beside it")
	write(t, filepath.Join(dir, "bot.yaml"), "accounts: [{token: abc}]")
	wantProblems(t, filepath.Join(dir, "rules"), Options{Env: noEnv}, "bot.yaml: is not there but in the folder above")
	wantProblems(t, filepath.Join(dir, "none"), Options{Env: noEnv}, "bot.yaml: its folder does not exist")
	wantProblems(t, filepath.Join(dir, "rules/a.yaml"), Options{Env: noEnv}, "bot.yaml: its folder is a file")
	wantProblems(t, writeBot(t, map[string]string{"bot.yaml/x": ""}), Options{Env: noEnv}, "bot.yaml: cannot be read: is a folder")
}

// Without secrets, whatever needs a missing variable counts as not given.
func TestBotWithoutSecrets(t *testing.T) {
	dir := writeBot(t, map[string]string{
		"bot.yaml": `
server: {listen: "${HOST}:80"}
webhooks: {llm: {url: "http://${LLM}/x", secret: "${S}"}}
accounts:
  - {name: a, token: "${A}", aes_key: "${K}", max_age: "${M}"}
  - {name: b, path: /b, token_file: /nowhere/token, app_id: "${ID}", aes_key: ` + testAESKey + `, kind: "${KIND}"}
  - {name: c, path: /c, token: "${C:-}", aes_key_file: /nowhere/key}
`,
		"rules/a.yaml": "rules: [{name: a, reply: a}]",
	})
	bot, err := Load(dir, Options{Env: noEnv})
	if err != nil {
		t.Fatal(err)
	}
	if bot.Server.Listen != DefaultListen || bot.Accounts[0].Token != "" || bot.Accounts[0].MaxAge != DefaultMaxAge || bot.Accounts[1].Kind != AccountSubscription {
		t.Errorf("%+v, %+v", bot.Server, bot.Accounts[0])
	}
	wantProblems(t, dir, Options{Env: noEnv, Secrets: true},
		"bot.yaml:2:18: `listen` needs the variable HOST, which is not set",
		"bot.yaml:3:23: `url` needs the variable LLM, which is not set",
		"bot.yaml:3:50: `secret` needs the variable S, which is not set",
		"bot.yaml:5:22: `token` needs the variable A, which is not set",
		"bot.yaml:5:39: `aes_key` needs the variable K, which is not set",
		"bot.yaml:5:56: `max_age` needs the variable M, which is not set",
		"bot.yaml:6:37: `token_file`: the file /nowhere/token: file does not exist",
		"bot.yaml:6:61: `app_id` needs the variable ID, which is not set",
		"bot.yaml:6:130: `kind` needs the variable KIND, which is not set",
		"bot.yaml:7:32: the account has no `token`",
		"bot.yaml:7:56: `aes_key_file`: the file /nowhere/key: file does not exist",
	)
}

// TestBadBot: every file in testdata/bad-bot holds one mistake. Its first lines
// say what is said about it: `# want: ` and a problem, `# hint: ` and a hint.
func TestBadBot(t *testing.T) {
	files, err := filepath.Glob("testdata/bad-bot/*.yaml")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := writeBot(t, map[string]string{
				"bot.yaml": string(data), "rules/a.yaml": "rules: [{name: a, reply: a}]", "secret": "hush-hush", "empty": " \n", "file.yaml": "",
			})
			env := mapEnv(map[string]string{"HUSH": "hush-hush", "EMPTY": ""})
			bot, err := Load(dir, Options{Env: env, Secrets: true})
			problems, _ := err.(Problems)
			if err == nil {
				problems = bot.Problems
			}
			if got, want := problemText(problems), wantedText(string(data)); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
			if strings.Contains(problemText(problems), "hush") {
				t.Error("a secret is shown")
			}
		})
	}
}

func problemText(problems Problems) string {
	var b strings.Builder
	for _, p := range problems {
		fmt.Fprintf(&b, "# want: %s %s\n", p.Code, p.Error())
		if p.Hint != "" {
			fmt.Fprintf(&b, "# hint: %s\n", strings.ReplaceAll(p.Hint, "\n", " ⏎ "))
		}
	}
	return b.String()
}

func wantedText(src string) string {
	var b strings.Builder
	for line := range strings.Lines(src) {
		if strings.HasPrefix(line, "# want: ") || strings.HasPrefix(line, "# hint: ") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// What YAML cannot read never shows the secret that stands there, wherever
// the mistake is.
func TestSecretsInBrokenYAML(t *testing.T) {
	const secret = "s3cr3tHushValue"
	for _, line := range []string{
		"token: @%s", "token: %s: %s", "token: \"%s", "token: '%s' x", "token: [%s]x", "token: *%s", "token: &%s x", "token: !%s x", "token：%s",
		"token:%s", "token: \"\\d%s\"", "token: {%s", "aes_key: [%s", "aes_key:\n     - @%s", "aes_key: [@%s, *%s]", "app_secret: |\n    %s",
		"token: {a: %s}", "token: [%s]", "aes_key: %s", "aes_key: [%s, {x: %s}]", "token: ${%s", "token: ${%s-x}", "secret: %s", "tokken: %s", "token_file: /nowhere\n    token: %s",
		"token: a\n    token: %s", "- token: %s", "token: %s\tx: y", "token: %%%s", "token: `%s`", "token: {{%s}}", "\"token\": @%s", "kind: service, token: @%s",
	} {
		yaml := "accounts:\n  - name: a\n    " + strings.ReplaceAll(line, "%s", secret) + "\n"
		dir := writeBot(t, map[string]string{"bot.yaml": yaml, "rules/a.yaml": "rules: [{name: a, reply: a}]"})
		_, err := Load(dir, Options{Env: noEnv, Secrets: true})
		problems, _ := err.(Problems)
		if len(problems) == 0 {
			t.Errorf("no problem with\n%s", yaml)
		}
		for i := range secret[:len(secret)-5] {
			if strings.Contains(problemText(problems), secret[i:i+6]) {
				t.Errorf("%s in\n%sof\n%s", secret[i:i+6], problemText(problems), yaml)
				break
			}
		}
	}
}

func TestSecretNeverPrints(t *testing.T) {
	a := Account{Token: "hush", AppSecret: "hush", AESKeys: []Secret{"hush"}}
	var log strings.Builder
	logger := slog.New(slog.NewTextHandler(&log, nil))
	logger.Info("x", "account", a, "token", a.Token, "keys", a.AESKeys)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "account", a, "token", a.Token, "keys", a.AESKeys)
	out, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	text := log.String() + string(out) + fmt.Sprint(a, &a, a.AESKeys) + fmt.Sprintf("%v %+v %#v %s %q %x %d %v", a, a, a, a.Token, a.Token, a.Token, a.Token, &a.Token)
	if strings.Contains(text, "hush") || strings.Contains(text, "68757368") || strings.Contains(text, "104 117") {
		t.Error(text)
	}
	if s := fmt.Sprintf("%v|%v", Secret("x"), Secret("")); s != "***|" {
		t.Error(s)
	}
	if string(a.Token) != "hush" {
		t.Error("the text itself is lost")
	}
}

func noEnv(string) (string, bool) { return "", false }

// writeBot writes the files of a bot into a new folder.
func writeBot(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// wantProblems loads the bot, which must have exactly these problems.
func wantProblems(t *testing.T, dir string, o Options, want ...string) {
	t.Helper()
	bot, err := Load(dir, o)
	problems, _ := err.(Problems)
	if err == nil {
		problems = bot.Problems
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.Error())
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
