package engine

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"wereply/rules"
	"wereply/wechat"
)

var benchSizes = []int{100, 1_000, 10_000, 100_000}

// chinese writes n common Chinese characters.
func chinese(r *rand.Rand, n int) string {
	runes := make([]rune, n)
	for i := range runes {
		runes[i] = 0x4E00 + rune(r.IntN(3000))
	}
	return string(runes)
}

// benchRules makes what keyword tables are made of: 70 % contains, 15 % exact,
// 5 % prefix, 10 % regular expressions around a literal. It gives a text that
// each rule fits, too.
func benchRules(r *rand.Rand, n int) (*rules.Set, []string) {
	set, file := &rules.Set{}, &rules.File{Path: "rules/a.yaml"}
	var fitting []string
	for i := range n {
		word := chinese(r, 2+r.IntN(5))
		value, kind := word, rules.KindContains
		text := chinese(r, 4+r.IntN(25)) + word + chinese(r, 4+r.IntN(25))
		switch share := r.IntN(100); {
		case share < 15:
			kind, text = rules.KindExact, word
		case share < 20:
			kind, text = rules.KindPrefix, word+chinese(r, 8+r.IntN(50))
		case share < 30:
			kind, value, text = rules.KindRegex, word+`\s*(?P<id>\d+)`, text+word+"12345"
		}
		pattern := rules.Pattern{{Kind: kind, Text: value}}
		set.Rules = append(set.Rules, &rules.Rule{
			Name: fmt.Sprint(i), File: file,
			When:  []rules.Condition{{Keyword: pattern}},
			Reply: &rules.Reply{Kind: rules.ReplySilent},
		})
		fitting = append(fitting, text)
	}
	return set, fitting
}

func textMessages(texts []string) []*wechat.Message {
	var out []*wechat.Message
	for _, text := range texts {
		out = append(out, &wechat.Message{MsgType: wechat.MsgText, FromUserName: "user", CreateTime: 1_767_758_400, Content: text})
	}
	return out
}

func benchEngine(b *testing.B, set *rules.Set) *Engine {
	e, problems := Compile(set, Profile{Location: time.UTC})
	if e == nil {
		b.Fatal(problems)
	}
	return e
}

// misses writes n texts that hardly any rule fits.
func misses(r *rand.Rand, n int) []string {
	var out []string
	for range n {
		out = append(out, chinese(r, 10+r.IntN(51)))
	}
	return out
}

// BenchmarkMatch is what finding the rule costs, folding included. Warm texts
// come again and again, of unseen ones there are 50,000.
func BenchmarkMatch(b *testing.B) {
	for _, n := range benchSizes {
		r := rand.New(rand.NewPCG(5, 6))
		set, fitting := benchRules(r, n)
		e := benchEngine(b, set)
		r.Shuffle(n, func(i, j int) { fitting[i], fitting[j] = fitting[j], fitting[i] })
		hits := fitting[:min(n, 512)]
		var mixed []string
		for i, text := range misses(r, 50_000) {
			mixed = append(mixed, text, fitting[i%n])
		}
		for _, c := range []struct {
			name  string
			texts []string
		}{
			{"hits", hits},
			{"misses", misses(r, 512)},
			{"warm", mixed[:1024]},
			{"unseen", mixed},
			{"long", []string{chinese(r, 667)}},
		} {
			b.Run(fmt.Sprintf("%s/%d", c.name, n), func(b *testing.B) { benchMatch(b, e, textMessages(c.texts)) })
		}
	}
}

func benchMatch(b *testing.B, e *Engine, messages []*wechat.Message) {
	for _, m := range messages {
		in := e.newInput(m, Conversation{}) // compiles expressions
		e.find(in)
		in.release()
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		in := e.newInput(messages[i], Conversation{})
		e.find(in)
		in.release()
		if i++; i == len(messages) {
			i = 0
		}
	}
}

// BenchmarkMatchHostile takes 2,000 bytes that are hard on the index: nested
// keywords stand at each place of the text.
func BenchmarkMatchHostile(b *testing.B) {
	set, _ := benchRules(rand.New(rand.NewPCG(7, 8)), 100_000)
	for n := range 60 {
		for i, tail := range []string{"哈", "呀"} {
			c := &set.Rules[2*n+i].When[0]
			c.Keyword[0] = rules.Value{Kind: rules.KindContains, Text: strings.Repeat("哈", n+1) + tail}
			c.Extend().Misses = 1 // which never holds, but is asked last
		}
	}
	e := benchEngine(b, set)
	for name, text := range map[string]string{
		"repeated":    strings.Repeat("哈", 666),
		"alternating": strings.Repeat("哈哈哈哈哈哈哈哈哈呀", 66),
		"runs":        strings.Repeat(strings.Repeat("哈", 50)+"啊", 13),
		"mixed":       strings.Repeat("哈哈呀哈哈哈哈哈呀哈哈哈呀哈", 47),
	} {
		b.Run(name, func(b *testing.B) { benchMatch(b, e, textMessages([]string{text})) })
	}
}

func BenchmarkCompile(b *testing.B) {
	for _, n := range benchSizes {
		set, _ := benchRules(rand.New(rand.NewPCG(9, 10)), n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				benchEngine(b, set)
			}
		})
	}
}

func BenchmarkIndexBuild(b *testing.B) {
	for _, n := range benchSizes {
		set, _ := benchRules(rand.New(rand.NewPCG(9, 10)), n)
		e := benchEngine(b, set)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				newIndex(len(e.all), e.rest())
			}
		})
	}
}
