package rules

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// reader reads the nodes of one YAML file strictly: unknown and repeated
// fields, null, anchors, aliases, tags and merge keys are problems, scalars are
// taken as written. It collects problems instead of stopping at the first; a
// method that answers false has told about it.
//
// The what of its methods names the value in messages: "`reply`", "a rule".
type reader struct {
	path     string
	src      source
	rule     string // name of the rule that is being read
	problems Problems
	mended   map[int]bool // lines that were read otherwise than they are written: their columns are not known
	scanned  bool         // by scan, which reads no plain or quoted text on several lines
	partial  bool         // parts of the file were left out because YAML cannot read them
	words    map[string]string
	keep     keep
}

// keep is where a file's rules are kept: equal things stand together.
type keep struct {
	conditions pieces[Condition]
	values     pieces[Value]
	replies    pieces[Reply]
}

// What the messages call the parts of a file that have no word of their own.
const (
	whatFile = "a rule file"
	whatRule = "a rule"
	whatTest = "a test"
	whatStep = "a step"
)

// intern makes equal names of a file one text.
func (r *reader) intern(s string) string {
	if known, ok := r.words[s]; ok {
		return known
	}
	if r.words == nil {
		r.words = map[string]string{}
	}
	r.words[s] = s
	return s
}

func (r *reader) at(n *yaml.Node) At {
	if r.mended[n.Line] {
		return At{Line: int32(n.Line)}
	}
	return At{Line: int32(n.Line), Col: int32(n.Column)}
}

func (r *reader) pos(n *yaml.Node) Pos { return Pos{File: r.path, At: r.at(n)} }

// add notes a problem at n.
func (r *reader) add(code string, n *yaml.Node, msg, hint string) {
	r.addAt(code, r.at(n), msg, hint)
}

func (r *reader) addAt(code string, at At, msg, hint string) {
	r.problems = append(r.problems, &Problem{Code: code, Pos: Pos{File: r.path, At: at}, Rule: r.rule, Msg: msg, Hint: hint})
}

// fields calls read for each field of the mapping n. Fields that are not
// known are problems and are not read.
func (r *reader) fields(n *yaml.Node, what string, known []string, read func(key string, k, v *yaml.Node)) bool {
	if !r.isMapping(n, what) {
		return false
	}
	var seen uint64 // of the first 64 known fields, by index
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if !r.isKey(k) {
			continue
		}
		j := indexOf(known, k.Value)
		switch {
		case j < 0:
			r.unknownField(n, k, v, what, known)
		case seen&(1<<j) != 0:
			r.duplicate(n, i)
		default:
			seen |= 1 << j
			if r.isGiven(k, v) {
				read(k.Value, k, v)
			}
		}
	}
	return true
}

// entries calls read for each entry of the mapping n, whatever its key.
func (r *reader) entries(n *yaml.Node, what string, read func(key string, k, v *yaml.Node)) bool {
	if !r.isMapping(n, what) {
		return false
	}
	seen := make(map[string]bool, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if !r.isKey(k) {
			continue
		}
		if seen[k.Value] {
			r.duplicate(n, i)
			continue
		}
		seen[k.Value] = true
		if r.isGiven(k, v) {
			read(k.Value, k, v)
		}
	}
	return true
}

// items gives the entries of the list n, which must have some.
func (r *reader) items(n *yaml.Node, what string) ([]*yaml.Node, bool) {
	if !r.isPlainYAML(n) {
		return nil, false
	}
	if n.Kind != yaml.SequenceNode {
		hint := ""
		if n.Kind == yaml.ScalarNode && !isNull(n) {
			hint = "[" + quoteFlow(n.Value) + "]"
		}
		r.addShape(n, what, "a list", hint)
		return nil, false
	}
	if len(n.Content) == 0 {
		if !r.mended[n.Line] { // what was meant to stand in it is not known
			r.add(CodeEmpty, n, what+" is an empty list", "")
		}
		return nil, false
	}
	return n.Content, true
}

// oneOrMany calls read for n, or for each entry when n is a list.
func (r *reader) oneOrMany(n *yaml.Node, what string, read func(*yaml.Node)) bool {
	if n.Kind != yaml.SequenceNode {
		read(n)
		return true
	}
	items, ok := r.items(n, what)
	for _, item := range items {
		read(item)
	}
	if !strings.HasSuffix(what, "`keyword`") { // which has a warning of its own
		r.warnWideCommas(n)
	}
	return ok
}

// text gives the scalar n as written, block text without its final newlines.
func (r *reader) text(n *yaml.Node, what string) (string, bool) {
	if !r.isPlainYAML(n) {
		return "", false
	}
	if n.Kind != yaml.ScalarNode {
		r.addShape(n, what, "a text", r.oneText(n, what))
		return "", false
	}
	if isNull(n) {
		r.null(n, what)
		return "", false
	}
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return strings.TrimRight(n.Value, "\n"), true
	}
	return n.Value, true
}

// oneText gives the field with the only text of a list that stands where a text
// belongs.
func (r *reader) oneText(n *yaml.Node, what string) string {
	switch {
	case n.Kind != yaml.SequenceNode:
		return ""
	case what == "`send`":
		return "several messages are steps: [{send: …, expect: …}, …]"
	case len(n.Content) != 1 || n.Content[0].Kind != yaml.ScalarNode || !strings.HasPrefix(what, "`"):
		return ""
	}
	return strings.Trim(what, "`") + ": " + quoteFlow(n.Content[0].Value)
}

// texts gives the text n, or the texts of the list n.
func (r *reader) texts(n *yaml.Node, what string) ([]string, bool) {
	var list []string
	all := true
	ok := r.oneOrMany(n, what, func(n *yaml.Node) {
		s, ok := r.text(n, what)
		if all = all && ok; ok {
			list = append(list, s)
		}
	})
	return list, ok && all
}

// boolean reads true or false.
func (r *reader) boolean(n *yaml.Node, what string) (value, ok bool) {
	s, ok := r.text(n, what)
	if !ok {
		return false, false
	}
	switch s {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	r.add(CodeBool, n, fmt.Sprintf("%s must be true or false, not %q", what, s), boolHint(s, what))
	return false, false
}

// boolHint gives the field with the value that another word for it means.
func boolHint(s, what string) string {
	switch strings.ToLower(s) {
	case "true", "yes", "on", "y", "1", "是", "开":
		return strings.Trim(what, "`") + ": true"
	case "false", "no", "off", "n", "0", "否", "关":
		return strings.Trim(what, "`") + ": false"
	}
	return ""
}

// number reads a whole number from low to high.
func (r *reader) number(n *yaml.Node, what string, low, high int) (int, bool) {
	s, ok := r.text(n, what)
	if !ok {
		return 0, false
	}
	i, err := strconv.Atoi(s)
	if err != nil || i < low || i > high {
		r.add(CodeNumber, n, fmt.Sprintf("%s must be a whole number from %d to %d, not %q", what, low, high, s), "")
		return 0, false
	}
	return i, true
}

// duration reads a duration such as 90s, 30m, 1h30m or 7d, from low to high.
func (r *reader) duration(n *yaml.Node, what string, low, high time.Duration) (time.Duration, bool) {
	s, ok := r.text(n, what)
	if !ok {
		return 0, false
	}
	d, ok := parseDuration(s)
	if !ok {
		r.add(CodeDuration, n, fmt.Sprintf("%s must be a duration such as 90s, 30m, 12h or 7d, not %q", what, s), durationHint(s))
		return 0, false
	}
	if d < low || d > high {
		r.add(CodeDuration, n, fmt.Sprintf("%s must be from %s to %s, not %s", what, formatDuration(low), formatDuration(high), s), "")
		return 0, false
	}
	return d, true
}
