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

func snapshotOf(names ...string) *snapshot {
	acc := &account{name: "shop"}
	for i, name := range names {
		acc.rules = append(acc.rules, &rules.Rule{Name: name, Hash: uint64(i)})
	}
	return &snapshot{accounts: []*account{acc}}
}

// adopted is a table for the rules with these names, and their counters.
func adopted(names ...string) (*hitTable, []*ruleHits) {
	table, snap := newHitTable(), snapshotOf(names...)
	table.adopt(snap)
	var hits []*ruleHits
	for _, r := range snap.accounts[0].rules {
		hits = append(hits, table.of("shop", r))
	}
	return table, hits
}

func TestOnlyTheMostFiredRulesHaveLabels(t *testing.T) {
	names := []string{"", "other"}
	for i := range maxRuleLabels + 5 {
		names = append(names, fmt.Sprintf("r%04d", i))
	}
	table, hits := adopted(names...)
	if got := collected(t, table); len(got) != 1 || got["other"] != 0 {
		t.Errorf("before anything fired: %v", got)
	}
	for i, h := range hits {
		for range 1 + i%3 {
			h.add()
		}
	}
	hits[len(hits)-1].fired.Store(5000)
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
	table, hits := adopted(names...)
	last := 0.0
	for round := range 4 {
		for i, h := range hits {
			if i/maxRuleLabels == round%2 { // the two halves overtake each other
				h.fired.Add(uint64(100 * (round + 1)))
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
	table, hits := adopted("stays", "goes")
	for _, h := range hits {
		h.add()
	}
	after := snapshotOf("stays", "comes")
	table.adopt(after)
	if got := collected(t, table); got["stays"] != 1 || len(got) != 2 {
		t.Errorf("after a reload: %v", got)
	}
	if table.of("shop", after.accounts[0].rules[0]) != hits[0] {
		t.Error("the rule that stays has another counter")
	}
	table.adopt(&snapshot{})
	table.of("shop", after.accounts[0].rules[0]).add()
	if got := collected(t, table); len(got) != 0 {
		t.Errorf("an account that is gone is counted: %v", got)
	}
}
