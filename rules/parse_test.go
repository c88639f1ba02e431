package rules

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"wereply/wechat"
)

// parse reads a file without problems.
func parse(t *testing.T, text string) *File {
	t.Helper()
	f, problems := ParseFile("a.yaml", []byte(text))
	if problems != nil {
		t.Fatalf("problems:\n%s\nin:\n%s", report(problems), text)
	}
	return f
}

// loosely leaves out what most comparisons do not look at.
var loosely = cmp.Options{cmpopts.IgnoreTypes(At{}, Pos{}), cmpopts.IgnoreFields(Text{}, "Block", "Quoted"), cmpopts.IgnoreFields(Reply{}, "Block", "Quoted")}

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, loosely); diff != "" {
		t.Errorf("%s: -want +got\n%s", what, diff)
	}
}

func TestScalarsAsWritten(t *testing.T) {
	for _, s := range []string{"08", "1.10", "2026-10-01", "true", "no", "0x1F", "1_000", "1e3", ".5", "12:30:45", "+86", "<<"} {
		f := parse(t, "rules:\n  - reply: "+s+"\n")
		same(t, s, Text{Source: s}, f.Rules[0].Reply.Text())
	}
}

func TestBlockText(t *testing.T) {
	for header, want := range map[string]string{"|": "一\n\n二", "|+": "一\n\n二", "|-": "一\n\n二", ">": "一\n二", ">+": "一\n二"} {
		f := parse(t, "rules:\n  - reply: "+header+"\n      一\n\n      二\n\n\n")
		same(t, header, Text{Source: want}, f.Rules[0].Reply.Text())
	}
}

func TestPatterns(t *testing.T) {
	value := func(bare bool, entry int32, kind Kind, text string) Value {
		return Value{Text: text, Entry: entry, Kind: kind, Bare: bare}
	}
	for text, want := range map[string]Pattern{
		"keyword: 价格":                         {value(true, 0, KindContains, "价格")},
		"keyword: 1":                          {value(true, 0, KindExact, "1")},
		"keyword: '１２'":                       {value(true, 0, KindExact, "１２")},
		"keyword: 1元":                         {value(true, 0, KindContains, "1元")},
		"keyword: {contains: 1}":              {value(false, 0, KindContains, "1")},
		"keyword: [价格, 2, {exact: 买}]":        {value(true, 0, KindContains, "价格"), value(true, 1, KindExact, "2"), value(false, 2, KindExact, "买")},
		"keyword: {exact: [a, b], suffix: 吗}": {value(false, 0, KindExact, "a"), value(false, 0, KindExact, "b"), value(false, 0, KindSuffix, "吗")},
		"keyword: {all: [a, b]}":              {value(false, 0, KindAll, "a"), value(false, 0, KindAll, "b")},
	} {
		f := parse(t, "rules:\n  - when: {"+text+"}\n    reply: x\n")
		same(t, text, want, f.Rules[0].When[0].Keyword)
	}
	f := parse(t, "rules:\n  - when: {event_key: '', field: {SessionFrom: 12}}\n    reply: x\n")
	same(t, "event_key", Pattern{value(true, 0, KindExact, "")}, f.Rules[0].When[0].Extras().EventKey)
	same(t, "field", []FieldPattern{{Name: "SessionFrom", Pattern: Pattern{value(true, 0, KindExact, "12")}}}, f.Rules[0].When[0].Extras().Fields)
}

func TestWindows(t *testing.T) {
	for text, want := range map[string]Window{
		"days: mon-fri":                {Days: 0b0111110},
		"days: sat-mon":                {Days: 0b1000011},
		"days: [周一, 星期天, Sunday, wed]": {Days: 0b0001011},
		"days: 周五至周日":                  {Days: 0b1100001},
		"days: 周一到五":                   {Days: 0b0111110},
		"days: sun-sat":                {Days: 0b1111111},
		"from: 9:00":                   {From: 540, HasFrom: true},
		"from: 22:30, to: 24:00":       {From: 1350, To: 1440, HasFrom: true, HasTo: true},
		"from: 22:30, to: 00:00":       {From: 1350, To: 0, HasFrom: true, HasTo: true},
		"from: 0:00, to: 24:00":        {To: 1440, HasFrom: true, HasTo: true},
		"dates: 2026-10-01":            {Dates: []DateRange{{Date{2026, 10, 1}, Date{2026, 10, 1}}}},
		"dates: [02-29, 12-30..01-02]": {Dates: []DateRange{{Date{0, 2, 29}, Date{0, 2, 29}}, {Date{0, 12, 30}, Date{0, 1, 2}}}},
		"dates: 2026-10-01 .. 2026-10-07, days: 周六": {Days: 0b1000000,
			Dates: []DateRange{{Date{2026, 10, 1}, Date{2026, 10, 7}}}},
	} {
		f := parse(t, "rules:\n  - when: {time: {"+text+"}}\n    reply: x\n")
		same(t, text, []Window{want}, f.Rules[0].When[0].Extras().Time)
	}
}

func TestReplies(t *testing.T) {
	text := func(s string) *Reply { return &Reply{Kind: ReplyText, Weight: 1, Source: s} }
	source := func(s string) Text { return Text{Source: s} }
	for form, want := range map[string]*Reply{
		"好":                                 text("好"),
		"''":                                text(""),
		"{text: 好}":                         text("好"),
		"{image: MEDIA-ID_1}":               {Kind: ReplyImage, Weight: 1, Extra: &ReplyExtra{Media: &Media{ID: source("MEDIA-ID_1")}}},
		"{image: './media/./cat.jpg'}":      {Kind: ReplyImage, Weight: 1, Extra: &ReplyExtra{Media: &Media{File: "media/cat.jpg"}}},
		"{voice: cat.amr}":                  {Kind: ReplyVoice, Weight: 1, Extra: &ReplyExtra{Media: &Media{File: "cat.amr"}}},
		"{voice: '{{.MediaId}}/.'}":         {Kind: ReplyVoice, Weight: 1, Extra: &ReplyExtra{Media: &Media{ID: source("{{.MediaId}}/.")}}},
		"{transfer: true}":                  {Kind: ReplyTransfer, Weight: 1},
		"{transfer: kf@shop}":               {Kind: ReplyTransfer, Weight: 1, Source: "kf@shop"},
		"{silent: true}":                    {Kind: ReplySilent, Weight: 1},
		"{use: 问候}":                         {Kind: ReplyUse, Weight: 1, Extra: &ReplyExtra{Name: "问候"}},
		"{webhook: llm}":                    {Kind: ReplyWebhook, Weight: 1, Extra: &ReplyExtra{Name: "llm"}},
		"{fallback: 好, webhook: llm}":       {Kind: ReplyWebhook, Weight: 1, Extra: &ReplyExtra{Name: "llm", List: []*Reply{text("好")}}},
		"{all: [好, {text: 坏}]}":             {Kind: ReplyAll, Weight: 1, Extra: &ReplyExtra{List: []*Reply{text("好"), text("坏")}}},
		"{random: [{weight: 3, reply: 好}]}": {Kind: ReplyRandom, Weight: 1, Extra: &ReplyExtra{List: []*Reply{{Kind: ReplyText, Weight: 3, Source: "好"}}}},
		"{news: [{title: 甲, url: u}]}":      {Kind: ReplyNews, Weight: 1, Extra: &ReplyExtra{News: []Article{{Title: source("甲"), Link: source("u")}}}},
		"{menu: {items: [甲]}}":              {Kind: ReplyMenu, Weight: 1, Extra: &ReplyExtra{Menu: &Menu{Items: []Text{source("甲")}}}},
	} {
		f := parse(t, "rules:\n  - reply: "+form+"\n")
		same(t, form, want, f.Rules[0].Reply)
	}
}

func TestRuleFields(t *testing.T) {
	f := parse(t, `
rules:
  - {name: 一, when: {state: a}, reply: x, goto: b, cooldown: 1d2h3m4s, enabled: false}
  - {name: 二, when: {state: a}, goto: end, remember: {v: "{{.Content}}", w: ""}, enabled: true}
  - {name: 三, unless: {event: scan}, reply: x, goto: b, expires: 90s}
`)
	one, two, three := f.Rules[0], f.Rules[1], f.Rules[2]
	same(t, "cooldown", 26*time.Hour+3*time.Minute+4*time.Second, one.Extras().Cooldown)
	same(t, "default expiry", 30*time.Minute, one.Extras().Expires)
	same(t, "disabled", []bool{true, false}, []bool{one.Disabled, two.Disabled})
	same(t, "end has no expiry", time.Duration(0), two.Extras().Expires)
	same(t, "remember", []Remember{{Name: "v", Value: Text{Source: "{{.Content}}"}}, {Name: "w"}}, two.Extras().Remember)
	same(t, "no reply", (*Reply)(nil), two.Reply)
	same(t, "expiry", 90*time.Second, three.Extras().Expires)
	same(t, "defaults", []bool{false, false, false}, []bool{one.IsDefault(), two.IsDefault(), three.IsDefault()})
}

func TestTestSteps(t *testing.T) {
	f := parse(t, `
tests:
  - {send: 你好, expect: 您好}
  - name: 两步
    at: 2026-10-01 08:30
    webhook: {llm: 甲, b: 丙}
    steps:
      - send: {event: CLICK, event_key: K, from: oA}
      - {send: {MsgType: image, PicUrl: u}, after: 1m, webhook: {llm: 乙}, expect: {rule: none, title: t}}
`)
	hello := "您好"
	same(t, "single", []Step{{Send: []wechat.Field{{Path: "MsgType", Value: "text"}, {Path: "Content", Value: "你好"}}, Expect: Expect{Text: &hello}}}, f.Tests[0].Steps)
	none := "none"
	same(t, "steps", []Step{
		{From: "oA", Time: time.Date(2026, 10, 1, 8, 30, 0, 0, time.UTC), Webhook: map[string]string{"llm": "甲", "b": "丙"},
			Send: []wechat.Field{{Path: "MsgType", Value: "event"}, {Path: "Event", Value: "CLICK"}, {Path: "EventKey", Value: "K"}}},
		{After: time.Minute, Webhook: map[string]string{"llm": "乙", "b": "丙"}, Expect: Expect{Rule: &none, Fields: []wechat.Field{{Path: "Title", Value: "t"}}},
			Send: []wechat.Field{{Path: "MsgType", Value: "image"}, {Path: "PicUrl", Value: "u"}}},
	}, f.Tests[1].Steps)
	f = parse(t, "tests:\n  - {send: {event: subscribe_msg_popup_event, SubscribeMsgPopupEvent: {List: [{TemplateId: a}, {TemplateId: b}]}}, expect: x}\n")
	same(t, "nested", []wechat.Field{{Path: "MsgType", Value: "event"}, {Path: "Event", Value: "subscribe_msg_popup_event"},
		{Path: "SubscribeMsgPopupEvent.List.TemplateId", Value: "a"}, {Path: "SubscribeMsgPopupEvent.List.TemplateId", Value: "b"}}, f.Tests[0].Steps[0].Send)
}

// The identity of an unnamed rule is what it says, not how that is laid out
// or where it stands; equal rules are told apart by their order.
func TestRuleIdentity(t *testing.T) {
	id := func(path, rule string) string {
		f, _ := ParseFile(path, []byte("rules:\n"+rule))
		return f.Rules[len(f.Rules)-1].ID()
	}
	base := id("a.yaml", "  - {when: {keyword: 甲}, reply: 乙}\n")
	for text, equal := range map[string]bool{
		"  - name: n\n    reply: 丙\n  - when:\n      keyword: \"甲\"  # 注释\n    reply: |\n      乙\n    cooldown: 1h\n": true,
		"  - {when: {keyword: 甲}, reply: 丁}\n":                                     false,
		"  - {unless: {keyword: 甲}, reply: 乙}\n":                                   false,
		"  - {when: {keyword: [甲]}, reply: 乙, unless: {event: x}}\n":               false,
		"  - {when: {keyword: 甲}, reply: 乙}\n  - {when: {keyword: 甲}, reply: 乙}\n": false,
		"  - {name: 名, when: {keyword: 甲}, reply: 乙}\n":                            false,
	} {
		if got := id("a.yaml", text); (got == base) != equal {
			t.Errorf("equal %v, want %v: %s", !equal, equal, text)
		}
	}
	if id("b.yaml", "  - {when: {keyword: 甲}, reply: 乙}\n") == base {
		t.Error("the file does not count")
	}
	if got := id("a.yaml", "  - {name: 名, reply: 乙}\n"); got != "名" {
		t.Errorf("a named rule has the identity %q", got)
	}
}

func TestProblemsInOneGo(t *testing.T) {
	var b strings.Builder
	b.WriteString("rules:\n")
	for i := range 100 {
		fmt.Fprintf(&b, "  - {name: r%d, when: {keywrd: x}, reply: y}\n", i)
	}
	_, problems := ParseFile("a.yaml", []byte(b.String()))
	if len(problems) != 100 {
		t.Fatalf("%d problems, want 100", len(problems))
	}
	for i, p := range problems {
		if p.Rule != fmt.Sprintf("r%d", i) || p.Pos.Line != int32(i+2) {
			t.Fatalf("problem %d: %v", i, p)
		}
	}
}

// What is large and broken must not take long: the parsing that finds the
// place of an error is bounded.
func TestBrokenLargeFile(t *testing.T) {
	data := bigFile(20000)
	broken := bytes.Replace(data, []byte("    reply: 这是第 19998 条"), []byte("   reply: 这是第 19998 条"), 1)
	if bytes.Equal(data, broken) {
		t.Fatal("nothing was broken")
	}
	f, problems := ParseFile("a.yaml", broken)
	if len(problems) == 0 || !problems.HasError() {
		t.Fatal("no problem")
	}
	if line := int(problems[0].Pos.Line); bytes.Count(broken[:bytes.Index(broken, []byte("19998 条"))], []byte("\n"))+1-line > 2 {
		t.Errorf("found at line %d", line)
	}
	if f == nil {
		t.Error("no file")
	}
}

// bigFile gives a file with n rules such as people write.
func bigFile(n int) []byte {
	var b bytes.Buffer
	b.WriteString("rules:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - name: 规则%d\n", i)
		switch i % 20 {
		case 0:
			fmt.Fprintf(&b, "    when: {keyword: {regex: '订单%d\\s*(\\d+)'}}\n    reply: 订单 {{group 1}} 正在路上\n", i)
		case 1:
			fmt.Fprintf(&b, "    when: {event: CLICK, event_key: V%d}\n    reply: {news: [{title: 标题%d, url: \"https://example.com/%d\"}]}\n", i, i, i)
		default:
			fmt.Fprintf(&b, "    when:\n      keyword: [关键词%d, 另一个词%d]\n    reply: 这是第 %d 条规则的回复,谢谢您的关注\n", i, i, i)
		}
	}
	return b.Bytes()
}

func BenchmarkParseFile(b *testing.B) {
	data := bigFile(1000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if f, problems := ParseFile("a.yaml", data); len(f.Rules) != 1000 || problems != nil {
			b.Fatal(problems)
		}
	}
}
