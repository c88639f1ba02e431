package wechat

import (
	"math"
	"strconv"
	"strings"
)

// Parse reads one plaintext push, XML or JSON as its first character says.
//
// XML may be what WeChat could mean by it: elements in CDATA, in several CDATA
// sections, in plain text with the five named and the numeric entities, or in
// a mixture; comments, attributes and an XML declaration are passed over. A
// DOCTYPE, other processing instructions, namespace prefixes, text beside
// elements and anything after the document are errors. JSON arrays repeat the
// path of their elements, as repeated XML elements do; numbers keep their
// digits; null is "". Of a name that stands twice the first counts.
//
// What is broken in characters alone is mended, as the user could not know:
// each byte that is not UTF-8, and in XML each character that XML forbids,
// becomes U+FFFD.
//
// Errors are of type [*Error] with [CheckParse].
func Parse(body []byte) (*Message, error) {
	m := new(Message)
	if err := m.parse(body); err != nil {
		return nil, err
	}
	return m, nil
}

// parse fills m; the capacity of m.Fields is used where it suffices.
func (m *Message) parse(body []byte) error {
	fields, format, err := parseFields(m.Fields[:0], string(body))
	if err != nil {
		return err
	}
	m.Fields, m.Format = fields, format
	return m.fill()
}

// parseFields appends the leaves of a document to fields. Their values are
// substrings of it wherever it allows that.
func parseFields(fields []Field, doc string) ([]Field, Format, error) {
	doc = trimStart(doc)
	switch {
	case doc == "":
		return nil, XML, parseError("the body is empty")
	case doc[0] == '<':
		fields, err := parseXML(fields, doc)
		return fields, XML, err
	case doc[0] == '{':
		fields, err := parseJSON(fields, doc)
		return fields, JSON, err
	}
	return nil, XML, parseError("the body is neither XML nor a JSON object")
}

// trimStart drops a byte order mark and white space, which no sender should
// put there, but some editors do.
func trimStart(doc string) string {
	return trimLeft(strings.TrimPrefix(doc, "\uFEFF"))
}

// maxCreateTime is the end of the year 9999: times up to there can be added
// to and formatted without care.
const maxCreateTime = 253402300799

// fill sets the named fields of m from m.Fields and checks those that every
// push has. It goes backwards so that of a repeated field the first stays.
func (m *Message) fill() error {
	var created, otherID string
	for i := len(m.Fields) - 1; i >= 0; i-- {
		value := m.Fields[i].Value
		switch m.Fields[i].Path {
		case "ToUserName":
			m.ToUserName = trim(value)
		case "FromUserName":
			m.FromUserName = trim(value)
		case "CreateTime":
			created = trim(value)
		case "MsgType":
			m.MsgType = strings.ToLower(trim(value))
		case "MsgId":
			m.MsgID = trim(value)
		case "MsgID":
			otherID = trim(value)
		case "Event":
			m.Event = trim(value)
		case "EventKey":
			m.EventKey = value
		case "Content":
			m.Content = value
		case "Recognition":
			m.Recognition = value
		}
	}
	if m.MsgID == "" {
		m.MsgID = otherID
	}
	return m.check(created)
}

func (m *Message) check(created string) error {
	for _, required := range [...]struct{ name, value string }{
		{"ToUserName", m.ToUserName},
		{"FromUserName", m.FromUserName},
		{"CreateTime", created},
		{"MsgType", m.MsgType},
	} {
		if required.value == "" {
			return m.missing(required.name)
		}
	}
	seconds, err := parseSeconds(created)
	if err != nil {
		return parseError("CreateTime is not a number of seconds")
	}
	m.CreateTime = seconds
	return nil
}

func (m *Message) missing(name string) error {
	err := parseError("the push has no " + name)
	if _, ok := m.Lookup("InfoType"); ok {
		err.Hint = "this is a push for a third-party platform (InfoType); only pushes of accounts are understood"
	} else if _, ok := m.Lookup("Encrypt"); ok {
		err.Hint = "the body is encrypted, but the address does not say encrypt_type=aes; does a proxy change the query string?"
	}
	return err
}

// parseSeconds reads Unix seconds.
func parseSeconds(s string) (int64, error) {
	n, err := strconv.ParseUint(s, 10, 63)
	if err == nil && n > maxCreateTime {
		err = strconv.ErrRange
	}
	return int64(n & math.MaxInt64), err
}

// trim is strings.Trim, in a fraction of the time where there is nothing to
// trim.
func trim(s string) string {
	s = trimLeft(s)
	for s != "" && isSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func trimLeft(s string) string {
	for s != "" && isSpace(s[0]) {
		s = s[1:]
	}
	return s
}

func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\r' || b == '\n' }
