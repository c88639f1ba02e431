package rules

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// tokenVariable holds the token of a bot without bot.yaml.
const tokenVariable = "WECHAT_TOKEN"

// botWithoutFile describes a bot of rules alone: one account at /weixin whose
// token comes from the environment.
func botWithoutFile(abs string, o Options, v *view) *botReader {
	b := &botReader{reader: &reader{path: botFile}, o: o, dir: abs, view: v, bot: newBot()}
	a := &Account{
		Name: DefaultAccount, Kind: AccountSubscription, Path: DefaultPath,
		MaxAge: DefaultMaxAge, Late: LateDrop, Pos: Pos{File: botFile},
	}
	b.addRuleDir(a, DefaultRules, a.Pos)
	b.bot.Accounts = []*Account{a}
	if !v.covers(b.need) {
		return b
	}
	if v.entries[a.dirs[0].abs] == nil {
		b.bot.Accounts = nil
		b.nothingHere(abs)
		return b
	}
	token, _ := o.Env(tokenVariable)
	a.Token = Secret(token)
	a.ExampleToken = strings.HasSuffix(token, exampleToken)
	switch {
	case token != "":
		b.warnToken(At{}, token, true)
	case o.Secrets:
		b.addAt(CodeVariableMissing, At{}, fmt.Sprintf("is not there, and the variable %s is not set", tokenVariable),
			"a folder without bot.yaml takes the token of its account from it")
	}
	return b
}

// unreadable tells why bot.yaml cannot be read.
func (b *botReader) unreadable(abs string, e *entry) {
	info, err := os.Stat(abs)
	switch {
	case e.dir:
		b.addAt(CodeUnreadable, At{}, "cannot be read: is a folder", "")
	case err == nil && !info.IsDir():
		b.addAt(CodeFolder, At{}, "its folder is a file", "name the bot's folder, the one that bot.yaml or rules/ stands in")
	default:
		b.addAt(CodeUnreadable, At{}, "cannot be read: "+e.err, permissionHint(e.err, botFile))
	}
}

// nothingHere tells why there is no bot in a folder.
func (b *botReader) nothingHere(abs string) {
	if _, err := os.Stat(abs); err != nil {
		b.addAt(CodeFolder, At{}, "its folder does not exist", "name the bot's folder, or make a new bot with: wereply init mybot")
		return
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(abs), botFile)); err == nil {
		b.addAt(CodeFolder, At{}, "is not there but in the folder above", "name the bot's folder, the one that bot.yaml stands in")
		return
	}
	b.addAt(CodeFolder, At{}, "is not there, and neither is a folder rules beside it", "name the bot's folder, or make a new bot with: wereply init mybot")
}
