package rules

import (
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

var ruleFields = fieldsOf[ruleForm]()

// Limits of what one rule may say.
const (
	maxNameChars = 200                  // of names of rules, replies and states: they are shown in logs and pages
	maxCooldown  = 366 * 24 * time.Hour // a year: what a conversation is ever kept for
)

func (r *reader) readRule(n *yaml.Node, rule *Rule) {
	rule.Name = r.ruleName(n)
	r.rule = rule.Name
	defer func() { r.rule = "" }()

	var expires, reply *yaml.Node
	ok := r.fields(n, whatRule, ruleFields, func(key string, k, v *yaml.Node) {
		switch key {
		case "description":
			rule.Extend().Description, _ = r.text(v, "`description`")
		case "when":
			rule.When = r.conditions(v, "`when`")
		case "unless":
			rule.Extend().Unless = r.conditions(v, "`unless`")
		case "reply":
			reply = v
			rule.Reply = r.reply(v, "`reply`", 0)
		case "goto":
			extra := rule.Extend()
			extra.Goto, extra.GotoAt = r.gotoState(v), r.at(v)
		case "expires":
			expires = k
			rule.Extend().Expires, _ = r.duration(v, "`expires`", time.Second, MaxExpires)
		case "remember":
			rule.Extend().Remember = r.remember(v)
		case "cooldown":
			rule.Extend().Cooldown, _ = r.duration(v, "`cooldown`", time.Second, maxCooldown)
		case "enabled":
			enabled, ok := r.boolean(v, "`enabled`")
			rule.Disabled = ok && !enabled
		}
	})
	if !ok {
		return
	}
	r.checkExpires(rule, expires, n)
	if reply == nil && !has(n, "reply", "goto", "remember") && !hasUnknown(n, ruleFields) && !has(value(n, "when"), "reply") {
		r.add(CodeMissing, n, "this rule has no `reply`", "add one; a rule that shall say nothing has `reply: {silent: true}`")
	}
}

// ruleName reads the name of a rule before all else, so that every problem of
// the rule can tell it.
func (r *reader) ruleName(n *yaml.Node) string {
	v := value(n, "name")
	if v == nil || isNull(v) {
		return ""
	}
	name, ok := r.name(v, "`name`")
	if ok && name == StateNone {
		r.add(CodeReserved, v, "a rule cannot have the name none: in tests `rule: none` means that no rule fired", "choose another name")
	}
	return name
}

// name reads a name that people gave to a rule or a state.
func (r *reader) name(n *yaml.Node, what string) (string, bool) {
	s, ok := r.text(n, what)
	switch {
	case !ok:
		return "", false
	case s == "":
		r.add(CodeEmpty, n, what+" is empty", "")
		return "", false
	case utf8.RuneCountInString(s) > maxNameChars:
		r.add(CodeTooMuch, n, fmt.Sprintf("%s is longer than %d characters", what, maxNameChars), "")
		return "", false
	}
	for _, c := range s {
		if unicode.IsControl(c) {
			r.add(CodeName, n, what+" has a line break or another control character in it", "write it on one line")
			return "", false
		}
	}
	return s, true
}

func (r *reader) gotoState(n *yaml.Node) string {
	s, ok := r.name(n, "`goto`")
	if ok && (s == StateNone || s == StateAny) {
		r.add(CodeReserved, n, fmt.Sprintf("`goto` cannot lead to %q, which is no state of its own", s), "`goto: end` ends the conversation")
		return ""
	}
	return r.intern(s)
}

func (r *reader) checkExpires(rule *Rule, expires, n *yaml.Node) {
	given := expires != nil
	switch {
	case given && !has(n, "goto"):
		r.add(CodeCombination, expires, "`expires` says how long the state of `goto` lasts, and this rule has no `goto`", "add `goto`, or delete `expires`")
	case given && rule.Extras().Goto == GotoEnd:
		r.add(CodeCombination, expires, "`expires` has no meaning with `goto: end`", "delete `expires`")
	case !given && rule.Extras().Goto != "" && rule.Extras().Goto != GotoEnd:
		rule.Extend().Expires = DefaultExpires
	}
}

func (r *reader) remember(n *yaml.Node) []Remember {
	var list []Remember
	if n.Kind == yaml.ScalarNode && !isNull(n) && isVarName(n.Value) && r.isPlainYAML(n) {
		r.add(CodeShape, n, "`remember` must have fields (key: value), it is a text", fmt.Sprintf("remember: {%s: '{{.Content}}'}", n.Value))
		return nil
	}
	r.entries(n, "`remember`", func(name string, k, v *yaml.Node) {
		if !isVarName(name) {
			r.add(CodeName, k, fmt.Sprintf("%q cannot be read as {{.Vars.%s}}", name, name), "use letters, digits and _ only, and no digit at the beginning")
			return
		}
		if t, ok := r.template(v, "`"+name+"`"); ok {
			list = append(list, Remember{Name: r.intern(name), Value: t, At: r.at(k)})
		}
	})
	if len(list) > MaxVars {
		r.add(CodeTooMuch, n, fmt.Sprintf("`remember` has %d values, a conversation keeps %d", len(list), MaxVars), "")
	}
	return list
}

// isVarName reports whether a template can read .Vars.name.
func isVarName(name string) bool {
	for i, c := range name {
		if c != '_' && !unicode.IsLetter(c) && (i == 0 || !unicode.IsDigit(c)) {
			return false
		}
	}
	return name != ""
}

// value gives the value of a field of a mapping, nil if n is none or has no such
// field.
func value(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// hasUnknown reports whether the mapping has a field that is not known: perhaps
// it is the one that seems to be missing.
func hasUnknown(n *yaml.Node, known []string) bool {
	for i := 0; i < len(n.Content); i += 2 {
		if indexOf(known, n.Content[i].Value) < 0 {
			return true
		}
	}
	return false
}

// has reports whether the mapping has one of the fields, readable or not.
func has(n *yaml.Node, keys ...string) bool {
	for _, key := range keys {
		if value(n, key) != nil {
			return true
		}
	}
	return false
}
