package engine

import (
	"time"

	"wereply/rules"
	"wereply/wechat"
)

// Profile is what an Engine must know of the account that it decides for.
type Profile struct {
	Account  string         // name of the account: .Account in templates
	Kind     string         // subscription, service, miniprogram, test
	Verified bool           // may the account call the API?
	Location *time.Location // the bot's time zone; nil = UTC
}

// Engine decides which rule answers a message, and what it says.
type Engine struct {
	profile Profile
}

// Compile makes an Engine of a Set.
func Compile(set *rules.Set, p Profile) (*Engine, rules.Problems) {
	return &Engine{profile: p}, nil
}

// Rules are the rules in the order in which they are tried.
func (e *Engine) Rules() []*rules.Rule { return nil }

// NeedsConversation reports whether Decide could depend on the conversation.
func (e *Engine) NeedsConversation(m *wechat.Message) bool { return true }

// Decide answers one message.
func (e *Engine) Decide(m *wechat.Message, c Conversation) Decision { return Decision{} }

// Explanation is a Decision with its reasons.
type Explanation struct {
	Decision Decision
	Folded   string
	Tried    []Trial
}

// Trial is one rule that did not hold.
type Trial struct {
	Rule   *rules.Rule
	Failed string
	Near   bool
}

// Explain is Decide with reasons.
func (e *Engine) Explain(m *wechat.Message, c Conversation) Explanation { return Explanation{} }

// At is the conversation at a time.
func (c Conversation) At(now int64) Conversation { return c }

// Apply is the conversation after effects.
func (c Conversation) Apply(f Effects, now int64) Conversation { return c }
