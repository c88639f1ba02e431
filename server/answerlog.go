package server

import (
	"encoding/binary"

	"wereply/server/store"
)

// answerLog keeps answers in the order they came, oldest out. At full load
// there are millions a minute, so it is made of few large pieces without
// pointers, which cost the garbage collector nothing.
type answerLog struct {
	// index finds a record by the second half of its key; the record has the
	// whole key. Of two pushes that share a half only the later is found.
	index  map[uint64]position
	chunks []chunk // oldest first
	first  uint32  // number of chunks[0]
	bytes  int     // of the chunks
	max    int
}

// position is the number of a chunk and an offset in it.
type position struct{ chunk, offset uint32 }

// chunk is a row of records: key, time, length, answer.
type chunk struct {
	data []byte
	last int64 // when its newest record came, Unix seconds
}

const (
	recordHead = 16 + 4 + 4
	chunkBytes = 16 << 10
	indexBytes = 32 // about what an entry of the index takes
)

func newAnswerLog(maxBytes int) answerLog {
	return answerLog{index: map[uint64]position{}, max: maxBytes}
}

func half(k store.Key) uint64 { return binary.LittleEndian.Uint64(k[8:]) }

// find gives the answer that is kept for a push, as answer.encode wrote it.
func (l *answerLog) find(k store.Key, now int64) ([]byte, bool) {
	p, ok := l.index[half(k)]
	if !ok {
		return nil, false
	}
	record := l.chunks[p.chunk-l.first].data[p.offset:]
	if store.Key(record[:16]) != k {
		return nil, false
	}
	when := int64(binary.LittleEndian.Uint32(record[16:]))
	if now-when > int64(store.Keep.Seconds()) {
		return nil, false
	}
	size := binary.LittleEndian.Uint32(record[20:])
	return record[recordHead : recordHead+size], true
}

// add keeps an answer.
func (l *answerLog) add(k store.Key, a answer, now int64) {
	l.makeRoom(now)
	if n := len(l.chunks); n == 0 || len(l.chunks[n-1].data) > chunkBytes-256 {
		l.chunks = append(l.chunks, chunk{data: make([]byte, 0, chunkBytes)})
		l.bytes += chunkBytes
	}
	c := &l.chunks[len(l.chunks)-1]
	before, start := cap(c.data), len(c.data)
	c.data = append(c.data, k[:]...)
	c.data = binary.LittleEndian.AppendUint32(c.data, uint32(now))
	c.data = append(c.data, 0, 0, 0, 0)
	c.data = a.encode(c.data)
	binary.LittleEndian.PutUint32(c.data[start+20:], uint32(len(c.data)-start-recordHead))
	c.last = now
	l.bytes += cap(c.data) - before
	l.index[half(k)] = position{chunk: l.first + uint32(len(l.chunks)-1), offset: uint32(start)}
}

// makeRoom drops the chunks that are too old or too much.
func (l *answerLog) makeRoom(now int64) {
	for len(l.chunks) > 0 {
		old := now-l.chunks[0].last > int64(store.Keep.Seconds())
		if !old && l.bytes+indexBytes*len(l.index) <= l.max {
			return
		}
		l.dropOldest()
	}
	if l.first > 0 && len(l.index) == 0 { // a map never shrinks
		l.index = map[uint64]position{}
	}
}

func (l *answerLog) dropOldest() {
	c := l.chunks[0]
	for offset := 0; offset < len(c.data); {
		record := c.data[offset:]
		h := half(store.Key(record[:16]))
		if l.index[h] == (position{l.first, uint32(offset)}) {
			delete(l.index, h)
		}
		offset += recordHead + int(binary.LittleEndian.Uint32(record[20:]))
	}
	l.bytes -= cap(c.data)
	l.chunks[0].data = nil
	l.chunks = l.chunks[1:]
	l.first++
}
