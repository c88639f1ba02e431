package wechat

import (
	"strings"
	"unicode/utf8"
)

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
// in XML.
func plainChars(s string) bool {
	return utf8.ValidString(s) && !hasControl(s) &&
		!strings.Contains(s, "\uFFFE") && !strings.Contains(s, "\uFFFF")
}

// hasControl reports whether s has a byte below 0x20 other than tab, line
// feed and carriage return. It looks at eight bytes at a time: subtracting
// 0x20 from each borrows into the top bit exactly where one is smaller, or
// where a smaller one stands before; then the bytes are looked at singly.
func hasControl(s string) bool {
	const each = 0x0101010101010101
	for len(s) >= 8 {
		word := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		if (word-0x20*each)&^word&(0x80*each) != 0 && controlByte(s[:8]) {
			return true
		}
		s = s[8:]
	}
	return controlByte(s)
}

func controlByte(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 && s[i] != '\n' && s[i] != '\t' && s[i] != '\r' {
			return true
		}
	}
	return false
}
