package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"wereply/rules"
)

func TestSchemaPrints(t *testing.T) {
	for args, want := range map[string]string{
		"schema":        rules.RulesSchema,
		"schema --bot":  rules.BotSchema,
		"schema --menu": rules.MenuSchema,
	} {
		got := runCommand(t, strings.Fields(args)...)
		if got != (outcome{exitDone, want, ""}) || !json.Valid([]byte(got.stdout)) {
			t.Errorf("%s: exit code %d, stderr %q, %d bytes", args, got.code, got.stderr, len(got.stdout))
		}
	}
}

// TestSchemaWrite: an old schema is replaced, all else stays.
func TestSchemaWrite(t *testing.T) {
	dir := greeter(t)
	write(t, dir, ".schema/rules.schema.json", "{}")
	got := runCommand(t, "schema", "--write", dir)
	if want := (outcome{exitDone, "wrote 3 schemas into " + filepath.Join(dir, ".schema") + "\n", ""}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for name, want := range map[string]string{"rules": rules.RulesSchema, "bot": rules.BotSchema, "menu": rules.MenuSchema} {
		if data, err := os.ReadFile(filepath.Join(dir, ".schema", name+".schema.json")); err != nil || string(data) != want {
			t.Errorf("%s: %v, %d bytes", name, err, len(data))
		}
	}
	for _, missing := range []string{filepath.Join(dir, "none"), filepath.Join(dir, "bot.yaml")} {
		if got := runCommand(t, "schema", "--write", missing); got.code != exitProblems || got.stdout != "" {
			t.Errorf("%s: %+v", missing, got)
		}
	}
}

// TestSchemaLines: the first line of each file of the examples and of new bots
// leads editors to a schema that is there, and that the file fits.
func TestSchemaLines(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join(root, "examples", "*"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, lang := range []string{langZh, langEn} {
		dir := filepath.Join(t.TempDir(), lang)
		runCommand(t, "init", dir, "--lang", lang)
		folders = append(folders, dir)
	}
	for _, dir := range folders {
		files := 0
		err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
			if err != nil || filepath.Ext(name) != ".yaml" || d.Name() == "compose.yaml" {
				return err
			}
			files++
			followSchemaLine(t, name)
			return nil
		})
		if err != nil || files < 2 {
			t.Errorf("%s: %d files, %v", dir, files, err)
		}
	}
}

func followSchemaLine(t *testing.T, name string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`\A# yaml-language-server: \$schema=(\S+)\n`).FindSubmatch(data)
	if m == nil {
		t.Errorf("%s does not begin with a line for editors", name)
		return
	}
	path := filepath.Join(filepath.Dir(name), filepath.FromSlash(string(m[1])))
	want := "rules.schema.json"
	switch filepath.Base(name) {
	case "bot.yaml":
		want = "bot.schema.json"
	case "menu.yaml":
		want = "menu.schema.json"
	}
	if filepath.Base(path) != want {
		t.Errorf("%s has the schema %s, not %s", name, path, want)
	}
	schema, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
		return
	}
	if err := fitsSchema(t, string(schema), string(data)); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

// fitsSchema tells what a validator that is not ours says of a YAML text.
func fitsSchema(t *testing.T, schema, text string) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(text), &node); err != nil {
		t.Fatal(err)
	}
	datesAreTexts(&node)
	var file any
	if err := node.Decode(&file); err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(asJSON)))
	if err != nil || value == nil {
		return err
	}
	return s.Validate(value)
}

// datesAreTexts reads dates as editors do, which know YAML 1.2.
func datesAreTexts(n *yaml.Node) {
	if n.Tag == "!!timestamp" {
		n.Tag = "!!str"
	}
	for _, c := range n.Content {
		datesAreTexts(c)
	}
}

// TestDocsSchema: the files of every good block of the documentation fit their
// schemas.
func TestDocsSchema(t *testing.T) {
	found := 0
	for _, p := range readPages(t) {
		for _, b := range p.blocks {
			if info, _ := accountOf(b.info); info != infoYAML {
				continue
			}
			err := filepath.WalkDir(botOf(t, b), func(name string, d os.DirEntry, err error) error {
				if err != nil || filepath.Ext(name) != ".yaml" {
					return err
				}
				found++
				data, err := os.ReadFile(name)
				if err == nil {
					err = fitsSchema(t, schemaFor(name), string(data))
				}
				return err
			})
			if err != nil {
				t.Errorf("%s:%d: %v", p.path, b.line, err)
			}
		}
	}
	if found == 0 {
		t.Error("no YAML block was found")
	}
}

// schemaFor is the schema of a file by its name.
func schemaFor(name string) string {
	switch filepath.Base(name) {
	case "bot.yaml":
		return rules.BotSchema
	case rules.MenuFile:
		return rules.MenuSchema
	}
	return rules.RulesSchema
}
