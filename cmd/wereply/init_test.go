package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestInit(t *testing.T) {
	for _, c := range []struct {
		vars      map[string]string
		args      []string
		next, bot string
	}{
		{map[string]string{"LANG": "zh_CN.UTF-8"}, nil, "接下来", "机器人的设置"},
		{map[string]string{"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, nil, "Next:", "The bot's settings"},
		{nil, nil, "Next:", "The bot's settings"},
		{nil, []string{"--lang", "zh"}, "接下来", "机器人的设置"},
	} {
		dir := filepath.Join(t.TempDir(), "my bot")
		got := runWith(t, environment(c.vars), append([]string{"init", dir}, c.args...)...)
		if got.code != exitDone || got.stderr != "" || !strings.Contains(got.stdout, c.next) {
			t.Fatalf("%v: %+v", c, got)
		}
		if data, err := os.ReadFile(filepath.Join(dir, "bot.yaml")); err != nil || !strings.Contains(string(data), c.bot) {
			t.Errorf("%v: bot.yaml: %v\n%s", c, err, data)
		}
		for _, name := range []string{".env.example", ".gitignore", "compose.yaml"} {
			if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
				t.Error(err)
			}
		}
		if got := runCommand(t, "check", "--strict", dir); got.code != exitDone {
			t.Errorf("check: %+v", got)
		}
		if got := runCommand(t, "test", "--coverage", dir); got.code != exitDone || !strings.HasSuffix(got.stdout, "coverage: every rule was fired by a test\n") {
			t.Errorf("test: %+v", got)
		}
	}
}

// TestInitLanguages: both languages have the same files, the same number of
// rules and of tests.
func TestInitLanguages(t *testing.T) {
	var shapes [2][]string
	for i, lang := range []string{langZh, langEn} {
		files, err := botTemplate(lang)
		if err != nil {
			t.Fatal(err)
		}
		for name := range files {
			shapes[i] = append(shapes[i], name)
		}
		slices.Sort(shapes[i])
		dir := t.TempDir()
		runCommand(t, "init", dir, "--lang", lang)
		shapes[i] = append(shapes[i], runCommand(t, "check", dir).stderr)
	}
	if !slices.Equal(shapes[0], shapes[1]) {
		t.Errorf("%q\n%q", shapes[0], shapes[1])
	}
}

// TestInitKeepsFiles: a folder that has one of the files stays as it is.
func TestInitOntoFile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "notes.txt", "mine")
	got := runCommand(t, "init", filepath.Join(dir, "notes.txt"))
	if got.code != exitProblems || got.stdout != "" || !strings.HasSuffix(got.stderr, "notes.txt is a file, not a folder\nhint: name a new folder: wereply init mybot\n") {
		t.Errorf("%+v", got)
	}
}

func TestInitKeepsFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "bot.yaml", "mine")
	got := runCommand(t, "init", dir)
	if got.code != exitProblems || got.stdout != "" || !strings.Contains(got.stderr, " has 1 file of a new bot already; nothing was written\nhint: name a new folder, or move away: bot.yaml\n") {
		t.Errorf("%+v", got)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%v %v", entries, err)
	}
	if data, _ := os.ReadFile(filepath.Join(dir, "bot.yaml")); string(data) != "mine" {
		t.Errorf("bot.yaml: %s", data)
	}
}
