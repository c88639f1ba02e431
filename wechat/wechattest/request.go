package wechattest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"wereply/wechat"
)

// delivery is one signed push, ready to be sent more than once.
type delivery struct {
	url         string
	contentType string
	body        []byte
}

func (d *delivery) request(ctx context.Context) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url, bytes.NewReader(d.body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", d.contentType)
	return req, nil
}

// Request makes one signed request of a push, for tests that send it
// themselves. The document is not looked at and may be broken.
func (c *Client) Request(ctx context.Context, doc []byte) (*http.Request, error) {
	d, err := c.sign(doc)
	if err != nil {
		return nil, err
	}
	return d.request(ctx)
}

// VerifyRequest makes the request that verifies a URL.
func (c *Client) VerifyRequest(ctx context.Context, echostr string) (*http.Request, error) {
	query := c.query()
	query.Set("echostr", echostr)
	address, err := c.address(query)
	if err != nil {
		return nil, err
	}
	return http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
}

// query signs a new timestamp and nonce.
func (c *Client) query() url.Values {
	now := time.Now
	if c.Now != nil {
		now = c.Now
	}
	timestamp, nonce := strconv.FormatInt(now().Unix(), 10), digits(10)
	return url.Values{
		"signature": {wechat.Sign(c.Token, timestamp, nonce)},
		"timestamp": {timestamp},
		"nonce":     {nonce},
	}
}

// address adds the query to the client's URL, which may have one of its own.
func (c *Client) address(query url.Values) (string, error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return "", err
	}
	u.RawQuery = strings.TrimPrefix(u.RawQuery+"&"+query.Encode(), "&")
	return u.String(), nil
}

// sign makes the query and body of a push in the client's mode.
func (c *Client) sign(doc []byte) (*delivery, error) {
	query, body := c.query(), doc
	to := ""
	if m, err := wechat.Parse(doc); err == nil {
		query.Set("openid", m.FromUserName)
		to = m.ToUserName
	}
	if c.Mode != Plain {
		encrypt, err := c.encrypt(doc)
		if err != nil {
			return nil, err
		}
		query.Set("encrypt_type", "aes")
		query.Set("msg_signature", wechat.Sign(c.Token, query.Get("timestamp"), query.Get("nonce"), encrypt))
		if body, err = c.wrap(doc, to, encrypt); err != nil {
			return nil, err
		}
	}
	address, err := c.address(query)
	if err != nil {
		return nil, err
	}
	d := &delivery{url: address, contentType: "text/xml", body: body}
	if isJSON(doc) {
		d.contentType = "application/json"
	}
	return d, nil
}

func (c *Client) encrypt(doc []byte) (string, error) {
	cipher, err := wechat.NewCipher(c.AppID, c.AESKey)
	if err != nil {
		return "", err
	}
	var random [16]byte
	rand.Read(random[:])
	return string(cipher.AppendEncrypt(nil, random, doc)), nil
}

// errNoEnd is about a document that cannot take up its encrypted copy.
var errNoEnd = errors.New("the document does not end as one; compatible mode cannot add Encrypt to it")

// wrap makes the body around Encrypt.
func (c *Client) wrap(doc []byte, to, encrypt string) ([]byte, error) {
	format := wechat.XML
	if isJSON(doc) {
		format = wechat.JSON
	}
	if c.Mode == Safe {
		return Document([]wechat.Field{{Path: "ToUserName", Value: to}, {Path: "Encrypt", Value: encrypt}}, format), nil
	}
	end, insert := "</xml>", "<Encrypt><![CDATA["+encrypt+"]]></Encrypt>"
	if format == wechat.JSON {
		end, insert = "}", `,"Encrypt":"`+encrypt+`"`
	}
	i := bytes.LastIndex(doc, []byte(end))
	if i < 0 {
		return nil, errNoEnd
	}
	body := append([]byte(nil), doc[:i]...)
	body = append(body, insert...)
	return append(body, doc[i:]...), nil
}

func isJSON(doc []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(doc), []byte("{"))
}

// digits gives a random number of n digits, as WeChat's nonces are.
func digits(n int) string {
	raw := make([]byte, n)
	rand.Read(raw)
	for i, b := range raw {
		raw[i] = '0' + b%10
	}
	if raw[0] == '0' {
		raw[0] = '1'
	}
	return string(raw)
}

// decrypt opens the envelope of a reply after checking its signature.
func (c *Client) decrypt(envelope []byte) ([]byte, error) {
	var e replyEnvelope
	if err := e.read(envelope); err != nil {
		return nil, err
	}
	if e.signature != wechat.Sign(c.Token, e.timestamp, e.nonce, e.encrypt) {
		return nil, errors.New("the answer's MsgSignature does not fit")
	}
	if _, err := base64.StdEncoding.Strict().DecodeString(e.encrypt); err != nil {
		return nil, errors.New("the answer's Encrypt is not base64 without line breaks")
	}
	cipher, err := wechat.NewCipher(c.AppID, c.AESKey)
	if err != nil {
		return nil, err
	}
	return cipher.Decrypt(e.encrypt)
}
