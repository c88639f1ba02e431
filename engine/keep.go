package engine

import (
	"strings"
	"unsafe"
)

// keep is what the rules of a unit are kept in: things of a kind stand
// side by side. One by one, each would keep a page from being given back that
// was needed for compiling only.
type keep struct {
	bodies     row[body]
	conditions row[condition]
	extras     row[conditionExtra]
	patterns   row[pattern]
	entries    row[entry]
	tests      row[test]
	texts      row[string]
	regexes    row[regex]
}

// row hands out memory for many things of a kind.
type row[T any] []T

// rowBytes is how much memory things share: with what Go notes before it, one
// of the sizes in which it hands out memory. Each file of rules has rows of its
// own, the last of which is not full.
const rowBytes = 1<<10 - 8

func (r *row[T]) take(n int) []T {
	if len(*r) < n {
		var t T
		*r = make([]T, max(n, rowBytes/int(unsafe.Sizeof(t))))
	}
	taken := (*r)[:n:n]
	*r = (*r)[n:]
	return taken
}

func (r *row[T]) one() *T { return &r.take(1)[0] }

// parts keeps parts of a text, which share its memory where they stand in it.
func (k *keep) parts(of string, parts []string) []string {
	if parts == nil {
		return nil
	}
	kept := k.texts.take(len(parts))
	for i, part := range parts {
		kept[i] = part
		if at := strings.Index(of, part); at >= 0 {
			kept[i] = of[at : at+len(part)]
		}
	}
	return kept
}
