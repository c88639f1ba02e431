package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// newSet puts the files of an account together and checks what they say
// together. names of webhooks are those of bot.yaml. whole tells that every
// file could be read in full: else a name that is not found may stand in what
// could not be read, and nothing is said about it.
func newSet(files []*File, account string, webhooks []string, whole bool) (*Set, Problems) {
	b := setBuilder{set: &Set{Files: files, Replies: make(map[string]*Named)}, webhooks: webhooks, whole: whole}
	n := 0
	for _, f := range files {
		n += len(f.Rules)
	}
	b.set.Rules = make([]*Rule, 0, n)
	for _, f := range files {
		for i := range f.Rules {
			b.set.Rules = append(b.set.Rules, &f.Rules[i])
		}
		b.addReplies(f)
		for _, t := range f.Tests {
			if t.Account == "" || t.Account == account {
				b.set.Tests = append(b.set.Tests, t)
			}
		}
	}
	b.checkNames()
	b.checkVars()
	b.checkCircles()
	if whole {
		b.checkReferences()
	}
	return b.set, b.problems
}

type setBuilder struct {
	set      *Set
	webhooks []string
	whole    bool
	problems Problems
}

func (b *setBuilder) add(code string, pos Pos, rule, msg, hint string) {
	b.problems = append(b.problems, &Problem{Code: code, Pos: pos, Rule: rule, Msg: msg, Hint: hint})
}

func (b *setBuilder) addReplies(f *File) {
	for _, n := range f.Replies {
		if first := b.set.Replies[n.Name]; first != nil {
			b.add(CodeNameTaken, n.Pos, "", fmt.Sprintf("the reply %q stands at %s already", n.Name, first.Pos), "names of replies are unique in an account")
			continue
		}
		b.set.Replies[n.Name] = n
	}
}

func (b *setBuilder) checkNames() {
	first := make(map[string]*Rule, len(b.set.Rules))
	for _, r := range b.set.Rules {
		if r.Name == "" {
			continue
		}
		if f := first[r.Name]; f != nil {
			b.add(CodeNameTaken, r.Pos(), r.Name, fmt.Sprintf("the rule at %s has this name already", f.Pos()), "names of rules are unique in an account")
			continue
		}
		first[r.Name] = r
	}
}

// checkVars counts the vars that a conversation of the account can have.
func (b *setBuilder) checkVars() {
	vars := make(map[string]bool)
	for _, r := range b.set.Rules {
		for _, v := range r.Extras().Remember {
			if vars[v.Name] || r.Disabled {
				continue
			}
			vars[v.Name] = true
			if len(vars) == MaxVars+1 {
				b.add(CodeTooMuch, r.PosAt(v.At), r.Name,
					fmt.Sprintf("the rules of the account remember more than %d vars, beginning with %q here", MaxVars, v.Name), "")
			}
		}
	}
}

// checkReferences looks up the names that replies and tests speak of.
func (b *setBuilder) checkReferences() {
	for _, r := range b.set.Rules {
		b.checkReply(r.Pos().File, r.Name, r.Reply)
	}
	for _, n := range b.sortedReplies() {
		b.checkReply(n.Pos.File, "", n.Reply)
	}
	vars := b.remembered()
	for _, t := range b.set.Tests {
		for _, step := range t.Steps {
			for _, name := range slices.Sorted(maps.Keys(step.Webhook)) {
				b.checkWebhook(Pos{File: t.Pos.File, At: step.At}, "", name)
			}
			b.checkExpectedVars(t, step.Expect, vars)
		}
	}
}

// remembered are the vars that rules set.
func (b *setBuilder) remembered() []string {
	var names []string
	for _, r := range b.set.Rules {
		for _, v := range r.Extras().Remember {
			if !slices.Contains(names, v.Name) {
				names = append(names, v.Name)
			}
		}
	}
	return names
}

// checkExpectedVars refuses to expect a var that no rule sets.
func (b *setBuilder) checkExpectedVars(t *Test, e Expect, known []string) {
	for _, v := range e.Vars {
		if !slices.Contains(known, v.Path) {
			b.add(CodeUnknownName, Pos{File: t.Pos.File, At: e.At}, "", fmt.Sprintf("no rule remembers a variable %q", v.Path), meant(v.Path, known))
		}
	}
}

func (b *setBuilder) sortedReplies() []*Named {
	list := make([]*Named, 0, len(b.set.Replies))
	for _, name := range slices.Sorted(maps.Keys(b.set.Replies)) {
		list = append(list, b.set.Replies[name])
	}
	return list
}

func (b *setBuilder) checkReply(file, rule string, reply *Reply) {
	eachReply(reply, func(r *Reply) {
		pos := Pos{File: file, At: r.At}
		switch r.Kind {
		case ReplyUse:
			if b.set.Replies[r.Extras().Name] == nil {
				b.add(CodeUnknownName, pos, rule, fmt.Sprintf("no reply is named %q", r.Extras().Name), b.replyHint(r.Extras().Name))
			}
		case ReplyWebhook:
			b.checkWebhook(pos, rule, r.Extras().Name)
		}
	})
}

func (b *setBuilder) replyHint(name string) string {
	if hint := meant(name, slices.Sorted(maps.Keys(b.set.Replies))); hint != "" {
		return hint
	}
	return fmt.Sprintf("named replies stand at the top of a rule file: replies: {%s: …}", name)
}

func (b *setBuilder) checkWebhook(pos Pos, rule, name string) {
	if slices.Contains(b.webhooks, name) {
		return
	}
	hint := meant(name, b.webhooks)
	if hint == "" {
		hint = "webhooks stand in bot.yaml"
	}
	b.add(CodeUnknownName, pos, rule, fmt.Sprintf("no webhook is named %q", name), hint)
}

// eachReply calls f for the reply and every reply inside it.
func eachReply(r *Reply, f func(*Reply)) {
	if r == nil {
		return
	}
	f(r)
	for _, inner := range r.Extras().List {
		eachReply(inner, f)
	}
}

// checkCircles finds named replies that use each other, each circle once.
func (b *setBuilder) checkCircles() {
	const open, closed = 1, 2
	mark := make(map[string]int)
	var way []string
	var visit func(name string)
	visit = func(name string) {
		n := b.set.Replies[name]
		switch {
		case n == nil || mark[name] == closed:
			return
		case mark[name] == open:
			circle := append(way[slices.Index(way, name):len(way):len(way)], name)
			b.add(CodeCircle, n.Pos, "", "replies use each other in a circle: "+strings.Join(circle, " → "), "")
			return
		}
		mark[name] = open
		way = append(way, name)
		eachReply(n.Reply, func(r *Reply) {
			if r.Kind == ReplyUse {
				visit(r.Extras().Name)
			}
		})
		way = way[:len(way)-1]
		mark[name] = closed
	}
	for _, n := range b.sortedReplies() {
		visit(n.Name)
	}
}
