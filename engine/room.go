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

func (r *Room) clear() {
	text := r.text[:0]
	if cap(text) > maxRoom {
		text = nil
	}
	*r = Room{text: text}
}

// reply gives a new reply, that of the room while it is there: the usual
// answer has but one.
func (s *scope) reply() *wechat.Reply {
	if s.room == nil || s.room.taken {
		return new(wechat.Reply)
	}
	s.room.taken = true
	return &s.room.reply
}

// string gives what stands in the room's text from start on. It counts until
// the room is cleared: nothing before is overwritten, even if the text grows.
func (r *Room) string(start int) string {
	text := r.text[start:]
	return unsafe.String(unsafe.SliceData(text), len(text))
}
