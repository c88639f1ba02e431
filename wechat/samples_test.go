package wechat

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const sampleCount = 76

// readSamples gives the files of testdata/samples by name.
func readSamples(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/samples/*")
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) != sampleCount {
		t.Fatalf("%d samples, want %d", len(paths), sampleCount)
	}
	samples := make(map[string][]byte)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		samples[filepath.Base(path)] = data
	}
	return samples
}

// TestSamples uses every sample: all of them for the leaves that the parser
// finds, and each for what it is.
func TestSamples(t *testing.T) {
	for name, data := range readSamples(t) {
		t.Run(name, func(t *testing.T) {
			testLeaves(t, data)
			switch {
			case strings.HasPrefix(name, "api_"):
				// an answer of the API, no push: its leaves are all there is
			case strings.Contains(name, "envelope_"):
				testEnvelopeSample(t, name, data)
			case name == "reply_encrypted.xml":
				testEncryptedReplySample(t, data)
			case strings.Contains(name, "reply_"):
				testReplySample(t, data)
			default:
				testPushSample(t, name, data)
			}
		})
	}
}

// testLeaves compares the leaves with those that a plain walk over what the
// standard library unmarshals finds.
func testLeaves(t *testing.T, data []byte) {
	got, _, err := parseFields(nil, string(data))
	if err != nil {
		t.Fatal(err)
	}
	var want []Field
	if data[0] == '{' {
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		want = jsonLeaves(nil, "", v)
		byPath := func(a, b Field) int { return strings.Compare(a.Path, b.Path) }
		slices.SortStableFunc(got, byPath) // a map has no order
		slices.SortStableFunc(want, byPath)
	} else {
		var root xmlNode
		if err := xml.Unmarshal(data, &root); err != nil {
			t.Fatal(err)
		}
		want = root.leaves(nil, "")
	}
	if len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("leaves\n%q, want\n%q", got, want)
	}
}

type xmlNode struct {
	XMLName  xml.Name
	Text     string    `xml:",chardata"`
	Children []xmlNode `xml:",any"`
}

func (n *xmlNode) leaves(fields []Field, path string) []Field {
	for i := range n.Children {
		c := &n.Children[i]
		below := join(path, c.XMLName.Local)
		if len(c.Children) == 0 {
			fields = append(fields, Field{below, c.Text})
		}
		fields = c.leaves(fields, below)
	}
	return fields
}

func jsonLeaves(fields []Field, path string, v any) []Field {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			return append(fields, Field{path, ""})
		}
		for name, below := range v {
			fields = jsonLeaves(fields, join(path, name), below)
		}
		return fields
	case []any:
		for _, below := range v {
			fields = jsonLeaves(fields, path, below)
		}
		return fields
	case nil:
		return append(fields, Field{path, ""})
	}
	return append(fields, Field{path, fmt.Sprint(v)})
}

func testPushSample(t *testing.T, name string, data []byte) {
	m, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(m.ToUserName, "gh_") || !strings.HasPrefix(m.FromUserName, "o") || m.CreateTime < 1_700_000_000 {
		t.Errorf("%q to %q at %d", m.FromUserName, m.ToUserName, m.CreateTime)
	}
	wantFormat := XML
	if strings.HasSuffix(name, ".json") {
		wantFormat = JSON
	}
	if m.Format != wantFormat {
		t.Errorf("format %d, want %d", m.Format, wantFormat)
	}
	if !KnownMsgType(m.Type()) {
		t.Errorf("%q is no known type", m.Type())
	}
	if m.MsgType == MsgEvent {
		if canonical, ok := KnownEvent(m.Event); !ok || canonical != m.Event {
			t.Errorf("event %q is not known as WeChat writes it", m.Event)
		}
	} else if !regexp.MustCompile(`^\d{17}$`).MatchString(m.MsgID) {
		t.Errorf("MsgID %q", m.MsgID)
	}
	for _, f := range m.Fields {
		if !KnownField(f.Path) {
			t.Errorf("field %s is not known", f.Path)
		}
		if value, ok := m.Lookup(f.Path); !ok || m.Field(leaf(f.Path)) == "" && value != "" {
			t.Errorf("field %s is not found", f.Path)
		}
		if EventOnlyField(f.Path) && m.MsgType != MsgEvent {
			t.Errorf("field %s is said to be of events alone", f.Path)
		}
	}
}

// testEnvelopeSample opens a sample with the vector of the same body.
func testEnvelopeSample(t *testing.T, name string, data []byte) {
	for _, v := range readVectors(t) {
		if v.Op != "push" || strings.TrimSpace(v.Body) != strings.TrimSpace(string(data)) {
			continue
		}
		testPushVector(t, v)
		return
	}
	t.Errorf("no vector has the body of %s", name)
}

func testEncryptedReplySample(t *testing.T, data []byte) {
	v := findVector(t, "pub-008-chinese")
	fields, _, err := parseFields(nil, string(data))
	if err != nil {
		t.Fatal(err)
	}
	m := Message{Fields: fields}
	if got := Sign(v.Token, m.Field("TimeStamp"), m.Field("Nonce"), m.Field("Encrypt")); got != m.Field("MsgSignature") {
		t.Errorf("signature %s, want %s", got, m.Field("MsgSignature"))
	}
	msg, err := mustCipher(t, v.AppID, v.EncodingAESKey).Decrypt(m.Field("Encrypt"))
	if err != nil || string(msg) != v.Plaintext {
		t.Errorf("decrypts to %q, %v", msg, err)
	}
}

var betweenElements = regexp.MustCompile(`>\s+<(/?[A-Za-z])`)

// testReplySample makes the sample's reply anew: the same bytes but for the
// indentation.
func testReplySample(t *testing.T, data []byte) {
	m, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	reply := replyOf(m)
	got, err := reply.AppendXML(nil, m.ToUserName, m.FromUserName, m.CreateTime, true)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.TrimSpace(string(data))
	if m.MsgType != MsgText { // whose text has lines of its own
		want = betweenElements.ReplaceAllString(want, "><$1")
	} else {
		want = strings.NewReplacer("\n  <T", "<T", "\n  <F", "<F", "\n  <C", "<C", "\n  <M", "<M", "\n</xml>", "</xml>").Replace(want)
	}
	if string(got) != want {
		t.Errorf("encoded as\n%s, want\n%s", got, want)
	}
}

// replyOf reads a reply document back.
func replyOf(m *Message) Reply {
	r := Reply{
		Kind:        m.MsgType,
		Text:        m.Content,
		Title:       m.Field("Title"),
		Description: m.Field("Description"),
		URL:         m.Field("MusicUrl"),
		HQURL:       m.Field("HQMusicUrl"),
		KfAccount:   m.Field("KfAccount"),
		MediaID:     m.Field("MediaId") + m.Field("ThumbMediaId"),
	}
	for _, f := range m.Fields {
		switch f.Path {
		case "Articles.item.Title":
			r.Articles = append(r.Articles, Article{Title: f.Value})
		case "Articles.item.Description":
			r.Articles[len(r.Articles)-1].Description = f.Value
		case "Articles.item.PicUrl":
			r.Articles[len(r.Articles)-1].PicURL = f.Value
		case "Articles.item.Url":
			r.Articles[len(r.Articles)-1].URL = f.Value
		}
	}
	return r
}

// TestSamplesOpen pushes every plaintext sample through each mode.
func TestSamplesOpen(t *testing.T) {
	opened := 0
	for name, data := range readSamples(t) {
		want, err := Parse(data)
		if err != nil || want.Field("Encrypt") != "" {
			continue // envelopes and answers of the API; TestSamples looks at them
		}
		for _, mode := range pushModes {
			push, err := testReceiver(t).Open(mode.push(t, data), mode.body(t, data), time.Unix(pushTime, 0))
			if err != nil {
				t.Errorf("%s, %s: %v", name, mode.name, err)
				continue
			}
			if !slices.Equal(push.Message.Fields, want.Fields) || push.Sealed != mode.sealed {
				t.Errorf("%s, %s: opened as %+v", name, mode.name, push)
			}
			opened++
		}
	}
	if opened < 3*60 {
		t.Errorf("only %d pushes were opened", opened)
	}
}
