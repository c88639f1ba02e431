package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestImport turns each export into the rule file that stands beside it, which
// passes check, and whose tests pass.
func TestImport(t *testing.T) {
	exports, err := filepath.Glob("testdata/import/*.json")
	if err != nil || len(exports) < 3 {
		t.Fatalf("%d exports found (%v)", len(exports), err)
	}
	for _, export := range exports {
		for _, lang := range []string{langZh, langEn} {
			t.Run(filepath.Base(export)+" "+lang, func(t *testing.T) {
				got := runCommand(t, "import", export, "--lang", lang)
				if got.code != exitDone {
					t.Fatalf("exit code %d: %s", got.code, got.stderr)
				}
				golden(t, strings.TrimSuffix(export, ".json")+"."+lang+".yaml", got.stdout)
				dir := t.TempDir()
				write(t, dir, "rules/imported.yaml", got.stdout)
				if got := runCommand(t, "check", dir); got.code != exitDone {
					t.Errorf("check: %s%s", got.stdout, got.stderr)
				}
				got = runCommand(t, "test", dir)
				if got.code != exitDone {
					t.Errorf("test: %s%s", got.stdout, got.stderr)
				}
			})
		}
	}
}

// golden compares with a file; with UPDATE_GOLDEN=1 it writes the file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") != "" {
		write(t, ".", name, got)
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; it is now:\n%s", name, got)
	}
}

func TestImportOutput(t *testing.T) {
	export, err := os.ReadFile("testdata/import/full.json")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "imported.yaml")
	got := runStdin(t, string(export), "import", "-", "--output", file)
	if got.code != exitDone || got.stdout != "" || got.stderr != "4 rules, 5 tests\n" {
		t.Errorf("%+v", got)
	}
	got = runStdin(t, string(export), "import", "-", "--output", file)
	if got.code != exitProblems || !strings.Contains(got.stderr, "imported.yaml is there already; nothing was written\nhint: ") {
		t.Errorf("over a file that is there: %+v", got)
	}
	got = runStdin(t, string(export), "import", "-", "--output", filepath.Join(filepath.Dir(file), "none", "imported.yaml"))
	if got.code != exitProblems || !strings.Contains(got.stderr, "there is no folder "+filepath.Join(filepath.Dir(file), "none")+"; nothing was written\nhint: ") {
		t.Errorf("into a folder that is not there: %+v", got)
	}
}

// TestImportSchema: an imported file leads editors to the schema of the bot it
// is written to, however deep its folder.
func TestImportSchema(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mybot")
	if got := runCommand(t, "init", dir); got.code != exitDone {
		t.Fatal(got.stderr)
	}
	for _, folder := range []string{"rules", "rules/shop/old"} {
		file := filepath.Join(dir, folder, "imported.yaml")
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if got := runCommand(t, "import", "testdata/import/full.json", "-o", file); got.code != exitDone {
			t.Fatal(got.stderr)
		}
		followSchemaLine(t, file)
	}
}

func TestImportRefuses(t *testing.T) {
	for export, want := range map[string]string{
		"":                "line 1: unexpected end of JSON input",
		"{\n\"a\": 1,\n}": "line 3: ",
		`{"a": 1}`:        "no answer of get_current_autoreply_info",
		`{"errcode": 40001, "errmsg": "invalid credential"}`:                                               "WeChat refused the export: 40001 invalid credential",
		`{"is_add_friend_reply_open": 1, "is_autoreply_open": 1, "keyword_autoreply_info": {"list": "x"}}`: "standard input: line 1: keyword_autoreply_info.list must be an array, not a string",
		"关键词,回复\n价格,99\n":                                                                                  "hint: save the whole answer of https://api.weixin.qq.com/",
		"{\"content\": \"\xbc\xdb\xb8\xf1\"}":                                                              "standard input: the file is not UTF-8 text\nhint: save it as UTF-8",
		"\xff\xfe{\x00":                                                                                    "standard input: the file is written in UTF-16\nhint: save it as UTF-8",
		`[]`:                                                                                               "line 1: the document must be an object, not an array",
		`{"is_add_friend_reply_open": true}`:                                                               "line 1: is_add_friend_reply_open must be a whole number, not true or false",
	} {
		got := runStdin(t, export, "import", "-")
		if got.code != exitProblems || got.stdout != "" || !strings.Contains(got.stderr, want) {
			t.Errorf("%q: %+v, want %q", export, got, want)
		}
	}
	got := runCommand(t, "import", "testdata/import/none.json")
	if got.code != exitProblems || !strings.Contains(got.stderr, "no such file") {
		t.Errorf("%+v", got)
	}
}

// TestScalar: what is written means the text and nothing else.
func TestScalar(t *testing.T) {
	for text, want := range map[string]string{
		"价格":           "价格",
		"hello world":  "hello world",
		"是的。":          "是的。",
		"yes":          "'yes'",
		"123":          "'123'",
		"a: b":         "'a: b'",
		"a，b":          "'a，b'",
		"it's":         "'it''s'",
		"- a":          "'- a'",
		"{{.Content}}": "'{{.Content}}'",
		"a b ":         "'a b '",
		"":             "''",
		"a\nb":         "|-\n  a\n  b",
		"a\n\nb":       "|-\n  a\n\n  b",
		" a\nb":        `" a\nb"`,
		"a\tb":         `"a\tb"`,
		`a\nb`:         `"a\\nb"`,
	} {
		if got := scalar(text, 2); got != want {
			t.Errorf("scalar(%q) = %q, want %q", text, got, want)
		}
	}
}
