package wechat

import (
	"maps"
	"slices"
	"strings"
)

// messageFields are the fields of ordinary messages; commonFields those that
// every push has.
var (
	commonFields = []string{"ToUserName", "FromUserName", "CreateTime", "MsgType"}

	messageFields = []string{
		"MsgId", "MsgDataId", "Idx", "BusinessId",
		"Content", "bizmsgmenuid",
		"PicUrl", "MediaId", "Format", "Recognition", "MediaId16K", "ThumbMediaId",
		"Location_X", "Location_Y", "Scale", "Label",
		"Title", "Description", "Url",
		"FileKey", "FileMd5", "FileTotalLen",
		"AppId", "PagePath", "ThumbUrl",
	}

	eventFields = []string{
		"Event", "EventKey", "Ticket", "Latitude", "Longitude", "Precision", "MenuId",
		"ScanCodeInfo", "ScanType", "ScanResult",
		"SendPicsInfo", "Count", "PicList", "PicMd5Sum",
		"SendLocationInfo", "Poiname",

		"MsgID", "Status", "TotalCount", "FilterCount", "SentCount", "ErrorCount",
		"CopyrightCheckResult", "ResultList", "ArticleIdx", "UserDeclareState", "AuditState",
		"OriginalArticleUrl", "OriginalArticleType", "CanReprint", "NeedReplaceContent",
		"NeedShowReprintSource", "CheckState", "ArticleUrlResult", "ArticleUrl",
		"PublishEventInfo", "publish_id", "publish_status", "article_id", "article_detail",
		"count", "idx", "article_url", "fail_idx",

		"KfAccount", "FromKfAccount", "ToKfAccount", "CloseType",

		"SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent", "List",
		"TemplateId", "SubscribeStatusString", "PopupScene", "ErrorCode", "ErrorStatus",

		"OpenID", "AppID", "RevokeInfo",
		"ExpiredTime", "FailTime", "FailReason", "RefillTime", "RefillReason",

		"SessionFrom",
		"appid", "trace_id", "version", "detail", "strategy", "errcode", "errmsg",
		"result", "suggest", "label", "prob",
		"SuccTime", "Reason", "ScreenShot", "DelayTime", "debug_str",
	}
)

// fieldIsEvents holds every documented name; the value says whether only
// events carry it.
var fieldIsEvents = func() map[string]bool {
	m := make(map[string]bool)
	for _, name := range slices.Concat(commonFields, messageFields) {
		m[name] = false
	}
	for _, name := range eventFields {
		m[name] = true
	}
	return m
}()

// FieldNames lists the names of the documented fields of pushes, sorted.
func FieldNames() []string { return slices.Sorted(maps.Keys(fieldIsEvents)) }

// KnownField reports whether name is a documented field: a name as WeChat
// writes it, letter case included, or a dotted path that ends in one.
func KnownField(name string) bool {
	_, ok := fieldIsEvents[leaf(name)]
	return ok
}

// EventOnlyField reports whether only events carry the field: one of the
// names on the path is of events alone. SendLocationInfo.Label is an event's,
// Label a location message's too.
func EventOnlyField(name string) bool {
	for segment := range strings.SplitSeq(name, ".") {
		if fieldIsEvents[segment] {
			return true
		}
	}
	return false
}

// leaf gives the last name of a dotted path.
func leaf(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }
