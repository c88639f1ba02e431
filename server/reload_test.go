package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"wereply/rules"
	"wereply/wechat"
	"wereply/wechat/wechattest"
)

func answering(text string) string {
	return fmt.Sprintf("rules:\n  - {name: 问好, when: {keyword: 你好}, reply: %q}\n", text)
}

func (r *rig) reload() error { return r.Reload(context.Background()) }

func TestReloadTakesNewRules(t *testing.T) {
	r := start(t, plainBot, answering("旧"))
	old := r.text("你好")
	r.push(old)
	r.write("rules/a.yaml", answering("新"))
	if err := r.reload(); err != nil {
		t.Fatal(err)
	}
	r.expect("你好", "新")
	if got := said(r.push(old)); got != "旧" {
		t.Errorf("a push from before the reload, sent again, is answered with %q", got)
	}
	r.expectMetric(`wereply_reloads_total{result="ok"}`, 1)
	r.expectMetric(`wereply_rule_hits_total{account="shop",rule="问好"}`, 2)
	r.expectMetric("wereply_last_reload_success", 1)
}

func TestABrokenFileKeepsTheOldRules(t *testing.T) {
	r := start(t, plainBot, answering("旧"))
	before := r.current.Load()
	for what, file := range map[string]string{
		"syntax":   "rules: [",
		"field":    "rules: [{wehn: {keyword: 你好}, reply: 新}]",
		"template": "rules: [{when: {keyword: 你好}, reply: '{{.Contnt}}'}]",
		"regex":    "rules: [{when: {keyword: {regex: '('}}, reply: 新}]",
	} {
		r.write("rules/a.yaml", file)
		err := r.reload()
		var problems rules.Problems
		if !errors.As(err, &problems) || !problems.HasError() {
			t.Errorf("%s: %v", what, err)
		}
		if after := r.current.Load(); after != before || after.accounts[0].engine != before.accounts[0].engine {
			t.Errorf("%s: the engine is another one", what)
		}
		if len(problems) > 0 && !strings.Contains(r.log.String(), "rules/a.yaml:1") {
			t.Errorf("%s: the log has no place: %s", what, r.log.String())
		}
		body := r.get("GET", "/readyz").Body.String()
		if !strings.Contains(body, "rules/a.yaml:1") || !strings.Contains(body, `"ok": false`) || !strings.Contains(body, `"ready": true`) {
			t.Errorf("%s: /readyz: %s", what, body)
		}
	}
	r.expect("你好", "旧")
	r.expectMetric(`wereply_reloads_total{result="failed"}`, 4)
	r.expectMetric("wereply_last_reload_success", 0)
	r.write("rules/a.yaml", answering("新"))
	if err := r.reload(); err != nil {
		t.Fatal(err)
	}
	r.expect("你好", "新")
}

func TestABrokenAccountKeepsAllOldRules(t *testing.T) {
	r := start(t, plainBot, answering("旧"))
	r.write("rules/a.yaml", answering("新"))
	r.write("bot.yaml", plainBot+"  - {name: second, kind: test, path: /second, token: abc, app_id: wx1, aes_key: short}\n")
	if err := r.reload(); err == nil {
		t.Fatal("an account with a broken key is taken")
	}
	r.expect("你好", "旧")
}

func TestAccountsComeAndGo(t *testing.T) {
	r := start(t, plainBot, answering("好"))
	second := *r.client
	second.URL, second.Token = "http://bot/second", "secondToken"
	ask := func() int {
		answer, err := second.Push(context.Background(), wechattest.Document(r.text("你好"), wechat.XML))
		if err != nil {
			t.Fatal(err)
		}
		return answer.Status
	}
	if got := ask(); got != 404 {
		t.Errorf("before it is there: status %d", got)
	}
	both := plainBot + "  - {name: second, kind: test, path: /second, token: secondToken}\n"
	for _, step := range []struct {
		bot    string
		status int
		rules  float64
	}{{both, 200, 1}, {plainBot, 404, 0}} {
		r.write("bot.yaml", step.bot)
		if err := r.reload(); err != nil {
			t.Fatal(err)
		}
		if got := ask(); got != step.status {
			t.Errorf("status %d, want %d", got, step.status)
		}
		r.expectMetric(`wereply_rules_loaded{account="second"}`, step.rules)
	}
	if strings.Contains(r.get("GET", "/metrics").Body.String(), `account="second"`) {
		t.Error("an account that is gone has metrics")
	}
	r.expect("你好", "好")
}

func TestANewTokenCounts(t *testing.T) {
	r := start(t, plainBot, answering("好"))
	r.write("bot.yaml", strings.Replace(plainBot, testToken, "anotherToken", 1))
	if err := r.reload(); err != nil {
		t.Fatal(err)
	}
	r.client.Token = "anotherToken"
	r.expect("你好", "好")
}

func TestChangesThatNeedARestartAreAnnounced(t *testing.T) {
	r := start(t, plainBot, answering("好"))
	r.write("bot.yaml", "server: {listen: ':9', admin: 'off', max_body: 16KiB}\n"+plainBot)
	if err := r.reload(); err != nil {
		t.Fatal(err)
	}
	var settings []string
	for _, line := range r.logged("a changed setting takes effect at the next start only") {
		settings = append(settings, fmt.Sprint(line["setting"]))
	}
	if got := strings.Join(settings, " "); got != "server.listen server.admin server.max_body" {
		t.Errorf("announced: %s", got)
	}
	r.expect("你好"+strings.Repeat("啊", 10_000), "好")
}

func TestTheLogNamesTheFilesThatChanged(t *testing.T) {
	r := start(t, plainBot, answering("旧"))
	for _, step := range []struct {
		files map[string]string // "" = removed
		want  string
	}{
		{map[string]string{"rules/b.yaml": "replies: {r1: 好}\n", "rules/a.yaml": answering("新")}, "rules/a.yaml, rules/b.yaml (new)"},
		{map[string]string{"rules/a.yaml": answering("新")}, "no rule file"},
		{map[string]string{"bot.yaml": "timezone: UTC\n" + plainBot}, "no rule file"},
		{map[string]string{"rules/b.yaml": ""}, "rules/b.yaml (gone)"},
		{map[string]string{"rules/1.yaml": "replies: {r2: 好}\n", "rules/2.yaml": "replies: {r3: 好}\n", "rules/3.yaml": "replies: {r4: 好}\n", "rules/4.yaml": "replies: {r5: 好}\n",
			"rules/5.yaml": "replies: {r6: 好}\n", "rules/6.yaml": "replies: {r7: 好}\n", "rules/a.yaml": answering("更新")},
			"rules/1.yaml (new), rules/2.yaml (new), rules/3.yaml (new), rules/4.yaml (new), rules/5.yaml (new) and 2 more"},
	} {
		for name, content := range step.files {
			if content == "" {
				if err := os.Remove(filepath.Join(r.dir, name)); err != nil {
					t.Fatal(err)
				}
			} else {
				r.write(name, content)
			}
		}
		if err := r.reload(); err != nil {
			t.Fatal(err)
		}
		lines := r.logged("the rules are live")
		if got := lines[len(lines)-1]["changed"]; got != step.want {
			t.Errorf("changed: %v, want %s", got, step.want)
		}
	}
}

// Files of which nothing was compiled again answer, count, remember and hold
// back as before, wherever their rules stand now.
func TestUnchangedFilesGoOn(t *testing.T) {
	r := start(t, plainBot, answering("好"))
	r.write("rules/b.yaml", `rules:
  - {name: 一次, when: {keyword: 领券}, cooldown: 1h, reply: 券}
  - {name: 姓名, when: {keyword: {regex: '我叫(?P<name>\S+)'}}, remember: {name: '{{.Match.name}}'}, goto: named, reply: '{{.Vars.name}}您好'}
  - {name: 是谁, when: {keyword: 我是谁, state: named}, reply: '{{.Vars.name}}'}
  - {name: 已领, when: {keyword: 领券}, reply: 领过了}
`)
	for i, before := range []string{"", "rules:\n  - {name: 先, when: {keyword: 先}, reply: 先}\n  - {name: 后, when: {keyword: 后}, reply: 后}\n" + strings.Repeat("  - {when: {keyword: 多}, reply: 多}\n", 100), "replies: {无: 无}\n"} {
		if before != "" {
			r.write("rules/a.yaml", before)
		}
		if err := r.reload(); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			r.expect("领券", "券")
			r.expect("我叫小明", "小明您好")
		}
		r.expect("领券", "领过了")
		r.expect("我是谁", "小明")
		r.expectMetric(`wereply_rule_hits_total{account="shop",rule="一次"}`, 1)
		r.expectMetric(`wereply_rule_hits_total{account="shop",rule="已领"}`, float64(i+1))
		r.expectMetric(`wereply_rule_hits_total{account="shop",rule="是谁"}`, float64(i+1))
	}
	r.write("bot.yaml", strings.Replace(plainBot, "kind: service", "kind: miniprogram", 1))
	if err := r.reload(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(r.get("GET", "/readyz").Body.String(), "mini program") {
		t.Error("what a mini program cannot say was not told")
	}
}

func TestRequiredTestsHaveTheLastWord(t *testing.T) {
	failed := rules.Problems{{Code: rules.CodeTestFailed, Msg: "a test failed"}}
	var verified atomic.Int64
	r := start(t, plainBot, answering("旧"), func(o *Options) {
		o.Verify = func(context.Context, *rules.Bot) error {
			verified.Add(1)
			return failed
		}
	})
	r.write("rules/a.yaml", answering("新"))
	if err := r.reload(); err != nil || verified.Load() != 0 {
		t.Errorf("tests that are not required: %v", err)
	}
	r.write("bot.yaml", "reload: {require_tests: true}\n"+plainBot)
	r.write("rules/a.yaml", answering("falsch"))
	if err := r.reload(); err == nil || verified.Load() != 1 {
		t.Errorf("required tests failed, and the rules are live: %v", err)
	}
	r.expect("你好", "新")

	bot, err := r.loader.Load()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(bot, r.o); err == nil {
		t.Errorf("a start with required tests that fail: %v", err)
	}
}

func TestALoaderThatPanicsKeepsTheOldRules(t *testing.T) {
	r := start(t, plainBot, hello, func(o *Options) {
		o.Loader = func() (*rules.Bot, error) { panic("a fault of ours") }
	})
	if err := r.Reload(context.Background()); err == nil || !strings.Contains(err.Error(), "a fault of ours") {
		t.Errorf("Reload: %v", err)
	}
	r.expect("你好", "你好,我是机器人")
	r.expectMetric("wereply_last_reload_success", 0)
	r.expectMetric(`wereply_reloads_total{result="failed"}`, 1)
}

func TestReloadWithoutALoaderIsAnError(t *testing.T) {
	r := start(t, plainBot, hello, func(o *Options) { o.Loader = nil })
	if err := r.reload(); err == nil {
		t.Error("no error")
	}
}

// watcher tells of changes when the test says so.
type watcher chan struct{}

func (w watcher) Changes() <-chan struct{} { return w }

// TestReloadUnderLoadLosesNothing pushes all the time while rules change: each
// push is answered by the rules of before or after.
func TestReloadUnderLoadLosesNothing(t *testing.T) {
	r := start(t, plainBot, answering("版本 0"))
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	changes := make(watcher)
	running.Go(func() { r.Watch(ctx, changes) })

	var pushes, failures atomic.Int64
	var failure atomic.Value
	stop := make(chan struct{})
	var pushing sync.WaitGroup
	for range 4 {
		pushing.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				answer, err := r.client.Push(ctx, wechattest.Document(r.text("你好"), wechat.XML))
				if err != nil || answer.Fault != nil || !strings.HasPrefix(said(answer), "版本 ") {
					failures.Add(1)
					failure.Store(fmt.Sprintf("%+v, %v", answer, err))
				}
				pushes.Add(1)
			}
		})
	}
	const reloads = 40
	for i := 1; i <= reloads; i++ {
		text := answering(fmt.Sprint("版本 ", i))
		if i%4 == 0 && i < reloads {
			text = "rules: [broken"
		}
		r.write("rules/a.yaml", text)
		before := pushes.Load()
		changes <- struct{}{}
		until(t, "pushes during the reload", func() bool { return pushes.Load() > before+5 })
	}
	changes <- struct{}{} // taken up once the reload before is done
	until(t, "the last rules answer", func() bool { return r.say("你好") == fmt.Sprint("版本 ", reloads) })
	close(stop)
	pushing.Wait()
	if failures.Load() != 0 {
		t.Errorf("%d of %d pushes failed, the last one with %v", failures.Load(), pushes.Load(), failure.Load())
	}
}
