package engine

import (
	"fmt"
	"slices"
	"strings"

	"wereply/rules"
	"wereply/wechat"
)

// lintEvents looks at a rule that answers events.
func (l *linter) lintEvents(r *rule) {
	if r.src.Reply == nil || !slices.ContainsFunc(r.conditions(), func(k condition) bool { return k.forEvents }) {
		return
	}
	l.lintNotShown(r)
	l.lintTransfer(r)
	if l.profile.Kind != rules.AccountMiniProgram {
		l.lintTwice(r)
		l.lintOften(r)
	}
}

// lintNotShown tells of events that a rule names and answers, though users see
// no answer to them.
func (l *linter) lintNotShown(r *rule) {
	var names []string
	for _, k := range r.conditions() {
		for _, name := range k.src.Extras().Events {
			event, known := wechat.KnownEvent(name)
			if !known || wechat.EventShowsReply(name) || slices.Contains(names, event) || l.repliesByAPI(event) {
				continue
			}
			m, c := l.witness(r, isEvent(event))
			if m == nil {
				continue
			}
			if _, shown := l.shows(m, c); shown {
				names = append(names, event)
			}
		}
	}
	if names != nil {
		l.add(rules.CodeNotShown, r.src.Name, r.in(r.src.Reply.At),
			fmt.Sprintf("WeChat shows no reply to %s", strings.Join(names, ", ")),
			"to take note of it in silence: reply: {silent: true}")
	}
}

// repliesByAPI: a user who comes into the conversation of a mini program may be
// sent messages.
func (l *linter) repliesByAPI(event string) bool {
	return l.profile.Kind == rules.AccountMiniProgram && event == "user_enter_tempsession"
}

// isEvent wants one event, from mappings that name it, or that ask for nothing
// that only other events have: a key, a field.
func isEvent(name string) func(*condition, *class) bool {
	same := func(other string) bool { return strings.EqualFold(other, name) }
	return func(k *condition, c *class) bool {
		return c.kind == wechat.MsgEvent && same(c.event) &&
			(slices.ContainsFunc(k.src.Extras().Events, same) || k.eventKey == nil && k.fields == nil)
	}
}

// lintTransfer tells of events handed over to a human: WeChat does that with
// messages only.
func (l *linter) lintTransfer(r *rule) {
	for _, f := range l.leaves(r) {
		if f.Kind != rules.ReplyTransfer {
			continue
		}
		m, _ := l.witness(r, func(_ *condition, c *class) bool { return c.kind == wechat.MsgEvent })
		if m == nil {
			return
		}
		l.add(rules.CodeTransferEvent, r.src.Name, f.site,
			fmt.Sprintf("WeChat hands over messages, not events such as %s", m.Event),
			"ask the user to write something, and hand that over")
		return
	}
}

// buttons are the menu buttons that push an event and then, for what the user
// chose, an ordinary message.
var buttons = []struct{ event, message, what string }{
	{"pic_sysphoto", wechat.MsgImage, "takes a picture"},
	{"pic_photo_or_album", wechat.MsgImage, "chooses a picture"},
	{"pic_weixin", wechat.MsgImage, "chooses a picture"},
	{"location_select", wechat.MsgLocation, "chooses a place"},
}

// lintTwice tells of a button whose event and whose message are both answered.
// Which of them comes first is not certain, so both orders are tried.
func (l *linter) lintTwice(r *rule) {
	for _, b := range buttons {
		event, c := l.witness(r, isEvent(b.event))
		if event == nil {
			continue
		}
		first, shown := l.shows(event, c)
		if !shown {
			continue
		}
		message := &wechat.Message{
			ToUserName: event.ToUserName, FromUserName: event.FromUserName, CreateTime: event.CreateTime, MsgType: b.message,
		}
		_, before := l.shows(message, c)
		second, after := l.shows(message, c.Apply(first.Effects, event.CreateTime))
		if before && after {
			l.add(rules.CodeAnsweredTwice, r.src.Name, r.src.Pos(),
				fmt.Sprintf("a user who %s by a button of the menu (%s) gets two answers: this one, and for the %s message that of rule %s", b.what, b.event, b.message, reference(second.Rule)),
				"answer one of the two, and the other with {silent: true}")
			return
		}
	}
}

// reportEvery is how often WeChat may report where a user is, in seconds.
const reportEvery = 5

// lintOften tells of a rule that answers each report of where a user is.
func (l *linter) lintOften(r *rule) {
	report, c := l.witness(r, isEvent("LOCATION"))
	if report == nil {
		return
	}
	first, shown := l.shows(report, c)
	if !shown {
		return
	}
	next := *report
	next.CreateTime += reportEvery
	second, again := l.shows(&next, c.Apply(first.Effects, report.CreateTime))
	if again && second.Rule == r.src {
		l.add(rules.CodeAnsweredOften, r.src.Name, r.src.Pos(),
			fmt.Sprintf("answers LOCATION, which WeChat may push every %d seconds while the user is in the conversation", reportEvery),
			"a cooldown such as cooldown: 1h, or reply: {silent: true}; for places that users send: msg_type: location")
	}
}
