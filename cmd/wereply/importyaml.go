package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"wereply/rules"
	"wereply/wechat"
)

// yamlWriter writes rule files for people: plain words where they are safe,
// quotes where they are needed, blocks for texts of several lines.
type yamlWriter struct{ strings.Builder }

// line writes one line at a depth of indentation.
func (w *yamlWriter) line(depth int, format string, args ...any) {
	w.WriteString(strings.Repeat(" ", depth))
	fmt.Fprintf(w, format, args...)
	w.WriteByte('\n')
}

func (w *yamlWriter) comment(depth int, text string) {
	for part := range strings.SplitSeq(text, "\n") {
		w.line(depth, "# %s", part)
	}
}

// pair writes a key, or the dash of a list, with a text.
func (w *yamlWriter) pair(depth int, key, text string) {
	w.line(depth, "%s %s", key, scalar(text, depth+2))
}

// scalar writes a text as a YAML value; the lines of a block get the depth.
func scalar(text string, depth int) string {
	switch {
	case isPlain(text):
		return text
	case strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp)) }),
		strings.Contains(text, "\n") && !isBlock(text),
		strings.Contains(text, `\n`): // nobody could tell it from a line break that was meant
		return doubleQuoted(text)
	case strings.Contains(text, "\n"):
		margin := strings.Repeat(" ", depth)
		block := "|-\n" + indent(margin, text)
		return strings.ReplaceAll(block, "\n"+margin+"\n", "\n\n")
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// isBlock reports whether a text of several lines can be a block as it is:
// its first line must not begin with a blank, nor its last be empty.
func isBlock(text string) bool {
	return !strings.ContainsAny(text[:1], " \t\n") && !strings.HasSuffix(text, "\n")
}

// isPlain reports whether a text means itself without quotes: letters, digits
// and what cannot be mistaken for YAML, beginning with a letter.
func isPlain(text string) bool {
	for i, r := range text {
		switch {
		case unicode.IsLetter(r):
		case i == 0:
			return false
		case unicode.IsDigit(r), strings.ContainsRune("_-/–—。！？“”《》（）", r):
		case r == ' ' && i+1 < len(text) && text[i-1] != ' ':
		default:
			return false
		}
	}
	switch strings.ToLower(text) {
	case "", "true", "false", "null", "yes", "no", "on", "off", "y", "n":
		return false
	}
	return true
}

// doubleQuoted: a JSON string is a YAML one.
func doubleQuoted(text string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		panic(err) // a string always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// writeRules writes the rules: section with what was lost below it.
func (im *importer) writeRules(w *yamlWriter) {
	for _, line := range im.words.header {
		w.comment(0, line)
	}
	if !im.open && im.keywords {
		w.comment(0, im.words.keywordsOpen)
	}
	if len(im.rules) > 0 {
		w.line(0, "rules:")
	}
	for i, r := range im.rules {
		if i > 0 {
			w.line(0, "")
		}
		r.write(w)
	}
	for _, notes := range im.lost {
		w.line(0, "")
		for _, note := range notes {
			w.comment(0, note)
		}
	}
}

func (r *importedRule) write(w *yamlWriter) {
	for _, note := range r.notes {
		w.comment(2, note)
	}
	w.pair(2, "- name:", r.name)
	if r.disabled {
		w.line(4, "enabled: false")
	}
	switch {
	case r.event != "":
		w.line(4, "when: {event: %s}", r.event)
	case r.cooldown == "":
		w.line(4, "when:")
		w.line(6, "keyword:")
		for _, k := range r.contains {
			if isNumber(k) { // bare, it would be compared whole
				w.pair(8, "- contains:", k)
			} else {
				w.pair(8, "-", k)
			}
		}
		for _, k := range r.exact {
			w.pair(8, "- exact:", k)
		}
	}
	if r.cooldown != "" {
		w.line(4, "cooldown: %s", r.cooldown)
	}
	r.writeReplies(w)
}

func isNumber(keyword string) bool {
	return !strings.ContainsFunc(folded(keyword), func(r rune) bool { return !unicode.IsDigit(r) })
}

func (r *importedRule) writeReplies(w *yamlWriter) {
	if len(r.replies) == 1 {
		r.replies[0].write(w, 4, "reply:")
		return
	}
	w.line(4, "reply:")
	if r.random {
		w.line(6, "random:")
	} else {
		w.line(6, "all:")
	}
	for _, reply := range r.replies {
		reply.write(w, 8, "-")
	}
}

// write writes a reply as the value of a key, or as an entry of a list.
func (r importedReply) write(w *yamlWriter, depth int, key string) {
	switch r.kind {
	case "text":
		w.pair(depth, key, literal(r.value))
		return
	case "news":
		if key == "-" {
			w.line(depth, "- news:")
		} else {
			w.line(depth, "%s", key)
			w.line(depth+2, "news:")
		}
		mark := "- "
		for _, f := range [][2]string{
			{"title", r.article.Title}, {"description", r.article.Digest},
			{"pic_url", r.article.CoverURL}, {"url", r.article.ContentURL},
		} {
			if value := cleanLine(f[1]); value != "" {
				w.pair(depth+4, mark+f[0]+":", literal(value))
				mark = "  "
			}
		}
		return
	}
	value := scalar(literal(r.value), 0)
	if r.kind == "video" {
		value = "{media: " + value + "}"
	}
	w.line(depth, "%s {%s: %s}", key, r.kind, value)
}

// literal is a template that renders to the text: braces of the text's own
// begin no action.
func literal(text string) string {
	return strings.ReplaceAll(text, "{{", `{{"{{"}}`)
}

// writeTests writes a test for each keyword. Of a keyword that another rule
// answers it only says so; answeredBy knows.
func (im *importer) writeTests(w *yamlWriter, answeredBy func(text string) string) (count int) {
	var tests yamlWriter
	for _, r := range im.rules {
		if r.disabled {
			continue
		}
		switch {
		case r.event != "":
			tests.pair(2, "- name:", r.name)
			tests.line(4, "send: {event: %s}", r.event)
			r.writeExpect(&tests)
			count++
		case r.cooldown != "":
			if answeredBy(im.words.sample) == r.name {
				im.writeDefaultTest(&tests, r)
				count++
			}
		}
		for _, keyword := range slices.Concat(r.contains, r.exact) {
			switch other := answeredBy(keyword); other {
			case r.name:
				tests.pair(2, "- send:", keyword)
				r.writeExpect(&tests)
				count++
			case rules.StateNone:
				tests.comment(2, fmt.Sprintf(im.words.keywordMute, keyword))
			default:
				tests.comment(2, fmt.Sprintf(im.words.keywordTaken, keyword, other))
			}
		}
	}
	if count > 0 {
		w.line(0, "\ntests:")
	}
	w.WriteString(tests.String())
	return count
}

// writeDefaultTest shows the default's once an hour.
func (im *importer) writeDefaultTest(w *yamlWriter, r *importedRule) {
	w.pair(2, "- name:", r.name)
	w.line(4, "steps:")
	for _, step := range [][2]string{{"", r.name}, {"59m", "none"}, {"1m", r.name}} {
		w.pair(6, "- send:", im.words.sample)
		if step[0] != "" {
			w.line(8, "after: %s", step[0])
		}
		w.line(8, "expect:")
		w.pair(10, "rule:", step[1])
	}
}

// writeExpect says which rule answers, and with what where that is certain.
func (r *importedRule) writeExpect(w *yamlWriter) {
	w.line(4, "expect:")
	w.pair(6, "rule:", r.name)
	first := r.replies[0]
	exact := !slices.ContainsFunc(r.replies, func(x importedReply) bool { return x.kind != "text" || !arrivesWhole(x.value) })
	switch {
	case r.random && len(r.replies) > 1 && exact:
		w.line(6, "one_of:")
		for _, x := range r.replies {
			w.pair(8, "-", x.value)
		}
	case r.random && len(r.replies) > 1:
	case first.kind == "text" && arrivesWhole(first.value):
		w.pair(6, "text:", first.value)
	default:
		w.line(6, "type: %s", first.kind)
	}
}

// arrivesWhole reports whether WeChat's limits leave a text as it is.
func arrivesWhole(text string) bool {
	return len(text) <= wechat.MaxTextBytes && strings.TrimSpace(text) == text
}
