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

// scanBounded is scan for a text that took long from its start.
func scanBounded(l *literals, text string, s *scratch) []int32 {
	if n := (len(l.list) + 63) / 64; len(s.seen) < n {
		s.seen = make([]uint64, n)
	}
	s.steps = 0
	l.scanBounded(text, s)
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
			if got, want := scanBounded(l, text, s), scanAll(texts, text); !slices.Equal(got, want) {
				t.Fatalf("round %d, bounded: %q in %q: found %v, want %v", round, texts, text, got, want)
			}
		}
	}
}

// TestLiteralsTakeBoundedSteps counts what a scan does for texts and literals
// that are made for each other.
func TestLiteralsTakeBoundedSteps(t *testing.T) {
	var nested, siblings, both []string
	for n := 1; n <= maxLiteral; n++ {
		nested = append(nested, strings.Repeat("a", n))
		siblings = append(siblings, strings.Repeat("a", n-1)+"b")
	}
	both = append(nested, siblings...)
	for i := range 5000 {
		siblings = append(siblings, strings.Repeat("a", i%60)+fmt.Sprint(i))
	}
	r := rand.New(rand.NewPCG(11, 12))
	texts := map[string]string{
		"repeated": strings.Repeat("a", 1<<16),
		"runs":     strings.Repeat(strings.Repeat("a", 61)+"b", 1<<10),
		"tails":    strings.Repeat(strings.Repeat("a", 62)+"c", 1<<10),
	}
	var mixed strings.Builder
	for mixed.Len() < 1<<16 {
		mixed.WriteString(strings.Repeat("a", r.IntN(70)) + "b")
	}
	texts["random"] = mixed.String()
	for name, literals := range map[string][]string{"nested": nested, "siblings": siblings, "both": both} {
		l, s := newLiterals(withoutRules(distinct(slices.Clone(literals)))), new(scratch)
		for of, text := range texts {
			found := scan(l, text, s)
			if limit := 9*len(text) + len(found) + 1000; s.steps > limit {
				t.Errorf("%s literals, %s text of %d bytes: %d steps, at most %d expected", name, of, len(text), s.steps, limit)
			}
			t.Logf("%s literals, %s text: %.2f steps a byte", name, of, float64(s.steps)/float64(len(text)))
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
			if got, want := scanBounded(l, text, s), scanAll(texts, text); !slices.Equal(got, want) {
				t.Fatalf("bounded: %q in %q: found %v, want %v", texts, text, got, want)
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
