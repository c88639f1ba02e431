package wechat

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// encode makes a reply's document and reads it with the strict parser.
func encode(t testing.TB, r *Reply, afterMessage bool) *Message {
	t.Helper()
	doc, err := r.AppendXML(nil, "oUser", "gh_account", 1763683300, afterMessage)
	if err != nil {
		t.Fatal(err)
	}
	return readStrictly(t, doc)
}

func readStrictly(t testing.TB, doc []byte) *Message {
	t.Helper()
	fields, err := strictXML(string(doc))
	if err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	m := &Message{Fields: fields}
	if err := m.fill(); err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	return m
}

func TestReplyText(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"plain":              {"营业时间：每天 10:00", "营业时间：每天 10:00"},
		"markup":             {`1 < 2 && "a" > 'b' &amp; <a href="x?a=1&b=2">b</a>`, `1 < 2 && "a" > 'b' &amp; <a href="x?a=1&b=2">b</a>`},
		"end of CDATA":       {"]]>]]]>>]]", "]]>]]]>>]]"},
		"inner CDATA":        {"<![CDATA[x]]>", "<![CDATA[x]]>"},
		"white space inside": {" a\t\n b ", " a\t\n b "},
		"control characters": {"a\x00\x01\x0b\x1f\uFFFE\uFFFFb\x7f", "ab\x7f"},
		"]]> once cleaned":   {"a]\x00]\x00>b", "a]]>b"},
		"line ends":          {"a\r\nb\rc\r", "a\nb\nc\n"},
		"not UTF-8":          {"a\xff\xe4\xbd", "a\uFFFD\uFFFD\uFFFD"},
		"surrogate":          {"a\xed\xa0\x80b", "a\uFFFD\uFFFD\uFFFDb"},
		"emoji":              {"👨‍👩‍👧‍👦👍🏽", "👨‍👩‍👧‍👦👍🏽"},
	} {
		if got := encode(t, &Reply{Kind: MsgText, Text: test.text}, true).Content; got != test.want {
			t.Errorf("%s: got %+q, want %+q", name, got, test.want)
		}
	}
}

// TestReplyHeader has the addresses, which are as little trusted as the text.
func TestReplyHeader(t *testing.T) {
	r := Reply{Kind: MsgText, Text: "a"}
	doc, err := r.AppendXML([]byte("before"), "o]]>\x00<x>", "gh_\xff", 1763683300, true)
	if err != nil {
		t.Fatal(err)
	}
	rest, ok := strings.CutPrefix(string(doc), "before")
	if !ok {
		t.Fatal("what stood before is gone")
	}
	m := readStrictly(t, []byte(rest))
	if m.ToUserName != "o]]><x>" || m.FromUserName != "gh_\uFFFD" || m.CreateTime != 1763683300 || m.MsgType != MsgText {
		t.Errorf("got %+v", m)
	}
}

func TestReplyRefused(t *testing.T) {
	title := []Article{{Title: "a"}}
	for _, test := range []struct {
		reply Reply
		after bool
		want  error
	}{
		{Reply{Kind: MsgText}, true, ErrEmpty},
		{Reply{Kind: MsgText, Text: " \n\u3000\x00"}, true, ErrEmpty},
		{Reply{Kind: MsgText, Text: "<a href='" + strings.Repeat("x", MaxTextBytes) + "'>a</a>"}, true, ErrEmpty},
		{Reply{Kind: MsgImage}, true, ErrEmpty},
		{Reply{Kind: MsgVoice, MediaID: " "}, true, ErrEmpty},
		{Reply{Kind: MsgVoice, MediaID: "\x00"}, true, ErrEmpty},
		{Reply{Kind: MsgVideo, Title: "a"}, true, ErrEmpty},
		{Reply{Kind: MsgMusic, URL: "a"}, true, ErrEmpty},
		{Reply{Kind: MsgNews}, true, ErrEmpty},
		{Reply{Kind: MsgNews, Articles: append(title, Article{URL: "a"})}, false, ErrEmpty},
		{Reply{Kind: MsgTransfer}, false, ErrNotPassive},
		{Reply{Kind: MsgLink, Title: "a", URL: "a"}, true, ErrNotPassive},
		{Reply{Kind: MsgMiniProgramPage, AppID: "a"}, true, ErrNotPassive},
		{Reply{}, true, ErrNotPassive},
	} {
		doc, err := test.reply.AppendXML([]byte("x"), "o", "gh", 1, test.after)
		if !errors.Is(err, test.want) || string(doc) != "x" {
			t.Errorf("%+v: got %q, %v; want %v", test.reply, doc, err, test.want)
		}
	}
}

func TestReplyEmpty(t *testing.T) {
	var none *Reply
	if !none.Empty() || !(&Reply{Kind: MsgText}).Empty() || !(&Reply{Kind: MsgNews}).Empty() {
		t.Error("an empty reply is not empty")
	}
	for _, r := range []Reply{{Kind: MsgText, Text: "a"}, {Kind: MsgTransfer}, {Kind: MsgLink}} {
		if r.Empty() {
			t.Errorf("%+v is empty", r)
		}
	}
}

func TestReplyNewsCount(t *testing.T) {
	for _, test := range []struct {
		after       bool
		given, want int
	}{{true, 1, 1}, {true, 3, 1}, {false, 8, 8}, {false, 12, 8}, {false, 2, 2}} {
		r := Reply{Kind: MsgNews}
		for i := range test.given {
			r.Articles = append(r.Articles, Article{Title: fmt.Sprint("第", i), Description: "]]>", PicURL: "p", URL: "u?a&b"})
		}
		m := encode(t, &r, test.after)
		back := replyOf(m)
		if m.Field("ArticleCount") != fmt.Sprint(test.want) || len(back.Articles) != test.want {
			t.Errorf("%+v: ArticleCount %s, %d articles", test, m.Field("ArticleCount"), len(back.Articles))
		}
		for i, a := range back.Articles {
			if a != r.Articles[i] {
				t.Errorf("article %d is %+v, want %+v", i, a, r.Articles[i])
			}
		}
	}
}

func TestCutText(t *testing.T) {
	const link = `<a href="https://example.com/?a=1">看这里</a>`
	for name, test := range map[string]struct {
		text  string
		limit int
		want  string
	}{
		"short":            {"价格", 6, "价格"},
		"between":          {"价格", 3, "价"},
		"within":           {"价格", 5, "价"},
		"before the first": {"价格", 2, ""},
		"none":             {"价格", 0, ""},
		"emoji":            {"a😀", 4, "a"},
		"link fits":        {link + "ab", len(link) + 1, link + "a"},
		"link ends there":  {link + "ab", len(link), link},
		"in the tag":       {"ab" + link, 10, "ab"},
		"in its text":      {"ab" + link, len(link) - 8, "ab"},
		"in its end":       {"ab" + link, len(link) + 1, "ab"},
		"after <":          {"ab" + link, 3, "ab"},
		"before <":         {"ab" + link, 2, "ab"},
		"second link":      {link + link, len(link) + 9, link},
		"capitals":         {"ab" + strings.ToUpper(link), 20, "ab"},
		"link first":       {link, 20, ""},
		"no link":          {"1 <b and a> c", 6, "1 <b a"},
		"other tag":        {"<abbr>abc</abbr>", 8, "<abbr>ab"},
		"never closed":     {`<a href="x">abcdef`, 14, `<a href="x">ab`},
		"line in tag":      {"ab<a\nhref='x'>c</a>", 8, "ab"},
	} {
		if name == "no link" {
			test.want = test.text[:6]
		}
		if got := CutText(test.text, test.limit); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// TestReplyCut cuts after cleaning: what is dropped takes up no room, and the
// split of ]]> counts for nothing.
func TestReplyCut(t *testing.T) {
	exact := strings.Repeat("价", MaxTextBytes/3) + "ab" // 682*3 + 2
	for name, test := range map[string]struct{ text, want string }{
		"just fits":   {exact, exact},
		"one more":    {exact + "c", exact},
		"dropped":     {strings.Repeat("\x00", 5000) + exact, exact},
		"split ends":  {strings.Repeat("]]>", 682) + "ab", strings.Repeat("]]>", 682) + "ab"},
		"a character": {exact[:len(exact)-1] + "价", exact[:len(exact)-1]},
	} {
		got := encode(t, &Reply{Kind: MsgText, Text: test.text}, true).Content
		if got != test.want || len(got) > MaxTextBytes || !utf8.ValidString(got) {
			t.Errorf("%s: %d bytes, want %d", name, len(got), len(test.want))
		}
	}
}

// TestCutTextHostile cuts texts that would take a quadratic search for ever.
func TestCutTextHostile(t *testing.T) {
	for _, piece := range []string{"<a ", "<", "</a", "<a ></a>"} {
		text := strings.Repeat(piece, 1<<20/len(piece))
		if got := CutText(text, MaxTextBytes); len(got) > MaxTextBytes || !strings.HasPrefix(text, got) {
			t.Errorf("%q: %d bytes", piece, len(got))
		}
	}
}
