package main

import (
	"bufio"
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
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

// firstID is the MsgId of the first push.
const firstID = 24519034000000000

// writePlain writes the texts of pushes in plaintext mode. wrk counts the
// MsgIds from first on and makes as many pushes as it can send.
func writePlain(file string, lines []string, first, _ int) (pushes, error) {
	now := time.Now()
	return pushes{"plain.lua", []string{
		"TEXTS=" + file, "PUSH_PATH=/weixin?" + query(now).Encode(), "PUSH_HEAD=" + head(now),
		"PUSH_ID=" + strconv.Itoa(firstID/1_000_000_000), "PUSH_FIRST=" + strconv.Itoa(first),
	}}, writeLines(file, lines)
}

// writeSealed writes n pushes in safe mode, as whole requests.
func writeSealed(file string, lines []string, first, n int) (pushes, error) {
	f, err := os.Create(file)
	if err != nil {
		return pushes{}, err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	cipher, err := wechat.NewCipher(appID, aesKey)
	if err != nil {
		return pushes{}, err
	}
	now := time.Now()
	ts := strconv.FormatInt(now.Unix(), 10)
	for i := range n {
		push := document(now, lines[i%len(lines)], firstID+first+i)
		sealed := string(cipher.AppendEncrypt(nil, [16]byte([]byte("0123456789abcdef")), []byte(push)))
		q := query(now)
		q.Set("encrypt_type", "aes")
		q.Set("msg_signature", sign(token, ts, nonce, sealed))
		body := fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><Encrypt><![CDATA[%s]]></Encrypt></xml>", account, sealed)
		request := fmt.Sprintf("POST /weixin?%s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s",
			q.Encode(), len(body), body)
		fmt.Fprintf(w, "%d\n%s", len(request), request)
	}
	return pushes{"sealed.lua", []string{"PUSHES=" + file}}, w.Flush()
}

// head is a text push up to its content.
func head(now time.Time) string {
	return fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName>"+
		"<CreateTime>%d</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[", account, user, now.Unix())
}

func document(now time.Time, text string, id int) string {
	return fmt.Sprintf("%s%s]]></Content><MsgId>%d</MsgId></xml>", head(now), text, id)
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
