package rules

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// schemas are the committed ones, by what the files below schema are called.
var schemas = []struct {
	name      string
	form      reflect.Type
	title     string
	committed string
}{
	{"rules", reflect.TypeFor[fileForm](), "wereply rule file", RulesSchema},
	{"bot", reflect.TypeFor[botForm](), "wereply bot.yaml", BotSchema},
	{"menu", reflect.TypeFor[menuFileForm](), "wereply menu.yaml", MenuSchema},
}

// The committed schemas are what the forms and their comments make of them.
func TestSchemasAreGenerated(t *testing.T) {
	for _, s := range schemas {
		got := generate(t, s.form, s.title)
		if *update {
			if err := os.WriteFile("schema/"+s.name+".schema.json", []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if got != s.committed {
			t.Errorf("schema/%s.schema.json is out of date: go test ./rules -run Schema -update", s.name)
		}
	}
}

// The words of send are those that stand for WeChat's names.
func TestSendWords(t *testing.T) {
	if got, want := slices.Sorted(slices.Values(sendWords)), slices.Sorted(maps.Keys(sendFields)); !slices.Equal(got, want) {
		t.Errorf("%s, but %s", got, want)
	}
}

// Each field is explained in English and in Chinese.
func TestSchemasExplain(t *testing.T) {
	for _, s := range schemas {
		explained := 0
		eachForm(s.form, map[reflect.Type]bool{}, func(form reflect.Type) {
			definition := lookup(t, s.committed, strings.TrimSuffix(form.Name(), "Form"), form == s.form)
			for _, field := range fieldsOfType(form) {
				property, _ := definition["properties"].(map[string]any)[field].(map[string]any)
				text, _ := property["description"].(string)
				english, chinese, _ := strings.Cut(text, "\n\n")
				if english == "" || !strings.ContainsFunc(chinese, func(c rune) bool { return unicode.Is(unicode.Han, c) }) {
					t.Errorf("%s: %s of %s has the description %q", s.name, field, form.Name(), text)
				}
				explained++
			}
		})
		if explained == 0 {
			t.Errorf("%s: no fields", s.name)
		}
	}
}

func lookup(t *testing.T, schema, name string, root bool) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal([]byte(schema), &doc); err != nil {
		t.Fatal(err)
	}
	if root {
		return doc
	}
	definition, ok := doc["$defs"].(map[string]any)[name].(map[string]any)
	if !ok {
		t.Fatalf("no definition of %s", name)
	}
	return definition
}

// eachForm visits the mappings that a form is made of.
func eachForm(t reflect.Type, seen map[reflect.Type]bool, visit func(reflect.Type)) {
	if seen[t] {
		return
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Slice, reflect.Map, reflect.Pointer:
		eachForm(t.Elem(), seen, visit)
	case reflect.Struct:
		tagged := 0
		for f := range t.Fields() {
			if f.Tag.Get("yaml") != "" && f.Name != "Either" && f.Name != "Or" {
				tagged++
			}
			eachForm(f.Type, seen, visit)
		}
		if tagged > 0 {
			visit(t)
		}
	}
}

func fieldsOfType(t reflect.Type) []string {
	var names []string
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		names = append(names, name)
	}
	return names
}

// oldKeywords mean the same in draft-07, which many editors go by; newKeywords
// only refine, and are ignored there without harm.
var (
	oldKeywords = []string{
		"$schema", "$ref", "title", "description", "type", "enum", "const", "properties", "patternProperties", "additionalProperties",
		"propertyNames", "required", "minProperties", "maxProperties", "items", "contains", "minItems", "maxItems", "minLength", "maxLength",
		"minimum", "maximum", "pattern", "anyOf", "allOf", "not", "if", "then", "else",
	}
	newKeywords    = []string{"$defs", "prefixItems"}
	editorKeywords = []string{"patternErrorMessage", "errorMessage"} // of VS Code's language servers
)

// Editors that know draft-07 only understand the schemas: each keyword is one
// of theirs, and nothing but an explanation stands beside a $ref, where it
// would be ignored.
func TestSchemasSuitOldEditors(t *testing.T) {
	known := map[string]bool{}
	for _, list := range [][]string{oldKeywords, newKeywords, editorKeywords} {
		for _, k := range list {
			known[k] = true
		}
	}
	for _, s := range schemas {
		var doc any
		if err := json.Unmarshal([]byte(s.committed), &doc); err != nil {
			t.Fatal(err)
		}
		eachSchema(doc, func(m map[string]any) {
			_, isRef := m["$ref"]
			for k := range m {
				if !known[k] {
					t.Errorf("%s: the keyword %s", s.name, k)
				}
				if isRef && k != "$ref" && k != "description" {
					t.Errorf("%s: %s stands beside a $ref", s.name, k)
				}
			}
		})
	}
}

func eachSchema(v any, visit func(map[string]any)) {
	m, ok := v.(map[string]any)
	if !ok {
		return
	}
	visit(m)
	for k, v := range m {
		switch k {
		case "properties", "patternProperties", "$defs":
			for _, sub := range v.(map[string]any) {
				eachSchema(sub, visit)
			}
		case "anyOf", "allOf", "prefixItems":
			for _, sub := range v.([]any) {
				eachSchema(sub, visit)
			}
		default:
			eachSchema(v, visit)
		}
	}
}
