package rules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseMenu(t *testing.T) {
	menu, problems := ParseMenu("menu.yaml", []byte(`# the menu
button:
  - {type: click, name: 今日歌曲, key: V1001}
  - name: 菜单
    sub_button:
      - {type: view, name: 一个很长很长的二级菜单名, url: "https://example.com/"}
      - {type: miniprogram, name: 商城, url: "https://example.com/", appid: wx1, pagepath: pages/index}
      - {type: scancode_waitmsg, name: 扫码, key: SCAN}
      - {type: media_id, name: 图, media_id: M}
      - {type: article_id, name: 文, article_id: A}
  - {type: location_select, name: 位置, key: 1}
`))
	if problems != nil {
		t.Fatal(problems)
	}
	at := func(line, col int32) Pos { return Pos{File: "menu.yaml", At: At{Line: line, Col: col}} }
	same(t, "menu", &AccountMenu{Buttons: []*Button{
		{Pos: at(3, 5), Name: "今日歌曲", Type: ButtonClick, Key: "V1001"},
		{Pos: at(4, 5), Name: "菜单", Buttons: []*Button{
			{Name: "一个很长很长的二级菜单名", Type: "view", URL: "https://example.com/"},
			{Name: "商城", Type: "miniprogram", URL: "https://example.com/", AppID: "wx1", PagePath: "pages/index"},
			{Name: "扫码", Type: "scancode_waitmsg", Key: "SCAN"},
			{Name: "图", Type: "media_id", MediaID: "M"},
			{Name: "文", Type: "article_id", ArticleID: "A"},
		}},
		{Name: "位置", Type: "location_select", Key: "1"},
	}}, menu)
	if got := menu.Buttons[0]; got.Pos != at(3, 5) || got.KeyAt != (At{Line: 3, Col: 36}) {
		t.Errorf("places: %v, %v", got.Pos, got.KeyAt)
	}
}

// TestMenuMistakes: each with its place and nothing else.
func TestMenuMistakes(t *testing.T) {
	click := "{type: click, name: a, key: k}"
	for text, want := range map[string]string{
		"":                         "E024 m.yaml: the menu file is empty",
		"buttons: [" + click + "]": "E021 m.yaml:1:1: a menu file has no field `buttons`",
		"- " + click:               "E022 m.yaml:1:1: a menu file must have fields",
		"button: []":               "E024 m.yaml:1:9: `button` is an empty list",
		"button: " + click:         "E022 m.yaml:1:9: `button` must be a list",
		"button: [" + strings.Repeat(click+", ", 4) + "]":                                                 "E038 m.yaml:1:9: `button` has 4 buttons, WeChat shows at most 3",
		"button: [{name: a, sub_button: [" + strings.Repeat(click+", ", 6) + "]}]":                        "E038 m.yaml:1:32: `sub_button` has 6 buttons, WeChat shows at most 5",
		"button: [{name: a, sub_button: [{name: b, sub_button: [" + click + "]}]}]":                       "E025 m.yaml:1:55: a button within `sub_button`",
		"button: [{name: a, sub_button: [" + click + "], type: click}]":                                   "E025 m.yaml:1:66: a button with `sub_button` only opens it and has no `type`",
		"button: [{type: click, key: k}]":                                                                 "E023 m.yaml:1:10: a button needs `name`",
		"button: [{type: click, name: '', key: k}]":                                                       "E024 m.yaml:1:30: `name` of a button is empty",
		"button: [{name: a, key: k}]":                                                                     "E023 m.yaml:1:10: a button needs `type`",
		"button: [{type: clik, name: a, key: k}]":                                                         "E026 m.yaml:1:17: no button has the type \"clik\"",
		"button: [{type: click, name: a}]":                                                                "E023 m.yaml:1:10: a button of type click needs `key`",
		"button: [{type: click, name: a, kye: k}]":                                                        "E021 m.yaml:1:33: a button has no field `kye`",
		"button: [{type: view, name: a, url: 'https://a', key: k}]":                                       "E025 m.yaml:1:50: a button of type view has no `key`",
		"button: [{type: view, name: a, url: example.com}]":                                               "E110 m.yaml:1:37: `url` must be a whole address",
		"button: [{type: click, name: a, key: " + strings.Repeat("k", 129) + "}]":                         "E038 m.yaml:1:38: `key` has 129 bytes, WeChat takes 128",
		"button: [{type: click, name: 一二三四五六, key: k}]":                                                   "W022 m.yaml:1:30: `name` of a button at the top has 18 bytes, WeChat documents 16",
		"button: [{name: a, sub_button: [{type: click, name: " + strings.Repeat("一", 21) + ", key: k}]}]": "E038 m.yaml:1:53: `name` has 63 bytes, WeChat takes 60",
		"button: [{type: click, name: a, key: }]":                                                         "E020 m.yaml:1:33: `key` has no value",
		"button: [" + click + "]\nmatchrule: {tag_id: 2}":                                                 "E021 m.yaml:2:1: a menu file has no field `matchrule`",
	} {
		menu, problems := ParseMenu("m.yaml", []byte(text))
		if len(problems) != 1 || !strings.HasPrefix(problems[0].Code+" "+problems[0].Error(), want) {
			t.Errorf("%s\ngot  %s\nwant %s", text, report(problems), want)
		}
		if (menu == nil) != problems.HasError() {
			t.Errorf("%s: menu %v", text, menu)
		}
	}
}

func TestLoadMenu(t *testing.T) {
	dir := t.TempDir()
	if menu, problems := LoadMenu(dir); menu != nil || problems != nil {
		t.Errorf("without a file: %v, %v", menu, problems)
	}
	if err := os.WriteFile(filepath.Join(dir, MenuFile), []byte("button: [{type: click, name: a, key: k}]"), 0o644); err != nil {
		t.Fatal(err)
	}
	if menu, problems := LoadMenu(dir); menu == nil || problems != nil {
		t.Errorf("%v, %v", menu, problems)
	}
	if err := os.Remove(filepath.Join(dir, MenuFile)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, MenuFile), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, problems := LoadMenu(dir); len(problems) != 1 || problems[0].Code != CodeUnreadable || strings.Contains(problems[0].Msg, dir) {
		t.Errorf("a folder: %v", problems)
	}
}
