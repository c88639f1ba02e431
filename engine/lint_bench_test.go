package engine

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"wereply/rules"
)

// lintRules makes what large bots are made of: keywords, a few of them taken
// already, menu buttons, expressions, states, texts that name words.
func lintRules(n int) *rules.Set {
	r := rand.New(rand.NewPCG(11, 12))
	set, _ := benchRules(r, n)
	for i, rule := range set.Rules {
		rule.Name = fmt.Sprint("r", i)
		rule.Reply = &rules.Reply{Kind: rules.ReplyText, Source: "回复“" + chinese(r, 2) + "”看价目"}
		switch c := &rule.When[0]; {
		case i%10 == 0:
			*c = rules.Condition{Extra: &rules.ConditionExtra{Events: []string{"CLICK"}, EventKey: bare(rules.KindExact, fmt.Sprint("KEY", i))}}
		case i%10 == 1:
			*c = rules.Condition{Extra: &rules.ConditionExtra{EventKey: bare(rules.KindPrefix, fmt.Sprint("KEY", i))}}
		case i%10 == 2:
			c.Extend().States = []string{fmt.Sprint("s", i%50)}
			rule.Extend().Goto = fmt.Sprint("s", (i+10)%50)
		case i%100 == 3:
			*c = rules.Condition{Extra: &rules.ConditionExtra{MsgTypes: []string{"image"}, From: []string{fmt.Sprint("u", i)}}}
		}
	}
	set.Files = []*rules.File{{Path: "rules/a.yaml"}}
	return set
}

func bare(kind rules.Kind, value string) rules.Pattern {
	return rules.Pattern{{Bare: true, Kind: kind, Text: value}}
}

func BenchmarkLint(b *testing.B) {
	for _, n := range benchSizes[:3] {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			set := lintRules(n)
			e := benchEngine(b, set)
			for b.Loop() {
				Lint([]Linted{{e, set}}, LintOptions{})
			}
		})
	}
}

// BenchmarkLintHostile takes 10,000 rules that may all hold for the same
// messages.
func BenchmarkLintHostile(b *testing.B) {
	for name, when := range map[string]func(i int) rules.Condition{
		"one keyword, many users": func(i int) rules.Condition {
			return rules.Condition{Keyword: bare(rules.KindContains, "价格"), Extra: &rules.ConditionExtra{Fields: []rules.FieldPattern{{Name: "Label", Pattern: bare(rules.KindRegex, fmt.Sprint("^", i))}}}}
		},
		"one event, many expressions": func(i int) rules.Condition {
			return rules.Condition{Extra: &rules.ConditionExtra{Events: []string{"CLICK"}, EventKey: bare(rules.KindRegex, fmt.Sprint("^K?", i))}}
		},
		"any message": func(i int) rules.Condition {
			return rules.Condition{Extra: &rules.ConditionExtra{MsgTypes: []string{"text"}, Time: []rules.Window{{HasFrom: true, From: i % 1440}}}}
		},
		"many states": func(i int) rules.Condition {
			return rules.Condition{Extra: &rules.ConditionExtra{States: []string{fmt.Sprint("s", i)}}}
		},
	} {
		b.Run(name, func(b *testing.B) {
			set := lintRules(10_000)
			for i, rule := range set.Rules {
				rule.When[0] = when(i)
				rule.Extend().Goto = fmt.Sprint("s", i)
			}
			e := benchEngine(b, set)
			for b.Loop() {
				Lint([]Linted{{e, set}}, LintOptions{})
			}
		})
	}
}
