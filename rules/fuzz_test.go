package rules

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// internals are words of the libraries and of Go that no message may show.
var internals = []string{"yaml:", "!!", "rules.", "yaml.", "interface", "map[", "%!", "<nil>", "0x", "unmarshal", "panic", "goroutine"}

// FuzzParseFile: no input makes it panic; it gives the same answer again; every
// problem has a code, a text and a place within the file; no message speaks of
// the program's insides.
func FuzzParseFile(f *testing.F) {
	for _, folder := range []string{"bad", "good"} {
		for _, name := range ruleFiles(f, folder) {
			f.Add(readFile(f, name))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, problems := ParseFile("a.yaml", data)
		if file == nil {
			t.Fatal("no file")
		}
		checkProblems(t, data, problems)
		_, again := ParseFile("a.yaml", data)
		if !reflect.DeepEqual(problems, again) {
			t.Fatalf("other problems at the second time:\n%s\n%s", report(problems), report(again))
		}
		if !problems.HasError() {
			checkRules(t, file)
		}
	})
}

func checkProblems(t *testing.T, data []byte, problems Problems) {
	t.Helper()
	lines := strings.Split(string(bytes.TrimPrefix(data, []byte("\uFEFF"))), "\n")
	for _, p := range problems {
		if p.Code == "" || p.Msg == "" || p.Pos.File != "a.yaml" {
			t.Fatalf("incomplete: %+v", p)
		}
		line, col := int(p.Pos.Line), int(p.Pos.Col)
		if line < 1 || line > len(lines) || col < 0 || col > utf8.RuneCountInString(lines[line-1])+1 {
			t.Fatalf("not within the file: %v", p)
		}
		for _, word := range internals {
			if strings.Contains(p.Msg, word) && !bytes.Contains(data, []byte(word)) && !bytes.ContainsAny(data, "\x00\\") {
				t.Fatalf("%q in a message: %v", word, p)
			}
		}
	}
}

// checkRules checks what the types of a Set promise.
func checkRules(t *testing.T, file *File) {
	t.Helper()
	for _, r := range file.Rules {
		if r.ID() == "" || r.Reply == nil && r.Extras().Goto == "" && r.Extras().Remember == nil {
			t.Fatalf("incomplete: %+v", r)
		}
		for _, c := range append(r.When[:len(r.When):len(r.When)], r.Extras().Unless...) {
			asked := *c.Extras()
			asked.At = At{}
			if c.Keyword == nil && reflect.DeepEqual(asked, ConditionExtra{}) {
				t.Fatalf("a condition of nothing at %v", c.At())
			}
		}
	}
	for _, test := range file.Tests {
		for _, s := range test.Steps {
			if len(s.Send) == 0 || s.Send[0].Path != "MsgType" || s.Send[0].Value == "" {
				t.Fatalf("a step without MsgType: %+v", s)
			}
		}
	}
}

// The seeds hold every mistake we know; no message of theirs may speak of the
// program's insides either, and every code must have a file that shows it.
func TestCodesAreShown(t *testing.T) {
	shown := map[string]bool{}
	for _, name := range ruleFiles(t, "bad") {
		data := readFile(t, name)
		_, problems := ParseFile("a.yaml", data)
		checkProblems(t, data, problems)
		for _, p := range problems {
			shown[p.Code] = true
		}
	}
	source, err := os.ReadFile(filepath.Join("codes.go"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(source)) {
		_, rest, ok := strings.Cut(line, ` = "`)
		if !ok {
			continue
		}
		code, _, _ := strings.Cut(rest, `"`)
		if seen[code] {
			t.Errorf("%s stands twice in codes.go", code)
		}
		if seen[code] = true; !strings.Contains(rest, "// ") {
			t.Errorf("%s has no meaning in codes.go", code)
		}
		if (code < "E100" || code >= "W101" && code <= "W109") && !shown[code] {
			t.Errorf("no file in testdata/bad shows %s", code)
		}
	}
	if len(seen) < 40 {
		t.Errorf("%d codes were read from codes.go", len(seen))
	}
}
