package engine

import (
	"unsafe"

	"wereply/wechat"
)

// Room is memory that one decision after the other can be made in. It is for
// one goroutine at a time.
type Room struct {
	parts [1]Part
	reply wechat.Reply
	taken bool   // the reply
	text  []byte // all texts that were put together, one after the other
}

// maxRoom keeps one huge text from pinning its memory.
const maxRoom = 16 << 10

// clear lets everything be used again. What was said stays in it until then.
func (r *Room) clear() {
	r.taken = false
	if r.text = r.text[:0]; cap(r.text) > maxRoom {
		r.text = nil
	}
}

// reply gives a new reply, that of the room while it is there: the usual
// answer has but one.
func (s *scope) reply() *wechat.Reply {
	if s.room == nil || s.room.taken {
		return new(wechat.Reply)
	}
	s.room.taken = true
	s.room.reply = wechat.Reply{}
	return &s.room.reply
}

// string gives what stands in the room's text from start on. It counts until
// the room is cleared: nothing before is overwritten, even if the text grows.
func (r *Room) string(start int) string {
	text := r.text[start:]
	return unsafe.String(unsafe.SliceData(text), len(text))
}
