package engine

import (
	"fmt"
	"strings"
	"time"

	"wereply/rules"
	"wereply/wechat"
)

// what names the sort of push that the message is.
func (in *input) what() string {
	switch {
	case in.isEvent:
		return "the event " + in.m.Event
	case in.kind == wechat.MsgUnsupported:
		return "a sticker that WeChat cannot pass on"
	}
	return "a message of type " + in.kind
}

// failure puts the first condition that fails into words.
func (c *condition) failure(in *input) string {
	if !c.admits(in) {
		if in.isEvent {
			return "it names neither msg_type: event nor an event, and so is for messages, not for " + in.what()
		}
		return "it does not name msg_type: unsupported, and this is " + in.what()
	}
	_, why := c.check(in)
	switch why {
	case failsType:
		if c.src.Extras().MsgTypes == nil {
			return "it is for events, not for " + in.what()
		}
		return fmt.Sprintf("msg_type: %s, and this is %s", enumerate(c.src.Extras().MsgTypes), in.what())
	case failsEvent:
		return fmt.Sprintf("event: %s, and this is %s", enumerate(c.src.Extras().Events), in.what())
	case failsState:
		return fmt.Sprintf("state: %s, and the user is in %s", enumerate(c.src.Extras().States), stateWords(in.c.State))
	case failsFrom:
		return "from: it comes from another user"
	case failsKeyword:
		if !in.hasText {
			return fmt.Sprintf("keyword: %s has no text", in.what())
		}
		return "keyword: " + c.pattern().misfit(in.text)
	case failsEventKey:
		return "event_key: " + c.eventKey.misfit(literally(in.m.EventKey))
	case failsField:
		f := c.failingField(in, &match{})
		return fmt.Sprintf("field %s: %s", f.name, f.pattern.misfit(literally(in.m.Field(f.name))))
	case failsTime:
		return fmt.Sprintf("time: %s lies in none of its windows", in.time().Format("Mon 2006-01-02 15:04"))
	case failsMisses:
		return "misses: it is not served yet and never holds"
	}
	return ""
}

func stateWords(state string) string {
	if state == "" {
		return "no state"
	}
	return fmt.Sprintf("state %q", state)
}

func moment(unix int64, loc *time.Location) string {
	return time.Unix(unix, 0).In(loc).Format(time.DateTime)
}

func enumerate(words []string) string { return "[" + strings.Join(words, ", ") + "]" }

// misfit says that no entry of the pattern fits.
func (p *pattern) misfit(s subject) string {
	verb := "fits"
	if p.onlyContains() {
		verb = "stands in"
	}
	return fmt.Sprintf("no entry of %s %s %q", p.words(), verb, shorten(s.folded))
}

func (p *pattern) onlyContains() bool {
	for i := range p.entries {
		if tests := p.entries[i].tests; len(tests) != 1 || tests[0].kind != rules.KindContains {
			return false
		}
	}
	return true
}

// words writes the pattern much as the operator did. What may stand anywhere
// needs no kind.
func (p *pattern) words() string {
	plain := p.onlyContains()
	var list []string
	for i := range p.entries {
		var tests []string
		for j := range p.entries[i].tests {
			t := &p.entries[i].tests[j]
			words := strings.Join(t.written, ", ")
			if !plain {
				words = t.kind.String() + " " + words
			}
			tests = append(tests, words)
		}
		list = append(list, strings.Join(tests, " and "))
	}
	return shorten(enumerate(list))
}

// words names what a mapping of unless asks for.
func (c *condition) words() string {
	var list []string
	add := func(name, value string) { list = append(list, name+": "+value) }
	if c.src.Extras().MsgTypes != nil {
		add("msg_type", enumerate(c.src.Extras().MsgTypes))
	}
	if c.src.Extras().Events != nil {
		add("event", enumerate(c.src.Extras().Events))
	}
	if c.src.Extras().States != nil {
		add("state", enumerate(c.src.Extras().States))
	}
	if c.src.Extras().From != nil {
		add("from", enumerate(c.src.Extras().From))
	}
	if p := c.pattern(); p != nil {
		add("keyword", p.words())
	}
	if c.eventKey != nil {
		add("event_key", c.eventKey.words())
	}
	for i := range c.fields {
		add("field "+c.fields[i].name, c.fields[i].pattern.words())
	}
	if c.src.Extras().Time != nil {
		add("time", "it lies in one of its windows")
	}
	return strings.Join(list, ", ")
}
