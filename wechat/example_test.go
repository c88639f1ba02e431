package wechat_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"wereply/wechat"
	"wereply/wechat/wechattest"
)

// A whole bot that says what was said to it, and a push to it.
func Example() {
	receiver, err := wechat.NewReceiver(wechat.Config{Token: "parrotToken"})
	if err != nil {
		fmt.Println(err)
		return
	}
	bot := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, wechat.MaxBody))
		if err != nil {
			http.Error(w, "", http.StatusRequestEntityTooLarge)
			return
		}
		push, err := receiver.Open(wechat.ParseQuery(req.URL.RawQuery), body, time.Now())
		if err != nil {
			http.Error(w, "", wechat.HTTPStatus(err))
			return
		}
		m := push.Message
		reply := wechat.Reply{Kind: wechat.MsgText, Text: "你说：" + m.Content}
		doc, err := reply.AppendXML(nil, m.FromUserName, m.ToUserName, time.Now().Unix(), m.MsgType != wechat.MsgEvent)
		if err != nil {
			io.WriteString(w, wechat.Success)
			return
		}
		answer, contentType, err := push.Seal(doc, time.Now())
		if err != nil {
			http.Error(w, "", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", contentType)
		w.Write(answer)
	})

	client := wechattest.Client{URL: "http://bot.example/weixin", Token: "parrotToken", HTTP: wechattest.Direct(bot)}
	answer, err := client.Push(context.Background(), wechattest.Document([]wechat.Field{
		{Path: "ToUserName", Value: "gh_3f8d2c6ab901"},
		{Path: "FromUserName", Value: "oQ7xW5hT0kYdRzB2nVcL9mEaPqSg"},
		{Path: "CreateTime", Value: "1763683237"},
		{Path: "MsgType", Value: wechat.MsgText},
		{Path: "Content", Value: "你好"},
		{Path: "MsgId", Value: "24519034406325999"},
	}, wechat.XML))
	if err != nil || answer.Fault != nil {
		fmt.Println(err, answer)
		return
	}
	fmt.Println(answer.Reply.Content)
	// Output: 你说：你好
}
