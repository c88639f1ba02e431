package engine

import (
	"hash/maphash"
	"iter"
	"slices"

	"wereply/rules"
)

// newIndex indexes rules, each by its place, which are ascending and below n,
// in the order in which the rules are tried.
func newIndex(n int, list iter.Seq2[int, *rule]) *index {
	b := indexBuilder{fields: map[string]*valueBuilder{}}
	b.keyword.literals.expect = n
	sure := make([]uint64, (n+63)/64)
	for i, r := range list {
		place := int32(i)
		if r.sure() {
			sure[i>>6] |= 1 << (i & 63)
		}
		switch {
		case r.regex != nil:
			c := r.plainCondition()
			b.add(place, cueOf(&c))
		case r.keyword:
			b.addKeyword(place, (*keyword)(&r.src.When[0].Keyword[0]))
		case r.when == nil:
			b.messages.add(place)
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
	if r.unless != nil || r.src.Extras().Cooldown > 0 {
		return false
	}
	if r.keyword {
		k := &r.src.When[0].Keyword[0]
		return k.Kind == rules.KindExact || k.Kind == rules.KindContains && front(k.Text) == k.Text
	}
	if len(r.when) != 1 || !r.when[0].alone {
		return false
	}
	t, ok := r.when[0].single()
	return ok && (t.kind == rules.KindExact || t.kind == rules.KindContains && front(t.folded) == t.folded)
}

// places are the places of rules, + 1, ascending, each once. Mostly it is one.
type places struct {
	first int32 // 0 = none
	more  []int32
}

func (p *places) add(place int32) {
	switch n := len(p.more); {
	case p.first == 0:
		p.first = place + 1
	case n == 0 && p.first != place+1, n > 0 && p.more[n-1] != place+1:
		p.more = append(p.more, place+1)
	}
}

// keyed are places by a key. The keys are in the order of the rules, in which
// their texts stand in memory.
type keyed struct {
	at     []keySlot // open addressing
	keys   []string
	places []places
	expect int // how many keys there may be
}

// keySlot leads from the hash of a key to the key. In a map the keys themselves
// would stand: much to read for a hundred thousand.
type keySlot struct {
	hash uint32
	key  int32 // index + 1; 0 = free
}

var keySeed = maphash.MakeSeed()

func (k *keyed) add(key string, place int32) {
	if len(k.keys)*3/2 >= len(k.at) {
		k.grow()
	}
	hash := uint32(maphash.String(keySeed, key))
	s := k.slotFor(hash, key)
	if s.key == 0 {
		k.keys, k.places = append(k.keys, key), append(k.places, places{})
		*s = keySlot{hash, int32(len(k.keys))}
	}
	k.places[s.key-1].add(place)
}

// slotFor gives the slot of a key, or the free one where it belongs.
func (k *keyed) slotFor(hash uint32, key string) *keySlot {
	for i := spread(uint64(hash)<<32, len(k.at)); ; i = behind(i, len(k.at)) {
		s := &k.at[i]
		if s.key == 0 || s.hash == hash && k.keys[s.key-1] == key {
			return s
		}
	}
}

func (k *keyed) grow() {
	if k.at == nil {
		k.keys, k.places = make([]string, 0, k.expect), make([]places, 0, k.expect)
	}
	before := k.at
	k.at = make([]keySlot, max(2*k.expect, 2*len(before), 16))
	for _, s := range before {
		if s.key != 0 {
			*k.slotFor(s.hash, k.keys[s.key-1]) = s
		}
	}
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

// addKeyword is add for a plain keyword: each text is looked up as it stands.
func (b *indexBuilder) addKeyword(place int32, k *keyword) {
	if k.Kind == rules.KindExact {
		b.keyword.exact.add(k.Text, place)
	} else {
		b.keyword.literals.add(front(k.Text), place)
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
	x.from, x.states = x.postings(b.from), x.postings(b.states)
	x.types, x.events = x.postings(b.types), x.postings(b.events)
	x.anyState, x.stateful = x.post(b.anyState), x.post(b.stateful)
	x.named, x.anyEvent, x.messages = x.post(b.named), x.post(b.anyEvent), x.post(b.messages)
	x.posted = slices.Clip(x.posted)
	return x
}

func (x *index) values(v *valueBuilder) valueIndex {
	out := valueIndex{exact: x.postings(v.exact)}
	for _, value := range v.exact.keys {
		out.longest = max(out.longest, len(value))
	}
	if len(v.literals.keys) == 0 {
		return out
	}
	list := make([]literal, len(v.literals.keys))
	for i, text := range v.literals.keys {
		list[i] = literal{text: text, rules: x.post(v.literals.places[i])}
	}
	out.literals = newLiterals(list)
	return out
}

func (x *index) postings(k keyed) map[string]posting {
	out := make(map[string]posting, len(k.keys))
	for i, key := range k.keys {
		out[key] = x.post(k.places[i])
	}
	return out
}

func (x *index) post(p places) posting {
	if p.more == nil {
		return posting(p.first)
	}
	i := len(x.posted)
	x.posted = append(append(x.posted, int32(len(p.more)+1), p.first), p.more...)
	return posting(-i - 1)
}
