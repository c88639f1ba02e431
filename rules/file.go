package rules

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"strings"

	"gopkg.in/yaml.v3"
)

var (
	fileFields = fieldsOf[fileForm]()
	botFields  = fieldsOf[botForm]()
)

// ParseFile reads one rule file. It is a pure function of its arguments and
// safe for concurrent use.
//
// The problems are all there are in the file, warnings included, in its order.
// When one of them is an error, the File holds what could be read: good for
// finding more problems in other files, not for use.
func ParseFile(path string, data []byte) (*File, Problems) {
	return parseFile(path, data, newArena())
}

// parseFile is ParseFile in an arena, which may have served other files.
func parseFile(path string, data []byte, a *arena) (*File, Problems) {
	f := &File{Path: path}
	a.reset(len(data))
	r, root := newReader(path, data, a)
	if root != nil {
		r.file(root, f)
	}
	return f, r.sorted()
}

func (r *reader) file(root *yaml.Node, f *File) {
	if root.Kind == yaml.SequenceNode {
		r.add(CodeShape, root, "the file begins with a list, where `rules:`, `replies:` or `tests:` must stand", "put a line `rules:` above the list")
		return
	}
	r.fields(root, whatFile, fileFields, func(key string, k, v *yaml.Node) {
		switch key {
		case "rules":
			f.Rules = r.rules(v, f)
		case "replies":
			f.Replies = r.replies(v)
		case "tests":
			f.Tests = r.tests(v)
		}
	})
}

func (r *reader) rules(n *yaml.Node, f *File) []Rule {
	items, ok := r.items(n, "`rules`")
	if !ok {
		return nil
	}
	list := make([]Rule, len(items))
	equals := map[uint64]int32{}
	for i, item := range items {
		rule := &list[i]
		rule.File, rule.At = f, r.at(item)
		r.readRule(item, rule)
		if rule.Name == "" {
			rule.Hash = ruleHash(r.path, item)
			equals[rule.Hash]++
			rule.Nth = equals[rule.Hash]
		}
	}
	return list
}

func (r *reader) replies(n *yaml.Node) []*Named {
	var list []*Named
	r.entries(n, "`replies`", func(name string, k, v *yaml.Node) {
		if name == "" {
			r.add(CodeEmpty, k, "a reply under `replies` has an empty name", "")
			return
		}
		if reply := r.reply(v, "`"+name+"`", 0); reply != nil {
			list = append(list, &Named{Name: name, Pos: r.pos(k), Reply: reply})
		}
	})
	return list
}

// ruleHash identifies an unnamed rule: by its file and what it says under when,
// unless and reply, however that is laid out.
func ruleHash(path string, rule *yaml.Node) uint64 {
	h := sha256.New()
	hashText(h, 'p', path)
	for i := 0; rule.Kind == yaml.MappingNode && i+1 < len(rule.Content); i += 2 {
		switch key := rule.Content[i].Value; key {
		case "when", "unless", "reply":
			hashText(h, 'k', key)
			hashNode(h, rule.Content[i+1])
		}
	}
	return binary.BigEndian.Uint64(h.Sum(nil))
}

func hashNode(h hash.Hash, n *yaml.Node) {
	hashText(h, byte(n.Kind), strings.TrimRight(n.Value, "\n"))
	binary.Write(h, binary.LittleEndian, int32(len(n.Content)))
	for _, c := range n.Content {
		hashNode(h, c)
	}
}

func hashText(h hash.Hash, kind byte, s string) {
	binary.Write(h, binary.LittleEndian, int32(len(s))<<8|int32(kind))
	h.Write([]byte(s))
}
