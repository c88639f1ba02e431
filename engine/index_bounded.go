package engine

import (
	"math/bits"
	"unicode/utf8"
)

// freeSteps are the steps that each text may take, however short, before
// [literals.scanBounded] goes on.
const freeSteps = 64

// window holds, for the runes around a position, where each begins and the hash
// of all before it, by number of the rune.
type window struct {
	hash [windowSize]uint64
	at   [windowSize]int

	longest int // runes that the latest search found
}

const windowSize = 128 // a power of two, at least 2*maxLiteral

// powers are those of hashBase.
var powers = func() (p [maxLiteral + 1]uint64) {
	p[0] = 1
	for i := range maxLiteral {
		p[i+1] = p[i] * hashBase
	}
	return p
}()

// part is the hash of n runes from the given one on.
func (w *window) part(from, n int) uint64 {
	return w.hash[(from+n)%windowSize] - w.hash[from%windowSize]*powers[n]
}

// scanBounded is scan for texts that have nested literals, or much that begins
// like one, everywhere. At each position it looks for the longest front of any
// literal by a binary search over the lengths, and then takes the literals that
// begin that, up to the first that was found before: the time is linear in the
// text, whatever the literals.
func (l *literals) scanBounded(text string, s *scratch) {
	w := &s.window
	w.hash[0], w.at[0] = 0, 0
	runes := 0 // in the window
	for from := 0; ; from++ {
		for end := w.at[runes%windowSize]; runes < from+maxLiteral && end < len(text); runes++ {
			r, size := utf8.DecodeRuneInString(text[end:])
			end += size
			w.hash[(runes+1)%windowSize] = grow(w.hash[runes%windowSize], r)
			w.at[(runes+1)%windowSize] = end
		}
		if runes == from {
			return
		}
		start := w.at[from%windowSize]
		first, size := utf8.DecodeRuneInString(text[start:])
		if l.single != nil && l.single[uint16(first)>>6]>>(first&63)&1 != 0 {
			l.tryOne(first, text, start, s)
		}
		if runes == from+1 {
			return
		}
		second, _ := utf8.DecodeRuneInString(text[start+size:])
		pair := packPair(first, second)
		if !l.may(mix(pair)) {
			continue
		}
		begins := l.pairs[l.pairAt(pair)].begins
		if begins&oneLiteral != 0 {
			l.tryOnly(begins, text[start:], s)
			continue
		}
		for id := l.longest(begins, text, from, runes-from, s); id > 0 && s.add(id-1); id = l.list[id-1].front {
			s.steps++
		}
	}
}

// longest gives the longest literal, + 1, that stands at the given rune of the
// window, of which the next n are known; 0 if none does.
func (l *literals) longest(lengths uint64, text string, from, n int, s *scratch) (id int32) {
	w := &s.window
	start := w.at[from%windowSize]
	low, high := 0, n
	for probes := 0; ; probes++ {
		left := lengths & (1<<high - 1) &^ (1<<low - 1)
		if left == 0 {
			break
		}
		middle := (low + high + 1) / 2
		if probes < 2 {
			// Mostly as much stands here as at the position before, or one
			// rune less.
			middle = min(max(w.longest-probes, low+1), high)
		}
		try := bits.TrailingZeros64(left) + 1
		if lower := left & (1<<middle - 1); lower != 0 {
			try = bits.Len64(lower)
		}
		s.steps++
		at := l.slotFor(finish(w.part(from, try)), text[start:w.at[(from+try)%windowSize]])
		if at.id == 0 {
			high = try - 1
			continue
		}
		if id = at.id; id < 0 {
			// No literal that begins this one is longer than the front: of
			// those with the front it is the shortest.
			id = l.list[-id-1].front
		}
		low = max(try, middle)
	}
	w.longest = low
	return id
}
