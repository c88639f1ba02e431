package engine

import "testing"

func TestLintBraces(t *testing.T) {
	testLint(t, profile, LintOptions{}, []lintCase{
		{"braces", `rules: [{name: 回声, when: {keyword: 回声}, reply: "你说：{.Content}"}]`, `1:52 W023 rule "回声": “{.Content}” is text and stays as it is: a field of the message stands in two braces on each side, with a dot`},
		{"no dot", `rules: [{when: {keyword: 回声}, reply: "{ Content }"}]`, `1:39 W023 “{ Content }” is text and stays as it is`},
		{"dollar", `rules: [{when: {keyword: 回声}, reply: "你是${FromUserName}吗"}]`, `1:41 W023 “${FromUserName}” is text and stays as it is`},
		{"full-width", `rules: [{when: {keyword: 回声}, reply: "你说｛｛.Content｝｝"}]`, `1:41 W023 “｛｛.Content｝｝” is text and stays as it is`},
		{"a group", `rules: [{when: {keyword: {regex: '单(?P<id>\d+)'}}, reply: "{{.Match.id}}={Match.id}"}]`, `1:74 W023 “{Match.id}” is text and stays as it is`},
		{"in a block", "rules:\n  - when: {keyword: 回声}\n    reply: |\n      你好\n      {Content}\n", `5:0 W023 “{Content}” is text and stays as it is`},
		{"of an article", `rules: [{when: {keyword: 文}, reply: {news: [{title: 'a{Keyword}', description: d, pic_url: 'https://e.com/p', url: 'https://e.com'}]}}]`, `1:55 W023 “{Keyword}” is text and stays as it is`},
		{"of an address", `rules: [{when: {keyword: 文}, reply: {news: [{title: a, description: d, pic_url: 'https://e.com/p', url: 'https://e.com/{Content}'}]}}]`, `1:120 W023 “{Content}” is text and stays as it is`},
		{"of a media id", `rules: [{when: {msg_type: image}, reply: {image: '{MediaId}'}}]`, `1:51 W023 “{MediaId}” is text and stays as it is`},
		{"of a transfer", `rules: [{when: {keyword: 人工}, reply: {transfer: '{Content}@shop'}}]`, `1:50 W023 “{Content}” is text and stays as it is`},
		{"of a choice", `rules: [{when: {keyword: 回声}, reply: {menu: {head: 选, items: [回声, '{Rest}回声']}}}]`, `1:68 W023 “{Rest}” is text and stays as it is`},
		{"of a named reply", "replies: {a: '{Content}'}\nrules: [{when: {keyword: 回声}, reply: {use: a}}]", `1:15 W023 “{Content}” is text and stays as it is`},
		{"remembered", `rules: [{when: {keyword: 回声}, remember: {n: '{Content}'}, reply: "{{.Vars.n}}"}]`, `1:46 W023 “{Content}” is text and stays as it is`},

		{"a template", `rules: [{when: {keyword: 回声}, reply: "{{.Content}}{{ .Rest }}{{with .Scene}}{{.}}{{end}}"}]`, ""},
		{"in a template", `rules: [{when: {keyword: 回声}, reply: '{{"{Content}"}}'}]`, ""},
		{"as the hint says", "rules: [{when: {keyword: 回声}, reply: \"{{`{Content}`}}\"}]", ""},
		{"numbers", `rules: [{when: {keyword: 回声}, reply: "{1} {0}"}]`, ""},
		{"a word of one's own", `rules: [{when: {keyword: 回声}, reply: "${PRICE} {price} {content} {姓名} {Vars} {Match}"}]`, ""},
		{"JSON", `rules: [{when: {keyword: 回声}, reply: '{"Content": "x", "a": {"Url": 1}}'}]`, ""},
		{"no braces", `rules: [{when: {keyword: 回声}, reply: ".Content $Content (Content) [Content]"}]`, ""},
		{"switched off", `rules: [{when: {keyword: 回声}, enabled: false, remember: {n: '{Content}'}, reply: "{Content}"}]`, ""},
	})
}
