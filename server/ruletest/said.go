package ruletest

import (
	"errors"

	"wereply/engine"
	"wereply/rules"
	"wereply/wechat"
	"wereply/wechat/wechattest"
)

// said is the reply that the user gets: the document that the push was
// answered with or, where a response cannot carry the reply (a mini program's,
// a file), the first message that the platform's API would send. nil: nothing.
func said(answer *wechattest.Answer, d *engine.Decision, step *rules.Step) (*wechat.Message, error) {
	if answer.Reply != nil {
		return answer.Reply, nil
	}
	r := firstReply(d.Parts, step)
	if r == nil {
		return nil, nil
	}
	doc, err := r.AppendXML(nil, "user", "account", 1, true)
	switch {
	case errors.Is(err, wechat.ErrNotPassive):
		return apiMessage(r), nil
	case errors.Is(err, wechat.ErrEmpty):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return wechat.Parse(doc)
}

// firstReply is the first part that says anything. Webhooks answer as the step
// says, and files stand for their media ids.
func firstReply(parts []engine.Part, step *rules.Step) *wechat.Reply {
	for _, part := range parts {
		r := part.Reply
		switch {
		case part.Webhook != "":
			if text, ok := step.Webhook[part.Webhook]; ok {
				r = &wechat.Reply{Kind: wechat.MsgText, Text: text}
			} else {
				r = firstReply(part.Fallback, step)
			}
		case part.File != "" && r != nil:
			withFile := *r
			withFile.MediaID = part.File
			r = &withFile
		}
		if !r.Empty() && !(r.Kind == wechat.MsgTransfer && isEvent(step.Send)) { // no event can be transferred
			return r
		}
	}
	return nil
}

// apiMessage is a reply that only the API sends, as if it were a document.
func apiMessage(r *wechat.Reply) *wechat.Message {
	m := &wechat.Message{MsgType: r.Kind}
	for _, f := range []wechat.Field{
		{Path: "MsgType", Value: r.Kind},
		{Path: "Title", Value: r.Title},
		{Path: "Description", Value: r.Description},
		{Path: "Url", Value: r.URL},
		{Path: "ThumbUrl", Value: r.ThumbURL},
		{Path: "AppId", Value: r.AppID},
		{Path: "PagePath", Value: r.PagePath},
		{Path: "ThumbMediaId", Value: r.MediaID},
	} {
		if f.Value != "" {
			m.Fields = append(m.Fields, f)
		}
	}
	return m
}
