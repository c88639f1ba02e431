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
	e.rest = make([]*rule, 0, len(compiled))
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

	keep   keep
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

// conditions compiles when or unless.
func (c *compiler) conditions(r *rules.Rule, list []rules.Condition, g *groups) []condition {
	if list == nil {
		return nil
	}
	compiled := c.keep.conditions.take(len(list))
	for i := range list {
		compiled[i] = c.condition(r, &list[i], g)
	}
	return compiled
}

func (c *compiler) condition(r *rules.Rule, src *rules.Condition, g *groups) condition {
	p := patternCompiler{compiler: c, rule: r, groups: g}
	compiled := condition{src: src, plain: plainKeyword(src.Keyword), conditionExtra: &noConditionExtra}
	if compiled.plain != nil && src.Extra == nil {
		return compiled
	}
	extra, asked := c.keep.extras.one(), src.Extras()
	compiled.conditionExtra = extra
	extra.alone = src.Keyword != nil && src.Extra == nil
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

// shorten keeps messages readable.
func shorten(s string) string {
	if short := cut(s, 80); short != s {
		return short + "…"
	}
	return s
}
