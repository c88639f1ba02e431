package rules

import (
	"math/rand"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestComparePaths(t *testing.T) {
	want := []string{
		"01.yaml", // equal value: the bytes decide
		"1.yaml",
		"1/a.yaml",
		"2.yaml",
		"2-b.yaml",
		"2a/9.yaml",
		"2a/10.yaml",
		"10.yaml",
		"99999999999999999999998.yaml",
		"99999999999999999999999.yaml",
		"A.yaml",
		"a.yaml",
		"a/b.yaml",
		"a/b/c.yaml",
		"a/c.yaml",
		"a-2.yaml",
		"a-10.yaml",
		"a-10.yml",
		"x.yaml",
		"x/0.yaml",
		"x/z/z/z.yaml",
		"x y.yaml",
		"x1y2.yaml",
		"x1y10.yaml",
		"价格.yaml",
		"价格/1.yaml",
	}
	for range 20 {
		got := slices.Clone(want)
		rand.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
		slices.SortFunc(got, comparePaths)
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
	}
	for i, a := range want {
		for j, b := range want {
			if c := comparePaths(a, b); (c < 0) != (i < j) || (c == 0) != (i == j) {
				t.Errorf("comparePaths(%q, %q) = %d", a, b, c)
			}
		}
	}
}
