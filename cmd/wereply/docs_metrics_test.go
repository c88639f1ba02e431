package main

import (
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// TestDocsMetrics holds the tables of metrics and what a bot serves together.
func TestDocsMetrics(t *testing.T) {
	b := serve(t, filepath.Join(root, "examples", "parrot"), nil, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
	if got := b.send(t, "--text", "你好"); got.code != exitDone {
		t.Fatalf("send: exit code %d: %s", got.code, got.stderr)
	}
	get(t, "http://"+b.public+"/weixin") // is refused
	served := submatches(`(?m)^# TYPE (wereply_\S+)`, get(t, "http://"+b.admin+"/metrics"))
	for name, title := range map[string]string{"docs/operating.md": "Metrics", "docs/operating" + chinese: "指标"} {
		documented := submatches("(?m)^\\| `(wereply_\\S+)` \\|", readPage(t, name).section(t, title))
		if len(served) == 0 || !slices.Equal(served, documented) {
			t.Errorf("%s names\n%s\nbut served are\n%s", name, documented, served)
		}
	}
}

// submatches are the first groups of all matches, sorted.
func submatches(expression, text string) []string {
	var list []string
	for _, m := range regexp.MustCompile(expression).FindAllStringSubmatch(text, -1) {
		list = append(list, m[1])
	}
	slices.Sort(list)
	return list
}

func get(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
