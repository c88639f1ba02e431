package engine

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"wereply/rules"
)

// LintOptions is what lies beside the rules.
type LintOptions struct {
	Files fs.FS              // the bot's folder, for its media files; nil = they are not looked at
	Menu  *rules.AccountMenu // menu.yaml; nil = there is none
}

// Linted is an account to look at: its Engine, and the Set it was compiled of,
// which an Engine does not keep.
type Linted struct {
	Engine *Engine
	Set    *rules.Set
}

// Lint finds what loads and yet does not do what it seems to, in the accounts
// of one bot: rules that never fire, replies that WeChat does not show, words
// that nobody answers. It gives warnings only, each of them proved.
//
// Accounts may share rule files. What is useless in one of them may have its
// use in another: then nothing is said.
func Lint(accounts []Linted, o LintOptions) rules.Problems {
	var all findings
	for _, a := range accounts {
		e := a.Engine
		l := &linter{Engine: e, set: a.Set, LintOptions: o, shadows: newShadows(e), dead: make(map[*rule]bool), told: make(map[toldWord]bool)}
		l.lint()
		all.add(l.problems, e.profile.Account)
	}
	return all.agreed(readersOf(accounts))
}

// linter looks at one account.
type linter struct {
	*Engine
	set *rules.Set
	LintOptions
	*shadows
	dead     map[*rule]bool // rules that never fire
	told     map[toldWord]bool
	hints    int // how many words were looked for among all that are known
	problems rules.Problems
}

func (l *linter) lint() {
	for _, r := range l.shadows.list {
		l.lintShadow(r)
	}
	for _, r := range l.shadows.list {
		l.lintKeywords(r)
		l.lintRegexes(r)
		l.lintEvents(r)
		l.lintArticles(r)
		l.lintWords(r)
	}
	l.lintEqualKeywords()
	l.lintStates()
	l.lintReplies()
	l.lintMenu()
	slices.SortStableFunc(l.problems, byPlace)
}

func (l *linter) add(code, rule string, pos rules.Pos, msg, hint string) {
	l.problems = append(l.problems, &rules.Problem{Code: code, Pos: pos, Rule: rule, Msg: msg, Hint: hint})
}

// maxHints bounds the hints that take long: who has more mistakes of a kind has
// seen what they are.
const maxHints = 30

// suggest gives the known word that was probably meant, "" where there is none.
func (l *linter) suggest(word string, known func() []string) string {
	if l.hints++; l.hints > maxHints {
		return ""
	}
	return rules.Suggest(word, known())
}

// in gives a place in the file of a rule.
func (r *rule) in(at rules.At) rules.Pos { return r.src.PosAt(at) }

// lintShadow tells that a rule, or a part of it, never fires.
func (l *linter) lintShadow(r *rule) {
	why, is := l.judge(r)
	if is {
		l.dead[r] = true
		l.problems = append(l.problems, why.problem(r))
		return
	}
	if k := l.contradicts(r); k != nil {
		l.add(rules.CodeNeverHolds, r.src.Name, r.in(k.src.At()),
			"this part of when never holds: "+contradiction("its conditions contradict each other", k),
			"what stands in one mapping must hold all at once")
	}
}

// useless are the warnings that a use in one account refutes.
var useless = []string{
	rules.CodeNeverFires, rules.CodeSecondDefault, rules.CodeNoWayToState, rules.CodeStateUnread,
	rules.CodeReplyUnused, rules.CodeKeywordTwice, rules.CodeButtonUnanswered,
}

// findings are what was found in each account.
type findings struct {
	order []finding
	by    map[spot]int
}

type finding struct {
	*rules.Problem
	accounts []string
}

// spot is what makes a problem the same problem in several accounts: the nth of
// its code at its place.
type spot struct {
	code string
	pos  rules.Pos
	nth  int
}

func (f *findings) add(problems rules.Problems, account string) {
	if f.by == nil {
		f.by = make(map[spot]int)
	}
	times := make(map[spot]int)
	for _, p := range problems {
		k := spot{code: p.Code, pos: p.Pos}
		times[k]++
		k.nth = times[k]
		i, ok := f.by[k]
		if !ok {
			i = len(f.order)
			f.by[k] = i
			f.order = append(f.order, finding{Problem: p})
		}
		f.order[i].accounts = append(f.order[i].accounts, account)
	}
}

// agreed gives what holds in the bot as a whole. What holds in some of the
// accounts that read a file names them.
func (f *findings) agreed(readers map[string]int) rules.Problems {
	var list rules.Problems
	for _, found := range f.order {
		if len(found.accounts) < readers[found.Pos.File] {
			if slices.Contains(useless, found.Code) {
				continue
			}
			found.Msg = fmt.Sprintf("%s (in account %s)", found.Msg, strings.Join(found.accounts, ", "))
		}
		list = append(list, found.Problem)
	}
	slices.SortStableFunc(list, func(a, b *rules.Problem) int { return cmp.Or(byPlace(a, b), strings.Compare(a.Code, b.Code)) })
	return list
}

// readersOf counts the accounts that a file speaks to.
func readersOf(accounts []Linted) map[string]int {
	readers := make(map[string]int)
	for _, a := range accounts {
		for _, file := range a.Set.Files {
			readers[file.Path]++
		}
		if a.Engine.profile.Kind != rules.AccountMiniProgram {
			readers[rules.MenuFile]++
		}
	}
	return readers
}
