package rules

import (
	"bytes"
	"sort"
	"unicode/utf8"
)

// source is the text of a file by lines.
type source struct {
	data  []byte
	start []int32 // offset of each line

	hasBang bool // there is a ! before a space somewhere
}

func newSource(data []byte) source {
	start := make([]int32, 1, bytes.Count(data, []byte{'\n'})+1)
	for at := 0; ; {
		i := bytes.IndexByte(data[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
		start = append(start, int32(at))
	}
	return source{data: data, start: start, hasBang: bytes.Contains(data, []byte("! "))}
}

// line gives line n, counted from 1, without its line break; "" beyond the
// end.
func (s *source) line(n int) string {
	if n < 1 || n > len(s.start) {
		return ""
	}
	end := len(s.data)
	if n < len(s.start) {
		end = int(s.start[n]) - 1
	}
	return string(bytes.TrimSuffix(s.data[s.start[n-1]:end], []byte{'\r'}))
}

// from gives line n from column col on, both counted from 1, col in
// characters.
func (s *source) from(n, col int) string {
	line := s.line(n)
	for ; col > 1 && line != ""; col-- {
		_, size := utf8.DecodeRuneInString(line)
		line = line[size:]
	}
	return line
}

// hasHash reports whether line n has a # behind white space.
func (s *source) hasHash(n int) bool {
	if n < 1 || n > len(s.start) {
		return false
	}
	end := len(s.data)
	if n < len(s.start) {
		end = int(s.start[n])
	}
	line := s.data[s.start[n-1]:end]
	return bytes.Contains(line, []byte(" #")) || bytes.Contains(line, []byte("\t#"))
}

// position gives the place of an offset.
func (s *source) position(offset int) At {
	line := sort.Search(len(s.start), func(i int) bool { return int(s.start[i]) > offset })
	return At{Line: int32(line), Col: int32(utf8.RuneCount(s.data[s.start[line-1]:offset])) + 1}
}
