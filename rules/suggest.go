package rules

import (
	"strings"
	"unicode/utf8"
)

// Suggest gives the known word that word was probably meant to be, or "", as
// the messages of this package do: for those of other packages.
func Suggest(word string, known []string) string { return suggest(word, known) }

// suggest gives the known word that word was probably meant to be, or "".
// Letter case does not count as a mistake.
func suggest(word string, known []string) string {
	limit := 0
	switch n := utf8.RuneCountInString(word); {
	case n >= 8:
		limit = 2
	case n >= 3:
		limit = 1
	}
	folded := []rune(fold(word))
	best, distance := "", limit+1
	for _, k := range known {
		if d := editDistance(folded, []rune(fold(k)), distance); d < distance {
			best, distance = k, d
		}
	}
	return best
}

// fold removes what people mix up without meaning another word.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// editDistance counts the insertions, deletions, replacements and swaps of
// neighbours that make b of a. It gives limit when there are more.
func editDistance(a, b []rune, limit int) int {
	if d := len(a) - len(b); d >= limit || -d >= limit {
		return limit
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit)
}
