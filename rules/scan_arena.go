package rules

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// arena holds what is read of one file after the other. Nodes are lent until
// the next file; texts are for good, many of them in one piece of memory, so
// that they cost what they say.
type arena struct {
	file  []byte // room for what the loader reads
	nodes blocks[yaml.Node]
	lists blocks[*yaml.Node]
	texts strings.Builder
	left  int // bytes of the file that may still become texts
	keys  map[string]string
}

func newArena() *arena { return &arena{keys: map[string]string{}} }

// reset takes back the nodes, for a file of so many bytes. What was read
// before keeps its texts.
func (a *arena) reset(size int) {
	a.nodes.reset()
	a.lists.reset()
	a.texts, a.left = strings.Builder{}, size
	clear(a.keys)
}

func (a *arena) node() *yaml.Node { return &a.nodes.take(1)[0] }

func (a *arena) list(nodes []*yaml.Node) []*yaml.Node {
	list := a.lists.take(len(nodes))
	copy(list, nodes)
	return list
}

// textBlock is how much memory texts share.
const textBlock = 8 << 10

// text keeps a copy of s.
func (a *arena) text(s string) string {
	a.left -= len(s)
	if len(s) > textBlock/8 {
		return strings.Clone(s)
	}
	if a.texts.Cap()-a.texts.Len() < len(s) {
		a.texts = strings.Builder{}
		a.texts.Grow(max(min(textBlock, a.left+len(s)), len(s)))
	}
	start := a.texts.Len()
	a.texts.WriteString(s)
	return a.texts.String()[start:]
}

// key keeps one copy of equal texts.
func (a *arena) key(s string) string {
	if known, ok := a.keys[s]; ok {
		return known
	}
	s = strings.Clone(s)
	a.keys[s] = s
	return s
}

// blocks hands out memory in large pieces and takes it back all at once.
type blocks[T any] struct {
	all  [][]T
	at   int // index of the piece in use
	used int // of it
}

// Sizes of pieces: the first, and what they grow to.
const (
	minBlock = 64
	maxBlock = 1024
)

func (b *blocks[T]) take(n int) []T {
	for {
		if b.at == len(b.all) {
			b.all = append(b.all, make([]T, max(n, min(minBlock<<len(b.all), maxBlock))))
		}
		if piece := b.all[b.at]; b.used+n <= len(piece) {
			b.used += n
			return piece[b.used-n : b.used : b.used]
		}
		b.at, b.used = b.at+1, 0
	}
}

func (b *blocks[T]) reset() { b.at, b.used = 0, 0 }
