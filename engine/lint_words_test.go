package engine

import (
	"slices"
	"testing"

	"wereply/rules"
)

func TestQuotedWords(t *testing.T) {
	for text, want := range map[string][]string{
		"回复“帮助”看我会什么":                          {"帮助"},
		"请发送「价格」，或输入【预约】":                      {"价格", "预约"},
		"回复数字【1】、【2】或【3】":                      {"1", "2", "3"},
		`回复 "help" 查看`:                         {"help"},
		"回复关键词：『菜单』。":                          {"菜单"},
		"回复“价格”和“预约”都可以":                       {"价格", "预约"},
		"回复“价格”，“预约”，或“人工”":                    {"价格", "预约", "人工"},
		"发送：\n- “营业时间”\n- “地址”":                {"营业时间", "地址"},
		"Send “price” to see our prices.":      {"price"},
		`Just reply with "help" or "menu".`:    {"help", "menu"},
		"Send us the word ‘hours’, please.":    {"hours"},
		"{{.Content}}回复“帮助”":                   {"帮助"},
		"请给我们发送“位置”":                           {"位置"},
		"回复“价格”，“衣见”竭诚为您服务":                    {"价格"},
		"回复“订单”加订单号，可以查物流":                     nil,
		"Send “order” and your order number.":  nil,
		"请勿发送“广告”":                             nil,
		"不要回复“退订”以外的内容":                        nil,
		"系统已发送“验证码”":                           nil,
		"Don't send “hello”.":                  nil,
		"We will send “news” to you.":          nil,
		"我叫“小衣”，您好":                            nil,
		"下单时在结算页输入“NEW10”立减 10 元":              nil,
		"付款的时候输入“NEW10”":                       nil,
		"在微信搜索框输入“红烧肉”就能找到我们":                  nil,
		"打开小程序，在搜索栏中输入“红烧肉”":                   nil,
		"编辑短信发送“CXLL”查询":                       nil,
		"发送“CXLL”到 10086 查询":                   nil,
		"请发送“简历”至邮箱 hr@example.com":            nil,
		"我们会在 24 小时内向您发送“提货码”":                 nil,
		"Text “STOP”, or send “stop” to 12345": nil,
		"在公众号后台回复“帮助”":                         {"帮助"},
		"如需在小程序下单请回复“小程序”":                     {"小程序"},
		"不会用就回复“教程”":                           {"教程"},
		"下单请回复“下单”，付款时有问题回复“付款”":               {"下单", "付款"},
		"会员请发送“会员”到公众号":                        {"会员"},
		"回复“{{.Keyword}}”":                     nil,
		"回复【姓名+电话】":                            nil,
		"回复“您的姓名”":                             nil,
		"回复“帮助":                                nil,
		"回复帮助":                                 nil,
		"回复“”":                                 nil,
		"回复“这是一句很长很长很长很长很长很长很长很长的话”":           nil,
		"resend “x”":                           nil,
	} {
		var got []string
		for _, q := range quotedWords(text) {
			got = append(got, q.word)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestLintWords(t *testing.T) {
	const welcome = "rules:\n  - {name: 欢迎, when: {event: subscribe}, reply: '欢迎，回复“帮助”看看'}\n"
	testLint(t, profile, LintOptions{}, []lintCase{
		{"nobody", welcome, `2:56 W020 rule "欢迎": the reply tells users to send “帮助”, and no rule answers that`},
		{"only a default", welcome + "  - {name: 默认, reply: 没听懂}\n", `2:56 W020 rule "欢迎": the reply tells users to send “帮助”, and no rule answers that, only the default rule 默认 (rules/a.yaml:3)`},
		{"a rule", welcome + "  - {when: {keyword: 帮助}, reply: a}\n", ""},
		{"a rule for part of it", welcome + "  - {when: {keyword: 助}, reply: a}\n", ""},
		{"a rule for more than it", welcome + "  - {when: {keyword: 帮助中心}, reply: a}\n", "2:56 W020"},
		{"a rule for all texts", welcome + "  - {when: {msg_type: text}, reply: a}\n", ""},
		{"a rule with unless", welcome + "  - {unless: {keyword: 不}, reply: a}\n", ""},
		{"unless is in its way", welcome + "  - {unless: {keyword: 帮}, reply: a}\n", "2:56 W020"},
		{"at some times", welcome + "  - {when: {keyword: 帮助, time: {days: mon}}, unless: {time: {dates: 10-01}}, reply: a}\n", ""},
		{"with a cooldown", welcome + "  - {when: {keyword: 帮助}, cooldown: 1h, reply: a}\n", ""},
		{"for one user only", welcome + "  - {when: {keyword: 帮助, from: oBoss}, reply: a}\n", "2:56 W020"},
		{"for voice only", welcome + "  - {when: {keyword: 帮助, msg_type: voice}, reply: a}\n", "2:56 W020"},
		{"switched off", welcome + "  - {when: {keyword: 帮助}, enabled: false, reply: a}\n", "2:56 W020"},
		{"in another state", welcome + "  - {when: {keyword: 帮助, state: s}, reply: a}\n  - {when: {keyword: 去}, goto: s}\n", "2:56 W020"},
		{"in the state it leads to", "rules:\n  - {when: {keyword: 预约}, reply: '回复“取消”退出', goto: s}\n  - {when: {keyword: 取消, state: s}, reply: a}\n", ""},
		{"not in the state it leads to", "rules:\n  - {when: {keyword: 预约}, reply: '回复“取消”退出', goto: s}\n  - {when: {keyword: 取消, state: none}, reply: a}\n  - {when: {state: s, keyword: 好}, reply: a}\n",
			`2:38 W020 the reply tells users to send “取消”, and no rule answers that in the state "s"`},
		{"in its own state", "rules:\n  - {when: {state: s}, reply: '回复“取消”退出'}\n  - {when: {keyword: 去}, reply: a, goto: s}\n", ""},
		{"a default", "rules: [{name: 默认, reply: '没听懂，回复“帮助”'}]\n", `1:35 W020 rule "默认": the reply tells users to send “帮助”, and no rule answers that, only the default`},
		{"a named reply, twice", "rules:\n  - {when: {event: subscribe}, reply: {use: w}}\n  - {when: {event: SCAN}, reply: {use: w}}\nreplies: {w: '回复“帮助”'}\n", "4:18 W020"},
		{"a description", "rules:\n  - when: {event: CLICK}\n    reply: {news: [{title: 菜单, description: '发送“1”看价目', url: 'https://a'}]}\n", "3:49 W020"},
		{"a choice", "rules:\n  - {when: {keyword: 评价}, reply: {menu: {items: [满意, 不满]}}}\n  - {when: {keyword: {exact: 满意}}, reply: a}\n",
			"2:54 W020 the reply offers users “不满”, and no rule answers that"},
		{"for one user, from a rule for the same", "rules:\n  - {when: {keyword: 管理, from: [oA, oB]}, reply: '回复“统计”'}\n  - {when: {keyword: 统计, from: [oB, oA]}, reply: a}\n", ""},
		{"for one user, from a rule for two", "rules:\n  - {when: {keyword: 管理, from: [oA, oB]}, reply: '回复“统计”'}\n  - {when: {keyword: 统计, from: oA}, reply: a}\n", "2:54 W020"},
		{"from a rule for conversations", "rules:\n  - {when: {keyword: 进度}, unless: {state: none}, reply: '回复“完成”'}\n  - {when: {keyword: 完成, state: s}, reply: a}\n  - {when: {keyword: 去}, goto: s}\n", ""},
		{"from a rule for one of two states", "rules:\n  - {when: {keyword: 进度, state: [none, s]}, unless: {state: none}, reply: '回复“完成”'}\n  - {when: {keyword: 完成, state: s}, reply: a}\n  - {when: {keyword: 去}, goto: s}\n", ""},
		{"in the state that any state leads to", "rules:\n  - {when: {state: '*', keyword: 退}, reply: '回复“完成”', goto: s}\n  - {when: {state: s, keyword: 好}, reply: a}\n", "2:49 W020"},
		{"a message of another type", welcome[:len(welcome)-len("欢迎，回复“帮助”看看'}\n")] + "发送“位置”给我'}\n  - {when: {msg_type: location}, reply: a}\n", ""},
		{"a message that nobody answers", "rules:\n  - {when: {event: subscribe}, reply: '发送“位置”给我'}\n  - {reply: a}\n", "2:43 W020"},
		{"the second choice by its id", "rules:\n  - {when: {keyword: 评价}, reply: {menu: {items: [满意, 不满]}}}\n  - {when: {keyword: {exact: 满意}}, reply: a}\n  - {when: {field: {bizmsgmenuid: '2'}}, reply: a}\n", ""},
		{"a choice by its id", "rules:\n  - {when: {keyword: 评价}, reply: {menu: {items: [满意]}}}\n  - {when: {keyword: 满意, field: {bizmsgmenuid: {regex: .}}}, reply: a}\n", ""},
	})
}

func TestLintMenu(t *testing.T) {
	menu, problems := rules.ParseMenu(rules.MenuFile, []byte(`button:
  - {type: click, name: 今日, key: TODAY}
  - name: 更多
    sub_button:
      - {type: click, name: 关于, key: ABOUT}
      - {type: scancode_waitmsg, name: 扫码, key: SCAN}
      - {type: scancode_push, name: 扫一扫, key: PUSH}
      - {type: view, name: 官网, url: "https://example.com/"}
`))
	if problems != nil {
		t.Fatal(problems)
	}
	o := LintOptions{Menu: menu}
	const answered = "rules:\n  - {when: {event: CLICK, event_key: [TODAY, {prefix: AB}]}, reply: a}\n"
	testLint(t, profile, o, []lintCase{
		{"one is not answered", answered, `6:49 W021 no rule answers the button “扫码”: the event scancode_waitmsg with key “SCAN”`},
		{"all are", answered + "  - {when: {event_key: SCAN}, reply: a}\n", ""},
		{"a default answers no event", answered + "  - {reply: a}\n", "6:49 W021"},
		{"letter case counts", "rules:\n  - {when: {event: CLICK, event_key: [TODAY, about]}, reply: a}\n  - {when: {event: scancode_waitmsg}, reply: a}\n", "5:38 W021"},
	})
	if got := lint(t, Profile{Kind: rules.AccountMiniProgram}, o, answered); got != nil {
		t.Errorf("a mini program has no menu: %q", got)
	}
}

// What a hint proposes to write is YAML.
func TestInFlow(t *testing.T) {
	for word, want := range map[string]string{
		"帮助": "帮助", "V1001_TODAY": "V1001_TODAY", "08": "08", "#1": "'#1'", "a, b": "'a, b'", "it's": "'it''s'", "订单:1": "'订单:1'", "...": "'...'",
	} {
		if got := inFlow(word); got != want {
			t.Errorf("%s: %s", word, got)
		}
		if _, problems := rules.ParseFile("a.yaml", []byte("rules: [{when: {keyword: {exact: "+want+"}}, reply: a}]")); problems != nil {
			t.Errorf("%s: %s", want, problems)
		}
	}
}
