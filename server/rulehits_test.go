package server

import (
	"fmt"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"wereply/rules"
)

// collected are the rule hits as Prometheus would see them, by rule.
func collected(t *testing.T, table *hitTable) map[string]float64 {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(table)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, family := range families {
		for _, m := range family.Metric {
			for _, label := range m.Label {
				if label.GetName() == "rule" {
					got[label.GetValue()] = m.Counter.GetValue()
				}
			}
		}
	}
	return got
}

func snapshotOf(names ...string) (*snapshot, []*ruleState) {
	acc := &account{name: "shop", rules: map[*rules.Rule]*ruleState{}}
	var states []*ruleState
	for i, name := range names {
		id := name
		if id == "" {
			id = fmt.Sprint("#", i)
		}
		states = append(states, &ruleState{})
		acc.rules[&rules.Rule{Name: name, ID: id}] = states[i]
	}
	return &snapshot{accounts: []*account{acc}}, states
}

func TestOnlyTheMostFiredRulesHaveLabels(t *testing.T) {
	names := []string{"", "other"}
	for i := range maxRuleLabels + 5 {
		names = append(names, fmt.Sprintf("r%04d", i))
	}
	snap, states := snapshotOf(names...)
	table := newHitTable()
	table.adopt(snap)
	if got := collected(t, table); len(got) != 1 || got["other"] != 0 {
		t.Errorf("before anything fired: %v", got)
	}
	for i, state := range states {
		for range 1 + i%3 {
			state.hits.add()
		}
	}
	states[len(states)-1].hits.fired.Store(5000)
	got := collected(t, table)
	if len(got) != maxRuleLabels+1 {
		t.Errorf("%d series, want %d", len(got), maxRuleLabels+1)
	}
	if got["r1004"] != 5000 {
		t.Errorf("the most fired has %v", got["r1004"])
	}
	if want := 1 + 2 + 5*1.; got["other"] != want { // unnamed, named other, and the five that fired least
		t.Errorf("others have %v, want %v", got["other"], want)
	}
}

func TestTheOtherSeriesNeverFalls(t *testing.T) {
	var names []string
	for i := range 2 * maxRuleLabels {
		names = append(names, fmt.Sprintf("r%04d", i))
	}
	snap, states := snapshotOf(names...)
	table := newHitTable()
	table.adopt(snap)
	last := 0.0
	for round := range 4 {
		for i, state := range states {
			if i/maxRuleLabels == round%2 { // the two halves overtake each other
				state.hits.fired.Add(uint64(100 * (round + 1)))
			}
		}
		other := collected(t, table)["other"]
		if other < last {
			t.Errorf("round %d: other fell from %v to %v", round, last, other)
		}
		last = other
	}
}

func TestHitsSurviveAReloadWithTheirRule(t *testing.T) {
	table := newHitTable()
	before, states := snapshotOf("stays", "goes")
	table.adopt(before)
	for _, s := range states {
		s.hits.add()
	}
	after, _ := snapshotOf("stays", "comes")
	table.adopt(after)
	if got := collected(t, table); got["stays"] != 1 || len(got) != 2 {
		t.Errorf("after a reload: %v", got)
	}
}
