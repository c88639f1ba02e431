package wechat

import (
	"errors"
	"time"
)

type Config struct {
	Token          string
	AppID          string
	AESKeys        []string
	AllowPlaintext bool
	OriginalID     string
	MaxAge         time.Duration
}

type Receiver struct{}

func NewReceiver(c Config) (*Receiver, error) { return nil, errors.New("not yet") }

type Query struct {
	Signature, Timestamp, Nonce, EchoStr, EncryptType, MsgSignature, OpenID string
}

func ParseQuery(raw string) Query                     { return Query{} }
func (r *Receiver) VerifyURL(q Query) (string, error) { return "", errors.New("not yet") }
func (r *Receiver) Open(q Query, body []byte, now time.Time) (*Push, error) {
	return nil, errors.New("not yet")
}

type Push struct {
	Message *Message
	Sealed  bool
}

func (p *Push) Seal(doc []byte, now time.Time) ([]byte, string, error) {
	return doc, ContentTypeXML, nil
}

type Check string

const (
	CheckSignature    Check = "signature"
	CheckMsgSignature Check = "msg_signature"
	CheckPlaintext    Check = "plaintext"
	CheckAge          Check = "age"
	CheckAESKey       Check = "aes_key"
	CheckBase64       Check = "base64"
	CheckDecrypt      Check = "decrypt"
	CheckFrame        Check = "frame"
	CheckAppID        Check = "app_id"
	CheckOriginalID   Check = "original_id"
	CheckParse        Check = "parse"
)

type Error struct {
	Check Check
	Msg   string
	Hint  string
	Err   error
}

func (e *Error) Error() string { return e.Msg }
func (e *Error) Unwrap() error { return e.Err }
func (e *Error) Code() int     { return 0 }
func HTTPStatus(err error) int { return 403 }

func Parse(body []byte) (*Message, error)            { return nil, errors.New("not yet") }

var (
	ErrEmpty      = errors.New("empty")
	ErrNotPassive = errors.New("not passive")
)

func (r *Reply) Validate() error { return nil }
func (r *Reply) Empty() bool     { return false }
func (r *Reply) AppendXML(dst []byte, to, from string, createTime int64, afterMessage bool) ([]byte, error) {
	return dst, nil
}
func CutText(s string, max int) string { return s }


func Sign(parts ...string) string { return "" }
