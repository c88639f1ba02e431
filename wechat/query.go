package wechat

import (
	"net/url"
	"strings"
)

// Query holds the parameters by which WeChat identifies a push.
type Query struct {
	Signature    string // over token, timestamp and nonce
	Timestamp    string // Unix seconds
	Nonce        string
	EchoStr      string // of the verification of a URL
	EncryptType  string // "" or "raw": plaintext; "aes": the body has Encrypt
	MsgSignature string // over token, timestamp, nonce and Encrypt
	OpenID       string // of the user; not always there, not signed
}

// ParseQuery reads the raw query of a URL. What it does not know it passes
// over; a parameter that cannot be unescaped is as good as absent; of several
// with one name the first that is not empty counts.
func ParseQuery(raw string) Query {
	var q Query
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		name, value, _ := strings.Cut(pair, "=")
		field := q.field(name)
		if field == nil || *field != "" {
			continue
		}
		if strings.IndexByte(value, '%') >= 0 || strings.IndexByte(value, '+') >= 0 {
			value, _ = url.QueryUnescape(value)
		}
		*field = value
	}
	return q
}

func (q *Query) field(name string) *string {
	switch name {
	case "signature":
		return &q.Signature
	case "timestamp":
		return &q.Timestamp
	case "nonce":
		return &q.Nonce
	case "echostr":
		return &q.EchoStr
	case "encrypt_type":
		return &q.EncryptType
	case "msg_signature":
		return &q.MsgSignature
	case "openid":
		return &q.OpenID
	}
	return nil
}
