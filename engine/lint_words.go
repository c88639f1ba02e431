package engine

import (
	"fmt"
	"slices"
	"strings"

	"wereply/rules"
	"wereply/wechat"
)

// lintWords looks for what a rule tells people to send, and asks whether some
// rule answers it then. Defaults do not count: they answer anything.
func (l *linter) lintWords(r *rule) {
	for _, f := range l.leaves(r) {
		for _, t := range f.texts() {
			for _, q := range quotedWords(t.Source) {
				l.lintWord(r, q.word, place(f.file, t, q.offset), false)
			}
		}
		if f.Extras().Menu == nil {
			continue
		}
		for _, item := range f.Extras().Menu.Items {
			if !strings.Contains(item.Source, "{{") {
				l.lintWord(r, strings.Join(strings.Fields(item.Source), " "), rules.Pos{File: f.file, At: item.At}, true)
			}
		}
	}
}

// toldWord is a word at its place.
type toldWord struct {
	word string
	at   rules.Pos
}

// lintWord tells of a word that nobody answers in the state in which people
// are after the rule.
func (l *linter) lintWord(r *rule, word string, at rules.Pos, tapped bool) {
	for _, state := range l.statesAfter(r) {
		m := &wechat.Message{ToUserName: "gh_", FromUserName: "oUser", MsgType: wechat.MsgText, Content: word}
		what := "tells users to send"
		if tapped {
			m.Fields = []wechat.Field{{Path: "bizmsgmenuid", Value: "1"}}
			what = "offers users"
		}
		if l.answers(m, state) {
			continue
		}
		msg := fmt.Sprintf("the reply %s “%s”, and no rule answers that", what, word)
		if state != "" {
			msg += fmt.Sprintf(" in the state %q", state)
		}
		if taker := l.firstRule(m, inState(state)); taker != nil && taker.src.IsDefault() {
			msg += ", only the default rule " + reference(taker.src)
		}
		if told := (toldWord{word, at}); !l.told[told] { // several rules may use the named reply it stands in
			l.told[told] = true
			l.add(rules.CodeWordUnanswered, r.src.Name, at, msg, l.keywordHint(word))
		}
		return
	}
}

// statesAfter gives states in which a user is after the rule answered; "" is
// none.
func (l *linter) statesAfter(r *rule) []string {
	switch r.src.Extras().Goto {
	case "":
	case rules.GotoEnd:
		return []string{""}
	default:
		return []string{r.src.Extras().Goto}
	}
	var list []string
	for _, k := range mappings(r) {
		if k.src.Extras().States == nil {
			return []string{""}
		}
		for _, state := range k.src.Extras().States {
			if state == rules.StateNone {
				state = ""
			}
			if state != rules.StateAny && !slices.Contains(list, state) {
				list = append(list, state)
			}
		}
	}
	return list
}

// answers reports whether a rule that is no default answers a message in a
// state, at some time.
func (l *linter) answers(m *wechat.Message, state string) bool {
	in := l.newInput(m, inState(state))
	defer in.release()
	found := l.Engine.index.look(in)
	defer found.release()
	for i, ok := found.next(); ok; i, ok = found.next() {
		if l.rest[i].answersSometimes(in) {
			return true
		}
	}
	return false
}

// answersSometimes is confirm without the time and what hangs on it.
func (r *rule) answersSometimes(in *input) bool {
	var none match
	fits := func(c *condition) bool {
		return c.typeFits(in) && (c.src.Extras().Events == nil || c.eventFits(in)) && c.src.Extras().Misses == 0 &&
			(c.src.Extras().States == nil || stateFits(c.src.Extras().States, in.c.State)) &&
			(c.src.Extras().From == nil || slices.Contains(c.src.Extras().From, in.m.FromUserName)) &&
			(c.keyword == nil || c.keywordFits(in, &none)) &&
			(c.eventKey == nil || c.eventKeyFits(in, &none)) &&
			(c.fields == nil || c.failingField(in, &none) == nil)
	}
	return slices.ContainsFunc(mappings(r), func(c *condition) bool { return c.admits(in) && fits(c) }) &&
		!slices.ContainsFunc(r.unless, func(c condition) bool { return c.src.Extras().Time == nil && fits(&c) })
}

// keywordHint names the keyword that was probably meant, or the rule that is
// missing.
func (l *linter) keywordHint(word string) string {
	if s := l.suggest(word, l.keywords); s != "" {
		return fmt.Sprintf("did you mean “%s”? else a rule for it: when: {keyword: {exact: %s}}", s, word)
	}
	return fmt.Sprintf("a rule for it: when: {keyword: {exact: %s}}", word)
}

func (l *linter) keywords() []string {
	var known []string
	for _, r := range l.shadows.list {
		eachKeyword(r, func(_ *condition, _ int, t *test, j int) { known = append(known, t.written[j]) })
	}
	return known
}

// lintMenu looks for buttons of menu.yaml that push an event which no rule
// answers.
func (l *linter) lintMenu() {
	if l.Menu == nil || l.profile.Kind == rules.AccountMiniProgram {
		return
	}
	for _, b := range l.Menu.Buttons {
		l.lintButton(b)
		for _, inner := range b.Buttons {
			l.lintButton(inner)
		}
	}
}

// lintButton: the client waits for an answer to these two types; to others it
// shows something by itself.
func (l *linter) lintButton(b *rules.Button) {
	event := "CLICK"
	switch b.Type {
	case rules.ButtonClick:
	case "scancode_waitmsg":
		event = b.Type
	default:
		return
	}
	m := &wechat.Message{ToUserName: "gh_", FromUserName: "oUser", MsgType: wechat.MsgEvent, Event: event, EventKey: b.Key}
	if l.answers(m, "") {
		return
	}
	hint := fmt.Sprintf("a rule for it: when: {event: %s, event_key: %s}", event, b.Key)
	if s := l.suggest(b.Key, l.eventKeys); s != "" {
		hint = fmt.Sprintf("did you mean %q? else %s", s, hint)
	}
	l.add(rules.CodeButtonUnanswered, "", rules.Pos{File: b.Pos.File, At: b.KeyAt},
		fmt.Sprintf("no rule answers the button “%s”: the event %s with key “%s”", b.Name, event, b.Key), hint)
}

func (l *linter) eventKeys() []string {
	var known []string
	for _, r := range l.shadows.list {
		for i := range r.when {
			if p := r.when[i].eventKey; p != nil {
				for _, e := range p.entries {
					known = append(known, e.tests[0].written...)
				}
			}
		}
	}
	return known
}
