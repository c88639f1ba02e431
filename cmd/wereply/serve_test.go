package main

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// bot is a bot that serve runs.
type bot struct {
	*running
	dir, public, admin string
}

// serve starts the bot of dir and waits until it listens.
func serve(t *testing.T, dir string, vars map[string]string, args ...string) *bot {
	t.Helper()
	r := start(t, vars, append([]string{"serve", dir}, args...)...)
	at := await(t, r.stderr, 0, `listening public=(\S+) admin=(\S+)`)
	return &bot{r, dir, at[1], at[2]}
}

// send pushes to the bot by the command send.
func (b *bot) send(t *testing.T, args ...string) outcome {
	t.Helper()
	return runCommand(t, append([]string{"send", b.dir, "--url", "http://" + b.public + "/weixin"}, args...)...)
}

// awaitAnswer sends a text until the bot answers it with want.
func (b *bot) awaitAnswer(t *testing.T, text, want string) {
	t.Helper()
	var got outcome
	until(t, func() bool {
		got = b.send(t, "--text", text)
		return got.stdout == want+"\n"
	}, func() string { return text + ": " + got.stdout + got.stderr + "\nlog:\n" + b.stderr.String() })
}

func TestServeAnswersAndReloads(t *testing.T) {
	dir := greeter(t)
	b := serve(t, dir, nil)
	if got := b.send(t, "--text", "你好"); got.code != exitDone || got.stdout != "您好！\n" {
		t.Fatalf("exit code %d, stdout %q, stderr %q", got.code, got.stdout, got.stderr)
	}
	for _, want := range []string{
		"name=greeter", "path=/weixin", "rules=2", "mode=plaintext",
		"the one of an example", "watching=",
	} {
		if !strings.Contains(b.stderr.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, b.stderr)
		}
	}

	write(t, dir, "rules/a.yaml", strings.Replace(greeterRules, "您好！", "早上好！", 1))
	b.awaitAnswer(t, "你好", "早上好！")

	mark := len(b.stderr.String())
	write(t, dir, "rules/a.yaml", "rules:\n  - name: 坏\n    wen: {keyword: 你好}\n")
	await(t, b.stderr, mark, `rules/a\.yaml:3:5`)
	b.awaitAnswer(t, "你好", "早上好！")

	if b.stdout.String() != "" {
		t.Errorf("stdout: %q", b.stdout)
	}
	if code := b.stop(t); code != exitDone {
		t.Errorf("exit code %d", code)
	}
}

func TestServeReloadsAtHangup(t *testing.T) {
	b := serve(t, greeter(t), nil)
	mark := len(b.stderr.String())
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	await(t, b.stderr, mark, "SIGHUP")
	b.awaitAnswer(t, "你好", "您好！")
}

// TestServeRequiresTests: rules that fail their tests do not go live where
// bot.yaml says so.
func TestServeRequiresTests(t *testing.T) {
	dir := greeter(t)
	write(t, dir, "bot.yaml", greeterBot+"reload: {require_tests: true}\n")
	b := serve(t, dir, nil)
	mark := len(b.stderr.String())
	write(t, dir, "rules/a.yaml", strings.Replace(greeterRules, "您好！", "早上好！", 1)+"tests:\n  - {send: 你好, expect: 晚安}\n")
	await(t, b.stderr, mark, `rules/a\.yaml:8`)
	b.awaitAnswer(t, "你好", "您好！")
}

// TestServeRequiresTestsAtStart: such rules do not go live at the start either.
func TestServeRequiresTestsAtStart(t *testing.T) {
	dir := botWith(t, greeterRules+"tests:\n  - {send: 你好, expect: 晚安}\n")
	write(t, dir, "bot.yaml", greeterBot+"reload: {require_tests: true}\n")
	got := runIn(t, dir, "serve")
	if got.code != exitProblems || !strings.Contains(got.stderr, "rules/a.yaml:8") || !strings.Contains(got.stderr, "not started: 1 error") {
		t.Errorf("%+v", got)
	}
}

func TestServeRefusesBadRules(t *testing.T) {
	dir := botWith(t, "rules:\n  - wen: {keyword: 你好}\n  - reply: '{{.Contnt}}'\n    cooldwn: 1h\n")
	got := runIn(t, dir, "serve")
	if got.code != exitProblems || got.stdout != "" {
		t.Errorf("exit code %d, stdout %q", got.code, got.stdout)
	}
	for _, want := range []string{"rules/a.yaml:2:5:", "Contnt", "rules/a.yaml:4:5:", "hint: ", "not started: "} {
		if !strings.Contains(got.stderr, want) {
			t.Errorf("stderr lacks %q:\n%s", want, got.stderr)
		}
	}
	got = runIn(t, dir, "serve", "--log-format", "json")
	if got.code != exitProblems {
		t.Errorf("exit code %d", got.code)
	}
	for line := range strings.Lines(got.stderr) {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
}

func TestServeNeedsItsSecrets(t *testing.T) {
	dir := greeter(t)
	write(t, dir, "bot.yaml", "accounts: [{name: a, token: '${WECHAT_TOKEN}'}]\n")
	got := runIn(t, dir, "serve")
	if got.code != exitProblems || !strings.Contains(got.stderr, "bot.yaml:1:") || !strings.Contains(got.stderr, "WECHAT_TOKEN") {
		t.Errorf("exit code %d:\n%s", got.code, got.stderr)
	}
}

func TestServeAddressInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dir := greeter(t)
	for _, flag := range []string{"--listen", "--admin"} {
		got := runCommand(t, "serve", dir, flag, l.Addr().String())
		if got.code != exitProblems || !strings.Contains(got.stderr, "wereply: "+flag+": "+l.Addr().String()+" is in use by another program\nhint: ") {
			t.Errorf("%s: exit code %d:\n%s", flag, got.code, got.stderr)
		}
	}
}

func TestServeLogsJSON(t *testing.T) {
	r := start(t, nil, "serve", greeter(t), "--log-format", "json", "--log-level", "debug")
	await(t, r.stderr, 0, `"msg":"listening"`)
	if code := r.stop(t); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	for line := range strings.Lines(r.stderr.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
	if !regexp.MustCompile(`"took":"[0-9.]+(ns|µs|ms|s)"`).MatchString(r.stderr.String()) {
		t.Errorf("durations have no unit: %s", r.stderr.String())
	}
}

func TestHealthcheck(t *testing.T) {
	dir := greeter(t)
	b := serve(t, dir, nil)
	// The addresses of bot.yaml have port 0; those of a real one have not.
	got := runCommand(t, "healthcheck", dir, "--admin", b.admin)
	if got.code != exitDone || got.stdout != "ready\n" {
		t.Errorf("exit code %d: %s%s", got.code, got.stdout, got.stderr)
	}
	got = runCommand(t, "healthcheck", dir, "--admin", "off", "--listen", b.public)
	if got.code != exitDone {
		t.Errorf("admin off: exit code %d: %s", got.code, got.stderr)
	}

	// Rules that are broken at the moment do not make the bot unhealthy.
	write(t, dir, "rules/a.yaml", "rules: [{wen: 1}]\n")
	if got := runCommand(t, "healthcheck", dir, "--admin", b.admin); got.code != exitDone {
		t.Errorf("with broken rules: exit code %d: %s", got.code, got.stderr)
	}

	b.stop(t)
	for _, args := range [][]string{{"--admin", b.admin}, {"--admin", "off", "--listen", b.public}} {
		got := runCommand(t, append([]string{"healthcheck", dir}, args...)...)
		if got.code != exitProblems || !strings.Contains(got.stderr, "not ready: nothing answers at http://") {
			t.Errorf("stopped: exit code %d: %s", got.code, got.stderr)
		}
	}
}

// TestHealthcheckOther: something else that answers is not a ready bot.
func TestHealthcheckOther(t *testing.T) {
	other := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") })}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go other.Serve(l)
	defer other.Close()
	got := runCommand(t, "healthcheck", greeter(t), "--admin", "off", "--listen", l.Addr().String())
	if got.code != exitProblems || !strings.Contains(got.stderr, "answers 200 OK, not 403") {
		t.Errorf("exit code %d: %s", got.code, got.stderr)
	}
}

func TestReachable(t *testing.T) {
	for listen, want := range map[string]string{
		":8080":            "127.0.0.1:8080",
		"0.0.0.0:8080":     "127.0.0.1:8080",
		"[::]:8080":        "[::1]:8080",
		"127.0.0.1:8081":   "127.0.0.1:8081",
		"bot.internal:80":  "bot.internal:80",
		"192.168.1.5:8080": "192.168.1.5:8080",
	} {
		if got := reachable(listen); got != want {
			t.Errorf("reachable(%q) = %q, want %q", listen, got, want)
		}
	}
}

// TestServeFolderOfRulesOnly: bot.yaml is not needed.
func TestServeFolderOfRulesOnly(t *testing.T) {
	dir := greeter(t)
	if err := os.Remove(filepath.Join(dir, "bot.yaml")); err != nil {
		t.Fatal(err)
	}
	vars := map[string]string{"WECHAT_TOKEN": "abc"}
	r := start(t, vars, "serve", dir, "--listen", "127.0.0.1:0", "--admin", "off")
	at := await(t, r.stderr, 0, `listening public=(\S+) admin=off`)
	got := runWith(t, environment(vars), "send", dir, "--url", "http://"+at[1]+"/weixin", "--text", "你好")
	if got.code != exitDone || got.stdout != "您好！\n" {
		t.Errorf("exit code %d: %s%s", got.code, got.stdout, got.stderr)
	}
}
