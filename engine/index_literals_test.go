package engine

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
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

// usable are the texts that newLiterals takes, in their order.
func usable(texts []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(texts, func(t string) bool {
		twice := seen[t]
		seen[t] = true
		return twice || t == "" || !utf8.ValidString(t) || utf8.RuneCountInString(t) > maxLiteral
	})
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

// relatives makes texts of which many begin like others, and some begin others.
func relatives(r *rand.Rand, alphabet []string, n, longest int) []string {
	var texts []string
	for range n {
		text := randomText(r, alphabet, longest)
		if len(texts) > 0 && r.IntN(4) != 0 {
			text = frontOf(r, texts) + randomText(r, alphabet, 3)
		}
		texts = append(texts, text)
	}
	return usable(texts)
}

// frontOf picks some runes with which one of the texts begins.
func frontOf(r *rand.Rand, texts []string) string {
	runes := []rune(texts[r.IntN(len(texts))])
	return string(runes[:r.IntN(len(runes)+1)])
}

// checkScan compares both ways of scanning with the slow one.
func checkScan(t *testing.T, l *literals, texts []string, text string, s *scratch) {
	t.Helper()
	want := scanAll(texts, text)
	if got := scan(l, text, s); !slices.Equal(got, want) {
		t.Fatalf("%q in %q: found %v, want %v", texts, text, got, want)
	}
	if got := scanBounded(l, text, s); !slices.Equal(got, want) {
		t.Fatalf("bounded: %q in %q: found %v, want %v", texts, text, got, want)
	}
}

func TestLiteralsThatBeginAlike(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	s := new(scratch)
	for range 1000 {
		texts := relatives(r, []string{"a", "b", "价"}, 40, 10)
		l := newLiterals(withoutRules(texts))
		for range 20 {
			var text string
			for range r.IntN(8) {
				text += frontOf(r, append(texts, "价a"))
			}
			checkScan(t, l, texts, text, s)
		}
	}
}

// TestLiteralsOfManyParts has so many that several processors take their parts,
// which makes no difference.
func TestLiteralsOfManyParts(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	r := rand.New(rand.NewPCG(5, 6))
	texts := relatives(r, []string{"a", "b", "c", "d", "e", "多", "少", "价", "格", "😀"}, 5*partSize, 20)
	if len(texts) < 3*partSize {
		t.Fatalf("%d texts are too few", len(texts))
	}
	var one *literals
	for _, n := range []int{1, 8} {
		runtime.GOMAXPROCS(n)
		l, s := newLiterals(withoutRules(texts)), new(scratch)
		for range 500 {
			checkScan(t, l, texts, frontOf(r, texts)+frontOf(r, texts), s)
		}
		if one == nil {
			one = l
		} else if !reflect.DeepEqual(l, one) {
			t.Error("another number of processors makes other tables")
		}
	}
}

// Texts whose tags are equal stand in each other's way: alone, both, or the
// front of another one.
func TestLiteralsOfOneTag(t *testing.T) {
	byTag, s := map[uint32]string{}, new(scratch)
	pairs := 0
	for i := 10_000; i < 60_000; i++ {
		text := fmt.Sprint("ab", i)
		var hash uint64
		for _, r := range text {
			hash = grow(hash, r)
		}
		tag := tagOf(finish(hash), text)
		other := byTag[tag]
		byTag[tag] = text
		if other == "" {
			continue
		}
		pairs++
		for _, texts := range [][]string{{text, "ab1"}, {text, other}, {text + "x", "ab99999"}, {text + "x", other}, {other, text + "x"}, {text + "x", other + "x", "ab99999"}} {
			l := newLiterals(withoutRules(texts))
			for _, text := range []string{text, other, text + "x", other + "x", other + "x" + text} {
				checkScan(t, l, texts, text, s)
			}
		}
	}
	if pairs < 10 {
		t.Errorf("%d pairs: the test says little", pairs)
	}
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
			checkScan(t, l, texts, text, s)
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

// Of so many keys some have the same 32 bits of hash.
func TestKeyedTellsKeysApart(t *testing.T) {
	const n = 300_000
	var k keyed
	for i := range int32(n) {
		k.add(fmt.Sprint("key ", i), i)
	}
	for i := range int32(n) {
		for range 2 { // as of a keyword that a rule has twice
			k.add(fmt.Sprint("key ", i), i+n)
		}
	}
	if len(k.keys) != n {
		t.Fatalf("%d keys, want %d", len(k.keys), n)
	}
	for i := range int32(n) {
		if k.keys[i] != fmt.Sprint("key ", i) || k.places[i].first != i+1 || !slices.Equal(k.places[i].more, []int32{i + n + 1}) {
			t.Fatalf("%q: %+v", k.keys[i], k.places[i])
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
			checkScan(t, l, texts, text, s)
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
