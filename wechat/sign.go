package wechat

import (
	"crypto/sha1"
	"crypto/subtle"
	"encoding/hex"
	"slices"
)

// Sign gives WeChat's signature over strings: lower-case hex SHA-1 of them
// sorted by bytes and joined. The signature of a query is over token,
// timestamp and nonce; msg_signature is over these and the text of Encrypt.
func Sign(parts ...string) string {
	sum := digest(nil, parts...)
	return string(sum[:])
}

// signed reports in constant time whether signature is that of the strings
// and, unless it is nil, encrypt.
func signed(signature string, encrypt []byte, parts ...string) bool {
	sum := digest(encrypt, parts...)
	return subtle.ConstantTimeCompare(sum[:], []byte(signature)) == 1
}

// digest takes the text of Encrypt apart from the others, as bytes, to spare
// its copy.
func digest(encrypt []byte, parts ...string) (sum [2 * sha1.Size]byte) {
	var order [4]string
	var scratch [2048]byte // holds the encrypted copy of a usual push
	sorted := append(order[:0], parts...)
	slices.Sort(sorted)
	text := scratch[:0]
	for _, part := range sorted {
		if encrypt != nil && string(encrypt) < part {
			text = append(text, encrypt...)
			encrypt = nil
		}
		text = append(text, part...)
	}
	text = append(text, encrypt...)
	raw := sha1.Sum(text)
	hex.Encode(sum[:], raw[:])
	return sum
}
