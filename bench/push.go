package main

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"wereply/wechat"
)

const nonce = "1372623149"

// sign is the signature of the callback: the SHA-1 of the sorted parts.
func sign(parts ...string) string {
	parts = slices.Clone(parts)
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

// query is the query of a push in plaintext mode. The signature does not cover
// the body, so that one query serves all pushes of a run.
func query(now time.Time) url.Values {
	ts := strconv.FormatInt(now.Unix(), 10)
	return url.Values{"signature": {sign(token, ts, nonce)}, "timestamp": {ts}, "nonce": {nonce}, "openid": {user}}
}

// firstID is the MsgId of push 0.
const firstID = 24519034000000000

// plainPushes are pushes in plaintext mode. They differ in the text, which
// comes again after some thousands, in the user, and in the MsgId, which never
// comes again.
type plainPushes struct {
	requests [][]byte // one for each text, with zeros for the MsgId
	users    int
	first, n int
}

// idEnd is what stands behind the MsgId, userStart before the user.
const (
	idEnd     = "</MsgId></xml>"
	userStart = "<FromUserName><![CDATA["
)

func newPlainPushes(lines []string, users, first, n int) pushes {
	now := time.Now()
	p := &plainPushes{users: users, first: first, n: n}
	for _, line := range lines {
		p.requests = append(p.requests, post(query(now), document(now, line, firstID)))
	}
	return p
}

func (p *plainPushes) count() int { return p.n }

func (p *plainPushes) request(n int, space []byte) []byte {
	request := append(space[:0], p.requests[n%len(p.requests)]...)
	putDigits(request[:len(request)-len(idEnd)], p.first+n)
	if p.users > 1 {
		start := bytes.Index(request, []byte(userStart)) + len(userStart)
		putDigits(request[:start+len(user)], n%p.users)
	}
	return request
}

// putDigits writes a number at the end of b.
func putDigits(b []byte, n int) {
	for i := len(b) - 1; n > 0; i, n = i-1, n/10 {
		b[i] = '0' + byte(n%10)
	}
}

// sealedPushes are pushes in safe mode.
type sealedPushes [][]byte

func newSealedPushes(lines []string, first, n int) (pushes, error) {
	cipher, err := wechat.NewCipher(appID, aesKey)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	ts := strconv.FormatInt(now.Unix(), 10)
	p := make(sealedPushes, n)
	for i := range p {
		push := document(now, lines[i%len(lines)], firstID+first+i)
		sealed := string(cipher.AppendEncrypt(nil, [16]byte([]byte("0123456789abcdef")), []byte(push)))
		q := query(now)
		q.Set("encrypt_type", "aes")
		q.Set("msg_signature", sign(token, ts, nonce, sealed))
		p[i] = post(q, fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><Encrypt><![CDATA[%s]]></Encrypt></xml>", account, sealed))
	}
	return p, nil
}

func (p sealedPushes) count() int { return len(p) }

func (p sealedPushes) request(n int, _ []byte) []byte { return p[n] }

// post is a whole request.
func post(q url.Values, body string) []byte {
	return fmt.Appendf(nil, "POST /weixin?%s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s",
		q.Encode(), len(body), body)
}

func document(now time.Time, text string, id int) string {
	return fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName>"+userStart+"%s]]></FromUserName>"+
		"<CreateTime>%d</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content><MsgId>%d%s",
		account, user, now.Unix(), text, id, idEnd)
}

// ask pushes one text and gives the body of the answer.
func ask(port int, text string, id int) (string, error) {
	now := time.Now()
	u := fmt.Sprintf("http://127.0.0.1:%d/weixin?%s", port, query(now).Encode())
	resp, err := http.Post(u, "text/xml", bytes.NewReader([]byte(document(now, text, id))))
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s", resp.Status)
	}
	return string(body), err
}
