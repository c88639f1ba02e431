package main

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"
	"time"
)

// greeterRules and greeterBot are a bot of one file on ports of its own.
const (
	greeterBot = `server: {listen: "127.0.0.1:0", admin: "127.0.0.1:0"}
accounts: [{name: greeter, token: "${WECHAT_TOKEN:-greeter-example-token}"}]
`
	greeterRules = `rules:
  - name: 问候
    when: {keyword: 你好}
    reply: 您好！
  - name: 默认
    reply: 没听懂
`
)

// greeter is the folder of a new bot.
func greeter(t *testing.T) string {
	t.Helper()
	return botWith(t, greeterRules)
}

func botWith(t *testing.T, ruleFile string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "bot.yaml", greeterBot)
	write(t, dir, "rules/a.yaml", ruleFile)
	return dir
}

// runIn runs a command line with dir as the current folder.
func runIn(t *testing.T, dir string, args ...string) outcome {
	t.Helper()
	t.Chdir(dir)
	return runCommand(t, args...)
}

// environment looks variables up in a map.
func environment(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		v, ok := vars[name]
		return v, ok
	}
}

// running is a command that runs on until it is stopped.
type running struct {
	stdout, stderr *lockedBuffer
	cancel         context.CancelFunc
	ended          chan int
}

// start runs a command line until stop, or until it ends by itself.
func start(t *testing.T, vars map[string]string, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{stdout: &lockedBuffer{}, stderr: &lockedBuffer{}, cancel: cancel, ended: make(chan int, 1)}
	go func() {
		r.ended <- run(ctx, args, strings.NewReader(""), r.stdout, r.stderr, environment(vars))
	}()
	t.Cleanup(func() { r.stop(t) })
	return r
}

// stop ends the command as SIGTERM does and gives its exit code.
func (r *running) stop(t *testing.T) int {
	t.Helper()
	r.cancel()
	select {
	case code := <-r.ended:
		r.ended <- code
		return code
	case <-time.After(20 * time.Second):
		t.Fatalf("it does not end:\n%s", r.stderr)
		return 0
	}
}

// await waits until what the buffer holds fits the expression, from an offset
// on, and gives the submatches.
func await(t *testing.T, b *lockedBuffer, from int, expression string) []string {
	t.Helper()
	re := regexp.MustCompile(expression)
	var match []string
	until(t, func() bool {
		match = re.FindStringSubmatch(b.String()[from:])
		return match != nil
	}, func() string { return "nothing fits " + expression + " in:\n" + b.String() })
	return match
}

// until polls a condition; the deadline is only there to end a test that
// fails.
func until(t *testing.T, holds func() bool, complaint func() string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); {
		if time.Now().After(deadline) {
			t.Fatal(complaint())
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// runWith runs one command line in an environment.
func runWith(t *testing.T, env func(string) (string, bool), args ...string) outcome {
	t.Helper()
	return runWhole(t, env, "", args...)
}

// runStdin runs one command line with something to read.
func runStdin(t *testing.T, stdin string, args ...string) outcome {
	t.Helper()
	return runWhole(t, environment(nil), stdin, args...)
}

func runWhole(t *testing.T, env func(string) (string, bool), stdin string, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(context.Background(), args, strings.NewReader(stdin), &stdout, &stderr, env)
	return outcome{code, stdout.String(), stderr.String()}
}
