package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"wereply/rules"
	"wereply/wechat"
)

// example gives a message that a person understands and that proves the point:
// r would hold for it, and e does.
func (s *shadows) example(c *class, r, e *rule) *wechat.Message {
	m := c.message("")
	if len(c.fields) == 0 && c.text != nil && c.text.regexes != nil {
		m = withSample(m, c.text.regexes[0])
	}
	m.CreateTime = s.within(c.time)
	in := s.engine.newInput(m, Conversation{})
	defer in.release()
	in.c.State = c.state
	_, ofR := r.confirm(in)
	_, ofE := e.confirm(in)
	if ofR != holds || ofE != holds || strings.Contains(m.Event+m.MsgType, unnamed) {
		return nil
	}
	return m
}

// within gives a time in one of the windows, or any where there are none. It
// looks at the half hours of a year.
func (s *shadows) within(windows []rules.Window) int64 {
	const halfHour = 30 * 60
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, s.engine.location)
	for i := range int64(366 * 48) {
		t := start.Add(time.Duration(i) * halfHour * time.Second)
		if windows == nil || slices.ContainsFunc(windows, func(w rules.Window) bool { return inWindow(&w, t) }) {
			return t.Unix()
		}
	}
	return start.Unix()
}

// problem puts into words that a rule is dead.
func (d *dead) problem(r *rule) *rules.Problem {
	p := &rules.Problem{Code: rules.CodeNeverFires, Pos: r.src.Pos(), Rule: r.src.Name}
	if len(d.takers) == 0 {
		p.Code = rules.CodeNeverHolds
		p.Msg = "never fires: " + contradiction("its conditions contradict each other", mappings(r)...)
		p.Hint = "what stands in one mapping must hold all at once; for “one or the other” write a list of mappings"
		return p
	}
	p.Msg = "never fires: everything it matches is taken by " + naming(d.takers)
	if d.example != nil {
		p.Msg = fmt.Sprintf("never fires: everything it matches, for example %s, is taken by %s", describe(d.example), naming(d.takers))
	}
	p.Hint = "move this rule above, or make the other one match less"
	if r.src.IsDefault() && len(d.takers) == 1 && d.takers[0].src.IsDefault() {
		p.Code = rules.CodeSecondDefault
		p.Msg = "never fires: " + naming(d.takers) + " is a default too and answers everything first"
		p.Hint = "keep one of the two, or combine them with random:"
	}
	return p
}

// contradiction says why the first of some mappings, none of which ever holds,
// does not, where that is a matter of what WeChat pushes.
func contradiction(msg string, list ...*condition) string {
	if why := list[0].clash(); why != "" {
		return msg + ": " + why
	}
	return msg
}

// clash says which conditions of a mapping no push can fulfil together, "" if
// that is not a matter of types.
func (c *condition) clash() string {
	asked := c.src.Extras()
	kinds := asked.MsgTypes
	if kinds == nil && c.forEvents {
		kinds = justEvents
	}
	if len(kinds) == 0 {
		return ""
	}
	each := func(is func(string) bool) bool {
		return !slices.ContainsFunc(kinds, func(kind string) bool { return !is(kind) })
	}
	sort := "a message of the type " + kinds[0]
	if kinds[0] == wechat.MsgEvent {
		sort = "an event"
	}
	switch {
	case asked.Events != nil && each(func(kind string) bool { return kind != wechat.MsgEvent }):
		return sort + " is no event"
	case c.eventKey != nil && each(isKeyless):
		return sort + " has no EventKey"
	case c.pattern() != nil && each(func(kind string) bool { return slices.Contains(textless, kind) }):
		return sort + " has no text"
	}
	return ""
}

// naming lists a few rules for people.
func naming(list []*rule) string {
	const most = 3
	var parts []string
	for i, r := range list {
		if i == most {
			parts = append(parts, fmt.Sprintf("%d more", len(list)-most))
			break
		}
		parts = append(parts, reference(r.src))
	}
	if len(parts) == 1 {
		return "rule " + parts[0]
	}
	return "rules " + strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

func reference(r *rules.Rule) string {
	if r.Name == "" {
		return fmt.Sprintf("%s:%d", r.Pos().File, r.At.Line)
	}
	return fmt.Sprintf("%s (%s:%d)", r.Name, r.Pos().File, r.At.Line)
}

// describe names a message by what it says.
func describe(m *wechat.Message) string {
	switch {
	case m.MsgType == wechat.MsgEvent && m.EventKey != "":
		return fmt.Sprintf("event %s with key “%s”", m.Event, m.EventKey)
	case m.MsgType == wechat.MsgEvent:
		return "event " + m.Event
	case m.Recognition != "":
		return fmt.Sprintf("a voice message “%s”", m.Recognition)
	case m.Content != "" && m.Content != unnamed:
		return fmt.Sprintf("“%s”", m.Content)
	case m.MsgType == wechat.MsgText:
		return "any text"
	}
	return fmt.Sprintf("a message of type %s", m.MsgType)
}
