package wechat

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"sync"
)

// The frame that is encrypted:
//
//	random (16 bytes) | length of message (4, big-endian) | message | AppID | padding
const (
	randomBytes = 16
	headBytes   = randomBytes + 4
	padTo       = 32 // PKCS#7 with twice the block size of AES
	keyChars    = 43 // of an EncodingAESKey
)

// Cipher encrypts and decrypts for one account under one EncodingAESKey. It may
// be used by many goroutines.
type Cipher struct {
	appID string
	iv    [aes.BlockSize]byte

	// Each mode holds a copy of the expanded key, which is worth keeping.
	encrypters, decrypters sync.Pool
}

// NewCipher takes the EncodingAESKey as it stands in the console: 43
// characters. Of the last one only four bits count, so it must not be decoded
// strictly.
func NewCipher(appID, encodingAESKey string) (*Cipher, error) {
	if len(encodingAESKey) != keyChars {
		return nil, &Error{
			Check: CheckAESKey,
			Msg:   fmt.Sprintf("the EncodingAESKey has %d characters, not %d", len(encodingAESKey), keyChars),
			Hint:  "copy it again from the WeChat console, without = or spaces",
		}
	}
	key, err := base64.StdEncoding.DecodeString(encodingAESKey + "=")
	if err != nil || len(key) != 32 {
		return nil, &Error{
			Check: CheckAESKey,
			Msg:   "the EncodingAESKey has characters other than A-Z, a-z, 0-9, + and /",
			Hint:  "copy it again from the WeChat console",
		}
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, &Error{Check: CheckAESKey, Msg: "the EncodingAESKey is not usable", Err: err}
	}
	c := &Cipher{appID: appID, iv: [aes.BlockSize]byte(key)}
	c.encrypters.New = func() any { return cipher.NewCBCEncrypter(block, c.iv[:]) }
	c.decrypters.New = func() any { return cipher.NewCBCDecrypter(block, c.iv[:]) }
	return c, nil
}

// crypt runs a mode from a pool over buf. A mode that cannot be reset is left
// to the garbage collector.
func (c *Cipher) crypt(pool *sync.Pool, buf []byte) {
	mode := pool.Get().(cipher.BlockMode)
	mode.CryptBlocks(buf, buf)
	if m, ok := mode.(interface{ SetIV([]byte) }); ok {
		m.SetIV(c.iv[:])
		pool.Put(mode)
	}
}

// scratch keeps buffers for frames, which never outlive a call.
var scratch = sync.Pool{New: func() any { return new([]byte) }}

// maxScratch keeps a rare long document from staying in the pool.
const maxScratch = 64 << 10

func putScratch(p *[]byte, used []byte) {
	if cap(used) <= maxScratch {
		*p = used[:0]
		scratch.Put(p)
	}
}

// AppendEncrypt appends the text of Encrypt for a message. The random bytes
// are those that begin the frame.
func (c *Cipher) AppendEncrypt(dst []byte, random [randomBytes]byte, msg []byte) []byte {
	p := scratch.Get().(*[]byte)
	frame := append((*p)[:0], random[:]...)
	frame = binary.BigEndian.AppendUint32(frame, uint32(len(msg)))
	frame = append(frame, msg...)
	frame = append(frame, c.appID...)
	pad := padTo - len(frame)%padTo
	frame = append(frame, padding[pad-1][:pad]...)
	c.crypt(&c.encrypters, frame)
	dst = base64.StdEncoding.AppendEncode(dst, frame)
	putScratch(p, frame)
	return dst
}

// padding holds each padding, by its length less one.
var padding = func() (table [padTo][padTo]byte) {
	for i := range table {
		copy(table[i][:], bytes.Repeat([]byte{byte(i + 1)}, i+1))
	}
	return table
}()

// Decrypt gives the message in the text of Encrypt. The caller has checked
// msg_signature: without it the encryption does not show whether a message was
// changed.
func (c *Cipher) Decrypt(encrypt string) ([]byte, error) {
	_, msg, err := c.decrypt(nil, encrypt)
	return msg, err
}

// decrypt gives the message as a part of buf, which is overwritten and may
// grow.
func (c *Cipher) decrypt(buf []byte, encrypt string) (grown, msg []byte, err error) {
	buf, err = base64.StdEncoding.AppendDecode(buf[:0], []byte(encrypt))
	if err != nil {
		return buf, nil, &Error{Check: CheckBase64, Msg: "Encrypt is not base64"}
	}
	if len(buf) == 0 || len(buf)%aes.BlockSize != 0 {
		return buf, nil, &Error{Check: CheckDecrypt, Msg: "Encrypt is not a whole number of AES blocks"}
	}
	c.crypt(&c.decrypters, buf)
	msg, err = c.open(buf)
	return buf, msg, err
}

const wrongKeyHint = "the configured EncodingAESKey is not the one in the WeChat console; after a change keep the previous key as the second"

// open takes a decrypted frame apart.
func (c *Cipher) open(frame []byte) (msg []byte, err error) {
	pad := int(frame[len(frame)-1])
	if pad < 1 || pad > padTo || pad > len(frame) {
		return nil, &Error{Check: CheckDecrypt, Msg: "Encrypt decrypts to noise", Hint: wrongKeyHint}
	}
	frame = frame[:len(frame)-pad]
	if len(frame) < headBytes {
		return nil, &Error{Check: CheckFrame, Msg: "Encrypt decrypts to too few bytes", Hint: wrongKeyHint}
	}
	size := uint64(binary.BigEndian.Uint32(frame[randomBytes:]))
	rest := frame[headBytes:]
	if size > uint64(len(rest)) {
		return nil, &Error{Check: CheckFrame, Msg: "Encrypt decrypts to noise", Hint: wrongKeyHint}
	}
	if appID := rest[size:]; string(appID) != c.appID {
		return nil, c.otherAppID(appID)
	}
	return rest[:size], nil
}

// otherAppID tells an AppID from noise, which a wrong key can leave too. An
// AppID is no secret.
func (c *Cipher) otherAppID(appID []byte) error {
	if !plausibleAppID(appID) {
		return &Error{Check: CheckFrame, Msg: "Encrypt decrypts to noise", Hint: wrongKeyHint}
	}
	return &Error{
		Check: CheckAppID,
		Msg:   fmt.Sprintf("the push is for AppID %q, but %q is configured", appID, c.appID),
		Hint:  "configure the AppID that the WeChat console shows beside this EncodingAESKey",
	}
}

func plausibleAppID(id []byte) bool {
	for _, b := range id {
		if nameByte[b] == 0 {
			return false
		}
	}
	return len(id) >= 3 && len(id) <= 64
}
