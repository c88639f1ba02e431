package rules

import "time"

// Bot is a checked bot.yaml together with the rules of its accounts. A Bot is
// not changed once it was loaded.
type Bot struct {
	Dir      string // the bot's folder, as it was given to Load
	Server   Server
	Store    string // StoreMemory or a redis:// URL, which may hold a password: never print it
	Location *time.Location
	Reload   Reload
	Webhooks map[string]*Webhook // by name
	Accounts []*Account          // in the order written
	Problems Problems            // warnings and notes
	Sources  []string            // files and folders the bot was read from: what a Watcher watches
}

// StoreMemory is the store of a bot that names none.
const StoreMemory = "memory"

// Server holds the addresses and limits under server:. A change of them needs
// a restart.
type Server struct {
	Listen        string // address that WeChat reaches
	Admin         string // address of the admin listener; AdminOff = none
	AdminPassword Secret // "" = console and reload only on loopback
	MaxBody       int64  // bytes of a push; larger ones get 413
}

// AdminOff as the admin address turns the admin listener off.
const AdminOff = "off"

// What holds where bot.yaml says nothing.
const (
	DefaultListen         = ":8080"
	DefaultAdmin          = "127.0.0.1:8081"
	DefaultMaxBody        = 1 << 20
	DefaultTimezone       = "Asia/Shanghai"
	DefaultPath           = "/weixin"
	DefaultMaxAge         = 10 * time.Minute
	DefaultWebhookTimeout = 10 * time.Second
	DefaultRules          = "rules"
	DefaultAccount        = "default"
)

// Reload says what a reload must pass before it goes live.
type Reload struct {
	RequireTests bool // the rules' own tests
}

// Webhook is a program that rules may ask.
type Webhook struct {
	Name    string
	URL     string
	Secret  Secret
	Timeout time.Duration
	Pos     Pos
}

// Account is one account of the platform and its rules.
type Account struct {
	Name           string
	Kind           string // one of the Account… constants
	Verified       bool   // may call the platform's API
	Path           string // of the callback URL
	Token          Secret
	AppID          string
	AppSecret      Secret
	AESKeys        []Secret      // EncodingAESKeys, current first; nil = plaintext mode
	AllowPlaintext bool          // with AESKeys
	OriginalID     string        // "" = any
	MaxAge         time.Duration // of the timestamp of a POST; 0 = any
	RuleDirs       []string      // as written
	Late           string        // one of the Late… constants
	ExampleToken   bool          // the token is one that stands in an example for all to read
	Pos            Pos
	Set            *Set

	dirs []ruleDir // RuleDirs, found
}

// Kinds of accounts.
const (
	AccountSubscription = "subscription"
	AccountService      = "service"
	AccountMiniProgram  = "miniprogram"
	AccountTest         = "test"
)

// What happens to an answer that needs longer than WeChat waits.
const (
	LateDrop  = "drop"
	LateRetry = "retry"
	LateSend  = "send"
	LateAsk   = "ask"
)
