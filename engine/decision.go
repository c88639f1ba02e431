package engine

import (
	"wereply/rules"
	"wereply/wechat"
)

// Conversation is what is kept of one user of one account. The zero value is
// a user of whom nothing is kept.
type Conversation struct {
	State     string            // "" = in no state
	Expires   int64             // Unix seconds; State and Vars end then
	Vars      map[string]string // never changed in place
	Cooldowns map[string]int64  // rule ID → Unix seconds until when the rule holds back; never changed in place
}

// Effects is what a decision changes of the conversation.
type Effects struct {
	Remember []wechat.Field // new vars, by name
	Goto     string         // "" = stay; rules.GotoEnd = end
	Expires  int64          // of the state that Goto names
	Cooldown int64          // Unix seconds until when the rule RuleID holds back; 0 = none
	RuleID   string
	Forget   bool // delete everything that is kept of the user
}

// Decision is what an Engine answers for one message. Its parts belong to who
// asked, or lie in the room that it was made in.
type Decision struct {
	Rule    *rules.Rule // nil: no rule held
	Place   int         // of Rule in Set.Rules; 0 without one
	Parts   []Part      // nil: nothing to say
	Effects Effects
	Err     error // a template failed: no parts, no effects; Rule is the rule it failed in
}

// Part is one message of an answer.
type Part struct {
	Reply    *wechat.Reply // finished, except MediaID where File is given; nil for a webhook
	File     string        // a file below the bot's folder that must become MediaID
	Webhook  string        // name of the program to ask
	Fallback []Part        // of a webhook
}
