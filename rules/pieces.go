package rules

import "unsafe"

// pieces keeps many values in few pieces of memory, which grow with what they
// hold: large files cost little beside what they say, small ones nothing more.
type pieces[T any] struct {
	room []T // for the next ones
	size int // of the latest piece
}

// pieceBytes is how large a piece becomes: with what Go notes before it, one of
// the sizes in which it hands out memory.
const pieceBytes = 4<<10 - 8

func (p *pieces[T]) take(n int) []T {
	if len(p.room) < n {
		var t T
		p.size = max(1, min(2*p.size, pieceBytes/int(unsafe.Sizeof(t))))
		p.room = make([]T, max(n, p.size))
	}
	taken := p.room[:n:n]
	p.room = p.room[n:]
	return taken
}

func (p *pieces[T]) one() *T { return &p.take(1)[0] }

// copy keeps a copy of the list; nil of an empty one.
func (p *pieces[T]) copy(list []T) []T {
	if len(list) == 0 {
		return nil
	}
	kept := p.take(len(list))
	copy(kept, list)
	return kept
}
