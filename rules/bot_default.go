package rules

import (
	"fmt"
	"os"
	"strings"
)

// tokenVariable holds the token of a bot without bot.yaml.
const tokenVariable = "WECHAT_TOKEN"

// botWithoutFile describes a bot of rules alone: one account at /weixin whose
// token comes from the environment.
func botWithoutFile(dir, abs string, o Options, v *view) *botReader {
	b := &botReader{reader: &reader{path: dir}, o: o, dir: abs, view: v, bot: newBot()}
	a := &Account{
		Name: DefaultAccount, Kind: AccountSubscription, Path: DefaultPath,
		MaxAge: DefaultMaxAge, Late: LateDrop, Pos: Pos{File: dir},
	}
	b.addRuleDir(a, DefaultRules, a.Pos)
	b.bot.Accounts = []*Account{a}
	if !v.covers(b.need) {
		return b
	}
	if v.entries[a.dirs[0].abs] == nil {
		b.bot.Accounts = nil
		b.nothingHere(dir, abs)
		return b
	}
	token, _ := o.Env(tokenVariable)
	a.Token = Secret(token)
	a.ExampleToken = strings.HasSuffix(token, exampleToken)
	if token == "" && o.Secrets {
		b.addAt(CodeVariableMissing, At{}, fmt.Sprintf("the variable %s is not set", tokenVariable),
			"a folder without bot.yaml takes the account's token from it")
	}
	return b
}

// nothingHere tells why there is no bot in a folder.
func (b *botReader) nothingHere(dir, abs string) {
	info, err := os.Stat(abs)
	switch {
	case err != nil:
		b.addAt(CodeFolder, At{}, "there is no such folder", "")
	case !info.IsDir():
		b.addAt(CodeFolder, At{}, "is a file, not a bot's folder", "")
	default:
		b.addAt(CodeFolder, At{}, "the folder has no bot.yaml and no folder rules", "name the bot's folder, or make a bot with: wereply init "+dir)
	}
}
