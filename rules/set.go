package rules

import (
	"fmt"
	"time"

	"wereply/wechat"
)

// Set is what the rule folders of one account hold, checked as far as the
// files alone allow it. A Set is not changed once it was loaded; several
// accounts and several loads may share its parts.
type Set struct {
	Files   []*File
	Rules   []*Rule           // in the order of the files, disabled ones included
	Replies map[string]*Named // top-level replies: by name
	Tests   []*Test           // those that run in this account
}

// File is one rule file.
type File struct {
	Path    string // below the bot's folder, with forward slashes
	Rules   []Rule
	Replies []*Named
	Tests   []*Test
}

// Named is one entry of a top-level replies: mapping.
type Named struct {
	Name  string
	Pos   Pos
	Reply *Reply
}

// Rule is one entry of rules:.
type Rule struct {
	Name string // "" if unnamed
	File *File
	At   At

	When     []Condition // any of them; nil = no when
	Reply    *Reply      // nil: the rule says nothing
	Extra    *RuleExtra  // see Extras
	Hash     uint64      // of an unnamed rule: its file and what it says, see ID
	Nth      int32       // of the unnamed rules of the file that are equal, from 1
	Disabled bool        // enabled: false
}

// Pos is where the rule stands.
func (r *Rule) Pos() Pos { return r.PosAt(r.At) }

// PosAt is a place in the file of the rule.
func (r *Rule) PosAt(at At) Pos {
	if r.File == nil {
		return Pos{At: at}
	}
	return Pos{File: r.File.Path, At: at}
}

// ID is the identity of the rule in its account: the name, else its hash.
func (r *Rule) ID() string {
	switch {
	case r.Name != "":
		return r.Name
	case r.Nth > 1:
		return fmt.Sprintf("#%016x-%d", r.Hash, r.Nth)
	}
	return fmt.Sprintf("#%016x", r.Hash)
}

// RuleExtra is what most rules do without.
type RuleExtra struct {
	Unless      []Condition // none of them
	Description string
	Cooldown    time.Duration // 0 = none
	Goto        string        // "" = stay; GotoEnd ends the conversation
	GotoAt      At
	Expires     time.Duration // of Goto; DefaultExpires where the rule says nothing
	Remember    []Remember
}

// Extras gives Extra, or where that is nil one that says nothing.
func (r *Rule) Extras() *RuleExtra {
	if r.Extra == nil {
		return &noRuleExtra
	}
	return r.Extra
}

// Extend gives Extra to write to.
func (r *Rule) Extend() *RuleExtra {
	if r.Extra == nil {
		r.Extra = new(RuleExtra)
	}
	return r.Extra
}

// What Extras gives of those that have none; never written to.
var (
	noRuleExtra      RuleExtra
	noConditionExtra ConditionExtra
	noReplyExtra     ReplyExtra
)

// Remember is one entry of remember:.
type Remember struct {
	Name  string
	Value Text // template
	At    At
}

// Reserved names of states.
const (
	GotoEnd   = "end"  // goto: end
	StateNone = "none" // state: none, in no state
	StateAny  = "*"    // state: "*", in any state
)

// Limits of conversations.
const (
	DefaultExpires = 30 * time.Minute
	MaxExpires     = 7 * 24 * time.Hour
	MaxVars        = 32
	MaxVarBytes    = 1024
)

// IsDefault reports whether the rule is a default: tried after all others,
// for messages that nothing else answered.
func (r *Rule) IsDefault() bool { return r.When == nil && r.Extras().Unless == nil }

// Condition is one mapping of conditions; all that are given must hold.
type Condition struct {
	Keyword Pattern         // nil = not given
	Extra   *ConditionExtra // see Extras
}

// ConditionExtra is what a condition may ask besides the keyword.
type ConditionExtra struct {
	At       At       // see Condition.At
	MsgTypes []string // lower case; nil = not given
	Events   []string // as written; "*" = any
	States   []string // StateNone and StateAny included
	From     []string
	EventKey Pattern
	Fields   []FieldPattern // in the order written
	Time     []Window       // any of them
	Misses   int            // 0 = not given
}

// At is where the condition stands; of one that has nothing but a keyword, that.
func (c *Condition) At() At {
	if c.Extra == nil && len(c.Keyword) > 0 {
		return c.Keyword[0].At
	}
	return c.Extras().At
}

// Extras gives Extra, or where that is nil one that asks nothing.
func (c *Condition) Extras() *ConditionExtra {
	if c.Extra == nil {
		return &noConditionExtra
	}
	return c.Extra
}

// Extend gives Extra to write to.
func (c *Condition) Extend() *ConditionExtra {
	if c.Extra == nil {
		c.Extra = new(ConditionExtra)
	}
	return c.Extra
}

// FieldPattern is one entry of field:.
type FieldPattern struct {
	Name    string // leaf name or dotted path
	At      At
	Pattern Pattern
}

// Pattern holds when one of its entries holds. An entry holds when all of its
// kinds do, and a kind when one of its values fits; with KindAll, when all do.
// Keyword, Match and Rest of an answer come from the first entry that holds. The
// values stand as written: those of an entry together, and in it those of a kind.
type Pattern []Value

// Value is one value of a pattern.
type Value struct {
	Text  string // as written
	At    At
	Entry int32 // number of the entry, from 0
	Kind  Kind
	Bare  bool // written without a kind
}

// Kind is a kind of pattern.
type Kind uint8

const (
	KindExact Kind = iota
	KindContains
	KindPrefix
	KindSuffix
	KindRegex
	KindAll
)

// Window is one entry of time:. All that is given must hold; the zero value
// of a field means that it was not given.
type Window struct {
	At       At
	Days     uint8 // bit 0 = Sunday … bit 6 = Saturday; 0 = not given
	From, To int   // minutes from midnight, To up to 1440; From > To runs past midnight
	HasFrom  bool
	HasTo    bool
	Dates    []DateRange // any of them
}

// DateRange is a range of days, both ends included. A year of 0 on both ends
// means every year.
type DateRange struct {
	From, To Date
}

// Date is a day of the calendar.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// Text is one template as the operator wrote it.
type Text struct {
	Source string
	At     At
	Block  bool // written as a block (| or >): its first line stands below At
	Quoted bool // written in quotes: its first character stands behind At
}

// Reply is one reply form. Kind says which fields count.
type Reply struct {
	Source string // template of ReplyText; the target of ReplyTransfer ("" = any agent)
	At     At     // of the text, where there is one
	Weight int32  // of an entry of random; at least 1
	Kind   ReplyKind
	Block  bool // of Source, see Text
	Quoted bool
	Extra  *ReplyExtra // see Extras
}

// Text is the template of a reply that has one.
func (r *Reply) Text() Text {
	return Text{Source: r.Source, At: r.At, Block: r.Block, Quoted: r.Quoted}
}

func (r *Reply) setText(t Text) {
	r.Source, r.At, r.Block, r.Quoted = t.Source, t.At, t.Block, t.Quoted
}

// ReplyExtra is what replies hold that are no text.
type ReplyExtra struct {
	Name  string   // ReplyUse: the named reply; ReplyWebhook: the webhook
	List  []*Reply // ReplyRandom, ReplyAll; ReplyWebhook: the fallback as its only element, or nil
	Media *Media   // ReplyImage, ReplyVoice, ReplyVideo, ReplyMusic, ReplyLink, ReplyMiniProgramPage
	News  []Article
	Menu  *Menu
}

// Extras gives Extra, or where that is nil one that holds nothing.
func (r *Reply) Extras() *ReplyExtra {
	if r.Extra == nil {
		return &noReplyExtra
	}
	return r.Extra
}

// Extend gives Extra to write to.
func (r *Reply) Extend() *ReplyExtra {
	if r.Extra == nil {
		r.Extra = new(ReplyExtra)
	}
	return r.Extra
}

// ReplyKind is a form of reply.
type ReplyKind uint8

const (
	ReplyText ReplyKind = iota
	ReplyImage
	ReplyVoice
	ReplyVideo
	ReplyMusic
	ReplyNews
	ReplyLink
	ReplyMiniProgramPage
	ReplyMenu
	ReplyTransfer
	ReplySilent
	ReplyRandom
	ReplyAll
	ReplyWebhook
	ReplyUse
)

// Media holds the fields of the replies that are one object. A field that was
// not written is the zero Text.
type Media struct {
	ID          Text   // image, voice, video.media, music.thumb, miniprogrampage.thumb: a media id
	File        string // instead of ID: a file below the bot's folder
	Title       Text
	Description Text
	URL         Text // music.url, link.url
	HQURL       Text
	ThumbURL    Text // link.thumb_url
	AppID       Text
	PagePath    Text
}

// Article is one entry of news:.
type Article struct {
	At                            At
	Title, Description, Pic, Link Text
}

// Menu is a list of choices to tap.
type Menu struct {
	Head, Tail Text
	Items      []Text
}

// Test is one entry of tests:.
type Test struct {
	Name    string
	Pos     Pos
	Account string // "" = every account that reads the file
	Steps   []Step
}

// Step is one message of a test and what it must bring.
type Step struct {
	At      At
	Send    []wechat.Field // WeChat's field names; MsgType is always there
	From    string         // "" = the test's own user
	Time    time.Time      // at:; zero = not given. Its wall clock counts, in the bot's zone
	After   time.Duration  // since the step before
	Expect  Expect
	Webhook map[string]string // answers of webhooks
}

// Expect is what a step must bring. Nil means: not asked.
type Expect struct {
	At       At
	Rule     *string // "none" = no rule
	Type     *string // MsgType of the reply
	Text     *string
	Contains []string
	Regex    []string
	OneOf    []string
	State    *string        // "none" = in no state
	Vars     []wechat.Field // what the conversation remembers, by name; "" = nothing
	Silent   *bool
	Fields   []wechat.Field // fields of the reply document by leaf name or path
}
