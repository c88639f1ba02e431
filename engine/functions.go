package engine

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"text/template"
	"unicode/utf8"

	sprig "github.com/go-task/slim-sprig/v3"
)

// Function is a function of templates. Usage shows its arguments.
type Function struct {
	Name, Usage, Doc string
	call             any   // nil: text/template's own
	guard            guard // nil: nothing beyond the size of the arguments
}

// guard tells before a call how many bytes the result may have and how much
// work the call is, for functions whose result or work can be more than a small
// multiple of their arguments.
type guard func(args []reflect.Value) (size, work int)

// lib finds a function of slim-sprig, the library that operators know from
// Helm and Task.
func lib(name string) any { return library[name] }

var library = sprig.GenericFuncMap()

// functions are all functions that a template can call. They are pure: no
// environment, file, network, clock or randomness. And bounded: what a call may
// take in and give is limited, and all calls of one rendering together.
var functions = []Function{
	{"field", `field "ScanCodeInfo.ScanResult"`, "a field of the push by name or path, also one that WeChat added of late", fieldOf, nil},
	{"group", "group 1", "a group of the regular expression that matched; 0 is all of the match", groupOf, nil},

	{"trim", "trim .Content", "without outer white space", lib("trim"), nil},
	{"trimAll", `trimAll "*" .Content`, "without these characters at both ends", lib("trimAll"), nil},
	{"trimPrefix", `trimPrefix "#" .Content`, "without this beginning", lib("trimPrefix"), nil},
	{"trimSuffix", `trimSuffix "吗" .Content`, "without this end", lib("trimSuffix"), nil},
	{"upper", "upper .Content", "in capitals", lib("upper"), nil},
	{"lower", "lower .Content", "in small letters", lib("lower"), nil},
	{"title", "title .Content", "each word with a capital", lib("title"), nil},
	{"substr", "substr 0 5 .Content", "the characters from the first number up to the second; -1 is the end", substr, nil},
	{"trunc", "trunc 5 .Content", "the first characters, with a negative number the last", trunc, nil},
	{"replace", `replace "旧" "新" .Content`, "every one of the first replaced by the second", lib("replace"), guardReplace},
	{"repeat", `repeat 3 "★"`, "so many times", lib("repeat"), guardRepeat},
	{"indent", "indent 2 .Content", "each line with so many spaces before it", lib("indent"), guardIndent},
	{"contains", `contains "价" .Content`, "whether it stands in the text", lib("contains"), nil},
	{"hasPrefix", `hasPrefix "#" .Content`, "whether the text begins so", lib("hasPrefix"), nil},
	{"hasSuffix", `hasSuffix "吗" .Content`, "whether the text ends so", lib("hasSuffix"), nil},
	{"quote", "quote .Content", "in double quotes", lib("quote"), nil},
	{"squote", "squote .Content", "in single quotes", lib("squote"), nil},
	{"cat", "cat .Label .Rest", "joined with spaces", lib("cat"), nil},
	{"plural", `plural "item" "items" 2`, "the first when the number is 1, else the second", lib("plural"), nil},
	{"toString", "toString 1.5", "as text", lib("toString"), nil},

	{"default", `default "朋友" .Vars.name`, "the second, or the first when that is empty", lib("default"), nil},
	{"coalesce", "coalesce .Recognition .Content", "the first that is not empty", lib("coalesce"), nil},
	{"ternary", `ternary "是" "否" true`, "the first when the third is true, else the second", lib("ternary"), nil},
	{"empty", "empty .Scene", "whether it is empty", lib("empty"), nil},
	{"all", "all .Vars.name .Vars.phone", "whether none is empty", lib("all"), nil},
	{"any", "any .Vars.name .Vars.phone", "whether one is not empty", lib("any"), nil},

	{"int", "int .Vars.count", "as whole number, 0 when it is none", lib("int"), nil},
	{"int64", "int64 .Vars.count", "as whole number, 0 when it is none", lib("int64"), nil},
	{"float64", "float64 .Location_X", "as number, 0 when it is none", lib("float64"), nil},
	{"atoi", "atoi .Vars.count", "as whole number, 0 when it is none", lib("atoi"), nil},
	{"add", "add 1 2", "the sum of whole numbers", lib("add"), nil},
	{"add1", "add1 .Vars.count", "one more", lib("add1"), nil},
	{"sub", "sub 3 2", "the first less the second", lib("sub"), nil},
	{"mul", "mul 2 3", "the product", lib("mul"), nil},
	{"div", "div 7 2", "the whole quotient; by 0 is an error", lib("div"), nil},
	{"mod", "mod 7 2", "the rest of the division; by 0 is an error", lib("mod"), nil},
	{"max", "max 1 2", "the largest", lib("max"), nil},
	{"min", "min 1 2", "the smallest", lib("min"), nil},
	{"floor", "floor 1.5", "rounded down", lib("floor"), nil},
	{"ceil", "ceil 1.5", "rounded up", lib("ceil"), nil},
	{"round", "round 1.55 1", "rounded to so many decimals", lib("round"), nil},

	{"list", "list 1 2 3", "a list", lib("list"), nil},
	{"splitList", `splitList "," .Content`, "the parts between separators", lib("splitList"), nil},
	{"join", `join "、" (list 1 2)`, "the entries as one text", lib("join"), guardJoin},
	{"sortAlpha", "sortAlpha (list 2 1)", "sorted as texts", lib("sortAlpha"), nil},
	{"first", "first (list 1 2)", "the first entry", lib("first"), nil},
	{"last", "last (list 1 2)", "the last entry", lib("last"), nil},
	{"rest", "rest (list 1 2)", "all but the first entry", lib("rest"), nil},
	{"initial", "initial (list 1 2)", "all but the last entry", lib("initial"), nil},
	{"reverse", "reverse (list 1 2)", "the other way round", lib("reverse"), nil},
	{"uniq", "uniq (list 1 1)", "each entry once", lib("uniq"), guardPairs},
	{"compact", `compact (list 1 "")`, "without empty entries", lib("compact"), nil},
	{"without", "without (list 1 2) 2", "without these entries", lib("without"), guardPairs},
	{"concat", "concat (list 1) (list 2)", "lists one after the other", lib("concat"), nil},
	{"has", "has 2 (list 1 2)", "whether it is in the list", lib("has"), nil},

	{"b64enc", "b64enc .FromUserName", "in Base64", lib("b64enc"), nil},
	{"sha256sum", "sha256sum .FromUserName", "SHA-256 in hex", lib("sha256sum"), nil},
	{"urlquery", "urlquery .Content", "escaped for the query of a link", template.URLQueryEscaper, nil},
	{"html", "html .Content", "with < > & and quotes escaped for HTML", template.HTMLEscaper, nil},
	{"js", "js .Content", "escaped for a JavaScript string", template.JSEscaper, nil},

	{"print", "print 1 2", "as text, one after the other", fmt.Sprint, nil},
	{"println", "println 1 2", "as text, with spaces and a new line", fmt.Sprintln, nil},
	{"printf", `printf "%.1f" 1.25`, "formatted; widths are limited", formatted, guardPrintf},
	{"len", "len .Content", "the number of characters of a text, or of entries of a list", length, nil},

	{"index", "index (list 1 2) 0", "the entry with this number, or of this name", nil, nil},
	{"and", "and .Scene .Ticket", "the first that is empty, else the last", nil, nil},
	{"or", `or .Recognition "未识别"`, "the first that is not empty, else the last", nil, nil},
	{"not", "not .Scene", "whether it is empty", nil, nil},
	{"eq", `eq .Scene "1" "2"`, "whether the first equals one of the others", nil, nil},
	{"ne", `ne .Scene "1"`, "whether they differ", nil, nil},
	{"lt", "lt .Now.Hour 12", "less than", nil, nil},
	{"le", "le .Now.Hour 12", "at most", nil, nil},
	{"gt", "gt .Now.Hour 12", "greater than", nil, nil},
	{"ge", "ge .Now.Hour 12", "at least", nil, nil},
}

// Functions lists the functions of templates, for documents and editors.
func Functions() []Function { return slices.Clone(functions) }

// fieldOf and groupOf get the root of the template as their first argument.
func fieldOf(r root, name string) string { return r.scope().m.Field(name) }

func groupOf(r root, n int) string {
	if found := r.scope().match.regexes.submatches(); n >= 0 && n < len(found) {
		return found[n]
	}
	return ""
}

// substr and trunc count characters, where the library's count bytes and would
// cut a Chinese character in two.
func substr(from, to int, s string) string {
	runes := []rune(s)
	if to < 0 || to > len(runes) {
		to = len(runes)
	}
	from = min(max(from, 0), to)
	return string(runes[from:to])
}

func trunc(n int, s string) string {
	runes := []rune(s)
	if n < 0 {
		return string(runes[max(0, len(runes)+max(n, -len(runes))):])
	}
	return string(runes[:min(n, len(runes))])
}

// formatted is fmt.Sprintf for values that have no address to print: %p and
// %#v would tell where in memory a list or a time zone is.
func formatted(format string, args ...any) string {
	for i, arg := range args {
		switch reflect.ValueOf(arg).Kind() {
		case reflect.Slice, reflect.Map, reflect.Struct:
			args[i] = fmt.Sprint(arg)
		}
	}
	return fmt.Sprintf(format, args...)
}

// length counts characters too.
func length(v any) (int, error) {
	switch v := reflect.ValueOf(v); v.Kind() {
	case reflect.String:
		return utf8.RuneCountInString(v.String()), nil
	case reflect.Slice, reflect.Map:
		return v.Len(), nil
	}
	return 0, fmt.Errorf("neither a text nor a list")
}

func guardRepeat(args []reflect.Value) (size, work int) {
	return product(int(args[0].Int()), args[1].Len()), 0
}

func guardReplace(args []reflect.Value) (size, work int) {
	from, to, in := args[0].String(), args[1].String(), args[2].String()
	return len(in) + product(strings.Count(in, from), len(to)), 0
}

func guardIndent(args []reflect.Value) (size, work int) {
	in := args[1].String()
	return len(in) + product(int(args[0].Int()), strings.Count(in, "\n")+1), 0
}

func guardJoin(args []reflect.Value) (size, work int) {
	return product(args[0].Len(), entries(args[1])), 0
}

func guardPairs(args []reflect.Value) (size, work int) {
	n := 0
	for _, arg := range args {
		n += entries(arg)
	}
	return 0, product(n, n)
}

// guardPrintf adds up the widths and precisions that the format names, and
// every argument once for each verb. A width from an argument counts as large.
func guardPrintf(args []reflect.Value) (size, work int) {
	format := args[0].String()
	verbs, width := strings.Count(format, "%"), 0
	for i := 0; i < len(format); i++ {
		n := 0
		for ; i < len(format) && '0' <= format[i] && format[i] <= '9'; i++ {
			n = min(10*n+int(format[i]-'0'), maxRendered)
		}
		width += n
	}
	if verbs > 0 && strings.Contains(format, "*") {
		width = max(width, maxRendered+1)
	}
	return len(format) + width + product(verbs, sizeOf(args[1], maxRendered)), 0
}

// entries counts the entries of a list.
func entries(v reflect.Value) int {
	for v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if v.Kind() == reflect.Slice {
		return v.Len()
	}
	return 1
}

// product multiplies without overflow; what is negative or huge becomes more
// than any limit.
func product(a, b int) int {
	if a < 0 || a > 1<<20 || b > 1<<20 {
		return 1 << 40
	}
	return a * b
}

var errTooMuch = errors.New("the template does too much work")
