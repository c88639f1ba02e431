package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"wereply/rules"
	"wereply/wechat"
)

// Compile makes an Engine of the rules of an account. It checks what the files
// alone do not show: regular expressions, templates, what folding leaves. When
// one of the problems is an error, the Engine is nil; otherwise they are
// warnings and notes.
func Compile(set *rules.Set, p Profile) (*Engine, rules.Problems) {
	e := &Engine{profile: p, location: p.Location}
	if e.location == nil {
		e.location = time.UTC
	}
	c := &compiler{set: set, profile: p, vars: make(map[string]bool), named: make(map[string]*namedReply)}
	compiled := c.rules()
	c.noteMiniProgram()
	slices.SortStableFunc(c.problems, byPlace)
	if c.problems.HasError() {
		return nil, c.problems
	}
	for _, r := range compiled {
		if r.src.Disabled {
			e.off = append(e.off, r.rule)
			continue
		}
		e.add(r.rule)
		if r.touches {
			e.touching.add(r.rule)
		}
	}
	e.number()
	e.index = newIndex(e.order.rest)
	e.touching.index = newIndex(e.touching.rules)
	return e, c.problems
}

// byPlace orders problems as a reader comes upon them.
func byPlace(a, b *rules.Problem) int {
	return cmp.Or(strings.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Col, b.Pos.Col))
}

// compiler compiles one Set and collects its problems.
type compiler struct {
	set      *rules.Set
	profile  Profile
	problems rules.Problems

	room   []condition     // for the next ones
	at     env             // of the rule whose answer is being compiled
	vars   map[string]bool // what any rule remembers
	groups groups          // of all rules: named replies may be used by any
	named  map[string]*namedReply

	unserved      int       // rules of a mini program that say more than transfer
	firstUnserved rules.Pos // the first of them
}

// compiledRule is a rule on its way into the Engine.
type compiledRule struct {
	*rule
	groups  groups
	touches bool // depends on the conversation or changes it
}

// env is where a template stands.
type env struct {
	file     string
	rule     string
	known    known
	usesVars bool // set when a template reads a variable
}

// rules compiles the conditions of all rules first: templates may name any
// variable that is remembered, and named replies any group.
func (c *compiler) rules() []compiledRule {
	list := make([]compiledRule, len(c.set.Rules))
	compiled := make([]rule, len(list))
	for i, src := range c.set.Rules {
		r := &list[i]
		r.rule = &compiled[i]
		r.src, r.ruleExtra = src, &noRuleExtra
		r.when = c.conditions(src, src.When, &r.groups)
		if extra := src.Extras(); extra.Unless != nil || extra.Remember != nil {
			r.ruleExtra = &ruleExtra{unless: c.conditions(src, extra.Unless, &groups{})}
		}
		c.groups.merge(r.groups)
		for _, v := range src.Extras().Remember {
			c.vars[v.Name] = true
		}
	}
	for _, file := range c.set.Files {
		for _, n := range file.Replies {
			c.namedReply(n.Name, nil, rules.Pos{})
		}
	}
	for i := range list {
		c.answer(&list[i])
	}
	return list
}

// answer compiles what a rule says and remembers.
func (c *compiler) answer(r *compiledRule) {
	src := r.src
	at := &c.at
	*at = env{file: src.Pos.File, rule: src.Name, known: known{vars: c.vars, groups: r.groups}}
	for _, v := range src.Extras().Remember {
		r.remember = append(r.remember, remember{name: v.Name, value: c.text(at, v.Value)})
	}
	if src.Reply != nil {
		r.reply = c.reply(at, src.Reply)
		if c.profile.Kind == rules.AccountMiniProgram && !src.Disabled {
			c.countUnserved(src)
		}
	}
	r.lasts = src.Extras().Goto != "" || src.Extras().Cooldown > 0 || len(src.Extras().Remember) > 0
	r.touches = at.usesVars || r.lasts || namesState(src.When) || namesState(src.Extras().Unless)
}

func namesState(list []rules.Condition) bool {
	return slices.ContainsFunc(list, func(c rules.Condition) bool { return c.Extras().States != nil })
}

func (c *compiler) add(code, rule string, pos rules.Pos, msg, hint string) {
	c.problems = append(c.problems, &rules.Problem{Code: code, Pos: pos, Rule: rule, Msg: msg, Hint: hint})
}

// notServed notes a form that is checked and not served yet.
func (c *compiler) notServed(rule string, pos rules.Pos, what string) {
	c.add(rules.CodeNotServed, rule, pos, what, "")
}

// countUnserved counts the rules of a mini program that want to say something
// in the response, where WeChat documents transfer alone.
func (c *compiler) countUnserved(src *rules.Rule) {
	if src.Reply.Kind == rules.ReplyTransfer || src.Reply.Kind == rules.ReplySilent {
		return
	}
	if c.unserved == 0 {
		c.firstUnserved = rules.Pos{File: src.Pos.File, At: src.Reply.At}
	}
	c.unserved++
}

// noteMiniProgram tells once, not for each rule: it is about the account.
func (c *compiler) noteMiniProgram() {
	if c.unserved > 0 {
		c.notServed("", c.firstUnserved, fmt.Sprintf(
			"account %q is a mini program: replies other than transfer and silent go through the API, which is not served yet (%d %s)",
			c.profile.Account, c.unserved, plural("rule", c.unserved)))
	}
}

// conditionBlock is how many conditions share a piece of memory.
const conditionBlock = 256

// conditions compiles when or unless.
func (c *compiler) conditions(r *rules.Rule, list []rules.Condition, g *groups) []condition {
	if list == nil {
		return nil
	}
	if len(c.room) < len(list) {
		c.room = make([]condition, max(len(list), conditionBlock))
	}
	compiled := c.room[:len(list):len(list)]
	c.room = c.room[len(list):]
	for i := range list {
		compiled[i] = c.condition(r, &list[i], g)
	}
	return compiled
}

func (c *compiler) condition(r *rules.Rule, src *rules.Condition, g *groups) condition {
	p := patternCompiler{compiler: c, rule: r, groups: g}
	compiled := condition{src: src, alone: src.Extra == nil && src.Keyword != nil, conditionExtra: &noConditionExtra}
	if compiled.plain = plainKeyword(src.Keyword); compiled.plain != nil && compiled.alone {
		return compiled
	}
	extra, asked := &conditionExtra{}, src.Extras()
	compiled.conditionExtra = extra
	extra.forEvents = asked.Events != nil || asked.EventKey != nil || slices.Contains(asked.MsgTypes, wechat.MsgEvent)
	if src.Keyword != nil && compiled.plain == nil {
		extra.keyword = p.pattern(src.Keyword, false)
	}
	if asked.EventKey != nil {
		extra.eventKey = p.pattern(asked.EventKey, true)
	}
	for _, f := range asked.Fields {
		extra.fields = append(extra.fields, fieldPattern{name: f.Name, pattern: p.pattern(f.Pattern, true)})
		extra.forEvents = extra.forEvents || wechat.EventOnlyField(f.Name)
	}
	if asked.Misses > 0 {
		c.notServed(r.Name, rules.Pos{File: r.Pos.File, At: src.At}, "misses is not served yet: the condition never holds")
	}
	return compiled
}

// plainKeyword gives the only value of a keyword, if folding leaves it as it
// is; else nil.
func plainKeyword(src *rules.Pattern) *keyword {
	if src == nil || len(src.Entries) != 1 || len(src.Entries[0].Tests) != 1 {
		return nil
	}
	t := &src.Entries[0].Tests[0]
	if t.Kind > rules.KindSuffix || len(t.Values) != 1 {
		return nil
	}
	if folded := foldFor(t.Kind, t.Values[0]); folded != t.Values[0] || folded == "" {
		return nil
	}
	return (*keyword)(t)
}

// foldFor folds a value as a test of its kind compares it.
func foldFor(kind rules.Kind, value string) string {
	value = fold(value)
	if kind == rules.KindExact || kind == rules.KindSuffix {
		value = trimFinal(value)
	}
	return value
}

// patternCompiler compiles the patterns of one rule.
type patternCompiler struct {
	*compiler
	rule   *rules.Rule
	groups *groups
}

func (c *patternCompiler) pattern(src *rules.Pattern, literal bool) *pattern {
	p := &pattern{literal: literal, entries: make([]entry, len(src.Entries))}
	for i := range src.Entries {
		p.entries[i].tests = make([]test, len(src.Entries[i].Tests))
		for j := range src.Entries[i].Tests {
			p.entries[i].tests[j] = c.test(&src.Entries[i].Tests[j], literal)
		}
	}
	return p
}

func (c *patternCompiler) test(src *rules.PatternTest, literal bool) test {
	t := test{kind: src.Kind, values: src.Values, written: src.Values}
	at := rules.Pos{File: c.rule.Pos.File, At: src.At}
	switch {
	case src.Kind == rules.KindRegex:
		t.values = nil
		t.regexes = c.regexes(src.Values, at)
	case literal:
		if src.Kind != rules.KindExact && slices.Contains(src.Values, "") {
			c.add(rules.CodeFoldsToNone, c.rule.Name, at, "an empty text stands in every value", `for a field that is empty: ""`)
		}
	default:
		t.values = c.foldAll(src, at)
	}
	return t
}

// foldAll folds the values of a keyword; those that stay as they are share the
// memory of the Set.
func (c *patternCompiler) foldAll(src *rules.PatternTest, at rules.Pos) []string {
	var folded []string
	for i, written := range src.Values {
		value := foldFor(src.Kind, written)
		if value == "" {
			c.add(rules.CodeFoldsToNone, c.rule.Name, at, fmt.Sprintf("nothing is left of the keyword %q: white space and invisible characters do not count", written), "")
		}
		if folded == nil && value != written {
			folded = append(make([]string, 0, len(src.Values)), src.Values[:i]...)
		}
		if folded != nil {
			folded = append(folded, value)
		}
	}
	if folded == nil {
		return src.Values
	}
	return folded
}

func (c *patternCompiler) regexes(sources []string, at rules.Pos) []regex {
	list := make([]regex, len(sources))
	for i, source := range sources {
		list[i].source = source
		tree, err := parseRegex(source)
		if err != nil {
			c.add(rules.CodeRegex, c.rule.Name, at, fmt.Sprintf("regular expression %q: %s", shorten(source), regexMessage(err)), "the syntax is RE2, as in Go: no lookahead, no backreferences")
			continue
		}
		c.groups.add(tree)
		list[i].required = requiredOf(tree)
	}
	return list
}

// shorten keeps messages readable.
func shorten(s string) string {
	if short := cut(s, 80); short != s {
		return short + "…"
	}
	return s
}
