package server

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"wereply/rules"
)

// maxChangedFiles bounds the rule files that one line of the log names.
const maxChangedFiles = 5

// changedFiles names the rule files in which two snapshots differ: those with
// other content, the new ones and those that are gone.
func changedFiles(old, now *snapshot) string {
	before, after := filesOf(old), filesOf(now)
	var names []string
	for _, path := range slices.Sorted(maps.Keys(after)) {
		switch was := before[path]; {
		case was == nil:
			names = append(names, path+" (new)")
		case was != after[path]:
			names = append(names, path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(before)) {
		if after[path] == nil {
			names = append(names, path+" (gone)")
		}
	}
	switch more := len(names) - maxChangedFiles; {
	case len(names) == 0:
		return "no rule file"
	case more > 0:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:maxChangedFiles], ", "), more)
	}
	return strings.Join(names, ", ")
}

// filesOf are the rule files of all accounts by path. A file that did not change
// is the same in several snapshots.
func filesOf(s *snapshot) map[string]*rules.File {
	files := make(map[string]*rules.File)
	for _, a := range s.bot.Accounts {
		for _, f := range a.Set.Files {
			files[f.Path] = f
		}
	}
	return files
}
