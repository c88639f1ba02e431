package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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
