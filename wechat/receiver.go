package wechat

import (
	"fmt"
	"time"
)

// Config says how the pushes of one account are verified.
type Config struct {
	Token string // the Token of the callback settings
	AppID string // wx…; needed where AESKeys are given

	// AESKeys are EncodingAESKeys, the current one first, then those before
	// it: after a change pushes under the old key still arrive. Empty ones are
	// passed over. Without any, encrypted pushes are refused, except that of a
	// push in compatible mode the plain copy is taken.
	AESKeys []string

	// AllowPlaintext accepts plaintext pushes although there are AESKeys. In
	// plaintext nothing protects the body of a push.
	AllowPlaintext bool

	OriginalID string        // gh_…; refuses pushes to another account; "" = any
	MaxAge     time.Duration // how far the timestamp of a POST may be from now, before or after; 0 = any
}

// Receiver verifies what WeChat sends to one account. It may be used by many
// goroutines.
type Receiver struct {
	token          string
	ciphers        []*Cipher
	allowPlaintext bool
	originalID     string
	maxAge         time.Duration
}

// NewReceiver checks the configuration. The error is of type [*Error] where an
// EncodingAESKey is wrong.
func NewReceiver(c Config) (*Receiver, error) {
	if c.Token == "" {
		return nil, &Error{
			Check: CheckSignature,
			Msg:   "there is no token",
			Hint:  "choose one and enter the same in the WeChat console",
		}
	}
	r := &Receiver{
		token:          c.Token,
		allowPlaintext: c.AllowPlaintext,
		originalID:     c.OriginalID,
		maxAge:         c.MaxAge,
	}
	for _, key := range c.AESKeys {
		if key == "" {
			continue
		}
		cipher, err := NewCipher(c.AppID, key)
		if err != nil {
			return nil, err
		}
		r.ciphers = append(r.ciphers, cipher)
	}
	if len(r.ciphers) > 0 && c.AppID == "" {
		return nil, &Error{
			Check: CheckAppID,
			Msg:   "there is an EncodingAESKey but no AppID",
			Hint:  "encrypted pushes carry the AppID; configure the one that the WeChat console shows",
		}
	}
	return r, nil
}

// VerifyURL checks the GET that WeChat sends when the callback settings are
// saved, and gives what to answer: exactly these bytes.
func (r *Receiver) VerifyURL(q Query) (echostr string, err error) {
	if err := r.checkSignature(q); err != nil {
		return "", err
	}
	if q.EchoStr == "" {
		return "", &Error{
			Check: CheckParse,
			Msg:   "the query has no echostr",
			Hint:  "this is no verification of a URL; pushes are POSTs",
		}
	}
	return q.EchoStr, nil
}

// Open verifies and reads one POST in whatever mode it came. The error is of
// type [*Error]; [HTTPStatus] says how to answer it. Nothing of body is kept.
func (r *Receiver) Open(q Query, body []byte, now time.Time) (*Push, error) {
	switch q.EncryptType {
	case "", "raw":
		return r.openPlain(q, body, now)
	case "aes":
		if len(r.ciphers) == 0 {
			return r.openPlainCopy(q, body, now)
		}
		return r.openSealed(q, body, now)
	}
	if err := r.checkSignature(q); err != nil {
		return nil, err
	}
	return nil, &Error{Check: CheckParse, Msg: "encrypt_type is neither raw nor aes"}
}

func (r *Receiver) openPlain(q Query, body []byte, now time.Time) (*Push, error) {
	if err := r.checkSignature(q); err != nil {
		return nil, err
	}
	if len(r.ciphers) > 0 && !r.allowPlaintext {
		return nil, &Error{
			Check: CheckPlaintext,
			Msg:   "the push is in plaintext, but an EncodingAESKey is configured",
			Hint:  "choose safe mode (安全模式) in the WeChat console, or allow plaintext, or configure no key",
		}
	}
	if err := r.checkAge(q, now); err != nil {
		return nil, err
	}
	return r.finish(newOpened(), body)
}

// openPlainCopy opens a push in compatible mode without a key. The encrypted
// copy is dropped from the fields: it may differ from one attempt to the next.
func (r *Receiver) openPlainCopy(q Query, body []byte, now time.Time) (*Push, error) {
	if err := r.checkSignature(q); err != nil {
		return nil, err
	}
	if err := r.checkAge(q, now); err != nil {
		return nil, err
	}
	push, err := r.finish(newOpened(), body)
	if failed(err, CheckParse) {
		return nil, &Error{
			Check: CheckAESKey,
			Msg:   "the push is encrypted, but no EncodingAESKey is configured",
			Hint:  "configure the EncodingAESKey and the AppID, or choose plaintext mode (明文模式) in the WeChat console",
			Err:   err,
		}
	}
	if err != nil {
		return nil, err
	}
	push.Message.drop("Encrypt")
	return push, nil
}

func (r *Receiver) openSealed(q Query, body []byte, now time.Time) (*Push, error) {
	o := newOpened()
	encrypt, format, err := readEnvelope(o.fields[:0], body)
	if err != nil {
		return nil, err
	}
	clear(o.fields[:]) // the message's are to come
	if err := r.checkMsgSignature(q, encrypt); err != nil {
		return nil, err
	}
	if err := r.checkAge(q, now); err != nil {
		return nil, err
	}
	p := scratch.Get().(*[]byte)
	buf := *p
	defer func() { putScratch(p, buf) }()
	var firstErr error
	for _, c := range r.ciphers {
		var msg []byte
		if buf, msg, err = c.decrypt(buf, encrypt); err == nil {
			o.push.Sealed, o.push.cipher, o.push.token, o.push.format = true, c, r.token, format
			return r.finish(o, msg)
		}
		firstErr = tellingError(firstErr, err)
	}
	return nil, firstErr
}

// tellingError chooses between the failures of two keys: a readable AppID
// shows that its key was right, otherwise the current key's failure counts.
func tellingError(first, next error) error {
	if first == nil || failed(next, CheckAppID) {
		return next
	}
	return first
}

// finish reads the message, which is verified by now, into o.
func (r *Receiver) finish(o *opened, body []byte) (*Push, error) {
	m := &o.message
	if err := m.parse(body); err != nil {
		return nil, err
	}
	if r.originalID != "" && m.ToUserName != r.originalID {
		return nil, &Error{
			Check: CheckOriginalID,
			Msg:   fmt.Sprintf("the push is for %s, but original ID %q is configured", quoteShort(m.ToUserName), r.originalID),
			Hint:  "this is another account's push, or the configured original ID (原始ID, gh_…) is wrong",
		}
	}
	return &o.push, nil
}
