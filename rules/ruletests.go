package rules

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

var (
	stepFields = fieldsOf[stepForm]()
	testFields = fieldsOf[testForm]()
)

// maxAfter bounds the time between two steps of a test.
const maxAfter = 366 * 24 * time.Hour

func (r *reader) tests(n *yaml.Node) []*Test {
	items, _ := r.items(n, "`tests`")
	var list []*Test
	for _, item := range items {
		if t := r.test(item); t != nil {
			list = append(list, t)
		}
	}
	return list
}

// test reads a test of one message, or one with steps.
func (r *reader) test(n *yaml.Node) *Test {
	t := &Test{Pos: r.pos(n)}
	var single Step
	steps := has(n, "steps")
	ok := r.fields(n, whatTest, testFields, func(key string, k, v *yaml.Node) {
		switch key {
		case "name":
			t.Name, _ = r.name(v, "`name`")
		case "account":
			t.Account, _ = r.name(v, "`account`")
		case "steps":
			t.Steps = r.steps(v)
		case "send", "expect":
			if steps {
				r.add(CodeCombination, k, fmt.Sprintf("`%s` belongs into the entries of `steps`", key), "steps: [{send: …, expect: …}]")
				return
			}
			r.stepField(&single, key, v)
		default:
			r.stepField(&single, key, v)
		}
	})
	switch {
	case !ok:
		return nil
	case !steps:
		single.At = t.Pos.At
		r.require(n, whatTest, "send", "expect")
		t.Steps = []Step{single}
	default:
		r.shareWithSteps(n, t, single)
	}
	return t
}

// shareWithSteps gives the steps what stands beside them: at is the time of
// the first, webhook the answers of all.
func (r *reader) shareWithSteps(n *yaml.Node, t *Test, shared Step) {
	for i := range t.Steps {
		s := &t.Steps[i]
		if i == 0 && !shared.Time.IsZero() {
			if !s.Time.IsZero() {
				r.add(CodeCombination, value(n, "at"), "`at` stands at the test and at its first step", "delete one of them")
			}
			s.Time = shared.Time
		}
		if shared.Webhook != nil {
			answers := maps.Clone(shared.Webhook)
			maps.Copy(answers, s.Webhook)
			s.Webhook = answers
		}
	}
}

func (r *reader) steps(n *yaml.Node) []Step {
	items, _ := r.items(n, "`steps`")
	list := make([]Step, 0, len(items))
	asks := len(items) == 0
	for i, item := range items {
		s := Step{At: r.at(item)}
		ok := r.fields(item, whatStep, stepFields, func(key string, k, v *yaml.Node) {
			if r.stepField(&s, key, v); key == "after" && i == 0 {
				r.add(CodeCombination, k, "the first step has nothing to come `after`", "`at` sets the time of the first step")
			}
		})
		if !ok {
			continue
		}
		r.require(item, whatStep, "send")
		if has(item, "at") && has(item, "after") {
			r.add(CodeCombination, value(item, "after"), "a step has either `at` or `after`", "delete one of them")
		}
		asks = asks || has(item, "expect")
		list = append(list, s)
	}
	if !asks {
		r.add(CodeMissing, n, "no step of this test says what it expects", "add `expect` to one of them at least")
	}
	return list
}

func (r *reader) stepField(s *Step, key string, v *yaml.Node) {
	switch key {
	case "send":
		r.send(v, s)
	case "expect":
		s.Expect = r.expect(v)
	case "after":
		s.After, _ = r.duration(v, "`after`", time.Second, maxAfter)
	case "at":
		s.Time = r.moment(v)
	case "webhook":
		s.Webhook = map[string]string{}
		r.entries(v, "`webhook`", func(name string, k, v *yaml.Node) {
			s.Webhook[name], _ = r.text(v, "`"+name+"`")
		})
	}
}

var momentLayouts = []string{"2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05"}

// moment reads a day and a time of day. Its wall clock counts, in the bot's zone.
func (r *reader) moment(n *yaml.Node) time.Time {
	s, ok := r.text(n, "`at`")
	if !ok {
		return time.Time{}
	}
	for _, layout := range momentLayouts {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 1970 {
			return t
		}
	}
	hint := "at: 2026-10-01 08:30"
	if _, ok := parseDate(datePattern.FindStringSubmatch(s)); ok && strings.Count(s, "-") == 2 {
		hint = fmt.Sprintf("at: %s 12:00", s)
	} else if _, ok := parseTimeOfDay(s); ok {
		hint = fmt.Sprintf("at: 2026-01-07 %05s", s)
	}
	r.add(CodeDate, n, fmt.Sprintf("`at` must be a day and a time, not %q", s), hint)
	return time.Time{}
}
