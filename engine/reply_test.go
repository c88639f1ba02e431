package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wereply/rules"
	"wereply/wechat"
)

func parts(t *testing.T, e *Engine, m *wechat.Message) []Part {
	t.Helper()
	d := e.Decide(m, Conversation{})
	if d.Err != nil {
		t.Fatal(d.Err)
	}
	return d.Parts
}

func TestReplyForms(t *testing.T) {
	one := func(r wechat.Reply) []Part { return []Part{{Reply: &r}} }
	for reply, want := range map[string][]Part{
		`"你好 {{.Content}}"`:            one(wechat.Reply{Kind: "text", Text: "你好 x"}),
		`{text: "{{.Content}}"}`:       one(wechat.Reply{Kind: "text", Text: "x"}),
		`{image: MEDIA_ID}`:            one(wechat.Reply{Kind: "image", MediaID: "MEDIA_ID"}),
		`{image: "{{.FromUserName}}"}`: one(wechat.Reply{Kind: "image", MediaID: "oUser"}),
		`{image: media/cat.jpg}`:       {{Reply: &wechat.Reply{Kind: "image"}, File: "media/cat.jpg"}},
		`{voice: MEDIA_ID}`:            one(wechat.Reply{Kind: "voice", MediaID: "MEDIA_ID"}),
		`{video: {media: ID, title: "{{.Content}}", description: "d{{.Content}}"}}`: one(wechat.Reply{Kind: "video", MediaID: "ID", Title: "x", Description: "dx"}),
		`{video: {media: media/a.mp4, title: t}}`:                                   {{Reply: &wechat.Reply{Kind: "video", Title: "t"}, File: "media/a.mp4"}},
		`{music: {title: "t{{.Content}}", description: "d{{.Content}}", url: "http://{{.Content}}/1", hq_url: "http://{{.Content}}/2", thumb: "T{{.Content}}"}}`: one(
			wechat.Reply{Kind: "music", Title: "tx", Description: "dx", URL: "http://x/1", HQURL: "http://x/2", MediaID: "Tx"}),
		`{news: [{title: "a{{.Content}}", description: "b{{.Content}}", pic_url: "http://p/{{.Content}}", url: "http://u/{{.Content}}"}, {title: z, url: "http://z"}]}`: one(
			wechat.Reply{Kind: "news", Articles: []wechat.Article{{Title: "ax", Description: "bx", PicURL: "http://p/x", URL: "http://u/x"}, {Title: "z", URL: "http://z"}}}),
		`{link: {title: "t{{.Content}}", description: d, url: "http://u", thumb_url: "http://{{.x}}"}}`: one(
			wechat.Reply{Kind: "link", Title: "tx", Description: "d", URL: "http://u", ThumbURL: "http://{{.x}}"}), // the thumb is no template
		`{miniprogrampage: {title: "t{{.Content}}", appid: wx1, pagepath: "p?{{.x}}", thumb: T}}`: one(
			wechat.Reply{Kind: "miniprogrampage", Title: "tx", AppID: "wx1", PagePath: "p?{{.x}}", MediaID: "T"}),
		`{transfer: true}`:                   one(wechat.Reply{Kind: "transfer_customer_service"}),
		`{transfer: "kf_{{.Content}}@shop"}`: one(wechat.Reply{Kind: "transfer_customer_service", KfAccount: "kf_x@shop"}),
		`{silent: true}`:                     nil,
		`""`:                                 nil,
		`"{{.Recognition}} "`:                nil,
		`{all: [a, {image: M}, {silent: true}, "", b]}`: append(append(one(wechat.Reply{Kind: "text", Text: "a"}), one(wechat.Reply{Kind: "image", MediaID: "M"})...), one(wechat.Reply{Kind: "text", Text: "b"})...),
		`{random: [only]}`:             one(wechat.Reply{Kind: "text", Text: "only"}),
		`{use: 问候}`:                    one(wechat.Reply{Kind: "text", Text: "问候 x"}),
		`{all: [{use: 问候}, {use: 都}]}`: append(one(wechat.Reply{Kind: "text", Text: "问候 x"}), append(one(wechat.Reply{Kind: "text", Text: "问候 x"}), one(wechat.Reply{Kind: "text", Text: "再见"})...)...),
	} {
		e, problems := compileFor(t, profile, "rules:\n- {when: {keyword: x}, reply: "+reply+"}\nreplies:\n  都: {all: [{use: 问候}, 再见]}\n  问候: 问候 {{.Content}}\n")
		if e == nil {
			t.Errorf("%s: %v", reply, problems)
			continue
		}
		if diff := cmp.Diff(want, parts(t, e, say(t, "x"))); diff != "" {
			t.Errorf("%s: %s", reply, diff)
		}
	}
}

func TestWebhook(t *testing.T) {
	set := &rules.Set{Rules: []*rules.Rule{{
		When:  []rules.Condition{{Extra: &rules.ConditionExtra{MsgTypes: []string{"text"}}}},
		Reply: &rules.Reply{Kind: rules.ReplyWebhook, Extra: &rules.ReplyExtra{Name: "llm", List: []*rules.Reply{{Kind: rules.ReplyText, Source: "稍等 {{.Content}}"}}}},
	}}}
	e, problems := Compile(set, profile)
	if e == nil {
		t.Fatal(problems)
	}
	want := []Part{{Webhook: "llm", Fallback: []Part{{Reply: &wechat.Reply{Kind: "text", Text: "稍等 x"}}}}}
	if diff := cmp.Diff(want, parts(t, e, say(t, "x"))); diff != "" {
		t.Error(diff)
	}
}

func TestMenu(t *testing.T) {
	e := compile(t, `
rules:
- when: {keyword: x}
  reply:
    menu:
      head: 您满意吗? {{.Content}}
      items: [满意, '50% & "好" <b>+1=#?', '{{.Recognition}}', '{{.Content}} y']
      tail: 谢谢
- {when: {keyword: y}, reply: {menu: {items: [一, 二]}}}
`)
	want := `您满意吗? x
<a href="weixin://bizmsgmenu?msgmenucontent=满意&msgmenuid=1">满意</a>
<a href="weixin://bizmsgmenu?msgmenucontent=50%25%20%26%20%22好%22%20%3Cb%3E%2B1%3D%23%3F&msgmenuid=2">50% & "好" &lt;b&gt;+1=#?</a>
<a href="weixin://bizmsgmenu?msgmenucontent=x%20y&msgmenuid=4">x y</a>
谢谢`
	if diff := cmp.Diff(want, ask(t, e, say(t, "x"))); diff != "" {
		t.Error(diff)
	}
	want = `<a href="weixin://bizmsgmenu?msgmenucontent=一&msgmenuid=1">一</a>
<a href="weixin://bizmsgmenu?msgmenucontent=二&msgmenuid=2">二</a>`
	if diff := cmp.Diff(want, ask(t, e, say(t, "y"))); diff != "" {
		t.Error(diff)
	}
}

// In a room, what one decision gave counts until the next; what it remembers
// lasts.
func TestDecideIn(t *testing.T) {
	e := compile(t, `
rules:
- when: {keyword: x}
  remember: {n: "记 {{.Content}}", all: "{{.Content}}"}
  reply: {all: ["一 {{.Content}}", "{{.Vars.n}} 二 {{.Content}}", {image: "{{.Content}}-{{.Content}}"}]}
- {when: {keyword: y}, reply: "{{.Content}}!"}
- {when: {keyword: z}, reply: {silent: true}}
`)
	var room Room
	var kept []wechat.Field
	for range 3 {
		d := e.DecideIn(&room, say(t, "x1"), Conversation{})
		if diff := cmp.Diff(e.Decide(say(t, "x1"), Conversation{}), d); diff != "" {
			t.Error(diff)
		}
		kept = d.Effects.Remember
		for _, text := range []string{"z9", "y" + strings.Repeat("长", maxRoom), "y2", "nothing"} {
			d := e.DecideIn(&room, say(t, text), Conversation{})
			if diff := cmp.Diff(e.Decide(say(t, text), Conversation{}), d); diff != "" {
				t.Error(diff)
			}
		}
		if cap(room.text) > maxRoom {
			t.Errorf("the room keeps %d bytes", cap(room.text))
		}
	}
	if want := []wechat.Field{{Path: "n", Value: "记 x1"}, {Path: "all", Value: "x1"}}; !cmp.Equal(kept, want) {
		t.Errorf("remembered: %v", kept)
	}
}

// What a Decision holds belongs to the caller: it may be changed.
func TestPartsAreNotShared(t *testing.T) {
	e := compile(t, "rules:\n- {when: {keyword: x}, reply: {all: [a, {news: [{title: t, url: 'http://u'}]}, {use: n}]}}\nreplies: {n: {image: media/a.jpg}}\n")
	first := parts(t, e, say(t, "x"))
	for _, p := range first {
		p.Reply.MediaID, p.Reply.Text = "changed", "changed"
		for i := range p.Reply.Articles {
			p.Reply.Articles[i].Title = "changed"
		}
	}
	for _, p := range parts(t, e, say(t, "x")) {
		if p.Reply.MediaID != "" || p.Reply.Text == "changed" || len(p.Reply.Articles) > 0 && p.Reply.Articles[0].Title != "t" {
			t.Errorf("%+v", p.Reply)
		}
	}
}

func TestRandom(t *testing.T) {
	file := `
rules:
- name: 抽签
  when: {keyword: x}
  reply: {random: [a, {weight: 3, reply: b}, {use: c}]}
- name: 两次
  when: {keyword: y}
  reply: {all: [{random: [1, 2]}, {random: [1, 2]}]}
- name: 另一
  when: {keyword: [z]}
  reply: {random: [a, {weight: 3, reply: b}, {use: c}]}
replies: {c: c}
`
	e := compile(t, file)
	const n = 4000
	count := map[string]int{}
	twins, differ := 0, 0
	for i := range n {
		id := fmt.Sprint(i)
		x, y, z := push(t, "Content", "x", "MsgId", id), push(t, "Content", "y", "MsgId", id), push(t, "Content", "z", "MsgId", id)
		drawn := ask(t, e, x)
		count[drawn]++
		if again := ask(t, e, x); again != drawn {
			t.Fatalf("%s: first %s, then %s", id, drawn, again)
		}
		if pair := ask(t, e, y); pair == "1 | 1" || pair == "2 | 2" {
			twins++
		}
		if ask(t, e, z) != drawn {
			differ++
		}
	}
	for reply, weight := range map[string]int{"a": 1, "b": 3, "c": 1} {
		if want := n * weight / 5; count[reply] < want*8/10 || count[reply] > want*12/10 {
			t.Errorf("%s was drawn %d times, want about %d", reply, count[reply], want)
		}
	}
	if twins < n*4/10 || twins > n*6/10 {
		t.Errorf("two draws of one answer agree in %d of %d cases", twins, n)
	}
	if differ < n/4 {
		t.Errorf("two rules draw alike: they differ in %d of %d cases", differ, n)
	}
	// Neither another engine nor other rules change what is drawn.
	other := compile(t, strings.Replace(file, "rules:\n", "rules:\n- {when: {keyword: q}, reply: {random: [1, 2, 3]}}\n", 1))
	for i := range 100 {
		m := push(t, "Content", "x", "MsgId", fmt.Sprint(i))
		if ask(t, e, m) != ask(t, other, m) {
			t.Fatal("a change of other rules changes what is drawn")
		}
	}
}

func TestNotes(t *testing.T) {
	for reply, want := range map[string]string{
		`a`:                      "",
		`{image: MEDIA_ID}`:      "",
		`{image: media/cat.jpg}`: "rules/a.yaml:2:40: rule \"r\": the file media/cat.jpg must be uploaded through the API",
		`{music: {url: "http://x", thumb: media/t.jpg}}`:                             "rules/a.yaml:2:40: rule \"r\": the file media/t.jpg must be uploaded through the API",
		`{link: {title: t, url: "http://u"}}`:                                        "rules/a.yaml:2:40: rule \"r\": link replies go through the API",
		`{miniprogrampage: {title: t, appid: wx1, pagepath: p, thumb: media/t.jpg}}`: "rules/a.yaml:2:40: rule \"r\": miniprogrampage replies go through the API",
		`{all: [a, b]}`:           "rules/a.yaml:2:50: rule \"r\": only the first reply of all is sent",
		`{all: [a]}`:              "",
		`{random: [a, b]}`:        "",
		`{menu: {items: [a, b]}}`: "",
		`{use: n}`:                "",
	} {
		_, problems := compileFor(t, profile, "rules:\n- {name: r, when: {keyword: x}, reply: "+reply+"}\nreplies: {n: a}\n")
		checkNote(t, reply, problems, want)
	}
	_, problems := compileFor(t, profile, "rules:\n- {name: r, when: {keyword: x, misses: 3}, reply: a}\n")
	checkNote(t, "misses", problems, "rules/a.yaml:2:19: rule \"r\": misses is not served yet")

	mini := profile
	mini.Kind = rules.AccountMiniProgram
	_, problems = compileFor(t, mini, "rules:\n- {when: {keyword: x}, reply: {transfer: true}}\n- {when: {keyword: y}, reply: a}\n- {when: {keyword: z}, reply: {silent: true}}\n- {reply: {link: {title: b, description: b, url: b, thumb_url: b}}}\n")
	checkNote(t, "mini program", problems, `rules/a.yaml:3:31: account "shop" is a mini program: replies other than transfer and silent go through the API, which is not served yet (2 rules)`)
}

func checkNote(t *testing.T, what string, problems rules.Problems, want string) {
	t.Helper()
	switch {
	case want == "":
		if len(problems) > 0 {
			t.Errorf("%s: %v", what, problems)
		}
	case len(problems) != 1 || problems[0].Code != "N001" || !strings.HasPrefix(problems[0].Error(), want):
		t.Errorf("%s: %v, want %s", what, problems, want)
	}
}

func TestEmptyAndLiteralPatterns(t *testing.T) {
	for pattern, code := range map[string]string{
		`{keyword: "\u200b"}`:                     "E202",
		`{keyword: [a, " \u200b"]}`:               "E202",
		`{keyword: {exact: "\u200b"}}`:            "E202",
		`{keyword: {regex: "(a{500}){500}"}}`:     "E201",
		`{keyword: {regex: "(abcdefghij){500}"}}`: "E201",
		`{keyword: {regex: "(abcdefghij){100}"}}`: "",
		`{keyword: {regex: '['}}`:                 "E201",
		`{event_key: {regex: '['}}`:               "E201",
		`{event_key: ""}`:                         "",
		`{keyword: "。"}`:                          "",
	} {
		_, problems := compileFor(t, profile, "rules:\n- {when: "+pattern+", reply: a}\n")
		got := ""
		if len(problems) > 0 {
			got = problems[0].Code
		}
		if got != code {
			t.Errorf("%s: %v, want %s", pattern, problems, code)
		}
	}
}
