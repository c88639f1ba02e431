package engine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"wereply/rules"
	"wereply/wechat"
)

// lintWords looks for what a rule tells people to send, and asks whether some
// rule answers it then. Defaults do not count: they answer anything.
func (l *linter) lintWords(r *rule) {
	for _, f := range l.leaves(r) {
		for _, t := range f.texts() {
			for _, q := range quotedWords(t.Source) {
				l.lintWord(r, q.word, place(f.file, t, q.offset), 0)
			}
		}
		if f.Extras().Menu == nil {
			continue
		}
		for i, item := range f.Extras().Menu.Items {
			if !strings.Contains(item.Source, "{{") {
				l.lintWord(r, strings.Join(strings.Fields(item.Source), " "), rules.Pos{File: f.file, At: item.At}, i+1)
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
// are after the rule. choice is the id by which a menu offers it, 0 where a text
// names it.
func (l *linter) lintWord(r *rule, word string, at rules.Pos, choice int) {
	for _, c := range l.after(r) {
		m := &wechat.Message{ToUserName: "gh_", FromUserName: c.from, MsgType: wechat.MsgText, Content: word}
		what := "tells users to send"
		if choice > 0 {
			m.Fields = []wechat.Field{{Path: "bizmsgmenuid", Value: strconv.Itoa(choice)}}
			what = "offers users"
		}
		if l.answers(m, c.state) || choice == 0 && l.answersKind(m, c.state) {
			continue
		}
		msg := fmt.Sprintf("the reply %s “%s”, and no rule answers that", what, word)
		if c.state != "" {
			msg += fmt.Sprintf(" in the state %q", c.state)
		}
		if taker := l.firstRule(m, inState(c.state)); taker != nil && taker.src.IsDefault() {
			msg += ", only the default rule " + reference(taker.src)
		}
		if told := (toldWord{word, at}); !l.told[told] { // several rules may use the named reply it stands in
			l.told[told] = true
			l.add(rules.CodeWordUnanswered, r.src.Name, at, msg, l.keywordHint(word))
		}
		return
	}
}

// anybody is a user whom no rule names.
const anybody = "oUser"

// after gives who may be in which state after the rule answered, as classes of
// messages of any type. It gives none where that is not certain.
func (l *linter) after(r *rule) []class {
	var list []class
	for _, k := range mappings(r) {
		users, before := k.src.Extras().From, k.src.Extras().States
		if users == nil {
			users = []string{anybody}
		}
		if before == nil {
			before = []string{rules.StateNone}
		}
		for _, state := range before {
			if state == rules.StateNone {
				state = ""
			}
			for _, user := range users {
				c := class{kind: unnamed, state: state, from: user}
				certain := r.src.Extras().Goto != "" || state != rules.StateAny && !slices.ContainsFunc(r.unless, func(u condition) bool { return c.implies(&u) })
				if c.state = stateAfter(r, state); certain && !slices.ContainsFunc(list, func(d class) bool { return d.state == c.state && d.from == c.from }) {
					list = append(list, c)
				}
			}
		}
	}
	return list
}

func stateAfter(r *rule, before string) string {
	switch r.src.Extras().Goto {
	case "":
		return before
	case rules.GotoEnd:
		return ""
	}
	return r.src.Extras().Goto
}

// namedKinds are the words by which texts ask for a message of another type:
// 发送“位置”.
var namedKinds = map[string]string{
	"位置": wechat.MsgLocation, "定位": wechat.MsgLocation, "地理位置": wechat.MsgLocation, "location": wechat.MsgLocation,
	"图片": wechat.MsgImage, "照片": wechat.MsgImage, "相片": wechat.MsgImage, "截图": wechat.MsgImage,
	"picture": wechat.MsgImage, "photo": wechat.MsgImage, "image": wechat.MsgImage, "screenshot": wechat.MsgImage,
	"语音": wechat.MsgVoice, "voice": wechat.MsgVoice, "视频": wechat.MsgVideo, "小视频": wechat.MsgVideo, "video": wechat.MsgVideo,
	"链接": wechat.MsgLink, "link": wechat.MsgLink, "文件": wechat.MsgFile, "file": wechat.MsgFile,
}

// answersKind reports whether a word names a type of message and a rule that is
// no default answers that.
func (l *linter) answersKind(m *wechat.Message, state string) bool {
	kind := namedKinds[fold(m.Content)]
	return kind != "" && l.answers(&wechat.Message{ToUserName: m.ToUserName, FromUserName: m.FromUserName, MsgType: kind}, state)
}

// answers reports whether a rule that is no default answers a message in a
// state, at some time.
func (l *linter) answers(m *wechat.Message, state string) bool {
	in := l.newInput(m, inState(state))
	defer in.release()
	found := l.Engine.index.look(in)
	defer found.release()
	for i, ok := found.next(); ok; i, ok = found.next() {
		if l.all[i].answersSometimes(in) {
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
			(c.pattern() == nil || c.keywordFits(in, &none)) &&
			(c.eventKey == nil || c.eventKeyFits(in, &none)) &&
			(c.fields == nil || c.failingField(in, &none) == nil)
	}
	return slices.ContainsFunc(mappings(r), func(c *condition) bool { return c.admits(in) && fits(c) }) &&
		!slices.ContainsFunc(r.unless, func(c condition) bool { return c.src.Extras().Time == nil && fits(&c) })
}

// keywordHint names the keyword that was probably meant, or the rule that is
// missing.
func (l *linter) keywordHint(word string) string {
	if s := l.suggest(word, l.keywords); s != "" && s != word {
		return fmt.Sprintf("did you mean “%s”? else a rule for it: when: {keyword: {exact: %s}}", s, inFlow(word))
	}
	return fmt.Sprintf("a rule for it: when: {keyword: {exact: %s}}", inFlow(word))
}

// inFlow writes a word as it can stand inside { }.
func inFlow(word string) string {
	plain := func(r rune) bool { return r == '_' || r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	if first, _ := utf8.DecodeRuneInString(word); first != '.' && !strings.ContainsFunc(word, func(r rune) bool { return !plain(r) }) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", "''") + "'"
}

func (l *linter) keywords() []string {
	var known []string
	for _, r := range l.shadows.list {
		eachKeyword(r, func(_ *condition, t *test, j int) { known = append(known, t.written[j]) })
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
	m := &wechat.Message{ToUserName: "gh_", FromUserName: anybody, MsgType: wechat.MsgEvent, Event: event, EventKey: b.Key}
	if l.answers(m, "") {
		return
	}
	hint := fmt.Sprintf("a rule for it: when: {event: %s, event_key: %s}", event, inFlow(b.Key))
	if s := l.suggest(b.Key, l.eventKeys); s != "" {
		hint = fmt.Sprintf("did you mean %q? else %s", s, hint)
	}
	l.add(rules.CodeButtonUnanswered, "", rules.Pos{File: b.Pos.File, At: b.KeyAt},
		fmt.Sprintf("no rule answers the button “%s”: the event %s with key “%s”", b.Name, event, b.Key), hint)
}

func (l *linter) eventKeys() []string {
	var known []string
	for _, r := range l.shadows.list {
		for _, k := range r.conditions() {
			if p := k.eventKey; p != nil {
				for _, e := range p.entries {
					known = append(known, e.tests[0].written...)
				}
			}
		}
	}
	return known
}
