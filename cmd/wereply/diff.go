package main

import (
	"slices"
	"strings"
)

// diffLine is a line of a diff: ' ' for both, '-' for the expected text only,
// '+' for the actual one only.
type diffLine struct {
	op   byte
	text string
}

// maxDiffLines bounds the table of diff; longer texts are shown one after the
// other.
const maxDiffLines = 500

// diff compares two texts line by line, by their longest common subsequence.
func diff(want, got string) []diffLine {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	if len(a) > maxDiffLines || len(b) > maxDiffLines {
		return append(marked('-', a), marked('+', b)...)
	}
	common := make([][]int, len(a)+1) // [i][j]: of a[i:] and b[j:]
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := range slices.Backward(a) {
		for j := range slices.Backward(b) {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var lines []diffLine
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			lines = append(lines, diffLine{' ', a[i]})
			i, j = i+1, j+1
		case common[i+1][j] >= common[i][j+1]:
			lines = append(lines, diffLine{'-', a[i]})
			i++
		default:
			lines = append(lines, diffLine{'+', b[j]})
			j++
		}
	}
	return append(append(lines, marked('-', a[i:])...), marked('+', b[j:])...)
}

func marked(op byte, lines []string) []diffLine {
	list := make([]diffLine, len(lines))
	for i, text := range lines {
		list[i] = diffLine{op, text}
	}
	return list
}
