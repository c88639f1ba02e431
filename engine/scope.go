package engine

import (
	"math/bits"
	"time"

	"wereply/wechat"
)

// scope is what the templates of one answer see.
type scope struct {
	e     *Engine
	m     *wechat.Message
	rule  *rule
	match match
	vars  map[string]string

	room *Room // nil: everything is allocated

	draws int // random choices made so far
	work  int // bytes that the functions of templates may still handle
}

func (s *scope) now() Now { return Now{time.Unix(s.m.CreateTime, 0).In(s.e.location)} }

// draw picks a number below n. It depends on nothing but the message, the rule
// and how many choices were made before, so that a retry of the push, a test
// and explain draw alike.
func (s *scope) draw(n uint64) uint64 {
	var scratch [128]byte
	seed := fnv64(fnvStart, s.m.AppendIdentity(scratch[:0]))
	seed = fnv64(seed, append(scratch[:0], s.rule.src.ID()...))
	seed = mix64(seed + uint64(s.draws)*0x9E3779B97F4A7C15)
	s.draws++
	high, _ := bits.Mul64(seed, n)
	return high
}

// fnv64 is FNV-1a: the choice must stay the same from one version of Go to the
// next.
func fnv64(h uint64, b []byte) uint64 {
	for _, c := range b {
		h = (h ^ uint64(c)) * 0x100000001B3
	}
	return h
}

const fnvStart = 0xCBF29CE484222325

// mix64 spreads the bits of h evenly (the finalizer of SplitMix64).
func mix64(h uint64) uint64 {
	h = (h ^ h>>30) * 0xBF58476D1CE4E5B9
	h = (h ^ h>>27) * 0x94D049BB133111EB
	return h ^ h>>31
}
