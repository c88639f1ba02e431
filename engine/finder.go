package engine

import (
	"index/suffixarray"
	"strings"
	"unsafe"
)

// finder finds keywords in the values of one message. The usual message has few
// rules to confirm, and reading its text for each is quickest. A long text that
// fits the fronts of thousands of keywords would then be read thousands of
// times: once it was read often, it is indexed instead.
type finder struct {
	read    int // bytes of values that were read for a keyword
	indexed map[value]*suffixarray.Index
}

// value identifies a text by where it stands in memory.
type value struct {
	data *byte
	size int
}

// maxReads is how often a value is read before it is indexed, which takes about
// as long.
const maxReads = 64

// contains is strings.Contains. A nil finder always reads.
func (f *finder) contains(text, part string) bool {
	if f == nil || f.read < maxReads*len(text) {
		if f != nil {
			f.read += len(text)
		}
		return strings.Contains(text, part)
	}
	if part == "" || text == "" {
		return part == ""
	}
	key := value{unsafe.StringData(text), len(text)}
	index := f.indexed[key]
	if index == nil {
		if f.indexed == nil {
			f.indexed = map[value]*suffixarray.Index{}
		}
		index = suffixarray.New(unsafe.Slice(key.data, key.size))
		f.indexed[key] = index
	}
	return index.Lookup(unsafe.Slice(unsafe.StringData(part), len(part)), 1) != nil
}
