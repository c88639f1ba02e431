package engine

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"wereply/rules"
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
		text := pick(g, []string{"a", "{{.Keyword}}{{.Rest}}", "{{or .Content 1}}", "{{.Vars.v}}", "{{.Match.id}}"})
		if text == "{{.Match.id}}" && !g.chance(4) || text == "{{.Vars.v}}" && g.chance(2) {
			text = "b"
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
	if g.chance(3) {
		source := pick(g, []string{"named", "{{.Match.id}}", "{{.Vars.v}}"})
		f.Replies = []*rules.Named{{Name: "n", Pos: rules.Pos{File: name}, Reply: &rules.Reply{Kind: rules.ReplyText, Source: source}}}
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
	for seed := range uint64(60) {
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
			if old != nil && got.around == old.around {
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
	if compiled < 150 || refused < 50 || kept < 50 {
		t.Errorf("%d compiled, %d of them with units of before, and %d refused: the test says little", compiled, kept, refused)
	}
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
