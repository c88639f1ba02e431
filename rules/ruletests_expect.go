package rules

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"wereply/wechat"
)

var (
	expectFields = fieldsOf[answerForm]()

	replyTypes = []string{
		wechat.MsgText, wechat.MsgImage, wechat.MsgVoice, wechat.MsgVideo, wechat.MsgMusic, wechat.MsgNews,
		wechat.MsgTransfer, wechat.MsgLink, wechat.MsgMiniProgramPage,
	}

	// replyPaths are the names in a reply document.
	replyPaths = []string{
		"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content", "MediaId", "Title", "Description",
		"MusicUrl", "HQMusicUrl", "ThumbMediaId", "ArticleCount", "PicUrl", "Url", "KfAccount",
		"Image", "Voice", "Video", "Music", "Articles", "item", "TransInfo",
	}

	// replyWords are the words of the rules for some of them.
	replyWords = map[string]string{
		"title": "Title", "description": "Description", "url": "Url", "pic_url": "PicUrl", "hq_url": "HQMusicUrl",
		"thumb": "ThumbMediaId", "media": "MediaId", "image": "MediaId", "voice": "MediaId", "transfer": "KfAccount",
	}
)

// expect reads what a step must bring: the whole text, or a mapping.
func (r *reader) expect(n *yaml.Node) Expect {
	e := Expect{At: r.at(n)}
	if n.Kind != yaml.MappingNode {
		if text, ok := r.text(n, "`expect`"); ok {
			r.warnProse(n, text)
			e.Text = &text
		}
		return e
	}
	var extra []*yaml.Node // keys and values of the reply's own fields
	r.entries(n, "`expect`", func(key string, k, v *yaml.Node) {
		if indexOf(expectFields, key) < 0 {
			extra = append(extra, k, v)
			return
		}
		r.expectField(&e, key, v)
	})
	for i := 0; i < len(extra); i += 2 {
		r.replyField(&e, extra[i], extra[i+1])
	}
	if e.Silent != nil && *e.Silent && (e.Type != nil || e.Text != nil || e.Contains != nil || e.Regex != nil || e.OneOf != nil || e.Fields != nil) {
		r.add(CodeCombination, value(n, "silent"), "nothing was said (`silent`), so the answer has no text or fields to look at", "delete `silent`, or the others")
	}
	return e
}

func (r *reader) expectField(e *Expect, key string, v *yaml.Node) {
	what := "`" + key + "`"
	switch key {
	case "silent":
		if b, ok := r.boolean(v, what); ok {
			e.Silent = &b
		}
	case "vars":
		r.entries(v, what, func(name string, k, v *yaml.Node) {
			if s, ok := r.text(v, "`"+name+"`"); ok {
				e.Vars = append(e.Vars, wechat.Field{Path: name, Value: s})
			}
		})
	case "contains":
		e.Contains, _ = r.texts(v, what)
	case "regex":
		r.oneOrMany(v, what, func(n *yaml.Node) {
			if s, ok := r.text(n, what); ok && r.isRegex(n, s) {
				e.Regex = append(e.Regex, s)
			}
		})
	case "one_of":
		if items, ok := r.items(v, what); ok {
			for _, item := range items {
				if s, ok := r.text(item, "an entry of `one_of`"); ok {
					e.OneOf = append(e.OneOf, s)
				}
			}
		}
	default:
		if s, ok := r.text(v, what); ok {
			r.expectText(e, key, s, v)
		}
	}
}

// isRegex parses an expression of a test, so that its mistakes are told with
// their place; the test compiles it.
func (r *reader) isRegex(n *yaml.Node, s string) bool {
	_, err := syntax.Parse(s, syntax.Perl)
	if err == nil {
		return true
	}
	why := err.Error()
	var parse *syntax.Error
	if errors.As(err, &parse) {
		why = fmt.Sprintf("%s: `%s`", parse.Code, parse.Expr)
	}
	r.add(CodeRegex, n, fmt.Sprintf("regular expression %q: %s", s, why), "the syntax is RE2, as in Go: no lookahead, no backreferences; a sign that is meant as it is has a backslash before it: \\(")
	return false
}

func (r *reader) expectText(e *Expect, key, s string, v *yaml.Node) {
	switch key {
	case "rule":
		e.Rule = &s
	case "state":
		if s == GotoEnd {
			r.add(CodeReserved, v, "no conversation is ever in the state end", "`state: none`: in no state")
			return
		}
		e.State = &s
	case "text":
		r.warnProse(v, s)
		e.Text = &s
	case "type":
		if s == "transfer" {
			s = wechat.MsgTransfer
		}
		if !slices.Contains(replyTypes, s) {
			hint := "known: " + strings.Join(replyTypes, ", ")
			if near := suggest(s, replyTypes); near != "" {
				hint = fmt.Sprintf("did you mean %s?", near)
			}
			r.add(CodeUnknownName, v, fmt.Sprintf("no reply has the type %q", s), hint)
			return
		}
		e.Type = &s
	}
}

// replyField reads a field of the reply document, under WeChat's name or the
// word of the rules.
func (r *reader) replyField(e *Expect, k, v *yaml.Node) {
	path, known := replyWords[k.Value]
	if !known {
		path = k.Value
		known = slices.Contains(replyPaths, path[strings.LastIndexByte(path, '.')+1:])
	}
	if path == "Url" && e.Type != nil && *e.Type == wechat.MsgMusic {
		path = "MusicUrl"
	}
	if !known {
		hint := "known: " + strings.Join(expectFields, ", ") + ", and fields of a reply such as Title, Url, MediaId"
		if near := suggest(k.Value, slices.Concat(expectFields, replyPaths)); near != "" {
			hint = fmt.Sprintf("did you mean `%s`?", near)
		}
		r.add(CodeUnknownField, k, fmt.Sprintf("`expect` has no field `%s`", k.Value), hint)
		return
	}
	if s, ok := r.text(v, "`"+k.Value+"`"); ok {
		e.Fields = append(e.Fields, wechat.Field{Path: path, Value: s})
	}
}
