package rules

import (
	"fmt"

	"gopkg.in/yaml.v3"

	"wereply/wechat"
)

var sendWords = fieldsOf[pushForm]()

// sendFields are the words for WeChat's field names in send.
var sendFields = map[string]string{
	"text":      "Content",
	"event":     "Event",
	"event_key": "EventKey",
	"from":      "FromUserName",
	"msg_type":  "MsgType",
}

// typeOfField tells the type of a message by a field that only this type has.
var typeOfField = map[string]string{
	"Content":     wechat.MsgText,
	"Event":       wechat.MsgEvent,
	"Recognition": wechat.MsgVoice,
	"PicUrl":      wechat.MsgImage,
	"Location_X":  wechat.MsgLocation,
	"Location_Y":  wechat.MsgLocation,
	"PagePath":    wechat.MsgMiniProgramPage,
	"FileKey":     wechat.MsgFile,
}

// send reads what a step sends: a text, or the fields of a push.
func (r *reader) send(n *yaml.Node, s *Step) {
	if n.Kind != yaml.MappingNode {
		if text, ok := r.text(n, "`send`"); ok {
			r.warnProse(n, text)
			s.Send = []wechat.Field{{Path: "MsgType", Value: wechat.MsgText}, {Path: "Content", Value: text}}
		}
		return
	}
	given := map[string]string{} // WeChat's name → the word that gave it
	var fields []wechat.Field
	r.entries(n, "`send`", func(key string, k, v *yaml.Node) {
		path, known := sendFields[key]
		if !known {
			path = key
		}
		switch {
		case !known && !r.sendField(k):
		case given[path] != "":
			r.add(CodeCombination, k, fmt.Sprintf("`%s` and `%s` are the same", given[path], key), "delete one of them")
		case path == "MsgType":
			given[path] = key
			r.sendType(v, s)
		default:
			given[path] = key
			if path == "Event" && v.Kind == yaml.ScalarNode {
				r.event(v, v.Value)
			}
			fields = r.pushFields(fields, path, v, 0)
		}
	})
	r.finishSend(n, s, fields, given)
}

// sendType reads the type of a message and makes it the first field.
func (r *reader) sendType(n *yaml.Node, s *Step) {
	name, ok := r.text(n, "MsgType")
	if !ok {
		return
	}
	if name, ok = r.msgType(n, name); name == wechat.MsgUnsupported {
		r.add(CodeUnknownName, n, "WeChat reports an unsupported message as a text", "send: 【收到不支持的消息类型，暂无法显示】")
		ok = false
	}
	if ok {
		s.Send = []wechat.Field{{Path: "MsgType", Value: name}}
	}
}

// sendField checks a name of a field that a test may send.
func (r *reader) sendField(k *yaml.Node) bool {
	switch {
	case k.Value == "CreateTime":
		r.add(CodeCombination, k, "the time of a message is not a field of `send`", "put `at: 2026-10-01 08:30` beside `send`")
		return false
	case !wechat.KnownField(k.Value):
		if word := suggest(k.Value, sendWords); word != "" {
			r.add(CodeUnknownField, k, fmt.Sprintf("`send` has no field `%s`", k.Value), fmt.Sprintf("did you mean `%s`?", word))
			return false
		}
	}
	return r.fieldName(k)
}

// pushFields appends the leaves below a value of send by their paths.
func (r *reader) pushFields(fields []wechat.Field, path string, n *yaml.Node, depth int) []wechat.Field {
	switch {
	case depth >= wechat.MaxDepth:
		r.add(CodeTooMuch, n, "`send` is nested too deeply", "")
	case n.Kind == yaml.MappingNode:
		r.entries(n, "`"+path+"`", func(key string, k, v *yaml.Node) {
			fields = r.pushFields(fields, path+"."+key, v, depth+1)
		})
	case n.Kind == yaml.SequenceNode:
		items, _ := r.items(n, "`"+path+"`")
		for _, item := range items {
			fields = r.pushFields(fields, path, item, depth+1)
		}
	default:
		if text, ok := r.text(n, "`"+path+"`"); ok {
			fields = append(fields, wechat.Field{Path: path, Value: text})
		}
	}
	return fields
}

// finishSend moves the sender out of the fields, and finds the type of the
// message where MsgType does not say it.
func (r *reader) finishSend(n *yaml.Node, s *Step, fields []wechat.Field, given map[string]string) {
	guess := ""
	for _, f := range fields {
		t := typeOfField[f.Path]
		if t != "" && guess != "" && t != guess && given["MsgType"] == "" {
			r.add(CodeCombination, n, fmt.Sprintf("`send` mixes the fields of two messages, %s and %s", guess, t), "one push is one of them")
		}
		if t != "" {
			guess = t
		}
	}
	if s.Send == nil {
		s.Send = []wechat.Field{{Path: "MsgType", Value: guess}}
	}
	for _, f := range fields {
		if f.Path == "FromUserName" {
			s.From = f.Value
		} else {
			s.Send = append(s.Send, f)
		}
	}
	switch {
	case given["MsgType"] != "" || guess != "":
	case given["EventKey"] != "":
		r.add(CodeMissing, n, "`send` has an `event_key` and no `event`", "send: {event: CLICK, event_key: …}")
	case len(fields) > 0:
		r.add(CodeMissing, n, "`send` does not tell what kind of message it is", "add MsgType, such as {MsgType: image, …}")
	}
}
