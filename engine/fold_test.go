package engine

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestFold(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", ""},
		{"价格", "价格"},
		{"HELLO", "hello"},
		{"  价格 \t\n", "价格"},
		{"\u3000价格\u3000", "价格"},
		{"ＡＢＣ１２３", "abc123"},
		{"你好，请问周末几点开门？", "你好,请问周末几点开门?"},
		{"价\u200b格", "价格"},
		{"\ufeff价格\u2060", "价格"},
		{"☀\ufe0f", "☀"},
		{"☀\ufe0e", "☀"},
		{"a\u200cb", "ab"},
		{"👨\u200d👩", "👨\u200d👩"}, // the joiner of emoji stays
		{"①", "1"},
		{"㎏", "kg"},
		{"ｶﾞ", "ガ"},
		{"e\u0301", "é"},
		{"É", "é"},
		{"\u212a", "k"}, // Kelvin sign
		{"İ", "i"},      // simple lower case, not i with a dot
		{"ΑΣ", "ας"[:2] + "σ"},
		{"a\xffb", "a\ufffdb"},
		{"\u200b  价 \u200b", "价"},
		{"a b", "a b"}, // inner white space stays
	} {
		if got := fold(tt.in); got != tt.want {
			t.Errorf("fold(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestTrimFinal(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"价格？", "价格"},
		{"价格。！？", "价格"},
		{"价格～", "价格"},
		{"价格...", "价格"},
		{"价格…", "价格"}, // NFKC makes three stops of it
		{"价格、", "价格"},
		{"价格;:,.", "价格"},
		{"价格 ！", "价格"},
		{"？？？", "???"}, // nothing else is left
		{" 。 ", "。"},
		{"1.5", "1.5"},
		{"价格)", "价格)"},
		{"!价格", "!价格"},
	} {
		if got := trimFinal(fold(tt.in)); got != tt.want {
			t.Errorf("trimFinal(fold(%q)) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// The fast path may only know runes that normalization leaves alone wherever
// they stand.
func TestStableRunes(t *testing.T) {
	stable := 0
	for r := rune(utf8.RuneSelf); r <= unicode.MaxRune; r++ {
		if !isStable(r) && plainPrefix(string(r)) == 0 {
			continue
		}
		stable++
		s := string(r)
		if norm.NFKC.String(s) != s || unicode.ToLower(r) != r {
			t.Errorf("%U is not stable: NFKC %q", r, norm.NFKC.String(s))
		}
		if !norm.NFKC.PropertiesString(s).BoundaryBefore() {
			t.Errorf("%U may combine with what stands before it", r)
		}
		if unicode.IsSpace(r) {
			t.Errorf("%U is white space", r)
		}
	}
	if stable < 25_000 {
		t.Errorf("only %d stable runes", stable)
	}
}

func TestRestAfter(t *testing.T) {
	for _, tt := range []struct{ sent, prefix, want string }{
		{"查询北京", "查询", "北京"},
		{"  查询  北京  ", "查询", "北京"},
		{"查\u200b询\u200b 北京", "查询", "北京"},
		{"ＣＸ Ｂeijing", "cx", "Ｂeijing"}, // as sent
		{"查询", "查询", ""},
		{"㎏ 多少", "k", "多少"}, // the prefix ends inside a character
		{"Ａ\u030aB", "å", "B"},
		{"查询：北京！", "查询", "：北京！"},
		{"\ufeff\u3000查询 北京", "查询", "北京"},
	} {
		if got := restAfter(tt.sent, len(fold(tt.prefix))); got != tt.want {
			t.Errorf("rest of %q after %q = %q, want %q", tt.sent, tt.prefix, got, tt.want)
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"你好，Ａｂ？", "e\u0301\u200bx", "ｶﾞ ", "\xff价", "각\u1100\u1161", " \u200b a", "A\u030a\u3000", "3️⃣", "ﷺ"} {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, s string, n int) {
		slow := string(appendFoldSlow(nil, s))
		if fast := string(appendFold([]byte("x"), s)); fast != "x"+slow {
			t.Fatalf("fold(%q): fast %q, slow %q", s, fast, "x"+slow)
		}
		if strings.TrimSpace(slow) != slow {
			t.Fatalf("fold(%q) = %q has outer white space", s, slow)
		}
		// The rest is a tail of the text, and folding what stands before it
		// gives at least the first n bytes.
		if n < 1 || n > len(slow) || !utf8.ValidString(s) {
			return
		}
		rest := restAfter(s, n)
		at := strings.LastIndex(s, rest)
		if at < 0 {
			t.Fatalf("rest %q is no part of %q", rest, s)
		}
		if rest == "" {
			return
		}
		if head := fold(s[:at]); !strings.HasPrefix(slow, head[:min(n, len(head))]) || len(head) < n && !strings.HasSuffix(fold(s[:at]+"|"), "|") {
			t.Fatalf("rest of %q after %d bytes of %q is %q", s, n, slow, rest)
		}
	})
}

func BenchmarkFold(b *testing.B) {
	for name, text := range map[string]string{
		"chinese": "你好，请问周末几点开门？我想带孩子来看看",
		"latin":   "Hello, what time do you open on Sunday?",
		"slow":    "你好，① 请问 ㎏ 怎么算？",
	} {
		b.Run(name, func(b *testing.B) {
			var scratch [512]byte
			b.ReportAllocs()
			for b.Loop() {
				appendFold(scratch[:0], text)
			}
		})
	}
}
