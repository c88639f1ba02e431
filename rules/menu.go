package rules

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"gopkg.in/yaml.v3"
)

// MenuFile is the name of the file with the account's menu. It holds no rules,
// even if the bot's folder itself is the rules folder.
const MenuFile = "menu.yaml"

// AccountMenu is menu.yaml: what WeChat's menu/create takes, in YAML.
//
//	button:
//	  - {type: click, name: 今日歌曲, key: V1001_TODAY_MUSIC}
//	  - name: 菜单
//	    sub_button:
//	      - {type: view, name: 搜索, url: "https://example.com/"}
type AccountMenu struct {
	Buttons []*Button
}

// Button is one button of a menu, or a group of them.
type Button struct {
	Pos  Pos
	Name string
	Type string // one of WeChat's, "" for a group

	Key       string // of the types that push an event
	KeyAt     At
	URL       string
	AppID     string
	PagePath  string
	MediaID   string
	ArticleID string
	Buttons   []*Button // of a group
}

// ButtonClick is the type of a button that pushes the event CLICK.
const ButtonClick = "click"

// Limits of WeChat's menus, in buttons and bytes.
const (
	maxButtons     = 3
	maxSubButtons  = 5
	maxButtonName  = 16 // of the buttons that are always seen
	maxSubName     = 60
	maxButtonKey   = 128
	maxButtonURL   = 1024
	maxMediaIDSize = 512
)

// buttonTypes give each type of button the fields it must have.
var buttonTypes = map[string][]string{
	ButtonClick:            {"key"},
	"view":                 {"url"},
	"miniprogram":          {"url", "appid", "pagepath"},
	"scancode_push":        {"key"},
	"scancode_waitmsg":     {"key"},
	"pic_sysphoto":         {"key"},
	"pic_photo_or_album":   {"key"},
	"pic_weixin":           {"key"},
	"location_select":      {"key"},
	"media_id":             {"media_id"},
	"view_limited":         {"media_id"},
	"article_id":           {"article_id"},
	"article_view_limited": {"article_id"},
}

var (
	menuFileFields = fieldsOf[menuFileForm]()
	buttonFields   = fieldsOf[buttonForm]()
)

// LoadMenu reads menu.yaml in the bot's folder. Both results are nil where
// there is none.
func LoadMenu(dir string) (*AccountMenu, Problems) {
	data, err := os.ReadFile(filepath.Join(dir, MenuFile))
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR): // of dir being a file the bot tells
		return nil, nil
	case err != nil:
		return nil, Problems{{Code: CodeUnreadable, Pos: Pos{File: MenuFile}, Msg: "cannot be read: " + withoutPath(err)}}
	}
	return ParseMenu(MenuFile, data)
}

func withoutPath(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// ParseMenu reads a menu file, as [ParseFile] does a rule file. The menu is nil
// if one of the problems is an error.
func ParseMenu(path string, data []byte) (*AccountMenu, Problems) {
	r, root := newReader(path, data, nil)
	var menu AccountMenu
	switch {
	case root != nil:
		if r.fields(root, "a menu file", menuFileFields, func(_ string, _, v *yaml.Node) {
			menu.Buttons = r.buttons(v, "`button`", maxButtons, false)
		}) && value(root, "button") == nil && !hasUnknown(root, menuFileFields) {
			r.add(CodeMissing, root, "a menu file needs `button`", "button: [{type: click, name: …, key: …}]")
		}
	case !r.problems.HasError():
		r.addAt(CodeEmpty, At{}, "the menu file is empty", "button: [{type: click, name: …, key: …}]; without a menu, delete the file")
	}
	if problems := r.sorted(); problems.HasError() {
		return nil, problems
	}
	return &menu, r.problems
}

func (r *reader) buttons(n *yaml.Node, what string, most int, below bool) []*Button {
	items, ok := r.items(n, what)
	if ok && len(items) > most {
		r.add(CodeTooMuch, n, fmt.Sprintf("%s has %d buttons, WeChat shows at most %d", what, len(items), most), "")
	}
	list := make([]*Button, 0, len(items))
	for _, item := range items {
		if b := r.button(item, below); b != nil {
			list = append(list, b)
		}
	}
	return list
}

func (r *reader) button(n *yaml.Node, below bool) *Button {
	b := &Button{Pos: r.pos(n)}
	if !r.fields(n, "a button", buttonFields, func(key string, _, v *yaml.Node) { r.buttonField(b, key, v, below) }) {
		return nil
	}
	r.require(n, "a button", "name")
	if group := value(n, "sub_button"); group != nil {
		r.checkGroup(n, group, below)
		return b
	}
	if !r.require(n, "a button", "type") || buttonTypes[b.Type] == nil {
		return b
	}
	what := fmt.Sprintf("a button of type %s", b.Type)
	r.require(n, what, buttonTypes[b.Type]...)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i].Value
		if key != "type" && key != "name" && indexOf(buttonFields, key) >= 0 && !slices.Contains(buttonTypes[b.Type], key) {
			r.add(CodeCombination, n.Content[i], fmt.Sprintf("%s has no `%s`", what, key), fmt.Sprintf("it has name and %s", strings.Join(buttonTypes[b.Type], ", ")))
		}
	}
	return b
}

// checkGroup: a button that opens others does nothing else.
func (r *reader) checkGroup(n, group *yaml.Node, below bool) {
	if below {
		r.add(CodeCombination, group, "a button within `sub_button` cannot have a `sub_button`: a menu has two levels", "")
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i].Value; key != "name" && key != "sub_button" && indexOf(buttonFields, key) >= 0 {
			r.add(CodeCombination, n.Content[i], fmt.Sprintf("a button with `sub_button` only opens it and has no `%s`", key), "")
		}
	}
}

func (r *reader) buttonField(b *Button, key string, v *yaml.Node, below bool) {
	if key == "sub_button" {
		if !below {
			b.Buttons = r.buttons(v, "`sub_button`", maxSubButtons, true)
		}
		return
	}
	what := "`" + key + "`"
	s, ok := r.text(v, what)
	if !ok {
		return
	}
	limit := maxMediaIDSize
	switch key {
	case "name":
		b.Name = s
		r.checkButtonName(v, s, below)
		return
	case "type":
		b.Type = s
		r.checkButtonType(v, s)
		return
	case "key":
		b.Key, b.KeyAt, limit = s, r.at(v), maxButtonKey
	case "url":
		b.URL, limit = s, maxButtonURL
		if s != "" && !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "https://") {
			r.add(CodeURL, v, fmt.Sprintf("`url` must be a whole address, not %q", s), "https://"+s)
		}
	case "appid":
		b.AppID = s
	case "pagepath":
		b.PagePath, limit = s, maxButtonURL
	case "media_id":
		b.MediaID = s
	case "article_id":
		b.ArticleID = s
	}
	if len(s) > limit {
		r.add(CodeTooMuch, v, fmt.Sprintf("%s has %d bytes, WeChat takes %d", what, len(s), limit), "")
	}
}

// checkButtonName: developers report that longer names pass at the top, so
// there it is a warning.
func (r *reader) checkButtonName(n *yaml.Node, s string, below bool) {
	switch {
	case len(s) > maxSubName:
		r.add(CodeTooMuch, n, fmt.Sprintf("`name` has %d bytes, WeChat takes %d", len(s), maxSubName), "a Chinese character is 3 bytes")
	case len(s) > maxButtonName && !below:
		r.add(CodeButtonName, n, fmt.Sprintf("`name` of a button at the top has %d bytes, WeChat documents %d", len(s), maxButtonName),
			"a Chinese character is 3 bytes; clients show about 4 of them")
	}
}

func (r *reader) checkButtonType(n *yaml.Node, s string) {
	if buttonTypes[s] != nil {
		return
	}
	var known []string
	for name := range buttonTypes {
		known = append(known, name)
	}
	slices.Sort(known)
	hint := meant(s, known)
	if hint == "" {
		hint = "one of " + strings.Join(known, ", ")
	}
	r.add(CodeUnknownName, n, fmt.Sprintf("no button has the type %q", s), hint)
}
