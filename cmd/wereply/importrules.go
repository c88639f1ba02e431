package main

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"wereply/rules"
)

// importedRule is a rule in the making.
type importedRule struct {
	name            string
	notes           []string // comments above it
	event           string   // subscribe for the reply on following
	contains, exact []string // keywords
	replies         []importedReply
	random          bool
	disabled        bool
	cooldown        string
}

// importedReply is one reply that can be expressed. Kind is a reply form.
type importedReply struct {
	kind    string // text, image, voice, video, news
	value   string // the text, or the media id
	article savedArticle
}

// importer turns an export into rules, and keeps what has no rule as comments.
type importer struct {
	words importWords
	names map[string]bool
	rules []*importedRule
	lost  [][]string // comments about rules of which nothing is left

	open     bool // message replies were switched on
	keywords bool // there are keyword replies
}

func newImporter(words importWords) *importer {
	return &importer{words: words, names: map[string]bool{rules.StateNone: true}}
}

// add makes the rules of an export: the reply on following, those of the
// keywords so that none is hidden by another, and the default.
func (im *importer) add(saved *autoReplies) {
	im.open, im.keywords = *saved.MessageOpen != 0, len(saved.Keywords.List) > 0
	if saved.Follow != nil {
		im.keep(&importedRule{name: im.name(im.words.follow), event: "subscribe", disabled: *saved.FollowOpen == 0}, []savedReply{*saved.Follow})
	}
	first := len(im.rules)
	for _, rule := range saved.Keywords.List {
		im.addKeywords(rule)
	}
	im.order(im.rules[first:])
	if saved.Default != nil {
		im.keep(&importedRule{name: im.name(im.words.fallback), cooldown: "1h", disabled: !im.open}, []savedReply{*saved.Default})
	}
}

// maxTitle is more characters than the console takes for a name.
const maxTitle = 100

// name makes a name unique.
func (im *importer) name(wanted string) string {
	name := wanted
	for n := 2; im.names[name]; n++ {
		name = fmt.Sprintf(im.words.again, wanted, n)
	}
	im.names[name] = true
	return name
}

func (im *importer) addKeywords(saved savedRule) {
	r := &importedRule{random: saved.Mode == "random_one"}
	for _, k := range saved.Keywords {
		keyword := cleanLine(k.Content)
		switch {
		case folded(keyword) == "":
			r.notes = append(r.notes, fmt.Sprintf(im.words.keywordGone, k.Content))
		case k.Match == "equal":
			r.exact = append(r.exact, keyword)
		default:
			r.contains = append(r.contains, keyword)
		}
	}
	title := cleanLine(saved.Name)
	if runes := []rune(title); len(runes) > maxTitle {
		title = string(runes[:maxTitle])
	}
	if title == "" {
		title = im.words.unnamed
	}
	r.name = im.name(title)
	if len(r.contains)+len(r.exact) == 0 {
		r.notes = append(r.notes, im.words.noKeyword)
		im.lose(r)
		return
	}
	im.keep(r, saved.Replies)
}

// keep adds a rule with the replies that can be expressed, or the comments
// about it if there are none.
func (im *importer) keep(r *importedRule, saved []savedReply) {
	for _, s := range saved {
		reply, reason := im.reply(r, s)
		if reason == "" {
			r.replies = append(r.replies, reply)
			continue
		}
		kind := or(im.words.kinds[s.Type], s.Type)
		r.notes = append(r.notes, fmt.Sprintf(im.words.replyGone, kind, reason, cleanLine(s.Content)))
	}
	if len(r.replies) == 0 {
		im.lose(r)
		return
	}
	if r.disabled {
		r.notes = append(r.notes, im.words.closed)
	}
	im.rules = append(im.rules, r)
}

func (im *importer) lose(r *importedRule) {
	notes := []string{fmt.Sprintf(im.words.dropped, r.name)}
	if keywords := slices.Concat(r.contains, r.exact); len(keywords) > 0 {
		notes = append(notes, fmt.Sprintf(im.words.itsKeywords, strings.Join(keywords, im.words.comma)))
	}
	im.lost = append(im.lost, append(notes, r.notes...))
}

// reply expresses one reply, or says why it cannot be.
func (im *importer) reply(r *importedRule, s savedReply) (reply importedReply, reason string) {
	content := strings.TrimSpace(s.Content)
	switch s.Type {
	case "text":
		text := cleanText(s.Content)
		if strings.TrimSpace(text) == "" {
			return reply, im.words.emptyText
		}
		return importedReply{kind: "text", value: text}, ""
	case "img", "voice", "video":
		switch {
		case content == "":
			return reply, im.words.noID
		case strings.ContainsAny(content, "/.:"):
			return reply, im.words.videoAddress
		}
		kind := map[string]string{"img": "image", "voice": "voice", "video": "video"}[s.Type]
		r.notes = append(r.notes, fmt.Sprintf(im.words.temporary, content, im.words.kinds[s.Type]))
		return importedReply{kind: kind, value: content}, ""
	case "news":
		return im.news(r, s.News.List)
	}
	return reply, im.words.unknownKind
}

func (im *importer) news(r *importedRule, articles []savedArticle) (reply importedReply, reason string) {
	if len(articles) == 0 || articles[0].Title == "" || articles[0].ContentURL == "" {
		return reply, im.words.noArticle
	}
	if others := articles[1:]; len(others) > 0 {
		titles := make([]string, len(others))
		for i, a := range others {
			titles[i] = cleanLine(a.Title + " " + a.ContentURL)
		}
		r.notes = append(r.notes, fmt.Sprintf(im.words.oneArticle, strings.Join(titles, "; ")))
	}
	return importedReply{kind: "news", article: articles[0]}, ""
}

// order moves rules up whose keywords rules before them would take, right
// before those. Where two hide each other, the order of the console stays.
func (im *importer) order(list []*importedRule) {
	ordered := make([]*importedRule, 0, len(list))
	begun := make(map[*importedRule]bool)
	var put func(r *importedRule)
	put = func(r *importedRule) {
		begun[r] = true
		for _, other := range list {
			if !begun[other] && r.hides(other) {
				other.notes = append(other.notes, fmt.Sprintf(im.words.moved, r.name))
				put(other)
			}
		}
		ordered = append(ordered, r)
	}
	for _, r := range list {
		if !begun[r] {
			put(r)
		}
	}
	copy(list, ordered)
}

// hides reports whether r, standing before other, would do it more harm than
// the other way round.
func (r *importedRule) hides(other *importedRule) bool {
	some, all := r.takes(other)
	back, allBack := other.takes(r)
	return some && !back || all && !allBack
}

// takes reports whether r, standing before other, would answer some of its
// keywords, and whether it would leave it no message at all.
func (r *importedRule) takes(other *importedRule) (some, all bool) {
	all = true
	for i, keyword := range slices.Concat(other.contains, other.exact) {
		text := folded(keyword)
		same := slices.ContainsFunc(r.exact, func(k string) bool { return folded(k) == text })
		within := slices.ContainsFunc(r.contains, func(k string) bool { return strings.Contains(text, folded(k)) })
		some = some || same || within
		all = all && (within || same && i >= len(other.contains))
	}
	return some, all
}

// invisible are the characters that keywords ignore.
const invisible = "\u200B\u200C\u2060\uFEFF\uFE0E\uFE0F"

// folded is near enough to how the engine compares keywords to order rules, and
// empty for the same ones.
func folded(s string) string {
	visible := strings.Map(func(r rune) rune {
		if strings.ContainsRune(invisible, r) {
			return -1
		}
		return r
	}, norm.NFKC.String(s))
	return strings.TrimSpace(strings.ToLower(visible))
}
