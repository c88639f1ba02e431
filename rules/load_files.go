package rules

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// fileKey says what a parsed file is a function of.
type fileKey struct {
	path string // as messages name it
	sum  [sha256.Size]byte
}

// parsedFile is what ParseFile said of a file, and where it was found last.
type parsedFile struct {
	key      fileKey
	abs      string
	real     string // without symbolic links
	file     *File
	problems Problems
	media    []mediaUse
}

// mediaUse is a media file that a reply names.
type mediaUse struct {
	file string // below the bot's folder
	pos  Pos
	rule string
}

// builtSet is the Set of an account and what it was built of.
type builtSet struct {
	files    []*File
	webhooks []string
	whole    bool
	set      *Set
	problems Problems
}

// build reads the rule files of all accounts and puts their Sets together. ok
// is false if a file changed since the view was taken.
func (l *Loader) build(v *view, b *botReader) (problems Problems, ok bool) {
	problems = slices.Clone(b.problems)
	pool := filePool{old: l.files, now: make(map[fileKey]*parsedFile), abs: l.abs}
	lists := make([][]*parsedFile, len(b.bot.Accounts))
	whole := make([]bool, len(b.bot.Accounts))
	for i, a := range b.bot.Accounts {
		var found Problems
		lists[i], found = pool.collect(v, a)
		whole[i] = !found.HasError()
		problems = append(problems, found...)
	}
	if !pool.parse(v) {
		return nil, false
	}
	if len(b.bot.Accounts) > 0 {
		l.files = pool.now
	}
	problems = append(problems, pool.problems()...)
	for _, p := range pool.order {
		b.order = append(b.order, p.key.path)
	}
	problems = append(problems, testAccountProblems(b.bot.Accounts, lists)...)
	sets := make(map[string]*builtSet)
	for i, a := range b.bot.Accounts {
		set := l.buildSet(a, b.bot, lists[i], whole[i])
		sets[a.Name] = set
		a.Set = set.set
		problems = append(problems, set.problems...)
		problems = append(problems, nothingAnswers(a, lists[i])...)
	}
	if len(sets) > 0 {
		l.sets = sets
	}
	return problems, true
}

// nothingAnswers warns of an account whose files hold no rule: perhaps one was
// emptied by mistake.
func nothingAnswers(a *Account, list []*parsedFile) Problems {
	for _, p := range list {
		if len(p.file.Rules) > 0 || p.problems.HasError() {
			return nil
		}
	}
	if len(list) == 0 {
		return nil // its folders are told of
	}
	return Problems{{Code: CodeNoRules, Pos: a.Pos, Msg: fmt.Sprintf("the rule files of account %q hold no rules: nothing is answered", a.Name)}}
}

// buildSet gives the Set of the last load if it would be the same.
func (l *Loader) buildSet(a *Account, bot *Bot, list []*parsedFile, whole bool) *builtSet {
	b := &builtSet{whole: whole, webhooks: slices.Sorted(maps.Keys(bot.Webhooks))}
	for _, p := range list {
		b.files = append(b.files, p.file)
		b.whole = b.whole && !p.problems.HasError()
	}
	old := l.sets[a.Name]
	if old != nil && old.whole == b.whole && slices.Equal(old.files, b.files) && slices.Equal(old.webhooks, b.webhooks) {
		return old
	}
	b.set, b.problems = newSet(b.files, a.Name, b.webhooks, b.whole)
	return b
}

// filePool holds the files of one load, each once.
type filePool struct {
	abs   string // the bot's folder
	old   map[fileKey]*parsedFile
	now   map[fileKey]*parsedFile
	order []*parsedFile // as they were first reached
}

// collect lists the files of an account in order. A file that is reached
// twice counts where it is reached first.
func (f *filePool) collect(v *view, a *Account) (list []*parsedFile, problems Problems) {
	reached := make(map[string]bool)
	for _, d := range a.dirs {
		p := checkRuleDir(d, v.entries[d.abs])
		if p != nil {
			problems = append(problems, p)
			continue
		}
		files := v.ruleFiles(d.abs)
		if len(files) == 0 {
			problems = append(problems, &Problem{Code: CodeNoRules, Pos: d.pos, Msg: fmt.Sprintf("the folder %s has no rule files", d.shown), Hint: "rule files end in .yaml"})
		}
		for _, abs := range v.misnamed(d.abs) {
			problems = append(problems, misnamedProblem(f.shown(d, abs)))
		}
		for _, abs := range files {
			e := v.entries[abs]
			shown := f.shown(d, abs)
			switch {
			case abs == filepath.Join(f.abs, botFile) || abs == filepath.Join(f.abs, MenuFile) || reached[e.real]:
			case e.err != "":
				reached[e.real] = true
				problems = append(problems, &Problem{Code: CodeUnreadable, Pos: Pos{File: shown}, Msg: "cannot be read: " + e.err, Hint: permissionHint(e.err, shown)})
			default:
				reached[e.real] = true
				list = append(list, f.file(shown, abs, e))
			}
		}
	}
	return list, problems
}

// misnamedProblem tells of a file that is not read because of its name.
func misnamedProblem(shown string) *Problem {
	hint := "rename it"
	base := path.Base(shown)
	for _, ending := range misnamed {
		if strings.HasSuffix(strings.ToLower(base), ending) {
			hint = "rename it to " + base[:len(base)-len(ending)] + ".yaml; Explorer and Finder may hide the last part of a name"
		}
	}
	return &Problem{Code: CodeMisnamed, Pos: Pos{File: shown}, Msg: "this file is not read: the name of a rule file ends in .yaml", Hint: hint}
}

func checkRuleDir(d ruleDir, e *entry) *Problem {
	p := &Problem{Code: CodeFolder, Pos: d.pos}
	switch {
	case e == nil:
		p.Msg, p.Hint = fmt.Sprintf("there is no folder %s", d.shown), "rules stand in a folder beside bot.yaml"
	case !e.dir && e.err == "":
		p.Msg, p.Hint = fmt.Sprintf("%s is a file, not a folder", d.shown), "name the folder it stands in"
	case e.err != "":
		p.Msg, p.Hint = fmt.Sprintf("the folder %s cannot be read: %s", d.shown, e.err), permissionHint(e.err, d.shown)
	default:
		return nil
	}
	return p
}

// permissionHint tells what lets the bot read a file or folder.
func permissionHint(err, shown string) string {
	if err != fs.ErrPermission.Error() {
		return ""
	}
	return "let the user that runs the bot read it (in the container that is 65532): chmod -R a+rX " + shown
}

func (f *filePool) shown(d ruleDir, abs string) string {
	below, _ := relativeTo(d.abs, abs)
	return path.Join(d.shown, below)
}

func (f *filePool) file(shown, abs string, e *entry) *parsedFile {
	key := fileKey{path: shown, sum: e.sum}
	if p := f.now[key]; p != nil {
		return p
	}
	p := f.old[key]
	if p == nil {
		p = &parsedFile{key: key}
	}
	p.abs, p.real = abs, e.real // another place behind the links may hold the same
	f.now[key] = p
	f.order = append(f.order, p)
	return p
}

// parse reads the new files, on all cores. It is false if one of them is not
// what the view saw any more. It panics here, not on another goroutine, so that
// who loads can go on.
func (f *filePool) parse(v *view) bool {
	var g errgroup.Group
	var panicked atomic.Pointer[string]
	workers := runtime.GOMAXPROCS(0)
	g.SetLimit(workers)
	arenas := make(chan *arena, workers)
	for range workers {
		arenas <- newArena()
	}
	for _, p := range f.order {
		if p.file != nil {
			continue
		}
		g.Go(func() error {
			defer func() {
				if v := recover(); v != nil {
					told := fmt.Sprintf("%s: %v\n%s", p.key.path, v, debug.Stack())
					panicked.Store(&told)
				}
			}()
			a := <-arenas
			defer func() { arenas <- a }()
			data, err := readInto(a.file, p.abs, v.entries[p.abs])
			if err != nil {
				return err
			}
			a.file = data
			p.file, p.problems = parseFile(p.key.path, data, a)
			p.media = mediaOf(p.file)
			return nil
		})
	}
	err := g.Wait()
	if told := panicked.Load(); told != nil {
		panic(*told)
	}
	return err == nil
}

// problems are those of the files alone, and those of the media they name.
func (f *filePool) problems() Problems {
	var problems Problems
	for _, p := range f.order {
		problems = append(problems, p.problems...)
		for _, m := range p.media {
			if problem := checkMedia(f.abs, m); problem != nil {
				problems = append(problems, problem)
			}
		}
	}
	return problems
}

func mediaOf(f *File) []mediaUse {
	var list []mediaUse
	collect := func(rule string, r *Reply) {
		eachReply(r, func(r *Reply) {
			if r.Extras().Media != nil && r.Extras().Media.File != "" {
				list = append(list, mediaUse{file: r.Extras().Media.File, rule: rule, pos: Pos{File: f.Path, At: r.At}})
			}
		})
	}
	for i := range f.Rules {
		collect(f.Rules[i].Name, f.Rules[i].Reply)
	}
	for _, n := range f.Replies {
		collect("", n.Reply)
	}
	return list
}

// checkMedia looks for a media file. It may come later, so that it is not there
// is a warning; that a link leads out of the bot's folder is an error.
func checkMedia(dir string, m mediaUse) *Problem {
	p := &Problem{Code: CodeNoMedia, Pos: m.pos, Rule: m.rule}
	real, err := filepath.EvalSymlinks(filepath.Join(dir, filepath.FromSlash(m.file)))
	home, errHome := filepath.EvalSymlinks(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p.Msg, p.Hint = fmt.Sprintf("there is no file %s", m.file), "paths of media files count from the bot's folder"
		return p
	case err != nil || errHome != nil:
		p.Msg = fmt.Sprintf("the file %s cannot be read", m.file)
		return p
	}
	if _, ok := relativeTo(home, real); !ok {
		p.Code, p.Msg = CodeMediaFile, fmt.Sprintf("the file %s is a link out of the bot's folder", m.file)
		return p
	}
	if info, err := os.Stat(real); err == nil && !info.Mode().IsRegular() {
		p.Msg = fmt.Sprintf("%s is not a file", m.file)
		return p
	}
	return nil
}

// testAccountProblems finds tests that name an account which does not read
// their file: they would never run.
func testAccountProblems(accounts []*Account, lists [][]*parsedFile) Problems {
	names := make([]string, len(accounts))
	readers := make(map[string]map[string]bool) // real path → accounts
	for i, a := range accounts {
		names[i] = a.Name
		for _, p := range lists[i] {
			if readers[p.real] == nil {
				readers[p.real] = make(map[string]bool)
			}
			readers[p.real][a.Name] = true
		}
	}
	var problems Problems
	for _, list := range lists {
		for _, p := range list {
			for _, t := range p.file.Tests {
				if t.Account == "" || readers[p.real][t.Account] {
					continue
				}
				problem := &Problem{Code: CodeTestAccount, Pos: t.Pos, Msg: fmt.Sprintf("the account %q of the test does not read this file", t.Account)}
				if !slices.Contains(names, t.Account) {
					problem.Msg, problem.Hint = fmt.Sprintf("no account is named %q", t.Account), meant(t.Account, names)
				}
				problems = append(problems, problem)
			}
		}
	}
	return problems
}
