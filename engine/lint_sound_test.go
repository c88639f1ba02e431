package engine

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"wereply/rules"
)

// A keyword that is called taken is without effect: whatever message holds it,
// the rule does not fire by that keyword.
func TestTakenKeywordsNeverFire(t *testing.T) {
	told := 0
	for seed := range uint64(300) {
		g := newGenerator(seed)
		e, set, ok := compileGenerated(g, 5+g.IntN(25))
		if !ok {
			continue
		}
		type keyword struct {
			of    *rule
			alone condition
		}
		var taken []keyword
		s := newShadows(e)
		for _, r := range s.list {
			eachKeyword(r, func(k *condition, tt *test, j int) {
				alone := k.with(&pattern{entries: []entry{{tests: []test{{kind: tt.kind, values: tt.values[j : j+1], written: tt.written[j : j+1], src: tt.src[j : j+1]}}}}})
				if _, is := s.judgeMappings(r, []*condition{&alone}); is {
					taken = append(taken, keyword{r, alone})
				}
			})
		}
		told += len(taken)
		for range 300 {
			m := g.message()
			in := e.newInput(m, g.conversation(set, m))
			if r, _ := e.first(in); r != nil {
				for _, k := range taken {
					if _, why := k.alone.check(in); k.of == r && why == holds && k.alone.admits(in) {
						t.Fatalf("seed %d: %s fires on %+v by a keyword that was called taken: %s", seed, ruleName(r), m, k.alone.pattern().words())
					}
				}
			}
			in.release()
		}
	}
	if told < 100 {
		t.Errorf("only %d keywords were called taken; the test shows nothing", told)
	}
}

// What is said to fit everything fits every line that is not empty.
func TestFitsAll(t *testing.T) {
	g := newGenerator(7)
	exprs := append([]string{`.*`, `.`, `^.+$`, `(a|)`, `^$|.`}, genRegexes...)
	for range 3000 {
		expr, _ := randomExpr(g.Rand, 3)
		exprs = append(exprs, expr)
	}
	all := 0
	for _, expr := range exprs {
		if !fitsAll(expr, false) {
			continue
		}
		all++
		re := regexp.MustCompile(expr)
		for range 50 {
			line := strings.ReplaceAll(g.text(), "\n", "")
			if line != "" && !re.MatchString(line) {
				t.Fatalf("%s does not fit %q", expr, line)
			}
			if fitsAll(expr, true) && !re.MatchString("") {
				t.Fatalf("%s does not fit the empty value", expr)
			}
		}
	}
	if all < 50 {
		t.Errorf("only %d expressions fit everything; the test shows nothing", all)
	}
}

// An expression is slow where matches have no text in common and may begin
// anywhere.
func TestSlowExpressionsHaveNoLiteral(t *testing.T) {
	for expr, want := range map[string]bool{
		`[a-z]+`: true, `^[a-z]+`: false, `^.+[a-z]`: true, `(?m)^[a-z]+`: true, `x`: false, `\w`: true, `(`: false,
	} {
		if got := isSlow(expr); got != want {
			t.Errorf("%s: %v, want %v", expr, got, want)
		}
	}
}

// Lint stands whatever rules are made of, and says the same each time.
func TestLintGenerated(t *testing.T) {
	texts := []string{"", " ", "回复“帮助”看看", "{{.Content}}回复“价格”或“1”", "Send “ab” please", strings.Repeat("长", 800)}
	said := 0
	for seed := range uint64(200) {
		g := newGenerator(seed)
		set := g.set(2 + g.IntN(20))
		for _, r := range set.Rules {
			r.Reply = g.reply(texts, 2)
			if g.chance(4) {
				r.Extend().Goto, r.Extend().Expires = pick(g, []string{"a", "b", "c", rules.GotoEnd}), time.Minute
			}
		}
		set.Replies = map[string]*rules.Named{"n": {Name: "n", Reply: g.reply(texts, 0)}}
		set.Files[0].Replies = []*rules.Named{set.Replies["n"]}
		e, _ := Compile(set, Profile{Account: "test", Kind: pick(g, []string{rules.AccountService, rules.AccountMiniProgram}), Location: time.UTC})
		if e == nil {
			continue
		}
		first, again := Lint([]Linted{{e, set}}, LintOptions{}), Lint([]Linted{{e, set}}, LintOptions{})
		if first.Error() != again.Error() {
			t.Fatalf("seed %d:\n%s\nand then\n%s", seed, first, again)
		}
		said += len(first)
		for _, p := range first {
			if !p.IsWarning() || strings.Contains(p.Msg+p.Hint, separator) {
				t.Errorf("seed %d: not for people: %+v", seed, p)
			}
		}
	}
	if said < 1000 {
		t.Errorf("only %d warnings; the test shows nothing", said)
	}
}

func (g generator) reply(texts []string, depth int) *rules.Reply {
	r := &rules.Reply{Weight: 1, Kind: pick(g, []rules.ReplyKind{
		rules.ReplyText, rules.ReplyText, rules.ReplySilent, rules.ReplyTransfer, rules.ReplyNews, rules.ReplyMenu, rules.ReplyMusic, rules.ReplyRandom, rules.ReplyAll, rules.ReplyUse,
	})}
	switch r.Kind {
	case rules.ReplyText:
		r.Source = pick(g, texts)
	case rules.ReplyNews:
		r.Extend().News = make([]rules.Article, 1+g.IntN(3))
	case rules.ReplyMenu:
		r.Extend().Menu = &rules.Menu{Items: []rules.Text{{Source: "价格"}, {Source: "帮助"}}}
	case rules.ReplyMusic:
		r.Extend().Media = &rules.Media{ID: rules.Text{Source: "M"}}
	case rules.ReplyRandom, rules.ReplyAll:
		if depth == 0 {
			return &rules.Reply{Kind: rules.ReplySilent, Weight: 1}
		}
		r.Extend().List = []*rules.Reply{g.reply(texts, depth-1), g.reply(texts, depth-1)}
	case rules.ReplyUse:
		r.Extend().Name = "n"
		if depth == 0 {
			r.Kind = rules.ReplySilent
		}
	}
	return r
}
