package rules

// testForm is a test of the rules: one message and what it must bring, or
// several steps. A test runs as a new user, at noon of Wednesday 2026-01-07
// unless at says otherwise.
// 规则的测试：一条消息和应得的结果，或者若干步。每个测试都是一个新用户，不写 at 就是 2026 年 1 月 7 日星期三中午。
type testForm struct {
	// Name of the test, for wereply test --run and its report.
	// 测试的名字，用于 wereply test --run 和报告。
	Name nameForm `yaml:"name,omitempty"`
	// The account in which the test runs; without it, every account that reads the file.
	// 在哪个公众号里运行；不写就是读这个文件的每一个。
	Account nameForm `yaml:"account,omitempty"`
	// What the user sends: a text, or the fields of a push.
	// 用户发了什么：一段文字，或者推送的字段。
	Send sendForm `yaml:"send,omitempty"`
	// What the bot must answer: the whole text, or a mapping.
	// 应当得到什么：完整的文字，或者一个映射。
	Expect expectForm `yaml:"expect,omitempty"`
	// When it is sent, in the bot's time zone: 2026-10-01 08:30. With steps, the time of the first.
	// 什么时候发，按机器人的时区，如 2026-10-01 08:30。有 steps 时是第一步的时间。
	At momentForm `yaml:"at,omitempty"`
	// What webhooks answer, by name; others give their fallback.
	// 各个 webhook 的回答，按名字写；没写的使用 fallback。
	Webhook map[string]textForm `yaml:"webhook,omitempty"`
	// Several messages of the same user, one after the other.
	// 同一个用户依次发的若干条消息。
	Steps []stepForm `yaml:"steps,omitempty"`
}

// stepForm is one message of a test.
// 测试里的一步。
type stepForm struct {
	// What the user sends: a text, or the fields of a push.
	// 用户发了什么：一段文字，或者推送的字段。
	Send sendForm `yaml:"send"`
	// What the bot must answer: the whole text, or a mapping.
	// 应当得到什么：完整的文字，或者一个映射。
	Expect expectForm `yaml:"expect,omitempty"`
	// How long after the step before, such as 10m.
	// 距上一步多久，如 10m。
	After durationForm `yaml:"after,omitempty"`
	// When it is sent, instead of after.
	// 什么时候发，代替 after。
	At momentForm `yaml:"at,omitempty"`
	// What webhooks answer in this step, by name.
	// 这一步里各个 webhook 的回答，按名字写。
	Webhook map[string]textForm `yaml:"webhook,omitempty"`
}

// sendForm is a text, or the fields of a push.
type sendForm struct{ either[textForm, pushForm] }

// pushForm is the fields of a push: these words, or any field under WeChat's
// own name.
// 推送的字段：这里的几个词，或者微信自己的字段名。
type pushForm struct {
	// The text of a text message.
	// 文字消息的内容。
	Text textForm `yaml:"text,omitempty"`
	// The event: subscribe, CLICK, SCAN, …
	// 事件：subscribe、CLICK、SCAN……
	Event textForm `yaml:"event,omitempty"`
	// The EventKey of the event.
	// 事件的 EventKey。
	EventKey textForm `yaml:"event_key,omitempty"`
	// The user's OpenID; without it the test has a user of its own.
	// 用户的 OpenID；不写就是这个测试自己的用户。
	From textForm `yaml:"from,omitempty"`
	// The type of the message, where its fields do not tell.
	// 消息的类型，字段看不出来时才需要。
	MsgType pushTypeForm `yaml:"msg_type,omitempty"`
}

// expectForm is a text, or what must hold of the answer.
type expectForm struct {
	either[textForm, answerForm]
}

// answerForm is what must hold of the answer, all of it. Fields of the reply
// stand beside it, as title or under WeChat's own name.
// 对回答的要求，要全部成立。回复的字段也可以写在这里，如 title，或者微信自己的字段名。
type answerForm struct {
	// The rule that answers; none = no rule.
	// 作答的规则；none 表示没有规则作答。
	Rule textForm `yaml:"rule,omitempty"`
	// The type of the reply.
	// 回复的类型。
	Type replyTypeForm `yaml:"type,omitempty"`
	// The whole text of the reply.
	// 回复的完整文字。
	Text textForm `yaml:"text,omitempty"`
	// What the reply contains, all of a list; of a reply that is no text, its fields.
	// 回复里含有的文字，列表要全部含有；不是文字的回复，看它的各个字段。
	Contains oneOrMany[textForm] `yaml:"contains,omitempty"`
	// Regular expressions that the reply fits, all of a list.
	// 回复符合的正则表达式，列表要全部符合。
	Regex oneOrMany[textForm] `yaml:"regex,omitempty"`
	// The whole text of the reply is one of these: for random.
	// 回复的完整文字是其中之一，用于 random。
	OneOf []textForm `yaml:"one_of,omitempty"`
	// The state that the conversation is in afterwards; none = in no state.
	// 之后对话所处的状态；none 表示不在任何状态里。
	State expectStateForm `yaml:"state,omitempty"`
	// What the conversation remembers afterwards, by name; "" = nothing.
	// 之后对话里记住的值，按名字写；"" 表示没有记住。
	Vars map[varNameForm]textForm `yaml:"vars,omitempty"`
	// true: nothing is said. false: something is.
	// true 表示什么也没说，false 表示说了什么。
	Silent boolForm `yaml:"silent,omitempty"`
}

// Scalars of tests.
type (
	momentForm      string
	pushTypeForm    string
	replyTypeForm   string
	expectStateForm string
)
