package engine

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"text/template/parse"

	"wereply/rules"
)

// kind is what the walk knows of a value's type.
type kind uint8

const (
	noKind  kind = iota // no value
	anyKind             // only known when it runs
	rootKind
	textKind
	numberKind
	floatKind
	boolKind
	nowKind
	varsKind
	groupsKind
	textsKind
	listKind
)

var kindWords = [...]string{"nothing", "a value", "the message", "a text", "a whole number", "a decimal number", "true or false", "a time", "the variables", "the groups", "a list of texts", "a list"}

func (k kind) String() string { return kindWords[k] }

// entry gives the kind of what a loop over k sees.
func (k kind) entry() (kind, bool) {
	switch k {
	case varsKind, groupsKind, textsKind:
		return textKind, true
	case listKind, anyKind:
		return anyKind, true
	}
	return anyKind, false
}

// key gives the kind of a loop's first variable of two.
func (k kind) key() kind {
	switch k {
	case varsKind, groupsKind:
		return textKind
	case textsKind, listKind:
		return numberKind
	}
	return anyKind
}

func constantKind(n parse.Node) kind {
	switch n := n.(type) {
	case *parse.StringNode:
		return textKind
	case *parse.NumberNode:
		if strings.ContainsAny(n.Text, ".eEpP") && !strings.HasPrefix(n.Text, "0x") {
			return floatKind
		}
		return numberKind
	case *parse.BoolNode:
		return boolKind
	}
	return anyKind
}

// kindOfType gives the kind of the values of a Go type.
func kindOfType(t reflect.Type) kind {
	if t == reflect.TypeFor[Now]() {
		return nowKind
	}
	switch t.Kind() {
	case reflect.String:
		return textKind
	case reflect.Bool:
		return boolKind
	case reflect.Int, reflect.Int64:
		return numberKind
	case reflect.Float64:
		return floatKind
	case reflect.Slice:
		if t.Elem().Kind() == reflect.String {
			return textsKind
		}
		return listKind
	}
	return anyKind
}

// builtins are the functions that text/template itself runs: how many
// arguments they take, and what they give. A kind of anyKind depends on the
// arguments.
var builtins = map[string]struct {
	least, most int
	result      kind
}{
	"and": {1, 1 << 10, anyKind}, "or": {1, 1 << 10, anyKind}, "not": {1, 1, boolKind},
	"index": {2, 3, anyKind},
	"eq":    {2, 1 << 10, boolKind}, "ne": {2, 2, boolKind},
	"lt": {2, 2, boolKind}, "le": {2, 2, boolKind}, "gt": {2, 2, boolKind}, "ge": {2, 2, boolKind},
}

// byName finds a function of the table.
var byName = func() map[string]*Function {
	m := make(map[string]*Function, len(functions))
	for i := range functions {
		m[functions[i].Name] = &functions[i]
	}
	return m
}()

// call checks the call of a function and gives it the root as first argument.
func (c *checker) call(cmd *parse.CommandNode, fn *parse.IdentifierNode, args []kind) kind {
	f := byName[fn.Ident]
	switch {
	case f == nil:
		c.unknownFunction(fn)
		return anyKind
	case f.call == nil:
		return c.builtin(fn, args)
	}
	if fn.Ident == "group" {
		c.checkGroupNumber(cmd)
	}
	t := reflect.TypeOf(f.call)
	params := make([]reflect.Type, 0, t.NumIn())
	for i := range t.NumIn() {
		if p := t.In(i); p != reflect.TypeFor[root]() {
			params = append(params, p)
		}
	}
	c.checkArgs(fn, f, params, t.IsVariadic(), args)
	cmd.Args = append([]parse.Node{fn, dollar(fn.Pos)}, cmd.Args[1:]...)
	return resultKind(f, t, args)
}

// resultKind looks through the functions that give one of their arguments.
func resultKind(f *Function, t reflect.Type, args []kind) kind {
	switch f.Name {
	case "default", "coalesce":
		return common(args)
	case "ternary":
		return common(args[:min(2, len(args))])
	}
	return kindOfType(t.Out(0))
}

// common gives the kind that all have.
func common(kinds []kind) kind {
	for _, k := range kinds {
		if k != kinds[0] {
			return anyKind
		}
	}
	if len(kinds) == 0 {
		return anyKind
	}
	return kinds[0]
}

func (c *checker) unknownFunction(fn *parse.IdentifierNode) {
	names := make([]string, len(functions))
	for i := range functions {
		names[i] = functions[i].Name
	}
	hint := ""
	if field := fieldLike(fn.Ident); field != "" {
		hint = "a field begins with a dot: ." + field
	} else if s := rules.Suggest(fn.Ident, names); s != "" {
		hint = fmt.Sprintf("did you mean %s?", s)
	}
	c.add(rules.CodeTemplateFunc, fn, fmt.Sprintf("templates have no function %q", fn.Ident), hint)
}

// fieldLike gives the field that differs from a name by letter case at most.
func fieldLike(name string) string {
	for _, field := range fieldNames() {
		if strings.EqualFold(field, name) {
			return field
		}
	}
	return ""
}

func (c *checker) builtin(fn *parse.IdentifierNode, args []kind) kind {
	b := builtins[fn.Ident]
	if len(args) < b.least || len(args) > b.most {
		c.wrongCount(fn, byName[fn.Ident], len(args))
		return anyKind
	}
	switch fn.Ident {
	case "and", "or":
		return common(args)
	case "eq", "ne", "lt", "le", "gt", "ge":
		c.checkComparison(fn, args)
	case "index":
		if entry, ok := args[0].entry(); ok {
			return entry
		}
		c.add(rules.CodeTemplateFunc, fn, fmt.Sprintf("index needs a list, not %s", args[0]), "characters of a text: substr 0 1 .Content")
	}
	return b.result
}

// checkComparison catches what text/template would only tell when it runs:
// fields are texts, also where digits stand in them.
func (c *checker) checkComparison(fn *parse.IdentifierNode, args []kind) {
	for _, k := range args[1:] {
		if first := args[0]; k != first && k != anyKind && first != anyKind {
			c.add(rules.CodeTemplateFunc, fn, fmt.Sprintf("%s cannot compare %s with %s", fn.Ident, first, k),
				fmt.Sprintf(`texts with texts: {{%s .Scene "1"}}, whole numbers: {{%[1]s (int .Scene) 1}}, decimal ones: {{%[1]s (float64 .Label) 1.0}}`, fn.Ident))
			return
		}
	}
}

func (c *checker) wrongCount(fn *parse.IdentifierNode, f *Function, n int) {
	c.add(rules.CodeTemplateFunc, fn, fmt.Sprintf("%s cannot take %d %s", f.Name, n, plural("argument", n)), "for example {{"+f.Usage+"}}")
}

func plural(word string, n int) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// checkArgs checks number and kinds of the arguments of a function.
func (c *checker) checkArgs(fn *parse.IdentifierNode, f *Function, params []reflect.Type, variadic bool, args []kind) {
	if len(args) < len(params) && !(variadic && len(args) == len(params)-1) || len(args) > len(params) && !variadic {
		c.wrongCount(fn, f, len(args))
		return
	}
	for i, k := range args {
		p := params[min(i, len(params)-1)]
		if variadic && i >= len(params)-1 {
			p = params[len(params)-1].Elem()
		}
		if !takes(p, k) {
			c.add(rules.CodeTemplateFunc, fn, fmt.Sprintf("argument %d of %s is %s, not %s", i+1, f.Name, kindOfType(p), k), "for example {{"+f.Usage+"}}")
		}
	}
}

// takes reports whether a parameter may get a value of the kind.
func takes(p reflect.Type, k kind) bool {
	want := kindOfType(p)
	return want == anyKind || k == anyKind || want == k
}

// checkGroupNumber checks a group that is given as a plain number.
func (c *checker) checkGroupNumber(cmd *parse.CommandNode) {
	if c.known == nil || len(cmd.Args) < 2 {
		return
	}
	number, ok := cmd.Args[1].(*parse.NumberNode)
	if !ok || !number.IsInt || number.Int64 >= 0 && number.Int64 <= int64(c.known.groups.count) {
		return
	}
	msg := "no regular expression here has groups"
	if n := c.known.groups.count; n > 0 {
		msg = fmt.Sprintf("the regular expressions here have %d %s, not %s", n, plural("group", n), number)
	}
	c.add(rules.CodeTemplateGroup, number, msg, "")
}

// parseError takes the line and the message out of what text/template says
// about a template that it cannot read: "template: t:3: message".
func parseError(err error) (line int, msg string) {
	msg = strings.TrimPrefix(err.Error(), "template: "+templateName+":")
	number, rest, ok := strings.Cut(msg, ": ")
	if n, err := strconv.Atoi(number); ok && err == nil {
		return n, rest
	}
	return 1, msg
}
