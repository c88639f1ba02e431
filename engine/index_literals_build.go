package engine

import (
	"math/bits"
	"unicode/utf8"
)

// newLiterals takes texts that differ and have 1 to maxLiteral runes.
func newLiterals(list []literal) *literals {
	l := &literals{list: list}
	l.addPairs()
	parts := make([][]literalFront, (len(list)+partSize-1)/partSize)
	inParallel(len(parts), func(i int) {
		parts[i] = l.fronts(int32(i*partSize), int32(min((i+1)*partSize, len(list))))
	})
	n := 0
	for _, fronts := range parts {
		n += len(fronts)
	}
	l.slots = makeTable[slot](n)
	for _, fronts := range parts {
		for _, f := range fronts {
			l.addSlot(f)
		}
	}
	inParallel(len(parts), func(i int) { l.nest(parts[i]) })
	return l
}

// partSize is how many literals one processor takes at a time.
const partSize = 1024

func lengthBit(text string) uint64 { return 1 << (utf8.RuneCountInString(text) - 1) }

func (l *literals) addSingle(text string) {
	if l.single == nil {
		l.single = make([]uint64, 1<<16/64)
	}
	r, _ := utf8.DecodeRuneInString(text)
	l.single[uint16(r)>>6] |= 1 << (r & 63)
}

// addPairs fills what is looked up by the first two runes.
func (l *literals) addPairs() {
	// At most four literals a word: of a text without any, one place in a
	// hundred or two gets past by chance.
	log := max(bits.Len(uint(len(l.list)/4)), 1)
	l.filter, l.filterN = make([]uint64, 1<<log), uint(64-log)
	l.pairs = makeTable[pair](len(l.list))
	n := 0
	for id := range l.list {
		text := l.list[id].text
		runes, ok := firstPair(text)
		if !ok {
			l.addSingle(text)
			continue
		}
		h := mix(runes)
		l.filter[h>>l.filterN] |= pairBits(h) | startBits(h, text)
		switch p := &l.pairs[l.pairAt(runes)]; {
		case p.runes == 0:
			*p = pair{runes, onlyLiteral(id, text)}
			n++
		case p.begins&oneLiteral != 0:
			p.begins = lengthBit(l.list[uint32(p.begins)].text) | lengthBit(text)
		default:
			p.begins |= lengthBit(text)
		}
	}
	large := l.pairs
	l.pairs = makeTable[pair](n)
	for _, p := range large {
		if p.runes != 0 {
			l.pairs[l.pairAt(p.runes)] = p
		}
	}
}

// literalFront is the first bytes of a literal, up to end.
type literalFront struct {
	hash uint64
	id   int32
	end  int32
}

// fronts gives of each literal from one id up to another, shortest first, the
// fronts that are as long as other literals that begin with the same pair, and
// itself. It gives nothing for one that is alone with its pair.
func (l *literals) fronts(from, to int32) []literalFront {
	var list []literalFront
	for id := from; id < to; id++ {
		text := l.list[id].text
		var lengths uint64
		if runes, ok := firstPair(text); ok {
			lengths = l.pairs[l.pairAt(runes)].begins
		}
		if lengths&oneLiteral != 0 {
			continue
		}
		hash, end := uint64(0), 0
		for bit := uint64(1); end < len(text); bit <<= 1 {
			r, size := utf8.DecodeRuneInString(text[end:])
			hash, end = grow(hash, r), end+size
			if end == len(text) || lengths&bit != 0 {
				list = append(list, literalFront{finish(hash), id, int32(end)})
			}
		}
	}
	return list
}

// addSlot adds a literal, or the front of one.
func (l *literals) addSlot(f literalFront) {
	text := l.list[f.id].text
	front := text[:f.end]
	s := l.slotFor(f.hash, front)
	switch {
	case s.id == 0:
		s.tag, s.id = tagOf(f.hash, front), -f.id-1
	case s.id < 0 && len(text) < len(l.list[-s.id-1].text):
		s.id = -f.id - 1
	}
	if len(front) == len(text) {
		s.id = f.id + 1
	} else {
		s.tag |= goesOn
	}
}

// nest links each literal with the longest other that begins it.
func (l *literals) nest(fronts []literalFront) {
	for _, f := range fronts {
		text := l.list[f.id].text
		if int(f.end) == len(text) {
			continue
		}
		if s := l.slotFor(f.hash, text[:f.end]); s.id > 0 {
			l.list[f.id].front = s.id
		}
	}
}
