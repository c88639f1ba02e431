package rules

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

var windowFields = fieldsOf[windowForm]()

const endOfDay = 24 * 60 // 24:00 in minutes

func (r *reader) windows(n *yaml.Node) []Window {
	var list []Window
	r.oneOrMany(n, "`time`", func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode && !isNull(n) && r.isPlainYAML(n) {
			hint := looseWindow(n.Value)
			if hint == "" {
				hint = `time: {days: mon-fri, from: "9:00", to: "18:00"}`
			}
			r.add(CodeShape, n, "`time` must have days, from, to or dates", hint)
			return
		}
		if w, ok := r.window(n); ok {
			list = append(list, w)
		}
	})
	return list
}

func (r *reader) window(n *yaml.Node) (w Window, ok bool) {
	w.At = r.at(n)
	good := true // what was read is worth comparing
	ok = r.fields(n, "`time`", windowFields, func(key string, k, v *yaml.Node) {
		switch key {
		case "days":
			r.oneOrMany(v, "`days`", func(n *yaml.Node) { w.Days |= r.days(n) })
		case "from":
			w.From, w.HasFrom = r.timeOfDay(v, "`from`")
			good = good && w.HasFrom
		case "to":
			w.To, w.HasTo = r.timeOfDay(v, "`to`")
			good = good && w.HasTo
		case "dates":
			r.oneOrMany(v, "`dates`", func(n *yaml.Node) {
				if d, ok := r.dates(n); ok {
					w.Dates = append(w.Dates, d)
				}
			})
		}
	})
	if ok && good {
		r.checkWindow(n, w)
	}
	return w, ok
}

// checkWindow refuses windows in which no moment lies. A missing from is 00:00, a
// missing to 24:00.
func (r *reader) checkWindow(n *yaml.Node, w Window) {
	switch {
	case w.HasFrom && w.From == endOfDay:
		r.add(CodeTimeOfDay, value(n, "from"), "`from` cannot be 24:00", "the day begins at 00:00")
	case w.HasFrom && w.HasTo && w.From == w.To:
		r.add(CodeTimeOfDay, value(n, "to"), fmt.Sprintf("`from` and `to` are both %02d:%02d, so no time lies between them", w.To/60, w.To%60), "for the whole day: from: 00:00, to: 24:00")
	case !w.HasFrom && w.HasTo && w.To == 0:
		r.add(CodeTimeOfDay, value(n, "to"), "no time lies before 00:00", "for the end of the day write 24:00")
	}
}
