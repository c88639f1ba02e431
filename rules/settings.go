package rules

import (
	"path/filepath"
	"slices"
	"time"
)

// LoadSettings reads bot.yaml without the rules, for programs that talk to a
// bot that runs: what is wrong with its rules at the moment is not theirs. The
// accounts have no Set. If the error is Problems, the Bot holds what could be
// read.
func LoadSettings(dir string, o Options) (*Bot, error) {
	l := NewLoader(dir, o)
	for range maxTries {
		v := newView(l.roots, nil)
		b := l.readBot(v)
		if need := l.settingsNeed(v, b); !v.covers(need) {
			l.roots = sortedPaths(slices.Concat(l.roots, need))
			continue
		}
		if b.moved {
			time.Sleep(tryAgain)
			continue
		}
		b.bot.Dir = dir
		if problems := inOrder(b.problems, nil); problems.HasError() {
			return b.bot, problems
		}
		return b.bot, nil
	}
	return newBot(), l.keepsChanging()
}

// settingsNeed is what bot.yaml needs apart from rules. A bot without the file
// is known by its rules.
func (l *Loader) settingsNeed(v *view, b *botReader) []string {
	if v.entries[filepath.Join(l.abs, botFile)] == nil {
		return b.need
	}
	need := slices.Clone(b.need)
	for _, a := range b.bot.Accounts {
		for _, d := range a.dirs {
			need = slices.DeleteFunc(need, func(path string) bool { return path == d.abs })
		}
	}
	return need
}
