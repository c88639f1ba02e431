package wechat

import (
	"crypto/rand"
	"sync"
)

// freshLen is what one envelope needs: the start of its frame and a nonce.
const freshLen = randomBytes + 4

// stock is random bytes that nobody has had yet. The system gives many nearly
// as fast as few.
type stock struct {
	bytes [64 * freshLen]byte
	used  int
}

var stocks = sync.Pool{New: func() any { return &stock{used: len(stock{}.bytes)} }}

func freshBytes() [freshLen]byte {
	s := stocks.Get().(*stock)
	defer stocks.Put(s)
	if s.used == len(s.bytes) {
		rand.Read(s.bytes[:])
		s.used = 0
	}
	s.used += freshLen
	return [freshLen]byte(s.bytes[s.used-freshLen:])
}
