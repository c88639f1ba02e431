package engine

import (
	"sort"
	"strconv"
	"strings"
	"unicode"

	"wereply/rules"
	"wereply/wechat"
)

// node is one compiled reply form. It appends the parts that it says to parts;
// an error is a *rules.Problem. What it appends belongs to the caller.
type node interface {
	render(s *scope, parts []Part) ([]Part, error)
}

// literalNode is a text without any template: the reply as it stands in the Set.
type literalNode rules.Reply

// render says nothing where the text is empty.
func (n *literalNode) render(s *scope, parts []Part) ([]Part, error) {
	return addText(s, parts, n.Source), nil
}

type textNode struct{ text text }

func (n *textNode) render(s *scope, parts []Part) ([]Part, error) {
	t, err := n.text.render(s)
	if err != nil {
		return parts, err
	}
	return addText(s, parts, t), nil
}

func addText(s *scope, parts []Part, text string) []Part {
	if blank(text) {
		return parts
	}
	r := s.reply()
	r.Kind, r.Text = wechat.MsgText, text
	return append(parts, Part{Reply: r})
}

func blank(text string) bool {
	for _, r := range text {
		if !unicode.IsSpace(r) {
			return false
		}
	}
	return true
}

// mediaNode is any reply that is one object. What is literal of it stands in
// fixed.
type mediaNode struct {
	fixed wechat.Reply
	file  string
	parts []mediaText
}

type mediaText struct {
	of   mediaField
	text text
}

// mediaField names a field of a reply that has a template.
type mediaField uint8

const (
	mediaID mediaField = iota
	mediaTitle
	mediaDescription
	mediaURL
	mediaHQURL
)

func (n *mediaNode) render(s *scope, parts []Part) ([]Part, error) {
	r := s.reply()
	*r = n.fixed
	for i := range n.parts {
		value, err := n.parts[i].text.render(s)
		if err != nil {
			return parts, err
		}
		n.parts[i].of.set(r, value)
	}
	return append(parts, Part{Reply: r, File: n.file}), nil
}

func (f mediaField) set(r *wechat.Reply, value string) {
	switch f {
	case mediaID:
		r.MediaID = value
	case mediaTitle:
		r.Title = value
	case mediaDescription:
		r.Description = value
	case mediaURL:
		r.URL = value
	case mediaHQURL:
		r.HQURL = value
	}
}

type newsNode struct{ articles []articleTexts }

type articleTexts struct{ title, description, pic, link text }

func (n *newsNode) render(s *scope, parts []Part) ([]Part, error) {
	articles := make([]wechat.Article, len(n.articles))
	for i := range n.articles {
		from, to := &n.articles[i], &articles[i]
		err := renderAll(s, target{&from.title, &to.Title}, target{&from.description, &to.Description},
			target{&from.pic, &to.PicURL}, target{&from.link, &to.URL})
		if err != nil {
			return parts, err
		}
	}
	r := s.reply()
	r.Kind, r.Articles = wechat.MsgNews, articles
	return append(parts, Part{Reply: r}), nil
}

type target struct {
	from *text
	to   *string
}

func renderAll(s *scope, targets ...target) (err error) {
	for _, t := range targets {
		if *t.to, err = t.from.render(s); err != nil {
			return err
		}
	}
	return nil
}

// menuNode is a list of choices, passively a text with links that send their
// own words when they are tapped.
type menuNode struct {
	head, tail text
	items      []text
}

func (n *menuNode) render(s *scope, parts []Part) ([]Part, error) {
	lines := make([]string, 0, len(n.items)+2)
	head, err := n.head.render(s)
	if err != nil {
		return parts, err
	}
	if head != "" {
		lines = append(lines, head)
	}
	for i := range n.items {
		item, err := n.items[i].render(s)
		if err != nil {
			return parts, err
		}
		if item = strings.Join(strings.Fields(item), " "); item != "" {
			lines = append(lines, menuLink(item, i+1))
		}
	}
	tail, err := n.tail.render(s)
	if err != nil {
		return parts, err
	}
	if tail != "" {
		lines = append(lines, tail)
	}
	if len(lines) == 0 {
		return parts, nil
	}
	r := s.reply()
	r.Kind, r.Text = wechat.MsgText, strings.Join(lines, "\n")
	return append(parts, Part{Reply: r}), nil
}

// menuLink makes the link of one choice. The address is community knowledge:
// Chinese stands in it unescaped, as programs in the field write it; what would
// end the value, the attribute or the tag is escaped.
func menuLink(item string, id int) string {
	return `<a href="weixin://bizmsgmenu?msgmenucontent=` + menuValue.Replace(item) + `&msgmenuid=` + strconv.Itoa(id) + `">` + menuLabel.Replace(item) + `</a>`
}

var (
	menuValue = strings.NewReplacer("%", "%25", "&", "%26", "#", "%23", "+", "%2B", " ", "%20",
		`"`, "%22", "'", "%27", "<", "%3C", ">", "%3E", "?", "%3F", "=", "%3D", `\`, "%5C")
	menuLabel = strings.NewReplacer("<", "&lt;", ">", "&gt;")
)

type transferNode struct{ account text }

func (n *transferNode) render(s *scope, parts []Part) ([]Part, error) {
	account, err := n.account.render(s)
	if err != nil {
		return parts, err
	}
	r := s.reply()
	r.Kind, r.KfAccount = wechat.MsgTransfer, strings.TrimSpace(account)
	return append(parts, Part{Reply: r}), nil
}

type silentNode struct{}

func (silentNode) render(_ *scope, parts []Part) ([]Part, error) { return parts, nil }

// randomNode says one of several.
type randomNode struct {
	entries []node
	upTo    []int // sum of the weights of an entry and all before it
}

func (n *randomNode) render(s *scope, parts []Part) ([]Part, error) {
	total := n.upTo[len(n.upTo)-1]
	drawn := int(s.draw(uint64(total)))
	return n.entries[sort.SearchInts(n.upTo, drawn+1)].render(s, parts)
}

// allNode says several, one after the other.
type allNode struct{ entries []node }

func (n *allNode) render(s *scope, parts []Part) (_ []Part, err error) {
	for _, entry := range n.entries {
		if parts, err = entry.render(s, parts); err != nil {
			return parts, err
		}
	}
	return parts, nil
}

// webhookNode asks a program.
type webhookNode struct {
	name     string
	fallback node // nil: none
}

func (n *webhookNode) render(s *scope, parts []Part) ([]Part, error) {
	part := Part{Webhook: n.name}
	if n.fallback != nil {
		var err error
		if part.Fallback, err = n.fallback.render(s, nil); err != nil {
			return parts, err
		}
	}
	return append(parts, part), nil
}
