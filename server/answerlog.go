package server

import (
	"encoding/binary"

	"wereply/server/store"
)

// answerLog keeps answers in the order they came, oldest out. At full load
// there are millions a minute, so it is made of few large pieces without
// pointers, which cost the garbage collector nothing, and what is dropped
// leaves its slot in the index as it is: a slot whose chunk is gone is free.
type answerLog struct {
	index  []row   // a power of two of them
	chunks []chunk // oldest first
	first  uint32  // number of chunks[0]; there is no chunk 0
	spare  []byte  // of a chunk that was dropped
	bytes  int     // of the chunks
	max    int     // of the chunks and the index
}

// row is where the keys are found that share some bits: one line of the
// processor's cache. A slot is the number of a chunk (32 bits), the offset of
// the record in it (16) and more bits of the key (16).
type row [8]uint64

// chunk is a sequence of records: key, time, length, answer.
type chunk struct {
	data []byte
	last int64 // when its newest record came, Unix seconds
}

const (
	recordHead = 16 + 4 + 4
	chunkBytes = 16 << 10
	rowBytes   = 64
)

func newAnswerLog(maxBytes int) answerLog {
	return answerLog{first: 1, max: maxBytes}
}

// find gives the answer that is kept for a push, as answer.encode wrote it. It
// counts until the next one is added.
func (l *answerLog) find(k pushID, now int64) ([]byte, bool) {
	if len(l.index) == 0 {
		return nil, false
	}
	for _, slot := range l.row(k) {
		record, ok := l.record(slot, k)
		if !ok {
			continue
		}
		when := int64(binary.LittleEndian.Uint32(record[16:]))
		if now-when > int64(store.Keep.Seconds()) {
			return nil, false
		}
		size := binary.LittleEndian.Uint32(record[20:])
		return record[recordHead : recordHead+size], true
	}
	return nil, false
}

// add keeps an answer, in place of an earlier one to the same push.
func (l *answerLog) add(k pushID, a answer, now int64) {
	l.makeRoom(now)
	if n := len(l.chunks); n == 0 || len(l.chunks[n-1].data) > chunkBytes-256 {
		l.addChunk()
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
	l.place(k, uint64(l.first+uint32(len(l.chunks)-1))<<32|uint64(start)<<16|tag(k))
}

func (l *answerLog) addChunk() {
	data := l.spare
	if l.spare = nil; data == nil {
		data = make([]byte, 0, chunkBytes)
	}
	l.chunks = append(l.chunks, chunk{data: data})
	l.bytes += chunkBytes
}

// makeRoom drops the chunks that are too old or too much.
func (l *answerLog) makeRoom(now int64) {
	for len(l.chunks) > 0 {
		old := now-l.chunks[0].last > int64(store.Keep.Seconds())
		if !old && l.bytes+rowBytes*len(l.index) <= l.max {
			return
		}
		c := &l.chunks[0]
		l.bytes -= cap(c.data)
		if cap(c.data) == chunkBytes {
			l.spare = c.data[:0]
		}
		c.data = nil
		l.chunks = l.chunks[1:]
		l.first++
	}
	l.index, l.spare = nil, nil // after a minute without a push
}

func tag(k pushID) uint64 { return uint64(binary.LittleEndian.Uint16(k[6:])) }

func (l *answerLog) row(k pushID) *row {
	return &l.index[int(binary.LittleEndian.Uint32(k[8:]))&(len(l.index)-1)]
}

// live reports whether the chunk of a slot is still there.
func (l *answerLog) live(slot uint64) bool { return uint32(slot>>32) >= l.first }

// record is the record of a slot, if it is that of the key.
func (l *answerLog) record(slot uint64, k pushID) ([]byte, bool) {
	if slot&0xFFFF != tag(k) || !l.live(slot) {
		return nil, false
	}
	record := l.at(slot)
	return record, pushID(record[:16]) == k
}

// at is what begins with the record of a live slot.
func (l *answerLog) at(slot uint64) []byte {
	return l.chunks[uint32(slot>>32)-l.first].data[slot>>16&0xFFFF:]
}

// place puts a slot into the index, which grows where a row is full.
func (l *answerLog) place(k pushID, slot uint64) {
	if len(l.index) == 0 {
		l.grow()
	}
	free := l.slotFor(k)
	for free == nil && 2*rowBytes*len(l.index) < l.max {
		l.grow()
		free = l.slotFor(k)
	}
	if free == nil { // of more answers than there can be, or of keys made to meet
		free = &l.row(k)[0]
	}
	*free = slot
}

// slotFor is the slot of the key, else a free one, else nil.
func (l *answerLog) slotFor(k pushID) (free *uint64) {
	r := l.row(k)
	for i, slot := range r {
		if _, ok := l.record(slot, k); ok {
			return &r[i]
		}
		if !l.live(slot) {
			free = &r[i]
		}
	}
	return free
}

func (l *answerLog) grow() {
	old := l.index
	l.index = make([]row, max(4, 2*len(old)))
	for _, r := range old {
		for _, slot := range r {
			if l.live(slot) {
				k := pushID(l.at(slot)[:16])
				// A row is split over two, so there is room.
				*l.slotFor(k) = slot
			}
		}
	}
}
