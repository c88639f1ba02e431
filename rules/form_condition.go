package rules

// conditionsForm is a mapping of conditions, or a list of such mappings.
type conditionsForm struct{ oneOrMany[conditionForm] }

// conditionForm is a mapping of conditions; all of them must hold.
// 条件，写出的各项要全部成立。
type conditionForm struct {
	// The type of the message, one or a list.
	// 消息的类型，一个或一个列表。
	MsgType oneOrMany[msgTypeForm] `yaml:"msg_type,omitempty"`
	// The event, one or a list; letter case does not count, "*" is any event.
	// 事件，一个或一个列表，不分大小写；"*" 表示任何事件。
	Event oneOrMany[eventForm] `yaml:"event,omitempty"`
	// What the event's EventKey must be. A bare value is compared whole; for a follower who came by QR code, with or without qrscene_.
	// 事件的 EventKey。直接写值就是整体相同；扫码关注的，带不带 qrscene_ 都可以。
	EventKey literalForm `yaml:"event_key,omitempty"`
	// What the text must hold, also the recognised text of a voice message. A bare value may stand anywhere in the text; one of digits only must be the whole text.
	// 关键词，语音消息看识别出的文字。直接写词，出现在消息的任何位置都成立；全是数字的，要整条消息相同。
	Keyword keywordForm `yaml:"keyword,omitempty"`
	// The user's OpenID, one or a list.
	// 用户的 OpenID，一个或一个列表。
	From oneOrMany[nameForm] `yaml:"from,omitempty"`
	// When the message was sent, in the time zone of bot.yaml.
	// 消息发出的时间，按 bot.yaml 的时区。
	Time oneOrMany[windowForm] `yaml:"time,omitempty"`
	// The state that the user's conversation is in, one or a list; none = in no state, "*" = in any.
	// 用户的对话所处的状态，一个或一个列表；none 表示不在任何状态里，"*" 表示在任一状态里。
	State oneOrMany[stateForm] `yaml:"state,omitempty"`
	// The user's last so many messages were answered by defaults or not at all.
	// 该用户最近这么多条消息都只得到默认回复或没有回复。
	Misses missesForm `yaml:"misses,omitempty"`
	// Fields of the push by WeChat's own names. A bare value is compared whole; an absent field equals "".
	// 推送里的字段，用微信自己的名字。直接写值就是整体相同；没有的字段等于 ""。
	Field fieldsForm `yaml:"field,omitempty"`
}

// keywordForm is a word, a mapping of kinds, or a list of those (any of them).
type keywordForm struct {
	oneOrMany[either[someTextForm, kindsForm]]
}

// literalForm is the same for what may be empty.
type literalForm struct {
	oneOrMany[either[textForm, kindsForm]]
}

// kindsForm is how a value is compared; all that are given must hold.
// 比较的方式，写出的各项要全部成立。
type kindsForm struct {
	// It is one of these; in keywords, final punctuation does not count.
	// 与其中一个相同；关键词不计结尾的标点。
	Exact oneOrMany[textForm] `yaml:"exact,omitempty"`
	// It contains one of these.
	// 含有其中一个。
	Contains oneOrMany[someTextForm] `yaml:"contains,omitempty"`
	// It begins with one of these; {{.Rest}} is what follows.
	// 以其中一个开头；{{.Rest}} 是后面的部分。
	Prefix oneOrMany[someTextForm] `yaml:"prefix,omitempty"`
	// It ends with one of these.
	// 以其中一个结尾。
	Suffix oneOrMany[someTextForm] `yaml:"suffix,omitempty"`
	// One of these regular expressions (RE2) finds a match in the text as sent. Put it in single quotes. (?P<id>…) is {{.Match.id}} in the reply.
	// 正则表达式（RE2），在原文里找到其中一个就成立。请用单引号括起来。(?P<id>…) 在回复里是 {{.Match.id}}。
	Regex oneOrMany[regexForm] `yaml:"regex,omitempty"`
	// It contains all of these.
	// 全部含有。
	All []someTextForm `yaml:"all,omitempty"`
}

// windowForm is a time; all that is given must hold.
// 一段时间，写出的各项要全部成立。
type windowForm struct {
	// Days of the week: a day, a range that may wrap, or a list: mon-fri, 周六.
	// 星期几：一天、一段（可以跨周末）或一个列表，如 mon-fri、周六。
	Days oneOrMany[dayForm] `yaml:"days,omitempty"`
	// Time of the day from which on, included: "9:00". A to before it runs past midnight.
	// 从几点起（含），如 "9:00"。to 比它早就是跨过午夜。
	From timeOfDayForm `yaml:"from,omitempty"`
	// Time of the day up to which, not included: "18:00"; "24:00" is the end of the day.
	// 到几点止（不含），如 "18:00"；"24:00" 是一天的结束。
	To timeOfDayForm `yaml:"to,omitempty"`
	// Dates: a day, a range or a list: 2026-10-01, 2026-10-01..2026-10-07, or 10-01 for each year.
	// 日期：一天、一段或一个列表，如 2026-10-01、2026-10-01..2026-10-07；10-01 表示每年。
	Dates oneOrMany[dateForm] `yaml:"dates,omitempty"`
}

// fieldsForm gives names of fields their patterns.
type fieldsForm map[fieldNameForm]literalForm

// Scalars of conditions.
type (
	msgTypeForm   string
	eventForm     string
	missesForm    int
	regexForm     string
	dayForm       string
	timeOfDayForm string
	dateForm      string
	fieldNameForm string
)
