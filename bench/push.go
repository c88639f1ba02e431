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
