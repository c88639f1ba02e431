package engine

import (
	"sync"
	"unicode/utf8"
)

// index gives the rules that may hold for a message, in their order, without
// looking at the others. It may give too many rules but never too few, so who
// asks confirms each by its plain conditions. It is not changed once built and
// may be used by many goroutines.
//
// Each mapping of a rule's when stands under its cue, see [cueOf]: the part
// of it that is likely to hold least often.
type index struct {
	posted []int32  // see posting
	sure   []uint64 // a bit for each place: see [rule.sure]

	keyword  valueIndex
	eventKey valueIndex
	fields   []fieldIndex
	from     map[string]posting
	states   map[string]posting // by the name of a state; "" = in none
	anyState posting            // in any
	stateful posting            // all of these
	types    map[string]posting
	events   map[string]posting // by name in lower case
	named    posting            // all of these
	anyEvent posting
	messages posting // of any type
}

// posting names some rules: none by 0, one, as mostly, by its place + 1. Several
// stand in index.posted, ascending and behind their number, which has the index
// -posting-1.
type posting int32

// span is what is left of some rules: the first and a part of index.posted.
type span struct {
	first      int32 // place + 1
	start, end int32
}

// valueIndex finds rules by the value of one part of a message.
type valueIndex struct {
	exact    map[string]posting // by the whole value
	longest  int                // of exact, in bytes
	literals *literals          // by what stands in it; nil: no rule asks
}

type fieldIndex struct {
	name string
	valueIndex
}

// candidates are the rules that may hold for one message, in order.
type candidates struct {
	scratch
	posted []int32
	lists  []span  // a heap by the first of each
	merged []int32 // what rest gives
}

var candidatesPool = sync.Pool{New: func() any { return new(candidates) }}

// look finds the candidates for a message. Who asks must call release when
// done with them.
func (x *index) look(in *input) *candidates {
	c := candidatesPool.Get().(*candidates)
	c.posted, c.lists = x.posted, c.lists[:0]
	if in.hasText {
		x.keyword.look(c, in.text.folded, in.text.bare)
	}
	x.eventKey.look(c, in.m.EventKey, in.m.EventKey)
	if key, ok := in.bareKey(); ok {
		x.eventKey.look(c, key, key)
	}
	for i := range x.fields {
		value := in.m.Field(x.fields[i].name)
		x.fields[i].look(c, value, value)
	}
	c.addKey(x.from, in.m.FromUserName)
	x.lookState(c, in)
	c.addKey(x.types, in.kind)
	if in.isEvent {
		c.add(x.anyEvent)
		x.lookEvent(c, in.m.Event)
	} else {
		c.add(x.messages)
	}
	for i := len(c.lists)/2 - 1; i >= 0; i-- {
		c.sink(i)
	}
	return c
}

func (x *index) lookState(c *candidates, in *input) {
	if in.blind {
		c.add(x.stateful)
		return
	}
	c.addKey(x.states, in.c.State)
	if in.c.State != "" {
		c.add(x.anyState)
	}
}

// lookEvent ignores letter case without allocating. Outside ASCII, where no
// event of WeChat is, it adds all rules for named events.
func (x *index) lookEvent(c *candidates, event string) {
	if len(x.events) == 0 {
		return
	}
	var lower [64]byte
	if len(event) > len(lower) {
		c.add(x.named)
		return
	}
	for i := range len(event) {
		b := event[i]
		switch {
		case b >= utf8.RuneSelf:
			c.add(x.named)
			return
		case 'A' <= b && b <= 'Z':
			b += 'a' - 'A'
		}
		lower[i] = b
	}
	c.add(x.events[string(lower[:len(event)])])
}

// look adds the rules whose cue fits a value; whole is what exact patterns
// compare.
func (v *valueIndex) look(c *candidates, value, whole string) {
	if len(whole) <= v.longest {
		c.addKey(v.exact, whole)
	}
	if v.literals == nil || value == "" {
		return
	}
	v.literals.scan(value, &c.scratch)
	for _, id := range c.found {
		c.add(v.literals.list[id].rules)
	}
	c.clean()
}

func (c *candidates) add(p posting) {
	switch {
	case p > 0:
		c.lists = append(c.lists, span{first: int32(p)})
	case p < 0:
		i := int32(-p - 1)
		c.lists = append(c.lists, span{first: c.posted[i+1], start: i + 2, end: i + 1 + c.posted[i]})
	}
}

func (c *candidates) addKey(by map[string]posting, key string) {
	if len(by) > 0 {
		c.add(by[key])
	}
}

// next gives the next rule; false when there is none.
func (c *candidates) next() (int, bool) {
	if len(c.lists) == 0 {
		return 0, false
	}
	first := c.lists[0].first
	for len(c.lists) > 0 && c.lists[0].first == first {
		if top := &c.lists[0]; top.start < top.end {
			top.first = c.posted[top.start]
			top.start++
		} else {
			last := len(c.lists) - 1
			c.lists[0] = c.lists[last]
			c.lists = c.lists[:last]
		}
		c.sink(0)
	}
	return int(first - 1), true
}

// rest gives all rules that next has not given.
func (c *candidates) rest() []int32 {
	c.merged = c.merged[:0]
	for place, ok := c.next(); ok; place, ok = c.next() {
		c.merged = append(c.merged, int32(place))
	}
	return c.merged
}

// sink restores the heap below i.
func (c *candidates) sink(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(c.lists); child++ {
			if c.lists[child].first < c.lists[least].first {
				least = child
			}
		}
		if least == i {
			return
		}
		c.lists[i], c.lists[least] = c.lists[least], c.lists[i]
		i = least
	}
}

// release gives the candidates back; they may not be used any more.
func (c *candidates) release() {
	c.posted = nil // may be large, and its engine replaced
	candidatesPool.Put(c)
}
