package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// vsCode is what the documentation's files of VS Code say that wereply has to
// do with.
type vsCode struct {
	Schemas map[string]string `json:"yaml.schemas"`
	Tasks   []vsCodeTask
}

type vsCodeTask struct {
	Command string
	Matcher struct {
		Pattern struct {
			Regexp                                      string
			File, Line, Column, Message, Severity, Code int // groups
		}
	} `json:"problemMatcher"`
}

// TestDocsVSCode: the settings name schemas that a new bot has, and the tasks
// find what check prints.
func TestDocsVSCode(t *testing.T) {
	pages := readPages(t) // before the current folder changes
	dir := filepath.Join(t.TempDir(), "bot")
	runCommand(t, "init", dir)
	write(t, dir, "rules/bad.yaml", "rules: [{wen: 1}]\n")
	write(t, dir, "rules/我的 规则.yaml", "rules: [{wen: 1}]\n")
	t.Chdir(dir)
	settings, tasks := 0, 0
	for _, p := range pages {
		for _, b := range p.blocks {
			if b.info != infoJSON {
				continue
			}
			var file vsCode
			if err := json.Unmarshal([]byte(b.text), &file); err != nil {
				t.Errorf("%s:%d: %v", p.path, b.line, err)
			}
			for schema, files := range file.Schemas {
				settings++
				if got, err := os.ReadFile(filepath.FromSlash(schema)); err != nil || string(got) != schemaFor(files) {
					t.Errorf("%s:%d: %s is no schema of %s (%v)", p.path, b.line, schema, files, err)
				}
			}
			for _, task := range file.Tasks {
				tasks++
				if !task.finds(t) {
					t.Errorf("%s:%d: the task does not find the mistake", p.path, b.line)
				}
			}
		}
	}
	if settings == 0 || tasks == 0 {
		t.Errorf("%d settings, %d tasks", settings, tasks)
	}
}

// finds runs the task and looks for the mistake in what it prints.
func (task vsCodeTask) finds(t *testing.T) bool {
	t.Helper()
	printed := runCommand(t, strings.Fields(strings.TrimPrefix(task.Command, "wereply "))...).stdout
	p := task.Matcher.Pattern
	found := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)"+p.Regexp).FindAllStringSubmatch(printed, -1) {
		found[m[p.File]] = m[p.Line] == "1" && m[p.Column] == "10" && m[p.Message] != "" && m[p.Severity] == "" && m[p.Code] == "E021"
	}
	return found["rules/bad.yaml"] && found["rules/我的 规则.yaml"]
}
