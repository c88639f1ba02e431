package rules

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What is surely unchanged is not read again, everything else is.
func TestLookReadsOnce(t *testing.T) {
	dir := writeBot(t, map[string]string{"a.yaml": "one"})
	file := filepath.Join(dir, "a.yaml")
	roots := []string{dir}
	first := lookAt(roots, nil, nil)[file]
	if first == nil || first.sure {
		t.Fatalf("a file of this moment: %+v", first)
	}
	marked := *first
	marked.sum[0]++ // tells whether the file was read again
	if got := lookAt(roots, map[string]*entry{file: &marked}, nil)[file]; got.sum != first.sum {
		t.Error("a file that may have changed was not read again")
	}
	marked.sure = true
	if got := lookAt(roots, map[string]*entry{file: &marked}, nil)[file]; got != &marked {
		t.Error("a file that is surely unchanged was read again")
	}
	write(t, file, "two")
	if got := lookAt(roots, map[string]*entry{file: &marked}, nil)[file]; got.sum == first.sum || got.sum == marked.sum {
		t.Error("a changed file was not read again")
	}
}

// A pipe with the name of a rule file must not stop the world.
func TestLoadPipe(t *testing.T) {
	dir := writeBot(t, map[string]string{"bot.yaml": oneAccount, "rules/a.yaml": rule("a")})
	if err := syscall.Mkfifo(filepath.Join(dir, "rules/p.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantProblems(t, dir, Options{}, "rules/p.yaml: cannot be read: not a regular file")
}

// Folders nested without end, by links, are left at some depth.
func TestLookDepth(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, strings.Repeat("d/", maxDepth-1), "a.yaml"), "")
	write(t, filepath.Join(dir, strings.Repeat("d/", maxDepth), "b.yaml"), "")
	if found := lookAt([]string{dir}, nil, nil); len(found) != 2 {
		t.Errorf("%d entries, not the folder and a.yaml", len(found))
	}
}
