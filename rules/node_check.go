package rules

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// newReader parses a YAML file. The node is the root of its only document; it is
// nil when the file says nothing or cannot be read, and then the reader has
// the problems.
func newReader(path string, data []byte) (*reader, *yaml.Node) {
	r := &reader{path: path, src: newSource(data)}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		r.addAt(CodeSyntax, At{Line: 1}, "the YAML cannot be read", "")
		return r, nil
	}
	if doc.Kind == 0 || isNull(doc.Content[0]) {
		return r, nil
	}
	return r, doc.Content[0]
}

func (r *reader) isMapping(n *yaml.Node, what string) bool {
	if !r.isPlainYAML(n) {
		return false
	}
	if n.Kind != yaml.MappingNode {
		r.add(CodeShape, n, fmt.Sprintf("%s must have fields (key: value), it is %s", what, shape(n)), "")
		return false
	}
	if len(n.Content) == 0 {
		r.add(CodeEmpty, n, what+" is empty", "")
		return false
	}
	return true
}

// isPlainYAML refuses the features of YAML that rule files do without.
func (r *reader) isPlainYAML(n *yaml.Node) bool {
	switch {
	case n.Kind == yaml.AliasNode:
		r.add(CodeYAMLFeature, n, "aliases are not allowed", "")
	case n.Anchor != "":
		r.add(CodeYAMLFeature, n, "anchors are not allowed", "")
	case n.Style&yaml.TaggedStyle != 0:
		r.add(CodeYAMLFeature, n, "tags are not allowed", "")
	default:
		return true
	}
	return false
}

func (r *reader) isKey(k *yaml.Node) bool {
	if !r.isPlainYAML(k) {
		return false
	}
	if k.Kind != yaml.ScalarNode {
		r.add(CodeKey, k, "a key must be a text, not "+shape(k), "")
		return false
	}
	return true
}

func (r *reader) isGiven(k, v *yaml.Node) bool {
	if isNull(v) {
		r.add(CodeNull, k, fmt.Sprintf("`%s` has no value", k.Value), "")
		return false
	}
	return true
}

func (r *reader) null(n *yaml.Node, what string) {
	r.add(CodeNull, n, what+" has no value", "")
}

func (r *reader) duplicate(n *yaml.Node, i int) {
	r.add(CodeDuplicate, n.Content[i], fmt.Sprintf("`%s` stands here twice", n.Content[i].Value), "")
}

func (r *reader) unknownField(n, k, v *yaml.Node, what string, known []string) {
	hint := ""
	if s := suggest(k.Value, known); s != "" {
		hint = fmt.Sprintf("did you mean `%s`?", s)
	} else {
		hint = "known here: " + strings.Join(known, ", ")
	}
	r.add(CodeUnknownField, k, fmt.Sprintf("%s has no field `%s`", what, k.Value), hint)
}

func isNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Tag == "!!null"
}

// shape names the kind of a node for people.
func shape(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.MappingNode:
		return "a mapping (key: value)"
	case isNull(n):
		return "empty"
	}
	return "a text"
}

func indexOf(list []string, s string) int {
	for i, e := range list {
		if e == s {
			return i
		}
	}
	return -1
}
