package engine

import (
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
)

func TestRequiredLiterals(t *testing.T) {
	tests := []struct {
		expr string
		want []string // nil: nothing is required
	}{
		{`订单`, []string{"订单"}},
		{`订单\s*(?P<id>\d+)`, []string{"订单"}},
		{`^订单$`, []string{"订单"}},
		{`(订单|订阅)号`, []string{"订单号", "订阅号"}},
		{`价格|多少钱`, []string{"价格", "多少钱"}},
		{`[价售]格`, []string{"价格", "售格"}},
		{`(?:订单)+`, []string{"订单"}},
		{`(?:订单){2,}`, []string{"订单"}},
		{`(?:订单){2}`, []string{"订单订单"}},
		{`订单?号`, []string{"订单号", "订号"}},
		{`查.*订单`, []string{"订单"}},
		{`(?i)订单no\.`, []string{"订单no."}},
		{`(?i)VIP会员`, []string{"vip会员"}},
		{`VIP会员`, []string{"vip会员"}},
		// What follows in the text may compose with the last letter.
		{`price`, []string{"pric"}},
		{`e`, nil},
		{`é会员`, []string{"é会员"}},
		{`e\x{301}会员`, []string{"会员"}},
		{`^\d+$`, []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}},
		{`订单\d`, []string{"订单"}},
		{`[a-z]+`, nil},
		{`.*`, nil},
		{`订单|.*`, nil},
		{`(?:订单)?`, nil},
		{`(?:订单)*`, nil},
		{`[^价]`, nil},
		{` 订单 `, []string{"订单"}},
		{`我的 订单`, []string{"我的 订单"}},
		{`\x{200B}`, nil},
		{`\x{FFFD}`, nil},
		{`１２３元`, []string{"123元"}},
		{`^$`, nil},
	}
	for _, test := range tests {
		got, want := requiredLiterals(test.expr), distinct(slices.Clone(test.want))
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", test.expr, got, want)
		}
	}
}

// checkRequired fails if the expression matches a text that holds none of the
// literals that are said to be required.
func checkRequired(t *testing.T, expr, text string) {
	t.Helper()
	re, err := regexp.Compile(expr)
	if err != nil || !re.MatchString(text) {
		return
	}
	literals := requiredLiterals(expr)
	folded := fold(text)
	if literals != nil && !slices.ContainsFunc(literals, func(l string) bool { return strings.Contains(folded, l) }) {
		t.Fatalf("%s matches %q, but %q holds none of %q", expr, text, folded, literals)
	}
}

// Pieces whose folding depends on what stands beside them, among usual ones.
var awkward = []string{
	"订", "单", "a", "B", "k", "\u212A", "s", "ſ", "ß", "İ", "ı", "e", "\u0301", "\u0308", "é", "か", "\u3099", "ガ", "ｶ", "ﾞ",
	"\u1100", "\u1161", "\u11A8", "가", "ﬁ", "１", "Ａ", "：", " ", "\u3000", "\u00a0", "´", "\u200B", "\u200D", "\uFE0F",
	"=", "\u0338", "σ", "ς", "Σ", "\uFFFD", "\xff", "😀", "0", "1", "①", "\u0345", "ᾳ", "\u1E9B", "µ", "μ",
}

// randomExpr writes an expression and a text that it is likely to match.
func randomExpr(r *rand.Rand, depth int) (expr, text string) {
	piece := func() string { return awkward[r.IntN(len(awkward))] }
	switch n := r.IntN(10); {
	case depth == 0 || n < 3:
		p := piece()
		if p == "\xff" {
			return `\x{FFFD}`, p
		}
		return regexp.QuoteMeta(p), p
	case n < 6:
		e1, t1 := randomExpr(r, depth-1)
		e2, t2 := randomExpr(r, depth-1)
		return e1 + e2, t1 + t2
	case n == 6:
		e1, t1 := randomExpr(r, depth-1)
		e2, t2 := randomExpr(r, depth-1)
		return "(?:" + e1 + "|" + e2 + ")", []string{t1, t2}[r.IntN(2)]
	case n == 7:
		e, t := randomExpr(r, depth-1)
		times := r.IntN(3)
		return "(" + e + ")" + []string{"?", "*", "+", "{0,2}", "{1,2}", "??"}[r.IntN(6)], strings.Repeat(t, times)
	case n == 8:
		e, t := randomExpr(r, depth-1)
		return "(?i:" + e + ")", []string{strings.ToUpper(t), strings.ToLower(t), t}[r.IntN(3)]
	default:
		return []string{`.`, `\d?`, `^`, `\b`, `[a-c订单]`, `\s*`, `[^x]`, `(?s:.*)`}[r.IntN(8)], piece()
	}
}

func TestRequiredLiteralsAreNeverTooMany(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	matched, required := 0, 0
	for range 200_000 {
		expr, text := randomExpr(r, 1+r.IntN(4))
		if _, err := syntax.Parse(expr, syntax.Perl); err != nil {
			t.Fatalf("%s: %v", expr, err)
		}
		text = randomText(r, awkward, 2) + text + randomText(r, awkward, 2)
		if regexp.MustCompile(expr).MatchString(text) {
			matched++
			if requiredLiterals(expr) != nil {
				required++
			}
		}
		checkRequired(t, expr, text)
	}
	if matched < 50_000 || required < 10_000 {
		t.Errorf("only %d matches, %d of them with required literals: the test says little", matched, required)
	}
}

func FuzzRequiredLiterals(f *testing.F) {
	f.Add(`订单\s*(\d+)`, "我的订单 12")
	f.Add(`(?i)price`, "PRICE\u0301")
	f.Add(`(订单|订阅)号?`, "订阅")
	f.Add(`か+`, "か\u3099")
	f.Fuzz(checkRequired)
}
