package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wereply/rules"
	"wereply/wechat"
)

func deadRules(e *Engine) map[*rule]dead {
	s := newShadows(e)
	found := map[*rule]dead{}
	for _, r := range s.list {
		if why, ok := s.judge(r); ok {
			found[r] = why
		}
	}
	return found
}

// A rule that is called dead never fires on any generated message.
func TestDeadRulesNeverFire(t *testing.T) {
	called := 0
	for seed := range uint64(400) {
		g := newGenerator(seed)
		e, set, ok := compileGenerated(g, 2+g.IntN(25))
		if !ok {
			continue
		}
		found := deadRules(e)
		called += len(found)
		if len(found) == 0 {
			continue
		}
		for range 300 {
			m := g.message()
			in := e.newInput(m, g.conversation(set, m))
			if r, _ := e.first(in); r != nil {
				if why, is := found[r]; is {
					t.Fatalf("seed %d: %s fires on %+v, was called dead: %s", seed, ruleName(r), m, why.problem(r).Msg)
				}
			}
			in.release()
		}
	}
	if called < 100 {
		t.Errorf("only %d rules were called dead; the test shows nothing", called)
	}
}

// literalRules makes rules over few short literals, so that they overlap much:
// keywords by exact, contains, prefix, suffix and all, with and without unless.
func literalRules(g generator) string {
	words := []string{"a", "b", "ab", "ba", "aa", "bb"}
	test := func() string {
		kind := pick(g, []string{"exact", "contains", "contains", "prefix", "suffix", "all"})
		if kind == "all" {
			return fmt.Sprintf("all: [%s, %s]", pick(g, words), pick(g, words))
		}
		if g.chance(3) {
			return fmt.Sprintf("%s: [%s, %s]", kind, pick(g, words), pick(g, words))
		}
		return kind + ": " + pick(g, words)
	}
	pattern := func() string {
		entry := func() string {
			first, second := test(), test()
			if g.chance(3) && strings.Split(first, ":")[0] != strings.Split(second, ":")[0] {
				return "{" + first + ", " + second + "}"
			}
			return "{" + first + "}"
		}
		if g.chance(3) {
			return "[" + entry() + ", " + entry() + "]"
		}
		return entry()
	}
	var b strings.Builder
	b.WriteString("rules:\n")
	for i := range 2 + g.IntN(5) {
		fmt.Fprintf(&b, "  - name: r%d\n    when: {msg_type: text, keyword: %s}\n", i, pattern())
		if g.chance(3) {
			fmt.Fprintf(&b, "    unless: {keyword: %s}\n", pattern())
		}
		fmt.Fprintf(&b, "    reply: %d\n", i)
	}
	return b.String()
}

// firing finds every rule that fires on some text, by an automaton over the
// literals of two characters: what a text does depends on its first and last
// two characters, on the literals that it holds, and, where it is short, on
// the text itself. z stands for all characters that no literal has.
func firing(e *Engine) map[*rule]bool {
	literals := []string{"a", "b", "ab", "ba", "aa", "bb"}
	key := func(text string) string {
		if len(text) <= 2 {
			return text
		}
		k := text[:2] + "…" + text[len(text)-2:]
		for _, l := range literals {
			k += fmt.Sprint(strings.Contains(text, l))
		}
		return k
	}
	found, seen := map[*rule]bool{}, map[string]bool{"": true}
	for queue := []string{""}; len(queue) > 0; queue = queue[1:] {
		if queue[0] != "" {
			in := e.newInput(&wechat.Message{MsgType: wechat.MsgText, Content: queue[0]}, Conversation{})
			if r, _ := e.first(in); r != nil {
				found[r] = true
			}
			in.release()
		}
		for _, c := range []string{"a", "b", "z"} {
			if next := queue[0] + c; !seen[key(next)] {
				seen[key(next)] = true
				queue = append(queue, next)
			}
		}
	}
	return found
}

// Of keywords without expressions, cooldown, time and state, exactly the rules
// that no text reaches are called dead.
func TestDeadLiteralRulesAreAllFound(t *testing.T) {
	deads, lives := 0, 0
	for seed := range uint64(400) {
		file := literalRules(newGenerator(seed))
		set, problems := rules.ParseFile("rules/a.yaml", []byte(file))
		if problems.HasError() {
			t.Fatalf("seed %d: %v\n%s", seed, problems, file)
		}
		e, problems := Compile(setOf([]*rules.File{set}), profile)
		if e == nil {
			t.Fatalf("seed %d: %v\n%s", seed, problems, file)
		}
		found, fires := deadRules(e), firing(e)
		for _, r := range e.rest() {
			why, is := found[r]
			switch {
			case is && fires[r]:
				t.Fatalf("seed %d: %s fires, was called dead: %s\n%s", seed, ruleName(r), why.problem(r).Msg, file)
			case !is && !fires[r]:
				t.Fatalf("seed %d: %s fires on no text, was not called dead\n%s", seed, ruleName(r), file)
			case is:
				deads++
			default:
				lives++
			}
		}
	}
	if deads < 100 || lives < 100 {
		t.Errorf("%d dead and %d live rules; the test shows nothing", deads, lives)
	}
}

func TestNeverFires(t *testing.T) {
	tests := []struct {
		name, file string
		want       string // the message for the last rule, "" = none
	}{
		{"a longer keyword behind its part", `
rules:
  - {name: 价格, when: {keyword: 价格}, reply: a}
  - {name: 价格表, when: {keyword: 价格表}, reply: b}
`, "everything it matches, for example “价格表”, is taken by rule 价格 (rules/a.yaml:3)"},
		{"several rules together", `
rules:
  - {name: 价格, when: {keyword: 价格}, reply: a}
  - {name: 钱, when: {keyword: 钱}, reply: a}
  - {name: 都, when: {keyword: [价格表, 多少钱]}, reply: b}
`, "rules 价格 (rules/a.yaml:3) and 钱 (rules/a.yaml:4)"},
		{"an unless lets some through", `
rules:
  - {name: 价格, when: {keyword: 价格}, unless: {keyword: 不}, reply: a}
  - {name: 价格表, when: {keyword: 价格表}, reply: b}
`, ""},
		{"what the unless lets through is taken too", `
rules:
  - {name: 不, when: {keyword: 不}, reply: a}
  - {name: 价格, when: {keyword: 价格}, unless: {keyword: 不}, reply: a}
  - {name: 价格表, when: {keyword: 价格表}, reply: b}
`, "价格表"},
		{"a cooldown lets through", `
rules:
  - {name: 价格, when: {keyword: 价格}, cooldown: 1h, reply: a}
  - {name: 价格表, when: {keyword: 价格表}, reply: b}
`, ""},
		{"text only does not take voice", `
rules:
  - {name: 价格, when: {keyword: 价格, msg_type: text}, reply: a}
  - {name: 价格表, when: {keyword: 价格表}, reply: b}
`, ""},
		{"an expression behind its literal", `
rules:
  - {name: 订单, when: {keyword: 订单}, reply: a}
  - {name: 查, when: {keyword: {regex: '订单\d+'}}, reply: b}
`, "for example “订单1”"},
		{"an expression takes nothing for certain", `
rules:
  - {name: 订单, when: {keyword: {regex: '.*'}}, reply: a}
  - {name: 查, when: {keyword: 查}, reply: b}
`, ""},
		{"any event takes a named one", `
rules:
  - {name: 全部, when: {event: "*"}, reply: a}
  - {name: 点, when: {event: CLICK, event_key: A}, reply: b}
`, "event CLICK with key “A”"},
		{"a QR code's key with and without its prefix", `
rules:
  - {name: 全部, when: {event: subscribe, event_key: {contains: "5"}}, reply: a}
  - {name: 码, when: {event: subscribe, event_key: qrscene_5}, reply: b}
`, "event subscribe with key “qrscene_5”"},
		{"rules of a state come first", `
rules:
  - {name: 价格, when: {keyword: 价格}, reply: a, goto: 问}
  - {name: 问, when: {keyword: 价格, state: 问}, reply: b}
`, ""},
		{"a second default", `
rules:
  - {name: 一, reply: a}
  - {name: 二, reply: b}
`, "rule 一 (rules/a.yaml:3) is a default too"},
		{"contradictory conditions", `
rules:
  - {name: 矛盾, when: {event: CLICK, keyword: 价格}, reply: a}
`, "its conditions contradict each other"},
		{"a picture has no text", `
rules:
  - {name: 图, when: {msg_type: [image, location], keyword: 价格}, reply: a}
`, "its conditions contradict each other"},
		{"a date on another day of the week", `
rules:
  - {name: 周一, when: {keyword: 价格, time: {days: mon, dates: [2026-01-06, 2026-01-13..2026-01-18]}}, reply: a}
`, "its conditions contradict each other"},
		{"dates with such a day", `
rules:
  - {name: 周一, when: {keyword: 价格, time: {days: mon, dates: [2026-01-06, 2026-01-13..2026-01-19]}}, reply: a}
`, ""},
		{"dates of each year", `
rules:
  - {name: 周一, when: {keyword: 价格, time: {days: mon, dates: 01-06}}, reply: a}
`, ""},
		{"one window of two", `
rules:
  - {name: 周一, when: {keyword: 价格, time: [{days: mon, dates: 2026-01-06}, {days: tue}]}, reply: a}
`, ""},
		{"unless that never holds", `
rules:
  - {name: 价, when: {keyword: 价}, unless: {time: {days: mon, dates: 2026-01-06}}, reply: a}
  - {name: 价格, when: {keyword: 价格}, reply: a}
`, "taken by rule 价"},
		{"a state that only unless names", `
rules:
  - {name: 平时, unless: {state: s}, reply: a}
  - {name: 默认, reply: b}
`, ""},
		{"an event that only unless names", `
rules:
  - {name: 事件, when: {event: "*"}, unless: {event: user_got_a_star}, reply: a}
  - {name: 键, when: {msg_type: event, event_key: k}, reply: b}
`, ""},
		{"voice has one", `
rules:
  - {name: 语音, when: {msg_type: [image, voice], keyword: 价格}, reply: a}
`, ""},
		{"unless takes all", `
rules:
  - {name: 矛盾, when: {keyword: 价格表}, unless: {keyword: 价格}, reply: a}
`, "its conditions contradict each other"},
		{"final punctuation is no contradiction", `
rules:
  - {name: 真的, when: {keyword: {exact: 真的, contains: "?"}}, reply: a}
`, ""},
		{"one user's rule does not take everyone's", `
rules:
  - {name: 我, when: {keyword: 价格, from: oMe}, reply: a}
  - {name: 价格, when: {keyword: 价格}, reply: b}
`, ""},
		{"the same hours", `
rules:
  - {name: 夜, when: {keyword: 价格, time: {from: "22:00", to: "06:00"}}, reply: a}
  - {name: 夜里, when: {keyword: 价格表, time: {from: "22:00", to: "06:00"}}, reply: b}
`, "taken by rule 夜"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := compile(t, tt.file)
			found := deadRules(e)
			all := slices.Collect(e.inOrder(""))
			last := all[len(all)-1]
			why, is := found[last]
			if is != (tt.want != "") {
				t.Fatalf("dead = %v, want %v (%v)", is, !is, why.takers)
			}
			if is && !strings.Contains(why.problem(last).Msg, tt.want) {
				t.Errorf("got %q, want it to contain %q", why.problem(last).Msg, tt.want)
			}
			if len(found) > 1 {
				t.Errorf("%d rules were called dead", len(found))
			}
		})
	}
}

// However many rules are dead for the same reason, each is told of.
func TestManyDeadRules(t *testing.T) {
	const n = 3000
	var b strings.Builder
	b.WriteString("rules:\n")
	for i := range n {
		fmt.Fprintf(&b, "  - {when: {keyword: [甲%d, 乙, 丙丁]}, reply: a}\n", i%10)
	}
	if found := deadRules(compile(t, b.String())); len(found) != n-10 {
		t.Errorf("%d of %d rules are called dead, want %d", len(found), n, n-10)
	}
}
