package main

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"wereply/rules"
)

func TestCheckGood(t *testing.T) {
	got := runIn(t, greeter(t), "check", "--strict")
	want := outcome{exitDone, "", "ok: 1 account, 2 rules, 0 tests\n"}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestCheckStray: rules beside bot.yaml are warned of.
func TestCheckStray(t *testing.T) {
	dir := greeter(t)
	write(t, dir, "faq.yaml", "rules:\n  - {when: {keyword: 价格}, reply: 九块九}\n")
	got := runIn(t, dir, "check", "--strict")
	if got.code != exitWarnings || got.stdout != "faq.yaml: this file is not read: it stands beside the rules, not among them [warning W115]\n  hint: move it into the folder rules\n" {
		t.Errorf("%+v", got)
	}
}

// TestCheckText: each problem with its place, the line and a caret under the
// place, Chinese counted as two columns, and the hint.
func TestCheckText(t *testing.T) {
	dir := botWith(t, "rules:\n  - {name: 问候语, wen: {keyword: 你好}, reply: 您好}\n")
	got := runIn(t, dir, "check")
	if got.code != exitProblems {
		t.Errorf("exit code %d", got.code)
	}
	lines := strings.Split(got.stdout, "\n")
	if len(lines) < 4 || !strings.HasPrefix(lines[0], `rules/a.yaml:2:17: rule "问候语": `) || !strings.HasSuffix(lines[0], "]") {
		t.Fatalf("stdout:\n%s", got.stdout)
	}
	if want := "    2 |   - {name: 问候语, wen: {keyword: 你好}, reply: 您好}"; lines[1] != want {
		t.Errorf("line 2:\n%q, want\n%q", lines[1], want)
	}
	if want := "      |                    ^"; lines[2] != want {
		t.Errorf("line 3:\n%q, want\n%q", lines[2], want)
	}
	if !strings.HasPrefix(lines[3], "  hint: ") || !strings.Contains(lines[3], "when") {
		t.Errorf("line 4: %q", lines[3])
	}
	if got.stderr != "1 error; docs/warnings.md explains the codes\n" {
		t.Errorf("stderr: %q", got.stderr)
	}
}

// TestCheckAtOnce: what only compiling finds is reported together with what
// reading finds, unless it may follow from it.
func TestCheckAtOnce(t *testing.T) {
	dir := botWith(t, `rules:
  - {when: {keyword: a1}, remember: {town: x}, goto: nowhere, expires: soon}
  - {when: {keyword: b1}, reply: "{{.Vars.town}} {{.Contnet}}"}
  - {when: {keyword: {regex: "("}}, reply: c}
  - {when: {keyword: d1}, replay: d}
`)
	got := runIn(t, dir, "check")
	var codes []string
	for _, m := range regexp.MustCompile(`(?m)^rules/a.yaml:(\d+).*\[(\w+)\]$`).FindAllStringSubmatch(got.stdout, -1) {
		codes = append(codes, m[1]+" "+m[2])
	}
	want := []string{"2 E029", "3 E204", "4 E201", "5 E021"}
	if !slices.Equal(codes, want) {
		t.Errorf("got %v, want %v:\n%s", codes, want, got.stdout)
	}
}

// TestCheckPlaces: places are below the current folder, not below the bot's.
func TestCheckPlaces(t *testing.T) {
	dir := botWith(t, "rules:\n  - wen: 1\n")
	got := runCommand(t, "check", dir)
	if !strings.HasPrefix(got.stdout, dir+"/rules/a.yaml:2:5: ") {
		t.Errorf("stdout:\n%s", got.stdout)
	}
}

// warned is a rule file with a warning and nothing worse.
const warned = "rules:\n  - when: {keyword: 价格}\n    reply: 一斤 #五元\n"

func TestCheckStrict(t *testing.T) {
	dir := botWith(t, warned)
	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{"check"}, exitDone},
		{[]string{"check", "--strict"}, exitWarnings},
		{[]string{"check", "--strict", "--format", "json"}, exitWarnings},
		{[]string{"check", "--strict", "--format", "github"}, exitWarnings},
	} {
		got := runIn(t, dir, c.args...)
		if got.code != c.code || !strings.Contains(got.stdout, "W101") {
			t.Errorf("%v: exit code %d, want %d:\n%s", c.args, got.code, c.code, got.stdout)
		}
	}
	write(t, dir, "rules/b.yaml", "rules: [{wen: 1}]\n")
	if got := runIn(t, dir, "check", "--strict"); got.code != exitProblems || !strings.HasSuffix(got.stderr, "1 error, 1 warning; docs/warnings.md explains the codes\n") {
		t.Errorf("exit code %d:\n%s", got.code, got.stderr)
	}
}

func TestCheckJSON(t *testing.T) {
	dir := botWith(t, warned)
	got := runIn(t, dir, "check", "--format", "json")
	var report struct {
		Problems []jsonProblem
		counts
	}
	if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
		t.Fatalf("%v:\n%s", err, got.stdout)
	}
	if len(report.Problems) != 1 || report.Warnings != 1 || report.Errors != 0 {
		t.Fatalf("report: %+v", report)
	}
	p := report.Problems[0]
	if p.Code != "W101" || p.Severity != "warning" || p.File != "rules/a.yaml" || p.Line != 3 || p.Col == 0 || p.Message == "" {
		t.Errorf("problem: %+v", p)
	}
	if got.stderr != "" {
		t.Errorf("stderr: %q", got.stderr)
	}
	if got := runIn(t, greeter(t), "check", "--format", "json"); !strings.Contains(got.stdout, `"problems": []`) {
		t.Errorf("without problems: %s", got.stdout)
	}
}

func TestGitHub(t *testing.T) {
	var out strings.Builder
	github(&out, "bots/a", rules.Problems{
		{Code: "E021", Pos: rules.Pos{File: "rules/a,b.yaml", At: rules.At{Line: 3, Col: 5}}, Rule: "x", Msg: "100% wrong", Hint: "one\ntwo"},
		{Code: "N001", Pos: rules.Pos{File: "bot.yaml"}, Msg: "so: it is"},
	})
	want := "::error file=bots/a/rules/a%2Cb.yaml,line=3,col=5,title=E021::rule \"x\": 100%25 wrong%0Ahint: one%0Atwo\n" +
		"::notice file=bots/a/bot.yaml,title=N001::so: it is\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestQuoteLine(t *testing.T) {
	wide := strings.Repeat("价", 60)
	for _, c := range []struct {
		line          string
		col           int
		quoted, caret string
	}{
		{"when: x", 7, "when: x", "      ^"},
		{"价格：x", 4, "价格：x", "      ^"},
		{"\tx", 2, " x", " ^"},
		{"é\u0301x", 3, "é\u0301x", " ^"},
		{"😀x", 2, "😀x", "  ^"},
		{"ab", 9, "ab", "  ^"},
		{"a\x1b[31mb", 7, "a\ufffd[31mb", "      ^"},
		{wide, 50, "…" + strings.Repeat("价", 24+11), strings.Repeat(" ", 1+48) + "^"},
		{"x" + wide, 1, "x" + strings.Repeat("价", 19) + "…", "^"},
		{wide[:150], 50, wide[:150], strings.Repeat(" ", 98) + "^"},
	} {
		quoted, caret := quoteLine(c.line, c.col)
		if quoted != c.quoted || caret != c.caret {
			t.Errorf("quoteLine(%q, %d):\n%q\n%q, want\n%q\n%q", c.line, c.col, quoted, caret, c.quoted, c.caret)
		}
	}
}

// TestColours: only for a terminal that wants them.
func TestColours(t *testing.T) {
	terminal, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a character device, as a terminal is
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	var buffer strings.Builder
	for _, c := range []struct {
		vars map[string]string
		want bool
	}{
		{nil, true},
		{map[string]string{"TERM": "xterm", "NO_COLOR": ""}, true},
		{map[string]string{"NO_COLOR": "1"}, false},
		{map[string]string{"TERM": "dumb"}, false},
	} {
		cli := &cli{env: environment(c.vars)}
		if got := cli.styleOf(terminal).colours; got != c.want {
			t.Errorf("%v on a terminal: %v", c.vars, got)
		}
		if cli.styleOf(&buffer).colours {
			t.Errorf("%v into a file: colours", c.vars)
		}
	}
	p := &printer{out: &buffer, style: style{colours: true}, lines: map[string][]string{}}
	p.printOne(&rules.Problem{Code: "W101", Pos: rules.Pos{File: "a.yaml", At: rules.At{Line: 1}}, Msg: "odd"})
	if want := "\x1b[1ma.yaml:1\x1b[0m: odd \x1b[33m[warning W101]\x1b[0m\n"; buffer.String() != want {
		t.Errorf("got %q, want %q", buffer.String(), want)
	}
}
