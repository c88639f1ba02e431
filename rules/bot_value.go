package rules

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// botReader reads the values of bot.yaml.
type botReader struct {
	*reader
	o    Options
	dir  string // the bot's folder, absolute
	view *view
	bot  *Bot

	order []string // the rule files, as they were read
	need  []string // absolute paths that the view must cover
	moved bool     // a secret file changed since the view was taken
}

// scalar is a text of bot.yaml after interpolation. An empty one counts as
// not given.
type scalar struct {
	node    *yaml.Node // nil: the field is not there
	text    string
	hidden  bool // comes from a variable, so messages do not show it
	unknown bool // wrong, and told; or it needs a variable that may be missing now
}

func (s scalar) given() bool { return !s.unknown && s.text != "" }

// show gives the text for a message.
func (s scalar) show() string {
	if s.hidden {
		return "what its variable holds"
	}
	return fmt.Sprintf("%q", s.text)
}

// scalar reads the text n, which may be nil.
func (b *botReader) scalar(n *yaml.Node, what string) scalar {
	if n == nil {
		return scalar{}
	}
	text, ok := b.text(n, what)
	if !ok {
		return scalar{node: n, unknown: true}
	}
	x, err := expand(text, b.o.Env)
	if err != nil {
		b.add(CodeVariable, n, fmt.Sprintf("%s: %v", what, err), "a variable of the environment is written ${NAME}; a literal ${ is written $${")
		return scalar{node: n, unknown: true}
	}
	if b.o.Secrets {
		for _, name := range x.missing {
			b.add(CodeVariableMissing, n, fmt.Sprintf("%s needs the variable %s, which is not set", what, name),
				fmt.Sprintf("set %s in the environment, or write ${%s:-} if it may be missing", name, name))
		}
	}
	if len(x.missing) > 0 {
		return scalar{node: n, hidden: true, unknown: true}
	}
	return scalar{node: n, text: x.text, hidden: x.used}
}

// scalars reads a text or a list of texts; empty ones are left out. known is
// false when one of them is unknown.
func (b *botReader) scalars(n *yaml.Node, what string) (list []scalar, known bool) {
	if n == nil {
		return nil, true
	}
	known = true
	ok := b.oneOrMany(n, what, func(n *yaml.Node) {
		s := b.scalar(n, what)
		if s.given() {
			list = append(list, s)
		}
		known = known && !s.unknown
	})
	return list, ok && known
}

// choice reads one of the words.
func (b *botReader) choice(n *yaml.Node, what string, words ...string) string {
	s := b.scalar(n, what)
	if !s.given() {
		return words[0]
	}
	if indexOf(words, s.text) < 0 {
		b.add(CodeUnknownName, n, fmt.Sprintf("%s must be one of %s, not %s", what, strings.Join(words, ", "), s.show()), didYouMean(s, words))
		return words[0]
	}
	return s.text
}

// flag reads true or false.
func (b *botReader) flag(n *yaml.Node, what string) bool {
	s := b.scalar(n, what)
	if s.given() && s.text != "true" && s.text != "false" {
		hint := ""
		if !s.hidden {
			hint = boolHint(s.text, what)
		}
		b.add(CodeBool, n, fmt.Sprintf("%s must be true or false, not %s", what, s.show()), hint)
	}
	return s.given() && s.text == "true"
}

// span reads a duration of at least a second and at most high.
func (b *botReader) span(s scalar, what string, fallback, high time.Duration) time.Duration {
	if !s.given() {
		return fallback
	}
	d, ok := parseDuration(s.text)
	switch {
	case !ok:
		b.add(CodeDuration, s.node, fmt.Sprintf("%s must be a duration such as 10s, 10m or 1h, not %s", what, s.show()), "")
	case d < time.Second || d > high:
		b.add(CodeDuration, s.node, fmt.Sprintf("%s must be from 1s to %s, not %s", what, formatDuration(high), s.show()), "")
	default:
		return d
	}
	return fallback
}

// secret reads a secret that stands in the field value, or in the file that
// the field file names (Docker secrets). Not both.
func (b *botReader) secret(fields map[string]*yaml.Node, value, file string) scalar {
	s := b.scalar(fields[value], "`"+value+"`")
	f := b.scalar(fields[file], "`"+file+"`")
	return b.oneForm(s, f, s.given() || s.unknown, value, file)
}

// oneForm gives the secret of a field or of its file. has tells whether the
// field is there.
func (b *botReader) oneForm(s, f scalar, has bool, value, file string) scalar {
	switch {
	case f.unknown:
		return f
	case !f.given():
		return s
	case has:
		b.add(CodeCombination, f.node, fmt.Sprintf("`%s` and `%s` are both given", value, file), "keep one of them")
		return scalar{node: f.node, unknown: true}
	}
	return b.secretFile(f, file)
}

// secretFile reads the file that f names; white space around the secret does
// not count.
func (b *botReader) secretFile(f scalar, field string) scalar {
	s := scalar{node: f.node, hidden: true, unknown: true}
	path := b.absolute(f.text)
	b.need = append(b.need, path)
	if !b.view.covers([]string{path}) {
		return s
	}
	text, err := readSecret(path, b.view.entries[path])
	switch {
	case err == nil:
		s.text, s.unknown = text, false
	case errors.Is(err, errMoved):
		b.moved = true
	case b.o.Secrets || !errors.Is(err, os.ErrNotExist):
		b.add(CodeSecretFile, f.node, fmt.Sprintf("`%s`: the file %s: %v", field, f.text, err), "")
	}
	return s
}

const maxSecretBytes = 64 << 10

// readSecret gives the content of a file with a secret if it is still what
// the look saw.
func readSecret(path string, e *entry) (string, error) {
	switch {
	case e == nil:
		return "", os.ErrNotExist
	case e.err != "":
		return "", errors.New(e.err)
	case e.dir:
		return "", errors.New("is a folder")
	case e.empty:
		return "", errors.New("is empty")
	case e.stamp.size > maxSecretBytes:
		return "", errors.New("is too large for a secret")
	}
	data, err := readUnchanged(path, e)
	return string(bytes.TrimSpace(data)), err
}

// errMoved says that a file is not what the look saw any more.
var errMoved = errors.New("changes while it is read")

// readUnchanged gives the content of a file if it is still what the look saw.
func readUnchanged(path string, e *entry) ([]byte, error) { return readInto(nil, path, e) }

// readInto is readUnchanged, into buf where there is room.
func readInto(buf []byte, path string, e *entry) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errMoved
	}
	defer f.Close()
	b := bytes.NewBuffer(buf[:0])
	if info, err := f.Stat(); err == nil {
		b.Grow(int(info.Size()) + bytes.MinRead) // else it grows in steps
	}
	if _, err := b.ReadFrom(f); err != nil || sha256.Sum256(b.Bytes()) != e.sum {
		return nil, errMoved
	}
	return b.Bytes(), nil
}

// absolute gives a path of bot.yaml, which counts from the bot's folder.
func (b *botReader) absolute(path string) string {
	path = filepath.FromSlash(path)
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(b.dir, path)
}

// didYouMean gives the hint that names the known word that s was probably
// meant to be.
func didYouMean(s scalar, known []string) string {
	if s.hidden {
		return ""
	}
	if s.text == officialAccount && indexOf(known, AccountService) >= 0 {
		return `did you mean "subscription" (订阅号) or "service" (服务号)?`
	}
	return meant(s.text, known)
}

func meant(word string, known []string) string {
	if k := suggest(word, known); k != "" {
		return fmt.Sprintf("did you mean %q?", k)
	}
	return ""
}
