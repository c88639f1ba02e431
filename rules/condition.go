package rules

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"wereply/wechat"
)

var (
	conditionFields = fieldsOf[conditionForm]()
	msgTypeNames    = wechat.MsgTypes()
	eventNames      = wechat.Events()
	fieldNames      = wechat.FieldNames()
)

// maxMisses bounds misses: what is counted of a user stays small.
const maxMisses = 1000

// conditions reads when or unless: a mapping, or a list of mappings of which
// any may hold.
func (r *reader) conditions(n *yaml.Node, what string) []Condition {
	if n.Kind == yaml.ScalarNode && r.isPlainYAML(n) {
		hint := ""
		if !isNull(n) {
			hint = fmt.Sprintf("%s: {keyword: %s}", strings.Trim(what, "`"), quoteFlow(n.Value))
		}
		if !r.mended[n.Line] && !r.wideBrackets(n) && !r.wideColonKey(n) {
			r.add(CodeShape, n, what+" must name a condition", hint)
		}
		return nil
	}
	if n.Kind == yaml.SequenceNode && len(n.Content) > 0 && !slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return c.Kind != yaml.ScalarNode || isNull(c) || c.Anchor != "" }) && !r.mended[n.Line] {
		r.add(CodeShape, n, what+" must name a condition", fmt.Sprintf("%s: {keyword: %s}", strings.Trim(what, "`"), r.snippet(n)))
		return nil
	}
	var room [4]Condition
	list := room[:0]
	r.oneOrMany(n, what, func(n *yaml.Node) {
		if c, ok := r.condition(n, what); ok {
			list = append(list, c)
		}
	})
	return r.keep.conditions.copy(list)
}

func (r *reader) condition(n *yaml.Node, what string) (c Condition, ok bool) {
	ok = r.fields(n, what, conditionFields, func(key string, k, v *yaml.Node) {
		switch key {
		case "msg_type":
			c.Extend().MsgTypes = r.names(v, "`msg_type`", r.msgType)
		case "event":
			c.Extend().Events = r.names(v, "`event`", r.event)
		case "from":
			c.Extend().From = r.names(v, "`from`", r.openID)
		case "state":
			c.Extend().States = r.names(v, "`state`", r.state)
		case "event_key":
			c.Extend().EventKey = r.pattern(v, "`event_key`", KindExact)
		case "keyword":
			c.Keyword = r.pattern(v, "`keyword`", KindContains)
		case "time":
			c.Extend().Time = r.windows(v)
		case "misses":
			c.Extend().Misses, _ = r.number(v, "`misses`", 1, maxMisses)
		case "field":
			c.Extend().Fields = r.fieldPatterns(v)
		}
	})
	if c.Extra != nil {
		c.Extra.At = r.at(n)
	}
	return c, ok
}

// names reads a name or a list of names; check, if there is one, may refuse a
// name or give another spelling of it.
func (r *reader) names(n *yaml.Node, what string, check func(n *yaml.Node, name string) (string, bool)) []string {
	var list []string
	r.oneOrMany(n, what, func(n *yaml.Node) {
		name, ok := r.name(n, what)
		if ok && check != nil {
			name, ok = check(n, name)
		}
		if ok {
			list = append(list, r.intern(name))
		}
	})
	return list
}

func (r *reader) msgType(n *yaml.Node, name string) (string, bool) {
	lower := strings.ToLower(name)
	if wechat.KnownMsgType(lower) {
		return lower, true
	}
	hint := "known: " + strings.Join(msgTypeNames, ", ")
	if s := suggest(name, msgTypeNames); s != "" {
		hint = fmt.Sprintf("did you mean %s?", s)
	} else if canonical, ok := wechat.KnownEvent(name); ok {
		hint = fmt.Sprintf("%s is an event: `event: %s`", canonical, canonical)
	}
	r.add(CodeUnknownName, n, fmt.Sprintf("no message has the type %q", name), hint)
	return "", false
}

// event refuses what looks like a misspelt event. Others pass: WeChat has more
// events than anyone has listed, and adds to them.
func (r *reader) event(n *yaml.Node, name string) (string, bool) {
	if _, ok := wechat.KnownEvent(name); ok || name == StateAny {
		return name, true
	}
	if s := suggest(name, eventNames); s != "" {
		r.add(CodeUnknownName, n, fmt.Sprintf("WeChat has no event %q", name), fmt.Sprintf("did you mean %s?", s))
		return "", false
	}
	if lower := strings.ToLower(name); wechat.KnownMsgType(lower) {
		r.add(CodeUnknownName, n, fmt.Sprintf("%s is no event but a type of message", lower), fmt.Sprintf("`msg_type: %s`", lower))
		return "", false
	}
	if strings.ContainsFunc(name, func(c rune) bool { return c <= ' ' || c >= utf8.RuneSelf }) {
		r.add(CodeUnknownName, n, fmt.Sprintf("WeChat has no event %q", name), "its names are English words, such as subscribe, SCAN, CLICK or VIEW")
		return "", false
	}
	return name, true
}

// openID warns of a name that no user has: OpenIDs are letters, digits, _ and -.
func (r *reader) openID(n *yaml.Node, name string) (string, bool) {
	if strings.ContainsFunc(name, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '-'
	}) {
		r.add(CodeOpenID, n, fmt.Sprintf("no user has the OpenID %q", name), "OpenIDs are letters, digits, _ and -, such as o6_bmjrPTlm6_2sgVt7hMZOPfL2M; a nickname is none. A rule with reply: '{{.FromUserName}}' tells users theirs")
	}
	return name, true
}

func (r *reader) state(n *yaml.Node, name string) (string, bool) {
	if name == GotoEnd {
		r.add(CodeReserved, n, "no conversation is ever in the state end: `goto: end` leaves every state", "`state: none` holds for a user in no state")
		return "", false
	}
	return name, true
}

func (r *reader) fieldPatterns(n *yaml.Node) []FieldPattern {
	var list []FieldPattern
	r.entries(n, "`field`", func(name string, k, v *yaml.Node) {
		ok := r.fieldName(k)
		if p := r.pattern(v, "`"+name+"`", KindExact); ok && p != nil {
			list = append(list, FieldPattern{Name: r.intern(name), At: r.at(k), Pattern: p})
		}
	})
	return list
}

// fieldName refuses what looks like a misspelt field of a push. Others pass, as
// with events.
func (r *reader) fieldName(k *yaml.Node) bool {
	name := k.Value
	if strings.Trim(name, ". ") != name || name == "" {
		r.add(CodeName, k, fmt.Sprintf("%q is not the name of a field", name), "WeChat's own name, such as SessionFrom or ScanCodeInfo.ScanResult")
		return false
	}
	if wechat.KnownField(name) {
		return true
	}
	dot := strings.LastIndexByte(name, '.') + 1
	if s := suggest(name[dot:], fieldNames); s != "" {
		r.add(CodeUnknownName, k, fmt.Sprintf("WeChat has no field %q", name), fmt.Sprintf("did you mean %s?", name[:dot]+s))
		return false
	}
	return true
}
