package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// Info strings of the blocks that documentation may hold. Any other kind
// fails, so that nothing in the documentation goes unread.
const (
	infoYAML    = "yaml"         // a rule file or a bot.yaml that check has nothing to say about
	infoMistake = "yaml mistake" // check must fail, and say what the next block shows
	infoWarning = "yaml warning" // check must warn, and say what the next block shows
	infoText    = "text"         // what check says about the block before
	infoShell   = "sh"           // commands
	infoConsole = "console"      // commands behind a $, with what they print
	infoNginx   = "nginx"
)

// TestDocsYAML checks every YAML block of the documentation as a bot of its
// own, and runs the tests in it.
func TestDocsYAML(t *testing.T) {
	found := 0
	for _, p := range readPages(t) {
		for i, b := range p.blocks {
			switch b.info {
			case infoYAML:
				found++
				t.Run(fmt.Sprintf("%s:%d", p.path, b.line), func(t *testing.T) { checkGood(t, b.text) })
			case infoMistake, infoWarning:
				found++
				if i+1 == len(p.blocks) || p.blocks[i+1].info != infoText {
					t.Errorf("%s:%d: no ```text block with the message follows", p.path, b.line)
					continue
				}
				want := p.blocks[i+1].text
				t.Run(fmt.Sprintf("%s:%d", p.path, b.line), func(t *testing.T) { checkBad(t, b, want) })
			case infoText:
				if i == 0 || p.blocks[i-1].info != infoMistake && p.blocks[i-1].info != infoWarning {
					t.Errorf("%s:%d: a ```text block without a mistake or warning before it", p.path, b.line)
				}
			case infoShell, infoConsole: // TestDocsCommands
			case infoNginx:
				checkNginx(t, p, b)
			default:
				t.Errorf("%s:%d: no test reads blocks of the kind %q", p.path, b.line, b.info)
			}
		}
	}
	if found == 0 {
		t.Error("no YAML block was found")
	}
}

func checkGood(t *testing.T, text string) {
	dir := botOf(t, text)
	if got := runCommand(t, "check", "--strict", dir); got.code != exitDone {
		t.Fatalf("check says:\n%s%s", got.stdout, got.stderr)
	}
	if !strings.Contains(text, "tests:") {
		return
	}
	if got := runCommand(t, "test", dir); got.code != exitDone {
		t.Errorf("test says:\n%s%s", got.stdout, got.stderr)
	}
}

func checkBad(t *testing.T, b codeBlock, want string) {
	dir := botOf(t, b.text)
	code := exitProblems
	if b.info == infoWarning {
		code = exitWarnings
	}
	t.Chdir(dir)
	got := runCommand(t, "check", "--strict")
	if got.code != code {
		t.Errorf("exit code %d, want %d", got.code, code)
	}
	if got.stdout != want {
		t.Errorf("check says:\n%swant:\n%s", got.stdout, want)
	}
}

// checkNginx holds what the pages say about nginx against the defaults of
// bot.yaml.
func checkNginx(t *testing.T, p *page, b codeBlock) {
	for _, want := range []string{"location = /weixin {", "proxy_pass http://127.0.0.1:8080;"} {
		if !strings.Contains(b.text, want) {
			t.Errorf("%s:%d: the block lacks %q", p.path, b.line, want)
		}
	}
	if strings.Count(b.text, "{") != strings.Count(b.text, "}") {
		t.Errorf("%s:%d: braces do not pair", p.path, b.line)
	}
}

// docsBot is the bot.yaml around a rule file of the documentation.
const docsBot = `webhooks: {llm: {url: "http://127.0.0.1:9000/answer"}}
accounts: [{name: docs, kind: service, verified: true, token: "${WECHAT_TOKEN}"}]
`

// botOf makes a bot's folder of one block: by its keys it is a rule file or a
// bot.yaml.
func botOf(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if regexp.MustCompile(`(?m)^(server|accounts|webhooks):`).MatchString(text) {
		write(t, dir, "bot.yaml", text)
		var bot struct {
			Accounts []struct{ Rules yaml.Node }
		}
		if err := yaml.Unmarshal([]byte(text), &bot); err != nil {
			t.Fatal(err)
		}
		folders := []string{"rules"}
		for _, a := range bot.Accounts {
			if a.Rules.Kind == yaml.SequenceNode {
				if err := a.Rules.Decode(&folders); err != nil {
					t.Fatal(err)
				}
			}
			for _, folder := range folders {
				write(t, dir, folder+"/faq.yaml", "rules: [{reply: hello}]\n")
			}
		}
		return dir
	}
	write(t, dir, "bot.yaml", docsBot)
	write(t, dir, "rules/faq.yaml", text)
	write(t, dir, "media/cat.jpg", "\xff\xd8\xff\xe0")
	return dir
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// outcome is what a command line gave.
type outcome struct {
	code           int
	stdout, stderr string
}

// runCommand runs one command line of the program in this process.
func runCommand(t *testing.T, args ...string) outcome {
	t.Helper()
	return runWith(t, func(string) (string, bool) { return "", false }, args...)
}

func runWith(t *testing.T, env func(string) (string, bool), args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(context.Background(), args, strings.NewReader(""), &stdout, &stderr, env)
	return outcome{code, stdout.String(), stderr.String()}
}

// TestDocsFunctions renders the example of every template function in the
// table of docs/rules.md.
func TestDocsFunctions(t *testing.T) {
	row := regexp.MustCompile("(?m)^\\| `(\\{\\{.*?\\}\\})` \\| `(.*?)` \\|")
	var tables [2][][]string
	for i, title := range []string{"Functions", "函数"} {
		p := readPage(t, []string{"docs/rules.md", "docs/rules" + chinese}[i])
		tables[i] = row.FindAllStringSubmatch(p.section(t, title), -1)
		if len(tables[i]) == 0 {
			t.Fatalf("%s has no table of functions", p.path)
		}
		var rules, tests strings.Builder
		for n, r := range tables[i] {
			fmt.Fprintf(&rules, "  - {name: f%d, when: {keyword: {exact: f%d}}, reply: %s}\n", n, n, quoted(r[1]))
			fmt.Fprintf(&tests, "  - {send: f%d, expect: {rule: f%d, text: %s}}\n", n, n, quoted(r[2]))
		}
		checkGood(t, "rules:\n"+rules.String()+"tests:\n"+tests.String())
	}
	if a, b := fmt.Sprint(tables[0]), fmt.Sprint(tables[1]); a != b {
		t.Errorf("the tables differ:\n%s\n%s", a, b)
	}
}

// quoted is a text in YAML's single quotes.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
