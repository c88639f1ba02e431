// Package wechat is the codec of the message push of WeChat Official Accounts
// and mini programs: it turns callback bytes into a verified [Message] and a
// [Reply] into bytes, in plaintext, compatible and safe mode, in XML and JSON.
//
//	receiver, err := wechat.NewReceiver(wechat.Config{Token: token})
//	…
//	push, err := receiver.Open(wechat.ParseQuery(req.URL.RawQuery), body, time.Now())
//	if err != nil {
//		http.Error(w, "", wechat.HTTPStatus(err))
//		return
//	}
//	m := push.Message
//	reply := wechat.Reply{Kind: wechat.MsgText, Text: "you said: " + m.Content}
//	doc, err := reply.AppendXML(nil, m.FromUserName, m.ToUserName, now.Unix(), m.MsgType != wechat.MsgEvent)
//	…
//	body, contentType, err := push.Seal(doc, time.Now())
//
// The package neither logs nor keeps state; a [Receiver] and a [Message] may
// be used by many goroutines.
package wechat
