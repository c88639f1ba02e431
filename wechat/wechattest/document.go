package wechattest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"slices"
	"strings"

	"wereply/wechat"
)

// Document builds a push from leaves with dotted paths, as [wechat.Parse]
// gives them. Neighbours with a common beginning of their paths share its
// elements; where a path comes again, a new element List or item begins, or
// else a repeated leaf. In JSON repeated names become an array, and the fields
// that WeChat sends as numbers are numbers.
func Document(fields []wechat.Field, format wechat.Format) []byte {
	root := &node{}
	for _, f := range fields {
		root.add(strings.Split(f.Path, "."), f.Value)
	}
	var b bytes.Buffer
	if format == wechat.JSON {
		root.writeJSON(&b)
	} else {
		b.WriteString("<xml>")
		root.writeXML(&b)
		b.WriteString("</xml>")
	}
	return b.Bytes()
}

// node is an element; one without children is a leaf.
type node struct {
	name     string
	value    string
	children []*node
}

func (n *node) add(path []string, value string) {
	name := path[0]
	if len(path) == 1 {
		n.children = append(n.children, &node{name: name, value: value})
		return
	}
	if last := n.last(); last == nil || last.name != name || last.repeats(path[1:]) {
		n.children = append(n.children, &node{name: name})
	}
	n.last().add(path[1:], value)
}

func (n *node) last() *node {
	if len(n.children) == 0 {
		return nil
	}
	return n.children[len(n.children)-1]
}

// repeats reports whether a leaf with the path, which n has already, begins
// another n. Only elements that WeChat repeats are begun again.
func (n *node) repeats(path []string) bool {
	if len(n.children) == 0 {
		return true // n is a leaf itself
	}
	return (n.name == "List" || n.name == "item") && len(path) == 1 &&
		slices.ContainsFunc(n.children, func(c *node) bool { return c.name == path[0] })
}

func (n *node) writeXML(b *bytes.Buffer) {
	for _, c := range n.children {
		b.WriteString("<" + c.name + ">")
		switch {
		case len(c.children) > 0:
			c.writeXML(b)
		case isNumber(c):
			b.WriteString(c.value)
		default:
			writeCDATA(b, c.value)
		}
		b.WriteString("</" + c.name + ">")
	}
}

// writeCDATA escapes what CDATA cannot hold: its own end, and a carriage
// return, which would be read as a line feed.
func writeCDATA(b *bytes.Buffer, s string) {
	if strings.Contains(s, "]]>") || strings.Contains(s, "\r") {
		_ = xml.EscapeText(b, []byte(s)) // a bytes.Buffer does not fail
		return
	}
	b.WriteString("<![CDATA[" + s + "]]>")
}

func (n *node) writeJSON(b *bytes.Buffer) {
	b.WriteByte('{')
	written := make(map[string]bool)
	for i, c := range n.children {
		if written[c.name] {
			continue
		}
		written[c.name] = true
		if i > 0 {
			b.WriteByte(',')
		}
		writeString(b, c.name)
		b.WriteByte(':')
		c.writeValues(b, n.children[i:])
	}
	b.WriteByte('}')
}

// writeValues writes n, or an array of n and those of its later siblings that
// have its name.
func (n *node) writeValues(b *bytes.Buffer, siblings []*node) {
	same := slices.Collect(func(yield func(*node) bool) {
		for _, s := range siblings {
			if s.name == n.name && !yield(s) {
				return
			}
		}
	})
	if len(same) > 1 {
		b.WriteByte('[')
	}
	for i, s := range same {
		if i > 0 {
			b.WriteByte(',')
		}
		switch {
		case len(s.children) > 0:
			s.writeJSON(b)
		case isNumber(s):
			b.WriteString(s.value)
		default:
			writeString(b, s.value)
		}
	}
	if len(same) > 1 {
		b.WriteByte(']')
	}
}

func writeString(b *bytes.Buffer, s string) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false) // as WeChat sends it
	_ = e.Encode(s)        // a string does not fail
	b.Truncate(b.Len() - 1)
}

// isNumber reports whether WeChat sends the leaf as a bare number.
func isNumber(n *node) bool {
	switch n.name {
	case "CreateTime", "MsgId", "MsgID", "ArticleCount", "MenuId", "Count":
		return n.value != "" && len(n.value) < 20 && (n.value[0] != '0' || n.value == "0") &&
			strings.Trim(n.value, "0123456789") == ""
	}
	return false
}
