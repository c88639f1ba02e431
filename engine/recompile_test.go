package engine

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"
	"weak"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"wereply/rules"
	"wereply/wechat"
)

// file makes one file of a set: some of its rules use what others may or may
// not have.
func (g generator) file(name string) *rules.File {
	set := g.set(1 + g.IntN(12))
	f := &rules.File{Path: name, Rules: make([]rules.Rule, len(set.Rules))}
	for i := range f.Rules {
		r := &f.Rules[i]
		*r = *set.Rules[i]
		r.Name, r.File = fmt.Sprint(name, i), f
		text := pick(g, []string{"a", "{{.Keyword}}{{.Rest}}", "{{or .Content 1}}", "{{.Account}} {{.Now.Hour}}"})
		switch {
		case g.chance(10):
			text = "{{.Vars.v}}"
		case g.chance(200):
			text = "{{.Match.id}}"
		case g.chance(200):
			text = "{{group 1}}"
		}
		r.Reply = &rules.Reply{Kind: rules.ReplyText, At: r.At, Source: text}
		switch g.IntN(8) {
		case 0:
			r.Reply = &rules.Reply{Kind: rules.ReplyUse, At: r.At, Extra: &rules.ReplyExtra{Name: "n"}}
		case 1:
			r.Extend().Goto = pick(g, []string{"a", "b", rules.GotoEnd})
		case 2:
			r.Extend().Remember = []rules.Remember{{Name: "v", Value: rules.Text{Source: "{{.Content}}"}}}
		case 3:
			r.Reply = &rules.Reply{Kind: rules.ReplyWebhook, At: r.At, Extra: &rules.ReplyExtra{Name: "llm"}} // a note
		}
	}
	if g.chance(2) {
		source := pick(g, []string{"named", "named", "{{.Match.id}}", "{{group 1}}", "{{.Vars.v}}"})
		f.Replies = []*rules.Named{{Name: "n", Pos: rules.Pos{File: name}, Reply: &rules.Reply{Kind: rules.ReplyText, Source: source}}}
		if g.chance(3) { // with a note of its own
			f.Replies[0].Reply = &rules.Reply{Kind: rules.ReplyWebhook, Extra: &rules.ReplyExtra{Name: "llm", List: []*rules.Reply{f.Replies[0].Reply}}}
		}
	}
	return f
}

func setOf(files []*rules.File) *rules.Set {
	set := &rules.Set{Files: files, Replies: map[string]*rules.Named{}}
	for _, f := range files {
		for i := range f.Rules {
			set.Rules = append(set.Rules, &f.Rules[i])
		}
		for _, n := range f.Replies {
			if set.Replies[n.Name] == nil {
				set.Replies[n.Name] = n
			}
		}
	}
	return set
}

// edit changes, adds, removes, renames or moves a file.
func (g generator) edit(files []*rules.File, next string) []*rules.File {
	files = slices.Clone(files)
	i := g.IntN(len(files))
	switch g.IntN(6) {
	case 0:
		return slices.Insert(files, i, g.file(next))
	case 1:
		if len(files) > 1 {
			return slices.Delete(files, i, i+1)
		}
	case 2:
		j := g.IntN(len(files))
		files[i], files[j] = files[j], files[i]
		return files
	case 3:
		return files // saved without a change
	case 4: // the same beginning: what a reader that shares rules might give
		f := *files[i]
		f.Rules = f.Rules[:1+g.IntN(len(f.Rules))]
		files[i] = &f
		return files
	}
	files[i] = g.file(files[i].Path)
	return files
}

// Edit after edit, Recompile gives what Compile gives, and the Engine that it
// took from goes on as before.
func TestRecompileIsCompile(t *testing.T) {
	compiled, refused, kept := 0, 0, 0
	for seed := range uint64(40) {
		g := newGenerator(seed)
		files := []*rules.File{g.file("a"), g.file("b"), g.file("c")}
		var old *Engine
		var oldSet *rules.Set
		for step := range 12 {
			files = g.edit(files, fmt.Sprint("f", step))
			set := setOf(files)
			p := profile
			if g.chance(6) {
				p.Kind = rules.AccountMiniProgram
			}
			if g.chance(6) {
				p.Account, p.Location = "other", time.UTC
			}
			want, wantProblems := Compile(set, p)
			got, problems := Recompile(old, set, p)
			if diff := cmp.Diff(wantProblems, problems, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("seed %d, step %d: problems %s", seed, step, diff)
			}
			if (got == nil) != (want == nil) {
				t.Fatalf("seed %d, step %d: an engine: %v, want %v", seed, step, got != nil, want != nil)
			}
			if want == nil {
				refused++
				continue // the old one stays
			}
			compiled++
			if old != nil && shareRules(old, got) {
				kept++
			}
			sameDecisions(t, g, set, got, want)
			if old != nil {
				anew, _ := Compile(oldSet, old.profile)
				sameDecisions(t, g, oldSet, old, anew)
			}
			old, oldSet = got, set
		}
	}
	if compiled < 150 || refused < 100 || kept < 70 {
		t.Errorf("%d compiled, %d of them with rules of before, and %d refused: the test says little", compiled, kept, refused)
	}
}

// An Engine answers while the next one is made of its rules: for the race
// detector.
func TestRecompileWhileDeciding(t *testing.T) {
	decided := 0
	for seed := range uint64(40) {
		g := newGenerator(seed)
		files := []*rules.File{g.file("a"), g.file("b"), g.file("c")}
		set := setOf(files)
		old, _ := Compile(set, profile)
		if old == nil {
			continue
		}
		var messages []*wechat.Message
		for range 20 {
			messages = append(messages, g.message())
		}
		next := setOf(g.edit(files, "d"))
		var deciding sync.WaitGroup
		deciding.Go(func() {
			for _, m := range messages {
				old.Decide(m, Conversation{})
			}
		})
		if e, _ := Recompile(old, next, profile); e != nil {
			for _, m := range messages {
				e.Decide(m, Conversation{})
			}
			decided++
		}
		deciding.Wait()
	}
	if decided < 5 {
		t.Errorf("%d engines: the test says little", decided)
	}
}

// shareRules reports whether rules that were compiled for one stand in the other.
func shareRules(a, b *Engine) bool {
	bodies := map[*body]bool{}
	for i := range a.all {
		if a.all[i].body != &plainBody {
			bodies[a.all[i].body] = true
		}
	}
	return slices.ContainsFunc(b.all, func(r rule) bool { return bodies[r.body] })
}

func sameDecisions(t *testing.T, g generator, set *rules.Set, got, want *Engine) {
	t.Helper()
	sameRules := cmp.Comparer(func(a, b *rules.Rule) bool { return a == b })
	for range 20 {
		m := g.message()
		c := g.conversation(set, m)
		if diff := cmp.Diff(want.Decide(m, c), got.Decide(m, c), sameRules, cmpopts.EquateErrors()); diff != "" {
			t.Fatalf("%+v in %+v: %s", m, c, diff)
		}
		if diff := cmp.Diff(want.Explain(m, c), got.Explain(m, c), sameRules, cmpopts.EquateErrors()); diff != "" {
			t.Fatalf("explain %+v in %+v: %s", m, c, diff)
		}
		if got.NeedsConversation(m) != want.NeedsConversation(m) {
			t.Fatalf("NeedsConversation(%+v) = %v", m, got.NeedsConversation(m))
		}
	}
}

// What another file says may change what an unchanged one means.
func TestRecompileSeesWhatSurrounds(t *testing.T) {
	for _, c := range []struct{ what, unchanged, before, after string }{
		{"a variable goes", `rules: [{when: {keyword: 甲}, reply: '{{.Vars.v}}'}]`,
			`rules: [{when: {keyword: 乙}, remember: {v: 一}}]`, `rules: [{when: {keyword: 乙}, remember: {w: 一}}]`},
		{"a named reply changes", `rules: [{when: {keyword: 甲}, reply: {use: n}}]`, `replies: {n: 旧}`, `replies: {n: 新}`},
		{"a named reply comes to read variables", `rules: [{when: {keyword: 甲}, reply: {use: n}}, {when: {keyword: 乙}, remember: {v: 一}}]`,
			`replies: {n: 旧}`, `replies: {n: '{{.Vars.v}}'}`},
		{"a named reply inside another changes", "rules: [{when: {keyword: 甲}, reply: {use: n}}]\nreplies: {n: {random: [{use: m}, {use: m}]}}",
			`replies: {m: 旧}`, `replies: {m: 新}`},
		{"a group goes that a named reply names", "rules: [{when: {keyword: 甲}, reply: {use: n}}]\nreplies: {n: '{{.Match.id}}'}",
			`rules: [{when: {keyword: {regex: '(?P<id>\d+)'}}, reply: {use: n}}]`, `rules: [{when: {keyword: {regex: '(?P<nr>\d+)'}}, reply: {use: n}}]`},
		{"a group goes that a named reply counts", "rules: [{when: {keyword: 甲}, reply: {use: n}}]\nreplies: {n: '{{group 2}}'}",
			`rules: [{when: {keyword: {regex: '(\d+)(号)'}}, reply: {use: n}}]`, `rules: [{when: {keyword: {regex: '(\d+)号'}}, reply: {use: n}}]`},
	} {
		parse := func(path, text string) *rules.File {
			f, problems := rules.ParseFile(path, []byte(text+"\n"))
			if problems != nil {
				t.Fatalf("%s: %v", c.what, problems)
			}
			return f
		}
		unchanged := parse("b.yaml", c.unchanged)
		before, after := setOf([]*rules.File{unchanged, parse("a.yaml", c.before)}), setOf([]*rules.File{unchanged, parse("a.yaml", c.after)})
		for _, way := range [][2]*rules.Set{{before, after}, {after, before}} {
			old, _ := Compile(way[0], profile)
			got, problems := Recompile(old, way[1], profile)
			want, wantProblems := Compile(way[1], profile)
			if diff := cmp.Diff(wantProblems, problems, cmpopts.EquateEmpty()); diff != "" || (got == nil) != (want == nil) {
				t.Errorf("%s: problems %s", c.what, diff)
			}
			if want == nil || got == nil {
				continue
			}
			for _, text := range []string{"甲", "乙", "12号"} {
				m := &wechat.Message{FromUserName: "u", CreateTime: noon, MsgType: wechat.MsgText, Content: text}
				if diff := cmp.Diff(want.Decide(m, Conversation{}).Parts, got.Decide(m, Conversation{}).Parts); diff != "" || got.NeedsConversation(m) != want.NeedsConversation(m) {
					t.Errorf("%s: %s is answered: %s", c.what, text, diff)
				}
			}
		}
	}
}

// What an Engine takes from the one before is of files that both have: nothing
// else of that one stays in memory, however few files change.
func TestRecompileKeepsNothingOld(t *testing.T) {
	file := func(name string) *rules.File { // each text has memory of its own
		long := func(text string) string { return text + strings.Repeat("_", 30) }
		f := &rules.File{Path: name, Rules: make([]rules.Rule, 1)}
		f.Rules[0] = rules.Rule{
			Name: long(name), File: f,
			When:  []rules.Condition{{Keyword: rules.Pattern{{Kind: rules.KindRegex, Text: long(`(?P<id>\d+)`)}}}},
			Reply: &rules.Reply{Source: long("{{.Match.id}}")},
			Extra: &rules.RuleExtra{Goto: long("state"), Remember: []rules.Remember{{Name: long("v"), Value: rules.Text{Source: long(name)}}}},
		}
		return f
	}
	compile := func(old *Engine, files ...*rules.File) *Engine {
		e, problems := Recompile(old, setOf(files), profile)
		if e == nil {
			t.Fatal(problems)
		}
		return e
	}
	stays, gone := file("a"), file("b")
	old := compile(nil, stays, gone)
	r := &gone.Rules[0]
	texts := map[string]weak.Pointer[byte]{}
	for what, text := range map[string]string{
		"name": r.Name, "keyword": r.When[0].Keyword[0].Text, "reply": r.Reply.Source, "state": r.Extra.Goto, "variable": r.Extra.Remember[0].Name, "value": r.Extra.Remember[0].Value.Source,
	} {
		texts[what] = weak.Make(unsafe.StringData(text))
	}
	body, rule, engine := weak.Make(old.all[1].body), weak.Make(r), weak.Make(old)
	e := compile(old, stays, file("b"))
	if e.all[0].body != old.all[0].body {
		t.Error("what did not change was compiled again")
	}
	gone, old, r = nil, nil, nil
	runtime.GC()
	for what, text := range texts {
		if text.Value() != nil {
			t.Errorf("the %s of a rule that is gone stays", what)
		}
	}
	if body.Value() != nil || rule.Value() != nil || engine.Value() != nil {
		t.Error("the rule or the engine of before stays")
	}
	runtime.KeepAlive(e)
}

func TestInParallelPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a panic was lost")
		}
	}()
	inParallel(8, func(i int) {
		if i == 5 {
			panic("five")
		}
	})
}
