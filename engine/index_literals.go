package engine

import "unicode/utf8"

// literals finds, in one pass over a text, which strings of a fixed set stand
// anywhere in it. A position of the text is looked at more closely only when
// its first three runes begin some literal, or its first two are one. Those with
// the same first two runes stand together: mostly it is one, which is compared;
// else the lengths that such literals have are tried by a hash that grows rune
// by rune, as long as a literal goes on like the text. A text on which that
// takes long is finished by [literals.scanBounded]. What a text costs depends
// hardly on the number of literals. Safe for concurrent use.
type literals struct {
	list    []literal
	single  []uint64 // a bit for each rune of the first plane that is a literal; nil: none is
	filter  []uint64 // by the hash of two runes, see may
	filterN uint     // shift from hash to index
	pairs   []pair   // open addressing by the hash of both runes
	slots   []slot   // open addressing by the hash of a text
}

// literal is one of the strings, and the rules that ask for it.
type literal struct {
	text  string
	rules posting
	front int32 // the longest other literal that begins it, + 1; 0 = none. Single runes do not count.
}

// pair leads from two runes to the literals that begin with them.
type pair struct {
	runes uint64 // both; 0 = free
	// With the upper bit, there is one literal: 8 bits for its length in
	// bytes, 16 for its last two bytes, 32 for its id. Without, bit n-1: there
	// is a literal of n runes.
	begins uint64
}

const oneLiteral = 1 << 63

// onlyLiteral makes pair.begins of one literal.
func onlyLiteral(id int, text string) uint64 {
	return oneLiteral | uint64(len(text))<<48 | uint64(lastTwo(text))<<32 | uint64(id)
}

func lastTwo(text string) uint16 {
	return uint16(text[len(text)-2])<<8 | uint16(text[len(text)-1])
}

// slot leads from the hash of a text to the literal that equals it, and tells
// whether longer literals begin with it. Slots are for literals that share their
// pair, and for single runes.
type slot struct {
	tag uint32 // see tagOf; bit 0: longer literals begin so
	id  int32  // literal + 1; 0 = free; below, the text is no literal but begins literal -id-1, of such the shortest
}

const goesOn = 1

// maxLiteral is how many runes a literal may have: lengths must fit a mask of
// 63 bits, and in bytes 8 bits. Of a longer string the index takes the front.
const maxLiteral = 63

// scratch is what one look-up needs; it goes back clean.
type scratch struct {
	found  []int32  // literals that were found, each once
	seen   []uint64 // a bit for each of found
	steps  int      // runes and slots looked at beyond the pass over the text
	window window
}

// The hash of a pair names one word of the filter. In it a literal has two bits
// for the pair, and two for its first three runes, or for the pair if it has no
// more. Of a text mostly the pair decides.

// may reports whether a literal may begin with the pair of this hash.
func (l *literals) may(h uint64) bool {
	bits := pairBits(h)
	return l.filter[h>>l.filterN]&bits == bits
}

// mayGoOn is asked where may says yes, with the rune behind the pair.
func (l *literals) mayGoOn(h uint64, third rune) bool {
	bits := threeBits(h, third)
	return l.filter[h>>l.filterN]&bits == bits || l.mayEnd(h)
}

// mayEnd is asked where nothing stands behind the pair.
func (l *literals) mayEnd(h uint64) bool {
	bits := twoBits(h)
	return l.filter[h>>l.filterN]&bits == bits
}

func pairBits(h uint64) uint64 { return 1<<(h>>36&63) | 1<<(h>>30&63) }

func twoBits(h uint64) uint64 { return 1<<(h>>24&63) | 1<<(h>>18&63) }

func threeBits(h uint64, third rune) uint64 {
	h = (h ^ uint64(third)) * 0x9e3779b97f4a7c15
	return 1<<(h>>58) | 1<<(h>>52&63)
}

// startBits are the bits of a literal beside those for the pair.
func startBits(h uint64, text string) uint64 {
	n := 0
	for _, r := range text {
		if n++; n == 3 {
			return threeBits(h, r)
		}
	}
	return twoBits(h)
}

// scan collects in s.found what stands in text.
func (l *literals) scan(text string, s *scratch) {
	if n := (len(l.list) + 63) / 64; len(s.seen) < n {
		s.seen = make([]uint64, n)
	}
	s.steps = 0
	var pair, hash uint64 // the latest two runes
	at := 0               // where they stand
	last, next := utf8.RuneError, 0
	for i, r := range text {
		if pair != 0 && l.may(hash) && l.mayGoOn(hash, r) {
			if s.steps > len(text)/2+freeSteps {
				l.scanBounded(text[at:], s)
				return
			}
			l.tryPair(pair, text, at, s)
		}
		if l.single != nil && l.single[uint16(r)>>6]>>(r&63)&1 != 0 {
			l.tryOne(r, text, i, s)
		}
		if i > 0 {
			pair, at = packPair(last, r), next
			hash = mix(pair)
		}
		last, next = r, i
	}
	if pair != 0 && l.may(hash) && l.mayEnd(hash) {
		l.tryPair(pair, text, at, s)
	}
}

// tryPair looks for the literals that begin with the two runes at start.
func (l *literals) tryPair(runes uint64, text string, start int, s *scratch) {
	begins := l.pairs[l.pairAt(runes)].begins
	if begins&oneLiteral != 0 {
		l.tryOnly(begins, text[start:], s)
		return
	}
	hash, end := uint64(0), start
	for bit := uint64(1); begins >= bit && end < len(text); bit <<= 1 {
		r, size := utf8.DecodeRuneInString(text[end:])
		hash, end = grow(hash, r), end+size
		s.steps++
		if begins&bit != 0 && !l.find(finish(hash), text[start:end], s) {
			return
		}
	}
}

// tryOnly looks for the only literal of a pair at the front of text.
func (l *literals) tryOnly(begins uint64, text string, s *scratch) {
	n, id := int(begins>>48&0xff), int32(uint32(begins))
	if n <= len(text) && lastTwo(text[:n]) == uint16(begins>>32) && l.list[id].text == text[:n] {
		s.add(id)
	}
}

// tryOne looks for the literal that is only the rune at start.
func (l *literals) tryOne(r rune, text string, start int, s *scratch) {
	_, size := utf8.DecodeRuneInString(text[start:])
	l.find(finish(grow(0, r)), text[start:start+size], s)
}

// find collects the literal that equals text, whose hash is given, and reports
// whether longer ones may begin with it.
func (l *literals) find(hash uint64, text string, s *scratch) (more bool) {
	tag := tagOf(hash, text)
	for i := spread(hash, len(l.slots)); l.slots[i].id != 0; i = behind(i, len(l.slots)) {
		if l.slots[i].tag&^goesOn != tag {
			continue
		}
		more = more || l.slots[i].tag&goesOn != 0
		if id := l.slots[i].id - 1; id >= 0 && l.list[id].text == text {
			s.add(id)
		}
	}
	return more
}

// add collects a literal; false if it was found before.
func (s *scratch) add(id int32) bool {
	word, bit := &s.seen[id>>6], uint64(1)<<(id&63)
	if *word&bit != 0 {
		return false
	}
	*word |= bit
	s.found = append(s.found, id)
	return true
}

// clean makes s ready for the next text.
func (s *scratch) clean() {
	for _, id := range s.found {
		s.seen[id>>6] &^= 1 << (id & 63)
	}
	s.found = s.found[:0]
}
