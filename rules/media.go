package rules

import (
	"fmt"
	"path"
	"strings"

	"gopkg.in/yaml.v3"

	"wereply/wechat"
)

// mediaFields give each reply that is one object its fields, and those it
// cannot do without.
var mediaFields = map[ReplyKind]struct{ names, required []string }{
	ReplyVideo:           {fieldsOf[videoForm](), requiredOf[videoForm]()},
	ReplyMusic:           {fieldsOf[musicForm](), requiredOf[musicForm]()},
	ReplyLink:            {fieldsOf[linkForm](), requiredOf[linkForm]()},
	ReplyMiniProgramPage: {fieldsOf[miniProgramPageForm](), requiredOf[miniProgramPageForm]()},
}

var (
	articleFields, articleRequired = fieldsOf[articleForm](), requiredOf[articleForm]()
	menuFields, menuRequired       = fieldsOf[menuForm](), requiredOf[menuForm]()
)

func (r *reader) media(n *yaml.Node, what string, kind ReplyKind) (*Media, bool) {
	form := mediaFields[kind]
	if n.Kind == yaml.ScalarNode && !isNull(n) && r.isPlainYAML(n) {
		r.add(CodeShape, n, fmt.Sprintf("%s must have the fields %s", what, strings.Join(form.names, ", ")),
			fmt.Sprintf("%s: {%s: %s}", kind, form.names[0], quoteFlow(n.Value)))
		return nil, false
	}
	m, good := &Media{}, true
	ok := r.fields(n, what, form.names, func(key string, k, v *yaml.Node) {
		ok := true
		switch key {
		case "media", "thumb":
			ok = r.mediaID(v, "`"+key+"`", m)
		default:
			*m.field(key), ok = r.template(v, "`"+key+"`")
		}
		good = good && ok
	})
	if !ok || !r.require(n, what, form.required...) {
		return nil, false
	}
	if kind == ReplyMusic && !has(n, "url", "hq_url") {
		r.add(CodeMissing, n, "`music` has nothing to play", "add `url`, the address of the music")
		good = false
	}
	return m, good
}

func (m *Media) field(key string) *Text {
	switch key {
	case "title":
		return &m.Title
	case "description":
		return &m.Description
	case "url":
		return &m.URL
	case "hq_url":
		return &m.HQURL
	case "thumb_url":
		return &m.ThumbURL
	case "appid":
		return &m.AppID
	}
	return &m.PagePath
}

// missingHints say what stands in a field that is missing.
var missingHints = map[string]string{
	"send":   "what the user says: send: 你好",
	"expect": "the whole reply, as expect: 您好, or the rule that answers, as expect: {rule: NAME}",
}

// require tells which of the fields are missing in the mapping n.
func (r *reader) require(n *yaml.Node, what string, fields ...string) bool {
	ok := true
	for _, f := range fields {
		v := value(n, f)
		switch {
		case v == nil && hasLike(n, f):
			ok = false // the misspelt one was told
		case v == nil:
			r.add(CodeMissing, n, fmt.Sprintf("%s needs `%s`", what, f), missingHints[f])
			ok = false
		case isNull(v): // was told
			ok = false
		case v.Kind == yaml.ScalarNode && strings.TrimSpace(v.Value) == "":
			r.add(CodeEmpty, v, fmt.Sprintf("`%s` of %s is empty", f, what), "")
			ok = false
		}
	}
	return ok
}

// hasLike reports whether the mapping has a field that may be f, misspelt.
func hasLike(n *yaml.Node, f string) bool {
	for i := 0; i < len(n.Content); i += 2 {
		if suggest(n.Content[i].Value, []string{f}) != "" {
			return true
		}
	}
	return false
}

// mediaID reads a media id, which may be a template, or a literal value with / or
// . as a file below the bot's folder.
func (r *reader) mediaID(n *yaml.Node, what string, m *Media) bool {
	t, ok := r.template(n, what)
	switch s := t.Source; {
	case !ok:
		return false
	case strings.TrimSpace(s) == "":
		r.add(CodeEmpty, n, what+" is empty", "a media id, or a file such as media/cat.jpg")
		return false
	case strings.Contains(s, "{{") || !strings.ContainsAny(s, `/.\`):
		m.ID = t
		return true
	case strings.Contains(s, "://"):
		r.add(CodeMediaFile, n, what+" cannot be a web address: WeChat only shows what was uploaded to it", "save it in the bot's folder: media/cat.jpg")
		return false
	default:
		m.File, ok = r.mediaFile(n, what, s)
		return ok
	}
}

func (r *reader) mediaFile(n *yaml.Node, what, s string) (string, bool) {
	clean := path.Clean(s)
	switch {
	case strings.ContainsRune(s, '\\'):
		r.add(CodeMediaFile, n, fmt.Sprintf("the file name %q has backslashes", s), strings.ReplaceAll(s, `\`, "/"))
	case path.IsAbs(s) || clean == ".." || strings.HasPrefix(clean, "../") || strings.Contains(s, ":"):
		r.add(CodeMediaFile, n, fmt.Sprintf("%s must be a file in the bot's folder, and %q is not", what, s), "media/cat.jpg")
	case clean == "." || strings.HasSuffix(s, "/"):
		r.add(CodeMediaFile, n, fmt.Sprintf("%q is a folder, not a file", s), "media/cat.jpg")
	default:
		return clean, true
	}
	return "", false
}

func (r *reader) news(n *yaml.Node) ([]Article, bool) {
	if n.Kind == yaml.MappingNode && r.isPlainYAML(n) {
		r.add(CodeShape, n, "`news` must be a list of articles, even of one", "news: [{title: …, url: …}]")
		return nil, false
	}
	items, ok := r.items(n, "`news`")
	if len(items) > wechat.MaxArticles {
		r.add(CodeTooMuch, n, fmt.Sprintf("`news` has %d articles, WeChat shows at most %d", len(items), wechat.MaxArticles), "")
		ok = false
	}
	list := make([]Article, 0, len(items))
	for _, item := range items {
		a := Article{At: r.at(item)}
		const what = "an article of `news`"
		read := r.fields(item, what, articleFields, func(key string, k, v *yaml.Node) {
			t, good := r.template(v, "`"+key+"`")
			*a.field(key) = t
			ok = ok && good
		})
		ok = read && r.require(item, what, articleRequired...) && ok
		list = append(list, a)
	}
	return list, ok
}

func (a *Article) field(key string) *Text {
	switch key {
	case "title":
		return &a.Title
	case "description":
		return &a.Description
	case "pic_url":
		return &a.Pic
	}
	return &a.Link
}

func (r *reader) menu(n *yaml.Node) (*Menu, bool) {
	if n.Kind == yaml.SequenceNode && r.isPlainYAML(n) {
		r.add(CodeShape, n, "`menu` must have fields (key: value), it is a list", "menu: {head: …, items: "+r.snippet(n)+"}")
		return nil, false
	}
	m, good := &Menu{}, true
	ok := r.fields(n, "`menu`", menuFields, func(key string, k, v *yaml.Node) {
		ok := true
		switch key {
		case "head":
			m.Head, ok = r.template(v, "`head`")
		case "tail":
			m.Tail, ok = r.template(v, "`tail`")
		case "items":
			m.Items, ok = r.menuItems(v)
		}
		good = good && ok
	})
	return m, ok && r.require(n, "`menu`", menuRequired...) && good
}

func (r *reader) menuItems(n *yaml.Node) ([]Text, bool) {
	items, ok := r.items(n, "`items`")
	list := make([]Text, 0, len(items))
	for _, item := range items {
		t, good := r.template(item, "an entry of `items`")
		if good && strings.TrimSpace(t.Source) == "" {
			r.add(CodeEmpty, item, "an entry of `items` is empty", "")
			good = false
		}
		ok = ok && good
		list = append(list, t)
	}
	r.warnWideComma(n)
	return list, ok
}
