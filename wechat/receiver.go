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
	p := new(Push)
	if err := r.OpenInto(p, q, body, now); err != nil {
		return nil, err
	}
	return p, nil
}

// OpenInto is Open in memory that may have held another push, of which nothing
// but the strings may be in use. After an error p holds nothing.
func (r *Receiver) OpenInto(p *Push, q Query, body []byte, now time.Time) error {
	p.reset()
	err := r.open(p, q, body, now)
	if err != nil {
		p.Message = nil
	}
	return err
}

func (r *Receiver) open(p *Push, q Query, body []byte, now time.Time) error {
	switch q.EncryptType {
	case "", "raw":
		return r.openPlain(p, q, body, now)
	case "aes":
		if len(r.ciphers) == 0 {
			return r.openPlainCopy(p, q, body, now)
		}
		return r.openSealed(p, q, body, now)
	}
	if err := r.checkSignature(q); err != nil {
		return err
	}
	return &Error{Check: CheckParse, Msg: "encrypt_type is neither raw nor aes"}
}

func (r *Receiver) openPlain(p *Push, q Query, body []byte, now time.Time) error {
	if err := r.checkSignature(q); err != nil {
		return err
	}
	if len(r.ciphers) > 0 && !r.allowPlaintext {
		return &Error{
			Check: CheckPlaintext,
			Msg:   "the push is in plaintext, but an EncodingAESKey is configured",
			Hint:  "choose safe mode (安全模式) in the WeChat console, or write allow_plaintext: true for the account, or take its aes_key out",
		}
	}
	if err := r.checkAge(q, now); err != nil {
		return err
	}
	return r.finish(p, body)
}

// openPlainCopy opens a push in compatible mode without a key. The encrypted
// copy is dropped from the fields: it may differ from one attempt to the next.
func (r *Receiver) openPlainCopy(p *Push, q Query, body []byte, now time.Time) error {
	if err := r.checkSignature(q); err != nil {
		return err
	}
	if err := r.checkAge(q, now); err != nil {
		return err
	}
	err := r.finish(p, body)
	if failed(err, CheckParse) {
		return &Error{
			Check: CheckAESKey,
			Msg:   "the push is encrypted, but no EncodingAESKey is configured",
			Hint:  "configure the EncodingAESKey and the AppID, or choose plaintext mode (明文模式) in the WeChat console",
			Err:   err,
		}
	}
	if err != nil {
		return err
	}
	p.Message.drop("Encrypt")
	return nil
}

func (r *Receiver) openSealed(p *Push, q Query, body []byte, now time.Time) error {
	encrypt, format, err := readEnvelope(p.fields[:0], body)
	if err != nil {
		return err
	}
	clear(p.fields[:]) // the message's are to come
	if err := r.checkMsgSignature(q, encrypt); err != nil {
		return err
	}
	if err := r.checkAge(q, now); err != nil {
		return err
	}
	space := scratch.Get().(*[]byte)
	buf := *space
	defer func() { putScratch(space, buf) }()
	var firstErr error
	for _, c := range r.ciphers {
		var msg []byte
		if buf, msg, err = c.decrypt(buf, encrypt); err == nil {
			p.Sealed, p.cipher, p.token, p.format = true, c, r.token, format
			return r.finish(p, msg)
		}
		firstErr = tellingError(firstErr, err)
	}
	return firstErr
}

// tellingError chooses between the failures of two keys: a readable AppID
// shows that its key was right, otherwise the current key's failure counts.
func tellingError(first, next error) error {
	if first == nil || failed(next, CheckAppID) {
		return next
	}
	return first
}

// finish reads the message, which is verified by now, into p.
func (r *Receiver) finish(p *Push, body []byte) error {
	m := p.Message
	if err := m.parse(body); err != nil {
		return err
	}
	if r.originalID != "" && m.ToUserName != r.originalID {
		return &Error{
			Check: CheckOriginalID,
			Msg:   fmt.Sprintf("the push is for %s, but original ID %q is configured", quoteShort(m.ToUserName), r.originalID),
			Hint:  "this is another account's push, or the configured original ID (原始ID, gh_…) is wrong",
		}
	}
	return nil
}
