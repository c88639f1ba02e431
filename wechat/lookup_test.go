package wechat

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func parseSample(t testing.TB, name string) *Message {
	t.Helper()
	m, err := Parse(readSamples(t)[name])
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return m
}

func TestLookup(t *testing.T) {
	for _, test := range []struct{ sample, name, want string }{
		{"msg_text.xml", "Content", "你好，请问周末几点开门？"},
		{"msg_text.xml", "MsgId", "24519034406325999"},
		{"msg_text_menu_click.xml", "bizmsgmenuid", "102"},
		{"msg_location.xml", "Location_X", "23.137466"},
		{"event_scancode_waitmsg.xml", "ScanResult", "EAN_13,6901234567892"},
		{"event_scancode_waitmsg.xml", "ScanCodeInfo.ScanType", "barcode"},
		{"event_pic_weixin.xml", "PicMd5Sum", "4a8a08f09d37b73795649038408b5f33"},
		{"event_pic_weixin.xml", "SendPicsInfo.Count", "2"},
		{"event_location_select.xml", "Poiname", "天河城"},
		{"event_masssendjobfinish.xml", "MsgID", "1000001625"},
		{"event_masssendjobfinish.xml", "ArticleUrlResult.ResultList.item.ArticleUrl", "https://mp.weixin.qq.com/s/bbbbbbbbbbbbbbbbbbbbbb"},
		{"event_publishjobfinish_fail.xml", "fail_idx", "1"},
		{"event_subscribe_msg_popup.xml", "SubscribeStatusString", "accept"},
		{"mini_subscribe_msg_popup_multi.json", "List.SubscribeStatusString", "accept"},
		{"mini_subscribe_msg_popup_single.json", "List.SubscribeStatusString", "accept"},
		{"mini_wxa_media_check.json", "result.label", "100"},
		{"mini_wxa_media_check.json", "errcode", "0"}, // the top-level one, not that of detail
		{"msg_text.xml", "MsgID", ""},
		{"msg_text.xml", "content", ""},
		{"event_pic_weixin.xml", "sInfo.Count", ""},
		{"event_pic_weixin.xml", "", ""},
	} {
		if got := parseSample(t, test.sample).Field(test.name); got != test.want {
			t.Errorf("%s of %s is %q, want %q", test.name, test.sample, got, test.want)
		}
	}
	if _, ok := parseSample(t, "msg_file.xml").Lookup("Description"); !ok {
		t.Error("an empty field is absent")
	}
	if _, ok := parseSample(t, "msg_file.xml").Lookup("MediaId"); ok {
		t.Error("an absent field is there")
	}
}

func TestType(t *testing.T) {
	for sample, want := range map[string]string{
		"msg_text.xml":             MsgText,
		"msg_text_unsupported.xml": MsgUnsupported,
		"msg_voice.xml":            MsgVoice,
		"event_click.xml":          MsgEvent,
	} {
		if got := parseSample(t, sample).Type(); got != want {
			t.Errorf("%s is %q, want %q", sample, got, want)
		}
	}
	for _, text := range unsupportedTexts {
		if got := (&Message{MsgType: MsgText, Content: text}).Type(); got != MsgUnsupported {
			t.Errorf("%s is %q", text, got)
		}
	}
}

func TestScene(t *testing.T) {
	for _, test := range []struct{ kind, event, key, want string }{
		{MsgEvent, "SCAN", "123", "123"},
		{MsgEvent, "scan", "a_b", "a_b"},
		{MsgEvent, "subscribe", "qrscene_123", "123"},
		{MsgEvent, "Subscribe", "qrscene_qrscene_1", "qrscene_1"},
		{MsgEvent, "subscribe", "", ""},
		{MsgEvent, "subscribe", "last_trade_no_1000", ""},
		{MsgEvent, "unsubscribe", "qrscene_123", ""},
		{MsgEvent, "CLICK", "qrscene_123", ""},
		{MsgText, "SCAN", "123", ""},
	} {
		m := Message{MsgType: test.kind, Event: test.event, EventKey: test.key}
		if got := m.Scene(); got != test.want {
			t.Errorf("%+v: scene %q", test, got)
		}
	}
}

var betweenFields = regexp.MustCompile("><([A-Z])")

// TestIdentity has pairs of pushes that are two, and one that is one.
func TestIdentity(t *testing.T) {
	identity := func(body string) string {
		m, err := Parse([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return string(m.AppendIdentity([]byte{}))
	}
	change := func(body, from, to string) string {
		changed := strings.Replace(body, from, to, 1)
		if changed == body {
			t.Fatalf("%q is not in %s", from, body)
		}
		return changed
	}
	event := change(change(textPush, "[text]", "[event]"), "MsgId>24519034406325999</MsgId", "Event>SCAN</Event")
	job := change(event, "</Event>", "</Event><MsgID>7</MsgID>")
	seen := map[string]string{}
	for name, body := range map[string]string{
		"text":         textPush,
		"other user":   change(textPush, "oQ7x", "oQ7y"),
		"other second": change(textPush, "3237<", "3238<"),
		"other MsgId":  change(textPush, "25999<", "26000<"),
		"event":        event,
		"other event":  change(event, "SCAN", "CLICK"),
		"one more":     change(event, "</Event>", "</Event><EventKey/>"),
		"two fields":   change(change(event, "<Content><![CDATA[你好，请问周末几点开门？]]>", "<Content>x"), "</Content>", "</Content><B>y</B>"),
		"one field":    change(event, "<Content><![CDATA[你好，请问周末几点开门？]]>", "<Content>x1:B:y"),
		"split value":  change(event, "<Content>", "<Content>x</Content><Content>"),
		"job":          job,
		"other job":    change(job, ">7<", ">8<"),
	} {
		id := identity(body)
		if other, ok := seen[id]; ok {
			t.Errorf("%s and %s have one identity", name, other)
		}
		seen[id] = name
		if again := identity(betweenFields.ReplaceAllString(body, "> <!-- --> <$1")); again != id {
			t.Errorf("%s, written otherwise, has another identity", name)
		}
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"scan": "SCAN", "Click": "CLICK", "SUBSCRIBE": "subscribe", "view_MiniProgram": "view_miniprogram",
	} {
		if got, ok := KnownEvent(name); got != want || !ok {
			t.Errorf("%s is %q, %t", name, got, ok)
		}
	}
	if got, ok := KnownEvent("scann"); got != "" || ok {
		t.Errorf("an unknown event is %q", got)
	}
	for name, want := range map[string]bool{
		"subscribe": true, "CLICK": true, "location_select": true,
		"VIEW": false, "unsubscribe": false, "MASSSENDJOBFINISH": false, "other": false,
	} {
		if EventShowsReply(name) != want {
			t.Errorf("%s shows a reply: %t", name, !want)
		}
	}
	if names := Events(); len(names) != len(eventByFold) {
		t.Errorf("%d events, %d names", len(names), len(eventByFold))
	}
	if !KnownMsgType(MsgUnsupported) || KnownMsgType("Text") || KnownMsgType(MsgNews) || !slices.Equal(MsgTypes(), msgTypes) {
		t.Error("types of messages")
	}
}

func TestFieldNames(t *testing.T) {
	names := FieldNames()
	if !slices.IsSorted(names) || len(slices.Compact(names)) != len(names) || len(names) < 90 {
		t.Errorf("%d names", len(names))
	}
	for name, want := range map[string][2]bool{ // known, of events alone
		"Content":                {true, false},
		"ScanResult":             {true, true},
		"ScanCodeInfo.Other":     {false, true},
		"Label":                  {true, false},
		"SendLocationInfo.Label": {true, true},
		"MsgId":                  {true, false},
		"MsgID":                  {true, true},
		"SessionFrom":            {true, true},
		"AppId":                  {true, false},
		"AppID":                  {true, true},
		"content":                {false, false},
		"":                       {false, false},
	} {
		if got := [2]bool{KnownField(name), EventOnlyField(name)}; got != want {
			t.Errorf("%s: known, of events alone: %v", name, got)
		}
	}
}
