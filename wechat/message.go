package wechat

// MsgType values of pushes and replies, as WeChat writes them.
const (
	MsgText            = "text"
	MsgImage           = "image"
	MsgVoice           = "voice"
	MsgVideo           = "video"
	MsgShortVideo      = "shortvideo"
	MsgLocation        = "location"
	MsgLink            = "link"
	MsgFile            = "file"
	MsgMiniProgramPage = "miniprogrampage"
	MsgEvent           = "event"
	MsgMusic           = "music"
	MsgNews            = "news"
	MsgTransfer        = "transfer_customer_service"

	// MsgUnsupported is what Message.Type answers for the texts by which
	// WeChat reports a sticker that it cannot pass on. It never stands on the
	// wire.
	MsgUnsupported = "unsupported"
)

// Format is the format of a push's body.
type Format uint8

const (
	XML Format = iota
	JSON
)

// Message is one push: what a user sent or did. The fields that decide most
// answers are named; Fields holds every field, these included.
// A Message is not changed after it was parsed and may be read by many
// goroutines.
type Message struct {
	ToUserName   string // original ID of the account, gh_…
	FromUserName string // OpenID of the user
	CreateTime   int64  // Unix seconds
	MsgType      string // in lower case
	MsgID        string // decimal digits of MsgId, or of MsgID in job events; "" in other events
	Event        string // as sent; its letter case is irregular, compare with EqualFold
	EventKey     string
	Content      string
	Recognition  string // transcript of a voice message

	// Fields are the leaves of the document in its order. A nested leaf has a
	// dotted path below the root, as ScanCodeInfo.ScanResult; a repeated
	// element repeats its path.
	Fields []Field
	Format Format
}

// Field is one leaf of a push.
type Field struct {
	Path  string
	Value string
}
