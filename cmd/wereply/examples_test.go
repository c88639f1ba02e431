package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wereply/rules"
	"wereply/wechat"
)

// TestExamples checks every example and runs its rule tests. Each rule must be
// fired by one of them.
func TestExamples(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join(root, "examples", "*"))
	if err != nil || len(folders) < 3 {
		t.Fatalf("%d examples found (%v)", len(folders), err)
	}
	for _, dir := range folders {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			if got := runCommand(t, "check", "--strict", dir); got.code != exitDone {
				t.Errorf("check says:\n%s%s", got.stdout, got.stderr)
			}
			got := runCommand(t, "test", "--coverage", dir)
			if got.code != exitDone {
				t.Errorf("test says:\n%s%s", got.stdout, got.stderr)
			}
			for line := range strings.Lines(got.stdout + got.stderr) {
				if strings.Contains(line, "no test fired") && !mayStayUnfired(line) {
					t.Errorf("no test fires: %s", line)
				}
			}
			if err := noGo(dir); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestExampleMenus: each button of an example's menu that pushes a key stands,
// with its event, in a rule test. A rule for keys that begin alike would hide a
// misspelt one from check.
func TestExampleMenus(t *testing.T) {
	menus, err := filepath.Glob(filepath.Join(root, "examples", "*", "menu.yaml"))
	if err != nil || len(menus) == 0 {
		t.Fatalf("%d menus found (%v)", len(menus), err)
	}
	for _, name := range menus {
		dir := filepath.Dir(name)
		menu, problems := rules.LoadMenu(dir)
		bot, err := rules.Load(dir, rules.Options{Env: environment(nil)})
		if menu == nil || err != nil {
			t.Fatalf("%v, %v", problems, err)
		}
		sent := map[[2]string]bool{}
		for _, a := range bot.Accounts {
			for _, test := range a.Set.Tests {
				for _, step := range test.Steps {
					sent[[2]string{strings.ToLower(fieldOf(step.Send, "Event")), fieldOf(step.Send, "EventKey")}] = true
				}
			}
		}
		keys := 0
		for _, group := range menu.Buttons {
			for _, b := range append([]*rules.Button{group}, group.Buttons...) {
				if b.Key == "" {
					continue
				}
				if keys++; !sent[[2]string{b.Type, b.Key}] {
					t.Errorf("%s: no test sends %s with the key %s", b.Pos, b.Type, b.Key)
				}
			}
		}
		if keys == 0 {
			t.Errorf("%s has no button with a key", name)
		}
	}
}

func fieldOf(fields []wechat.Field, path string) string {
	for _, f := range fields {
		if f.Path == path {
			return f.Value
		}
	}
	return ""
}

// mayStayUnfired reports whether a rule of an example depends on what is not
// served yet.
func mayStayUnfired(line string) bool { return strings.Contains(line, "两次没听懂就转人工") }

// noGo reports a Go file below dir: examples are for people who write YAML.
func noGo(dir string) error {
	return filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".go" {
			err = &os.PathError{Op: "example", Path: path, Err: os.ErrExist}
		}
		return err
	})
}
