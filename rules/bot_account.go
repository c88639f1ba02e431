package rules

import (
	"encoding/base64"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// ruleDir is a folder of rules that an account names.
type ruleDir struct {
	abs   string
	shown string // as messages name it: below the bot's folder, with forward slashes
	pos   Pos
}

var (
	accountFields = fieldsOf[accountForm]()
	accountKinds  = []string{AccountSubscription, AccountService, AccountMiniProgram, AccountTest}
	lateWays      = []string{LateDrop, LateRetry, LateSend, LateAsk}
)

// officialAccount is WeChat's word for two kinds of accounts.
const officialAccount = "公众号"

// maxAge bounds max_age: an older push is nobody's.
const maxAge = 24 * time.Hour

// exampleToken ends the tokens of examples, which everybody can read.
const exampleToken = "-example-token"

func (b *botReader) accounts(root, n *yaml.Node) {
	if n == nil {
		if !isMeant(root, "accounts", botFields) {
			b.add(CodeMissing, root, "bot.yaml names no accounts", "accounts: [{name: shop, token: \"${WECHAT_TOKEN}\"}]")
		}
		return
	}
	list, _ := b.items(n, "`accounts`")
	names, paths := make(map[string]Pos), make(map[string]Pos)
	for _, item := range list {
		nodes := b.nodes(item, "an account", accountFields)
		if len(nodes) == 0 {
			continue
		}
		a := &Account{Pos: b.pos(item)}
		b.accountName(a, item, nodes["name"], len(list) > 1, names)
		b.accountPath(a, item, nodes["path"], paths)
		b.accountKeys(a, item, nodes)
		b.accountRest(a, nodes)
		b.bot.Accounts = append(b.bot.Accounts, a)
	}
}

// isMeant tells whether a field stands in n, though without a value or
// misspelt, or n is no mapping. That was told already.
func isMeant(n *yaml.Node, field string, known []string) bool {
	if n.Kind != yaml.MappingNode {
		return true
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i].Value; key == field || suggest(key, known) == field {
			return true
		}
	}
	return false
}

// accountName reads the name, which only the single account of a bot can do
// without.
func (b *botReader) accountName(a *Account, item, n *yaml.Node, several bool, names map[string]Pos) {
	s := b.scalar(n, "`name`")
	switch {
	case s.given():
		a.Name = s.text
	case !s.unknown && several:
		b.add(CodeMissing, item, "each of several accounts needs a `name`", "")
		return
	case s.unknown:
		return
	default:
		a.Name = DefaultAccount
	}
	if first, ok := names[a.Name]; ok {
		b.add(CodeNameTaken, n, fmt.Sprintf("the account at line %d has this name too", first.Line), "")
		return
	}
	names[a.Name] = b.pos(item)
}

func (b *botReader) accountPath(a *Account, item, n *yaml.Node, paths map[string]Pos) {
	a.Path = DefaultPath
	s := b.scalar(n, "`path`")
	if s.unknown {
		return
	}
	if s.given() {
		a.Path = s.text
		if !b.isCallbackPath(s) {
			return
		}
	} else {
		n = item
	}
	if first, ok := paths[a.Path]; ok {
		b.add(CodePath, n, fmt.Sprintf("the account at line %d has the path %s too", first.Line, a.Path), "each account needs a `path` of its own")
		return
	}
	paths[a.Path] = b.pos(item)
}

func (b *botReader) isCallbackPath(s scalar) bool {
	switch {
	case !strings.HasPrefix(s.text, "/"):
		b.add(CodePath, s.node, fmt.Sprintf("`path` must begin with /, not %s", s.show()), "the path of the URL in WeChat's settings, such as /weixin")
	case strings.ContainsAny(s.text, "?#:*%\\ \t\n") || path.Clean(s.text) != s.text:
		b.add(CodePath, s.node, fmt.Sprintf("`path` must be a plain path such as /weixin or /shop/wx, not %s", s.show()), "")
	default:
		return true
	}
	return false
}

// accountKeys reads what pushes are verified and opened with.
func (b *botReader) accountKeys(a *Account, item *yaml.Node, nodes map[string]*yaml.Node) {
	token := b.secret(nodes, "token", "token_file")
	a.Token = Secret(token.text)
	a.ExampleToken = strings.HasSuffix(token.text, exampleToken)
	if !token.given() && !token.unknown {
		b.missingToken(item, token.node, nodes)
	}
	if token.given() && !b.mended[token.node.Line] {
		b.warnToken(b.at(token.node), token.text, token.hidden)
	}
	id := b.scalar(nodes["app_id"], "`app_id`")
	a.AppID = id.text
	a.AppSecret = Secret(b.secret(nodes, "app_secret", "app_secret_file").text)
	keys := b.aesKeys(nodes)
	for _, key := range keys {
		a.AESKeys = append(a.AESKeys, Secret(key.text))
	}
	if len(keys) > 0 && !id.given() && !id.unknown {
		b.add(CodeCombination, keys[0].node, "`aes_key` needs an `app_id`: it stands in every encrypted push", "")
	}
	a.AllowPlaintext = b.flag(nodes["allow_plaintext"], "`allow_plaintext`")
}

// missingToken tells that the token is missing, unless it comes from a
// variable that may be empty now.
func (b *botReader) missingToken(item, at *yaml.Node, nodes map[string]*yaml.Node) {
	variable := false
	for _, field := range []string{"token", "token_file"} {
		n := nodes[field]
		variable = variable || n != nil && strings.Contains(n.Value, "${")
		if n == nil && isMeant(item, field, accountFields) {
			return
		}
	}
	if variable && !b.o.Secrets {
		return
	}
	if at == nil {
		at = item
	}
	b.add(CodeMissing, at, "the account has no `token`", "the token that WeChat's settings have: token: ${WECHAT_TOKEN}")
}

// Tokens as the form of WeChat's settings takes them.
const minTokenLength, maxTokenLength = 3, 32

// warnToken warns of a token that WeChat's settings do not take: then pushes
// are signed with another one. No message shows the token.
func (b *botReader) warnToken(at At, token string, hidden bool) {
	what := oddToken(token)
	if what == "" || strings.HasSuffix(token, exampleToken) {
		return
	}
	hint := "choose one of letters and digits, and write the same in WeChat's settings"
	switch {
	case !hidden && otherVariable.MatchString(token):
		hint = "a variable of the environment is written ${NAME}, with braces; else " + hint
	case hidden:
		hint += "; quotes and spaces often come from the line that sets the variable, or from the file"
	}
	b.addAt(CodeToken, at, fmt.Sprintf("the token %s: WeChat's settings take %d to %d letters and digits", what, minTokenLength, maxTokenLength), hint)
}

// otherVariable is a variable as other programs write it: $NAME, %NAME%,
// {{NAME}}.
var otherVariable = regexp.MustCompile(`^(?:\$\w+|%\w+%|\$?[{｛]+[ .]*\w+ *[}｝]+)$`)

// oddToken says what WeChat's settings do not take of a token, "" if they take
// it.
func oddToken(token string) string {
	isOdd := func(c rune) bool { return c >= utf8.RuneSelf || !unicode.IsLetter(c) && !unicode.IsDigit(c) }
	n := utf8.RuneCountInString(token)
	switch odd := strings.ContainsFunc(token, isOdd); {
	case odd && strings.ContainsFunc(token, unicode.IsSpace):
		return "has white space in it"
	case odd && strings.ContainsAny(token, `"'“”‘’`):
		return "has quotation marks in it"
	case odd:
		return "has signs that are neither letters nor digits"
	case n < minTokenLength || n > maxTokenLength:
		return fmt.Sprintf("has %d characters", n)
	}
	return ""
}

// aesKeys reads one EncodingAESKey or several; a file has one per line.
func (b *botReader) aesKeys(nodes map[string]*yaml.Node) []scalar {
	list, known := b.scalars(nodes["aes_key"], "`aes_key`")
	file := b.scalar(nodes["aes_key_file"], "`aes_key_file`")
	if file.given() || file.unknown {
		s := b.oneForm(scalar{}, file, len(list) > 0 || !known, "aes_key", "aes_key_file")
		if !s.given() {
			return nil
		}
		list = nil
		for text := range strings.FieldsSeq(s.text) {
			list = append(list, scalar{node: s.node, text: text, hidden: true})
		}
	}
	good := list[:0]
	for _, key := range list {
		if b.isAESKey(key) {
			good = append(good, key)
		}
	}
	return good
}

// isAESKey: 43 characters that are the Base64 of 32 bytes without the final =.
// The platform draws them at random, so the last one may have spare bits.
func (b *botReader) isAESKey(key scalar) bool {
	n := len([]rune(key.text))
	if _, err := base64.RawStdEncoding.DecodeString(key.text); n == 43 && err == nil {
		return true
	}
	msg := fmt.Sprintf("an `aes_key` has 43 characters, this one has %d", n)
	if n == 43 {
		msg = "an `aes_key` has only letters, digits, + and /"
	}
	b.add(CodeAESKey, key.node, msg, "copy the EncodingAESKey from WeChat's settings")
	return false
}

func (b *botReader) accountRest(a *Account, nodes map[string]*yaml.Node) {
	a.Kind = b.choice(nodes["kind"], "`kind`", accountKinds...)
	a.Verified = b.flag(nodes["verified"], "`verified`")
	a.OriginalID = b.scalar(nodes["original_id"], "`original_id`").text
	if age := b.scalar(nodes["max_age"], "`max_age`"); age.text != "off" {
		a.MaxAge = b.span(age, "`max_age`", DefaultMaxAge, maxAge)
	}
	a.Late = b.choice(nodes["late"], "`late`", lateWays...)
	if a.Late == LateSend && !a.Verified && (a.Kind == AccountSubscription || a.Kind == AccountService) {
		b.add(CodeNotAllowed, nodes["late"], "`late: send` needs an API that WeChat refuses to an account that is not verified (48001)",
			"if it is, say verified: true; else late: retry")
	}
	if a.Late == LateSend || a.Late == LateAsk {
		b.add(CodeNotServed, nodes["late"], fmt.Sprintf("`late: %s` is not served yet: it works like drop", a.Late), "")
	}
	dirs, known := b.scalars(nodes["rules"], "`rules`")
	for _, dir := range dirs {
		b.addRuleDir(a, dir.text, b.pos(dir.node))
	}
	if len(dirs) == 0 && known {
		b.addRuleDir(a, DefaultRules, a.Pos)
	}
}

// addRuleDir adds a folder to the account, each once.
func (b *botReader) addRuleDir(a *Account, name string, pos Pos) {
	d := ruleDir{abs: b.absolute(name), shown: path.Clean(filepath.ToSlash(name)), pos: pos}
	if below, ok := relativeTo(b.dir, d.abs); ok {
		d.shown = below
	}
	a.RuleDirs = append(a.RuleDirs, name)
	a.dirs = append(a.dirs, d)
	b.need = append(b.need, d.abs)
}
