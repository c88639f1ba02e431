package rules

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// aboutRules is a line that only rule files have.
var aboutRules = regexp.MustCompile(`(?m)^(?:rules|replies|tests)[ \t]*[:：]`)

// StrayFiles warns of rule files that stand beside bot.yaml, where no account
// reads them. It looks at files that are no part of a bot, so loading does not.
func StrayFiles(bot *Bot) Problems {
	abs, err := filepath.Abs(bot.Dir)
	if err != nil || slices.Contains(bot.Sources, abs) {
		return nil // the folder is one of rules itself
	}
	list, err := os.ReadDir(abs)
	if err != nil {
		return nil
	}
	var problems Problems
	for _, d := range list {
		name := d.Name()
		info, err := d.Info()
		if err != nil || !info.Mode().IsRegular() || info.Size() > maxFileBytes || !isRuleFile(name) || name == botFile || name == MenuFile {
			continue
		}
		if data, err := os.ReadFile(filepath.Join(abs, name)); err == nil && aboutRules.Match(data) {
			problems = append(problems, &Problem{Code: CodeMisnamed, Pos: Pos{File: name},
				Msg: "this file is not read: it stands beside the rules, not among them", Hint: fmt.Sprintf("move it into the folder %s", DefaultRules)})
		}
	}
	return problems
}
