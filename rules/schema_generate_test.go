package rules

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/invopop/jsonschema"
)

// generate makes the schema of a file from its form.
func generate(t *testing.T, form reflect.Type, title string) string {
	t.Helper()
	comments := formComments(t)
	r := &jsonschema.Reflector{
		Anonymous:      true,
		ExpandedStruct: true,
		FieldNameTag:   "yaml",
		Namer:          func(t reflect.Type) string { return strings.TrimSuffix(t.Name(), "Form") },
		Mapper:         scalarOf,
		LookupComment:  func(t reflect.Type, field string) string { return comments[t.Name()+"."+field] },
	}
	s := r.ReflectFromType(form)
	s.Title = title
	g := generator{defs: s.Definitions}
	for _, d := range s.Definitions {
		g.tidy(d)
	}
	g.tidy(s)
	maps.DeleteFunc(s.Definitions, func(name string, _ *schema) bool { return strings.HasPrefix(name, "either[") })
	g.finish(strings.TrimSuffix(form.Name(), "Form"), s)
	for name, d := range s.Definitions {
		g.finish(name, d)
	}
	s.Definitions["text"], s.Definitions["someText"], s.Definitions["name"] = text(), someText(), name()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// formComments are the descriptions of the forms and their fields, by
// "Type." and "Type.Field".
func formComments(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("form*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no forms: %v", err)
	}
	comments := map[string]string{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || len(gen.Specs) != 1 {
				continue
			}
			spec, ok := gen.Specs[0].(*ast.TypeSpec)
			if !ok {
				continue
			}
			comments[spec.Name.Name+"."] = describeType(gen.Doc.Text())
			if form, ok := spec.Type.(*ast.StructType); ok {
				for _, f := range form.Fields.List {
					for _, name := range f.Names {
						comments[spec.Name.Name+"."+name.Name] = describe(f.Doc.Text())
					}
				}
			}
		}
	}
	return comments
}

// describe gives the two languages of a comment a paragraph each.
func describe(comment string) string {
	var english, chinese []string
	for line := range strings.Lines(comment) {
		line = strings.TrimSpace(line)
		switch {
		case chinese != nil || startsChinese(line):
			chinese = append(chinese, line)
		case line != "":
			english = append(english, line)
		}
	}
	return strings.Join(english, " ") + "\n\n" + strings.Join(chinese, "")
}

// startsChinese tells a Chinese line by its first character, or by any where
// that is a name.
func startsChinese(line string) bool {
	c, _ := utf8.DecodeRuneInString(line)
	if unicode.Is(unicode.Han, c) {
		return true
	}
	return strings.ContainsFunc(line, isChinesePunctuation)
}

func isChinesePunctuation(c rune) bool { return strings.ContainsRune("，。；：、（", c) }

// describeType: "ruleForm is one rule …" becomes "One rule …". A form that only
// says where others may stand has nothing to tell.
func describeType(comment string) string {
	text := describe(regexp.MustCompile(`^\w+Form (is|gives) `).ReplaceAllString(comment, ""))
	if strings.HasSuffix(text, "\n\n") {
		return ""
	}
	c, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(c)) + text[size:]
}

// generator turns what was reflected into what the language says.
type generator struct{ defs jsonschema.Definitions }

// tidy resolves eithers, and says what holds everywhere: an empty mapping or
// list is an error.
func (g generator) tidy(s *schema) {
	if name, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok && strings.HasPrefix(name, "either[") {
		either := *g.defs[name]
		either.Description = s.Description
		*s = either
	}
	if s.Properties != nil {
		for p := s.Properties.Oldest(); p != nil; p = p.Next() {
			g.tidy(p.Value)
		}
		if either, ok := s.Properties.Get("either"); ok {
			or, _ := s.Properties.Get("or")
			*s = schema{Description: s.Description, AnyOf: append(alternatives(either), alternatives(or)...)}
		}
	}
	for _, sub := range []*schema{s.Items, s.AdditionalProperties} {
		if sub != nil && sub != jsonschema.FalseSchema {
			g.tidy(sub)
		}
	}
	for _, sub := range s.AnyOf {
		g.tidy(sub)
	}
	switch s.Type {
	case "array":
		s.MinItems = number(1)
	case "object":
		s.MinProperties = number(1)
	}
}

func alternatives(s *schema) []*schema {
	if s.AnyOf != nil && s.Description == "" {
		return s.AnyOf
	}
	return []*schema{s}
}

func number(n uint64) *uint64 { return &n }
