package rules

import (
	"cmp"
	"path"
	"strings"
)

// comparePaths orders the rule files of a folder. a and b are paths below it,
// with forward slashes. Segments are compared one by one: runs of digits by
// value, everything else by its bytes, and the ending of a file does not
// count, so that x.yaml stands before the folder x, and both before x-2.yaml.
func comparePaths(a, b string) int {
	for {
		sa, ra, deeperA := strings.Cut(a, "/")
		sb, rb, deeperB := strings.Cut(b, "/")
		if c := compareSegments(sa, sb, deeperA, deeperB); c != 0 || !deeperA || !deeperB {
			return c
		}
		a, b = ra, rb
	}
}

// compareSegments is 0 only for equal segments of the same kind.
func compareSegments(a, b string, folderA, folderB bool) int {
	stemA, stemB := a, b
	if !folderA {
		stemA = strings.TrimSuffix(a, path.Ext(a))
	}
	if !folderB {
		stemB = strings.TrimSuffix(b, path.Ext(b))
	}
	if c := compareNatural(stemA, stemB); c != 0 {
		return c
	}
	if folderA != folderB {
		if folderB {
			return -1
		}
		return 1
	}
	return cmp.Compare(a, b) // 1.yaml and 01.yaml, x.yaml and x.yml
}

// compareNatural compares runs of ASCII digits by value and all else by bytes.
func compareNatural(a, b string) int {
	for a != "" && b != "" {
		if na, nb := digits(a), digits(b); na > 0 && nb > 0 {
			if c := compareNumbers(a[:na], b[:nb]); c != 0 {
				return c
			}
			a, b = a[na:], b[nb:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// compareNumbers takes runs of digits of any length.
func compareNumbers(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if c := cmp.Compare(len(a), len(b)); c != 0 {
		return c
	}
	return cmp.Compare(a, b)
}

// digits is the length of the run of digits that s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}
