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
func Compile(set *rules.Set, p Profile) (*Engine, rules.Problems) { return Recompile(nil, set, p) }

// Recompile is Compile, and quicker where old is an Engine of an earlier Set of
// the account that has files in common with this one: what was made of them is
// used again. The result is the same. A nil old is no Engine.
func Recompile(old *Engine, set *rules.Set, p Profile) (*Engine, rules.Problems) {
	e := &Engine{profile: p, location: p.Location}
	if e.location == nil {
		e.location = time.UTC
	}
	e.all = make([]rule, len(set.Rules))
	e.units = split(set.Rules)
	var fresh []*compiler
	before := old.unitsByFirst()
	for i := range e.units {
		u := &e.units[i]
		if was := before[set.Rules[u.from]]; was == nil || !u.takeOver(was, old.all, e.all, set.Rules) {
			fresh = append(fresh, newCompiler(u, e.all, set.Rules))
		}
	}
	inParallel(len(fresh), func(i int) { fresh[i].conditionsOfAll() })
	e.around = newSurroundings(set, p.Kind, e.units)
	switch {
	case old == nil:
		e.around.compileReplies(set)
	case e.around.same(old.around):
		e.around.named, e.around.problems = old.around.named, old.around.problems
	default:
		return Recompile(nil, set, p)
	}
	inParallel(len(fresh), func(i int) { fresh[i].answers(e.around) })
	problems := e.problems()
	if problems.HasError() {
		return nil, problems
	}
	for i := range e.all {
		e.add(i)
		if r := &e.all[i]; r.touches && !r.src.Disabled {
			e.touching.add(r)
		}
	}
	e.index = newIndex(len(e.all), e.rest())
	e.touching.index = newIndex(len(e.touching.rules), slices.All(e.touching.rules))
	return e, problems
}

// problems are those of all rules, in order.
func (e *Engine) problems() rules.Problems {
	problems := slices.Clone(e.around.problems)
	unserved, first := 0, rules.Pos{}
	for i := range e.units {
		u := &e.units[i]
		problems = append(problems, u.problems...)
		if unserved == 0 {
			first = u.firstUnserved
		}
		unserved += u.unserved
	}
	if unserved > 0 { // told once, not for each rule: it is about the account
		problems = append(problems, &rules.Problem{Code: rules.CodeNotServed, Pos: first, Msg: fmt.Sprintf(
			"account %q is a mini program: replies other than transfer and silent go through the API, which is not served yet (%d %s)",
			e.profile.Account, unserved, plural("rule", unserved))})
	}
	slices.SortStableFunc(problems, byPlace)
	return problems
}

// byPlace orders problems as a reader comes upon them.
func byPlace(a, b *rules.Problem) int {
	return cmp.Or(strings.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Col, b.Pos.Col))
}

// compiler compiles the rules of one unit, or the named replies of an account,
// and collects the problems.
type compiler struct {
	*surroundings // not known while conditions are compiled
	*unit
	rules  []rule
	groups map[*rule]groups // of those that have some

	keep keep
	at   env // of the rule whose answer is being compiled
}

func newCompiler(u *unit, all []rule, src []*rules.Rule) *compiler {
	c := &compiler{unit: u, rules: all[u.from:u.to], groups: make(map[*rule]groups)}
	for i := range c.rules {
		c.rules[i].src = src[u.from+i]
	}
	return c
}

// env is where a template stands.
type env struct {
	file     string
	rule     string
	known    known
	usesVars bool // set when a template reads a variable
}

// conditionsOfAll compiles the conditions of the rules, and tells what other
// rules may use of theirs: templates may name any variable that is remembered,
// and named replies any group.
func (c *compiler) conditionsOfAll() {
	for i := range c.rules {
		r := &c.rules[i]
		src, extra := r.src, r.src.Extras()
		for _, v := range extra.Remember {
			c.vars = append(c.vars, v.Name)
		}
		var plain *keyword
		if len(src.When) == 1 && src.When[0].Extra == nil {
			plain = plainKeyword(src.When[0].Keyword)
		}
		if plain != nil && plain.Kind != rules.KindRegex && src.Extra == nil {
			r.body = &plainBody // unless the answer says otherwise
			continue
		}
		var own groups
		r.body = c.keep.bodies.one()
		r.bodyExtra = &noBodyExtra
		if r.keyword = plain != nil; r.keyword {
			r.regex = c.plainRegex(src, plain, &own)
		} else {
			r.when = c.conditions(src, src.When, &own)
		}
		if extra.Unless != nil || extra.Remember != nil {
			r.bodyExtra = &bodyExtra{unless: c.conditions(src, extra.Unless, &groups{})}
		}
		if own.count > 0 {
			c.groups[r] = own
			c.unit.groups.merge(own)
		}
	}
}

// answers compiles what the rules say and remember.
func (c *compiler) answers(s *surroundings) {
	c.surroundings = s
	for i := range c.rules {
		c.answer(&c.rules[i])
	}
}

func (c *compiler) answer(r *rule) {
	src, extra := r.src, r.src.Extras()
	at := &c.at
	*at = env{file: src.Pos().File, rule: src.Name, known: known{vars: c.known, groups: c.groups[r]}}
	for _, v := range extra.Remember {
		r.remember = append(r.remember, remember{name: v.Name, value: c.text(at, v.Value)})
	}
	var reply node
	if src.Reply != nil {
		reply = c.reply(at, src.Reply)
		if c.kind == rules.AccountMiniProgram && !src.Disabled {
			c.countUnserved(src)
		}
	}
	literal := src.Reply != nil && reply == node((*literalNode)(src.Reply)) // not that of a named reply
	if r.body == &plainBody {
		if literal {
			return
		}
		r.body = c.keep.bodies.one()
		*r.body = body{keyword: true, bodyExtra: &noBodyExtra}
	}
	if r.literal = literal; !literal {
		r.reply = reply
	}
	r.lasts = extra.Goto != "" || extra.Cooldown > 0 || len(extra.Remember) > 0
	r.touches = at.usesVars || r.lasts || namesState(src.When) || namesState(extra.Unless)
}

func namesState(list []rules.Condition) bool {
	return slices.ContainsFunc(list, func(c rules.Condition) bool { return c.Extras().States != nil })
}

func (c *compiler) add(code, rule string, pos rules.Pos, msg, hint string) {
	c.unit.problems = append(c.unit.problems, &rules.Problem{Code: code, Pos: pos, Rule: rule, Msg: msg, Hint: hint})
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
		c.firstUnserved = src.PosAt(src.Reply.At)
	}
	c.unserved++
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
	if compiled.plain != nil {
		compiled.regex = c.plainRegex(r, compiled.plain, g)
	}
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
		c.notServed(r.Name, r.PosAt(src.At()), "misses is not served yet: the condition never holds")
	}
	return compiled
}

// plainRegex compiles a keyword that is a regular expression; nil if it is none.
func (c *compiler) plainRegex(r *rules.Rule, k *keyword, g *groups) *regex {
	if k.Kind != rules.KindRegex {
		return nil
	}
	p := patternCompiler{compiler: c, rule: r, groups: g}
	return p.regex((*rules.Value)(k))
}

// shorten keeps messages readable.
func shorten(s string) string {
	if short := cut(s, 80); short != s {
		return short + "…"
	}
	return s
}
