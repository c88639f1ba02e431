package engine

import (
	"math/bits"
	"strings"
	"unicode/utf8"
)

// literals finds, in one pass over a text, which strings of a fixed set stand
// anywhere in it. A position of the text is looked at more closely only when
// its first two runes begin some literal; then the lengths that such literals
// have are tried by a hash that grows rune by rune, as long as a literal goes
// on like the text. What a text costs depends hardly on the number of literals.
// Safe for concurrent use.
type literals struct {
	list    []literal
	single  []uint64 // a bit for each rune of the first plane that is a literal; nil: none is
	filter  []uint64 // bits, by hash, of the pairs of runes that begin a literal
	pairs   []pair   // open addressing by the same hash
	slots   []slot   // open addressing by the hash of a text
	pairOf  uint     // shift from hash to index, one for each table
	filterN uint
	slotOf  uint
}

// literal is one of the strings, and the rules that ask for it.
type literal struct {
	text  string
	rules span
}

// pair says how long, in runes, the literals are that begin with two runes.
type pair struct {
	runes   uint64 // both; 0 = free
	lengths uint64 // bit n-1: there is a literal of n runes
}

// slot leads from the hash of a text to the literal that equals it, and tells
// whether longer literals begin with it.
type slot struct {
	tag uint32 // upper half of the hash; bit 0: longer literals begin so
	id  int32  // literal + 1; 0 = free, noLiteral = only the front of others
}

const (
	goesOn    = 1
	noLiteral = -1
)

// maxLiteral is how many runes a literal may have: lengths must fit a mask of
// 64 bits. Of a longer string the index takes the front.
const maxLiteral = 64

// scratch is what one look-up needs; it goes back clean.
type scratch struct {
	found []int32  // literals that were found, each once
	seen  []uint64 // a bit for each of found
	tried [16]try  // latest, by index of the pair
}

// try is a part of the text, begun by a pair, in which literals were looked for.
type try struct{ pair, start, end int32 }

// newLiterals takes texts that differ and have 1 to maxLiteral runes.
func newLiterals(list []literal) *literals {
	l := &literals{list: list}
	lengths := map[uint64]uint64{}
	for i := range list {
		text := list[i].text
		if runes, ok := firstPair(text); ok {
			lengths[runes] |= 1 << (utf8.RuneCountInString(text) - 1)
		} else {
			l.addSingle(text)
		}
	}
	l.addPairs(lengths)
	slots := 0
	for i := range list {
		l.fronts(list[i].text, func(uint64, bool) { slots++ })
	}
	l.slots, l.slotOf = makeTable[slot](slots)
	for id := range list {
		l.fronts(list[id].text, func(hash uint64, whole bool) { l.addSlot(hash, int32(id), whole) })
	}
	return l
}

func (l *literals) addSingle(text string) {
	if l.single == nil {
		l.single = make([]uint64, 1<<16/64)
	}
	r, _ := utf8.DecodeRuneInString(text)
	l.single[uint16(r)>>6] |= 1 << (r & 63)
}

func (l *literals) addPairs(lengths map[uint64]uint64) {
	l.pairs, l.pairOf = makeTable[pair](len(lengths))
	// At least 16 bits a pair: one pair of a text in sixteen gets past by chance.
	l.filter, l.filterN = makeTable[uint64](len(lengths) / 8)
	l.filterN -= 6
	for runes, mask := range lengths {
		l.pairs[l.pairAt(runes)] = pair{runes, mask}
		h := mix(runes)
		l.filter[h>>(l.filterN+6)] |= 1 << (h >> l.filterN & 63)
	}
}

// fronts gives the hash of a literal, and of its fronts that are as long as
// other literals that begin with the same pair.
func (l *literals) fronts(text string, yield func(hash uint64, whole bool)) {
	var lengths uint64
	if runes, ok := firstPair(text); ok {
		lengths = l.pairs[l.pairAt(runes)].lengths
	}
	hash, end := hashStart, 0
	for bit := uint64(1); end < len(text); bit <<= 1 {
		r, size := utf8.DecodeRuneInString(text[end:])
		hash, end = grow(hash, r), end+size
		if end == len(text) || lengths&bit != 0 {
			yield(finish(hash), end == len(text))
		}
	}
}

// addSlot adds a literal, or the front of one. A front may share the slot of
// any text with its tag: a scan only looks further than it would have to.
func (l *literals) addSlot(hash uint64, id int32, whole bool) {
	tag := uint32(hash>>32) &^ goesOn
	i := hash >> l.slotOf
	for ; l.slots[i].id != 0; i = (i + 1) & uint64(len(l.slots)-1) {
		s := &l.slots[i]
		if s.tag&^goesOn != tag || whole && s.id != noLiteral {
			continue
		}
		if whole {
			s.id = id + 1
		} else {
			s.tag |= goesOn
		}
		return
	}
	if whole {
		l.slots[i] = slot{tag, id + 1}
	} else {
		l.slots[i] = slot{tag | goesOn, noLiteral}
	}
}

// makeTable makes a table of a power of two, at most half full with n entries,
// and says how far a hash must be shifted to index it.
func makeTable[T any](n int) ([]T, uint) {
	log := max(bits.Len(uint(2*n)), 1)
	return make([]T, 1<<log), uint(64 - log)
}

// firstPair packs the first two runes of a text; false if it has less.
func firstPair(text string) (uint64, bool) {
	first, n := utf8.DecodeRuneInString(text)
	if n == len(text) {
		return 0, false
	}
	second, _ := utf8.DecodeRuneInString(text[n:])
	return packPair(first, second), true
}

// packPair is never 0.
func packPair(first, second rune) uint64 { return uint64(first+1)<<32 | uint64(second) }

// mix spreads a pair over 64 bits; tables use the upper ones.
func mix(x uint64) uint64 {
	x *= 0x9e3779b97f4a7c15
	return (x ^ x>>32) * 0xd6e8feb86659fd93
}

// hashStart is the hash of an empty text.
const hashStart = uint64(0x2545f4914f6cdd1d)

// grow takes one more rune into a hash.
func grow(hash uint64, r rune) uint64 {
	return (hash ^ uint64(r)) * 0x9e3779b97f4a7c15
}

// finish makes the upper bits of a hash depend on all runes.
func finish(hash uint64) uint64 { return (hash ^ hash>>29) * 0xd6e8feb86659fd93 }

// pairAt is the index of a pair, or the free one where it belongs.
func (l *literals) pairAt(runes uint64) uint64 {
	i := mix(runes) >> l.pairOf
	for l.pairs[i].runes != runes && l.pairs[i].runes != 0 {
		i = (i + 1) & uint64(len(l.pairs)-1)
	}
	return i
}

// scan collects in s.found what stands in text.
func (l *literals) scan(text string, s *scratch) {
	if n := (len(l.list) + 63) / 64; len(s.seen) < n {
		s.seen = make([]uint64, n)
	}
	first, start := utf8.RuneError, 0
	for i, r := range text {
		if i > 0 {
			runes := packPair(first, r)
			h := mix(runes)
			if l.filter[h>>(l.filterN+6)]>>(h>>l.filterN&63)&1 != 0 {
				l.tryPair(runes, text, start, s)
			}
		}
		if l.single != nil && l.single[uint16(r)>>6]>>(r&63)&1 != 0 {
			l.tryOne(r, text, i, s)
		}
		first, start = r, i
	}
}

// tryPair looks for the literals that begin with the two runes at start.
func (l *literals) tryPair(runes uint64, text string, start int, s *scratch) {
	at := l.pairAt(runes)
	lengths := l.pairs[at].lengths
	latest := &s.tried[at%uint64(len(s.tried))]
	if latest.pair == int32(at)+1 && strings.HasPrefix(text[start:], text[latest.start:latest.end]) {
		// A text that repeats itself must not pay for nested literals at
		// each position.
		return
	}
	hash, end, broken := hashStart, start, false
	for bit := uint64(1); lengths >= bit && bit != 0; bit <<= 1 {
		if end == len(text) {
			return
		}
		r, size := utf8.DecodeRuneInString(text[end:])
		hash, end, broken = grow(hash, r), end+size, broken || r == utf8.RuneError
		if lengths&bit != 0 && !l.find(finish(hash), text[start:end], s) {
			break
		}
	}
	if !broken { // else the same bytes could mean other runes elsewhere
		*latest = try{int32(at) + 1, int32(start), int32(end)}
	}
}

// tryOne looks for the literal that is only the rune at start.
func (l *literals) tryOne(r rune, text string, start int, s *scratch) {
	_, size := utf8.DecodeRuneInString(text[start:])
	l.find(finish(grow(hashStart, r)), text[start:start+size], s)
}

// find collects the literal that equals text, whose hash is given, and reports
// whether longer ones may begin with it.
func (l *literals) find(hash uint64, text string, s *scratch) (more bool) {
	tag := uint32(hash>>32) &^ goesOn
	for i := hash >> l.slotOf; l.slots[i].id != 0; i = (i + 1) & uint64(len(l.slots)-1) {
		if l.slots[i].tag&^goesOn != tag {
			continue
		}
		more = more || l.slots[i].tag&goesOn != 0
		id := l.slots[i].id - 1
		if id < 0 || l.list[id].text != text {
			continue
		}
		if bit := uint64(1) << (id & 63); s.seen[id>>6]&bit == 0 {
			s.seen[id>>6] |= bit
			s.found = append(s.found, id)
		}
	}
	return more
}

// clean makes s ready for the next text.
func (s *scratch) clean() {
	for _, id := range s.found {
		s.seen[id>>6] &^= 1 << (id & 63)
	}
	s.found = s.found[:0]
	clear(s.tried[:])
}
