package engine

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"wereply/rules"
	"wereply/wechat"
)

// How many messages are tried to prove one thing, of how many sorts.
const (
	maxWitnesses = 100
	maxStarts    = 1000
)

// witness gives a message that r answers, with the conversation in which it
// does, of the classes that are wanted of its mappings. It is nil where none
// was found: then nothing is said.
func (l *linter) witness(r *rule, wanted func(*condition, *class) bool) (*wechat.Message, Conversation) {
	left, seen := maxWitnesses, 0
	for _, k := range mappings(r) {
		for start := range l.starts(k) {
			if seen++; left <= 0 || seen > maxStarts {
				break
			}
			if start.state == unnamed || !wanted(k, &start) {
				continue
			}
			list, ok := start.narrowed(k, false)
			for i := 0; ok && i < len(list) && left > 0; i++ {
				left--
				m, c := l.sampleOf(&list[i]), inState(start.state)
				if l.firstRule(m, c) == r {
					return m, c
				}
			}
		}
	}
	return nil, Conversation{}
}

// sampleOf gives a message of a class, such as people send.
func (l *linter) sampleOf(c *class) *wechat.Message {
	m := c.message("")
	if c.text != nil && c.text.regexes != nil {
		m = withSample(m, c.text.regexes[0])
	}
	if m.MsgType == wechat.MsgText && (m.Content == "" || m.Content == unnamed) {
		m.Content = "…"
	}
	if strings.Contains(m.Event, unnamed) {
		m.Event = "CLICK"
	}
	m.CreateTime = l.within(c.time)
	return m
}

func inState(state string) Conversation {
	if state == "" {
		return Conversation{}
	}
	return Conversation{State: state, Expires: math.MaxInt64}
}

func (l *linter) firstRule(m *wechat.Message, c Conversation) *rule {
	in := l.newInput(m, c)
	defer in.release()
	place, _ := l.find(in)
	return l.at(place)
}

// maxDraws is how often a message is answered anew to see what random may
// draw.
const maxDraws = 16

// shows reports whether the answer to a message may be seen by the user, and
// gives what the first such answer changes. Handing over is not an answer.
func (l *linter) shows(m *wechat.Message, c Conversation) (Decision, bool) {
	draw := *m
	for i := range maxDraws {
		d := l.Decide(&draw, c)
		if slices.ContainsFunc(d.Parts, visible) {
			return d, true
		}
		draw.Fields = append(slices.Clip(m.Fields), wechat.Field{Path: "draw", Value: strconv.Itoa(i)})
	}
	return Decision{}, false
}

func visible(p Part) bool {
	if p.Reply == nil {
		return slices.ContainsFunc(p.Fallback, visible)
	}
	return p.Reply.Kind != wechat.MsgTransfer && (p.File != "" || !p.Reply.Empty())
}

// leaf is a reply without replies inside, with its way to those who see it.
type leaf struct {
	*rules.Reply
	file string    // where it stands
	site rules.Pos // where the rule names it: itself, or use
}

func (f *leaf) pos() rules.Pos { return rules.Pos{File: f.file, At: f.At} }

// leaves gives what a rule may say, through the named replies it uses.
func (l *linter) leaves(r *rule) []leaf {
	if r.src.Reply == nil {
		return nil
	}
	return appendLeaves(nil, l.set, r.src.Reply, r.src.Pos().File, rules.Pos{})
}

// appendLeaves walks a reply. site is where the rule uses it, zero in the rule
// itself. A circle of named replies does not compile, so the walk ends.
func appendLeaves(list []leaf, set *rules.Set, reply *rules.Reply, file string, site rules.Pos) []leaf {
	here := site
	if here == (rules.Pos{}) {
		here = rules.Pos{File: file, At: reply.At}
	}
	switch reply.Kind {
	case rules.ReplyUse:
		n := set.Replies[reply.Extras().Name]
		return appendLeaves(list, set, n.Reply, n.Pos.File, here)
	case rules.ReplyRandom, rules.ReplyAll, rules.ReplyWebhook:
		for _, inner := range reply.Extras().List {
			list = appendLeaves(list, set, inner, file, site)
		}
		return list
	}
	return append(list, leaf{Reply: reply, file: file, site: here})
}
