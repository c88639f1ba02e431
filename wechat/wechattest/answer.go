package wechattest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"wereply/wechat"
)

// judge reads the answer to a push and says what WeChat would have against
// it.
func (c *Client) judge(a *Answer, doc []byte) {
	push, err := wechat.Parse(doc)
	if err != nil {
		push = nil // a broken push: any answer is compared with nothing
	}
	a.Fault = c.open(a, isJSON(doc))
	if a.Fault == nil && a.Doc != nil {
		a.Fault = a.read(push)
	}
}

// open finds the reply document in the body.
func (c *Client) open(a *Answer, jsonPush bool) error {
	switch {
	case a.Status != http.StatusOK:
		return fmt.Errorf("status %d, not 200", a.Status)
	case len(a.Body) == 0 || string(a.Body) == wechat.Success:
		return nil
	case isJSON(a.Body) && !jsonPush:
		return errors.New("JSON where XML is due")
	case !bytes.HasPrefix(a.Body, []byte("<xml>")) && a.Body[0] != '{':
		return fmt.Errorf("the body begins with %q, not with <xml>", head(a.Body))
	}
	a.Sealed = bytes.Contains(a.Body, []byte("MsgSignature"))
	switch {
	case !a.Sealed && c.Mode == Safe:
		return errors.New("the reply is not encrypted, but the push was in safe mode")
	case !a.Sealed:
		a.Doc = a.Body
		return nil
	case c.Mode == Plain:
		return errors.New("the reply is encrypted, but the push was not")
	case isJSON(a.Body) != jsonPush:
		return errors.New("the envelope is not in the format of the push")
	}
	doc, err := c.decrypt(a.Body)
	if err != nil {
		return err
	}
	if len(doc) == 0 {
		return errors.New("the envelope is empty")
	}
	a.Doc = doc
	return nil
}

// head gives the beginning of a body for an error's text.
func head(body []byte) []byte { return body[:min(len(body), 20)] }

// read parses the document and checks it as an answer to push; nil = unknown.
func (a *Answer) read(push *wechat.Message) error {
	if !bytes.HasPrefix(a.Doc, []byte("<xml>")) && a.Doc[0] != '{' {
		return fmt.Errorf("the reply begins with %q, not with <xml>", head(a.Doc))
	}
	reply, err := wechat.Parse(a.Doc)
	if err != nil {
		return fmt.Errorf("the reply does not parse: %w", err)
	}
	a.Reply = reply
	if push != nil {
		switch {
		case reply.ToUserName != push.FromUserName:
			return errors.New("ToUserName of the reply is not the user")
		case reply.FromUserName != push.ToUserName:
			return errors.New("FromUserName of the reply is not the account's original ID")
		}
	}
	return checkReply(reply, push == nil || push.MsgType != wechat.MsgEvent)
}

// needed names the field that a kind of reply cannot do without.
var needed = map[string]string{
	wechat.MsgText:  "Content",
	wechat.MsgImage: "Image.MediaId",
	wechat.MsgVoice: "Voice.MediaId",
	wechat.MsgVideo: "Video.MediaId",
	wechat.MsgMusic: "Music.ThumbMediaId",
	wechat.MsgNews:  "ArticleCount",
}

func checkReply(reply *wechat.Message, afterMessage bool) error {
	kind := reply.MsgType
	if kind == wechat.MsgTransfer {
		if !afterMessage {
			return errors.New("an event cannot be handed over to an agent")
		}
		return nil
	}
	field, ok := needed[kind]
	switch {
	case !ok:
		return fmt.Errorf("%q is no type of passive reply", kind)
	case strings.TrimSpace(reply.Field(field)) == "":
		return fmt.Errorf("%s is empty", field)
	case kind == wechat.MsgText && len(reply.Content) > wechat.MaxTextBytes:
		return fmt.Errorf("the text has %d bytes, more than %d", len(reply.Content), wechat.MaxTextBytes)
	case kind == wechat.MsgNews:
		return checkNews(reply, afterMessage)
	}
	return nil
}

func checkNews(reply *wechat.Message, afterMessage bool) error {
	limit := wechat.MaxArticles
	if afterMessage {
		limit = wechat.MaxArticlesAfterMessage
	}
	items := 0
	for _, f := range reply.Fields {
		if f.Path == "Articles.item.Title" {
			items++
		}
	}
	count, err := strconv.Atoi(reply.Field("ArticleCount"))
	switch {
	case err != nil || count != items || items == 0:
		return fmt.Errorf("ArticleCount is %q, but there are %d articles", reply.Field("ArticleCount"), items)
	case items > limit:
		return fmt.Errorf("%d articles, more than %d", items, limit)
	}
	return nil
}

// replyEnvelope is an encrypted reply.
type replyEnvelope struct{ encrypt, signature, timestamp, nonce string }

// read is deliberately not the parser of package wechat: an envelope that only
// our own parser understands would be a fault.
func (e *replyEnvelope) read(body []byte) error {
	var parsed struct {
		XMLName      xml.Name    `xml:"xml" json:"-"`
		Encrypt      string      `xml:"Encrypt"`
		MsgSignature string      `xml:"MsgSignature"`
		TimeStamp    json.Number `xml:"TimeStamp"`
		Nonce        string      `xml:"Nonce"`
	}
	unmarshal := xml.Unmarshal
	if isJSON(body) {
		unmarshal = json.Unmarshal
	}
	if err := unmarshal(body, &parsed); err != nil {
		return fmt.Errorf("the envelope does not parse: %w", err)
	}
	*e = replyEnvelope{parsed.Encrypt, parsed.MsgSignature, parsed.TimeStamp.String(), parsed.Nonce}
	if e.encrypt == "" || e.signature == "" || e.timestamp == "" || e.nonce == "" {
		return errors.New("the envelope lacks one of Encrypt, MsgSignature, TimeStamp and Nonce")
	}
	return nil
}
