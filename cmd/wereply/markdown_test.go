package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// root is the top of the repository, seen from this package's tests.
const root = "../.."

// chinese is how the name of a page's Chinese version ends.
const chinese = ".zh-CN.md"

// page is one Markdown file of the documentation.
type page struct {
	path     string // below the repository's root, with forward slashes
	file     string // absolute
	text     string
	blocks   []codeBlock
	headings []heading
	links    []link
}

// codeBlock is one fenced block.
type codeBlock struct {
	line int    // of its first fence, from 1
	info string // what stands behind the fence
	text string // without the indentation of the fence
}

type heading struct {
	level int
	text  string
}

type link struct {
	line   int
	target string
}

var (
	fence       = regexp.MustCompile("^( *)```(.*)$")
	headingLine = regexp.MustCompile(`^(#+) +(.+?) *$`)
	linkTarget  = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	codeSpan    = regexp.MustCompile("`[^`]*`")
)

// readPages reads README and docs/, each in every language.
func readPages(t *testing.T) []*page {
	t.Helper()
	var pages []*page
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		paths, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no page fits %s (%v)", pattern, err)
		}
		for _, path := range paths {
			name, err := filepath.Rel(root, path)
			if err != nil {
				t.Fatal(err)
			}
			pages = append(pages, readPage(t, filepath.ToSlash(name)))
		}
	}
	return pages
}

func readPage(t *testing.T, path string) *page {
	t.Helper()
	file, err := filepath.Abs(filepath.Join(root, filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := &page{path: path, file: file, text: string(data)}
	var open *codeBlock
	var indent string
	for i, line := range strings.Split(p.text, "\n") {
		if m := fence.FindStringSubmatch(line); m != nil {
			if open == nil {
				open, indent = &codeBlock{line: i + 1, info: m[2]}, m[1]
				continue
			}
			p.blocks, open = append(p.blocks, *open), nil
			continue
		}
		if open != nil {
			open.text += strings.TrimPrefix(line, indent) + "\n"
			continue
		}
		if m := headingLine.FindStringSubmatch(line); m != nil {
			p.headings = append(p.headings, heading{len(m[1]), m[2]})
		}
		for _, m := range linkTarget.FindAllStringSubmatch(codeSpan.ReplaceAllString(line, ""), -1) {
			p.links = append(p.links, link{i + 1, m[1]})
		}
	}
	if open != nil {
		t.Fatalf("%s:%d: a block that is not closed", path, open.line)
	}
	return p
}

// rewrite replaces the text after before, in the page and its file.
func (p *page) rewrite(t *testing.T, before, was, is string) {
	t.Helper()
	p.text = strings.Replace(p.text, before+was, before+is, 1)
	if err := os.WriteFile(p.file, []byte(p.text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// section is what stands under the headings of one text, up to the next
// heading of any level.
func (p *page) section(t *testing.T, title string) string {
	t.Helper()
	_, rest, ok := strings.Cut(p.text, "# "+title+"\n")
	if !ok {
		t.Fatalf("%s has no heading %q", p.path, title)
	}
	if end := strings.Index(rest, "\n#"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// anchor is the fragment under which GitHub shows a heading.
func (h heading) anchor() string {
	var b strings.Builder
	for _, r := range strings.ToLower(h.text) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}
