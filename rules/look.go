package rules

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// maxFileBytes bounds a file that is read: far above a hundred thousand rules.
const maxFileBytes = 64 << 20

// maxDepth bounds how deep folders stand in each other.
const maxDepth = 32

// racy is how long ago a file must have changed for its stamp to prove that
// it has not changed since: file systems keep times as coarsely as 2 seconds.
const racy = 3 * time.Second

// entry is what a look found at one path. It is never changed.
type entry struct {
	dir   bool   // a root that is a folder, or any folder that cannot be read
	real  string // the path without symbolic links
	err   string // why it cannot be read
	sum   [sha256.Size]byte
	empty bool // a file of nothing but white space
	stamp stamp
	sure  bool // an equal stamp proves an equal file
}

// stamp tells cheaply that a file is the same as before.
type stamp struct {
	size          int64
	modified      int64 // Unix nanoseconds
	changed       int64 // the same of the inode
	device, inode uint64
	full          bool // the system tells all of these
}

// sameContent tells whether a load would read the same from both.
func (e *entry) sameContent(o *entry) bool {
	if e == nil || o == nil {
		return e == o
	}
	return e.dir == o.dir && e.real == o.real && e.err == o.err && e.sum == o.sum
}

// sameFile tells whether nobody touched the file between two looks.
func (e *entry) sameFile(o *entry) bool {
	return e.sameContent(o) && (e == nil || e.stamp == o.stamp)
}

// look finds the files of some roots, which are files or folders. In folders
// it finds rule files at any depth, through symbolic links too. A path without
// an entry does not exist.
type look struct {
	found map[string]*entry
	known map[string]*entry // of an earlier look: what is surely unchanged is not read again
	now   time.Time
	where places // set by a look for a Watcher, else nil
	buf   []byte
}

// lookAt looks at the roots. known may be nil; so may where, which collects
// the folders whose events tell about changes.
func lookAt(roots []string, known map[string]*entry, where places) map[string]*entry {
	l := &look{found: make(map[string]*entry, len(known)), known: known, now: time.Now(), where: where}
	for _, root := range roots {
		l.root(root)
	}
	return l.found
}

func (l *look) root(path string) {
	l.where.chain(path)
	info, err := os.Stat(path)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			l.found[path] = &entry{err: reason(err)}
		}
		return
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return // it went away just now
	}
	if !info.IsDir() {
		l.file(path, real, info)
		return
	}
	l.found[path] = &entry{dir: true, real: real}
	l.folder(path, real, nil)
}

// folder looks at the files below path. above holds the real paths of the
// folders it stands in: a link to one of them is a circle and is left out.
func (l *look) folder(path, real string, above []string) {
	if slices.Contains(above, real) || len(above) == maxDepth {
		return
	}
	above = append(above, real)
	l.where.all(real)
	list, err := os.ReadDir(path)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			l.found[path] = &entry{dir: true, real: real, err: reason(err)}
		}
		return
	}
	for _, d := range list {
		if ignored(d.Name()) {
			continue
		}
		l.below(filepath.Join(path, d.Name()), filepath.Join(real, d.Name()), d, above)
	}
}

func (l *look) below(path, real string, d fs.DirEntry, above []string) {
	rule := isRuleFile(d.Name())
	if !rule && d.Type().IsRegular() {
		if isMisnamed(d.Name()) {
			l.found[path] = &entry{real: real}
		}
		return
	}
	info, err := d.Info()
	if err == nil && d.Type()&fs.ModeSymlink != 0 {
		l.where.chain(path)
		if info, err = os.Stat(path); err == nil {
			var target string
			if target, err = filepath.EvalSymlinks(path); err == nil {
				real = target
			}
		}
		if err != nil && rule {
			l.found[path] = &entry{real: real, err: reason(err)} // a link to nowhere
		}
	}
	switch {
	case err != nil:
	case info.IsDir():
		l.folder(path, real, above)
	case rule:
		l.file(path, real, info)
	}
}

func (l *look) file(path, real string, info fs.FileInfo) {
	e := &entry{real: real, stamp: stampOf(info)}
	if old := l.known[path]; old != nil && old.sure && old.stamp == e.stamp && old.real == real {
		l.found[path] = old
		return
	}
	e.sure = e.stamp.full && l.now.Sub(time.Unix(0, max(e.stamp.changed, e.stamp.modified))) > racy
	switch {
	case !info.Mode().IsRegular():
		e.err = "not a regular file"
	case info.Size() > maxFileBytes:
		e.err = fmt.Sprintf("larger than %d MiB", maxFileBytes>>20)
	default:
		if err := l.read(path, e); errors.Is(err, fs.ErrNotExist) {
			return
		} else if err != nil {
			e.err, e.sure = reason(err), false
		}
	}
	l.found[path] = e
}

// read fills in what the content says.
func (l *look) read(path string, e *entry) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if l.buf == nil {
		l.buf = make([]byte, 64<<10)
	}
	e.empty = true
	h := sha256.New()
	for {
		n, err := f.Read(l.buf)
		h.Write(l.buf[:n])
		e.empty = e.empty && len(bytes.TrimSpace(l.buf[:n])) == 0
		if err == io.EOF {
			h.Sum(e.sum[:0])
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// ignored tells whether a name in a rules folder does not count: it begins
// with a dot, or an editor made it beside the file that is edited.
func ignored(name string) bool {
	switch {
	case name == "", name[0] == '.', name[0] == '#', name[0] == '~':
		return true
	case name == "4913": // Vim tries whether it may create files
		return true
	}
	for _, ending := range []string{"~", "#", ".tmp", ".swp", ".swo", ".swx"} {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return false
}

// isRuleFile tells whether a name in a rules folder is read.
func isRuleFile(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return (ext == ".yaml" || ext == ".yml") && !ignored(name)
}

// misnamed are the endings of rule files that are not read: programs of Windows and
// macOS add theirs and do not show it, and people mistype it.
var misnamed = []string{".yaml.txt", ".yml.txt", ".yaml.rtf", ".yml.rtf", ".yaml.doc", ".yaml.docx", ".ymal", ".yalm"}

// isMisnamed tells whether a name in a rules folder is not read, and was probably
// meant to be.
func isMisnamed(name string) bool {
	lower := strings.ToLower(name)
	return !ignored(name) && slices.ContainsFunc(misnamed, func(ending string) bool { return strings.HasSuffix(lower, ending) })
}

// reason gives the cause of a failed operation without its path.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return err.Error()
}
