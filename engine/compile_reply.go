package engine

import (
	"fmt"
	"strings"
	"text/template/parse"

	"wereply/rules"
	"wereply/wechat"
)

// namedReply is an entry of replies: that is compiled once for all who use it.
type namedReply struct {
	node     node
	usesVars bool
	done     bool // false while it is being compiled: a use of it then is a circle
}

// namedReply finds or compiles a named reply. at is where it is used from,
// user the template environment of that place, nil for none.
func (c *compiler) namedReply(name string, user *env, at rules.Pos) node {
	n := c.named[name]
	if n == nil {
		src := c.replySources[name]
		if src == nil {
			c.add(rules.CodeUnknownName, user.rule, at, fmt.Sprintf("no reply is named %q", name), "")
			return silentNode{}
		}
		n = &namedReply{}
		c.named[name] = n
		inside := &env{file: src.Pos.File, known: known{vars: c.known, groups: c.anyGroups}}
		n.node = c.reply(inside, src.Reply)
		n.usesVars, n.done = inside.usesVars, true
	}
	if !n.done {
		c.add(rules.CodeCircle, user.rule, at, fmt.Sprintf("the named reply %q uses itself", name), "")
		return silentNode{}
	}
	if user != nil {
		user.usesVars = user.usesVars || n.usesVars
	}
	return n.node
}

// reply compiles one reply form.
func (c *compiler) reply(at *env, src *rules.Reply) node {
	pos := rules.Pos{File: at.file, At: src.At}
	switch src.Kind {
	case rules.ReplyText:
		if t := c.text(at, src.Text()); t.program != nil {
			return &textNode{t}
		}
		return (*literalNode)(src)
	case rules.ReplyTransfer:
		return &transferNode{c.text(at, src.Text())}
	case rules.ReplyNews:
		return c.news(at, src.Extras().News)
	case rules.ReplyMenu:
		return c.menu(at, src.Extras().Menu)
	case rules.ReplyRandom:
		return c.random(at, src.Extras().List)
	case rules.ReplyAll:
		if len(src.Extras().List) > 1 {
			c.notServed(at.rule, rules.Pos{File: at.file, At: src.Extras().List[1].At}, "only the first reply of all is sent: the others go through the API, which is not served yet")
		}
		return &allNode{c.replies(at, src.Extras().List)}
	case rules.ReplyWebhook:
		hook := &webhookNode{name: src.Extras().Name}
		instead := "nothing is said"
		if len(src.Extras().List) > 0 {
			hook.fallback, instead = c.reply(at, src.Extras().List[0]), "the fallback is the answer"
		}
		c.notServed(at.rule, pos, "webhooks are not served yet: "+instead)
		return hook
	case rules.ReplyUse:
		return c.namedReply(src.Extras().Name, at, pos)
	case rules.ReplySilent:
		return silentNode{}
	}
	return c.media(at, src)
}

func (c *compiler) replies(at *env, list []*rules.Reply) []node {
	nodes := make([]node, len(list))
	for i, src := range list {
		nodes[i] = c.reply(at, src)
	}
	return nodes
}

func (c *compiler) random(at *env, list []*rules.Reply) node {
	n := &randomNode{entries: c.replies(at, list), upTo: make([]int, len(list))}
	total := 0
	for i, src := range list {
		total += int(max(src.Weight, 1))
		n.upTo[i] = total
	}
	return n
}

func (c *compiler) news(at *env, list []rules.Article) node {
	n := &newsNode{articles: make([]articleTexts, len(list))}
	for i, a := range list {
		n.articles[i] = articleTexts{title: c.text(at, a.Title), description: c.text(at, a.Description), pic: c.text(at, a.Pic), link: c.text(at, a.Link)}
	}
	return n
}

func (c *compiler) menu(at *env, src *rules.Menu) node {
	n := &menuNode{head: c.text(at, src.Head), tail: c.text(at, src.Tail)}
	for _, item := range src.Items {
		n.items = append(n.items, c.text(at, item))
	}
	return n
}

// mediaKinds are the forms that are one object, as WeChat calls them.
var mediaKinds = map[rules.ReplyKind]string{
	rules.ReplyImage:           wechat.MsgImage,
	rules.ReplyVoice:           wechat.MsgVoice,
	rules.ReplyVideo:           wechat.MsgVideo,
	rules.ReplyMusic:           wechat.MsgMusic,
	rules.ReplyLink:            wechat.MsgLink,
	rules.ReplyMiniProgramPage: wechat.MsgMiniProgramPage,
}

func (c *compiler) media(at *env, src *rules.Reply) node {
	m := src.Extras().Media
	n := &mediaNode{file: m.File, fixed: wechat.Reply{
		Kind: mediaKinds[src.Kind], ThumbURL: m.ThumbURL.Source, AppID: m.AppID.Source, PagePath: m.PagePath.Source,
	}}
	pos := rules.Pos{File: at.file, At: src.At}
	switch {
	case c.kind == rules.AccountMiniProgram: // noteMiniProgram tells of all its replies at once
	case src.Kind == rules.ReplyLink || src.Kind == rules.ReplyMiniProgramPage:
		c.notServed(at.rule, pos, n.fixed.Kind+" replies go through the API, which is not served yet: nothing is said")
	case m.File != "":
		c.notServed(at.rule, pos, fmt.Sprintf("the file %s must be uploaded through the API, which is not served yet: nothing is said", m.File))
	}
	for _, part := range []struct {
		of  mediaField
		src rules.Text
	}{{mediaID, m.ID}, {mediaTitle, m.Title}, {mediaDescription, m.Description}, {mediaURL, m.URL}, {mediaHQURL, m.HQURL}} {
		t := c.text(at, part.src)
		if t.program == nil {
			part.of.set(&n.fixed, t.literal)
			continue
		}
		n.parts = append(n.parts, mediaText{part.of, t})
	}
	return n
}

// text compiles one template.
func (c *compiler) text(at *env, src rules.Text) text {
	if len(src.Source) > maxRendered {
		c.add(rules.CodeTemplate, at.rule, rules.Pos{File: at.file, At: src.At}, errTooLong.Error(), "")
	}
	if !strings.Contains(src.Source, "{{") {
		return text{literal: src.Source}
	}
	p := &program{source: src, file: at.file, segments: segments(src.Source)}
	checked := checker{known: &at.known}
	if p.segments != nil {
		checked.segments(p.segments)
	}
	// Whatever is wrong with a name is told by the parser's walk, which knows
	// its place.
	if p.segments == nil || len(checked.mistakes) > 0 {
		checked = checker{known: &at.known}
		checked.parse(src.Source)
	}
	for i := range checked.mistakes {
		m := &checked.mistakes[i]
		c.add(m.code, at.rule, m.place(at.file, src), m.msg, m.hint)
	}
	at.usesVars = at.usesVars || checked.usesVars
	return text{program: p}
}

// segments checks the names of a template without a parse tree.
func (c *checker) segments(list []segment) {
	nowhere := &parse.TextNode{}
	for i := range list {
		f := list[i].field
		switch f.of {
		case ofVars:
			c.usesVars = true
			c.checkVar(nowhere, f.name)
		case ofMatch:
			c.checkGroup(nowhere, f.name)
		}
	}
}
