package engine

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold gives a text as keywords see it: NFKC, simple lower case, zero-width
// characters and variation selectors dropped, outer white space trimmed.
func fold(s string) string {
	var scratch [128]byte
	folded := appendFold(scratch[:0], s)
	if string(folded) == s {
		return s // shares the memory of what the operator wrote
	}
	return string(folded)
}

// appendFold appends fold(s). Usual text, which is ASCII, Chinese, kana and
// their punctuation, is folded rune by rune without the tables of
// normalization and without allocating, as long as dst has room.
func appendFold(dst []byte, s string) []byte {
	start := len(dst)
	for i := 0; i < len(s); {
		if n := plainPrefix(s[i:]); n > 0 {
			dst = append(dst, s[i:i+n]...)
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case 'A' <= r && r <= 'Z':
			dst = append(dst, byte(r+'a'-'A'))
		case isDropped(r):
		case isStable(r):
			dst = append(dst, s[i:i+size]...)
		case 0xFF01 <= r && r <= 0xFF5E: // full-width ASCII
			dst = append(dst, byte(unicode.ToLower(r-0xFEE0)))
		case r == 0x3000: // ideographic space
			dst = append(dst, ' ')
		default:
			return appendFoldSlow(dst[:start], s)
		}
		i += size
	}
	return trimSpace(dst, start)
}

// plainPrefix counts the bytes at the front that folding keeps as they are:
// ASCII without capitals, and U+4000 to U+9FFF, which is nearly all of Chinese.
func plainPrefix(s string) int {
	i := 0
	for i < len(s) {
		switch b := s[i]; {
		case b < utf8.RuneSelf && (b < 'A' || 'Z' < b):
			i++
		case 0xE4 <= b && b <= 0xE9 && i+2 < len(s) && s[i+1]&0xC0 == 0x80 && s[i+2]&0xC0 == 0x80:
			i += 3
		default:
			return i
		}
	}
	return i
}

// appendFoldSlow is appendFold for any text, and what the fast path is tested
// against. Bytes that are not UTF-8 become U+FFFD.
func appendFoldSlow(dst []byte, s string) []byte {
	start := len(dst)
	for _, r := range norm.NFKC.String(s) {
		if !isDropped(r) {
			dst = utf8.AppendRune(dst, unicode.ToLower(r))
		}
	}
	return trimSpace(dst, start)
}

// isStable reports whether folding keeps r whatever stands around it: NFKC
// leaves it alone, it has no lower case, and it combines with no neighbour.
// The ranges are what Chinese chat is made of; leaving one out costs time only.
func isStable(r rune) bool {
	switch {
	case 0x4E00 <= r && r <= 0x9FFF, // CJK ideographs
		0x3400 <= r && r <= 0x4DBF,                             // extension A
		0x3001 <= r && r <= 0x3029,                             // 、 。 《 「 【
		0x3041 <= r && r <= 0x3096,                             // hiragana
		0x30A1 <= r && r <= 0x30FC,                             // katakana
		0x2018 <= r && r <= 0x2019, 0x201C <= r && r <= 0x201D, // ‘ ’ “ ”
		r == 0x2014, r == 0x00B7, r == 0x200D, // — · and the joiner of emoji
		0x1F300 <= r && r <= 0x1F64F, 0x1F680 <= r && r <= 0x1F6C5, 0x1F900 <= r && r <= 0x1F9FF: // emoji
		return true
	}
	return false
}

// isDropped reports whether r is a zero-width character or a variation
// selector that users do not see.
func isDropped(r rune) bool {
	switch r {
	case 0x200B, 0x200C, 0x2060, 0xFEFF, 0xFE0E, 0xFE0F:
		return true
	}
	return false
}

// trimSpace trims outer white space of what stands in b from start on.
func trimSpace(b []byte, start int) []byte {
	for len(b) > start {
		r, size := utf8.DecodeLastRune(b[start:])
		if !unicode.IsSpace(r) {
			break
		}
		b = b[:len(b)-size]
	}
	lead := start
	for lead < len(b) {
		r, size := utf8.DecodeRune(b[lead:])
		if !unicode.IsSpace(r) {
			break
		}
		lead += size
	}
	if lead == start {
		return b
	}
	return b[:start+copy(b[start:], b[lead:])]
}

// finalPunctuation is what people add to a keyword without meaning another
// one. Full-width forms have been folded to these.
const finalPunctuation = "。.,、!?;:~"

// trimFinal drops a run of final punctuation, and the white space before it,
// from a folded text, unless nothing else is left. Exact and suffix patterns
// compare what it gives, on both sides.
func trimFinal(folded string) string {
	trimmed := strings.TrimRight(folded, finalPunctuation)
	if len(trimmed) == len(folded) {
		return folded
	}
	trimmed = strings.TrimRightFunc(trimmed, unicode.IsSpace)
	if trimmed == "" {
		return folded
	}
	return trimmed
}

// restAfter gives what stands in sent, as it was sent, behind the characters
// that make the first n bytes of its folded form, trimmed.
func restAfter(sent string, n int) string {
	var it norm.Iter
	it.InitString(norm.NFKC, sent)
	folded := 0
	for !it.Done() {
		before := it.Pos()
		for _, r := range string(it.Next()) {
			if r = unicode.ToLower(r); isDropped(r) || folded == 0 && unicode.IsSpace(r) {
				continue
			}
			folded += utf8.RuneLen(r)
		}
		// A character that normalization takes apart comes in several steps,
		// the position moving with the last.
		if folded >= n && it.Pos() > before {
			break
		}
	}
	return strings.TrimFunc(sent[it.Pos():], func(r rune) bool { return unicode.IsSpace(r) || isDropped(r) })
}
