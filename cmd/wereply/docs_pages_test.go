package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// onlyEnglish are the pages for developers, which need no Chinese version.
var onlyEnglish = []string{"CHANGELOG.md", "SECURITY.md", "docs/dependencies.md"}

// TestDocsLanguages holds the two languages of each page together.
func TestDocsLanguages(t *testing.T) {
	pages := map[string]*page{}
	for _, p := range readPages(t) {
		pages[p.path] = p
	}
	for name, english := range pages {
		base, isChinese := strings.CutSuffix(name, chinese)
		if isChinese {
			if pages[base+".md"] == nil {
				t.Errorf("%s has no English version", name)
			}
			continue
		}
		if slices.Contains(onlyEnglish, name) {
			continue
		}
		other := pages[strings.TrimSuffix(name, ".md")+chinese]
		if other == nil {
			t.Errorf("%s has no Chinese version", name)
			continue
		}
		if a, b := outline(english), outline(other); a != b {
			t.Errorf("%s and %s have different headings:\n%s\n%s", name, other.path, a, b)
		}
		if a, b := contents(t, english), contents(t, other); !slices.Equal(a, b) {
			t.Errorf("%s and %s have different blocks:\n%s\n%s", name, other.path, strings.Join(a, "\n"), strings.Join(b, "\n"))
		}
		if a, b := tableRows(english), tableRows(other); !slices.Equal(a, b) {
			t.Errorf("%s and %s have tables of different size: %v and %v", name, other.path, a, b)
		}
	}
}

// outline is the levels of a page's headings.
func outline(p *page) string {
	var b strings.Builder
	for _, h := range p.headings {
		fmt.Fprint(&b, h.level)
	}
	return b.String()
}

// contents names a page's blocks and says how many rules and tests are in each.
func contents(t *testing.T, p *page) []string {
	t.Helper()
	var list []string
	for _, b := range p.blocks {
		line := b.info
		if info, _ := accountOf(b.info); info == infoYAML {
			var file struct{ Rules, Tests, Accounts []yaml.Node }
			if err := yaml.Unmarshal([]byte(b.text), &file); err != nil {
				t.Errorf("%s:%d: %v", p.path, b.line, err)
			}
			line = fmt.Sprintf("%s with %d rules, %d tests, %d accounts", line, len(file.Rules), len(file.Tests), len(file.Accounts))
		}
		list = append(list, line)
	}
	return list
}

// tableRows is how many rows each table of a page has.
func tableRows(p *page) []int {
	var rows []int
	before := false
	for line := range strings.Lines(p.text) {
		inTable := strings.HasPrefix(strings.TrimSpace(line), "|")
		switch {
		case inTable && before:
			rows[len(rows)-1]++
		case inTable:
			rows = append(rows, 1)
		}
		before = inTable
	}
	return rows
}

// TestDocsLinks follows every link within the repository.
func TestDocsLinks(t *testing.T) {
	pages := readPages(t)
	followed := 0
	for _, p := range pages {
		for _, l := range p.links {
			if strings.Contains(l.target, "://") {
				continue
			}
			followed++
			if err := follow(p, l.target, pages); err != nil {
				t.Errorf("%s:%d: link to %s: %v", p.path, l.line, l.target, err)
			}
		}
	}
	if followed == 0 {
		t.Error("no link was found")
	}
}

func follow(from *page, target string, pages []*page) error {
	file, fragment, hasFragment := strings.Cut(target, "#")
	name := from.path
	if file != "" {
		name = path.Join(path.Dir(from.path), file)
	}
	if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(name))); err != nil {
		return fmt.Errorf("there is no %s", name)
	}
	if !hasFragment {
		return nil
	}
	for _, p := range pages {
		if p.path == name && slices.ContainsFunc(p.headings, func(h heading) bool { return h.anchor() == fragment }) {
			return nil
		}
	}
	return fmt.Errorf("%s has no heading #%s", name, fragment)
}

// TestDocsDependencies holds docs/dependencies.md and go.mod together.
func TestDocsDependencies(t *testing.T) {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	var required, documented []string
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(string(mod), -1) {
		required = append(required, m[1])
	}
	for _, m := range regexp.MustCompile(`(?m)^\| (\S+/\S+) \| .+\. \|$`).FindAllStringSubmatch(readPage(t, "docs/dependencies.md").text, -1) {
		documented = append(documented, m[1])
	}
	slices.Sort(required)
	slices.Sort(documented)
	if len(required) == 0 || !slices.Equal(required, documented) {
		t.Errorf("go.mod requires\n%s\ndocs/dependencies.md explains\n%s", strings.Join(required, "\n"), strings.Join(documented, "\n"))
	}
}
