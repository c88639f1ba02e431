package engine

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"
	"unicode/utf8"

	"wereply/rules"
)

// Checking a template means walking its parse tree: executing it once would
// not visit the branches that are not taken. The walk knows what the dot is at
// each place, and every problem it finds has the place in the template.

// known is what the names in a template are checked against.
type known struct {
	vars   map[string]bool // what any rule remembers
	groups groups          // of the regular expressions that may have matched
}

// mistake is one problem of a template.
type mistake struct {
	offset    int // bytes from the beginning of the template; -1 = only line is known
	line      int // from 1
	code      string
	msg, hint string
}

// checker walks one template. On its way it prepares the tree: calls get the
// root as first argument, loops pass their list through eachEntry.
type checker struct {
	known    *known // nil: it was checked before, names are taken as they are
	mistakes []mistake
	names    map[string]bool // fields that the template names at the top
	usesVars bool
	nodes    int        // seen so far
	vars     []variable // in scope
}

type variable struct {
	name string
	kind kind
}

// fullTemplate is a template that text/template runs.
type fullTemplate struct {
	template *template.Template
	names    []string
}

// newFullTemplate parses a template that was checked before.
func newFullTemplate(source string) *fullTemplate {
	var c checker
	tree, _ := c.parse(source)
	t, err := base.New(templateName).AddParseTree(templateName, tree)
	if err != nil {
		panic(err) // the name is taken by a template that runs: cannot be
	}
	return &fullTemplate{template: t, names: slices.Collect(maps.Keys(c.names))}
}

const templateName = "t"

// parse reads a template and walks it. Without mistakes the tree is ready to
// run.
func (c *checker) parse(source string) (*parse.Tree, bool) {
	c.names = make(map[string]bool)
	tree := parse.New(templateName)
	tree.Mode = parse.SkipFuncCheck // the walk knows the functions, with place and suggestion
	all := make(map[string]*parse.Tree)
	if _, err := tree.Parse(source, "{{", "}}", all); err != nil {
		line, said := parseError(err)
		msg, hint := inPlainWords(said)
		c.mistakes = append(c.mistakes, mistake{offset: -1, line: line, code: rules.CodeTemplate, msg: "the template cannot be read: " + msg, hint: hint})
		return nil, false
	}
	for name, t := range all {
		if name != templateName {
			c.add(rules.CodeTemplate, t.Root, "{{define}} and {{block}} are not available", "named replies are shared by {use: name}")
		}
	}
	c.vars = []variable{{"$", rootKind}}
	c.list(tree.Root, rootKind)
	return tree, len(c.mistakes) == 0
}

func (c *checker) add(code string, n parse.Node, msg, hint string) {
	c.mistakes = append(c.mistakes, mistake{offset: int(n.Position()), code: code, msg: msg, hint: hint})
}

func (c *checker) list(l *parse.ListNode, dot kind) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		c.node(n, dot)
	}
}

func (c *checker) node(n parse.Node, dot kind) {
	c.nodes++
	switch n := n.(type) {
	case *parse.ActionNode:
		k := c.pipe(n.Pipe, dot)
		if len(n.Pipe.Decl) == 0 && (k == varsKind || k == groupsKind) {
			c.add(rules.CodeTemplateField, n.Pipe, fmt.Sprintf("%s holds several values; name one of them", n.Pipe), "")
		}
	case *parse.IfNode:
		c.branch(&n.BranchNode, dot, func(kind) kind { return dot })
	case *parse.WithNode:
		c.branch(&n.BranchNode, dot, func(k kind) kind { return k })
	case *parse.RangeNode:
		c.loop(n, dot)
	case *parse.TemplateNode:
		c.add(rules.CodeTemplate, n, "{{template}} is not available", "named replies are shared by {use: name}")
	}
}

// branch walks if and with. Variables of the condition end with it.
func (c *checker) branch(b *parse.BranchNode, dot kind, inner func(kind) kind) {
	mark := len(c.vars)
	k := c.pipe(b.Pipe, dot)
	c.scoped(b.List, inner(k))
	c.scoped(b.ElseList, dot)
	c.vars = c.vars[:mark]
}

func (c *checker) scoped(l *parse.ListNode, dot kind) {
	mark := len(c.vars)
	c.list(l, dot)
	c.vars = c.vars[:mark]
}

// loop walks range and makes its list pass through eachEntry.
func (c *checker) loop(n *parse.RangeNode, dot kind) {
	mark := len(c.vars)
	k := c.pipe(n.Pipe, dot)
	entry, ok := k.entry()
	if !ok {
		c.add(rules.CodeTemplateFunc, n.Pipe, fmt.Sprintf("range needs a list, %s is %s", n.Pipe, k), `for the parts of a text: {{range splitList "," .Content}}`)
	}
	if decl := n.Pipe.Decl; len(decl) > 0 && !n.Pipe.IsAssign {
		c.setVar(decl[len(decl)-1].Ident[0], entry)
		if len(decl) > 1 {
			c.setVar(decl[0].Ident[0], k.key())
		}
	}
	before := c.nodes
	c.scoped(n.List, entry)
	work := roundWork + nodeWork*(c.nodes-before)
	c.vars = c.vars[:mark]
	c.scoped(n.ElseList, dot)
	n.Pipe.Cmds = append(n.Pipe.Cmds, &parse.CommandNode{
		NodeType: parse.NodeCommand,
		Pos:      n.Pipe.Pos,
		Args:     []parse.Node{parse.NewIdentifier(eachName).SetPos(n.Pipe.Pos), dollar(n.Pipe.Pos), whole(n.Pipe.Pos, work)},
	})
}

func whole(pos parse.Pos, n int) parse.Node {
	return &parse.NumberNode{NodeType: parse.NodeNumber, Pos: pos, IsInt: true, Int64: int64(n), Text: strconv.Itoa(n)}
}

func dollar(pos parse.Pos) parse.Node {
	return &parse.VariableNode{NodeType: parse.NodeVariable, Pos: pos, Ident: []string{"$"}}
}

// setVar gives the latest variable of that name its kind.
func (c *checker) setVar(name string, k kind) {
	for i := len(c.vars) - 1; i >= 0; i-- {
		if c.vars[i].name == name {
			c.vars[i].kind = k
			return
		}
	}
}

// pipe walks a pipeline and gives the kind of its value.
func (c *checker) pipe(p *parse.PipeNode, dot kind) kind {
	if p == nil {
		return anyKind
	}
	k := noKind
	for _, cmd := range p.Cmds {
		k = c.command(cmd, dot, k)
	}
	for _, v := range p.Decl {
		switch name := v.Ident[0]; {
		case name == "$":
			c.add(rules.CodeTemplate, v, "$ is the message and cannot be set", "")
		case !p.IsAssign:
			c.vars = append(c.vars, variable{name, k})
		case c.varKind(name) != k:
			c.setVar(name, anyKind)
		}
	}
	return k
}

func (c *checker) varKind(name string) kind {
	for i := len(c.vars) - 1; i >= 0; i-- {
		if c.vars[i].name == name {
			return c.vars[i].kind
		}
	}
	return anyKind
}

// command walks one command; final is what the command before it pipes in.
func (c *checker) command(cmd *parse.CommandNode, dot, final kind) kind {
	c.nodes += len(cmd.Args)
	args := make([]kind, 0, len(cmd.Args))
	for _, arg := range cmd.Args[1:] {
		args = append(args, c.value(arg, dot, nil))
	}
	if final != noKind {
		args = append(args, final)
	}
	if fn, ok := cmd.Args[0].(*parse.IdentifierNode); ok {
		return c.call(cmd, fn, args)
	}
	return c.value(cmd.Args[0], dot, args)
}

// value walks an operand and gives its kind. args are what it is applied to,
// which only a method takes.
func (c *checker) value(n parse.Node, dot kind, args []kind) kind {
	switch n := n.(type) {
	case *parse.FieldNode:
		return c.chain(n, dot, n.Ident, args)
	case *parse.VariableNode:
		if len(n.Ident) == 1 && n.Ident[0] != "$" {
			c.noArgs(n, args)
			return c.varKind(n.Ident[0])
		}
		return c.chain(n, c.varKind(n.Ident[0]), n.Ident[1:], args)
	case *parse.ChainNode:
		return c.chain(n, c.value(n.Node, dot, nil), n.Field, args)
	case *parse.DotNode:
		if dot == rootKind {
			return c.chain(n, dot, nil, args)
		}
		c.noArgs(n, args)
		return dot
	case *parse.PipeNode:
		c.noArgs(n, args)
		return c.pipe(n, dot)
	case *parse.IdentifierNode:
		c.add(rules.CodeTemplateFunc, n, fmt.Sprintf("the function %s as an argument needs parentheses: (%s …)", n.Ident, n.Ident), "")
		return anyKind
	}
	c.noArgs(n, args)
	return constantKind(n)
}

func (c *checker) noArgs(n parse.Node, args []kind) {
	if len(args) > 0 {
		c.add(rules.CodeTemplateFunc, n, fmt.Sprintf("%s is no function and takes no arguments", n), "")
	}
}

// chain walks .A.B from a value of the given kind.
func (c *checker) chain(n parse.Node, k kind, names []string, args []kind) kind {
	if len(names) == 0 && k == rootKind {
		c.add(rules.CodeTemplateField, n, "the dot is the whole message here; name a field of it", "for example .Content")
		return anyKind
	}
	for i, name := range names {
		var given []kind
		if i == len(names)-1 {
			given = args
		}
		k = c.member(n, k, name, given)
	}
	return k
}

// member gives the kind of .name of a value.
func (c *checker) member(n parse.Node, k kind, name string, args []kind) kind {
	if k == nowKind {
		return c.method(n, name, args)
	}
	c.noArgs(n, args)
	switch k {
	case rootKind:
		return c.field(n, name)
	case varsKind:
		c.checkVar(n, name)
		return textKind
	case groupsKind:
		c.checkGroup(n, name)
		return textKind
	}
	hint := ""
	if _, ok := fieldNamed(name); ok {
		hint = outerHint(name)
	}
	c.add(rules.CodeTemplateField, n, fmt.Sprintf("%s has no field .%s", k, name), hint)
	return anyKind
}

// outerHint tells how to read a field of the message where the dot is not the
// message.
func outerHint(name string) string {
	return fmt.Sprintf("inside {{with}} and {{range}} the dot is the value; the message's field is $.%s there", name)
}

// field checks a name at the top.
func (c *checker) field(n parse.Node, name string) kind {
	c.names[name] = true
	f, ok := fieldNamed(name)
	if !ok && c.known != nil {
		hint := fmt.Sprintf("a field that is not known yet can be read by {{field %q}}", name)
		if s := rules.Suggest(name, fieldNames()); s != "" {
			hint = "did you mean ." + s + "?"
		} else if strings.ContainsFunc(name, func(r rune) bool { return r >= utf8.RuneSelf }) {
			hint = "fields have WeChat's English names: the text that the user sent is .Content"
		}
		c.add(rules.CodeTemplateField, n, fmt.Sprintf("no push has a field .%s", name), hint)
	}
	switch f.of {
	case ofVars:
		c.usesVars = true
		return varsKind
	case ofMatch:
		return groupsKind
	case ofNow:
		return nowKind
	}
	return textKind
}

func (c *checker) checkVar(n parse.Node, name string) {
	if c.known != nil && !c.known.vars[name] {
		c.add(rules.CodeTemplateVar, n, fmt.Sprintf("no rule remembers a variable %q", name),
			didYouMean(".Vars.", name, slices.Collect(maps.Keys(c.known.vars))))
	}
}

func (c *checker) checkGroup(n parse.Node, name string) {
	if c.known != nil && !c.known.groups.names[name] {
		c.add(rules.CodeTemplateGroup, n, fmt.Sprintf("no regular expression here has a group %q", name),
			didYouMean(".Match.", name, slices.Collect(maps.Keys(c.known.groups.names))))
	}
}

// didYouMean lists what there is where nothing is alike.
func didYouMean(before, name string, names []string) string {
	if s := rules.Suggest(name, names); s != "" {
		return "did you mean " + before + s + "?"
	}
	if len(names) == 0 || len(names) > 10 {
		return ""
	}
	slices.Sort(names)
	return "there is " + before + strings.Join(names, ", "+before)
}
