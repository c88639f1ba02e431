package engine

import (
	"math/bits"
	"strings"
	"unicode/utf8"
)

// makeTable makes a table for open addressing, two thirds full with n entries.
func makeTable[T any](n int) []T { return make([]T, n*3/2+1) }

// spread gives the index of a hash in a table of n.
func spread(hash uint64, n int) int {
	i, _ := bits.Mul64(hash, uint64(n))
	return int(i)
}

// behind gives the index after i.
func behind(i, n int) int {
	if i++; i < n {
		return i
	}
	return 0
}

// slotFor gives the slot of a text, or the free one where it belongs.
func (l *literals) slotFor(hash uint64, text string) *slot {
	tag := tagOf(hash, text)
	for i := spread(hash, len(l.slots)); ; i = behind(i, len(l.slots)) {
		s := &l.slots[i]
		switch {
		case s.id == 0:
			return s
		case s.tag&^goesOn != tag:
		case s.id > 0 && l.list[s.id-1].text == text,
			s.id < 0 && strings.HasPrefix(l.list[-s.id-1].text, text):
			return s
		}
	}
}

// tagOf is the length in bytes, so that a front of a literal is not taken for
// another, and some bits of the hash.
func tagOf(hash uint64, text string) uint32 {
	return uint32(hash>>32)&^(1<<9-1) | uint32(len(text))<<1
}

// pairAt is the index of a pair, or the free one where it belongs.
func (l *literals) pairAt(runes uint64) int {
	i := spread(mix(runes), len(l.pairs))
	for l.pairs[i].runes != runes && l.pairs[i].runes != 0 {
		i = behind(i, len(l.pairs))
	}
	return i
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

// grow takes one more rune into the hash of a text, which is 0 for the empty
// one: a polynomial, so that the hash of a part follows from those of two fronts.
func grow(hash uint64, r rune) uint64 { return hash*hashBase + uint64(r) + 1 }

const hashBase = 0x9e3779b97f4a7c15

// finish makes the upper bits of a hash depend on all runes.
func finish(hash uint64) uint64 { return (hash ^ hash>>29) * 0xd6e8feb86659fd93 }
