package wechat

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestParseQuery(t *testing.T) {
	for raw, want := range map[string]Query{
		"": {},
		"signature=a&timestamp=1&nonce=2&openid=o-_1": {Signature: "a", Timestamp: "1", Nonce: "2", OpenID: "o-_1"},
		"encrypt_type=aes&msg_signature=b&echostr=3":  {EncryptType: "aes", MsgSignature: "b", EchoStr: "3"},
		"echostr=a%2Bb+c%3D":                          {EchoStr: "a+b c="},
		"echostr=a=b":                                 {EchoStr: "a=b"},
		"echostr=%zz&nonce=1":                         {Nonce: "1"},
		"nonce=1&nonce=2":                             {Nonce: "1"},
		"nonce=&nonce=2":                              {Nonce: "2"},
		"&&nonce&=&other=1&Nonce=3":                   {},
	} {
		if got := ParseQuery(raw); got != want {
			t.Errorf("%q: got %+v, want %+v", raw, got, want)
		}
	}
}

// FuzzParseQuery compares with the standard library where that takes the
// query whole.
func FuzzParseQuery(f *testing.F) {
	f.Add("signature=a&timestamp=1&nonce=2&openid=o&encrypt_type=aes&msg_signature=b")
	f.Add("echostr=a%2Bb+c%3D&nonce=%zz")
	f.Fuzz(func(t *testing.T, raw string) {
		q := ParseQuery(raw)
		values, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		for _, name := range []string{"signature", "timestamp", "nonce", "echostr", "encrypt_type", "msg_signature", "openid"} {
			got := *q.field(name)
			if got != "" && !slices.Contains(values[name], got) {
				t.Errorf("%s is %q, want one of %q", name, got, values[name])
			}
			if got == "" && !strings.Contains(raw, "%") && strings.Join(values[name], "") != "" {
				t.Errorf("%s is absent, want one of %q", name, values[name])
			}
		}
	})
}
