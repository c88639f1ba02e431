package engine

import (
	"fmt"
	"reflect"
	"text/template/parse"
	"time"

	"wereply/rules"
)

// Now is .Now of templates: CreateTime of the message in the bot's time zone.
// It prints as 2006-01-02 15:04:05.
type Now struct{ t time.Time }

func (n Now) String() string        { return n.t.Format(time.DateTime) }
func (n Now) Year() int             { return n.t.Year() }
func (n Now) Month() time.Month     { return n.t.Month() }
func (n Now) Day() int              { return n.t.Day() }
func (n Now) YearDay() int          { return n.t.YearDay() }
func (n Now) Weekday() time.Weekday { return n.t.Weekday() }
func (n Now) Hour() int             { return n.t.Hour() }
func (n Now) Minute() int           { return n.t.Minute() }
func (n Now) Second() int           { return n.t.Second() }
func (n Now) Unix() int64           { return n.t.Unix() }

// Format gives the time by a layout of Go. The length of the layout is its
// work, which nobody counts, so it is bounded.
func (n Now) Format(layout string) (string, error) {
	if len(layout) > maxLayout {
		return "", fmt.Errorf("the layout of a time is longer than %d bytes", maxLayout)
	}
	return n.t.Format(layout), nil
}

const maxLayout = 200

// AddDate gives the time so many years, months and days later.
func (n Now) AddDate(years, months, days int) Now { return Now{n.t.AddDate(years, months, days)} }

// method checks a call of .Now.name.
func (c *checker) method(n parse.Node, name string, args []kind) kind {
	t := reflect.TypeFor[Now]()
	m, ok := t.MethodByName(name)
	if !ok {
		names := make([]string, t.NumMethod())
		for i := range names {
			names[i] = t.Method(i).Name
		}
		hint := didYouMean(".Now.", name, names)
		if _, ok := fieldNamed(name); ok {
			hint = outerHint(name)
		}
		c.add(rules.CodeTemplateField, n, fmt.Sprintf(".Now has no field .%s", name), hint)
		return anyKind
	}
	params := m.Type.NumIn() - 1
	if len(args) != params {
		c.add(rules.CodeTemplateFunc, n, fmt.Sprintf(".Now.%s takes %d %s, not %d", name, params, plural("argument", params), len(args)), "")
		return anyKind
	}
	for i, k := range args {
		if p := m.Type.In(i + 1); !takes(p, k) {
			c.add(rules.CodeTemplateFunc, n, fmt.Sprintf("argument %d of .Now.%s is %s, not %s", i+1, name, kindOfType(p), k), "")
		}
	}
	return kindOfType(m.Type.Out(0))
}
