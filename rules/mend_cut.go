package rules

import (
	"regexp"
	"sort"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// errorLine finds the line at which YAML gives up: in the entry that it cannot
// read by itself, the end of the shortest beginning with the same error. The line
// numbers in the errors themselves are often those of where something began.
func (m *mender) errorLine(err error) int {
	lines := make([]int, len(m.lines))
	for i := range lines {
		lines[i] = i
	}
	if entry, e := m.brokenEntry(); e != nil {
		lines, err = entry, e
	}
	n := sort.Search(len(lines), func(n int) bool {
		_, e := m.parse(lines[:n])
		return e != nil && e.Error() == err.Error()
	})
	i := lines[max(min(n, len(lines)), 1)-1]
	if s := lineInError.FindStringSubmatch(err.Error()); m.left < 0 && s != nil {
		i, _ = strconv.Atoi(s[1])
		i = lines[max(min(i, len(lines)), 1)-1]
	}
	for i > 0 && prefixOf(m.lines[i]).comment && !isMarker(m.lines[i], "---") {
		i--
	}
	return i
}

// brokenEntry finds an entry that cannot be read by itself, by halving: its lines
// below the line of its section, and the error. The error is nil if only several
// entries together are broken.
func (m *mender) brokenEntry() ([]int, error) {
	entries := m.entries()
	for len(entries) > 1 {
		half := len(entries) / 2
		if _, err := m.parse(flatten(entries[:half])); err != nil {
			entries = entries[:half]
		} else {
			entries = entries[half:]
		}
	}
	if len(entries) == 0 {
		return nil, nil
	}
	lines := flatten(entries)
	_, err := m.parse(lines)
	return lines, err
}

// entries gives the lines of each entry of the top-level lists and mappings, the
// line of the section first.
func (m *mender) entries() [][]int {
	var all [][]int
	head, depth := -1, -1
	for i := range m.lines {
		in := m.indent(i)
		switch {
		case in < 0:
		case in == 0 && !strings.HasPrefix(m.lines[i], "-"):
			head, depth = i, -1
		case head < 0:
		case depth < 0 || in == depth:
			depth = in
			all = append(all, []int{head, i})
		default:
			last := len(all) - 1
			all[last] = append(all[last], i)
		}
	}
	return all
}

// flatten joins the lines of entries; the line of each section stands once.
func flatten(entries [][]int) []int {
	var lines []int
	head := -1
	for _, e := range entries {
		if e[0] != head {
			lines, head = append(lines, e[0]), e[0]
		}
		lines = append(lines, e[1:]...)
	}
	return lines
}

var twoCommas = regexp.MustCompile(`,(?:\s*,)+`)

var lineInError = regexp.MustCompile(`line (\d+):`)

// cut leaves out the entry that holds line i, and tells why, unless that entry
// has a problem already. It answers false if nothing is left to leave out.
func (m *mender) cut(i int, err error) bool {
	first, end := m.entry(i)
	told := m.goesOn(i)
	for j := first; j < end; j++ {
		told = told || m.told[j]
	}
	if !told {
		code, msg, hint := m.explain(i, err.Error())
		at := At{Line: int32(i + 1)}
		if !m.r.mended[i+1] {
			at.Col = int32(len(m.lines[i])-len(strings.TrimLeft(m.lines[i], " "))) + 1
		}
		m.r.rule = m.ruleName(i)
		m.r.addAt(code, at, msg, hint)
		m.r.rule = ""
	}
	m.told[i] = true
	return m.leaveOut(first, end)
}

// goesOn reports whether line i goes on with one that was told above it: the
// next field of a rule without a dash.
func (m *mender) goesOn(i int) bool {
	p := prefixOf(m.lines[i])
	above := m.r.src.line(i)
	return i > 0 && m.told[i-1] && !p.dash && p.key != "" && p.indent == len(above)-len(strings.TrimLeft(above, " "))
}

// leaveOut empties lines. It answers false if they are empty already.
func (m *mender) leaveOut(first, end int) bool {
	some := false
	for j := first; j < end; j++ {
		some = some || m.lines[j] != ""
		m.lines[j] = ""
	}
	m.r.partial = true
	return some
}

// entry finds the entry of a top-level list or mapping that holds line i.
func (m *mender) entry(i int) (first, end int) {
	head := i
	for head >= 0 && (m.indent(head) != 0 || strings.HasPrefix(m.lines[head], "-")) {
		head--
	}
	if head == i {
		return i, i + 1
	}
	indent := -1
	for j := head + 1; j <= i && indent < 0; j++ {
		indent = m.indent(j)
	}
	first = i
	for first > head+1 && m.indent(first) != indent {
		first--
	}
	for end = i + 1; end < len(m.lines); end++ {
		if in := m.indent(end); in >= 0 && in <= indent {
			break
		}
	}
	return first, end
}

// ruleName finds the name of the rule that line i belongs to, as far as its
// lines show it.
func (m *mender) ruleName(i int) string {
	first, end := m.entry(i)
	head := first - 1
	for head >= 0 && m.indent(head) != 0 {
		head--
	}
	if head < 0 || prefixOf(m.lines[head]).key != "rules" || !prefixOf(m.lines[first]).dash {
		return ""
	}
	depth := prefixOf(m.lines[first]).indent
	for j := first; j < end; j++ {
		p := prefixOf(m.lines[j])
		if p.key != "name" || p.indent != depth || p.value == len(m.lines[j]) {
			continue
		}
		if n, err := parseYAML([]byte(m.lines[j][p.value:])); err == nil && n != nil && n.Kind == yaml.ScalarNode {
			return n.Value
		}
	}
	return ""
}

// indent gives the spaces before a line, -1 if nothing but a comment stands on it.
func (m *mender) indent(i int) int {
	rest := strings.TrimLeft(m.lines[i], " ")
	if rest == "" || rest[0] == '#' {
		return -1
	}
	return len(m.lines[i]) - len(rest)
}

// explain says in plain words why YAML gives up at line i.
func (m *mender) explain(i int, err string) (code, msg, hint string) {
	p := prefixOf(m.lines[i])
	above := i - 1
	for above >= 0 && m.indent(above) < 0 {
		above--
	}
	switch has := func(s string) bool { return strings.Contains(err, s) }; {
	case strings.Contains(m.lines[i], "：") && p.key == "":
		return CodeWideColon, "a full-width colon (：) separates nothing in YAML", strings.TrimSpace(strings.Replace(m.lines[i], "：", ": ", 1))
	case has("mapping values are not allowed") && above >= 0 && !words[p.key] && continues(m.lines[above], m.lines[i]):
		return CodeColonInText, "a text over several lines that has a colon and a space needs a block: a `|`, and the lines below it", blockHint(m.lines[above], m.lines[i])
	case has("mapping values are not allowed") && above >= 0 && wordAlone(m.lines[above]) != "":
		word := wordAlone(m.lines[above])
		return CodeSyntax, "the line above has no colon behind `" + word + "`", strings.TrimSpace(strings.Replace(m.lines[above], word, word+":", 1))
	case has("mapping values are not allowed") && above >= 0 && p.key != "":
		return CodeSyntax, "`" + p.key + "` cannot stand here: it is indented deeper than what it belongs to, or the line above is not finished", "put it exactly below the key that it belongs beside"
	case p.key == "" && !p.dash && m.inBlock(i):
		return CodeSyntax, "this line begins further left than the lines of the text above it", "the lines of a text below a `|` begin exactly below each other, or further right"
	case p.key == "" && isWord(strings.TrimSpace(m.lines[i][p.value:])):
		word := strings.TrimSpace(m.lines[i][p.value:])
		return CodeSyntax, "`" + word + "` has no colon behind it", m.lines[i][p.indent:p.value] + word + ": …"
	case has("could not find expected ':'") && p.key == "" && !p.dash:
		return CodeSyntax, "this line is no field (key: value), no entry (- …), and not part of the text above: that would be indented deeper",
			"a text of several lines stands below a `|`, as in `reply: |`, each line indented deeper than its key"
	case has("did not find expected '-'") && indexOf(fileFields, p.key) >= 0:
		return CodeSyntax, "`" + p.key + "` stands within a list", "begin it at the left margin, where the lists end"
	case has("did not find expected '-'") && !p.dash && p.key != "" && m.indent(m.entryOf(i)) == p.indent:
		return CodeSyntax, "`" + p.key + "` belongs to no entry of the list: it stands as far left as the dashes", "a new entry begins with a dash: - " + strings.TrimSpace(m.lines[i]) + "\nelse put it below the fields of the entry above"
	case has("did not find expected key"), has("did not find expected '-'"), has("could not find expected ':'"):
		return CodeSyntax, "this line does not fit those above it", "entries of a list, and keys that belong together, begin exactly below each other; a key is followed by a colon and a space"
	case has("block sequence entries"):
		return CodeSyntax, "a list cannot begin on the line of its key", "begin it on the next line, or write it as [a, b]"
	case twoCommas.MatchString(m.lines[i]):
		return CodeSyntax, "nothing stands between two commas", strings.TrimSpace(twoCommas.ReplaceAllString(m.lines[i], ","))
	case has("expected ',' or"):
		return CodeUnclosed, "a bracket [ or { is not closed, or a comma is missing", ""
	case has("unexpected end of stream"):
		return CodeUnclosed, "a quote is not closed", ""
	case has("exceeded max depth"):
		return CodeTooMuch, "this is nested too deeply", ""
	}
	return CodeSyntax, "YAML cannot read this line", "if it holds a text with special characters, put quotes around it"
}

// wordAlone gives the known word that a line begins with, with a space where its
// colon should stand.
func wordAlone(line string) string {
	p := prefixOf(line)
	word, _, _ := strings.Cut(line[p.value:], " ")
	if p.key != "" || !isWord(word) {
		return ""
	}
	return word
}

// inBlock reports whether line i stands behind a block text, and deeper than the key
// of it.
func (m *mender) inBlock(i int) bool {
	in := m.indent(i)
	for j := i - 1; j >= 0; j-- {
		above := m.indent(j)
		if above < 0 || above >= in {
			continue
		}
		p := prefixOf(m.lines[j])
		return j < i-1 && p.key != "" && p.value < len(m.lines[j]) && isBlockHeader(m.lines[j][p.value:])
	}
	return false
}

// entryOf finds the entry of a list above line i: the last line that begins with a
// dash.
func (m *mender) entryOf(i int) int {
	for i > 0 && !prefixOf(m.lines[i]).dash {
		i--
	}
	return i
}

// continues reports whether a line is indented as the further text of the one
// above it.
func continues(above, line string) bool {
	p := prefixOf(above)
	return p.key != "" && p.value < len(above) && len(line)-len(strings.TrimLeft(line, " ")) > p.indent
}

func blockHint(above, line string) string {
	p := prefixOf(above)
	return p.key + ": |\n  " + above[p.value:] + "\n  " + strings.TrimSpace(line)
}
