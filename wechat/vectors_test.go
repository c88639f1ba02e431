package wechat

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"testing"
	"time"
)

// vector is one case of testdata/vectors.json.
type vector struct {
	ID             string
	Op             string
	Token          string
	Timestamp      string
	Nonce          string
	EncodingAESKey string `json:"encoding_aes_key"`
	AppID          string
	RandomHex      string `json:"random_hex"`
	Plaintext      string
	MsgSignature   string `json:"msg_signature"`
	Encrypt        string
	Query          map[string]string
	Body           string
	Format         string
	Mode           string
	Expect         struct {
		OK           bool
		Signature    string
		ResponseBody string `json:"response_body"`
		Codes        []int
		Encrypt      string
		MsgSignature string `json:"msg_signature"`
		Plaintext    string
		SHA256       string `json:"plaintext_sha256"`
		ToUserName   string `json:"to_user_name"`
	}
}

const vectorCount = 33

func readVectors(t testing.TB) []vector {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []vector }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) != vectorCount {
		t.Fatalf("%d vectors, want %d", len(file.Cases), vectorCount)
	}
	return file.Cases
}

func findVector(t testing.TB, id string) vector {
	t.Helper()
	for _, v := range readVectors(t) {
		if v.ID == id {
			return v
		}
	}
	t.Fatalf("there is no vector %s", id)
	return vector{}
}

func (v *vector) query() Query {
	if v.Query == nil {
		return Query{Timestamp: v.Timestamp, Nonce: v.Nonce, EncryptType: "aes", MsgSignature: v.MsgSignature}
	}
	return Query{
		Signature:    v.Query["signature"],
		Timestamp:    v.Query["timestamp"],
		Nonce:        v.Query["nonce"],
		EchoStr:      v.Query["echostr"],
		EncryptType:  v.Query["encrypt_type"],
		MsgSignature: v.Query["msg_signature"],
		OpenID:       v.Query["openid"],
	}
}

func TestVectors(t *testing.T) {
	ops := map[string]func(*testing.T, vector){
		"signature":  testSignatureVector,
		"verify_url": testVerifyVector,
		"encrypt":    testEncryptVector,
		"decrypt":    testDecryptVector,
		"push":       testPushVector,
	}
	for _, v := range readVectors(t) {
		t.Run(v.ID, func(t *testing.T) {
			op, ok := ops[v.Op]
			if !ok {
				t.Fatalf("unknown op %q", v.Op)
			}
			op(t, v)
		})
	}
}

func testSignatureVector(t *testing.T, v vector) {
	if got := Sign(v.Token, v.Timestamp, v.Nonce); got != v.Expect.Signature {
		t.Errorf("signature %s, want %s", got, v.Expect.Signature)
	}
}

func testVerifyVector(t *testing.T, v vector) {
	echo, err := mustReceiver(t, Config{Token: v.Token}).VerifyURL(v.query())
	if !v.Expect.OK {
		wantCode(t, err, v.Expect.Codes)
		return
	}
	if err != nil || echo != v.Expect.ResponseBody {
		t.Errorf("answer %q, %v; want %q", echo, err, v.Expect.ResponseBody)
	}
}

func testEncryptVector(t *testing.T, v vector) {
	c := mustCipher(t, v.AppID, v.EncodingAESKey)
	raw, err := hex.DecodeString(v.RandomHex)
	if err != nil {
		t.Fatal(err)
	}
	encrypt := string(c.AppendEncrypt(nil, [16]byte(raw), []byte(v.Plaintext)))
	if encrypt != v.Expect.Encrypt {
		t.Errorf("Encrypt is\n%s, want\n%s", encrypt, v.Expect.Encrypt)
	}
	if got := Sign(v.Token, v.Timestamp, v.Nonce, encrypt); got != v.Expect.MsgSignature {
		t.Errorf("msg_signature %s, want %s", got, v.Expect.MsgSignature)
	}
	msg, err := c.Decrypt(encrypt)
	if err != nil || string(msg) != v.Plaintext {
		t.Errorf("decrypts to %q, %v", msg, err)
	}
	if again := string(c.AppendEncrypt(nil, [16]byte(raw), []byte(v.Plaintext))); again != encrypt {
		t.Errorf("Encrypt, made again, is\n%s, want\n%s", again, encrypt)
	}
}

// testDecryptVector makes a push of the case, so that the order of the checks
// is that of Open. What decrypts need not be a push; then the error is that it
// does not parse.
func testDecryptVector(t *testing.T, v vector) {
	r, err := NewReceiver(Config{Token: v.Token, AppID: v.AppID, AESKeys: []string{v.EncodingAESKey}})
	if err == nil {
		_, err = r.Open(v.query(), []byte("<xml><Encrypt><![CDATA["+v.Encrypt+"]]></Encrypt></xml>"), time.Now())
	}
	if !v.Expect.OK {
		wantCode(t, err, v.Expect.Codes)
		return
	}
	if err != nil && !failed(err, CheckParse) {
		t.Fatal(err)
	}
	msg, err := mustCipher(t, v.AppID, v.EncodingAESKey).Decrypt(v.Encrypt)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(msg)
	if got := hex.EncodeToString(sum[:]); got != v.Expect.SHA256 {
		t.Errorf("SHA-256 of the plaintext is %s, want %s", got, v.Expect.SHA256)
	}
	if v.Expect.Plaintext != "" && string(msg) != v.Expect.Plaintext {
		t.Errorf("plaintext %q, want %q", msg, v.Expect.Plaintext)
	}
}

func testPushVector(t *testing.T, v vector) {
	r := mustReceiver(t, Config{Token: v.Token, AppID: v.AppID, AESKeys: []string{v.EncodingAESKey}})
	push, err := r.Open(v.query(), []byte(v.Body), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	want, err := Parse([]byte(v.Expect.Plaintext))
	if err != nil {
		t.Fatal(err)
	}
	if m := push.Message; !slices.Equal(m.Fields, want.Fields) || m.Format != want.Format {
		t.Errorf("opened as %+v, want %+v", m.Fields, want.Fields)
	}
	if got := push.Message.ToUserName; got != v.Expect.ToUserName {
		t.Errorf("ToUserName %q, want %q", got, v.Expect.ToUserName)
	}
	if !push.Sealed {
		t.Error("an encrypted push is not marked as one")
	}
}

func wantCode(t *testing.T, err error, codes []int) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || !slices.Contains(codes, e.Code()) {
		t.Errorf("error %v (%#v), want one with a code of %v", err, e, codes)
	}
}

func mustReceiver(t testing.TB, c Config) *Receiver {
	t.Helper()
	r, err := NewReceiver(c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func mustCipher(t testing.TB, appID, key string) *Cipher {
	t.Helper()
	c, err := NewCipher(appID, key)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
