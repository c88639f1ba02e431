package rules

import (
	"path/filepath"
	"slices"
	"strings"
)

// view is what a load reads: what was found at some roots. It is never
// changed.
type view struct {
	roots   []string // sorted
	entries map[string]*entry
}

// newView looks at the roots as they are this moment.
func newView(roots []string, known *view) *view {
	var entries map[string]*entry
	if known != nil {
		entries = known.entries
	}
	return &view{roots: roots, entries: lookAt(roots, entries, nil)}
}

// covers tells whether the view was taken of all these roots.
func (v *view) covers(roots []string) bool {
	for _, root := range roots {
		if _, ok := slices.BinarySearch(v.roots, root); !ok {
			return false
		}
	}
	return true
}

// ruleFiles lists the rule files below the folder root, in order, and the
// folders that cannot be read.
func (v *view) ruleFiles(root string) []string {
	return v.below(root, func(name string, e *entry) bool {
		return isRuleFile(name) && !e.dir || e.dir && e.err != ""
	})
}

// misnamed lists the files below the folder root that are not read because of
// their names.
func (v *view) misnamed(root string) []string {
	return v.below(root, func(name string, e *entry) bool { return isMisnamed(name) && !e.dir })
}

// below lists what counts below the folder root, in order.
func (v *view) below(root string, counts func(name string, e *entry) bool) []string {
	var list []string
	for path, e := range v.entries {
		below, ok := relativeTo(root, path)
		if ok && counts(filepath.Base(path), e) && !anyIgnored(below) {
			list = append(list, below)
		}
	}
	slices.SortFunc(list, comparePaths)
	for i, below := range list {
		list[i] = filepath.Join(root, filepath.FromSlash(below))
	}
	return list
}

// relativeTo gives path below root, with forward slashes.
func relativeTo(root, path string) (string, bool) {
	if !strings.HasSuffix(root, string(filepath.Separator)) {
		root += string(filepath.Separator)
	}
	below, ok := strings.CutPrefix(path, root)
	return filepath.ToSlash(below), ok && below != ""
}

// anyIgnored tells whether one of the segments of a path below a folder does
// not count there. It may have been found as a root of its own.
func anyIgnored(below string) bool {
	for part := range strings.SplitSeq(below, "/") {
		if ignored(part) {
			return true
		}
	}
	return false
}

// sortedPaths gives the paths in order, each once.
func sortedPaths(paths []string) []string {
	paths = slices.Clone(paths)
	slices.Sort(paths)
	return slices.Compact(paths)
}

// absolutePaths gives the paths from the root of the file system, in order.
func absolutePaths(paths []string) []string {
	list := make([]string, 0, len(paths))
	for _, p := range paths {
		if abs, err := filepath.Abs(p); err == nil {
			list = append(list, abs)
		}
	}
	return sortedPaths(list)
}
