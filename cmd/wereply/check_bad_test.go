package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestCheckBadFiles runs check on a bot for each of the mistakes that package
// rules keeps, one file each: check shows message, place and hint, and its exit
// code is that of the worst.
func TestCheckBadFiles(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "rules", "testdata", "bad", "*.yaml"))
	if err != nil || len(files) < 60 {
		t.Fatalf("%d files (%v)", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			dir := botWith(t, "rules: [{name: 另一个, when: {keyword: 另一个文件}, reply: 好}]\n")
			write(t, dir, "rules/"+name+".yaml", readText(t, file))
			checkBadBot(t, dir, wantedLines(readText(t, strings.TrimSuffix(file, ".yaml")+".want")))
		})
	}
}

// TestCheckBadBots does the same with the mistakes of bot.yaml. What is wrong
// with secrets only serve minds.
func TestCheckBadBots(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "rules", "testdata", "bad-bot", "*.yaml"))
	if err != nil || len(files) < 30 {
		t.Fatalf("%d files (%v)", len(files), err)
	}
	ofSecrets := regexp.MustCompile(`E10[345]|E023 bot.yaml\S+ the account has no `)
	wanted := regexp.MustCompile(`(?m)^# want: ((\w+) .*)$`)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			text := readText(t, file)
			dir := botWith(t, "rules: [{when: {keyword: 价格}, reply: 好}]\n")
			write(t, dir, "bot.yaml", text)
			write(t, dir, "file.yaml", "")
			t.Chdir(dir)
			got := runWith(t, environment(map[string]string{"HUSH": "hush-hush", "EMPTY": ""}), "check")
			showsNothingOfGo(t, got)
			code := exitDone
			for _, m := range wanted.FindAllStringSubmatch(text, -1) {
				if ofSecrets.MatchString(m[1]) {
					return
				}
				if m[2][0] == 'E' {
					code = exitProblems
				}
				want := strings.TrimPrefix(m[1], m[2]+" ")
				if !strings.Contains(got.stdout, want) {
					t.Errorf("check does not say\n%s\nbut\n%s", want, got.stdout)
				}
			}
			if got.code != code {
				t.Errorf("exit code %d, want %d:\n%s", got.code, code, got.stdout)
			}
		})
	}
}

// wantedLines gives what check prints for a .want file: `CODE place: message`
// becomes `place: message [CODE]`.
func wantedLines(want string) []string {
	var lines []string
	for line := range strings.Lines(want) {
		line = strings.TrimSuffix(line, "\n")
		if hint, ok := strings.CutPrefix(line, "    hint: "); ok {
			lines = append(lines, hint)
			continue
		}
		code, rest, _ := strings.Cut(line, " ")
		label := code
		if code[0] == 'W' {
			label = "warning " + code
		}
		lines = append(lines, rest+" ["+label+"]")
	}
	return lines
}

func checkBadBot(t *testing.T, dir string, wants []string) {
	t.Helper()
	if len(wants) == 0 {
		t.Fatal("nothing is expected")
	}
	got := runIn(t, dir, "check")
	showsNothingOfGo(t, got)
	for _, want := range wants {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("check does not say\n%s\nbut\n%s", want, got.stdout)
		}
	}
	code, strict := exitDone, exitWarnings
	if slices.ContainsFunc(wants, func(line string) bool { return regexp.MustCompile(`\[E\d+\]$`).MatchString(line) }) {
		code, strict = exitProblems, exitProblems
	}
	if got.code != code {
		t.Errorf("exit code %d, want %d:\n%s", got.code, code, got.stdout)
	}
	if got := runIn(t, dir, "check", "--strict"); got.code != strict {
		t.Errorf("with --strict: exit code %d, want %d", got.code, strict)
	}
}

// ofGo is what only programmers understand: types, values and stacks of Go.
var ofGo = regexp.MustCompile(`goroutine|panic|runtime error|\.go:\d|\*?\b(rules|engine|yaml|wechat|fs|errors|strconv|regexp|syntax)\.[A-Z]\w+|!!\w+|%!|0x[0-9a-f]{6}|map\[|\[\]string|struct \{|<nil>|yaml: (line|unmarshal|did)|strconv|unmarshal`)

func showsNothingOfGo(t *testing.T, got outcome) {
	t.Helper()
	for line := range strings.Lines(got.stdout + got.stderr) {
		if quoted := regexp.MustCompile(`^ +\d+ \| `).MatchString(line); !quoted && ofGo.MatchString(line) {
			t.Errorf("check shows something of Go: %s", line)
		}
	}
}

func readText(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
