package rules

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const oneAccount = "accounts: [{token: abc}]\n"

// ruleNames lists the names of an account's rules in order.
func ruleNames(a *Account) string {
	var names []string
	for _, r := range a.Set.Rules {
		names = append(names, r.Name)
	}
	return strings.Join(names, " ")
}

func rule(name string) string {
	return fmt.Sprintf("rules: [{name: %s, reply: %s}]\n", name, name)
}

func mustLoad(t *testing.T, l *Loader) *Bot {
	t.Helper()
	bot, err := l.Load()
	if err != nil {
		t.Fatal(err)
	}
	return bot
}

func TestLoadOrder(t *testing.T) {
	dir := writeBot(t, map[string]string{
		"bot.yaml":            "accounts: [{token: abc, rules: [z, a, ../OUT]}]",
		"z/10.yaml":           rule("z10"),
		"z/2.yaml":            rule("z2"),
		"z/2/b.yaml":          rule("z2b"),
		"z/2/a/x.yml":         rule("z2ax"),
		"z/2-a.YAML":          rule("z2-a"),
		"z/README.md":         "no rules",
		"z/.hidden.yaml":      "not: [yaml",
		"z/.git/x.yaml":       "not: [yaml",
		"z/#x.yaml#":          "not: [yaml",
		"z/~$x.yaml":          "not: [yaml",
		"z/x.yaml~":           "not: [yaml",
		"z/.x.yaml.swp":       "not: [yaml",
		"z/x.yaml.tmp":        "not: [yaml",
		"z/4913":              "not: [yaml",
		"a/one.yaml":          rule("a1"),
		"unused/no.yaml":      "not: [yaml",
		"z/..data/a.yaml":     "not: [yaml",
		"z/..2026_1/b.yaml":   "not: [yaml",
		"z/2/._resource.yaml": "not: [yaml",
	})
	out := t.TempDir()
	write(t, filepath.Join(out, "o.yaml"), rule("o"))
	below, err := filepath.Rel(dir, out)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "bot.yaml"), strings.ReplaceAll("accounts: [{token: abc, rules: [z, a, OUT]}]", "OUT", below))
	bot := mustLoad(t, NewLoader(dir, Options{}))
	if got, want := ruleNames(bot.Accounts[0]), "z2 z2ax z2b z2-a z10 a1 o"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var files []string
	for _, f := range bot.Accounts[0].Set.Files {
		files = append(files, f.Path)
	}
	want := []string{"z/2.yaml", "z/2/a/x.yml", "z/2/b.yaml", "z/2-a.YAML", "z/10.yaml", "a/one.yaml", filepath.ToSlash(below) + "/o.yaml"}
	if d := cmp.Diff(want, files); d != "" {
		t.Error(d)
	}
}

// The bot's folder as rules folder: bot.yaml and menu.yaml are no rules.
func TestLoadFolderItself(t *testing.T) {
	dir := writeBot(t, map[string]string{
		"bot.yaml": "accounts: [{token: abc, rules: .}]", "menu.yaml": "button: []", "a.yaml": rule("a"), "sub/menu.yaml": rule("m"),
	})
	if got := ruleNames(mustLoad(t, NewLoader(dir, Options{})).Accounts[0]); got != "a m" {
		t.Error(got)
	}
}

func TestLoadLinks(t *testing.T) {
	dir := writeBot(t, map[string]string{
		"bot.yaml":         "accounts: [{name: x, token: abc, rules: [rules, real/sub]}, {name: y, token: abc, path: /y, rules: real}]",
		"real/a.yaml":      rule("a"),
		"real/sub/b.yaml":  rule("b"),
		"elsewhere/c.yaml": rule("c"),
	})
	link := func(target, name string) {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	link("real", "rules")                                      // the folder itself
	link("../../elsewhere", "real/sub/linked")                 // a folder in it
	link(filepath.Join(dir, "real/a.yaml"), "real/again.yaml") // a file twice
	link("..", "real/sub/circle")                              // a circle
	link("someone@host.123:456", "real/.#a.yaml")              // a lock of Emacs
	link("nowhere", "real/README")                             // no rule file
	bot := mustLoad(t, NewLoader(dir, Options{}))
	if got := ruleNames(bot.Accounts[0]); got != "a b c" {
		t.Errorf("x: %s", got)
	}
	if got := ruleNames(bot.Accounts[1]); got != "a b c" {
		t.Errorf("y: %s", got)
	}
	link("nowhere", "real/broken.yaml")
	wantProblems(t, dir, Options{},
		"rules/broken.yaml: cannot be read: no such file or directory",
		"real/broken.yaml: cannot be read: no such file or directory")
}

// Rules beside bot.yaml are warned of, unless the bot's folder is one of rules.
func TestStrayFiles(t *testing.T) {
	files := map[string]string{
		"rules/a.yaml": rule("a"), "faq.yaml": rule("b"), "测试.yml": "tests：\n", "compose.yaml": "services:\n  bot: {image: x}\n",
		"menu.yaml": "button: []", "notes.txt": rule("c"), ".hidden.yaml": rule("d"), "sub.yaml/x": "rules:\n",
	}
	for bot, want := range map[string]string{
		oneAccount:                           "faq.yaml: this file is not read: it stands beside the rules, not among them\n测试.yml: this file is not read: it stands beside the rules, not among them",
		"accounts: [{token: abc, rules: .}]": "",
	} {
		files["bot.yaml"] = bot
		loaded, err := Inspect(writeBot(t, files), Options{})
		if loaded == nil {
			t.Fatal(err)
		}
		if got := StrayFiles(loaded).Error(); got != want {
			t.Errorf("%s: %s", bot, got)
		}
	}
}

// A file that nobody may read is told with what lets the bot read it.
func TestUnreadableHint(t *testing.T) {
	denied := reason(&fs.PathError{Op: "open", Path: "/secret/rules/a.yaml", Err: syscall.EACCES})
	if got := permissionHint(denied, "rules/a.yaml"); !strings.HasSuffix(got, ": chmod -R a+rX rules/a.yaml") {
		t.Errorf("%q: %q", denied, got)
	}
	if got := permissionHint(reason(syscall.EIO), "rules/a.yaml"); got != "" {
		t.Error(got)
	}
}

func TestLoadShared(t *testing.T) {
	dir := writeBot(t, map[string]string{
		"bot.yaml":      "accounts: [{name: a, token: abc, rules: [own, shared]}, {name: b, token: abc, path: /b, rules: [shared]}]",
		"own/a.yaml":    rule("a"),
		"shared/s.yaml": rule("s") + "tests:\n  - {send: s, expect: s}\n  - {account: a, name: only a, send: s, expect: s}\n  - {account: b, name: only b, send: s, expect: s}\n",
	})
	l := NewLoader(dir, Options{})
	first := mustLoad(t, l)
	a, b := first.Accounts[0].Set, first.Accounts[1].Set
	if a.Files[1] != b.Files[0] {
		t.Error("accounts do not share a file")
	}
	if len(a.Tests) != 2 || a.Tests[1].Name != "only a" || len(b.Tests) != 2 || b.Tests[1].Name != "only b" {
		t.Errorf("tests: %v, %v", a.Tests, b.Tests)
	}

	second := mustLoad(t, l)
	if second.Accounts[0].Set != a || second.Accounts[1].Set != b {
		t.Error("nothing changed, but the sets are new")
	}
	write(t, filepath.Join(dir, "own/a.yaml"), rule("changed"))
	third := mustLoad(t, l)
	if got := third.Accounts[0].Set; got == a || got.Files[0] == a.Files[0] || got.Files[1] != a.Files[1] {
		t.Error("not exactly the changed file is new")
	}
	if third.Accounts[1].Set != b {
		t.Error("the set of the other account is new")
	}
	write(t, filepath.Join(dir, "shared/s.yaml"), "rules: [{name: s, replly: s}]")
	if _, err := l.Load(); err == nil || strings.Count(err.Error(), "\n") != 0 {
		t.Errorf("a problem of a shared file is told once: %v", err)
	}
	write(t, filepath.Join(dir, "shared/s.yaml"), rule("s"))
	write(t, filepath.Join(dir, "own/a.yaml"), rule("a"))
	if fourth := mustLoad(t, l); fourth.Accounts[0].Set.Files[0].Rules[0].Name != "a" {
		t.Error("not read again after a failed load")
	}
}

// A new version of a mounted ConfigMap is another folder behind the same links:
// the files that say the same are the same.
func TestLoadKeepsWhatALinkLeadsToElsewhere(t *testing.T) {
	dir := writeBot(t, map[string]string{
		"bot.yaml":           "accounts: [{name: a, token: abc}]",
		"rules/..1/one.yaml": rule("one"), "rules/..1/two.yaml": rule("two") + "tests: [{account: a, send: two, expect: two}]\n",
		"rules/..2/one.yaml": rule("changed"), "rules/..2/two.yaml": rule("two") + "tests: [{account: a, send: two, expect: two}]\n",
	})
	link := func(target, name string) {
		fresh := filepath.Join(dir, "fresh")
		if err := errors.Join(os.Symlink(target, fresh), os.Rename(fresh, filepath.Join(dir, name))); err != nil {
			t.Fatal(err)
		}
	}
	link("..1", "rules/..data")
	link("..data/one.yaml", "rules/one.yaml")
	link("..data/two.yaml", "rules/two.yaml")
	l := NewLoader(dir, Options{})
	before := mustLoad(t, l).Accounts[0].Set.Files
	link("..2", "rules/..data")
	after := mustLoad(t, l).Accounts[0].Set.Files
	if len(after) != 2 || after[0] == before[0] || after[0].Rules[0].Name != "changed" || after[1] != before[1] {
		t.Error("not exactly the changed file is new")
	}
}

// Files of the same size and time are told apart by what they say.
func TestLoadSeesContent(t *testing.T) {
	dir := writeBot(t, map[string]string{"bot.yaml": oneAccount, "rules/a.yaml": rule("a")})
	file := filepath.Join(dir, "rules/a.yaml")
	l := NewLoader(dir, Options{})
	mustLoad(t, l)
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	write(t, file, rule("b"))
	if err := os.Chtimes(file, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if got := ruleNames(mustLoad(t, l).Accounts[0]); got != "b" {
		t.Error(got)
	}
}

func TestSetProblems(t *testing.T) {
	many := "rules:\n"
	for i := range MaxVars + 2 {
		many += fmt.Sprintf("  - {when: {keyword: k%d}, reply: a, remember: {v%d: x}}\n", i, i)
	}
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"rule names": {
			map[string]string{"rules/1.yaml": rule("a"), "rules/2.yaml": rule("b") + "replies: {a: x}", "rules/10.yaml": rule("a")},
			[]string{`rules/10.yaml:1:9: rule "a": the rule at rules/1.yaml:1:9 has this name already`},
		},
		"reply names": {
			map[string]string{"rules/1.yaml": "replies: {a: x, b: y}", "rules/2.yaml": "replies: {b: z}\nrules: [{name: a, reply: a}]"},
			[]string{`rules/2.yaml:1:11: the reply "b" stands at rules/1.yaml:1:17 already`},
		},
		"use": {
			map[string]string{
				"rules/1.yaml": "replies: {greeting: x, one: {random: [{use: two}, a]}}",
				"rules/2.yaml": "rules: [{name: r, reply: {use: greetings}}, {reply: {all: [a, {random: [{weight: 2, reply: {use: nothing}}, b]}]}}]",
			},
			[]string{
				`rules/1.yaml:1:39: no reply is named "two"`,
				`rules/2.yaml:1:26: rule "r": no reply is named "greetings"`,
				`rules/2.yaml:1:92: no reply is named "nothing"`,
			},
		},
		"circles": {
			map[string]string{"rules/1.yaml": "replies:\n  a: {use: b}\n  b: {random: [x, {use: c}]}\n  c: {use: a}\n  d: {use: d}\n  e: {use: a}\nrules: [{reply: {use: a}}]"},
			[]string{
				"rules/1.yaml:2:3: replies use each other in a circle: a → b → c → a",
				"rules/1.yaml:5:3: replies use each other in a circle: d → d",
			},
		},
		"webhook": {
			map[string]string{"rules/1.yaml": "rules: [{name: r, reply: {webhook: lllm, fallback: {use: x}}}]\nreplies: {x: {webhook: llm}}"},
			[]string{`rules/1.yaml:1:26: rule "r": no webhook is named "lllm"`},
		},
		"vars": {
			map[string]string{"rules/1.yaml": many},
			[]string{`rules/1.yaml:34:49: the rules of the account remember more than 32 vars, beginning with "v32" here`},
		},
		"expected vars": {
			map[string]string{"rules/1.yaml": "rules: [{name: r, reply: a, remember: {city: x}}]\ntests: [{send: a, expect: {vars: {city: x, citty: y}}}]\n"},
			[]string{`rules/1.yaml:2:27: no rule remembers a variable "citty"`},
		},
		"tests": {
			map[string]string{"rules/1.yaml": "rules: [{name: a, reply: a}]\ntests:\n  - {account: shopp, send: a, expect: a}\n  - {account: other, send: a, expect: a}\n  - {account: shop, send: a, expect: a}\n"},
			[]string{
				`rules/1.yaml:3:5: no account is named "shopp"`,
				`rules/1.yaml:4:5: the account "other" of the test does not read this file`,
			},
		},
		"media": {
			map[string]string{"media/cat.jpg": "x", "rules/1.yaml": "rules: [{name: r, reply: {random: [{image: media/cat.jpg}, {image: media/dog.jpg}]}}]"},
			[]string{`rules/1.yaml:1:60: rule "r": there is no file media/dog.jpg`},
		},
		"emptied": {
			map[string]string{"rules/1.yaml": "# nothing yet\n", "rules/2.yaml": "replies: {b: z}"},
			[]string{`bot.yaml:3:5: the rule files of account "shop" hold no rules: nothing is answered`},
		},
		"no rules": {
			map[string]string{"rules/notes.txt": "x"},
			[]string{"bot.yaml:3:5: the folder rules has no rule files"},
		},
		"misnamed": {
			map[string]string{"rules/1.yaml": rule("a"), "rules/sub/faq.yaml.txt": "x", "rules/faq.YML.txt": "x", "rules/b.ymal": "x", "rules/.c.yaml.txt": "x", "rules/~d.yaml.txt": "x", "rules/e.yaml.bak": "x"},
			[]string{
				"rules/b.ymal: this file is not read: the name of a rule file ends in .yaml",
				"rules/faq.YML.txt: this file is not read: the name of a rule file ends in .yaml",
				"rules/sub/faq.yaml.txt: this file is not read: the name of a rule file ends in .yaml",
			},
		},
		"a broken file hides no name": {
			map[string]string{"rules/1.yaml": rule("a") + "replies: {r: x", "rules/2.yaml": rule("b") + "tests: [{send: x, expect: {rule: b}, sned: x}]", "rules/3.yaml": "rules: [{name: b, reply: {use: r}}]"},
			nil, // looked at below
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.files["bot.yaml"] = "webhooks: {llm: {url: \"http://llm/\"}}\naccounts:\n  - {name: shop, token: abc}\n  - {name: other, token: abc, path: /o, rules: more}\n"
			c.files["more/m.yaml"] = rule("m")
			dir := writeBot(t, c.files)
			if c.want != nil {
				wantProblems(t, dir, Options{}, c.want...)
				return
			}
			_, err := Load(dir, Options{})
			problems, _ := err.(Problems)
			text := problemText(problems)
			if len(problems) != 3 || !strings.Contains(text, "rules/1.yaml:2") || !strings.Contains(text, "`sned`") || !strings.Contains(text, "rules/2.yaml:1:9 has this name already") {
				t.Error(text)
			}
		})
	}
}

func TestMediaLinksStayInside(t *testing.T) {
	dir := writeBot(t, map[string]string{"bot.yaml": oneAccount, "rules/1.yaml": "rules: [{reply: {image: media/x.jpg}}]", "media/a.jpg": "x"})
	secret := filepath.Join(t.TempDir(), "x.jpg")
	write(t, secret, "x")
	if err := os.Symlink(secret, filepath.Join(dir, "media/x.jpg")); err != nil {
		t.Fatal(err)
	}
	wantProblems(t, dir, Options{}, "rules/1.yaml:1:17: the file media/x.jpg is a link out of the bot's folder")
}

// Every problem of all files comes at once, in order.
func TestLoadEveryProblem(t *testing.T) {
	dir := writeBot(t, map[string]string{
		"bot.yaml":      "timezone: Mars\naccounts: [{token: abc, rules: [rules, none]}]",
		"rules/10.yaml": "rules: [{rply: a}]",
		"rules/2.yaml":  "rules: [{name: a, reply: a}, {name: a, reply: {use: x}, goto: 1 2}]",
	})
	_, err := Load(dir, Options{})
	problems, _ := err.(Problems)
	var places []string
	for _, p := range problems {
		places = append(places, p.Pos.String())
	}
	text := strings.Join(places, " ")
	if !strings.HasPrefix(text, "bot.yaml:1:11 bot.yaml:2:40 rules/2.yaml:1:30 ") || !strings.Contains(text, " rules/10.yaml:1:10") || strings.Index(text, "rules/10") < strings.LastIndex(text, "rules/2") {
		t.Errorf("%s\n%s", text, problemText(problems))
	}
}

func TestMountWarnings(t *testing.T) {
	dir := writeBot(t, map[string]string{"bot.yaml": "", "rules/my rules.yaml": "", "rules/sub/b.yaml": "", "token": "", "other/x.yaml": ""})
	table := ""
	for _, point := range []string{"/", dir, "bot.yaml", "rules", "rules/my rules.yaml", "token", "other/x.yaml", "rules/gone.yaml"} {
		if !filepath.IsAbs(point) {
			point = filepath.Join(dir, point)
		}
		table += "36 35 98:0 /mnt1 " + strings.ReplaceAll(point, " ", `\040`) + " rw,noatime master:1 - ext3 /dev/root rw\n"
	}
	sources := []string{filepath.Join(dir, "bot.yaml"), filepath.Join(dir, "rules"), filepath.Join(dir, "token")}
	var got []string
	for _, p := range mountWarnings(sources, table) {
		if !p.IsWarning() {
			t.Errorf("%s is no warning", p.Code)
		}
		got = append(got, p.Pos.File)
	}
	if d := cmp.Diff([]string{filepath.Join(dir, "bot.yaml"), filepath.Join(dir, "rules/my rules.yaml")}, got); d != "" {
		t.Error(d)
	}
}
