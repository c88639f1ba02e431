package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"wereply/rules"
)

// lintCase is rules, or a part of them, and what Lint says.
type lintCase struct {
	name string
	file string
	want string // what the only warning begins with, "line:col code message"; "" = nothing
}

func lint(t *testing.T, p Profile, o LintOptions, file string) []string {
	t.Helper()
	set, err := load(t, "a.yaml", file)
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	e, problems := Compile(set, p)
	if e == nil {
		t.Fatalf("%v\n%s", problems, file)
	}
	return linesOf(t, Lint([]Linted{{e, set}}, o))
}

func linesOf(t *testing.T, problems rules.Problems) []string {
	t.Helper()
	var list []string
	for _, p := range problems {
		if !p.IsWarning() || p.Msg == "" || p.Pos.File == "" || p.Pos.Line == 0 || strings.Contains(p.Msg+p.Hint, separator) {
			t.Errorf("not a warning for people: %+v", p)
		}
		rule := ""
		if p.Rule != "" {
			rule = fmt.Sprintf("rule %q: ", p.Rule)
		}
		list = append(list, fmt.Sprintf("%d:%d %s %s%s", p.Pos.Line, p.Pos.Col, p.Code, rule, p.Msg))
	}
	return list
}

func testLint(t *testing.T, p Profile, o LintOptions, cases []lintCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			switch got := lint(t, p, o, c.file); {
			case c.want == "" && len(got) > 0:
				t.Errorf("got\n%s", strings.Join(got, "\n"))
			case c.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], c.want)):
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), c.want)
			}
		})
	}
}

func TestLintShortKeywords(t *testing.T) {
	testLint(t, profile, LintOptions{}, []lintCase{
		{"two letters", `rules: [{name: 问, when: {keyword: hi}, reply: a}]`, `1:35 W004 rule "问": the keyword “hi” may stand anywhere, so it fits “this” too`},
		{"one letter", `rules: [{when: {keyword: [你好, Q]}, reply: a}]`, `1:31 W004 the keyword “Q” may stand anywhere, so it fits “question” too`},
		{"full width", `rules: [{when: {keyword: ｏｋ}, reply: a}]`, `1:26 W004 the keyword “ｏｋ” may stand anywhere, so it fits “book” too`},
		{"in no word", `rules: [{when: {keyword: vx}, reply: a}]`, `1:26 W004 the keyword “vx” may stand anywhere, so it fits “https://example.com/x7vx2” too`},
		{"of unless", `rules: [{when: {keyword: 你好}, unless: {keyword: no}, reply: a}]`, `1:49 W004 the keyword “no” may stand anywhere, so it fits “know” too`},
		{"three letters", `rules: [{when: {keyword: vip}, reply: a}]`, ""},
		{"whole", `rules: [{when: {keyword: {exact: hi}}, reply: a}]`, ""},
		{"meant", `rules: [{when: {keyword: {contains: hi}}, reply: a}]`, ""},
		{"a word of its own", `rules: [{when: {keyword: {regex: '(?i)\bhi\b'}}, reply: a}]`, ""},
		{"digits are whole", `rules: [{when: {keyword: 12}, reply: a}]`, ""},
		{"a letter and a digit", `rules: [{when: {keyword: A1}, reply: a}]`, ""},
		{"Chinese", `rules: [{when: {keyword: 价}, reply: a}]`, ""},
		{"switched off", `rules: [{when: {keyword: hi}, enabled: false, reply: a}]`, ""},
	})
}

func TestLintEqualKeywords(t *testing.T) {
	testLint(t, profile, LintOptions{}, []lintCase{
		{"letter case", `rules: [{when: {keyword: [VIP, 会员, vip]}, reply: a}]`, `1:36 W011 the keyword “vip”, once folded, equals “VIP” here`},
		{"width", `rules: [{when: {keyword: {exact: [ＶＩＰ, vip！]}}, reply: a}]`, `1:40 W011 the keyword “vip！”, once folded, equals “ＶＩＰ” here`},
		{"the same", `rules: [{when: {keyword: [价格, 价格]}, reply: a}]`, `1:31 W011 the keyword “价格” stands twice here`},
		{"in all", `rules: [{when: {keyword: {all: [Vip, vip]}}, reply: a}]`, `1:38 W011 the keyword “vip”, once folded, equals “Vip” here`},
		{"the same of an earlier rule", "rules:\n  - {name: 价, when: {keyword: vip}, reply: a}\n  - {when: {keyword: [vip, 会员]}, reply: a}\n", `3:23 W011 the keyword “vip” is one of rule 价 (rules/a.yaml:2) too, which takes every message with it`},
		{"of an earlier rule", "rules:\n  - {name: 价, when: {keyword: VIP}, reply: a}\n  - {name: 会, when: {keyword: [vip, 会员]}, reply: a}\n", `3:32 W011 rule "会": the keyword “vip”, once folded, equals “VIP” of rule 价 (rules/a.yaml:2), which takes every message with it`},
		{"of a rule that never fires otherwise", "rules:\n  - {name: 价, when: {keyword: VIP}, reply: a}\n  - {name: 会, when: {keyword: vip}, reply: a}\n", `3:5 W001`},
		{"of a rule with a cooldown", "rules:\n  - {when: {keyword: VIP}, cooldown: 1h, reply: a}\n  - {when: {keyword: [vip, 会员]}, reply: a}\n", ""},
		{"of a rule at other times", "rules:\n  - {when: {keyword: VIP, time: {days: mon}}, reply: a}\n  - {when: {keyword: [vip, 会员]}, reply: a}\n", ""},
		{"of a state", "rules:\n  - {when: {keyword: VIP, state: s}, reply: a}\n  - {when: {keyword: [vip, 会员]}, reply: a, goto: s}\n", ""},
		{"of text, and this of voice too", "rules:\n  - {when: {keyword: VIP, msg_type: text}, reply: a}\n  - {when: {keyword: [vip, 会员]}, reply: a}\n", ""},
		{"another kind", `rules: [{when: {keyword: [{prefix: vip}, {suffix: VIP}]}, reply: a}]`, ""},
		{"with more", `rules: [{when: {keyword: [{contains: vip, prefix: 我}, {contains: VIP, prefix: 你}]}, reply: a}]`, ""},
		{"sets of all", `rules: [{when: {keyword: [{all: [vip, 价]}, {all: [vip, 折]}]}, reply: a}]`, ""},
	})
}

func TestLintRegexes(t *testing.T) {
	all := func(source string) lintCase {
		return lintCase{source, `rules: [{when: {keyword: {regex: '` + source + `'}}, reply: a}]`, `1:34 W009 the expression ` + source + ` fits every text, for example “#&%”`}
	}
	slow := func(source string) lintCase {
		return lintCase{source, `rules: [{when: {keyword: {regex: '` + source + `'}}, reply: a}]`, `1:34 W010 no text stands in every match of the expression ` + source}
	}
	fine := func(source string) lintCase {
		return lintCase{source, `rules: [{when: {keyword: {regex: '` + source + `'}}, reply: a}]`, ""}
	}
	testLint(t, profile, LintOptions{}, []lintCase{
		all(`.*`), all(`a*`), all(`价?`), all(`(价格)?`), all(`^`), all(`$`), all(`^a*`), all(`a*$`), all(`.`), all(`.+`), all(`^.+$`), all(`^.*$`),
		all(`(?s)^.+`), all(`[\s\S]+`), all(`价格|`), all(`(?P<all>.+)`), all(`x{0,3}`),
		slow(`[a-z]+`), slow(`\w{3}$`), slow(`..`), slow(`(甲|\w+)`), slow(`^.*\w{6}`), slow(`[一-龥]{2}`),
		fine(`订单\d+`), fine(`\d{6}`), fine(`^\d{11}$`), fine(`^[A-Z]+`), fine(`甲|乙`), fine(`^.$`), fine(`(?i)vip`),
		{"narrowed by another kind", `rules: [{when: {keyword: {contains: 单, regex: '\w+'}}, reply: a}]`, ""},
		{"narrowed by a state", `rules: [{when: {keyword: {regex: '\w+'}, state: s}, reply: a, goto: s}]`, ""},
		{"narrowed by a user", `rules: [{when: {keyword: {regex: '\w+'}, from: oBoss}, reply: a}]`, ""},
		{"one of several", `rules: [{when: {keyword: [价格, {regex: '\w+'}]}, reply: a}]`, `1:39 W010`},
		{"of unless", `rules: [{when: {keyword: 价格}, unless: {keyword: {regex: '.*'}}, reply: a}]`, `1:57 W009`},
		{"not empty", `rules: [{when: {msg_type: text, field: {MsgDataId: {regex: .}}}, reply: a}]`, ""},
		{"any value", `rules: [{when: {event: CLICK, event_key: {regex: .*}}, reply: a}]`, `1:50 W009 the expression .* fits every value`},
	})
}

func TestLintEvents(t *testing.T) {
	const picture = "rules:\n  - {name: 按钮, when: {event: pic_weixin, event_key: UP}, reply: 好}\n"
	testLint(t, profile, LintOptions{}, []lintCase{
		{"button and picture", picture + "  - {name: 图, when: {msg_type: image}, reply: 收到}\n",
			`2:5 W005 rule "按钮": a user who chooses a picture by a button of the menu (pic_weixin) gets two answers: this one, and for the image message that of rule 图 (rules/a.yaml:3)`},
		{"button and default", picture + "  - {name: 默, reply: 没听懂}\n", `2:5 W005`},
		{"button and place", "rules:\n  - {when: {event: location_select}, reply: 好}\n  - {name: 图, when: {msg_type: location}, reply: 收到}\n", `2:5 W005 a user who chooses a place`},
		{"random silence", picture + "  - {when: {msg_type: image}, reply: {random: [{silent: true}, 收到]}}\n", `2:5 W005`},
		{"button alone", picture, ""},
		{"silent button", "rules:\n  - {when: {event: pic_weixin}, reply: {silent: true}}\n  - {when: {msg_type: image}, reply: 收到}\n", ""},
		{"picture handed over", picture + "  - {when: {msg_type: image}, reply: {transfer: true}}\n", ""},
		{"a state keeps them apart", "rules:\n  - {when: {event: pic_weixin}, reply: 好, goto: s}\n  - {when: {msg_type: image, state: none}, reply: 收到}\n  - {when: {state: s}, reply: {silent: true}}\n", ""},
		{"a key, which may be of any button", "rules:\n  - {when: {event_key: UP}, reply: 好}\n  - {when: {msg_type: image}, reply: 收到}\n", ""},

		{"reports of the place", "rules:\n  - {name: 位, when: {event: LOCATION}, reply: 你在这里}\n", `2:5 W006 rule "位": answers LOCATION, which WeChat may push every 5 seconds`},
		{"any event", `rules: [{when: {event: "*"}, reply: 好}]`, `1:9 W006`},
		{"any event by its type", `rules: [{when: {msg_type: event}, reply: 好}]`, `1:9 W006`},
		{"with a cooldown", `rules: [{when: {event: "*"}, cooldown: 1h, reply: 好}]`, ""},
		{"in silence", `rules: [{when: {event: LOCATION}, reply: {silent: true}}]`, ""},
		{"once in a state", "rules:\n  - {when: {keyword: 附近}, reply: 稍等, goto: s}\n  - {when: {event: LOCATION, state: s}, reply: 你在这里, goto: end}\n", ""},
		{"again after the cooldown of another", "rules:\n  - {when: {event: LOCATION}, cooldown: 1h, reply: 一}\n  - {when: {event: LOCATION}, reply: 二}\n", ""},
		{"places that users send", `rules: [{when: {msg_type: location}, reply: 你在这里}]`, ""},
		{"taken before", "rules:\n  - {when: {event: LOCATION}, reply: {silent: true}}\n  - {when: {event: \"*\"}, reply: 好}\n", ""},

		{"a menu link", `rules: [{when: {event: [CLICK, view]}, reply: 好}]`, `1:47 W015 WeChat shows no reply to VIEW`},
		{"who left", `rules: [{when: {event: unsubscribe}, reply: 再见}]`, `1:45 W015 WeChat shows no reply to unsubscribe`},
		{"who left, in silence", `rules: [{when: {event: unsubscribe}, reply: {silent: true}}]`, ""},
		{"who left, taken before", "rules:\n  - {when: {event: unsubscribe}, reply: {silent: true}}\n  - {when: {event: [unsubscribe, subscribe]}, reply: 好}\n", ""},
		{"unheard of", `rules: [{when: {event: brand_new_event}, reply: 好}]`, ""},

		{"an event handed over", `rules: [{when: {event: CLICK, event_key: KF}, reply: {transfer: true}}]`, `1:54 W016 WeChat hands over messages, not events such as CLICK`},
		{"one of several", "rules: [{when: [{event: CLICK}, {keyword: 人工}], reply: {use: 人}}]\nreplies: {人: {random: [{transfer: true}]}}\n", `1:56 W016`},
		{"a message handed over", `rules: [{when: {keyword: 人工}, reply: {transfer: true}}]`, ""},
	})
}

func TestLintStates(t *testing.T) {
	testLint(t, profile, LintOptions{}, []lintCase{
		{"no way", `rules: [{name: 问, when: {state: ask}, reply: a}]`, `1:25 W112 rule "问": no rule goes to the state "ask", so nobody is ever in it`},
		{"no way, of unless", `rules: [{when: {keyword: 价格}, unless: {state: ask}, reply: a}]`, `1:39 W112`},
		{"set by a rule that is off", "rules:\n  - {when: {keyword: 问}, goto: ask, enabled: false}\n  - {when: {state: ask}, reply: a}\n", ""},
		{"set, not read", `rules: [{name: 问, when: {keyword: 问路}, reply: a, goto: ask}]`, `1:56 W007 rule "问": goto leads to the state "ask", and no rule asks for it`},
		{"read by any", "rules:\n  - {when: {keyword: 问路}, reply: a, goto: ask}\n  - {when: {state: '*'}, reply: a}\n", ""},
		{"read by none", `rules: [{when: {keyword: 问路, state: none}, reply: a, goto: ask}]`, ""},
		{"keeps a variable", "rules:\n  - {when: {keyword: 我叫}, remember: {name: x}, reply: a, goto: known}\n  - {when: {keyword: 我是谁}, reply: '{{.Vars.name}}'}\n", ""},
		{"the end", `rules: [{when: {keyword: 问路}, reply: a, goto: end}]`, ""},
	})
	got := lint(t, profile, LintOptions{}, "rules:\n  - {when: {keyword: 问路}, reply: a, goto: booking.name}\n  - {when: {state: booking.nam}, reply: a}\n")
	if len(got) != 2 || !strings.HasPrefix(got[0], "2:") || !strings.HasPrefix(got[1], "3:") {
		t.Errorf("a misspelt state: %q", got)
	}
}

func TestLintReplies(t *testing.T) {
	long := strings.Repeat("长", 700)
	testLint(t, profile, LintOptions{}, []lintCase{
		{"unused", "rules: [{when: {keyword: 价格}, reply: a}]\nreplies: {谢谢: 不客气}\n", `2:11 W008 nothing uses the reply "谢谢"`},
		{"used by an unused one", "replies: {a: {use: b}, b: 好}\n", `1:11 W008 nothing uses the reply "a"`},
		{"used by a rule that is off", "rules: [{when: {keyword: 价格}, enabled: false, reply: {use: a}}]\nreplies: {a: 好}\n", ""},

		{"long", "rules:\n  - {when: {keyword: 价格}, reply: " + long + "}\n", `2:34 W012 the text has 2100 bytes, and WeChat takes 2048 (a Chinese character is 3): it is cut and ends at “…长长`},
		{"long with a field", "rules:\n  - {when: {keyword: 价格}, reply: '{{.Content}}" + long + "'}\n", `2:34 W012 the text has 2100 bytes and more`},
		{"long menu", "rules:\n  - when: {keyword: 评价}\n    reply: {menu: {items: [" + strings.Repeat("x", 500) + "," + strings.Repeat("y", 500) + "]}}\n  - {when: {keyword: {regex: '^[xy]+$'}}, reply: a}\n", `3:12 W012 the text has 2`},
		{"long in one branch", "rules:\n  - {when: {keyword: 价格}, reply: '{{if .Content}}" + long + "{{end}}'}\n", ""},
		{"2048 bytes", "rules:\n  - {when: {keyword: 价格}, reply: " + strings.Repeat("a", 2048) + "}\n", ""},

		{"articles after a message", `rules: [{when: {keyword: 新品}, reply: {news: [{title: a, url: "https://a"}, {title: b, url: "https://b"}]}}]`, `1:38 W013 after a message, such as “新品”, WeChat shows 1 article: of these 2 only the first is sent`},
		{"articles by a named reply", "rules: [{when: [{event: CLICK}, {keyword: 新品}], reply: {use: n}}]\nreplies: {n: {random: [{news: [{title: a, url: \"https://a\"}, {title: b, url: \"https://b\"}]}]}}\n", `1:56 W013`},
		{"articles of a default", `rules: [{reply: {news: [{title: a, url: "https://a"}, {title: b, url: "https://b"}]}}]`, `1:17 W013`},
		{"articles after an event", `rules: [{when: {event: CLICK}, reply: {news: [{title: a, url: "https://a"}, {title: b, url: "https://b"}]}}]`, ""},
		{"one article", `rules: [{when: {keyword: 新品}, reply: {news: [{title: a, url: "https://a"}]}}]`, ""},

		{"empty", `rules: [{when: {keyword: 价格}, reply: " \u3000"}]`, `1:38 W014 the text is empty`},
		{"empty among several", `rules: [{when: {keyword: 价格}, reply: {random: [a, '']}}]`, `1:51 W014`},
		{"empty at times", `rules: [{when: {keyword: 价格}, reply: "{{.Recognition}}"}]`, ""},
		{"silent", `rules: [{when: {keyword: 价格}, reply: {silent: true}}]`, ""},

		{"music for Wi-Fi", `rules: [{when: {keyword: 听歌}, reply: {music: {thumb: M, hq_url: "https://a"}}}]`, `1:38 W017 music without url`},
		{"music", `rules: [{when: {keyword: 听歌}, reply: {music: {thumb: M, url: "https://a"}}}]`, ""},
		{"no address", `rules: [{when: {keyword: 新品}, reply: {news: [{title: a, url: www.example.com}]}}]`, `1:62 W017 url is no whole address: “www.example.com”`},
		{"an address with a field", `rules: [{when: {keyword: 新品}, reply: {news: [{title: a, url: "{{.Url}}"}]}}]`, ""},
		{"a page without a program", `rules: [{when: {keyword: 新品}, reply: {miniprogrampage: {title: a, pagepath: p, thumb: M}}}]`, `1:38 W017 miniprogrampage without appid`},
		{"a link of a service account", `rules: [{when: {keyword: 新品}, reply: {link: {title: a, description: b, url: "https://a", thumb_url: "https://b"}}}]`, `1:38 W019 only mini programs can send link`},
	})
}

func TestLintAllowed(t *testing.T) {
	unverified := Profile{Account: "fans", Kind: rules.AccountSubscription, Location: shanghai}
	testLint(t, unverified, LintOptions{}, []lintCase{
		{"all", `rules: [{when: {keyword: 价格}, reply: {all: [a, b]}}]`, `1:38 W019 what follows the first reply of all needs an API that WeChat refuses to an account that is not verified (48001), and account fans is not`},
		{"a file", `rules: [{when: {keyword: 猫}, reply: {image: media/cat.jpg}}]`, `1:37 W019 a file that must be uploaded needs an API`},
		{"a page", `rules: [{when: {keyword: 猫}, reply: {miniprogrampage: {title: a, appid: wx1, pagepath: p, thumb: M}}}]`, `1:37 W019 miniprogrampage needs an API`},
		{"one of all", `rules: [{when: {keyword: 价格}, reply: {all: [a]}}]`, ""},
		{"a media id", `rules: [{when: {keyword: 猫}, reply: {image: MEDIA_ID}}]`, ""},
		{"choices", "rules:\n  - {when: {keyword: 评价}, reply: {menu: {items: [满意]}}}\n  - {when: {keyword: 满意}, reply: 谢谢}\n", ""},
	})
	testLint(t, Profile{Kind: rules.AccountTest, Location: shanghai}, LintOptions{}, []lintCase{
		{"all, of a test account", `rules: [{when: {keyword: 价格}, reply: {all: [a, b]}}]`, ""},
	})
	mini := Profile{Account: "mini", Kind: rules.AccountMiniProgram, Location: shanghai}
	testLint(t, mini, LintOptions{}, []lintCase{
		{"articles of a mini program", `rules: [{when: {keyword: 新品}, reply: {news: [{title: a, url: "https://a"}]}}]`, `1:38 W019 a mini program cannot send news`},
		{"a link", `rules: [{when: {keyword: 新品}, reply: {link: {title: a, description: b, url: "https://a", thumb_url: "https://b"}}}]`, ""},
		{"half a link", `rules: [{when: {keyword: 新品}, reply: {link: {title: a, url: "https://a"}}}]`, `1:38 W017 a link needs title, description, url and thumb_url, and this one has no description and thumb_url`},
		{"a page of its own", `rules: [{when: {keyword: 新品}, reply: {miniprogrampage: {title: a, pagepath: p, thumb: M}}}]`, ""},
		{"who comes in", `rules: [{when: {event: user_enter_tempsession}, reply: 您好}]`, ""},
	})
}

func TestLintMedia(t *testing.T) {
	jpeg := "\xff\xd8\xff\xe0"
	files := fstest.MapFS{
		"cat.jpg":    {Data: []byte(jpeg)},
		"cat.webp":   {Data: []byte("RIFF\x00\x00\x00\x00WEBPVP8 ")},
		"empty.png":  {},
		"thumb.jpg":  {Data: []byte(jpeg + strings.Repeat("x", 70_000))},
		"hello.amr":  {Data: []byte("#!AMR\n....")},
		"hello.mp3":  {Data: []byte("\xff\xfb\x90\x00")},
		"odd.mp3":    {Data: []byte("\x00\x00\x00\x00")},
		"film.mp4":   {Data: []byte("\x00\x00\x00\x20ftypisom")},
		"film.mov":   {Data: []byte("\x00\x00\x00\x14ftypqt  ")},
		"hello2.amr": {Data: []byte("#!AMR\n" + strings.Repeat("x", 3<<20))},
	}
	reply := func(name, form, want string) lintCase {
		return lintCase{name, "rules:\n  - when: {keyword: 猫}\n    reply: " + form + "\n", want}
	}
	testLint(t, profile, LintOptions{Files: files}, []lintCase{
		reply("an image", "{image: cat.jpg}", ""),
		reply("a file that is missing", "{image: dog.jpg}", ""), // is told by those who read the bot
		reply("WebP", "{image: cat.webp}", "3:12 W018 the file cat.webp is WebP, whatever its name, and WeChat takes PNG, JPEG, GIF, BMP as an image"),
		reply("a picture as voice", "{voice: cat.jpg}", "3:12 W018 the file cat.jpg is JPEG"),
		reply("an empty file", "{image: empty.png}", "3:12 W018 the file empty.png is empty"),
		reply("AMR", "{voice: hello.amr}", ""),
		reply("MP3", "{voice: hello.mp3}", ""),
		reply("who knows", "{voice: odd.mp3}", ""),
		reply("long voice", "{voice: hello2.amr}", "3:12 W018 the file hello2.amr has 3.0 MB, and WeChat takes up to 2 MB as voice"),
		reply("MP4", "{video: {media: film.mp4}}", ""),
		reply("QuickTime", "{video: {media: film.mov}}", "3:12 W018 the file film.mov is QuickTime"),
		reply("a large thumb", `{music: {thumb: thumb.jpg, url: "https://a"}}`, "3:12 W018 the file thumb.jpg has 68.4 KB, and WeChat takes up to 64 KB as the thumb of music"),
	})
	if formatOf(nil) != "" || formatOf([]byte("\x89PNG\r\n\x1a\n")) != "PNG" {
		t.Error("formatOf")
	}
}

// What several accounts read is useless only where it is useless to all.
func TestLintAccounts(t *testing.T) {
	set := func(texts ...string) *rules.Set {
		s := &rules.Set{Replies: map[string]*rules.Named{}}
		for i := 0; i < len(texts); i += 2 {
			f, problems := rules.ParseFile(texts[i], []byte(texts[i+1]))
			if problems.HasError() {
				t.Fatal(problems)
			}
			s.Files = append(s.Files, f)
			for i := range f.Rules {
				s.Rules = append(s.Rules, &f.Rules[i])
			}
			for _, n := range f.Replies {
				s.Replies[n.Name] = n
			}
		}
		return s
	}
	account := func(name string, s *rules.Set) Linted {
		e, problems := Compile(s, Profile{Account: name, Kind: rules.AccountService, Verified: true, Location: shanghai})
		if e == nil {
			t.Fatal(problems)
		}
		return Linted{e, s}
	}
	common := "rules:\n  - {name: 价格表, when: {keyword: 价格表}, reply: '回复“人工”'}\n  - {when: {state: s}, reply: a}\nreplies: {谢谢: 不客气}\n"
	shop := account("shop", set("shop.yaml", "rules:\n  - {name: 价格, when: {keyword: 价格}, reply: {use: 谢谢}, goto: s}\n", "common.yaml", common))
	club := account("club", set("common.yaml", common, "club.yaml", "rules: [{when: {keyword: 人工}, reply: a}]\n"))

	got := linesOf(t, Lint([]Linted{shop, club}, LintOptions{}))
	want := `2:50 W020 rule "价格表": the reply tells users to send “人工”, and no rule answers that (in account shop)`
	if !slices.Equal(got, []string{want}) {
		t.Errorf("two accounts:\n%s", strings.Join(got, "\n"))
	}
	if got := linesOf(t, Lint([]Linted{shop}, LintOptions{})); len(got) != 2 || !strings.Contains(got[0], "W001") {
		t.Errorf("shop alone:\n%s", strings.Join(got, "\n"))
	}
	if got := linesOf(t, Lint([]Linted{club}, LintOptions{})); len(got) != 2 || !strings.Contains(got[0], "W112") || !strings.Contains(got[1], "W008") {
		t.Errorf("club alone:\n%s", strings.Join(got, "\n"))
	}
	if got := linesOf(t, Lint([]Linted{shop, shop}, LintOptions{})); len(got) != 2 {
		t.Errorf("shop twice:\n%s", strings.Join(got, "\n"))
	}
}
