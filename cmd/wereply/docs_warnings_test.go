package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocsWarnings: each code of a problem stands on the page of warnings, in
// each language: a warning or note with a section and, but for one that takes
// a mount, an example that shows it; an error with a row of the table.
func TestDocsWarnings(t *testing.T) {
	codes := problemCodes(t)
	for _, name := range []string{"docs/warnings.md", "docs/warnings" + chinese} {
		p := readPage(t, name)
		shown := strings.Join(blockTexts(p, infoText), "")
		for _, code := range codes {
			switch {
			case code[0] == 'E':
				if !strings.Contains(p.text, "\n| "+code+" | ") {
					t.Errorf("%s has no row for %s", name, code)
				}
				continue
			case strings.Count(p.text, "\n## "+code+" ") != 1:
				t.Errorf("%s has no section %s", name, code)
			case code != "W113" && !strings.Contains(shown, " "+code+"]\n"):
				t.Errorf("%s has no example of %s", name, code)
			}
		}
		for _, m := range regexp.MustCompile(`(?m)^(?:## |\| )([EWN]\d+) `).FindAllStringSubmatch(p.text, -1) {
			if !strings.Contains(strings.Join(codes, " ")+" ", m[1]+" ") {
				t.Errorf("%s explains %s, which is no code", name, m[1])
			}
		}
	}
}

// problemCodes are the codes that package rules declares.
func problemCodes(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "rules", "codes*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files (%v)", err)
	}
	var codes []string
	for _, file := range files {
		for _, m := range regexp.MustCompile(`(?m)^\tCode\w+ += "([EWN]\d{3})"`).FindAllStringSubmatch(readText(t, file), -1) {
			codes = append(codes, m[1])
		}
	}
	if len(codes) < 60 {
		t.Fatalf("only %d codes", len(codes))
	}
	return codes
}

func blockTexts(p *page, info string) []string {
	var list []string
	for _, b := range p.blocks {
		if b.info == info {
			list = append(list, b.text)
		}
	}
	return list
}
