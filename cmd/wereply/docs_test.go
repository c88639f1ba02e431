package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"wereply/engine"
)

// Info strings of the blocks that documentation may hold. Any other kind
// fails, so that nothing in the documentation goes unread.
//
// A YAML block is one file, or several that each begin with a line such as
// # menu.yaml. A word behind yaml is the sort of account that reads it.
const (
	infoYAML    = "yaml"         // a rule file or a bot.yaml that check has nothing to say about
	infoMistake = "yaml mistake" // check must fail, and say what the next block shows
	infoWarning = "yaml warning" // check must warn, and say what the next block shows
	infoFailing = "yaml failing" // test must fail, and say what the next block shows
	infoText    = "text"         // what check or test says about the block before
	infoShell   = "sh"           // commands
	infoConsole = "console"      // commands behind a $, with what they print
	infoNginx   = "nginx"
	infoJSON    = "json" // a file of VS Code, which TestDocsVSCode reads
)

var update = flag.Bool("update", false, "write what check says today into the documentation")

// TestDocsYAML checks every YAML block of the documentation as a bot of its
// own, and runs the tests in it.
func TestDocsYAML(t *testing.T) {
	found := 0
	for _, p := range readPages(t) {
		for i, b := range p.blocks {
			switch info, _ := accountOf(b.info); info {
			case infoYAML:
				found++
				t.Run(fmt.Sprintf("%s:%d", p.path, b.line), func(t *testing.T) { checkGood(t, b) })
			case infoMistake, infoWarning, infoFailing:
				found++
				if i+1 == len(p.blocks) || p.blocks[i+1].info != infoText {
					t.Errorf("%s:%d: no ```text block with the message follows", p.path, b.line)
					continue
				}
				want := p.blocks[i+1].text
				t.Run(fmt.Sprintf("%s:%d", p.path, b.line), func(t *testing.T) {
					if got := checkBad(t, b); *update {
						p.rewrite(t, b.text+"```\n\n```text\n", want, got)
					} else if got != want {
						t.Errorf("check says:\n%swant:\n%s", got, want)
					}
				})
			case infoText:
				if before := infoBefore(p.blocks[:i]); before != infoMistake && before != infoWarning && before != infoFailing {
					t.Errorf("%s:%d: a ```text block without a mistake or warning before it", p.path, b.line)
				}
			case infoShell, infoConsole, infoJSON: // TestDocsCommands, TestDocsVSCode
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

// accounts are the sorts of account that may read a block, as bot.yaml says
// them.
var accounts = map[string]string{
	"":             "kind: service, verified: true",
	"miniprogram":  "kind: miniprogram, verified: true",
	"subscription": "kind: subscription",
}

// accountOf parts the sort of account from an info string.
func accountOf(info string) (kind, account string) {
	for name := range accounts {
		if rest, ok := strings.CutSuffix(info, " "+name); ok && name != "" {
			return rest, name
		}
	}
	return info, ""
}

func infoBefore(blocks []codeBlock) string {
	if len(blocks) == 0 {
		return ""
	}
	info, _ := accountOf(blocks[len(blocks)-1].info)
	return info
}

func checkGood(t *testing.T, b codeBlock) {
	dir := botOf(t, b)
	if got := runCommand(t, "check", "--strict", dir); got.code != exitDone {
		t.Fatalf("check says:\n%s%s", got.stdout, got.stderr)
	}
	if !strings.Contains(b.text, "tests:") {
		return
	}
	if got := runCommand(t, "test", dir); got.code != exitDone {
		t.Errorf("test says:\n%s%s", got.stdout, got.stderr)
	}
}

// checkBad gives what check says about a block that is not right, or test of
// one that fails.
func checkBad(t *testing.T, b codeBlock) string {
	code, command := exitProblems, []string{"check", "--strict"}
	switch info, _ := accountOf(b.info); info {
	case infoWarning:
		code = exitWarnings
	case infoFailing:
		command = []string{"test"}
	}
	got := runIn(t, botOf(t, b), command...)
	if got.code != code {
		t.Errorf("exit code %d, want %d", got.code, code)
	}
	return got.stdout
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
accounts: [{name: docs, %s, token: "${WECHAT_TOKEN}"}]
`

// fileLine begins one of several files in a block.
var fileLine = regexp.MustCompile(`(?m)^# ((?:bot|menu|rules/\S+)\.yaml(?:\.txt)?)\n`)

// botOf makes a bot's folder of one block: of the files it names, or by its
// keys it is a rule file or a bot.yaml.
func botOf(t *testing.T, b codeBlock) string {
	t.Helper()
	dir := t.TempDir()
	_, account := accountOf(b.info)
	write(t, dir, "bot.yaml", fmt.Sprintf(docsBot, accounts[account]))
	write(t, dir, "media/cat.jpg", "\xff\xd8\xff\xe0")
	if names := fileLine.FindAllStringSubmatchIndex(b.text, -1); names != nil {
		for i, at := range names {
			end := len(b.text)
			if i+1 < len(names) {
				end = names[i+1][0]
			}
			write(t, dir, b.text[at[2]:at[3]], b.text[at[0]:end])
		}
		return dir
	}
	if !describesBot(b.text) {
		write(t, dir, "rules/faq.yaml", b.text)
		return dir
	}
	write(t, dir, "bot.yaml", b.text)
	for _, folder := range ruleFolders(t, b.text) {
		write(t, dir, folder+"/faq.yaml", fmt.Sprintf("rules: [{when: {keyword: %q}, reply: hello}]\n", folder))
	}
	return dir
}

// ruleFolders are the folders that a bot.yaml reads.
func ruleFolders(t *testing.T, text string) []string {
	t.Helper()
	var bot struct {
		Accounts []struct{ Rules yaml.Node }
	}
	if err := yaml.Unmarshal([]byte(text), &bot); err != nil {
		t.Fatal(err)
	}
	all := []string{"rules"}
	for _, a := range bot.Accounts {
		if a.Rules.Kind == yaml.SequenceNode {
			var folders []string
			if err := a.Rules.Decode(&folders); err != nil {
				t.Fatal(err)
			}
			all = append(all, folders...)
		}
	}
	return all
}

// describesBot tells a bot.yaml from a rule file.
func describesBot(text string) bool {
	return regexp.MustCompile(`(?m)^(server|accounts|webhooks):`).MatchString(text)
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
	return runStdin(t, "", args...)
}

// TestDocsFunctions renders the examples in the tables of template functions,
// which must name every function and no other.
func TestDocsFunctions(t *testing.T) {
	var names []string
	for _, f := range engine.Functions() {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	for name, title := range map[string]string{"docs/rules.md": "Functions", "docs/rules" + chinese: "函数"} {
		t.Run(name, func(t *testing.T) {
			examples := functionTable(t, readPage(t, name).section(t, title))
			var rules, tests strings.Builder
			var documented []string
			for i, e := range examples {
				documented = append(documented, regexp.MustCompile(`\w+`).FindString(e.template))
				fmt.Fprintf(&rules, "  - {name: r%d, when: {from: u%d, keyword: {regex: 'order (\\d+)'}}, reply: %s}\n", i, i, quoted(e.template))
				fmt.Fprintf(&tests, "  - {send: {text: order 123, from: u%d}, expect: {rule: r%d, text: %s}}\n", i, i, quoted(e.gives))
			}
			slices.Sort(documented)
			if !slices.Equal(documented, names) {
				t.Errorf("the table names\n%s\nbut there are\n%s", documented, names)
			}
			checkGood(t, codeBlock{info: infoYAML, text: "rules:\n" + rules.String() + "tests:\n" + tests.String()})
		})
	}
}

type functionExample struct{ template, gives string }

func functionTable(t *testing.T, section string) []functionExample {
	t.Helper()
	row := regexp.MustCompile("(?m)^\\| `(\\{\\{.*?\\}\\})` \\| `(.*?)` \\|")
	var list []functionExample
	for _, m := range row.FindAllStringSubmatch(section, -1) {
		list = append(list, functionExample{strings.ReplaceAll(m[1], `\|`, "|"), m[2]})
	}
	if len(list) == 0 {
		t.Fatal("no table of functions")
	}
	return list
}

// quoted is a text in YAML's single quotes.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
