package wechat

import (
	"crypto/sha256"
	"strconv"
	"strings"
)

// unsupportedTexts are the texts that WeChat sends in place of a sticker or
// another message that it cannot pass on, in the user's language.
var unsupportedTexts = [...]string{
	"【收到不支持的消息类型，暂无法显示】",
	"【收到不支援的訊息類型，無法顯示】",
	"[Unsupported Message]",
}

// Type gives MsgType, or [MsgUnsupported] for the texts by which WeChat
// reports a message that it cannot pass on.
func (m *Message) Type() string {
	if m.MsgType == MsgText {
		for _, text := range unsupportedTexts {
			if m.Content == text {
				return MsgUnsupported
			}
		}
	}
	return m.MsgType
}

// Field gives a field of the push by name, "" when there is none; see
// [Message.Lookup].
func (m *Message) Field(name string) string {
	value, _ := m.Lookup(name)
	return value
}

// Lookup finds a field by its path from the root, a top-level name being the
// shortest path, else by the name of a nested leaf. Of several the first in
// the document counts. Letter case matters: MsgId and MsgID are two fields.
func (m *Message) Lookup(name string) (value string, ok bool) {
	for i := range m.Fields {
		if m.Fields[i].Path == name {
			return m.Fields[i].Value, true
		}
	}
	for i := range m.Fields {
		path := m.Fields[i].Path
		if dot := len(path) - len(name) - 1; dot >= 0 && path[dot] == '.' && path[dot+1:] == name {
			return m.Fields[i].Value, true
		}
	}
	return "", false
}

// scenePrefix stands before the scene value in the EventKey of a subscribe
// event; a SCAN event has the bare value.
const scenePrefix = "qrscene_"

// Scene gives the scene value of the QR code by which the user came, "" when
// the push is no scan of one.
func (m *Message) Scene() string {
	switch {
	case m.MsgType != MsgEvent:
		return ""
	case strings.EqualFold(m.Event, "SCAN"):
		return m.EventKey
	case strings.EqualFold(m.Event, "subscribe") && strings.HasPrefix(m.EventKey, scenePrefix):
		return m.EventKey[len(scenePrefix):]
	}
	return ""
}

// AppendIdentity appends what tells this push from every other push of the
// account and is the same in each of its retries: the user, CreateTime, and
// MsgID or, where there is none, a hash of all fields. (WeChat has been seen to
// give one MsgId to several users, and two events of a user in one second.)
// The bytes are meant as a key and as a seed; their form is not promised
// beyond one version of the program.
func (m *Message) AppendIdentity(dst []byte) []byte {
	dst = strconv.AppendInt(dst, m.CreateTime, 10)
	dst = append(dst, ' ')
	dst = strconv.AppendInt(dst, int64(len(m.FromUserName)), 10)
	dst = append(dst, ' ')
	dst = append(dst, m.FromUserName...)
	if m.MsgID != "" {
		return append(dst, m.MsgID...)
	}
	return m.appendFieldsHash(dst)
}

// appendFieldsHash hashes lengths as well as bytes, so that no two lists of
// fields feed the hash alike.
func (m *Message) appendFieldsHash(dst []byte) []byte {
	var scratch [512]byte
	buf := scratch[:0]
	for _, f := range m.Fields {
		buf = strconv.AppendInt(buf, int64(len(f.Path)), 10)
		buf = append(buf, ':')
		buf = append(buf, f.Path...)
		buf = strconv.AppendInt(buf, int64(len(f.Value)), 10)
		buf = append(buf, ':')
		buf = append(buf, f.Value...)
	}
	sum := sha256.Sum256(buf)
	return append(dst, sum[:16]...)
}
