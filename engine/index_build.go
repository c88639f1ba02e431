package engine

import (
	"slices"

	"wereply/rules"
)

// newIndex indexes rules, each by its place in the list, which is in the order
// in which they are tried.
func newIndex(list []*rule) *index {
	b := indexBuilder{fields: map[string]*valueBuilder{}}
	sure := make([]uint64, (len(list)+63)/64)
	for i, r := range list {
		place := int32(i)
		if r.when == nil {
			b.messages.add(place)
		}
		if r.sure() {
			sure[i>>6] |= 1 << (i & 63)
		}
		for i := range r.when {
			b.add(place, cueOf(&r.when[i]))
		}
	}
	x := b.build()
	x.sure = sure
	return x
}

// sure reports whether the rule holds for each message for which the index
// gives it: it asks for one keyword, which the index compares whole, and for
// nothing else.
func (r *rule) sure() bool {
	if len(r.when) != 1 || !r.when[0].alone || r.unless != nil || r.src.Extras().Cooldown > 0 {
		return false
	}
	t, ok := r.when[0].single()
	return ok && (t.kind == rules.KindExact || t.kind == rules.KindContains && front(t.folded) == t.folded)
}

// places are the places of rules, ascending, each once.
type places []int32

func (p *places) add(place int32) {
	if n := len(*p); n == 0 || (*p)[n-1] != place {
		*p = append(*p, place)
	}
}

// keyed are places by a key.
type keyed map[string]places

func (k *keyed) add(key string, place int32) {
	if *k == nil {
		*k = keyed{}
	}
	p := (*k)[key]
	p.add(place)
	(*k)[key] = p
}

// indexBuilder gathers what an index will hold.
type indexBuilder struct {
	keyword, eventKey           valueBuilder
	fields                      map[string]*valueBuilder
	from, states, types, events keyed
	anyState, stateful          places
	named, anyEvent, messages   places
}

type valueBuilder struct{ exact, literals keyed }

func (b *indexBuilder) add(place int32, g cue) {
	switch g.on {
	case onMessage:
		b.messages.add(place)
	case onEvent:
		b.addEvent(place, g.exact)
	case onType:
		for _, name := range g.exact {
			b.types.add(name, place)
		}
	case onState:
		b.addState(place, g.exact)
	case onFrom:
		for _, user := range g.exact {
			b.from.add(user, place)
		}
	case onKeyword:
		b.keyword.add(place, g)
	case onEventKey:
		b.eventKey.add(place, g)
	case onField:
		if b.fields[g.field] == nil {
			b.fields[g.field] = &valueBuilder{}
		}
		b.fields[g.field].add(place, g)
	}
}

func (b *indexBuilder) addEvent(place int32, names []string) {
	if names == nil {
		b.anyEvent.add(place)
		return
	}
	b.named.add(place)
	for _, name := range names {
		b.events.add(name, place)
	}
}

func (b *indexBuilder) addState(place int32, states []string) {
	b.stateful.add(place)
	for _, state := range states {
		switch state {
		case rules.StateAny:
			b.anyState.add(place)
		case rules.StateNone:
			b.states.add("", place)
		default:
			b.states.add(state, place)
		}
	}
}

func (v *valueBuilder) add(place int32, g cue) {
	for _, value := range g.exact {
		v.exact.add(value, place)
	}
	for _, literal := range g.literals {
		v.literals.add(front(literal), place)
	}
}

// front cuts a literal to the runes that the index takes.
func front(literal string) string {
	n := 0
	for i := range literal {
		if n++; n > maxLiteral {
			return literal[:i]
		}
	}
	return literal
}

func (b *indexBuilder) build() *index {
	x := &index{}
	x.keyword = x.values(&b.keyword)
	x.eventKey = x.values(&b.eventKey)
	for name, values := range b.fields {
		x.fields = append(x.fields, fieldIndex{name, x.values(values)})
	}
	x.from, x.states = x.spans(b.from), x.spans(b.states)
	x.types, x.events = x.spans(b.types), x.spans(b.events)
	x.anyState, x.stateful = x.span(b.anyState), x.span(b.stateful)
	x.named, x.anyEvent, x.messages = x.span(b.named), x.span(b.anyEvent), x.span(b.messages)
	x.posted = slices.Clip(x.posted)
	return x
}

func (x *index) values(v *valueBuilder) valueIndex {
	out := valueIndex{exact: x.spans(v.exact)}
	for value := range v.exact {
		out.longest = max(out.longest, len(value))
	}
	if len(v.literals) == 0 {
		return out
	}
	list := make([]literal, 0, len(v.literals))
	for text, places := range v.literals {
		list = append(list, literal{text: text, rules: x.span(places)})
	}
	out.literals = newLiterals(list)
	return out
}

func (x *index) spans(k keyed) map[string]span {
	out := make(map[string]span, len(k))
	for key, places := range k {
		out[key] = x.span(places)
	}
	return out
}

func (x *index) span(p places) span {
	if p == nil {
		return span{}
	}
	start := len(x.posted)
	for _, place := range p[1:] {
		x.posted = append(x.posted, place+1)
	}
	return span{p[0] + 1, int32(start), int32(len(x.posted))}
}
