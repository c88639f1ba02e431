package wechat

import "unicode/utf8"

// xmlChar reports whether XML 1.0 allows the character in a document, even
// inside CDATA or as an entity.
func xmlChar(r rune) bool {
	return r >= 0x20 && r <= 0xD7FF || r == '\n' || r == '\t' || r == '\r' ||
		r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= utf8.MaxRune
}

// mendChar is a function for strings.Map.
func mendChar(r rune) rune {
	if xmlChar(r) {
		return r
	}
	return utf8.RuneError
}

// plainChars reports whether s is UTF-8 and every character of it is allowed
// in XML. ASCII goes by eight bytes, most of Chinese by three.
func plainChars(s string) bool {
	for i := 0; i < len(s); {
		b := s[i]
		switch {
		case b < utf8.RuneSelf:
			if len(s)-i >= 8 && plainWord(s[i:i+8]) {
				i += 8
				continue
			}
			if b < 0x20 && b != '\n' && b != '\t' && b != '\r' {
				return false
			}
			i++
		case plainThree(s[i:]):
			i += 3
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 || !xmlChar(r) {
				return false
			}
			i += size
		}
	}
	return true
}

// plainWord reports whether the eight bytes of s are printable ASCII: none has
// its top bit set, and none gets it when 0x20 is subtracted from each, which
// borrows first where a byte is smaller.
func plainWord(s string) bool {
	const each = 0x0101010101010101
	_ = s[7]
	word := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	return (word|(word-0x20*each))&(0x80*each) == 0
}

// plainThree reports whether s begins with one of the characters from U+1000
// to U+FFBF that are no surrogates, which are three bytes each. It may say no
// too often.
func plainThree(s string) bool {
	if len(s) < 3 || s[1]&0xC0 != 0x80 || s[2]&0xC0 != 0x80 {
		return false
	}
	switch b := s[0]; {
	case b == 0xEF:
		return s[1] != 0xBF
	default:
		return 0xE1 <= b && b <= 0xEE && b != 0xED
	}
}
