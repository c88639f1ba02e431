package rules

import (
	"reflect"
	"strings"
)

// The types that end in Form say which fields each mapping of bot.yaml, a rule
// file and menu.yaml has. No value of them ever exists: the parser takes the
// names of the fields from them, and the JSON Schema of the files is generated
// from them and their comments, which editors show (see schema.go). A field
// without omitempty must be there. Comments of fields are in English, then in
// Chinese.

// fileForm is a rule file. Each part may be missing, and a bot may have any
// number of such files.
// 规则文件。三个部分都可省略，一个机器人可以有任意多个规则文件。
type fileForm struct {
	// The rules, tried from top to bottom: the first one that holds answers.
	// 规则，从上到下逐条尝试，第一条成立的作答。
	Rules []ruleForm `yaml:"rules,omitempty"`
	// Replies with names, for {use: name}.
	// 起了名字的回复，用 {use: 名字} 引用。
	Replies map[string]replyForm `yaml:"replies,omitempty"`
	// Tests of the rules, run by wereply test.
	// 规则的测试，用 wereply test 运行。
	Tests []testForm `yaml:"tests,omitempty"`
}

// ruleForm is one rule: when it holds, and what the bot then says.
// 一条规则：什么时候成立，成立时说什么。
type ruleForm struct {
	// Name of the rule, unique in the account. Logs, tests and explain call the rule by it.
	// 规则的名字，在公众号里不能重复。日志、测试和 explain 都用它称呼这条规则。
	Name ruleNameForm `yaml:"name,omitempty"`
	// For people; the bot does not use it.
	// 给人看的说明，机器人不用它。
	Description textForm `yaml:"description,omitempty"`
	// What must hold. A mapping means all of its conditions, a list of mappings any of them. Without when and unless the rule is a default: tried after all others, for messages that nothing else answered.
	// 成立的条件。写成映射是“全部成立”，写成列表是“任何一个成立”。没有 when 也没有 unless 的规则是默认回复：其他规则都不回答的消息归它。
	When conditionsForm `yaml:"when,omitempty"`
	// What must not hold; same form as when.
	// 不能成立的条件，写法同 when。
	Unless conditionsForm `yaml:"unless,omitempty"`
	// What the bot says: a text, or a mapping of one form such as image, news or random. {{…}} is filled in from the message.
	// 机器人的回复：一段文字，或者 image、news、random 等形式之一。{{…}} 由消息的内容填入。
	Reply replyForm `yaml:"reply,omitempty"`
	// The state into which the user's conversation goes; end leaves the conversation.
	// 对话进入的状态；end 表示对话结束。
	Goto gotoForm `yaml:"goto,omitempty"`
	// How long the state of goto lasts, 30m if not given, at most 7d.
	// goto 的状态保持多久，默认 30m，最长 7d。
	Expires durationForm `yaml:"expires,omitempty"`
	// Values that the conversation keeps, for {{.Vars.name}} in later replies.
	// 对话里要记住的值，之后的回复里用 {{.Vars.名字}} 取得。
	Remember map[varNameForm]textForm `yaml:"remember,omitempty"`
	// The rule answers the same user at most once in this time; meanwhile it does not hold.
	// 冷却时间：同一用户在这段时间里最多回答一次，其间这条规则视为不成立。
	Cooldown durationForm `yaml:"cooldown,omitempty"`
	// false switches the rule off. It is checked all the same.
	// false 表示停用，但照样检查。
	Enabled boolForm `yaml:"enabled,omitempty"`
}

// either is a value of one of two forms.
type either[A, B any] struct {
	Either A `yaml:"either"`
	Or     B `yaml:"or"`
}

// oneOrMany is a value, or a list of such values, of which any counts.
type oneOrMany[T any] = either[T, []T]

// Scalars of all files. What they accept is in the generator of the schema.
type (
	textForm     string // any scalar, taken as it is written; may be empty
	someTextForm string // not empty
	nameForm     string // of rules, replies, states
	ruleNameForm string
	varNameForm  string
	stateForm    string
	gotoForm     string
	durationForm string
	boolForm     bool
	trueForm     bool // nothing but true
)

// fieldsOf gives the names of the fields of a form, in its order.
func fieldsOf[F any]() []string {
	var names []string
	for f := range reflect.TypeFor[F]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		names = append(names, name)
	}
	return names
}

// requiredOf gives those without which the form cannot do.
func requiredOf[F any]() []string {
	var names []string
	for f := range reflect.TypeFor[F]().Fields() {
		if name, _, optional := strings.Cut(f.Tag.Get("yaml"), ","); !optional {
			names = append(names, name)
		}
	}
	return names
}
