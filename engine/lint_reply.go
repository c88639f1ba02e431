package engine

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"wereply/rules"
	"wereply/wechat"
)

// lintReplies looks at every reply once, where it stands.
func (l *linter) lintReplies() {
	used := make(map[string]bool)
	for _, r := range l.set.Rules {
		if r.Reply != nil {
			l.lintTree(r.Reply, r.Pos().File, r.Name, r.Disabled, used)
		}
		if !r.Disabled {
			l.lintRemembered(r)
		}
	}
	for _, file := range l.set.Files {
		for _, n := range file.Replies {
			l.lintTree(n.Reply, n.Pos.File, "", false, used)
		}
	}
	for _, file := range l.set.Files {
		for _, n := range file.Replies {
			if !used[n.Name] {
				l.add(rules.CodeReplyUnused, "", n.Pos, fmt.Sprintf("nothing uses the reply %q", n.Name), fmt.Sprintf("rules say it with reply: {use: %s}", n.Name))
			}
		}
	}
}

// lintTree walks a reply. Of what is switched off only the use counts.
func (l *linter) lintTree(reply *rules.Reply, file, rule string, off bool, used map[string]bool) {
	if reply.Kind == rules.ReplyUse {
		used[reply.Extras().Name] = true
	}
	if !off {
		at := leafAt{leaf{Reply: reply, file: file}, rule}
		l.lintLeaf(&at)
		l.lintBraces(rule, file, at.templates())
		l.lintMarkup(&at)
		l.lintAllowed(&at)
		l.lintMedia(&at)
	}
	for _, inner := range reply.Extras().List {
		l.lintTree(inner, file, rule, off, used)
	}
}

// leafAt is a reply where it stands.
type leafAt struct {
	leaf
	rule string // "" in a named reply
}

func (l *linter) addAt(at *leafAt, code, msg, hint string) { l.add(code, at.rule, at.pos(), msg, hint) }

func (l *linter) lintLeaf(at *leafAt) {
	switch at.Kind {
	case rules.ReplyText:
		l.lintText(at)
	case rules.ReplyMenu:
		l.lintChoices(at)
	case rules.ReplyMusic:
		if at.Extras().Media.URL.Source == "" {
			l.addAt(at, rules.CodeReplyIncomplete, "music without url: hq_url is what WeChat plays on Wi-Fi only", "add url")
		}
	case rules.ReplyLink:
		l.lintLink(at)
	case rules.ReplyMiniProgramPage:
		if at.Extras().Media.AppID.Source == "" && l.profile.Kind != rules.AccountMiniProgram {
			l.addAt(at, rules.CodeReplyIncomplete, "miniprogrampage without appid: only a mini program can do without, as it shows its own page", "add appid, the AppID of the mini program, wx…")
		}
	}
	for _, a := range at.addresses() {
		if s := a.text.Source; s != "" && !strings.Contains(s, "{{") && !isAddress(s) {
			l.add(rules.CodeReplyIncomplete, at.rule, rules.Pos{File: at.file, At: a.text.At},
				fmt.Sprintf("%s is no whole address: “%s”", a.field, shorten(s)), "begin it with https:// or http://")
		}
	}
}

func (l *linter) lintLink(at *leafAt) {
	var missing []string
	if strings.TrimSpace(at.Extras().Media.Description.Source) == "" {
		missing = append(missing, "description")
	}
	if strings.TrimSpace(at.Extras().Media.ThumbURL.Source) == "" {
		missing = append(missing, "thumb_url")
	}
	if missing != nil {
		what := strings.Join(missing, " and ")
		l.addAt(at, rules.CodeReplyIncomplete, "a link needs title, description, url and thumb_url, and this one has no "+what, "add "+what)
	}
}

type address struct {
	field string
	text  rules.Text
}

// addresses are the fields of a reply that must be addresses of the web.
func (f *leaf) addresses() []address {
	var list []address
	if m := f.Extras().Media; m != nil {
		list = append(list, address{"url", m.URL}, address{"hq_url", m.HQURL}, address{"thumb_url", m.ThumbURL})
	}
	for _, a := range f.Extras().News {
		list = append(list, address{"url", a.Link}, address{"pic_url", a.Pic})
	}
	return list
}

func isAddress(s string) bool {
	scheme, rest, ok := strings.Cut(s, "://")
	return ok && rest != "" && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// texts are the fields of a reply that people read.
func (f *leaf) texts() []rules.Text {
	list := []rules.Text{f.Text()}
	if m := f.Extras().Media; m != nil {
		list = append(list, m.Title, m.Description)
	}
	for _, a := range f.Extras().News {
		list = append(list, a.Title, a.Description)
	}
	if f.Extras().Menu != nil {
		list = append(append(list, f.Extras().Menu.Head, f.Extras().Menu.Tail), f.Extras().Menu.Items...)
	}
	return list
}

func (l *linter) lintText(at *leafAt) {
	if s := at.Source; !strings.Contains(s, "{{") && (&wechat.Reply{Kind: wechat.MsgText, Text: s}).Empty() {
		l.addAt(at, rules.CodeEmptyReply, "the text is empty, so nothing is said", "if that is meant: reply: {silent: true}")
		return
	}
	l.lintLength(at, literalOf(at.Source), strings.Contains(at.Source, "{{"))
}

// literalOf gives the text of a template without its fields; nothing where the
// template decides by itself what it says.
func literalOf(source string) string {
	if !strings.Contains(source, "{{") {
		return source
	}
	var b strings.Builder
	for _, s := range segments(source) {
		b.WriteString(s.literal)
	}
	return b.String()
}

// lintChoices measures a menu as it is sent: as text with links.
func (l *linter) lintChoices(at *leafAt) {
	var n menuNode
	for _, t := range at.texts() {
		if strings.Contains(t.Source, "{{") {
			return
		}
	}
	n.head.literal, n.tail.literal = at.Extras().Menu.Head.Source, at.Extras().Menu.Tail.Source
	for _, item := range at.Extras().Menu.Items {
		n.items = append(n.items, text{literal: item.Source})
	}
	parts, err := n.render(&scope{}, nil)
	if err == nil && len(parts) == 1 {
		l.lintLength(at, parts[0].Reply.Text, false)
	}
}

// lintLength tells of a text that WeChat would refuse and the bot therefore
// cuts.
func (l *linter) lintLength(at *leafAt, s string, more bool) {
	if len(s) <= wechat.MaxTextBytes {
		return
	}
	size := fmt.Sprintf("has %d bytes", len(s))
	ends := fmt.Sprintf(" and ends at “%s”", lastRunes(wechat.CutText(s, wechat.MaxTextBytes), 8))
	if more {
		size, ends = fmt.Sprintf("has %d bytes and more", len(s)), ""
	}
	if at.Kind == rules.ReplyMenu {
		size += " as links"
	}
	l.addAt(at, rules.CodeTextTooLong,
		fmt.Sprintf("the text %s, and WeChat takes %d (a Chinese character is 3): it is cut%s", size, wechat.MaxTextBytes, ends),
		"shorten it, or send an article: {news: [{title: …, url: …}]}")
}

func lastRunes(s string, n int) string {
	runes := []rune(s[max(0, len(s)-4*n):])
	if first, _ := utf8.DecodeRuneInString(string(runes)); first == utf8.RuneError {
		runes = runes[1:]
	}
	text := strings.Join(strings.Fields(string(runes[max(0, len(runes)-n):])), " ")
	return "…" + text
}

// lintArticles tells of several articles after a message, where WeChat shows
// one.
func (l *linter) lintArticles(r *rule) {
	for _, f := range l.leaves(r) {
		if f.Kind != rules.ReplyNews || len(f.Extras().News) <= wechat.MaxArticlesAfterMessage {
			continue
		}
		m, _ := l.witness(r, func(_ *condition, c *class) bool { return c.kind != wechat.MsgEvent && c.kind != unnamed })
		if m == nil {
			return
		}
		l.add(rules.CodeTooManyArticles, r.src.Name, f.site,
			fmt.Sprintf("after a message, such as %s, WeChat shows 1 article: of these %d only the first is sent", describe(m), len(f.Extras().News)),
			fmt.Sprintf("keep one article that leads to the others; up to %d may follow an event, such as a menu button's", wechat.MaxArticles))
	}
}
