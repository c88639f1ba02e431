package engine

import (
	"fmt"
	"regexp"
	"strings"

	"wereply/rules"
)

var (
	// markup is what web pages have and texts do not: tags but <a>, and links of
	// Markdown.
	markup = regexp.MustCompile(`(?i)</?(?:br|p|div|span|b|strong|i|em|u|font|img|h[1-6]|ul|ol|li|hr|center|button|table|tr|td)(?:\s[^<>]*)?/?>|\[[^\[\]\n]+\]\((https?://[^()\s]+)\)`)

	// anchor is the beginning of a link, with its address.
	anchor = regexp.MustCompile(`(?i)<a\s+[^<>]*?href\s*=\s*([^<>]*)>`)
)

// lintMarkup tells of markup in a text that WeChat shows as it is written, and
// of links that lead nowhere. A text has links and no other markup.
func (l *linter) lintMarkup(at *leafAt) {
	if at.Kind != rules.ReplyText && at.Kind != rules.ReplyMenu {
		return
	}
	for _, t := range at.texts() {
		if !strings.ContainsAny(t.Source, "<[") {
			continue
		}
		source := masked(t.Source)
		if m := markup.FindStringSubmatchIndex(source); m != nil {
			l.add(rules.CodeMarkup, at.rule, place(at.file, t, m[0]),
				fmt.Sprintf("“%s” is shown as it is written: a text has links and no other markup", shorten(t.Source[m[0]:m[1]])), markupHint(source, m))
		}
		for _, m := range anchor.FindAllStringSubmatchIndex(source, -1) {
			if msg, hint := badHref(source[m[2]:m[3]]); msg != "" {
				l.add(rules.CodeMarkup, at.rule, place(at.file, t, m[0]), fmt.Sprintf("“%s” leads nowhere: %s", shorten(t.Source[m[0]:m[1]]), msg), hint)
			}
		}
	}
}

// markupHint says what to write instead of the markup at m, and how it is kept.
func markupHint(source string, m []int) string {
	written := source[m[0]:m[1]]
	keep := fmt.Sprintf("\nif it is meant as it is: {{`%s`}}", strings.ReplaceAll(written, "\x00", ""))
	if m[2] >= 0 {
		name, _, _ := strings.Cut(written[1:], "]")
		return fmt.Sprintf("<a href=\"%s\">%s</a>", source[m[2]:m[3]], name) + keep
	}
	switch tag := strings.ToLower(strings.TrimLeft(written, "</")); {
	case strings.HasPrefix(tag, "br"), strings.HasPrefix(tag, "p"), strings.HasPrefix(tag, "div"), strings.HasPrefix(tag, "li"):
		return "break the line itself: a `|`, and the lines below it" + keep
	case strings.HasPrefix(tag, "img"):
		return "a picture is a reply of its own: {image: …}" + keep
	}
	return "leave it out" + keep
}

// badHref tells why an address behind href= is none, with the right form.
func badHref(href string) (msg, hint string) {
	inner, quoted := strings.TrimSpace(href), false
	for _, pair := range []string{"“”", "””", "‘’", "’’", "＂＂"} {
		if after, ok := strings.CutPrefix(inner, pair[:3]); ok {
			inner, quoted = strings.TrimSuffix(after, pair[3:]), true
			break
		}
	}
	if quoted {
		return "its quotes are full-width", fmt.Sprintf("href=\"%s\"", inner)
	}
	address, _, _ := strings.Cut(strings.TrimLeft(inner, `"'`), `"`)
	if address == "" || address[0] == 0 || strings.Contains(address, ":") || !strings.HasPrefix(inner, `"`) {
		return "", ""
	}
	return "the address is not whole", fmt.Sprintf("href=\"https://%s\"", strings.TrimLeft(address, "/"))
}
