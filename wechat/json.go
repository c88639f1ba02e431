package wechat

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// parseJSON appends the leaves of a JSON object to fields.
func parseJSON(fields []Field, doc string) ([]Field, error) {
	var whole json.RawMessage
	if err := json.Unmarshal([]byte(doc), &whole); err != nil {
		return nil, jsonError(err)
	}
	decoder := json.NewDecoder(strings.NewReader(doc))
	decoder.UseNumber() // MsgId exceeds 2^53
	p := jsonParser{decoder: decoder, fields: fields}
	if err := p.value("", 0); err != nil {
		return nil, err
	}
	return p.fields, nil
}

// jsonParser walks a document whose syntax was checked.
type jsonParser struct {
	decoder *json.Decoder
	fields  []Field
}

// value reads one value; depth counts the objects and arrays around it.
func (p *jsonParser) value(path string, depth int) error {
	token, err := p.decoder.Token()
	if err != nil {
		return jsonError(err)
	}
	switch t := token.(type) {
	case json.Delim:
		if depth == MaxDepth {
			return parseError(fmt.Sprintf("JSON is nested deeper than %d", MaxDepth))
		}
		if t == '[' {
			return p.array(path, depth+1)
		}
		return p.object(path, depth+1)
	case string:
		return p.leaf(path, t)
	case json.Number:
		return p.leaf(path, t.String())
	case bool:
		return p.leaf(path, strconv.FormatBool(t))
	}
	return p.leaf(path, "") // null
}

// object reads an object up to its end. An empty one is a leaf, as an empty
// XML element is.
func (p *jsonParser) object(path string, depth int) error {
	if !p.decoder.More() {
		if err := p.leaf(path, ""); err != nil {
			return err
		}
	}
	for p.decoder.More() {
		token, err := p.decoder.Token()
		if err != nil {
			return jsonError(err)
		}
		name, _ := token.(string)
		if len(name) > MaxNameBytes {
			return parseError(fmt.Sprintf("JSON has a name longer than %d bytes", MaxNameBytes))
		}
		if err := p.value(join(path, name), depth); err != nil {
			return err
		}
	}
	return p.end()
}

// array reads an array up to its end: each element has the path of the array,
// as repeated XML elements have one path.
func (p *jsonParser) array(path string, depth int) error {
	for p.decoder.More() {
		if err := p.value(path, depth); err != nil {
			return err
		}
	}
	return p.end()
}

func (p *jsonParser) end() error {
	if _, err := p.decoder.Token(); err != nil {
		return jsonError(err)
	}
	return nil
}

func (p *jsonParser) leaf(path, value string) error {
	if len(p.fields) == MaxFields {
		return parseError(fmt.Sprintf("JSON has more than %d fields", MaxFields))
	}
	p.fields = append(p.fields, Field{Path: path, Value: value})
	return nil
}

// jsonError gives the place alone: the decoder's own words quote the text.
func jsonError(err error) error {
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		return parseError(fmt.Sprintf("JSON is malformed at byte %d", syntax.Offset))
	}
	return parseError("JSON is malformed")
}
