package engine

import "testing"

func TestLintMarkup(t *testing.T) {
	testLint(t, profile, LintOptions{}, []lintCase{
		{"a line break", `rules: [{name: 帮助, when: {keyword: 帮助}, reply: "第一行<br/>第二行<BR>"}]`, `1:52 W024 rule "帮助": “<br/>” is shown as it is written: a text has links and no other markup`},
		{"bold", `rules: [{when: {keyword: 帮助}, reply: "很<b>重要</b>"}]`, `1:40 W024 “<b>” is shown as it is written`},
		{"a picture", `rules: [{when: {keyword: 帮助}, reply: '<img src="https://e.com/p.png">'}]`, `1:39 W024 “<img src="https://e.com/p.png">” is shown`},
		{"Markdown", `rules: [{when: {keyword: 帮助}, reply: "看[这里](https://e.com/a)"}]`, `1:40 W024 “[这里](https://e.com/a)” is shown as it is written`},
		{"in a block", "rules:\n  - when: {keyword: 帮助}\n    reply: |\n      你好\n      <p>第二段</p>\n", `5:0 W024 “<p>” is shown as it is written`},
		{"of choices", `rules: [{when: {keyword: 评价}, reply: {menu: {head: "好吗<br>", items: [评价]}}}]`, `1:55 W024 “<br>” is shown as it is written`},
		{"full-width quotes", `rules: [{when: {keyword: 帮助}, reply: '<a href=“https://e.com”>看</a>'}]`, `1:39 W024 “<a href=“https://e.com”>” leads nowhere: its quotes are full-width`},
		{"no whole address", `rules: [{when: {keyword: 帮助}, reply: '<a href="e.com/a">看</a>'}]`, `1:39 W024 “<a href="e.com/a">” leads nowhere: the address is not whole`},

		{"links", `rules: [{when: {keyword: 帮助}, reply: '<a href="https://e.com/a?b=1">看</a><a href="weixin://bizmsgmenu?msgmenucontent=1&msgmenuid=1">一</a><a data-miniprogram-appid="wx1" data-miniprogram-path="p" href="http://e.com">小</a>'}]`, ""},
		{"a link of a field", `rules: [{when: {keyword: 帮助}, reply: '<a href="{{.Url}}">看</a><a href="https://e.com/{{.Content}}">看</a>'}]`, ""},
		{"as the hint says", "rules: [{when: {keyword: 帮助}, reply: \"{{`<br>`}}\"}]", ""},
		{"other signs", `rules: [{when: {keyword: 帮助}, reply: "1 < 2 > 0 <价格> <Button1> [微笑] [a] (b) <3 /::)"}]`, ""},
		{"an article", `rules: [{when: {keyword: 文}, reply: {news: [{title: 'a<b>', description: d, pic_url: 'https://e.com/p', url: 'https://e.com'}]}}]`, ""},
		{"switched off", `rules: [{when: {keyword: 帮助}, enabled: false, reply: "<br>"}]`, ""},
	})
}
