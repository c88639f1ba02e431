package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"wereply/rules"
	"wereply/wechat"
)

// generator makes rule sets and messages in which much of what the engine can
// do meets: overlapping, nested and folded keywords, every condition.
type generator struct{ *rand.Rand }

func newGenerator(seed uint64) generator { return generator{rand.New(rand.NewPCG(seed, 0))} }

// chance is true in one of n cases.
func (g generator) chance(n int) bool { return g.IntN(n) == 0 }

func pick[T any](g generator, from []T) T { return from[g.IntN(len(from))] }

// some picks one to three, seldom more.
func some[T any](g generator, from []T) []T {
	n := 1 + g.IntN(3)
	if g.chance(10) {
		n += g.IntN(10)
	}
	var out []T
	for range n {
		out = append(out, pick(g, from))
	}
	return out
}

var (
	genWords = []string{
		"价", "价格", "价格表", "格", "格表", "多少钱", "钱", "1", "12", "123", "a", "ab", "ABC", "ＡＢ", "aaa", "aaaa",
		"vip", "VIP会员", "é", "e\u0301", "café", "か\u3099", "が", "😀", "☺\uFE0F", "①", "ﬁn", "ß", "İ", "k", "\u212A",
		"好。", "好!", "好!?", "好", "。", "?", "你 好", " 你好 ", "\u3000你好", "a\u200Bb", "ー", "=", "=\u0338", "\uFFFD",
		strings.Repeat("长", 70), strings.Repeat("长", 71) + "尾", strings.Repeat("ab", 40),
	}
	genRegexes = []string{
		`订单\s*(?P<id>\d+)`, `^价格`, `格表$`, `^价$`, `(?i)vip`, `(?i)abc|格`, `价格|多少钱`, `[价多]少?`, `\d{2,}`, `.`, `^.{3}$`,
		`(?:价格){2}`, `(?m)^好$`, `a.c`, `(?s)a.*b`, `\bab\b`, `[^价]`, `[a-c]+1`, `café`, `\x{212A}`, `(?i)k`, `^$`, `a*`, `V1`, `_价格$`, `(?:长){60,}尾?`,
	}
	genEvents = []string{"subscribe", "SCAN", "CLICK", "click", "VIEW", "*", "LOCATION", "未知", "scan_ſ", "SCAN_S"}
	genKeys   = []string{"", "qrscene_1", "1", "qrscene_", "V1", "V1_价格", "last_trade_no_1"}
	genStates = []string{"a", "b", rules.StateNone, rules.StateAny}
	genUsers  = []string{"u1", "u2", "u3"}
	genTypes  = []string{"text", "voice", "image", "location", "event", "unsupported", "link", "unheard_of"}
	genFields = []string{"SessionFrom", "Label", "ScanCodeInfo.ScanResult", "Content", "MsgType"}
)

func (g generator) set(n int) *rules.Set {
	set, file := &rules.Set{}, &rules.File{Path: "rules/a.yaml"}
	for i := range n {
		r := &rules.Rule{
			Name:     fmt.Sprint("r", i),
			File:     file,
			At:       rules.At{Line: int32(i + 1), Col: 1},
			Disabled: g.chance(30),
			Reply:    &rules.Reply{Kind: rules.ReplySilent, Weight: 1},
		}
		if !g.chance(25) {
			r.When = g.conditions()
		}
		if g.chance(8) {
			r.Extend().Unless = g.conditions()
		}
		if g.chance(8) {
			r.Extend().Cooldown = time.Hour
		}
		set.Rules = append(set.Rules, r)
	}
	set.Files = []*rules.File{{Path: "rules/a.yaml"}}
	return set
}

func (g generator) conditions() []rules.Condition {
	var out []rules.Condition
	for range 1 + g.IntN(5)/3 {
		out = append(out, g.condition())
	}
	return out
}

func (g generator) condition() rules.Condition {
	for {
		var c rules.Condition
		given := false
		give := func(n int, set func()) {
			if g.chance(n) {
				set()
				given = true
			}
		}
		give(2, func() { c.Keyword = g.pattern(genWords) })
		give(6, func() { c.Extend().MsgTypes = some(g, genTypes) })
		give(8, func() { c.Extend().Events = some(g, genEvents) })
		give(10, func() { c.Extend().EventKey = g.pattern(genKeys) })
		give(8, func() { c.Extend().States = some(g, genStates) })
		give(12, func() { c.Extend().From = some(g, genUsers) })
		give(10, func() {
			c.Extend().Fields = []rules.FieldPattern{{Name: pick(g, genFields), Pattern: g.pattern(genKeys)}}
		})
		give(15, func() {
			c.Extend().Time = []rules.Window{{HasFrom: true, From: g.IntN(1440), HasTo: true, To: g.IntN(1440)}}
		})
		give(40, func() { c.Extend().Misses = 1 })
		if given {
			return c
		}
	}
}

func (g generator) pattern(words []string) rules.Pattern {
	var p rules.Pattern
	for i := range 1 + g.IntN(6)/4 {
		var kinds []rules.Kind
		for range 1 + g.IntN(6)/4 {
			kind := pick(g, []rules.Kind{rules.KindContains, rules.KindContains, rules.KindExact, rules.KindPrefix, rules.KindSuffix, rules.KindAll, rules.KindRegex})
			if slices.Contains(kinds, kind) {
				continue
			}
			kinds = append(kinds, kind)
			for _, text := range g.values(kind, words) {
				p = append(p, rules.Value{Text: text, Kind: kind, Entry: int32(i)})
			}
		}
	}
	return p
}

func (g generator) values(kind rules.Kind, words []string) []string {
	switch kind {
	case rules.KindRegex:
		list := some(g, genRegexes)
		if g.chance(2) {
			expr, _ := randomExpr(g.Rand, 3)
			list = append(list, "(?:"+expr+")")
		}
		return list
	case rules.KindExact:
		return some(g, words)
	}
	var list []string
	for _, word := range some(g, words) {
		if fold(word) != "" {
			list = append(list, word)
		}
	}
	if list == nil {
		return g.values(kind, words)
	}
	return list
}

func (g generator) text() string {
	pieces := genWords
	if g.chance(4) {
		pieces = awkward
	}
	var b strings.Builder
	for range g.IntN(7) {
		b.WriteString(pick(g, pieces))
		if g.chance(6) {
			b.WriteString(pick(g, []string{" ", "订单 12", "\n", "\xff", "。", "长"}))
		}
	}
	return b.String()
}

func (g generator) message() *wechat.Message {
	m := &wechat.Message{
		ToUserName: "gh_0123456789ab", FromUserName: pick(g, genUsers), CreateTime: 1_767_758_400 + g.Int64N(86400),
		MsgType: "text", MsgID: fmt.Sprint(g.Uint64()),
	}
	switch {
	case g.chance(4):
		m.MsgType, m.MsgID = "event", ""
		m.Event = pick(g, genEvents)
		m.EventKey = pick(g, genKeys)
	case g.chance(4):
		m.MsgType = pick(g, genTypes)
		m.Recognition = g.text()
	case g.chance(30):
		m.Content = "【收到不支持的消息类型，暂无法显示】"
	default:
		m.Content = g.text()
	}
	m.Fields = []wechat.Field{{Path: "MsgType", Value: m.MsgType}, {Path: "Content", Value: m.Content}}
	for _, name := range genFields[:3] {
		if g.chance(3) {
			m.Fields = append(m.Fields, wechat.Field{Path: name, Value: pick(g, genKeys)})
		}
	}
	return m
}

func (g generator) conversation(set *rules.Set, m *wechat.Message) Conversation {
	var c Conversation
	if g.chance(2) {
		c.State, c.Expires = pick(g, []string{"a", "b", "c"}), m.CreateTime+g.Int64N(100)-20
	}
	if g.chance(3) && len(set.Rules) > 0 {
		c.Cooldowns = map[string]int64{}
		for range 3 {
			c.Cooldowns[pick(g, set.Rules).ID()] = m.CreateTime + g.Int64N(100) - 50
		}
	}
	return c
}
