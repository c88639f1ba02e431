package wechat

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// inPush puts elements into an otherwise complete push.
func inPush(elements string) string {
	return "<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>1763683237</CreateTime>" +
		"<MsgType>text</MsgType>" + elements + "</xml>"
}

// inObject does the same in JSON.
func inObject(members string) string {
	return `{"ToUserName":"gh_1","FromUserName":"o1","CreateTime":1763683237,"MsgType":"text",` + members + `}`
}

// TestParseContent has the ways in which a text can be written.
func TestParseContent(t *testing.T) {
	for name, test := range map[string]struct{ body, want string }{
		"CDATA":               {inPush("<Content><![CDATA[价格 <多少> & ]]></Content>"), "价格 <多少> & "},
		"split CDATA":         {inPush("<Content><![CDATA[a]]]]><![CDATA[>b]]></Content>"), "a]]>b"},
		"plain text":          {inPush("<Content> 价格\n</Content>"), " 价格\n"},
		"entities":            {inPush("<Content>&lt;&gt;&amp;&quot;&apos;</Content>"), `<>&"'`},
		"numeric entities":    {inPush("<Content>&#20215;&#x683C;&#x1F600;</Content>"), "价格😀"},
		"mixed":               {inPush("<Content>a <![CDATA[<b>]]> &amp;<!-- no --> c</Content>"), "a <b> & c"},
		"empty element":       {inPush("<Content/>"), ""},
		"empty CDATA":         {inPush("<Content><![CDATA[]]></Content>"), ""},
		"white space in text": {inPush("<Content><![CDATA[  \n a \t]]></Content>"), "  \n a \t"},
		"CR LF":               {inPush("<Content><![CDATA[a\r\nb\rc]]></Content>"), "a\nb\nc"},
		"attribute":           {inPush(`<Content lang="zh">a</Content>`), "a"},
		"first of two":        {inPush("<Content>a</Content><Content>b</Content>"), "a"},
		"nested is not it":    {inPush("<More><Content>b</Content></More><Content>a</Content>"), "a"},
		"BOM":                 {"\uFEFF" + inPush("<Content>a</Content>"), "a"},
		"space around":        {"\n " + inPush("<Content>a</Content>") + " \n", "a"},
		"declaration":         {`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + inPush("<Content>a</Content>"), "a"},
		"comments":            {"<!-- a -->" + inPush("<Content>a</Content>") + "<!-- b -->", "a"},
		"space in tags":       {strings.ReplaceAll(inPush("<Content>a</Content>"), ">", " >"), "a"},
		"not UTF-8":           {inPush("<Content><![CDATA[a\xff\xfe\xe4\xbdb]]></Content>"), "a\uFFFD\uFFFD\uFFFD\uFFFDb"},
		"control characters":  {inPush("<Content><![CDATA[a\x00\x08\x1fb\uFFFE]]></Content>"), "a\uFFFD\uFFFD\uFFFDb\uFFFD"},
		"no characters":       {inPush("<Content>a\uFFFEb</Content>") + "\n", "a\uFFFDb"},
		"nor this":            {inPush("<Content>a\uFFFFb</Content>"), "a\uFFFDb"},
		"indented":            {strings.ReplaceAll(inPush("<Content>a b</Content>"), "><", ">\n  <"), "a b"},

		"JSON":            {inObject(`"Content":"价格 <多少> & "`), "价格 <多少> & "},
		"JSON escapes":    {inObject(`"Content":"\u4ef7\ud83d\ude00\n\u003c"`), "价😀\n<"},
		"JSON number":     {inObject(`"Content":1e5`), "1e5"},
		"JSON bool":       {inObject(`"Content":true`), "true"},
		"JSON null":       {inObject(`"Content":null`), ""},
		"JSON twice":      {inObject(`"Content":"a","Content":"b"`), "a"},
		"JSON array":      {inObject(`"Content":["a","b"]`), "a"},
		"JSON surrogate":  {inObject(`"Content":"a\ud83d"`), "a\uFFFD"},
		"JSON not UTF-8":  {inObject("\"Content\":\"a\xff\""), "a\uFFFD"},
		"JSON BOM, space": {"\uFEFF\n" + inObject(`"Content":"a"`) + "\n", "a"},
	} {
		m, err := Parse([]byte(test.body))
		if err != nil || m.Content != test.want {
			t.Errorf("%s: got %+q, %v; want %+q", name, contentOf(m), err, test.want)
		}
	}
}

func contentOf(m *Message) string {
	if m == nil {
		return ""
	}
	return m.Content
}

// TestParseRefused has documents that no sender means.
func TestParseRefused(t *testing.T) {
	bomb := `<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>` + inPush("<Content>&b;</Content>")
	for name, body := range map[string]string{
		"nothing":              "",
		"white space":          " \n",
		"text":                 "success",
		"JSON array":           "[" + inObject(`"a":1`) + "]",
		"DOCTYPE":              "<!DOCTYPE xml>" + inPush(""),
		"entity bomb":          bomb,
		"unknown entity":       inPush("<Content>&nbsp;</Content>"),
		"bare ampersand":       inPush("<Content>a & b</Content>"),
		"control as entity":    inPush("<Content>&#0;</Content>"),
		"other root":           strings.ReplaceAll(inPush(""), "xml>", "html>"),
		"two roots":            inPush("") + inPush(""),
		"text before":          "success" + inPush(""),
		"text after":           inPush("") + "success",
		"NUL after":            inPush("") + "\x00",
		"not closed":           strings.TrimSuffix(inPush(""), "</xml>"),
		"closed wrongly":       inPush("<Content>a</content>"),
		"closed early":         inPush("</xml>"),
		"crossed":              inPush("<a><b>x</a></b>"),
		"text beside elements": inPush("text<a>x</a>"),
		"text in an element":   inPush("<a>text<b>x</b></a>"),
		"text at its end":      inPush("<a><b>x</b>text</a>"),
		"prefix":               inPush("<a:Content>x</a:Content>"),
		"instruction":          inPush("<?php x ?>"),
		"late declaration":     " <!-- --><?xml version='1.0'?>" + inPush(""),
		"other charset":        `<?xml version="1.0" encoding="GBK"?>` + inPush(""),
		"CDATA not closed":     inPush("<Content><![CDATA[a</Content>"),
		"]]> in text":          inPush("<Content>a]]>b</Content>"),
		"too deep":             inPush(strings.Repeat("<a>", 10_000) + strings.Repeat("</a>", 10_000)),
		"just too deep":        inPush(strings.Repeat("<a>", MaxDepth) + strings.Repeat("</a>", MaxDepth)),
		"too many":             inPush(strings.Repeat("<a/>", MaxFields)),
		"just too many":        inPush(strings.Repeat("<a>1</a>", MaxFields-3)),
		"long name":            inPush("<" + strings.Repeat("a", MaxNameBytes+1) + "/>"),
		"long name, flat":      inPush("<" + strings.Repeat("a", MaxNameBytes+1) + ">x</" + strings.Repeat("a", MaxNameBytes+1) + ">"),
		"digit first":          inPush("<1a>x</1a>"),
		"prefix at the end":    inPush("<a>x</b:a>"),
		"long tag":             inPush("<a" + strings.Repeat(` b=">"`, maxTagBytes/5) + "/>"),
		"no ToUserName":        strings.Replace(inPush(""), "gh_1", "", 1),
		"no FromUserName":      strings.Replace(inPush(""), "o1", " ", 1),
		"no MsgType":           strings.Replace(inPush(""), "MsgType>", "Type>", 2),
		"no CreateTime":        strings.Replace(inPush(""), "1763683237", "", 1),
		"CreateTime a text":    strings.Replace(inPush(""), "1763683237", "now", 1),
		"CreateTime with +":    strings.Replace(inPush(""), "1763683237", "+1763683237", 1),
		"CreateTime below 0":   strings.Replace(inPush(""), "1763683237", "-1", 1),
		"CreateTime a decimal": strings.Replace(inPush(""), "1763683237", "1763683237.0", 1),
		"CreateTime too large": strings.Replace(inPush(""), "1763683237", "9223372036854775807", 1),
		"CreateTime, 64 bits":  strings.Replace(inPush(""), "1763683237", "18446744073709551615", 1),

		"JSON not closed":    strings.TrimSuffix(inObject(`"a":1`), "}"),
		"JSON and more":      inObject(`"a":1`) + "x",
		"two JSON objects":   inObject(`"a":1`) + inObject(`"a":1`),
		"JSON comma":         inObject(`"a":1,`),
		"JSON NaN":           inObject(`"a":NaN`),
		"JSON line in text":  inObject("\"a\":\"\n\""),
		"JSON too deep":      inObject(`"a":` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000)),
		"JSON far too deep":  inObject(`"a":` + strings.Repeat(`{"a":`, 100_000)),
		"JSON just too deep": inObject(`"a":` + strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth)),
		"JSON too many":      inObject(`"a":[` + strings.Repeat("1,", MaxFields) + "1]"),
		"JSON long name":     inObject(`"` + strings.Repeat("a", MaxNameBytes+1) + `":1`),
		"JSON CreateTime":    strings.Replace(inObject(`"a":1`), "1763683237", "1.7e9", 1),
	} {
		m, err := Parse([]byte(body))
		var e *Error
		if m != nil || !errors.As(err, &e) || e.Check != CheckParse || HTTPStatus(err) != 400 {
			t.Errorf("%s: got %v, %v", name, m, err)
		}
		if err != nil && len(err.Error()) > 120 {
			t.Errorf("%s: the error has %d bytes", name, len(err.Error()))
		}
	}
}

// TestParseLimits has documents that just stay within the limits.
func TestParseLimits(t *testing.T) {
	deep := strings.Repeat("<a>", MaxDepth-1) + "x" + strings.Repeat("</a>", MaxDepth-1)
	for name, body := range map[string]string{
		"deep":       inPush(deep),
		"many":       inPush(strings.Repeat("<a>1</a>", MaxFields-4)),
		"long name":  inPush("<" + strings.Repeat("a", MaxNameBytes) + "/>"),
		"attributes": inPush("<a" + strings.Repeat(` b=">"`, maxTagBytes/6-1) + ">" + strings.Repeat("x", 2*maxTagBytes) + "</a>"),
		"comment":    inPush("<!--" + strings.Repeat("x", 2*maxTagBytes) + "-->"),
		"JSON deep":  inObject(`"a":` + strings.Repeat("[", MaxDepth-1) + "1" + strings.Repeat("]", MaxDepth-1)),
		"JSON many":  inObject(`"a":[` + strings.Repeat("1,", MaxFields-5) + "1]"),
		"3 MiB":      inPush("<Content><![CDATA[" + strings.Repeat("价格", 1<<19) + "]]></Content>"),
	} {
		if _, err := Parse([]byte(body)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseFields(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		want []Field
	}{
		"nested, repeated": {
			inPush("<L><A>1</A><B>2</B></L><L><A>3</A></L><E></E>"),
			[]Field{{"L.A", "1"}, {"L.B", "2"}, {"L.A", "3"}, {"E", ""}},
		},
		"JSON object": {inObject(`"L":{"A":"1","B":2}`), []Field{{"L.A", "1"}, {"L.B", "2"}}},
		"JSON array":  {inObject(`"L":[{"A":"1","B":2},{"A":3}]`), []Field{{"L.A", "1"}, {"L.B", "2"}, {"L.A", "3"}}},
		"JSON arrays": {inObject(`"L":[[1,[2]],[]],"E":{},"N":null`), []Field{{"L", "1"}, {"L", "2"}, {"E", ""}, {"N", ""}}},
		"JSON numbers": {
			inObject(`"A":24087619365218305,"B":9007199254740993,"C":1.10,"D":1E+400,"F":-0`),
			[]Field{{"A", "24087619365218305"}, {"B", "9007199254740993"}, {"C", "1.10"}, {"D", "1E+400"}, {"F", "-0"}},
		},
	} {
		m, err := Parse([]byte(test.body))
		if err != nil || !slices.Equal(m.Fields[4:], test.want) {
			t.Errorf("%s: got %v, %v", name, m, err)
		}
	}
}

func TestParseNamed(t *testing.T) {
	body := "<xml><ToUserName>\n gh_1 </ToUserName><FromUserName> o1\n</FromUserName><CreateTime> 1763683237 </CreateTime>" +
		"<MsgType> Event</MsgType><Event>TEMPLATESENDJOBFINISH\n</Event><EventKey> k </EventKey><MsgID> 12 </MsgID></xml>"
	m, err := Parse([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%q %q %d %q %q %q %q", m.ToUserName, m.FromUserName, m.CreateTime, m.MsgType, m.Event, m.EventKey, m.MsgID)
	if want := `"gh_1" "o1" 1763683237 "event" "TEMPLATESENDJOBFINISH" " k " "12"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestParseHints(t *testing.T) {
	for _, test := range []struct{ body, hint string }{
		{"<xml><AppId>wx1</AppId><InfoType>authorized</InfoType></xml>", "third-party"},
		{`{"ToUserName":"gh_1","Encrypt":"AAAA"}`, "encrypt_type=aes"},
	} {
		_, err := Parse([]byte(test.body))
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(e.Hint, test.hint) {
			t.Errorf("%s: %v", test.body, err)
		}
	}
}

// TestParseWords looks at the text of errors whose document would be refused
// for another reason too.
func TestParseWords(t *testing.T) {
	for body, want := range map[string]string{
		inPush("<a:b/>"): "XML, line 1: namespace prefixes are not allowed",
		inPush("\n<a" + strings.Repeat(" b='c'", maxTagBytes) + "/>"): "XML, line 2: a tag is longer than 4096 bytes",
		inPush("\n\n<a>&x;</a>"): "XML is malformed at line 3",
		"{\n\"a\":x}":            "JSON is malformed at byte 7",
	} {
		if _, err := Parse([]byte(body)); err == nil || err.Error() != want {
			t.Errorf("%.40s…: %v, want %s", body, err, want)
		}
	}
}

// TestPlainChars holds the fast check against the plain one: each character,
// each pair of bytes that begins one, and each byte at each place of a text.
func TestPlainChars(t *testing.T) {
	check := func(s string) {
		want := utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !xmlChar(r) }) < 0
		if plainChars(s) != want {
			t.Errorf("%q: %t", s, !want)
		}
	}
	for r := range rune(utf8.MaxRune + 1) {
		check(string(r))
	}
	for a := range 256 {
		for b := range 256 {
			check(string([]byte{byte(a), byte(b), 0x80, 0x80}))
			check(string([]byte{byte(a), byte(b)}))
		}
	}
	text := "\t\n\r \x7f价格\u0080 0123456789，\U0001F600z"
	for i := range text {
		check(text[:i])
		for b := range 256 {
			check(text[:i] + string([]byte{byte(b)}) + text[i:])
		}
	}
}

// TestFlatReadsTheUsual makes sure that the usual push goes the fast way:
// every other test would pass without it.
func TestFlatReadsTheUsual(t *testing.T) {
	flat := 0
	for name, data := range readSamples(t) {
		if !strings.HasPrefix(name, "msg_") {
			continue
		}
		if _, ok := scanFlat(nil, string(data)); !ok {
			t.Errorf("%s is not read by the fast tokenizer", name)
		}
		flat++
	}
	if flat < 12 {
		t.Errorf("only %d samples", flat)
	}
	if _, ok := scanFlat(nil, textPush); !ok {
		t.Error("a push on one line is not read by the fast tokenizer")
	}
}
