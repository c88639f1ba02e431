package wechat

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// parseXML appends the leaves of an XML document to fields. The usual
// document is flat and goes through scanFlat; the strict parser reads the
// others and is what says which documents are accepted at all.
func parseXML(fields []Field, s string) ([]Field, error) {
	if !plainChars(s) {
		s = strings.Map(mendChar, s)
	}
	if flat, ok := scanFlat(fields, s); ok {
		return flat, nil
	}
	return strictXML(s)
}

// strictXML reads a document whose characters were mended.
func strictXML(s string) ([]Field, error) {
	r := &tagReader{s: s}
	p := xmlParser{reader: r, decoder: xml.NewDecoder(r)}
	if err := p.document(); err != nil {
		return nil, err
	}
	return p.fields, nil
}

// xmlParser is the strict parser. It reads raw tokens and keeps the stack
// itself, since the decoder's own would resolve namespaces and grow without
// bound.
type xmlParser struct {
	reader  *tagReader
	decoder *xml.Decoder
	fields  []Field
	stack   []element
	text    []byte // of the innermost element
	started bool   // something other than the XML declaration was read
	closed  bool   // the root was read
}

// element is an open element.
type element struct {
	name     string
	path     string // below the root
	children bool
}

func (p *xmlParser) document() error {
	for {
		p.reader.token = int(p.decoder.InputOffset())
		token, err := p.decoder.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			return p.syntaxError(err)
		}
		if err := p.token(token); err != nil {
			return err
		}
	}
	if !p.closed {
		return parseError("XML ends before </xml>")
	}
	return nil
}

func (p *xmlParser) token(token xml.Token) error {
	declaration := !p.started
	p.started = true
	switch t := token.(type) {
	case xml.StartElement:
		return p.open(t.Name)
	case xml.EndElement:
		return p.close(t.Name)
	case xml.CharData:
		return p.chars(t)
	case xml.Directive:
		return p.errorf("a DOCTYPE or another directive is not allowed")
	case xml.ProcInst:
		if t.Target != "xml" || !declaration {
			return p.errorf("processing instructions are not allowed")
		}
	}
	return nil // a comment, or the XML declaration
}

func (p *xmlParser) open(name xml.Name) error {
	depth := len(p.stack)
	switch {
	case name.Space != "":
		return p.errorf("namespace prefixes are not allowed")
	case len(name.Local) > MaxNameBytes:
		return p.errorf("a name is longer than %d bytes", MaxNameBytes)
	case depth == MaxDepth:
		return p.errorf("elements are nested deeper than %d", MaxDepth)
	case depth == 0 && (p.closed || name.Local != "xml"):
		return p.errorf("the document is not one <xml> element")
	}
	e := element{name: name.Local}
	if depth > 0 {
		parent := &p.stack[depth-1]
		if !blank(p.text) {
			return p.errorf("text stands beside elements")
		}
		parent.children = true
		e.path = join(parent.path, e.name)
	}
	p.text = p.text[:0]
	p.stack = append(p.stack, e)
	return nil
}

func (p *xmlParser) close(name xml.Name) error {
	depth := len(p.stack)
	if depth == 0 || name.Space != "" || p.stack[depth-1].name != name.Local {
		return p.errorf("an element is closed that is not open")
	}
	e := p.stack[depth-1]
	p.stack = p.stack[:depth-1]
	p.closed = depth == 1
	if e.children || depth == 1 {
		if !blank(p.text) {
			return p.errorf("text stands beside elements")
		}
	} else {
		if len(p.fields) == MaxFields {
			return p.errorf("there are more than %d fields", MaxFields)
		}
		p.fields = append(p.fields, Field{Path: e.path, Value: string(p.text)})
	}
	p.text = p.text[:0]
	return nil
}

func (p *xmlParser) chars(t xml.CharData) error {
	if len(p.stack) > 0 {
		p.text = append(p.text, t...)
	} else if !blank(t) {
		return p.errorf("there is text outside <xml>")
	}
	return nil
}

func (p *xmlParser) errorf(format string, args ...any) error {
	line, _ := p.decoder.InputPos()
	return parseError(fmt.Sprintf("XML, line %d: ", line) + fmt.Sprintf(format, args...))
}

// syntaxError gives the line alone: the decoder's own words can quote what a
// user wrote.
func (p *xmlParser) syntaxError(err error) error {
	if err == errLongTag {
		return p.errorf("a tag is longer than %d bytes", maxTagBytes)
	}
	line, _ := p.decoder.InputPos()
	if syntax := (*xml.SyntaxError)(nil); errors.As(err, &syntax) {
		line = syntax.Line
	}
	return parseError(fmt.Sprintf("XML is malformed at line %d", line))
}

// maxTagBytes bounds a tag with its attributes, of which the decoder would
// otherwise make some thirty times the body's size, before any signature was
// checked.
const maxTagBytes = 4096

var errLongTag = errors.New("long tag")

// tagReader gives a document to the decoder byte by byte and fails within a
// tag that is too long.
type tagReader struct {
	s     string
	next  int
	token int // where the token begins that is being read
}

func (r *tagReader) ReadByte() (byte, error) {
	if r.next == len(r.s) {
		return 0, io.EOF
	}
	if r.next-r.token > maxTagBytes && r.s[r.token] == '<' && r.s[r.token+1] != '!' {
		return 0, errLongTag
	}
	b := r.s[r.next]
	r.next++
	return b, nil
}

// Read makes the reader an io.Reader; the decoder takes single bytes.
func (r *tagReader) Read(p []byte) (int, error) {
	b, err := r.ReadByte()
	if err != nil || len(p) == 0 {
		return 0, err
	}
	p[0] = b
	return 1, nil
}

// join makes a dotted path below the root, whose own path is "".
func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func blank(text []byte) bool {
	for _, b := range text {
		if !isSpace(b) {
			return false
		}
	}
	return true
}
