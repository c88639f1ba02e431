package ruletest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wereply/engine"
	"wereply/rules"
	"wereply/wechat"
	"wereply/wechat/wechattest"
)

// outcome is what a step brought, and what was wrong with it.
type outcome struct {
	step     *rules.Step
	number   int // of the step, from 0
	file     string
	rules    []*rules.Rule // of the account
	decision *engine.Decision
	answer   *wechattest.Answer
	said     *wechat.Message // the reply; nil: nothing was said
	kept     engine.Conversation

	failures []Failure
}

// check compares what a step brought with what it must bring.
func (o *outcome) check() {
	e := &o.step.Expect
	switch {
	case o.decision.Err != nil:
		o.fail("reply", "one that renders", o.decision.Err.Error())
		return
	case o.answer.Fault != nil:
		o.fail("reply", "one that WeChat takes", o.answer.Fault.Error())
		return
	}
	if e.Rule != nil && *e.Rule != nameOfRule(o.decision.Rule) {
		o.fail("rule", *e.Rule, nameOfRule(o.decision.Rule))
		o.failures[len(o.failures)-1].Hint = o.ruleHint(*e.Rule)
	}
	if e.State != nil && *e.State != stateName(o.kept.State) {
		o.fail("state", *e.State, stateName(o.kept.State))
	}
	for _, v := range e.Vars {
		if got := o.kept.Vars[v.Path]; got != v.Value {
			o.fail("vars."+v.Path, strconv.Quote(v.Value), strconv.Quote(got))
		}
	}
	if e.Silent != nil && *e.Silent != (o.said == nil) {
		o.fail("silent", strconv.FormatBool(*e.Silent), o.reply())
	}
	if e.Type != nil && (o.said == nil || o.said.MsgType != *e.Type) {
		o.fail("type", *e.Type, o.reply())
	}
	o.checkText(e)
	for _, f := range e.Fields {
		if got, ok := o.field(f.Path); got != f.Value || !ok && f.Value != "" {
			o.fail(f.Path, strconv.Quote(f.Value), o.orReply(strconv.Quote(got), ok))
		}
	}
}

// checkText checks what is asked of the reply's words.
func (o *outcome) checkText(e *rules.Expect) {
	text, words := "", ""
	if o.said != nil {
		text, words = o.said.Content, wordsOf(o.said)
	}
	if e.Text != nil && (o.said == nil || text != *e.Text) {
		o.fail("text", strconv.Quote(*e.Text), o.reply())
	}
	for _, part := range e.Contains {
		if !strings.Contains(words, part) || o.said == nil {
			o.fail("contains", strconv.Quote(part), o.reply())
		}
	}
	for _, expr := range e.Regex {
		re, err := regexp.Compile(expr)
		switch {
		case err != nil:
			o.fail("regex", "a regular expression", err.Error())
		case o.said == nil || !re.MatchString(words):
			o.fail("regex", strconv.Quote(expr), o.reply())
		}
	}
	if e.OneOf != nil && (o.said == nil || !slices.Contains(e.OneOf, text)) {
		o.fail("one_of", fmt.Sprintf("%q", e.OneOf), o.reply())
	}
}

func (o *outcome) fail(what, want, got string) {
	at := o.step.Expect.At
	if at == (rules.At{}) {
		at = o.step.At
	}
	o.failures = append(o.failures, Failure{
		Pos:  rules.Pos{File: o.file, At: at},
		Step: o.number,
		What: what,
		Want: want,
		Got:  got,
		Rule: o.decision.Rule,
	})
}

// ruleHint tells that a test expects a rule that is not there at all.
func (o *outcome) ruleHint(want string) string {
	names := []string{"none"}
	for _, r := range o.rules {
		names = append(names, nameOfRule(r))
	}
	if slices.Contains(names, want) {
		return ""
	}
	if near := rules.Suggest(want, names); near != "" {
		return fmt.Sprintf("no rule has the name %q; did you mean %q?", want, near)
	}
	return fmt.Sprintf("no rule has the name %q", want)
}

// nameOfRule is the rule as people know it: its name, else its place.
func nameOfRule(r *rules.Rule) string {
	switch {
	case r == nil:
		return "none"
	case r.Name != "":
		return r.Name
	}
	return placeOf(r)
}

func placeOf(r *rules.Rule) string {
	return rules.Pos{File: r.Pos().File, At: rules.At{Line: r.At.Line}}.String()
}

func stateName(state string) string {
	if state == "" {
		return rules.StateNone
	}
	return state
}

// reply is what was said, in short.
func (o *outcome) reply() string {
	switch {
	case o.said == nil:
		return "nothing"
	case o.said.MsgType == wechat.MsgText:
		return strconv.Quote(o.said.Content)
	}
	return fmt.Sprintf("%s %q", o.said.MsgType, wordsOf(o.said))
}

func (o *outcome) orReply(text string, ok bool) string {
	if ok {
		return text
	}
	return o.reply()
}

func (o *outcome) field(path string) (string, bool) {
	if o.said == nil {
		return "", false
	}
	return o.said.Lookup(path)
}

// wordsOf is the text of a reply; of one that is no text, all that it says,
// a line for each field.
func wordsOf(said *wechat.Message) string {
	if said.MsgType == wechat.MsgText {
		return said.Content
	}
	var lines []string
	for _, f := range said.Fields {
		switch f.Path {
		case "ToUserName", "FromUserName", "CreateTime", "MsgType", "ArticleCount":
		default:
			lines = append(lines, f.Value)
		}
	}
	return strings.Join(lines, "\n")
}
