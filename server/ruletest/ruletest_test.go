package ruletest_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"wereply/rules"
	"wereply/server/ruletest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// load reads a bot without the secrets that it asks for, as check and test do.
func load(t testing.TB, botYAML, ruleYAML string) *rules.Bot {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"bot.yaml": botYAML, "rules/a.yaml": ruleYAML, "media/cat.jpg": "a picture"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	bot, err := rules.Load(dir, rules.Options{Env: func(string) (string, bool) { return "", false }})
	if err != nil {
		t.Fatal(err)
	}
	return bot
}

func run(t testing.TB, bot *rules.Bot, o ruletest.Options) *ruletest.Report {
	t.Helper()
	report, err := ruletest.Run(context.Background(), bot, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

const oneAccount = `
accounts:
  - {name: shop, kind: service, verified: true, token: "${WECHAT_TOKEN}"}
webhooks:
  llm: {url: "http://127.0.0.1:1/answer"}
`

// Accounts of every kind and mode, some of whose secrets are missing.
const manyAccounts = `
accounts:
  - {name: plain, kind: service, path: /plain, token: "${WECHAT_TOKEN}"}
  - {name: safe, kind: service, path: /safe, token: abc, app_id: wx5ab3c7d9e1f20468, aes_key: abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG, original_id: gh_3f8d2c6ab901, max_age: 10m}
  - {name: half, kind: service, path: /half, token: abc, app_id: "${WECHAT_APP_ID}", aes_key: "${WECHAT_AES_KEY}"}
  - {name: mini, kind: miniprogram, path: /mini, token: abc}
`

const language = `
rules:
  - {name: 欢迎, when: {event: subscribe}, reply: "感谢关注{{with .Scene}},场景 {{.}}{{end}}"}
  - {name: 价格, when: {keyword: [价格, 多少钱]}, reply: 全场 9.9 元起}
  - {name: 报名, when: {keyword: 报名}, goto: name, expires: 10m, reply: "请问您的姓名?"}
  - {name: 姓名, when: {state: name}, remember: {name: "{{.Content}}"}, goto: phone, reply: "{{.Content}},您好"}
  - {name: 手机, when: {state: phone}, goto: end, reply: "{{.Vars.name}}:{{.Content}}"}
  - {name: 冷却, when: {keyword: 冷却}, cooldown: 1h, reply: 一小时一次}
  - {name: 随机, when: {keyword: 随机}, reply: {random: [甲, 乙, 丙]}}
  - {name: 图文, when: {event: CLICK, event_key: NEWS}, reply: {news: [{title: 标题, description: 说明, pic_url: "https://a.example/p.jpg", url: "https://a.example"}]}}
  - {name: 图片, when: {keyword: 图片}, reply: {image: MEDIA_ID}}
  - {name: 文件, when: {keyword: 文件}, reply: {image: media/cat.jpg}}
  - {name: 人工, when: {keyword: 人工}, reply: {transfer: kf2001@shop}}
  - {name: 卡片, when: {keyword: 卡片}, reply: {miniprogrampage: {title: 小店, pagepath: pages/index, thumb: THUMB}}}
  - {name: 点人工, when: {event: CLICK, event_key: HUMAN}, reply: {transfer: true}}
  - {name: 静默, when: {keyword: 静默}, reply: {silent: true}}
  - {name: 现在, when: {keyword: 现在}, reply: "{{.CreateTime}}"}
  - {name: 上班, when: {keyword: 营业, time: {days: mon-fri, from: "09:00", to: "18:00"}}, reply: 营业中}
  - {name: 打烊, when: {keyword: 营业}, reply: 已打烊}
  - {name: 熟客, when: {from: oRegularCustomer}, reply: "又见面了"}
  - {when: {keyword: 无名}, reply: 无名的规则}
`

const passing = language + `
tests:
  - {send: 价格多少, expect: {rule: 价格, text: 全场 9.9 元起, type: text}}
  - {send: {event: subscribe, event_key: qrscene_123}, expect: {contains: "123", rule: 欢迎}}
  - {send: {event: subscribe}, expect: 感谢关注}
  - {send: {event: VIEW, event_key: "http://a.example"}, expect: {rule: none, silent: true}}
  - name: 报名
    steps:
      - {send: 报名, expect: {text: "请问您的姓名?", state: name}}
      - {send: 张三, after: 1m, expect: {contains: 张三, state: phone, vars: {name: 张三}}}
      - {send: "1", expect: {text: "张三:1", state: none, vars: {name: ""}}}
      - {send: 张三, expect: {rule: none}}
  - name: 过期
    steps:
      - {send: 报名, expect: {state: name}}
      - {send: 张三, after: 10m, expect: {rule: none, state: none}}
  - name: 每个测试都有新用户
    send: 张三
    expect: {rule: none}
  - name: 冷却
    steps:
      - {send: 冷却, expect: 一小时一次}
      - {send: 冷却, after: 59m, expect: {silent: true, rule: none}}
      - {send: 冷却, after: 1m, expect: 一小时一次}
  - {send: 随机, expect: {one_of: [甲, 乙, 丙], regex: "^[甲乙丙]$"}}
  - {send: {event: CLICK, event_key: NEWS}, expect: {type: news, title: 标题, Description: 说明, Articles.item.Url: "https://a.example", contains: [说明, p.jpg]}}
  - {send: 图片, expect: {type: image, MediaId: MEDIA_ID}}
  - {send: 文件, expect: {type: image, MediaId: media/cat.jpg, silent: false}}
  - {send: 人工, expect: {type: transfer, KfAccount: kf2001@shop}}
  - {send: {event: CLICK, event_key: HUMAN}, expect: {rule: 点人工, silent: true}}
  - {send: 卡片, expect: {type: miniprogrampage, title: 小店}}
  - {send: 静默, expect: {rule: 静默, silent: true}}
  - {send: 现在, expect: "1767758400"}
  - {send: 营业, expect: 营业中}
  - {send: 营业, at: 2026-01-10 12:00, expect: {rule: 打烊}}
  - {send: {text: 在吗, from: oRegularCustomer}, expect: 又见面了}
  - {send: {text: 在吗, from: oRegularCustomer}, expect: 又见面了}
  - name: 连点两次
    steps:
      - {send: {event: CLICK, event_key: NEWS}, expect: {rule: 图文}}
      - {send: {event: CLICK, event_key: NEWS}, expect: {rule: 图文}}
`

func TestTestsPassInEveryKindOfAccount(t *testing.T) {
	for name, botYAML := range map[string]string{"one": oneAccount, "many": manyAccounts} {
		bot := load(t, botYAML, passing)
		report := run(t, bot, ruletest.Options{})
		if want := len(bot.Accounts) * len(bot.Accounts[0].Set.Tests); len(report.Results) != want || want == 0 {
			t.Errorf("%s: %d results, want %d", name, len(report.Results), want)
		}
		for _, r := range report.Results {
			for _, f := range r.Failures {
				t.Errorf("%s: account %s, %s: %s: %s", name, r.Account, f.Pos, r.Name, f)
			}
		}
		if err := ruletest.Require(context.Background(), bot); err != nil {
			t.Errorf("%s: Require: %v", name, err)
		}
	}
}

func TestFailuresTellWhatCameInstead(t *testing.T) {
	for _, c := range []struct{ test, what, want, got, rule string }{
		{`{send: 价格, expect: 免费}`, "text", `"免费"`, `"全场 9.9 元起"`, "价格"},
		{`{send: 价格, expect: {text: 全场}}`, "text", `"全场"`, `"全场 9.9 元起"`, "价格"},
		{`{send: 价格, expect: {rule: 欢迎}}`, "rule", "欢迎", "价格", "价格"},
		{`{send: 价格, expect: {rule: none}}`, "rule", "none", "价格", "价格"},
		{`{send: 什么, expect: {rule: 价格}}`, "rule", "价格", "none", "none"},
		{`{send: 无名, expect: {rule: none}}`, "rule", "none", "rules/a.yaml:21", "rules/a.yaml:21"},
		{`{send: 什么, expect: 什么}`, "text", `"什么"`, "nothing", "none"},
		{`{send: 静默, expect: {silent: false}}`, "silent", "false", "nothing", "静默"},
		{`{send: 价格, expect: {silent: true}}`, "silent", "true", `"全场 9.9 元起"`, "价格"},
		{`{send: 价格, expect: {type: image}}`, "type", "image", `"全场 9.9 元起"`, "价格"},
		{`{send: 图片, expect: {text: 图片}}`, "text", `"图片"`, `image "MEDIA_ID"`, "图片"},
		{`{send: 价格, expect: {contains: 免费}}`, "contains", `"免费"`, `"全场 9.9 元起"`, "价格"},
		{`{send: 静默, expect: {contains: 免费}}`, "contains", `"免费"`, "nothing", "静默"},
		{`{send: 价格, expect: {regex: "^9"}}`, "regex", `"^9"`, `"全场 9.9 元起"`, "价格"},
		{`{send: 静默, expect: {regex: ".*"}}`, "regex", `".*"`, "nothing", "静默"},
		{`{send: 价格, expect: {one_of: [贵, 免费]}}`, "one_of", `["贵" "免费"]`, `"全场 9.9 元起"`, "价格"},
		{`{send: 报名, expect: {state: none}}`, "state", "none", "name", "报名"},
		{`{send: 价格, expect: {state: name}}`, "state", "name", "none", "价格"},
		{`{send: 图片, expect: {MediaId: OTHER}}`, "MediaId", `"OTHER"`, `"MEDIA_ID"`, "图片"},
		{`{send: 价格, expect: {title: 标题}}`, "Title", `"标题"`, `"全场 9.9 元起"`, "价格"},
		{`{send: 张三, at: 2026-01-07 08:00, expect: {vars: {name: 张三}}}`, "vars.name", `"张三"`, `""`, "none"},
	} {
		bot := load(t, oneAccount, language+"tests:\n  - "+c.test+"\n")
		report := run(t, bot, ruletest.Options{})
		if len(report.Results) != 1 || report.Passed() || len(report.Results[0].Failures) != 1 {
			t.Errorf("%s: %+v", c.test, report.Results)
			continue
		}
		f := report.Results[0].Failures[0]
		if f.What != c.what || f.Want != c.want || f.Got != c.got || called(f.Rule) != c.rule || f.Pos.File != "rules/a.yaml" || f.Pos.Line != 23 || f.Pos.Col == 0 {
			t.Errorf("%s: %+v", c.test, f)
		}
		var problems rules.Problems
		if err := ruletest.Require(context.Background(), bot); !errors.As(err, &problems) || !problems.HasError() || problems[0].Pos != f.Pos {
			t.Errorf("%s: Require: %v", c.test, err)
		}
	}
}

// called is what people call a rule.
func called(r *rules.Rule) string {
	switch {
	case r == nil:
		return "none"
	case r.Name == "":
		return fmt.Sprintf("%s:%d", r.Pos().File, r.At.Line)
	}
	return r.Name
}

func TestAFailedTemplateFailsTheTest(t *testing.T) {
	bot := load(t, oneAccount, `
rules: [{name: 失败, when: {keyword: 失败}, reply: "{{repeat 100000 .Content}}"}]
tests: [{send: 失败, expect: {silent: true}}]
`)
	report := run(t, bot, ruletest.Options{})
	if report.Passed() || report.Results[0].Failures[0].What != "reply" {
		t.Errorf("%+v", report.Results)
	}
}

func TestWebhooksAnswerAsTheTestSays(t *testing.T) {
	bot := load(t, oneAccount, `
rules: [{name: 问, when: {keyword: 问}, reply: {webhook: llm, fallback: 稍后再试}}]
tests:
  - {send: 问, expect: 稍后再试}
  - {send: 问, webhook: {llm: 晴天}, expect: 晴天}
`)
	if report := run(t, bot, ruletest.Options{}); !report.Passed() || len(report.Results) != 2 {
		t.Errorf("%+v", report.Results)
	}
}

func TestTestsAreChosenByName(t *testing.T) {
	report := run(t, load(t, oneAccount, passing), ruletest.Options{Name: regexp.MustCompile("^(冷却|CLICK NEWS)$")})
	var names []string
	for _, r := range report.Results {
		names = append(names, r.Name)
	}
	if got := strings.Join(names, ", "); got != "冷却, CLICK NEWS" {
		t.Errorf("ran %s", got)
	}
	if got := len(report.Results[0].Fired); got != 2 {
		t.Errorf("%d rules fired, want 2", got)
	}
}

func TestRunsAreEqual(t *testing.T) {
	bot := load(t, oneAccount, language+`
tests: [{send: 随机, expect: 甲}, {send: 随机, expect: 甲}, {send: 随机, expect: 甲}, {send: 随机, expect: 甲}]
`)
	first, second := run(t, bot, ruletest.Options{}), run(t, bot, ruletest.Options{})
	for i := range first.Results {
		if first.Results[i].Passed() != second.Results[i].Passed() {
			t.Errorf("test %d: %+v, then %+v", i, first.Results[i], second.Results[i])
		}
	}
}

func TestBrokenRulesAreProblems(t *testing.T) {
	bot := load(t, oneAccount, "rules: [{when: {keyword: x}, reply: '{{.Nothing}}'}]")
	_, err := ruletest.Run(context.Background(), bot, ruletest.Options{})
	var problems rules.Problems
	if !errors.As(err, &problems) {
		t.Errorf("%v", err)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := ruletest.Run(ctx, load(t, oneAccount, passing), ruletest.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// BenchmarkRun is a thousand tests on ten thousand rules, which should take
// less than two seconds.
func BenchmarkRun(b *testing.B) {
	var file strings.Builder
	file.WriteString("rules:\n")
	for i := range 10_000 {
		fmt.Fprintf(&file, "  - {name: r%d, when: {keyword: 商品%d号}, reply: 商品%d号还有货}\n", i, i, i)
	}
	file.WriteString("tests:\n")
	for i := range 1000 {
		fmt.Fprintf(&file, "  - {send: 请问商品%d号有货吗, expect: 商品%d号还有货}\n", 10*i, 10*i)
	}
	bot := load(b, oneAccount, file.String())
	for b.Loop() {
		if report := run(b, bot, ruletest.Options{}); !report.Passed() || len(report.Results) != 1000 {
			b.Fatal("a test failed")
		}
	}
}

// A test with an account runs in that one alone; its steps may come from several
// users.
func TestTestsOfOneAccount(t *testing.T) {
	bot := load(t, manyAccounts, language+`
tests:
  - {account: safe, send: 价格, expect: {rule: 价格}}
  - name: 两个人
    account: mini
    steps:
      - {send: {text: 报名, from: oFirst}, expect: {state: name}}
      - {send: {text: 张三, from: oSecond}, expect: {rule: none, state: none}}
      - {send: {text: 李四, from: oFirst}, expect: {rule: 姓名, vars: {name: 李四}}}
`)
	var ran []string
	for _, r := range run(t, bot, ruletest.Options{}).Results {
		ran = append(ran, r.Account)
		for _, f := range r.Failures {
			t.Errorf("%s: %s", r.Name, f)
		}
	}
	if got := strings.Join(ran, " "); got != "safe mini" {
		t.Errorf("ran in %s", got)
	}
}

func TestFailuresTellThePlaceOfTheRule(t *testing.T) {
	bot := load(t, oneAccount, language+"tests: [{send: 价格, expect: {rule: 价恪}}, {send: 无名, expect: {rule: 欢迎}}, {send: 什么, expect: {rule: 欢迎}}]\n")
	results := run(t, bot, ruletest.Options{}).Results
	for i, want := range []struct{ text, hint string }{
		{"rule: want 价恪, got 价格 (rule: 价格 at rules/a.yaml:4)", `no rule has the name "价恪"`},
		{"rule: want 欢迎, got rules/a.yaml:21 (rule: rules/a.yaml:21)", ""},
		{"rule: want 欢迎, got none (rule: none)", ""},
	} {
		f := results[i].Failures[0]
		if f.String() != want.text || f.Hint != want.hint {
			t.Errorf("%s, %q, want %+v", f, f.Hint, want)
		}
	}
}
