package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// scanAll is what scan promises, the slow way.
func scanAll(texts []string, text string) []int32 {
	var out []int32
	for id, t := range texts {
		if strings.Contains(text, t) {
			out = append(out, int32(id))
		}
	}
	return out
}

func scan(l *literals, text string, s *scratch) []int32 {
	l.scan(text, s)
	found := slices.Clone(s.found)
	s.clean()
	slices.Sort(found)
	return found
}

func withoutRules(texts []string) []literal {
	list := make([]literal, len(texts))
	for i, text := range texts {
		list[i].text = text
	}
	return list
}

// usable are the texts that newLiterals takes.
func usable(texts []string) []string {
	texts = slices.DeleteFunc(texts, func(t string) bool {
		return t == "" || !utf8.ValidString(t) || utf8.RuneCountInString(t) > maxLiteral
	})
	return distinct(texts)
}

func randomText(r *rand.Rand, alphabet []string, most int) string {
	var b strings.Builder
	for range r.IntN(most + 1) {
		b.WriteString(alphabet[r.IntN(len(alphabet))])
	}
	return b.String()
}

// Few different runes, so that literals overlap, nest and repeat.
var alphabets = [][]string{
	{"a"},
	{"a", "b"},
	{"a", "b", "价", "格", "é", "\x00"},
	{"a", "价", "格", "😀", "𠀀", "\uFFFD", "\xff", "\xe4\xbb"},
}

func TestLiteralsFindWhatContainsFinds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	s := new(scratch)
	for round := range 2000 {
		alphabet := alphabets[round%len(alphabets)]
		var texts []string
		for range r.IntN(60) {
			texts = append(texts, randomText(r, alphabet, 1+r.IntN(maxLiteral)))
		}
		texts = usable(texts)
		l := newLiterals(withoutRules(texts))
		for range 20 {
			text := randomText(r, alphabet, 150)
			if got, want := scan(l, text, s), scanAll(texts, text); !slices.Equal(got, want) {
				t.Fatalf("round %d: %q in %q: found %v, want %v", round, texts, text, got, want)
			}
		}
	}
}

func FuzzLiterals(f *testing.F) {
	f.Add("价格|多少钱|价", "请问价格多少钱")
	f.Add("a|aa|aaa|ab", "aaab")
	f.Add("\x00\x00|\x00", "a\x00\x00")
	f.Fuzz(func(t *testing.T, list, text string) {
		texts := usable(strings.Split(list, "|"))
		s := new(scratch)
		l := newLiterals(withoutRules(texts))
		for range 2 { // the second time with what the first left
			if got, want := scan(l, text, s), scanAll(texts, text); !slices.Equal(got, want) {
				t.Fatalf("%q in %q: found %v, want %v", texts, text, got, want)
			}
		}
	})
}

// BenchmarkLiteralsNested is the worst text: nested literals stand at each of
// its positions.
func BenchmarkLiteralsNested(b *testing.B) {
	for name, tail := range map[string]string{"alone": "", "with siblings": "b"} {
		b.Run(name, func(b *testing.B) {
			var texts []string
			for n := 1; n < maxLiteral; n++ {
				texts = append(texts, strings.Repeat("a", n), strings.Repeat("a", n)+tail)
			}
			for n := range 100_000 {
				texts = append(texts, fmt.Sprintf("%d号", n))
			}
			l, s := newLiterals(withoutRules(distinct(texts))), new(scratch)
			text := strings.Repeat("a", 2000)
			b.ReportAllocs()
			for b.Loop() {
				l.scan(text, s)
				s.clean()
			}
		})
	}
}
