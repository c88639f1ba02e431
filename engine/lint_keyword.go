package engine

import (
	"fmt"
	"slices"
	"strings"

	"wereply/rules"
)

// lintKeywords looks at the keywords of one rule.
func (l *linter) lintKeywords(r *rule) {
	for _, list := range [][]condition{r.conditions(), r.unless} {
		for i := range list {
			if k := list[i].pattern(); k != nil {
				l.lintShort(r, k)
				l.lintRepeated(r, k)
			}
		}
	}
}

// lintShort tells of a bare keyword of one or two Latin letters: as it may
// stand anywhere, it stands in words that mean something else.
func (l *linter) lintShort(r *rule, p *pattern) {
	for i := range p.entries {
		t := &p.entries[i].tests[0]
		if !t.src[0].Bare || t.kind != rules.KindContains || !isShortLatin(t.values[0]) {
			continue
		}
		word := t.values[0]
		l.add(rules.CodeShortKeyword, r.src.Name, r.in(t.src[0].At),
			fmt.Sprintf("the keyword “%s” may stand anywhere, so it fits “%s” too", t.written[0], wordWith(word)),
			fmt.Sprintf(`the whole text: {exact: %s}; a word of its own: {regex: '(?i)\b%s\b'}; if anywhere is meant: {contains: %s}`, word, word, word))
	}
}

func isShortLatin(s string) bool {
	return 0 < len(s) && len(s) <= 2 && !strings.ContainsFunc(s, func(c rune) bool { return c < 'a' || 'z' < c })
}

// commonWords hold most pairs of letters that do stand in English words.
var commonWords = strings.Fields(`
	this book maybe know goods about address afternoon again already although always among animal answer apple around
	artist because become before believe between birthday body bottle bring brother build business camera cancel careful
	change cheap check children choose city class clothes cloud club coffee color company computer cookie country cousin
	daughter decide delivery design different dinner discount doctor double dream during early earth eight email engine
	enjoy enough evening every example exchange express family famous father favorite february film finger flight flower
	follow football foreign forget friday friend fruit future garden general glass government great green group happy
	health heavy help holiday hospital hotel hundred hungry husband idea important information inside internet invite
	island january jacket journey juice july kitchen kids knife language large laugh learn leave letter library light
	listen little lucky lunch machine magazine market medicine member message middle minute mobile modern monday money
	month morning mother mouth movie museum music natural nature newspaper night nobody normal north notebook number
	obvious october office often online orange order other outside oxygen package paper parcel parking passport people
	perfect phone photo picture piece place pleasure police popular possible present price private problem program
	promise public purple question quick quiet rabbit railway reason receive refund remember restaurant return rhythm
	river road saturday school science season second service seven shopping sister skirt small smile smoke snow society
	software something sometimes south special spring square station stomach store story straight strawberry street
	student subway success sugar summer sunday supper surprise sweater swimming symbol system table taxi teacher
	technology telephone thank theatre thirteen through thursday ticket today together tomorrow tooth traffic travel
	trousers tuesday twelve twenty umbrella uncle under uniform university useful usual vacation vegetable video village
	visit voice volume voucher vulgar wait wallet watch water weather wednesday weekend weight welcome white wife window
	winter without woman wonderful word world write wrong year yellow yesterday young zebra zero zone vegan equipment
	okay woke look took hello hey yes myself myth kyoto cozy puzzle quiz abroad ocean vehicle acquire biology
	pianist naive radio video skiing vacuum dwarf rough tough upon usage adjust object subject advise obey
`)

// wordWith gives a longer word in which a short one stands: a common one, or an
// address such as people forward.
func wordWith(short string) string {
	i := slices.IndexFunc(commonWords, func(word string) bool { return len(word) > len(short) && strings.Contains(word, short) })
	if i < 0 {
		return "https://example.com/x7" + short + "2"
	}
	return commonWords[i]
}

// lintRepeated tells of keywords that are the same one once they are folded.
func (l *linter) lintRepeated(r *rule, p *pattern) {
	type folded struct {
		kind  rules.Kind
		value string
	}
	first := make(map[folded]string)
	for i := range p.entries {
		if len(p.entries[i].tests) > 1 {
			continue // what is asked along makes it another
		}
		t := &p.entries[i].tests[0]
		own := first
		if t.kind == rules.KindAll {
			own = make(map[folded]string) // each entry is a set of its own
		}
		for j, v := range t.values {
			k := folded{t.kind, v}
			written, twice := own[k]
			if !twice {
				own[k] = t.written[j]
				continue
			}
			l.add(rules.CodeKeywordTwice, r.src.Name, r.in(t.src[j].At), sameKeyword(t.written[j], written), "delete one of the two")
		}
	}
}

// sameKeyword says that a keyword, as written, equals another one of its list.
func sameKeyword(written, other string) string {
	if written == other {
		return fmt.Sprintf("the keyword “%s” stands twice here", written)
	}
	return fmt.Sprintf("the keyword “%s”, once folded, equals “%s” here", written, other)
}

// takenKeyword says that a keyword equals one of another rule.
func takenKeyword(written, other, rule string) string {
	if written == other {
		return fmt.Sprintf("the keyword “%s” is one of %s too", written, rule)
	}
	return fmt.Sprintf("the keyword “%s”, once folded, equals “%s” of %s", written, other, rule)
}

// lintEqualKeywords tells of keywords that an earlier rule has too and takes
// everything of. A rule that has nothing else never fires, which was told.
func (l *linter) lintEqualKeywords() {
	holders := make(map[string][]*rule)
	for _, r := range l.shadows.list {
		eachKeyword(r, func(_ *condition, t *test, j int) {
			if list := holders[t.values[j]]; len(list) == 0 || list[len(list)-1] != r {
				holders[t.values[j]] = append(list, r)
			}
		})
	}
	for _, r := range l.shadows.list {
		if l.dead[r] {
			continue
		}
		eachKeyword(r, func(k *condition, t *test, j int) {
			if len(holders[t.values[j]]) > 1 {
				l.lintTaken(r, k, t, j)
			}
		})
	}
}

// eachKeyword gives the keywords that a rule asks for and nothing along with
// them, by entry and value.
func eachKeyword(r *rule, f func(k *condition, t *test, value int)) {
	when := r.conditions()
	for c := range when {
		k := &when[c]
		p := k.pattern()
		if p == nil {
			continue
		}
		for i := range p.entries {
			if tests := p.entries[i].tests; len(tests) == 1 && tests[0].kind != rules.KindRegex && tests[0].kind != rules.KindAll {
				for j := range tests[0].values {
					f(k, &tests[0], j)
				}
			}
		}
	}
}

// lintTaken judges the rule as if it had this one keyword.
func (l *linter) lintTaken(r *rule, k *condition, t *test, value int) {
	alone := k.with(&pattern{entries: []entry{{tests: []test{{kind: t.kind, values: t.values[value : value+1], written: t.written[value : value+1], src: t.src[value : value+1]}}}}})
	why, is := l.judgeMappings(r, []*condition{&alone})
	if !is {
		return
	}
	for _, taker := range why.takers {
		written, has := keywordOf(taker, t.values[value])
		if !has {
			continue
		}
		l.add(rules.CodeKeywordTwice, r.src.Name, r.in(t.src[value].At),
			takenKeyword(t.written[value], written, naming([]*rule{taker}))+", which takes every message with it", "delete it in one of the rules")
		return
	}
}

// keywordOf gives a keyword as a rule writes it.
func keywordOf(r *rule, folded string) (written string, has bool) {
	eachKeyword(r, func(_ *condition, t *test, j int) {
		if !has && t.values[j] == folded {
			written, has = t.written[j], true
		}
	})
	return written, has
}
