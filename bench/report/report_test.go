package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocs compares docs with what was measured last.
func TestDocs(t *testing.T) {
	files, err := report("..", filepath.Join("..", "..", "docs"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%s is not what bench/*.json say: cd bench && go run ./report (%v)", name, err)
		}
	}
}

func TestTable(t *testing.T) {
	rows := []row{
		{"1", "10000 rules, plaintext, of bare echo", 84.999, "%", 85, true},
		{"6", "memory of a small bot, idle", 17.42, "MiB", 20, false},
		{"", "bare echo", 88353.9, "req/s", 0, false},
	}
	got, err := chinese.table(rows)
	if err != nil {
		t.Fatal(err)
	}
	want := "| 1 | 1 万条规则，明文，与空的 echo 之比 | 85 % | ≥ 85 % | 未达到 |\n" +
		"| 6 | 小机器人空闲时的内存 | 17.42 MiB | ≤ 20 MiB | 达到 |\n" +
		"|  | 空的 echo | 88,354 req/s |  |  |\n"
	if !strings.HasSuffix(got, want) {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if _, err := chinese.table([]row{{What: "new"}}); err == nil {
		t.Error("a row without words is no error")
	}
}

func TestReplace(t *testing.T) {
	got, err := replace("a\n<!-- b -->\nold\n<!-- end -->\nc <!-- end -->", "b", "new\n")
	if want := "a\n<!-- b -->\nnew\n<!-- end -->\nc <!-- end -->"; got != want || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := replace("a", "b", ""); err == nil {
		t.Error("a page without the place is no error")
	}
}
