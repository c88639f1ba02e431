package engine

import (
	"strings"
	"testing"

	"wereply/wechat"
)

// The reply of each rule is its name where nothing else is said.
func TestConditions(t *testing.T) {
	type want struct {
		m    *wechat.Message
		text string
	}
	image := push(t, "MsgType", "image", "PicUrl", "http://x/1.jpg", "MediaId", "m1", "MsgId", "1")
	voice := push(t, "MsgType", "voice", "MediaId", "m1", "Recognition", "今天的价格。", "MsgId", "1")
	mute := push(t, "MsgType", "voice", "MediaId", "m1", "MsgId", "1")
	sticker := say(t, "【收到不支持的消息类型，暂无法显示】")
	scan := push(t, "MsgType", "event", "Event", "scancode_waitmsg", "EventKey", "V1", "ScanCodeInfo.ScanType", "qrcode", "ScanCodeInfo.ScanResult", "abc")
	session := push(t, "MsgType", "event", "Event", "user_enter_tempsession", "SessionFrom", "goods-1001")
	for name, tt := range map[string]struct {
		rules string
		want  []want
	}{
		"a mapping means all": {
			`- {when: {keyword: 价格, from: oUser}, reply: yes}`,
			[]want{{say(t, "价格"), "yes"}, {push(t, "Content", "价格", "FromUserName", "oOther"), ""}, {say(t, "你好"), ""}}},
		"a list means any": {
			`- {when: [{keyword: 价格}, {msg_type: image}], reply: yes}`,
			[]want{{say(t, "价格"), "yes"}, {image, "yes"}, {mute, ""}}},
		"unless must not hold": {
			`- {when: {keyword: 价格}, unless: {keyword: 不问}, reply: yes}`,
			[]want{{say(t, "价格"), "yes"}, {say(t, "不问价格"), ""}}},
		"unless as a list: none of them": {
			`- {when: {keyword: 价格}, unless: [{keyword: 不问}, {from: oOther}], reply: yes}`,
			[]want{{say(t, "价格"), "yes"}, {say(t, "不问价格"), ""}, {push(t, "Content", "价格", "FromUserName", "oOther"), ""}}},
		"unless as a mapping: not all of them": {
			`- {when: {keyword: 价格}, unless: {keyword: 不问, from: oOther}, reply: yes}`,
			[]want{{say(t, "不问价格"), "yes"}, {push(t, "Content", "不问价格", "FromUserName", "oOther"), ""}}},
		"msg_type": {
			`- {when: {msg_type: [image, voice]}, reply: yes}`,
			[]want{{image, "yes"}, {mute, "yes"}, {say(t, "x"), ""}, {event(t, "CLICK", "K"), ""}}},
		"msg_type event": {
			`- {when: {msg_type: event}, reply: yes}`,
			[]want{{event(t, "VIEW", "http://x"), "yes"}, {say(t, "x"), ""}}},
		"event ignores letter case": {
			`- {when: {event: click}, reply: yes}`,
			[]want{{event(t, "CLICK", "K"), "yes"}, {event(t, "VIEW", "K"), ""}, {say(t, "click"), ""}}},
		"event any": {
			`- {when: {event: "*"}, reply: yes}`,
			[]want{{event(t, "VIEW", "http://x"), "yes"}, {say(t, "x"), ""}, {image, ""}}},
		"event as a list": {
			`- {when: {event: [subscribe, SCAN]}, reply: yes}`,
			[]want{{event(t, "subscribe", ""), "yes"}, {event(t, "SCAN", "1"), "yes"}, {event(t, "CLICK", "1"), ""}}},
		"event_key is compared whole and literally": {
			`- {when: {event_key: V1}, reply: yes}`,
			[]want{{event(t, "CLICK", "V1"), "yes"}, {event(t, "CLICK", "v1"), ""}, {event(t, "CLICK", "V10"), ""}, {event(t, "CLICK", "V1。"), ""}}},
		"event_key with or without qrscene_": {
			`- {when: {event_key: "123"}, reply: yes}`,
			[]want{{event(t, "subscribe", "qrscene_123"), "yes"}, {event(t, "SCAN", "123"), "yes"}, {event(t, "CLICK", "qrscene_123"), ""}}},
		"event_key spelt with qrscene_": {
			`- {when: {event_key: qrscene_123}, reply: yes}`,
			[]want{{event(t, "subscribe", "qrscene_123"), "yes"}, {event(t, "SCAN", "123"), ""}}},
		"event_key by kind": {
			`- {when: {event_key: {prefix: goods-}}, reply: "{{.Rest}}"}`,
			[]want{{event(t, "subscribe", "qrscene_goods-7"), "7"}, {event(t, "SCAN", "goods-8"), "8"}, {event(t, "SCAN", "x-goods-8"), ""}}},
		"no event_key": {
			`- {when: {event: subscribe, event_key: ""}, reply: yes}`,
			[]want{{event(t, "subscribe", ""), "yes"}, {push(t, "MsgType", "event", "Event", "subscribe"), "yes"}, {event(t, "subscribe", "qrscene_1"), ""}}},
		"no event_key is for events": {
			`- {when: {event_key: ""}, reply: yes}`,
			[]want{{event(t, "subscribe", ""), "yes"}, {say(t, "x"), ""}}},
		"keyword stands anywhere": {
			`- {when: {keyword: 价格}, reply: yes}`,
			[]want{{say(t, "今天价格多少"), "yes"}, {say(t, "价 格"), ""}, {voice, "yes"}, {mute, ""}, {image, ""}}},
		"a keyword is not for events": {
			`- {when: {keyword: K}, reply: yes}`,
			[]want{{event(t, "CLICK", "K"), ""}}},
		"a keyword of digits is compared whole": {
			`- {when: {keyword: [价格, 1]}, reply: yes}`,
			[]want{{say(t, "1"), "yes"}, {say(t, "１。"), "yes"}, {say(t, "12"), ""}, {say(t, "第1个"), ""}}},
		"a regex wants a text, even an empty one": {
			`- {when: {keyword: {regex: '^.*$'}}, reply: yes}`,
			[]want{{say(t, "x"), "yes"}, {image, ""}, {mute, ""}, {sticker, ""}, {event(t, "CLICK", "K"), ""}}},
		"from": {
			`- {when: {from: [oOther, oUser]}, reply: yes}`,
			[]want{{say(t, "x"), "yes"}, {push(t, "FromUserName", "oUse", "Content", "x"), ""}, {event(t, "CLICK", "K"), ""}}},
		"field": {
			`- {when: {field: {SessionFrom: {prefix: goods-}}}, reply: "{{.Rest}}"}`,
			[]want{{session, "1001"}, {event(t, "CLICK", "K"), ""}, {say(t, "goods-1"), ""}}},
		"field compared whole, nested by leaf name": {
			`- {when: {field: {ScanResult: abc}}, reply: yes}`,
			[]want{{scan, "yes"}}},
		"field by path": {
			`- {when: {field: {ScanCodeInfo.ScanResult: ab}}, reply: no}
- {when: {field: {ScanCodeInfo.ScanResult: {contains: b}, ScanType: qrcode}}, reply: yes}`,
			[]want{{scan, "yes"}}},
		"an absent field equals nothing": {
			`- {when: {event: "*", field: {Ticket: ""}}, reply: yes}`,
			[]want{{event(t, "subscribe", ""), "yes"}, {push(t, "MsgType", "event", "Event", "subscribe", "Ticket", "t"), ""}}},
		"fields are compared literally": {
			`- {when: {field: {Label: ABC}}, reply: yes}`,
			[]want{{push(t, "MsgType", "location", "Label", "ABC"), "yes"}, {push(t, "MsgType", "location", "Label", "abc"), ""}, {push(t, "MsgType", "location", "Label", " ABC"), ""}}},
		"time": {
			`- {when: {time: {from: "12:00", to: "13:00"}}, reply: yes}`,
			[]want{{say(t, "x"), "yes"}, {at(say(t, "x"), noon+3599), "yes"}, {at(say(t, "x"), noon+3600), ""}, {at(say(t, "x"), noon-1), ""}}},
		"misses never holds yet": {
			`- {when: {keyword: x, misses: 2}, reply: no}`,
			[]want{{say(t, "x"), ""}}},
		"first match": {
			`- {when: {keyword: 价格}, reply: first}
- {when: {keyword: 价格表}, reply: second}`,
			[]want{{say(t, "价格表"), "first"}}},
		"defaults come after all others": {
			`- {reply: default}
- {when: {keyword: 价格}, reply: first}`,
			[]want{{say(t, "价格"), "first"}, {say(t, "x"), "default"}, {image, "default"}, {mute, "default"}}},
		"a default never answers an event": {
			`- {reply: default}`,
			[]want{{event(t, "VIEW", "http://x"), ""}, {event(t, "LOCATION", ""), ""}, {event(t, "subscribe", ""), ""}, {event(t, "TEMPLATESENDJOBFINISH", ""), ""}}},
		"a rule with only unless is no default and for messages": {
			`- {unless: {keyword: x}, reply: rule}
- {reply: default}`,
			[]want{{say(t, "y"), "rule"}, {say(t, "x"), "default"}, {event(t, "VIEW", "http://x"), ""}}},
		"unless never widens": {
			`- {unless: {event: VIEW}, reply: no}
- {when: {from: oUser}, unless: {event: VIEW}, reply: rule}`,
			[]want{{event(t, "CLICK", "K"), ""}, {say(t, "x"), "no"}}},
		"unless narrows rules for events by what is not of events": {
			`- {when: {event: CLICK}, unless: [{from: oUser}, {time: {days: sun}}], reply: yes}`,
			[]want{{event(t, "CLICK", "K"), ""}, {push(t, "MsgType", "event", "Event", "CLICK", "FromUserName", "oOther"), "yes"},
				{at(push(t, "MsgType", "event", "Event", "CLICK", "FromUserName", "oOther"), noon+4*86400), ""}}},
		"a field that only events carry is for events": {
			`- {when: {field: {Ticket: {regex: '.*'}}}, reply: yes}`,
			[]want{{event(t, "CLICK", "K"), "yes"}, {say(t, "x"), ""}}},
		"a field of messages is not for events": {
			`- {when: {field: {Label: {regex: '.*'}}}, reply: yes}`,
			[]want{{event(t, "CLICK", "K"), ""}, {say(t, "x"), "yes"}}},
		"both sorts": {
			`- {when: {msg_type: [text, event]}, reply: yes}`,
			[]want{{event(t, "CLICK", "K"), "yes"}, {say(t, "x"), "yes"}, {image, ""}}},
		"time alone is not for events": {
			`- {when: {time: {from: "00:00", to: "24:00"}}, reply: yes}`,
			[]want{{event(t, "CLICK", "K"), ""}, {say(t, "x"), "yes"}}},
		"unsupported: no keyword, no default": {
			`- {when: {keyword: 收到}, reply: no}
- {when: {keyword: {regex: 收到}}, reply: no}
- {when: {msg_type: text}, reply: no}
- {when: {from: oUser}, reply: no}
- {unless: {keyword: x}, reply: no}
- {reply: no}`,
			[]want{{sticker, ""}, {say(t, "[Unsupported Message]"), ""}}},
		"unsupported: a rule that names it": {
			`- {when: {msg_type: [image, unsupported]}, reply: 看不到表情}`,
			[]want{{sticker, "看不到表情"}, {image, "看不到表情"}, {say(t, "x"), ""}}},
		"switched off": {
			`- {when: {keyword: x}, enabled: false, reply: off}
- {when: {keyword: x}, reply: on}`,
			[]want{{say(t, "x"), "on"}}},
	} {
		e := compile(t, "rules:\n"+tt.rules)
		for _, w := range tt.want {
			if got := ask(t, e, w.m); got != w.text {
				t.Errorf("%s: %s %s%s%s: answered %q, want %q", name, w.m.MsgType, w.m.Event, w.m.EventKey, w.m.Content, got, w.text)
			}
		}
	}
}

func TestPatterns(t *testing.T) {
	for _, tt := range []struct{ pattern, text, keyword, rest string }{
		// kinds
		{`{exact: 价格}`, "价格", "价格", ""},
		{`{exact: 价格}`, "价格表", "-", ""},
		{`{contains: 价格}`, "问价格吗", "价格", ""},
		{`{prefix: 查询}`, "查询 北京 天气 ", "查询", "北京 天气"},
		{`{prefix: 查询}`, "我查询", "-", ""},
		{`{suffix: 天气}`, "北京天气", "天气", ""},
		{`{suffix: 天气}`, "天气好", "-", ""},
		{`{regex: '订单\s*(\d+)'}`, "查订单 42", `订单\s*(\d+)`, ""},
		{`{all: [北京, 天气]}`, "天气在北京", "北京 天气", ""},
		{`{all: [北京, 天气]}`, "北京", "-", ""},
		// a list of values: any of them, the first as written counts
		{`{exact: [a, b]}`, "b", "b", ""},
		{`{contains: [b, a]}`, "a b", "b", ""},
		{`{regex: ['x+', 'y+']}`, "yy", "y+", ""},
		{`{suffix: [b, ab]}`, "ab", "b", ""},
		// among prefixes the longest wins
		{`{prefix: [查, 查询]}`, "查询北京", "查询", "北京"},
		{`[{prefix: 查}, {prefix: 查询}]`, "查询北京", "查询", "北京"},
		{`[{prefix: 查}, {exact: 查询}]`, "查询", "查", "询"},
		{`[{exact: 查询}, {prefix: 查}]`, "查询", "查询", ""},
		// a mapping of kinds: all must hold
		{`{prefix: 我要, suffix: 票}`, "我要电影票", "我要", "电影票"},
		{`{prefix: 我要, suffix: 票}`, "我要电影", "-", ""},
		{`{suffix: 票, prefix: 我要}`, "我要电影票", "我要", "电影票"},
		{`{contains: 票, regex: '\d'}`, "票3", "票", ""},
		// a list of entries: any, the first as written that holds counts
		{`[价格, 多少钱]`, "多少钱是价格", "价格", ""},
		{`[{exact: x}, 多少钱]`, "多少钱", "多少钱", ""},
		// folding, on both sides
		{`ＶＩＰ会员`, "我是vip会员", "ＶＩＰ会员", ""},
		{`{prefix: CX}`, "ｃｘ Ｂei", "CX", "Ｂei"},
		{`价格`, "价\u200b格\ufe0f", "价格", ""},
		{`{exact: " 价格 "}`, "\u3000价格\n", " 价格 ", ""},
		{`{exact: 价格？}`, "价格!", "价格？", ""},
		{`{exact: 价格}`, "价格。。。", "价格", ""},
		{`{suffix: 天气？}`, "北京天气！", "天气？", ""},
		{`{suffix: 天气}`, "北京天气～", "天气", ""},
		{`{exact: "？"}`, "？", "？", ""},
		// only exact and suffix drop final punctuation
		{`价格！`, "价格", "-", ""},
		{`价格！`, "价格!啊", "价格！", ""},
		{`{prefix: 价格。}`, "价格", "-", ""},
		{`{all: [价格。]}`, "价格", "-", ""},
		// regular expressions see the text as sent
		{`{regex: vip}`, "VIP", "-", ""},
		{`{regex: ＶＩＰ}`, "ＶＩＰ", "ＶＩＰ", ""},
		{`{regex: '^x$'}`, " x", "-", ""},
		// digits alone are compared whole
		{`1`, "1!", "1", ""},
		{`1`, "11", "-", ""},
		{`{contains: 1}`, "11", "1", ""},
	} {
		e := compile(t, "rules:\n- {when: {keyword: "+tt.pattern+"}, reply: '{{.Keyword}}/{{.Rest}}'}\n- {reply: -/}\n")
		if got := ask(t, e, say(t, tt.text)); got != tt.keyword+"/"+tt.rest {
			t.Errorf("%s with %q: %q, want %q", tt.pattern, tt.text, got, tt.keyword+"/"+tt.rest)
		}
	}
}

func TestGroups(t *testing.T) {
	e := compile(t, `
rules:
- when: {keyword: {regex: '订单\s*(?P<id>\d+)(号)?'}}
  reply: '{{.Match.id}}/{{group 1}}/{{group 2}}/{{group 0}}'
- when: {keyword: [{regex: 'a(?P<x>\d)'}, {regex: 'b(?P<y>\d)'}]}
  reply: '{{.Match.x}}/{{.Match.y}}'
- when: {event: SCAN, event_key: {regex: 'goods-(?P<id>\d+)'}}
  reply: 商品 {{.Match.id}}
- when: [{keyword: 无组}, {keyword: {regex: 'z(?P<z>.)'}}]
  reply: '{{.Match.z}}/{{group 1}}/{{.Keyword}}'
`)
	for _, tt := range []struct {
		m    *wechat.Message
		want string
	}{
		{say(t, "订单 42"), "42/42//订单 42"},
		{say(t, "订单7号"), "7/7/号/订单7号"},
		{say(t, "b2 a1"), "1/"}, // the first entry as written
		{say(t, "b2"), "/2"},    // groups of others are unset
		{event(t, "SCAN", "goods-9"), "商品 9"},
		{say(t, "无组"), "//无组"},
	} {
		if got := ask(t, e, tt.m); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.m.Content, got, tt.want)
		}
	}
}

// Rules whose when names the current state come first, then state: "*", then
// the rest; defaults last; within each the order of the files.
func TestOrderOfStates(t *testing.T) {
	e := compile(t, `
rules:
- {reply: default}
- {name: rest, when: {keyword: x}, reply: rest}
- {name: free, when: {state: none, keyword: [x, n]}, reply: free}
- {name: any, when: {state: "*", keyword: x}, reply: any}
- {name: b, when: {state: b, keyword: [x, b]}, reply: b}
- {name: list, when: [{state: a, keyword: l}, {keyword: m}], reply: list}
- {name: a, when: {state: [b, a], keyword: [x, a, m]}, reply: a}
- {name: go, when: {keyword: go}, goto: a, reply: go}
- {name: outside, when: {keyword: y}, unless: {state: "*"}, reply: outside}
`)
	for _, tt := range []struct{ state, text, want string }{
		{"", "x", "rest"}, {"", "n", "free"}, {"", "b", "default"}, {"", "m", "list"}, {"", "l", "default"}, {"", "y", "outside"},
		{"a", "x", "a"}, {"a", "n", "default"}, {"a", "m", "list"}, {"a", "l", "list"}, {"a", "y", "default"},
		{"b", "x", "b"}, {"b", "a", "a"}, {"b", "m", "a"},
		{"c", "x", "any"}, {"c", "a", "default"}, {"c", "m", "list"},
	} {
		d := e.Decide(say(t, tt.text), Conversation{State: tt.state, Expires: noon + 60})
		if got := answered(t, d); got != tt.want {
			t.Errorf("in state %q %q: %q, want %q", tt.state, tt.text, got, tt.want)
		}
	}
	var names []string
	for _, r := range e.Rules() {
		names = append(names, r.Name)
	}
	if got, want := strings.Join(names, " "), "rest free any b list a go outside "; got != want {
		t.Errorf("Rules: %q, want %q", got, want)
	}
}

func TestOrderOfFiles(t *testing.T) {
	set, err := load(t, "10.yaml", "rules:\n- {when: {keyword: x}, reply: ten}\n", "2.yaml", "rules:\n- {reply: default}\n- {when: {keyword: x}, reply: two}\n")
	if err != nil {
		t.Fatal(err)
	}
	e, problems := Compile(set, profile)
	if e == nil {
		t.Fatal(problems)
	}
	if got := ask(t, e, say(t, "x")); got != "two" {
		t.Errorf("answered %q, want two", got)
	}
}
