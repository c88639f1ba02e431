package rules

import (
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// mutations are mistakes that must be found at every place of a file where
// they can be made. Each answers false where it cannot be made.
var mutations = []struct {
	name  string
	codes []string
	make  func(path []string, n *yaml.Node) bool
}{
	{"unknown field", []string{CodeUnknownField, CodeCombination}, func(path []string, n *yaml.Node) bool {
		if n.Kind != yaml.MappingNode || hasOpenKeys(path) {
			return false
		}
		n.Content = append(n.Content, textNode("zzunknown"), textNode("1"))
		return true
	}},
	{"duplicate key", []string{CodeDuplicate}, func(_ []string, n *yaml.Node) bool {
		if n.Kind != yaml.MappingNode {
			return false
		}
		n.Content = append(n.Content, n.Content[0], n.Content[1])
		return true
	}},
	{"merge key", []string{CodeYAMLFeature}, func(_ []string, n *yaml.Node) bool {
		if n.Kind != yaml.MappingNode {
			return false
		}
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!merge", Value: "<<"}, &yaml.Node{Kind: yaml.MappingNode})
		return true
	}},
	{"list as key", []string{CodeKey}, func(_ []string, n *yaml.Node) bool {
		if n.Kind != yaml.MappingNode {
			return false
		}
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: []*yaml.Node{textNode("a")}}, textNode("1"))
		return true
	}},
	{"null", []string{CodeNull, CodeEmpty}, func(path []string, n *yaml.Node) bool {
		if path == nil || path[len(path)-1] == "" {
			return false
		}
		*n = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
		return true
	}},
	{"anchor", []string{CodeYAMLFeature}, func(path []string, n *yaml.Node) bool {
		if path == nil {
			return false
		}
		n.Anchor = "here"
		return true
	}},
	{"tag", []string{CodeYAMLFeature}, func(path []string, n *yaml.Node) bool {
		if path == nil {
			return false
		}
		n.Tag, n.Style = "!mine", n.Style|yaml.TaggedStyle
		return true
	}},
	{"empty mapping", []string{CodeEmpty, CodeShape}, func(path []string, n *yaml.Node) bool {
		if n.Kind != yaml.MappingNode || path == nil {
			return false
		}
		n.Content = nil
		return true
	}},
	{"empty list", []string{CodeEmpty}, func(_ []string, n *yaml.Node) bool {
		if n.Kind != yaml.SequenceNode {
			return false
		}
		n.Content = nil
		return true
	}},
	{"list for anything", []string{CodeShape, CodeReplyList, CodeKey, CodeMissing}, func(path []string, n *yaml.Node) bool {
		if path == nil || slices.Contains(path, "send") && path[len(path)-1] != "send" {
			return false // the fields of a push may repeat
		}
		inner := *n
		*n = yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: []*yaml.Node{
			{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: []*yaml.Node{&inner}}}}
		return true
	}},
}

func textNode(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s} }

// hasOpenKeys reports whether a mapping has keys that the file chooses. (send
// is not one: it knows WeChat's names, and lets pass what resembles none.)
func hasOpenKeys(path []string) bool {
	if path == nil {
		return false
	}
	return slices.Contains([]string{"replies", "remember", "field", "webhook", "vars"}, path[len(path)-1]) || slices.Contains(path, "send")
}

// eachNode calls visit for every node of a tree: root has the path nil, an entry
// of a list the path element "-", a key the element "".
func eachNode(path []string, n *yaml.Node, visit func(path []string, n *yaml.Node)) {
	visit(path, n)
	for i, c := range n.Content {
		step := "-"
		if n.Kind == yaml.MappingNode {
			step = ""
			if i%2 == 1 {
				step = n.Content[i-1].Value
			}
		}
		eachNode(append(slices.Clip(path), step), c, visit)
	}
}

// entryFiles gives a file for each entry of a file's sections: small ones are
// quickly read.
func entryFiles(t *testing.T, data []byte) []*yaml.Node {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	var files []*yaml.Node
	root := doc.Content[0]
	for i := 0; i < len(root.Content); i += 2 {
		section, step := root.Content[i+1], 1
		if section.Kind == yaml.MappingNode {
			step = 2
		}
		for j := 0; j < len(section.Content); j += step {
			one := *section
			one.Content = section.Content[j : j+step]
			files = append(files, &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{root.Content[i], &one}})
		}
	}
	return files
}

func deepCopy(n *yaml.Node) *yaml.Node {
	c := *n
	c.Content = make([]*yaml.Node, len(n.Content))
	for i := range n.Content {
		c.Content[i] = deepCopy(n.Content[i])
	}
	return &c
}

// A strict decoder loses its strictness most easily below its own special
// cases: so every mistake is made at every place of a file with every word.
func TestStrictEverywhere(t *testing.T) {
	files := entryFiles(t, readFile(t, "testdata/good/words.yaml"))
	for _, m := range mutations {
		t.Run(m.name, func(t *testing.T) {
			made := 0
			for _, file := range files {
				for i, more := 0, true; more; i++ {
					var done bool
					if done, more = mutate(t, deepCopy(file), i, m.codes, m.make); done {
						made++
					}
				}
			}
			if made < 10 {
				t.Errorf("made at %d places only", made)
			}
		})
	}
}

// mutate makes a mistake at the i-th node of a file and checks that it is
// found. It answers whether it could be made there, and whether there is such a
// node.
func mutate(t *testing.T, file *yaml.Node, i int, codes []string, mistake func([]string, *yaml.Node) bool) (done, more bool) {
	t.Helper()
	var at []string
	n := 0
	eachNode(nil, file, func(path []string, node *yaml.Node) {
		if n == i && !more {
			at, more = path, true
			done = mistake(path, node)
		}
		n++
	})
	if !done {
		return false, more
	}
	text, err := yaml.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	_, problems := ParseFile("a.yaml", text)
	if !slices.ContainsFunc(problems, func(p *Problem) bool { return slices.Contains(codes, p.Code) }) {
		t.Errorf("not found at %s: %s\n%s", strings.Join(at, "/"), report(problems), text)
	}
	return true, more
}
