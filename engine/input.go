package engine

import (
	"strings"
	"sync"
	"time"
	"unsafe"

	"wereply/wechat"
)

// input is one message and its conversation as the conditions see them. What
// only some rules need is computed when the first of them asks.
type input struct {
	m       *wechat.Message
	c       Conversation
	now     int64
	kind    string // Message.Type
	isEvent bool

	// blind hides the conversation: conditions on it count as holding. It is
	// how NeedsConversation asks what could be.
	blind bool

	hasText bool
	text    subject
	scratch []byte // holds text.folded
	finder  finder

	loc   *time.Location
	local time.Time // zero until a rule asks

	scope scope // of the answer: here so that it is not allocated
}

// Texts of usual length fold into a buffer that is used again and again.
var inputs = sync.Pool{New: func() any { return &input{scratch: make([]byte, 0, 512)} }}

// maxScratch keeps one huge text from pinning its buffer.
const maxScratch = 16 << 10

// newInput must be followed by release, after which nothing may hold the
// folded text.
func (e *Engine) newInput(m *wechat.Message, c Conversation) *input {
	in := inputs.Get().(*input)
	*in = input{m: m, c: c.At(m.CreateTime), now: m.CreateTime, kind: m.Type(), loc: e.location, scratch: in.scratch}
	in.isEvent = m.MsgType == wechat.MsgEvent
	if text, ok := keywordText(m, in.kind); ok {
		in.scratch = appendFold(in.scratch[:0], text)
		in.hasText = true
		in.text = textual(text, unsafe.String(unsafe.SliceData(in.scratch), len(in.scratch)))
		in.text.finder = &in.finder
	}
	return in
}

func (in *input) release() {
	scratch := in.scratch
	if cap(scratch) > maxScratch {
		scratch = make([]byte, 0, 512)
	}
	*in = input{scratch: scratch}
	inputs.Put(in)
}

// keywordText gives the text that keywords look at: what the user wrote, or
// said where WeChat understood it.
func keywordText(m *wechat.Message, kind string) (string, bool) {
	switch kind {
	case wechat.MsgText:
		return m.Content, true
	case wechat.MsgVoice:
		return m.Recognition, m.Recognition != ""
	case wechat.MsgEvent, wechat.MsgUnsupported:
		return "", false
	}
	return m.Content, m.Content != ""
}

// literally makes the subject of patterns that do not fold.
func (in *input) literally(value string) subject {
	s := literally(value)
	s.finder = &in.finder
	return s
}

// time gives CreateTime in the bot's zone.
func (in *input) time() time.Time {
	if in.local.IsZero() {
		in.local = time.Unix(in.now, 0).In(in.loc)
	}
	return in.local
}

// scenePrefix stands before the scene value in the EventKey of a follower who
// came by a QR code.
const scenePrefix = "qrscene_"

// bareKey gives EventKey without qrscene_ where WeChat put that before it.
func (in *input) bareKey() (string, bool) {
	if !in.isEvent || !strings.EqualFold(in.m.Event, "subscribe") {
		return "", false
	}
	return strings.CutPrefix(in.m.EventKey, scenePrefix)
}
