package wechat

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"time"
	"unsafe"
)

// Push is one verified push.
type Push struct {
	Message *Message
	Sealed  bool // it came encrypted, so a reply document must be encrypted

	cipher *Cipher // that opened it
	token  string
	format Format // of the envelope

	// The message and the room for the fields of a usual one stand here to
	// spare their allocation.
	message Message
	fields  [10]Field
}

// reset makes p an empty push, whatever it was before.
func (p *Push) reset() {
	*p = Push{}
	p.message.Fields = p.fields[:0]
	p.Message = &p.message
}

// drop removes a top-level field of a message that nobody else has seen yet.
func (m *Message) drop(path string) {
	kept := m.Fields[:0]
	for _, f := range m.Fields {
		if f.Path != path {
			kept = append(kept, f)
		}
	}
	m.Fields = kept
}

// readEnvelope gives the text of Encrypt, which is a part of body. The room is
// for the fields of the envelope, which are not kept.
func readEnvelope(room []Field, body []byte) (encrypt string, format Format, err error) {
	fields, format, err := parseFields(room, view(body))
	if err != nil {
		return "", format, err
	}
	for _, f := range fields {
		if f.Path == "Encrypt" {
			return trim(f.Value), format, nil
		}
	}
	err = &Error{
		Check: CheckParse,
		Msg:   "the push says encrypt_type=aes, but the body has no Encrypt",
		Hint:  "a proxy changes the body or the query string",
	}
	return "", format, err
}

// errNotDocument catches a caller that would have [Success] encrypted.
var errNotDocument = errors.New("only a reply document can be sealed")

// view gives bytes as a string without copying them. It counts as long as they
// are not changed.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Seal makes a reply document what the push must be answered with: itself for
// a plaintext push, else an envelope in the push's format, under the key that
// opened the push, signed with a time and nonce of its own. Success and an
// empty answer are sent as they are and never sealed.
func (p *Push) Seal(doc []byte, now time.Time) (body []byte, contentType string, err error) {
	return p.SealInto(nil, doc, now)
}

// SealInto is Seal with memory for the envelope, which is overwritten and may
// grow.
func (p *Push) SealInto(space, doc []byte, now time.Time) (body []byte, contentType string, err error) {
	if len(doc) == 0 || doc[0] != '<' && doc[0] != '{' {
		return nil, "", errNotDocument
	}
	if !p.Sealed {
		return doc, documentType(doc), nil
	}
	random := freshBytes()
	var texts [2][20]byte
	nonce := view(strconv.AppendUint(texts[0][:0], uint64(binary.BigEndian.Uint32(random[randomBytes:])), 10))
	timestamp := view(strconv.AppendInt(texts[1][:0], now.Unix(), 10))

	e := envelopes[p.format]
	frame := randomBytes + 4 + len(doc) + len(p.cipher.appID) + padTo
	body = slices.Grow(space[:0], e.room+base64.StdEncoding.EncodedLen(frame))
	body = append(body, e.encrypt...)
	start := len(body)
	body = p.cipher.AppendEncrypt(body, [randomBytes]byte(random[:]), doc)
	sum := digest(body[start:], p.token, timestamp, nonce)
	body = append(body, e.signature...)
	body = append(body, sum[:]...)
	body = append(body, e.timestamp...)
	body = append(body, timestamp...)
	body = append(body, e.nonce...)
	body = append(body, nonce...)
	return append(body, e.end...), e.contentType, nil
}

func documentType(doc []byte) string {
	if doc[0] == '{' {
		return ContentTypeJSON
	}
	return ContentTypeXML
}

// envelope is what stands before each value of an encrypted reply.
type envelope struct {
	encrypt, signature, timestamp, nonce, end string
	room                                      int // for all but Encrypt
	contentType                               string
}

var envelopes = [...]envelope{
	XML: {
		encrypt:     "<xml><Encrypt><![CDATA[",
		signature:   "]]></Encrypt><MsgSignature><![CDATA[",
		timestamp:   "]]></MsgSignature><TimeStamp>",
		nonce:       "</TimeStamp><Nonce><![CDATA[",
		end:         "]]></Nonce></xml>",
		room:        256,
		contentType: ContentTypeXML,
	},
	JSON: {
		encrypt:     `{"Encrypt":"`,
		signature:   `","MsgSignature":"`,
		timestamp:   `","TimeStamp":`,
		nonce:       `,"Nonce":"`,
		end:         `"}`,
		room:        160,
		contentType: ContentTypeJSON,
	},
}
