package wechat

import (
	"bytes"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

const (
	testToken    = "parrotToken"
	testAppID    = "wx1f2e3d4c5b6a7980"
	testKey      = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	oldKey       = "RMINxlohLG4kQizbUeEfUWk3fCoEsRu1sF1lohsLxIl"
	pushTime     = 1763683300
	testNonce    = "1372623149"
	testOriginal = "gh_3f8d2c6ab901"
)

const textPush = `<xml><ToUserName><![CDATA[gh_3f8d2c6ab901]]></ToUserName>` +
	`<FromUserName><![CDATA[oQ7xW5hT0kYdRzB2nVcL9mEaPqSg]]></FromUserName><CreateTime>1763683237</CreateTime>` +
	`<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好，请问周末几点开门？]]></Content><MsgId>24519034406325999</MsgId></xml>`

// pushMode makes pushes in one of the three modes.
type pushMode struct {
	name   string
	sealed bool
	body   func(t testing.TB, doc []byte) []byte
}

var pushModes = []pushMode{
	{"plain", false, func(_ testing.TB, doc []byte) []byte { return doc }},
	{"safe", true, func(t testing.TB, doc []byte) []byte { return safeBody(doc, encrypted(t, testKey, testAppID, doc)) }},
	{"compatible", true, func(t testing.TB, doc []byte) []byte {
		end, insert := "</xml>", "<Encrypt>"+encrypted(t, testKey, testAppID, doc)+"</Encrypt>"
		if doc[0] == '{' {
			end, insert = "}", `,"Encrypt":"`+encrypted(t, testKey, testAppID, doc)+`"`
		}
		i := bytes.LastIndex(doc, []byte(end))
		return []byte(string(doc[:i]) + insert + string(doc[i:]))
	}},
}

// push gives the query. The random bytes of the frame are always the same, so
// the body made by a second call is the one that is signed.
func (m *pushMode) push(t testing.TB, doc []byte) Query {
	q := signedQuery(testToken)
	if m.sealed {
		q = sealedQuery(testToken, encrypted(t, testKey, testAppID, doc))
	}
	return q
}

func safeBody(doc []byte, encrypt string) []byte {
	if len(doc) > 0 && doc[0] == '{' {
		return []byte(`{"ToUserName":"gh_3f8d2c6ab901","Encrypt":"` + encrypt + `"}`)
	}
	return []byte("<xml>\n<ToUserName><![CDATA[gh_3f8d2c6ab901]]></ToUserName>\n<Encrypt><![CDATA[" + encrypt + "]]></Encrypt>\n</xml>")
}

func encrypted(t testing.TB, key, appID string, doc []byte) string {
	t.Helper()
	return string(mustCipher(t, appID, key).AppendEncrypt(nil, [16]byte([]byte("0123456789abcdef")), doc))
}

func signedQuery(token string) Query {
	timestamp := "1763683300"
	return Query{Signature: Sign(token, timestamp, testNonce), Timestamp: timestamp, Nonce: testNonce}
}

func sealedQuery(token, encrypt string) Query {
	q := signedQuery(token)
	q.EncryptType = "aes"
	q.MsgSignature = Sign(token, q.Timestamp, q.Nonce, encrypt)
	return q
}

func testConfig() Config {
	return Config{Token: testToken, AppID: testAppID, AESKeys: []string{testKey, oldKey}, AllowPlaintext: true, MaxAge: 10 * time.Minute}
}

func testReceiver(t testing.TB) *Receiver { return mustReceiver(t, testConfig()) }

// TestRefused has one push for each way to be refused.
func TestRefused(t *testing.T) {
	sealed := func(key, appID string, doc string) (Query, []byte) {
		encrypt := encrypted(t, key, appID, []byte(doc))
		return sealedQuery(testToken, encrypt), safeBody([]byte(doc), encrypt)
	}
	plain := signedQuery(testToken)
	safe, safeText := sealed(testKey, testAppID, textPush)
	otherApp, otherAppText := sealed(testKey, "wx0000000000000000", textPush)
	otherKey, otherKeyText := sealed("lO"+testKey[2:], testAppID, textPush)
	broken, brokenText := sealed(testKey, testAppID, "<xml>")
	notBase64 := sealedQuery(testToken, "这不是base64")
	halfBlock := sealedQuery(testToken, "AAAA")

	with := func(q Query, change func(*Query)) Query { change(&q); return q }
	tests := []struct {
		name   string
		config func(*Config)
		query  Query
		body   string
		check  Check
		status int
		text   string // in message and hint
	}{
		{"no query", nil, Query{}, textPush, CheckSignature, 403, "no signature"},
		{"wrong token", nil, signedQuery("other"), textPush, CheckSignature, 403, "not the Token"},
		{"upper case", nil, with(plain, func(q *Query) { q.Signature = strings.ToUpper(q.Signature) }), textPush, CheckSignature, 403, ""},
		{"plaintext refused", func(c *Config) { c.AllowPlaintext = false }, plain, textPush, CheckPlaintext, 403, "安全模式"},
		{"raw refused", func(c *Config) { c.AllowPlaintext = false }, with(plain, func(q *Query) { q.EncryptType = "raw" }), textPush, CheckPlaintext, 403, ""},
		{"other encrypt_type", nil, with(plain, func(q *Query) { q.EncryptType = "des" }), textPush, CheckParse, 400, "encrypt_type"},
		{"other encrypt_type, unsigned", nil, Query{EncryptType: "des"}, textPush, CheckSignature, 403, ""},
		{"old", func(c *Config) { c.MaxAge = time.Second }, plain, textPush, CheckAge, 403, "clock"},
		{"ahead", func(c *Config) { c.MaxAge = time.Second }, Query{Signature: Sign(testToken, "1763689999", testNonce), Timestamp: "1763689999", Nonce: testNonce}, textPush, CheckAge, 403, "slow"},
		{"no timestamp", nil, Query{Signature: Sign(testToken, "", testNonce), Nonce: testNonce}, textPush, CheckAge, 403, "not a number"},
		{"old and sealed", func(c *Config) { c.MaxAge = time.Second }, safe, string(safeText), CheckAge, 403, ""},
		{"no msg_signature", nil, with(safe, func(q *Query) { q.MsgSignature = "" }), string(safeText), CheckMsgSignature, 403, "no msg_signature"},
		{"signature as msg_signature", nil, with(safe, func(q *Query) { q.MsgSignature = q.Signature }), string(safeText), CheckMsgSignature, 403, "token is right"},
		{"sealed, wrong token", nil, sealedQuery("other", encrypted(t, testKey, testAppID, []byte(textPush))), string(safeText), CheckMsgSignature, 403, "not the Token"},
		{"changed", nil, safe, strings.Replace(string(safeText), "CDATA["+encrypted(t, testKey, testAppID, []byte(textPush))[:1], "CDATA[/", 1), CheckMsgSignature, 403, "proxy"},
		{"not base64", nil, notBase64, string(safeBody(nil, "这不是base64")), CheckBase64, 403, ""},
		{"half a block", nil, halfBlock, string(safeBody(nil, "AAAA")), CheckDecrypt, 403, "blocks"},
		{"other AppID", nil, otherApp, string(otherAppText), CheckAppID, 403, `"wx0000000000000000", but "` + testAppID},
		{"other key", nil, otherKey, string(otherKeyText), CheckDecrypt, 403, "not the one in the WeChat console"},
		{"other account", func(c *Config) { c.OriginalID = "gh_000000000000" }, safe, string(safeText), CheckOriginalID, 403, testOriginal},
		{"other account, plain", func(c *Config) { c.OriginalID = "gh_000000000000" }, plain, textPush, CheckOriginalID, 403, "原始ID"},
		{"no key", func(c *Config) { c.AESKeys = nil }, safe, string(safeText), CheckAESKey, 403, "no EncodingAESKey"},
		{"no key, unsigned", func(c *Config) { c.AESKeys = nil }, with(safe, func(q *Query) { q.Signature = "" }), string(safeText), CheckSignature, 403, ""},
		{"no envelope", nil, safe, textPush, CheckParse, 400, "no Encrypt"},
		{"broken envelope", nil, safe, "<xml", CheckParse, 400, ""},
		{"envelope without encrypt_type", nil, plain, string(safeText), CheckParse, 400, "query string"},
		{"broken push", nil, plain, "<xml></xml>", CheckParse, 400, "no ToUserName"},
		{"broken push, sealed", nil, broken, string(brokenText), CheckParse, 400, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := testConfig()
			if test.config != nil {
				test.config(&c)
			}
			push, err := mustReceiver(t, c).Open(test.query, []byte(test.body), time.Unix(pushTime+60, 0))
			var e *Error
			if push != nil || !errors.As(err, &e) {
				t.Fatalf("got %v, %v", push, err)
			}
			if e.Check != test.check || HTTPStatus(err) != test.status {
				t.Errorf("check %s and status %d, want %s and %d", e.Check, HTTPStatus(err), test.check, test.status)
			}
			words := e.Msg + "\n" + e.Hint
			if !strings.Contains(words, test.text) {
				t.Errorf("%q does not say %q", words, test.text)
			}
			wantNoSecret(t, words, test.query)
		})
	}
}

func wantNoSecret(t *testing.T, words string, q Query) {
	t.Helper()
	for _, secret := range []string{testToken, testKey, oldKey, q.Signature, q.MsgSignature, q.Nonce, "oQ7xW5hT0kYdRzB2nVcL9mEaPqSg", "周末"} {
		if secret != "" && strings.Contains(words, secret) {
			t.Errorf("%q gives away %q", words, secret)
		}
	}
}

func TestConfigRefused(t *testing.T) {
	for name, c := range map[string]Config{
		"no token":        {},
		"short key":       {Token: testToken, AppID: testAppID, AESKeys: []string{testKey[1:]}},
		"key with =":      {Token: testToken, AppID: testAppID, AESKeys: []string{testKey + "="}},
		"key with -":      {Token: testToken, AppID: testAppID, AESKeys: []string{"-" + testKey[1:]}},
		"key with a line": {Token: testToken, AppID: testAppID, AESKeys: []string{"\n" + testKey[1:]}},
		"second key":      {Token: testToken, AppID: testAppID, AESKeys: []string{testKey, "x"}},
		"no AppID":        {Token: testToken, AESKeys: []string{testKey}},
	} {
		r, err := NewReceiver(c)
		var e *Error
		if r != nil || !errors.As(err, &e) || e.Hint == "" {
			t.Errorf("%s: got %v, %v", name, r, err)
			continue
		}
		wantNoSecret(t, e.Msg+e.Hint, Query{})
	}
	if _, err := NewReceiver(Config{Token: testToken, AESKeys: []string{""}}); err != nil {
		t.Errorf("an empty key is not passed over: %v", err)
	}
}

// TestCompatibleWithoutKey takes the plain copy; a retry with another
// ciphertext is the same push.
func TestCompatibleWithoutKey(t *testing.T) {
	r := mustReceiver(t, Config{Token: testToken})
	event := strings.NewReplacer("text]", "event]", "<MsgId>24519034406325999</MsgId>", "").Replace(textPush)
	var identities []string
	for _, encrypt := range []string{"AAAA", "BBBB"} {
		body := strings.Replace(event, "</xml>", "<Encrypt>"+encrypt+"</Encrypt></xml>", 1)
		push, err := r.Open(sealedQuery(testToken, encrypt), []byte(body), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := push.Message.Lookup("Encrypt"); push.Sealed || ok {
			t.Errorf("opened as %+v", push.Message)
		}
		identities = append(identities, string(push.Message.AppendIdentity(nil)))
	}
	if identities[0] != identities[1] {
		t.Error("two attempts have two identities")
	}
}

// TestKeyRotation opens pushes under both keys and seals each answer under
// the key of its push.
func TestKeyRotation(t *testing.T) {
	r := testReceiver(t)
	for i, key := range []string{testKey, oldKey} {
		encrypt := encrypted(t, key, testAppID, []byte(textPush))
		push, err := r.Open(sealedQuery(testToken, encrypt), safeBody(nil, encrypt), time.Unix(pushTime, 0))
		if err != nil {
			t.Fatal(err)
		}
		body, _, err := push.Seal([]byte("<xml>reply</xml>"), time.Unix(pushTime, 0))
		if err != nil {
			t.Fatal(err)
		}
		wantSealed(t, body, key, "<xml>reply</xml>")
		if _, err := mustCipher(t, testAppID, []string{oldKey, testKey}[i]).Decrypt(encryptOf(t, body)); err == nil {
			t.Error("the answer opens with the other key too")
		}
	}
}

// TestKeyRotationErrors prefers the failure that tells more.
func TestKeyRotationErrors(t *testing.T) {
	encrypt := encrypted(t, oldKey, "wx0000000000000000", []byte(textPush))
	_, err := testReceiver(t).Open(sealedQuery(testToken, encrypt), safeBody(nil, encrypt), time.Unix(pushTime, 0))
	if !failed(err, CheckAppID) {
		t.Errorf("got %v", err)
	}
}

func encryptOf(t *testing.T, body []byte) string {
	t.Helper()
	encrypt, _, err := readEnvelope(nil, body)
	if err != nil {
		t.Fatal(err)
	}
	return encrypt
}

// wantSealed checks an envelope and opens it.
func wantSealed(t *testing.T, body []byte, key, doc string) {
	t.Helper()
	fields, _, err := parseFields(nil, string(body))
	if err != nil {
		t.Fatal(err)
	}
	m := Message{Fields: fields}
	want := Sign(testToken, m.Field("TimeStamp"), m.Field("Nonce"), m.Field("Encrypt"))
	if len(fields) != 4 || m.Field("Nonce") == "" || m.Field("TimeStamp") != "1763683300" || m.Field("MsgSignature") != want {
		t.Errorf("envelope %q", fields)
	}
	got, err := mustCipher(t, testAppID, key).Decrypt(m.Field("Encrypt"))
	if err != nil || string(got) != doc {
		t.Errorf("the envelope holds %q, %v; want %q", got, err, doc)
	}
}

func TestSeal(t *testing.T) {
	const doc = "<xml><Content><![CDATA[好]]></Content></xml>"
	jsonPush := `{"ToUserName":"gh_1","FromUserName":"o1","CreateTime":1763683300,"MsgType":"text","Content":"a","MsgId":24519034406400001}`
	for _, test := range []struct {
		push, contentType, begin string
	}{
		{textPush, ContentTypeXML, "<xml><Encrypt><![CDATA["},
		{jsonPush, ContentTypeJSON, `{"Encrypt":"`},
	} {
		for _, mode := range pushModes {
			push, err := testReceiver(t).Open(mode.push(t, []byte(test.push)), mode.body(t, []byte(test.push)), time.Unix(pushTime, 0))
			if err != nil {
				t.Fatal(err)
			}
			body, contentType, err := push.Seal([]byte(doc), time.Unix(pushTime, 0))
			if err != nil {
				t.Fatal(err)
			}
			if !mode.sealed {
				if string(body) != doc || contentType != ContentTypeXML {
					t.Errorf("plain answer %s, %s", body, contentType)
				}
				continue
			}
			if contentType != test.contentType || !strings.HasPrefix(string(body), test.begin) {
				t.Errorf("%s: %s, %s", mode.name, body, contentType)
			}
			wantSealed(t, body, testKey, doc)
			if again, _, _ := push.Seal([]byte(doc), time.Unix(pushTime, 0)); bytes.Equal(again, body) {
				t.Error("two answers are sealed with the same random bytes")
			}
			for _, not := range []string{Success, ""} {
				if _, _, err := push.Seal([]byte(not), time.Now()); err == nil {
					t.Errorf("%q is sealed", not)
				}
			}
		}
	}
}

// TestAge has the bounds of what is fresh.
func TestAge(t *testing.T) {
	r := testReceiver(t)
	for seconds, want := range map[int64]bool{-601: false, -600: true, 0: true, 600: true, 601: false} {
		_, err := r.Open(signedQuery(testToken), []byte(textPush), time.Unix(pushTime+seconds, 0))
		if (err == nil) != want || err != nil && !failed(err, CheckAge) {
			t.Errorf("%d s old: %v", seconds, err)
		}
	}
}

// TestFrames decrypts frames that no sender makes.
func TestFrames(t *testing.T) {
	c := mustCipher(t, testAppID, testKey)
	const random = "0123456789abcdef"
	for name, test := range map[string]struct {
		frame string
		check Check
	}{
		"good":            {random + "\x00\x00\x00\x01x" + testAppID + strings.Repeat("\x19", 25), ""},
		"other padding":   {random + "\x00\x00\x00\x01x" + testAppID + strings.Repeat("\x09", 9), ""},
		"no padding":      {random + random[:15] + "\x00", CheckDecrypt},
		"padding of 33":   {random + random + random + strings.Repeat("\x21", 16), CheckDecrypt},
		"more than all":   {random[:15] + "\x11", CheckDecrypt},
		"nothing else":    {strings.Repeat("\x20", 32), CheckFrame},
		"no length":       {random + "\x00\x00\x00" + strings.Repeat("\x0d", 13), CheckFrame},
		"length only":     {random + "\x00\x00\x00\x00" + strings.Repeat("\x0c", 12), CheckFrame},
		"one too long":    {random + "\x00\x00\x00\x02x" + strings.Repeat("\x0b", 11), CheckFrame},
		"negative length": {random + "\xff\xff\xff\xffx" + strings.Repeat("\x0b", 11), CheckFrame},
		"no AppID":        {random + "\x00\x00\x00\x01x" + strings.Repeat("\x0b", 11), CheckFrame},
		"AppID and more":  {random + "\x00\x00\x00\x00" + testAppID + "x" + strings.Repeat("\x09", 9), CheckAppID},
		"AppID cut":       {random + "\x00\x00\x00\x01x" + testAppID[:17] + strings.Repeat("\x0a", 10), CheckAppID},
	} {
		frame := []byte(test.frame)
		c.crypt(&c.encrypters, frame)
		msg, err := c.Decrypt(base64.StdEncoding.EncodeToString(frame))
		if test.check == "" && (err != nil || string(msg) != "x") || test.check != "" && !failed(err, test.check) {
			t.Errorf("%s: %q, %v; want %q", name, msg, err, test.check)
		}
	}
	if _, err := c.Decrypt(""); !failed(err, CheckDecrypt) {
		t.Errorf("nothing: %v", err)
	}
}

func TestVerifyURL(t *testing.T) {
	r := testReceiver(t)
	q := signedQuery(testToken)
	if _, err := r.VerifyURL(q); HTTPStatus(err) != http.StatusBadRequest {
		t.Errorf("without echostr: %v", err)
	}
	q.EchoStr = "4375120948345356249"
	if echo, err := r.VerifyURL(q); echo != q.EchoStr || err != nil {
		t.Errorf("got %q, %v", echo, err)
	}
	q.Nonce = "1"
	if echo, err := r.VerifyURL(q); echo != "" || HTTPStatus(err) != http.StatusForbidden {
		t.Errorf("with another nonce: %q, %v", echo, err)
	}
}

// TestOpenKeepsNothing changes the body after it was opened.
func TestOpenKeepsNothing(t *testing.T) {
	for _, mode := range pushModes {
		body := mode.body(t, []byte(textPush))
		push, err := testReceiver(t).Open(mode.push(t, []byte(textPush)), body, time.Unix(pushTime, 0))
		if err != nil {
			t.Fatal(err)
		}
		for i := range body {
			body[i] = 'x'
		}
		if push.Message.Content != "你好，请问周末几点开门？" {
			t.Errorf("%s: the message changed with the body: %q", mode.name, push.Message.Content)
		}
	}
}

func TestHTTPStatus(t *testing.T) {
	if HTTPStatus(nil) != 200 || HTTPStatus(errors.New("other")) != 400 {
		t.Error("nil or another error")
	}
	for check, row := range checks {
		if row.status != 400 && row.status != 403 {
			t.Errorf("%s answers %d", check, row.status)
		}
	}
}
