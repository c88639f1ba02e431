package rules

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"wereply/wechat"
)

func (r *reader) isMapping(n *yaml.Node, what string) bool {
	if !r.isPlainYAML(n) {
		return false
	}
	if n.Kind != yaml.MappingNode {
		if !r.wideColonKey(n) {
			r.addShape(n, what, "fields (key: value)", "")
		}
		return false
	}
	if len(n.Content) == 0 {
		r.add(CodeEmpty, n, what+" is empty", "")
		return false
	}
	return n.Content[0].Kind != yaml.MappingNode || !r.bareTemplate(n)
}

// addShape tells that n is a list where a text belongs, or the like.
func (r *reader) addShape(n *yaml.Node, what, want, hint string) {
	if isNull(n) {
		r.add(CodeEmpty, n, what+" is empty", "write it behind the dash, or delete the dash")
		return
	}
	if r.bareTemplate(n) || r.gluedDashKey(n) || r.wideBrackets(n) || r.mended[n.Line] { // a mended line may have another shape than was meant
		return
	}
	if want == "fields (key: value)" {
		r.add(CodeShape, n, fmt.Sprintf("%s must have %s, it is %s", what, want, shape(n)), hint)
		return
	}
	if want == "a list" && hint == "" && n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle == 0 {
		hint = "each entry begins with a dash and a space"
	}
	r.add(CodeShape, n, fmt.Sprintf("%s must be %s, not %s", what, want, shape(n)), hint)
}

// isPlainYAML refuses the features of YAML that rule files do without.
func (r *reader) isPlainYAML(n *yaml.Node) bool {
	msg, hint := "", ""
	switch {
	case n.Kind == yaml.AliasNode:
		msg = fmt.Sprintf("*%s refers to another place of the file (a YAML alias), which rule files do not do", n.Value)
		hint = fmt.Sprintf("a text that begins with * needs quotes: %s", quote("*"+n.Value))
	case n.Anchor != "":
		msg = anchorMessage(n.Anchor)
		hint = fmt.Sprintf("a text that begins with & needs quotes: %s", quote(strings.TrimRight("&"+n.Anchor+" "+n.Value, " ")))
	case n.Style&yaml.TaggedStyle != 0 || r.hasBareTag(n):
		msg = "! marks a type (a YAML tag), which rule files do not do"
		hint = "write the value alone; a text that begins with ! needs quotes"
	default:
		return true
	}
	r.add(CodeYAMLFeature, n, msg, hint)
	return false
}

func anchorMessage(name string) string {
	return "&" + name + " names a place of the file (a YAML anchor), which rule files do not do"
}

// hasBareTag reports whether a tag of nothing but ! stands before n: yaml.v3
// does not tell.
func (r *reader) hasBareTag(n *yaml.Node) bool {
	return r.src.hasBang && !r.mended[n.Line] && strings.HasPrefix(r.src.from(n.Line, n.Column), "! ")
}

func (r *reader) isKey(k *yaml.Node) bool {
	if !r.isPlainYAML(k) || r.bareTemplate(k) {
		return false
	}
	if k.Kind != yaml.ScalarNode {
		r.add(CodeKey, k, "a key must be a text, not "+shape(k), "")
		return false
	}
	if k.Style == 0 && isWideSpace(k.Value) {
		r.add(CodeIndent, k, wideIndent, "replace it by spaces")
		return false
	}
	if k.Tag == "!!merge" {
		r.add(CodeYAMLFeature, k, "<< inserts another place of the file (a YAML merge key), which rule files do not do", "write the fields out")
		return false
	}
	return true
}

const wideIndent = "a full-width or no-break space stands in the indentation, where YAML wants plain spaces"

func isWideSpace(s string) bool {
	return strings.HasPrefix(s, "\u3000") || strings.HasPrefix(s, "\u00a0")
}

// isGiven refuses null. A part that was left out as unreadable is told already.
func (r *reader) isGiven(k, v *yaml.Node) bool {
	if !isNull(v) {
		return true
	}
	if (!r.partial || k.Column > 1) && !isWideSpace(strings.TrimLeft(r.src.line(k.Line+1), " ")) {
		msg, hint := fmt.Sprintf("`%s` has no value", k.Value), "write one behind the colon, or delete the line"
		if k.Column == 1 && slices.Contains(fileFields, k.Value) {
			hint = "write its entries on the lines below, or delete the line"
		}
		if v.Value != "" {
			msg = fmt.Sprintf("`%s` has no value: %s means nothing in YAML", k.Value, v.Value)
			hint = fmt.Sprintf("%s: %s", k.Value, quote(v.Value))
		} else if comment, ok := r.commentAfter(k); ok {
			msg += ": a # begins a comment"
			hint = fmt.Sprintf("%s: %s", k.Value, quote(comment))
		}
		r.add(CodeNull, k, msg, hint)
	}
	return false
}

// commentAfter gives the comment in place of the value of the key k, if it
// looks like a text: #话题.
func (r *reader) commentAfter(k *yaml.Node) (string, bool) {
	_, rest, _ := strings.Cut(r.src.from(k.Line, k.Column), ":")
	rest = strings.TrimSpace(rest)
	return rest, strings.HasPrefix(rest, "#") && hasGluedHash(rest)
}

func (r *reader) null(n *yaml.Node, what string) {
	hint := ""
	if n.Value != "" {
		hint = "if it is a text: " + quote(n.Value)
	}
	r.add(CodeNull, n, what+" has no value", hint)
}

func (r *reader) duplicate(n *yaml.Node, i int) {
	first := n.Content[i]
	for j := 0; j < i; j += 2 {
		if n.Content[j].Value == n.Content[i].Value {
			first = n.Content[j]
			break
		}
	}
	hint := "delete one of them"
	if i+1 < len(n.Content) && n.Content[i+1].Kind == yaml.ScalarNode && indexOf(kindNames, first.Value) >= 0 {
		hint = "several values are a list: " + first.Value + ": […, …]"
	}
	r.add(CodeDuplicate, n.Content[i], fmt.Sprintf("`%s` stands here a second time, after line %d", first.Value, first.Line), hint)
}

// unknownField tells what may have been meant by the key k of the mapping n.
func (r *reader) unknownField(n, k, v *yaml.Node, what string, known []string) {
	if r.wideColonKey(k) || (isNull(v) && r.cutByComma(n, k)) {
		return
	}
	hint := misplaced(what, k, v)
	if field := strings.TrimPrefix(k.Value, "."); isNull(v) && n.Style&yaml.FlowStyle != 0 && (field != k.Value || wechat.KnownField(field)) {
		hint = "a field of the message is a template, in quotes: " + quote("{{."+field+"}}")
	}
	if word, rest, ok := strings.Cut(k.Value, "="); hint == "" && ok && slices.Contains(known, strings.TrimSpace(word)) {
		hint = fmt.Sprintf("%s: %s", strings.TrimSpace(word), strings.TrimSpace(rest))
	} else if word := strings.Map(onlyShown, k.Value); hint == "" && word != k.Value && slices.Contains(known, word) {
		hint = "an invisible character stands in it: delete the word and write it anew"
	} else if s := suggest(k.Value, known); hint == "" && s != "" {
		hint = fmt.Sprintf("did you mean `%s`?", s)
	} else if hint == "" {
		hint = "known here: " + strings.Join(known, ", ")
		if what == "`reply`" && v.Kind == yaml.ScalarNode && !isASCII(k.Value) {
			hint = "if it is a text: a `|` behind `reply:`, and the lines below it\n" + hint
		}
	}
	r.add(CodeUnknownField, k, fmt.Sprintf("%s has no field `%s`", what, k.Value), hint)
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c >= utf8.RuneSelf })
}

// onlyShown leaves out the characters that editors do not show.
func onlyShown(c rune) rune {
	if unicode.Is(unicode.Cf, c) {
		return -1
	}
	return c
}

// misplaced tells where a field belongs that stands in the wrong place.
func misplaced(what string, k, v *yaml.Node) string {
	key := k.Value
	short := "…"
	if v.Kind == yaml.ScalarNode && !isNull(v) && len(v.Value) <= 60 {
		short = quoteFlow(v.Value)
	}
	switch {
	case what == "`"+key+"`":
		return fmt.Sprintf("it stands in itself: delete one of the two `%s:`", key)
	case what == whatFile && slices.Contains(botFields, key):
		return fmt.Sprintf("`%s` belongs into bot.yaml", key)
	case what == botFile && slices.Contains(accountFields, key):
		return fmt.Sprintf("`%s` belongs to an account: accounts: [{%s: …}]", key, key)
	case what == whatFile && slices.Contains(ruleFields, key):
		return "rules stand in a list below `rules:`, each beginning with `- `, its fields exactly below each other"
	case what == whatRule && slices.Contains(conditionFields, key):
		return fmt.Sprintf("when: {%s: %s}", key, short)
	case what == whatRule && key == "text":
		return "reply: " + short
	case what == whatRule && slices.Contains(replyForms, key):
		return fmt.Sprintf("reply: {%s: %s}", key, short)
	case (what == "`when`" || what == "`unless`") && slices.Contains(kindNames, key):
		return fmt.Sprintf("%s: {keyword: {%s: %s}}", strings.Trim(what, "`"), key, short)
	case what == "`when`" && slices.Contains(otherWords[key], "unless"):
		return "did you mean `unless`? it stands beside `when`"
	case (what == "`when`" || what == "`unless`") && slices.Contains(ruleFields, key):
		return fmt.Sprintf("`%s` belongs beside `when`, not into it: move it to the left", key)
	case what == "`reply`" && slices.Contains(ruleFields, key):
		return fmt.Sprintf("`%s` belongs beside `reply`, not into it: move it to the left", key)
	case what == whatRule && slices.Contains(fileFields, key):
		return fmt.Sprintf("`%s` stands at the left margin, outside the list of rules", key)
	case what == "`time`" && slices.Contains(conditionFields, key):
		return fmt.Sprintf("`%s` belongs beside `time`, not into it", key)
	case what == whatTest && slices.Contains(expectFields, key):
		return fmt.Sprintf("expect: {%s: %s}", key, short)
	}
	return ""
}

func isNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Tag == "!!null"
}

// shape names the kind of a node for people.
func shape(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.MappingNode:
		return "a mapping (key: value)"
	case isNull(n):
		return "empty"
	}
	return "a text"
}

func indexOf(list []string, s string) int {
	for i, e := range list {
		if e == s {
			return i
		}
	}
	return -1
}
