package rules

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// newReader parses a YAML file. The node is the root of its only document; it is
// nil when the file says nothing or nothing of it can be read, and then the
// reader has the problems. With an arena, the nodes may be lent by it.
func newReader(path string, data []byte, a *arena) (*reader, *yaml.Node) {
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	r := &reader{path: path, src: newSource(data)}
	if !r.checkCharacters() {
		return r, nil
	}
	if a != nil {
		if root := scan(data, a); root != nil {
			r.scanned = true
			return r, root
		}
	}
	root, err := parseYAML(data)
	if err != nil {
		root = r.mend()
	}
	r.checkDocuments(root)
	if root == nil || isNull(root) {
		return r, nil
	}
	return r, root
}

var errPanic = errors.New("the YAML library gave up")

// parseYAML gives the root of the first document, nil if there is none.
func parseYAML(data []byte) (root *yaml.Node, err error) {
	defer func() {
		if recover() != nil { // yaml.v3 panics on a few broken files
			root, err = nil, errPanic
		}
	}()
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	return doc.Content[0], nil
}

// sorted gives the problems in the order of the file.
func (r *reader) sorted() Problems {
	slices.SortStableFunc(r.problems, func(a, b *Problem) int {
		return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Col, b.Pos.Col))
	})
	return r.problems
}

// checkCharacters refuses what is not text. It also refuses the rare
// characters that YAML takes for line breaks and editors do not: lines would be
// counted differently.
func (r *reader) checkCharacters() bool {
	data := r.src.data
	if bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}) {
		r.addAt(CodeEncoding, At{Line: 1}, "the file is written in UTF-16", "save it as UTF-8")
		return false
	}
	if !utf8.Valid(data) {
		i := 0
		for i < len(data) {
			c, size := utf8.DecodeRune(data[i:])
			if c == utf8.RuneError && size == 1 {
				break
			}
			i += size
		}
		r.addAt(CodeEncoding, r.src.position(i), "the file is not UTF-8 text from here on", "save it as UTF-8 (perhaps it is GBK now)")
		return false
	}
	for i, c := range data {
		if !suspicious[c] {
			continue
		}
		if msg := strangeCharacter(data[i:]); msg != "" {
			r.addAt(CodeEncoding, r.src.position(i), msg, "delete it; copying from a web page or a chat may have brought it in")
			return false
		}
	}
	return true
}

// suspicious marks the bytes at which a character may begin that is not text.
var suspicious = func() (marks [256]bool) {
	for c := range 0x20 {
		marks[c] = c != '\n' && c != '\t'
	}
	for _, c := range []byte{0x7F, 0xC2, 0xE2, 0xEF} {
		marks[c] = true
	}
	return marks
}()

func strangeCharacter(rest []byte) string {
	c, _ := utf8.DecodeRune(rest)
	switch {
	case c == '\r' && len(rest) > 1 && rest[1] != '\n':
		return "a carriage return stands alone here, which is no line break"
	case c == '\r':
		return ""
	case c == 0x85 || c == 0x2028 || c == 0x2029:
		return fmt.Sprintf("an invisible line separator (U+%04X) stands here", c)
	case c < 0x20 || c >= 0x7F && c < 0xA0 || c == 0xFFFE || c == 0xFFFF:
		return fmt.Sprintf("an invisible control character (U+%04X) stands here", c)
	}
	return ""
}

// checkDocuments refuses a second document: everything in it would be silently
// without effect.
func (r *reader) checkDocuments(root *yaml.Node) {
	if !bytes.Contains(r.src.data, []byte("---")) && !bytes.Contains(r.src.data, []byte("...")) {
		return
	}
	begun, ended := false, false // the document; after a `...` only comments may follow
	for n := 1; n <= len(r.src.start); n++ {
		line := r.src.line(n)
		isStart, isEnd := isMarker(line, "---"), isMarker(line, "...")
		blank := strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#")
		if (isStart && begun) || (ended && !blank && !isEnd) {
			r.addAt(CodeDocuments, At{Line: int32(n), Col: 1}, "a second document begins here, and nothing in it would count",
				"delete the line, or move what follows to a file of its own")
			return
		}
		ended = ended || isEnd
		begun = begun || isStart || (!blank && !strings.HasPrefix(line, "%"))
	}
}

// isMarker reports whether a line is one of YAML's marks between documents.
func isMarker(line, mark string) bool {
	rest, ok := strings.CutPrefix(line, mark)
	return ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t')
}
