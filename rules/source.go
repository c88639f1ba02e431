package rules

import (
	"bytes"
	"unicode/utf8"
)

// source is the text of a file by lines.
type source struct {
	data  []byte
	start []int32 // offset of each line
}

func newSource(data []byte) source {
	start := make([]int32, 1, bytes.Count(data, []byte{'\n'})+1)
	for i, c := range data {
		if c == '\n' {
			start = append(start, int32(i+1))
		}
	}
	return source{data: data, start: start}
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
