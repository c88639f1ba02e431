package rules

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the .want files of testdata/bad anew")

// ruleFiles gives the files of a folder below testdata; there must be some.
func ruleFiles(t testing.TB, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in testdata/%s: %v", folder, err)
	}
	return files
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// report writes problems as check shows them, with their codes.
func report(ps Problems) string {
	var b strings.Builder
	for _, p := range ps {
		fmt.Fprintf(&b, "%s %s\n", p.Code, p.Error())
		for line := range strings.Lines(p.Hint) {
			fmt.Fprintf(&b, "    hint: %s\n", strings.TrimSuffix(line, "\n"))
		}
	}
	return b.String()
}

// Every file in testdata/bad has one mistake (or, where its name says so,
// several), and beside it NAME.want with the problems that ParseFile finds.
func TestBadFiles(t *testing.T) {
	for _, name := range ruleFiles(t, "bad") {
		base := filepath.Base(name)
		t.Run(strings.TrimSuffix(base, ".yaml"), func(t *testing.T) {
			_, problems := ParseFile("rules/"+base, readFile(t, name))
			got := report(problems)
			want := strings.TrimSuffix(name, ".yaml") + ".want"
			if *update {
				if err := os.WriteFile(want, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if got == "" {
				t.Fatal("no problem was found")
			}
			if diff := cmp.Diff(string(readFile(t, want)), got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	wants, _ := filepath.Glob("testdata/bad/*.want")
	if files := ruleFiles(t, "bad"); len(wants) != len(files) {
		t.Errorf("%d files and %d .want files", len(files), len(wants))
	}
}

func TestGoodFiles(t *testing.T) {
	for _, name := range ruleFiles(t, "good") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data := readFile(t, name)
			f, problems := ParseFile(name, data)
			if problems != nil {
				t.Fatalf("problems:\n%s", report(problems))
			}
			again, _ := ParseFile(name, bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n")))
			if diff := cmp.Diff(f, again); diff != "" {
				t.Errorf("with line breaks of Windows it is another file:\n%s", diff)
			}
			marked, _ := ParseFile(name, append([]byte("\uFEFF"), data...))
			if diff := cmp.Diff(f, marked); diff != "" {
				t.Errorf("with a byte order mark it is another file:\n%s", diff)
			}
		})
	}
}
