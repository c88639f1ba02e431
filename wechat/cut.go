package wechat

import (
	"strings"
	"unicode/utf8"
)

// CutText gives the longest beginning of s that has at most limit bytes, does
// not end within a character and does not end within a link: of a link
// <a …>…</a> that would be cut nothing is left, so that no tag stays open.
func CutText(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	end := max(limit, 0)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	for from := 0; ; {
		start, stop := findLink(s, from)
		switch {
		case start < 0 || start >= end:
			return s[:end]
		case stop > end:
			return s[:start]
		}
		from = stop
	}
}

// findLink finds the first whole link of s at or after from; start is -1 if
// there is none.
func findLink(s string, from int) (start, stop int) {
	for i := from; ; i++ {
		next := strings.IndexByte(s[i:], '<')
		if next < 0 {
			return -1, -1
		}
		i += next
		if !opensLink(s[i:]) {
			continue
		}
		if length := indexFold(s[i:], "</a>"); length >= 0 {
			return i, i + length + len("</a>")
		}
		return -1, -1
	}
}

func opensLink(s string) bool {
	return len(s) > 2 && (s[1] == 'a' || s[1] == 'A') && strings.IndexByte(" \t\n>", s[2]) >= 0
}

// indexFold is strings.Index for a tag in whatever letter case.
func indexFold(s, tag string) int {
	for i := 0; i+len(tag) <= len(s); i++ {
		if s[i] == tag[0] && strings.EqualFold(s[i:i+len(tag)], tag) {
			return i
		}
	}
	return -1
}
