package wechat

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// seedSamples gives the samples to a fuzz target of documents.
func seedSamples(f *testing.F) {
	for _, data := range readSamples(f) {
		f.Add(data)
	}
	for _, body := range []string{
		textPush, inPush("<Content>a&amp;<![CDATA[b]]></Content>"), inPush("<A/><B>]]></B>"),
		inPush("<A>\r\n</A>"), inPush("<a:b/>"), "\uFEFF<xml>\x00\xff</xml>", "<xml></xml>\n", "<xml><a></a>x</xml>",
		inObject(`"A":[1,{"B":null}]`), inObject("\"A\":\"\xff\\ud800\""),
	} {
		f.Add([]byte(body))
	}
}

// FuzzParse checks what holds of every document that is accepted, and that
// every refusal is a parse error.
func FuzzParse(f *testing.F) {
	seedSamples(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := Parse(body)
		if err != nil {
			var e *Error
			if m != nil || !errors.As(err, &e) || e.Check != CheckParse || len(e.Msg) > 200 {
				t.Fatalf("got %v, %v", m, err)
			}
			return
		}
		if m.FromUserName == "" || m.ToUserName == "" || m.MsgType == "" || m.MsgType != strings.ToLower(m.MsgType) ||
			m.CreateTime < 0 || m.CreateTime > maxCreateTime || len(m.Fields) > MaxFields {
			t.Fatalf("accepted %+v", m)
		}
		for _, field := range m.Fields {
			if !utf8.ValidString(field.Path) || !utf8.ValidString(field.Value) {
				t.Fatalf("%+q is not UTF-8", field)
			}
			if m.Format == XML && !plainChars(field.Path+field.Value) {
				t.Fatalf("%+q has characters that XML forbids", field)
			}
			if value, ok := m.Lookup(field.Path); !ok || value != field.Value && value != firstValue(m.Fields, field.Path) {
				t.Fatalf("%q is not found", field.Path)
			}
		}
		if m.Content != firstValue(m.Fields, "Content") {
			t.Fatalf("Content is %q", m.Content)
		}
		m.Type()
		m.Scene()
		m.AppendIdentity(nil)
	})
}

func firstValue(fields []Field, path string) string {
	i := slices.IndexFunc(fields, func(f Field) bool { return f.Path == path })
	if i < 0 {
		return ""
	}
	return fields[i].Value
}

// FuzzFlat compares the fast tokenizer with the strict parser, and the strict
// parser with the standard library's own idea of well-formedness.
func FuzzFlat(f *testing.F) {
	seedSamples(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		s := strings.Map(mendChar, trimStart(string(body)))
		if !plainChars(s) {
			t.Fatalf("%+q is not mended", s)
		}
		want, err := strictXML(s)
		if err == nil {
			if err := xml.Unmarshal([]byte(s), new(xmlNode)); err != nil {
				t.Fatalf("the strict parser accepts what encoding/xml does not: %v", err)
			}
		}
		got, ok := scanFlat(nil, s)
		if !ok {
			return
		}
		if err != nil {
			t.Fatalf("the strict parser says %v", err)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("fast %q, strict %q", got, want)
		}
	})
}

// FuzzFlatContent compares the two on documents that are nearly always flat:
// any name, any text, as CDATA or as it stands.
func FuzzFlatContent(f *testing.F) {
	f.Add("Content", "价格", "\n  ", true)
	f.Add("A_1", "a]]>b", "", false)
	f.Add("é", "&lt;", " \t", false)
	f.Add("1", "\r\n", "<!-- -->", true)
	f.Add("1", "a", "", true)
	f.Add(strings.Repeat("a", MaxNameBytes), "a", "", true)
	f.Add(strings.Repeat("a", MaxNameBytes+1), "a", "", true)
	f.Fuzz(func(t *testing.T, name, text, space string, cdata bool) {
		if cdata {
			text = cdataOpen + text + cdataClose
		}
		s := "<xml>" + space + "<" + name + ">" + text + "</" + name + ">" + space + "</xml>" + space
		if !plainChars(s) {
			s = strings.Map(mendChar, s)
		}
		got, ok := scanFlat(nil, s)
		if !ok {
			return
		}
		if want, err := strictXML(s); err != nil || !slices.Equal(got, want) {
			t.Fatalf("%q: fast %q, strict %q, %v", s, got, want, err)
		}
	})
}

// FuzzJSON compares the leaves with a plain walk over what encoding/json
// decodes, where no name stands twice.
func FuzzJSON(f *testing.F) {
	seedSamples(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		fields, err := parseJSON(nil, string(body))
		if err != nil {
			return
		}
		d := json.NewDecoder(bytes.NewReader(body))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil {
			t.Fatalf("accepted what encoding/json does not: %v", err)
		}
		want := jsonLeaves(nil, "", v)
		object, ok := v.(map[string]any)
		if !ok || len(object) == 0 {
			return // parseFields takes objects only; an empty one has no leaf
		}
		for _, leaf := range want {
			if !slices.Contains(fields, leaf) {
				t.Fatalf("%q is missing in %q", leaf, fields)
			}
		}
	})
}

// FuzzOpen puts any bytes into each mode and each place: no crash, no push
// without a signature that fits.
func FuzzOpen(f *testing.F) {
	for _, v := range readVectors(f) {
		if v.Op == "push" {
			f.Add([]byte(v.Body), v.Query["signature"], v.Query["msg_signature"])
		}
	}
	f.Add([]byte(textPush), "", "")
	f.Add([]byte("<xml><Encrypt>AAAA</Encrypt></xml>"), "", "")
	r := testReceiver(f)
	f.Fuzz(func(t *testing.T, data []byte, signature, msgSignature string) {
		now := time.Unix(pushTime, 0)
		plain := signedQuery(testToken)
		checkOpened(t, r, plain, data, now)

		// data as the message, as the text of Encrypt, and as the whole envelope
		encrypt := encrypted(t, testKey, testAppID, data)
		push := checkOpened(t, r, sealedQuery(testToken, encrypt), safeBody(data, encrypt), now)
		if want, err := Parse(data); (err == nil) != (push != nil) || err == nil && !slices.Equal(push.Message.Fields, want.Fields) {
			t.Fatalf("sealed and opened: %v; plain: %v, %v", push, want, err)
		}
		raw := trim(strings.Map(mendChar, string(data)))
		checkOpened(t, r, sealedQuery(testToken, raw), appendElement(nil, "Encrypt", raw), now)
		checkOpened(t, r, sealedQuery(testToken, raw), []byte("<xml>"+string(appendElement(nil, "Encrypt", raw))+"</xml>"), now)
		checkOpened(t, r, sealedQuery(testToken, ""), data, now)

		forged := Query{Signature: signature, MsgSignature: msgSignature, Timestamp: plain.Timestamp, Nonce: plain.Nonce}
		for _, forged.EncryptType = range []string{"", "aes", "des"} {
			if push, err := r.Open(forged, data, now); err == nil && signature != plain.Signature {
				t.Fatalf("a forged push is opened: %v", push)
			}
		}
	})
}

func checkOpened(t *testing.T, r *Receiver, q Query, body []byte, now time.Time) *Push {
	t.Helper()
	push, err := r.Open(q, body, now)
	if (push == nil) == (err == nil) {
		t.Fatalf("got %v, %v", push, err)
	}
	if err != nil {
		var e *Error
		if !errors.As(err, &e) || HTTPStatus(err) < 400 {
			t.Fatalf("error %v", err)
		}
		return nil
	}
	return push
}

// FuzzReply renders any text in every field of a reply and reads it back with
// the strict parser.
func FuzzReply(f *testing.F) {
	f.Add("价格]]>", "<a href=\"x\">b</a>", uint8(3))
	f.Add("\x00\xff\r\n\r", strings.Repeat("<a >x</a>", 300), uint8(9))
	f.Fuzz(func(t *testing.T, a, b string, n uint8) {
		for _, r := range []Reply{
			{Kind: MsgText, Text: a + b},
			{Kind: MsgImage, MediaID: a},
			{Kind: MsgVoice, MediaID: b},
			{Kind: MsgVideo, MediaID: a, Title: b, Description: a},
			{Kind: MsgMusic, MediaID: a, Title: b, Description: a, URL: b, HQURL: a},
			{Kind: MsgNews, Articles: slices.Repeat([]Article{{a, b, a, b}}, int(n%12))},
			{Kind: MsgTransfer, KfAccount: a},
		} {
			doc, err := r.AppendXML(nil, "o"+a, "gh"+b, 1763683300, n%2 == 0)
			if err != nil {
				if !errors.Is(err, ErrEmpty) && !errors.Is(err, ErrNotPassive) || len(doc) > 0 {
					t.Fatalf("%+v: %q, %v", r, doc, err)
				}
				continue
			}
			checkReply(t, &r, readStrictly(t, doc))
		}
	})
}

// checkReply compares what was read with what the documented cleaning makes of
// the reply.
func checkReply(t *testing.T, r *Reply, m *Message) {
	t.Helper()
	back := replyOf(m)
	cleaned := Reply{
		Kind: r.Kind, Text: slowClean(r.Text), MediaID: slowClean(r.MediaID), Title: slowClean(r.Title),
		Description: slowClean(r.Description), URL: slowClean(r.URL), HQURL: slowClean(r.HQURL), KfAccount: slowClean(r.KfAccount),
	}
	for _, a := range r.Articles[:len(back.Articles)] {
		cleaned.Articles = append(cleaned.Articles,
			Article{slowClean(a.Title), slowClean(a.Description), slowClean(a.PicURL), slowClean(a.URL)})
	}
	switch {
	case r.Kind == MsgNews: // Message.Field finds the first article's
		back.Title, back.Description = "", ""
	case !visible(cleaned.KfAccount):
		cleaned.KfAccount = ""
	}
	if r.Kind == MsgText {
		if !strings.HasPrefix(cleaned.Text, back.Text) || len(back.Text) > MaxTextBytes || strings.TrimSpace(back.Text) == "" {
			t.Fatalf("text %q of %q", back.Text, r.Text)
		}
		if len(cleaned.Text) <= MaxTextBytes && back.Text != cleaned.Text {
			t.Fatalf("text %q is cut to %q", cleaned.Text, back.Text)
		}
		back.Text = cleaned.Text
	}
	if !slices.Equal(back.Articles, cleaned.Articles) {
		t.Fatalf("articles %q, want %q", back.Articles, cleaned.Articles)
	}
	back.Articles, cleaned.Articles = nil, nil
	if got, want := flatten(back), flatten(cleaned); got != want {
		t.Fatalf("read back %q, want %q", got, want)
	}
}

func flatten(r Reply) [7]string {
	return [7]string{r.Kind, r.Text, r.MediaID, r.Title + "|" + r.Description, r.URL, r.HQURL, r.KfAccount}
}

// slowClean is the documentation of AppendXML in the simplest words.
func slowClean(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(string([]rune(s)), "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
}

// FuzzCutText looks at what CutText promises.
func FuzzCutText(f *testing.F) {
	f.Add("ab<a href='x'>价格</a>cd<A >e</A>", 9)
	f.Add("<a x", 3)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = min(max(limit, 0), 4096)
		got := CutText(s, limit)
		if !strings.HasPrefix(s, got) || len(got) > limit && got != s {
			t.Fatalf("%q is no cut of %q at %d", got, s, limit)
		}
		if utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Fatalf("%q ends within a character", got)
		}
		if len(got) == len(s) {
			return
		}
		low := strings.ToLower(got)
		if i := strings.LastIndex(low, "<a "); i >= 0 && len(low) == len(got) && !strings.Contains(low[i:], "</a>") &&
			strings.Contains(strings.ToLower(s[i:]), "</a>") {
			t.Fatalf("%q of %q ends within a link", got, s)
		}
	})
}

// FuzzSeal seals any document and opens the envelope.
func FuzzSeal(f *testing.F) {
	f.Add([]byte("<xml></xml>"), false)
	f.Add([]byte("<"+strings.Repeat("价", 100)), true)
	r := testReceiver(f)
	f.Fuzz(func(t *testing.T, doc []byte, old bool) {
		key := testKey
		if old {
			key = oldKey
		}
		encrypt := encrypted(t, key, testAppID, []byte(textPush))
		push, err := r.Open(sealedQuery(testToken, encrypt), safeBody(nil, encrypt), time.Unix(pushTime, 0))
		if err != nil {
			t.Fatal(err)
		}
		body, _, err := push.Seal(doc, time.Unix(pushTime, 0))
		if err != nil {
			if len(doc) > 0 && (doc[0] == '<' || doc[0] == '{') {
				t.Fatal(err)
			}
			return
		}
		wantSealed(t, body, key, string(doc))
	})
}
