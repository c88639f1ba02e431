package rules

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"

	"wereply/wechat"
)

type schema = jsonschema.Schema

// scalarOf gives the schema of a scalar, a new one each time; nil for what is
// none. Patterns are written so that RE2 and the regular expressions of
// editors understand them alike.
func scalarOf(t reflect.Type) *schema {
	if s, ok := scalars[t]; ok {
		return s()
	}
	return nil
}

var scalars = map[reflect.Type]func() *schema{
	reflect.TypeFor[textForm]():     func() *schema { return &schema{Ref: "#/$defs/text"} },
	reflect.TypeFor[someTextForm](): func() *schema { return &schema{Ref: "#/$defs/someText"} },
	reflect.TypeFor[nameForm]():     func() *schema { return &schema{Ref: "#/$defs/name"} },
	reflect.TypeFor[ruleNameForm](): func() *schema { return but(name(), "the name none is reserved", StateNone) },
	reflect.TypeFor[stateForm]():    func() *schema { return but(name(), "no conversation is ever in the state end", GotoEnd) },
	reflect.TypeFor[gotoForm]():     func() *schema { return but(name(), "none and * are no states of their own", StateNone, StateAny) },
	reflect.TypeFor[durationForm](): duration,
	reflect.TypeFor[boolForm]():     func() *schema { return anyOf(&schema{Type: "boolean"}, pattern(`^(true|false)$`, "")) },
	reflect.TypeFor[trueForm]():     func() *schema { return anyOf(&schema{Const: true}, pattern(`^true$`, "")) },

	reflect.TypeFor[msgTypeForm](): func() *schema { return anyCase(msgTypeNames) },
	reflect.TypeFor[eventForm](): func() *schema {
		return anyOf(enum(append(slices.Clone(eventNames), StateAny)...), name())
	},
	reflect.TypeFor[missesForm](): func() *schema { return whole(maxMisses) },
	reflect.TypeFor[regexForm]():  func() *schema { s := someText(); s.MaxLength = number(maxRegexBytes); return s },
	reflect.TypeFor[dayForm]():    day,
	reflect.TypeFor[timeOfDayForm](): func() *schema {
		return pattern(`^([01]?[0-9]|2[0-3]):[0-5][0-9]$|^24:00$`, `a time of day such as "9:00" or "18:30"`)
	},
	reflect.TypeFor[dateForm](): date,

	reflect.TypeFor[visibleForm]():  func() *schema { return visible(text(), `\S`, "") },
	reflect.TypeFor[mediaIDForm]():  mediaID,
	reflect.TypeFor[transferForm](): transfer,
	reflect.TypeFor[weightForm]():   func() *schema { return whole(maxWeight) },

	reflect.TypeFor[momentForm](): func() *schema {
		return pattern(`^[0-9]{4}-`+monthDay+`[ T][0-9]{1,2}:[0-5][0-9](:[0-5][0-9]([.,][0-9]+)?)?$`, "a day and a time: 2026-10-01 08:30")
	},
	reflect.TypeFor[pushTypeForm](): func() *schema { return anyCase(pushTypes()) },
	reflect.TypeFor[replyTypeForm](): func() *schema {
		return enum(append(slices.Clone(replyTypes), "transfer")...)
	},
	reflect.TypeFor[expectStateForm](): func() *schema { return but(text(), "no conversation is ever in the state end", GotoEnd) },

	reflect.TypeFor[storeForm](): func() *schema {
		return orVariable(enum(StoreMemory), pattern(`^rediss?://`, "memory, or redis://host:6379/0"))
	},
	reflect.TypeFor[addressForm](): func() *schema {
		return orVariable(pattern(`:[0-9]{1,5}$`, "an address such as :8080 or 127.0.0.1:8081"))
	},
	reflect.TypeFor[adminForm](): func() *schema {
		return orVariable(enum(AdminOff), pattern(`:[0-9]{1,5}$`, "off, or an address such as 127.0.0.1:8081"))
	},
	reflect.TypeFor[sizeForm](): func() *schema {
		return orVariable(&schema{Type: "integer", Minimum: "16384"}, pattern(`^[0-9]+ *(KiB|MiB)?$`, "a size: 1MiB, 512KiB or a number of bytes"))
	},
	reflect.TypeFor[flagForm](): func() *schema { return orVariable(&schema{Type: "boolean"}, pattern(`^(true|false)$`, "")) },
	reflect.TypeFor[urlForm](): func() *schema {
		return orVariable(pattern(`^[Hh][Tt][Tt][Pp][Ss]?://.`, "a whole address: http://host/path"))
	},
	reflect.TypeFor[spanForm]():   func() *schema { return orVariable(duration()) },
	reflect.TypeFor[kindForm]():   func() *schema { return orVariable(enum(accountKinds...)) },
	reflect.TypeFor[pathForm]():   func() *schema { return orVariable(pattern(`^/[^?#:*%\\ \t\n]*$`, "a plain path such as /weixin")) },
	reflect.TypeFor[aesKeyForm](): func() *schema { return orVariable(pattern(`^[A-Za-z0-9+/]{43}$`, "43 letters and digits")) },
	reflect.TypeFor[ageForm]():    func() *schema { return orVariable(enum("off"), duration()) },
	reflect.TypeFor[lateForm]():   func() *schema { return orVariable(enum(lateWays...)) },

	reflect.TypeFor[buttonTypeForm](): func() *schema { return enum(slices.Sorted(maps.Keys(buttonTypes))...) },
	reflect.TypeFor[buttonNameForm](): func() *schema { s := visible(text(), `\S`, ""); s.MaxLength = number(maxSubName); return s },
	reflect.TypeFor[webAddressForm](): func() *schema { return pattern(`^(https?://|$)`, "a whole address: https://host/path") },
}

// text is any scalar: YAML's numbers and truth values are taken as written.
func text() *schema {
	return &schema{Extras: map[string]any{"type": []string{"string", "number", "boolean"}}}
}

func someText() *schema {
	s := text()
	s.MinLength = number(1)
	return s
}

func name() *schema {
	s := visible(someText(), "^[^\\x00-\\x1f\\x7f]*$", "no line breaks")
	s.MaxLength = number(maxNameChars)
	return s
}

// visible adds a pattern that texts must fit.
func visible(s *schema, expr, say string) *schema {
	s.Pattern = expr
	if say != "" {
		s.Extras["patternErrorMessage"] = say
	}
	return s
}

// but excludes words; editors show why.
func but(s *schema, why string, words ...string) *schema {
	s.Not = enum(words...)
	s.Extras["errorMessage"] = why
	return s
}

func pattern(expr, say string) *schema {
	s := &schema{Type: "string", Pattern: expr}
	if say != "" {
		s.Extras = map[string]any{"patternErrorMessage": say}
	}
	return s
}

func enum(words ...string) *schema {
	s := &schema{}
	for _, w := range words {
		s.Enum = append(s.Enum, w)
	}
	return s
}

func anyOf(list ...*schema) *schema { return &schema{AnyOf: list} }

// whole is a number from 1 to high, also in quotes.
func whole(high int) *schema {
	return anyOf(&schema{Type: "integer", Minimum: "1", Maximum: jsonNumber(high)}, pattern(`^\+?0*[1-9][0-9]*$`, ""))
}

func duration() *schema {
	s := pattern(`^([0-9]{1,9}d)?([0-9]{1,9}h)?([0-9]{1,9}m)?([0-9]{1,9}s)?$`, "a duration such as 90s, 30m, 12h or 7d")
	s.AllOf = []*schema{{Pattern: "[1-9]"}}
	return s
}

const monthDay = `(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])`

func date() *schema {
	const each, one = monthDay, `[0-9]{4}-` + monthDay
	span := func(d string) string { return `^\s*` + d + `\s*(\.\.\s*` + d + `\s*)?$` }
	return pattern(span(one)+"|"+span(each), "2026-10-01, 2026-10-01..2026-10-07, or 10-01 for each year")
}

// day is completed by the short names.
func day() *schema {
	var short []string
	for i := range dayNames {
		short = append(short, dayNames[(i+1)%7][0])
	}
	one := `\s*` + caseless(slices.Collect(maps.Keys(dayByName))) + `\s*`
	sign := `(-|–|—|~|～|－|\.\.|至|到)`
	return anyOf(enum(short...), pattern("^"+one+"("+sign+one+")?$", dayFormsHint))
}

// anyCase is one of the words, in any letter case.
func anyCase(words []string) *schema {
	return anyOf(enum(words...), pattern("^"+caseless(slices.Clone(words))+"$", "one of "+strings.Join(words, ", ")))
}

// caseless is a group of words that fits them in any letter case.
func caseless(words []string) string {
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(len(b)-len(a), cmp.Compare(a, b)) })
	for i, w := range words {
		words[i] = regexp.MustCompile(`[a-z]`).ReplaceAllStringFunc(w, func(c string) string {
			return "[" + strings.ToUpper(c) + c + "]"
		})
	}
	return "(" + strings.Join(words, "|") + ")"
}

func mediaID() *schema {
	s := visible(text(), `\S`, "")
	s.AnyOf = []*schema{{Pattern: `\{\{`}, {
		Not:    &schema{Type: "string", Pattern: `://|\\|^/|^\.\./|/$`},
		Extras: map[string]any{"errorMessage": "a media id, or a file in the bot's folder such as media/cat.jpg"},
	}}
	return s
}

func transfer() *schema {
	s := someText()
	s.Not = &schema{Enum: []any{false, "false"}}
	return s
}

// orVariable also takes ${NAME}, alone or in a longer text; empty counts as not
// given.
func orVariable(list ...*schema) *schema {
	return anyOf(append(list, pattern(`^$|\$\{`, ""))...)
}

// pushTypes are the types that a test can send.
func pushTypes() []string {
	return slices.DeleteFunc(slices.Clone(msgTypeNames), func(name string) bool { return name == wechat.MsgUnsupported })
}

func jsonNumber(n int) json.Number { return json.Number(fmt.Sprint(n)) }
