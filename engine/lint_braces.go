package engine

import (
	"fmt"
	"regexp"
	"strings"

	"wereply/rules"
)

// braced is a name as other programs write their fields: {Content},
// {.Content}, ${Content}, and all of it full-width.
var braced = regexp.MustCompile(`[$＄]?[{｛]+[ \t]*[.．]?([A-Za-z]\w*(?:\.\w+)?)[ \t]*[}｝]+`)

// lintBraces tells of fields that are no template, and so are said as they are
// written. Names that templates do not have are text.
func (l *linter) lintBraces(rule, file string, texts []rules.Text) {
	for _, t := range texts {
		if !strings.ContainsAny(t.Source, "{｛") {
			continue
		}
		for _, at := range braced.FindAllStringSubmatchIndex(masked(t.Source), -1) {
			written, name := t.Source[at[0]:at[1]], t.Source[at[2]:at[3]]
			if _, ok := plainField("." + name); !ok {
				continue
			}
			hint := fmt.Sprintf("{{.%s}}", name)
			if !t.Block && !t.Quoted {
				hint += ", and quotes around the whole text"
			}
			l.add(rules.CodeSingleBraces, rule, place(file, t, at[0]),
				fmt.Sprintf("“%s” is text and stays as it is: a field of the message stands in two braces on each side, with a dot", written),
				fmt.Sprintf("%s\nif it is meant as it is: {{`%s`}}", hint, written))
		}
	}
}

// templates are the fields of a reply that may be templates.
func (f *leaf) templates() []rules.Text {
	list := f.texts()
	for _, a := range f.addresses() {
		list = append(list, a.text)
	}
	if m := f.Extras().Media; m != nil {
		list = append(list, m.ID, m.AppID, m.PagePath)
	}
	return list
}

func (l *linter) lintRemembered(r *rules.Rule) {
	for _, v := range r.Extras().Remember {
		l.lintBraces(r.Name, r.Pos().File, []rules.Text{v.Value})
	}
}
