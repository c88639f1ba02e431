package wechat

import (
	"slices"
	"strings"
)

// msgTypes are the types of pushes, MsgUnsupported included.
var msgTypes = []string{
	MsgText, MsgImage, MsgVoice, MsgVideo, MsgShortVideo, MsgLocation,
	MsgLink, MsgFile, MsgMiniProgramPage, MsgEvent, MsgUnsupported,
}

// MsgTypes lists what [Message.Type] answers for the pushes that WeChat
// documents.
func MsgTypes() []string { return slices.Clone(msgTypes) }

// KnownMsgType reports whether name is one of [MsgTypes].
func KnownMsgType(name string) bool { return slices.Contains(msgTypes, name) }

// event is one event that WeChat pushes.
type event struct {
	name  string // as WeChat writes it
	reply bool   // a passive reply reaches the user
}

var events = []event{
	{"subscribe", true},
	{"unsubscribe", false},
	{"SCAN", true},
	{"LOCATION", true},

	{"CLICK", true},
	{"VIEW", false},
	{"view_miniprogram", false},
	{"scancode_push", true},
	{"scancode_waitmsg", true},
	{"pic_sysphoto", true},
	{"pic_photo_or_album", true},
	{"pic_weixin", true},
	{"location_select", true},

	{"TEMPLATESENDJOBFINISH", false},
	{"MASSSENDJOBFINISH", false},
	{"PUBLISHJOBFINISH", false},

	{"kf_create_session", false},
	{"kf_close_session", false},
	{"kf_switch_session", false},

	{"subscribe_msg_popup_event", false},
	{"subscribe_msg_change_event", false},
	{"subscribe_msg_sent_event", false},

	{"user_info_modified", false},
	{"user_authorization_revoke", false},
	{"user_authorization_cancellation", false},

	{"qualification_verify_success", false},
	{"qualification_verify_fail", false},
	{"naming_verify_success", false},
	{"naming_verify_fail", false},
	{"annual_renew", false},
	{"verify_expired", false},
	{"wx_verify_pay_succ", false},
	{"wx_verify_dispatch", false},
	{"wx_verify_refill", false},
	{"wx_verify_fail", false},

	{"user_enter_tempsession", false},
	{"wxa_media_check", false},
	{"weapp_audit_success", false},
	{"weapp_audit_fail", false},
	{"weapp_audit_delay", false},
	{"guide_qrcode_scan_event", false},
	{"card_pass_check", false},
	{"card_not_pass_check", false},
	{"user_get_card", false},
	{"user_del_card", false},
	{"user_consume_card", false},
	{"user_gifting_card", false},
	{"user_view_card", false},
	{"user_enter_session_from_card", false},
	{"update_member_card", false},
	{"card_sku_remind", false},
	{"submit_membercard_user_info", false},
	{"poi_check_notify", false},
	{"merchant_order", false},
	{"debug_demo", false},
}

// eventByFold finds an event by its name in lower case.
var eventByFold = func() map[string]event {
	m := make(map[string]event, len(events))
	for _, e := range events {
		m[strings.ToLower(e.name)] = e
	}
	return m
}()

// Events lists the events that WeChat documents, as WeChat writes them.
func Events() []string {
	names := make([]string, len(events))
	for i, e := range events {
		names[i] = e.name
	}
	return names
}

// KnownEvent finds a documented event whatever the letter case and gives its
// name as WeChat writes it.
func KnownEvent(name string) (canonical string, ok bool) {
	e, ok := lookupEvent(name)
	return e.name, ok
}

// EventShowsReply reports whether a passive reply to the event reaches the
// user. WeChat does not document this; the answer is from practice, and false
// for an event that [KnownEvent] does not know.
func EventShowsReply(name string) bool {
	e, _ := lookupEvent(name)
	return e.reply
}

// lookupEvent does not fold a name that is too long to be known.
func lookupEvent(name string) (event, bool) {
	if len(name) > MaxNameBytes {
		return event{}, false
	}
	e, ok := eventByFold[strings.ToLower(name)]
	return e, ok
}
