package rules

import (
	"os"
	"path/filepath"
	"strings"
)

// places are the folders whose events tell about changes, by their path
// without symbolic links, each with the names that matter in it; nil = all.
type places map[string]map[string]bool

// all adds a folder in which every name matters.
func (p places) all(real string) {
	if p != nil {
		p[real] = nil
	}
}

// chain adds the folders that decide where path leads: the one it stands in,
// and for every symbolic link on the way the one with the link.
func (p places) chain(path string) {
	if p == nil {
		return
	}
	for range 40 { // as many links as Linux follows
		p.standsIn(path)
		link, rest := firstLink(path)
		if link == "" {
			return
		}
		p.standsIn(link)
		target, err := os.Readlink(link)
		if err != nil {
			return
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(link), target)
		}
		path = filepath.Join(target, rest)
	}
}

// standsIn adds the folder of path, or the nearest one above that exists.
func (p places) standsIn(path string) {
	for {
		dir, name := filepath.Dir(path), filepath.Base(path)
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			p.name(real, name)
			return
		}
		if dir == path {
			return
		}
		path = dir
	}
}

// name adds one name of a folder.
func (p places) name(real, name string) {
	names, ok := p[real]
	if ok && names == nil {
		return // all matter
	}
	if !ok {
		names = make(map[string]bool)
		p[real] = names
	}
	names[name] = true
}

// matters tells whether an event about path can mean a change.
func (p places) matters(path string) bool {
	names, ok := p[filepath.Dir(path)]
	name := filepath.Base(path)
	switch {
	case !ok:
		_, ok = p[path] // the folder itself
		return ok
	case strings.HasPrefix(name, ".."): // ..data: a mounted ConfigMap swaps its files
		return true
	case names != nil:
		return names[name]
	}
	return !ignored(name)
}

// firstLink finds the first symbolic link on the way to the absolute path and
// what follows it.
func firstLink(path string) (link, rest string) {
	sep := string(filepath.Separator)
	at := filepath.VolumeName(path) + sep
	parts := strings.Split(strings.TrimPrefix(path, at), sep)
	for i, part := range parts {
		at = filepath.Join(at, part)
		info, err := os.Lstat(at)
		if err != nil {
			return "", ""
		}
		if info.Mode()&os.ModeSymlink != 0 {
			return at, filepath.Join(parts[i+1:]...)
		}
	}
	return "", ""
}
