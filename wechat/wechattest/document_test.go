package wechattest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wereply/wechat"
)

// TestDocumentSamples takes every sample that is a push apart and puts it
// together again, in both formats.
func TestDocumentSamples(t *testing.T) {
	paths, err := filepath.Glob("../testdata/samples/*")
	if err != nil {
		t.Fatal(err)
	}
	pushes := 0
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m, err := wechat.Parse(data)
		if err != nil {
			continue // envelopes and answers of the API
		}
		pushes++
		back, err := wechat.Parse(Document(m.Fields, wechat.XML))
		if err != nil || !slices.Equal(back.Fields, m.Fields) {
			t.Errorf("%s as XML: %+v, %v", path, back, err)
		}
		back, err = wechat.Parse(Document(m.Fields, wechat.JSON))
		if err != nil || !slices.Equal(byPath(back.Fields), byPath(m.Fields)) {
			t.Errorf("%s as JSON: %+v, %v", path, back, err)
		}
	}
	if pushes < 60 {
		t.Errorf("only %d of %d samples are pushes", pushes, len(paths))
	}
}

// byPath sorts fields, those of one path staying in order: JSON gathers them
// in an array.
func byPath(fields []wechat.Field) []wechat.Field {
	sorted := slices.Clone(fields)
	slices.SortStableFunc(sorted, func(a, b wechat.Field) int { return strings.Compare(a.Path, b.Path) })
	return sorted
}

func TestDocument(t *testing.T) {
	fields := []wechat.Field{
		{Path: "CreateTime", Value: "1763683500"},
		{Path: "MsgId", Value: "24519034406400001"},
		{Path: "Content", Value: "]]> <a href=\"x\">价</a>\r\n"},
		{Path: "List.A", Value: "1"}, {Path: "List.B", Value: "2"},
		{Path: "List.A", Value: "3"},
		{Path: "P.fail_idx", Value: "1"}, {Path: "P.fail_idx", Value: "2"},
		{Path: "MenuId", Value: "007"},
	}
	for format, want := range map[wechat.Format]string{
		wechat.XML: "<xml><CreateTime>1763683500</CreateTime><MsgId>24519034406400001</MsgId>" +
			"<Content>]]&gt; &lt;a href=&#34;x&#34;&gt;价&lt;/a&gt;&#xD;&#xA;</Content>" +
			"<List><A><![CDATA[1]]></A><B><![CDATA[2]]></B></List><List><A><![CDATA[3]]></A></List>" +
			"<P><fail_idx><![CDATA[1]]></fail_idx><fail_idx><![CDATA[2]]></fail_idx></P><MenuId><![CDATA[007]]></MenuId></xml>",
		wechat.JSON: `{"CreateTime":1763683500,"MsgId":24519034406400001,"Content":"]]> <a href=\"x\">价</a>\r\n",` +
			`"List":[{"A":"1","B":"2"},{"A":"3"}],"P":{"fail_idx":["1","2"]},"MenuId":"007"}`,
	} {
		if got := string(Document(fields, format)); got != want {
			t.Errorf("format %d:\n%s, want\n%s", format, got, want)
		}
	}
}

// FuzzDocument puts any text into a push, in both formats.
func FuzzDocument(f *testing.F) {
	f.Add("价格]]>", "qrscene_1")
	f.Add("\r\n\x00\xff", "0")
	f.Fuzz(func(t *testing.T, content, key string) {
		fields := []wechat.Field{
			{Path: "ToUserName", Value: account}, {Path: "FromUserName", Value: user}, {Path: "CreateTime", Value: "1"},
			{Path: "MsgType", Value: "text"}, {Path: "Content", Value: content}, {Path: "MsgId", Value: key},
			{Path: "List.item.A", Value: key}, {Path: "List.item.A", Value: content},
		}
		for _, format := range []wechat.Format{wechat.XML, wechat.JSON} {
			m, err := wechat.Parse(Document(fields, format))
			if err != nil || len(m.Fields) != len(fields) {
				t.Fatalf("format %d: %+v, %v", format, m, err)
			}
			if m.Content != content && !strings.ContainsRune(m.Content, '\uFFFD') {
				t.Fatalf("format %d: Content %q, want %q", format, m.Content, content)
			}
		}
	})
}
