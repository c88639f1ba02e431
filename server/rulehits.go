package server

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"wereply/rules"
)

// maxRuleLabels bounds the rules that have a time series of their own.
const maxRuleLabels = 1000

// otherRules is the label of those that have none.
const otherRules = "other"

// hitTable counts how often rules fired, across reloads. The named rules that
// fired most have series of their own; what the others gain is added to one
// series, which therefore never falls, whoever is among the most fired.
type hitTable struct {
	desc *prometheus.Desc

	mu       sync.Mutex
	accounts map[string]map[string]*ruleHits // by account and rule ID
	others   map[string]uint64               // by account
}

// ruleHits counts one rule.
type ruleHits struct {
	account, rule string // rule "" = unnamed
	fired         atomic.Uint64
	told          uint64 // of fired, when it was last collected
}

func (h *ruleHits) add() { h.fired.Add(1) }

func newHitTable() *hitTable {
	return &hitTable{
		desc: prometheus.NewDesc("wereply_rule_hits_total",
			"How often a rule fired: the 1,000 named rules that fired most, and all others as \"other\".",
			[]string{"account", "rule"}, nil),
		accounts: map[string]map[string]*ruleHits{},
		others:   map[string]uint64{},
	}
}

// of gives the counter of a rule, the same one as before a reload. Rules that
// never fire have none.
func (t *hitTable) of(account string, r *rules.Rule) *ruleHits {
	t.mu.Lock()
	defer t.mu.Unlock()
	byRule := t.accounts[account]
	h := byRule[r.ID()]
	if h == nil {
		h = &ruleHits{account: account, rule: strings.Clone(r.Name)} // must not keep the file of a name
		if byRule != nil {                                           // the account may be gone while its last pushes are answered
			byRule[r.ID()] = h
		}
	}
	return h
}

// adopt drops the counters of rules and accounts that a new snapshot does not
// have.
func (t *hitTable) adopt(snap *snapshot) {
	t.mu.Lock()
	defer t.mu.Unlock()
	kept := make(map[string]map[string]*ruleHits, len(snap.accounts))
	others := make(map[string]uint64, len(snap.accounts))
	for _, acc := range snap.accounts {
		before, byRule := t.accounts[acc.name], map[string]*ruleHits{}
		for _, r := range acc.rules {
			if h := before[r.ID()]; h != nil {
				byRule[r.ID()] = h
			}
		}
		kept[acc.name] = byRule
		others[acc.name] = t.others[acc.name]
	}
	t.accounts, t.others = kept, others
}

// Describe implements prometheus.Collector.
func (t *hitTable) Describe(ch chan<- *prometheus.Desc) { ch <- t.desc }

// Collect implements prometheus.Collector.
func (t *hitTable) Collect(ch chan<- prometheus.Metric) {
	t.mu.Lock()
	defer t.mu.Unlock()
	type count struct {
		*ruleHits
		n uint64
	}
	var named []count
	for _, byRule := range t.accounts {
		for _, h := range byRule {
			switch n := h.fired.Load(); {
			case n == 0:
			case h.rule == "" || h.rule == otherRules:
				t.tellOther(h, n)
			default:
				named = append(named, count{h, n})
			}
		}
	}
	slices.SortFunc(named, func(a, b count) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.account, b.account), cmp.Compare(a.rule, b.rule))
	})
	for i, h := range named {
		if i >= maxRuleLabels {
			t.tellOther(h.ruleHits, h.n)
			continue
		}
		h.told = h.n
		ch <- t.metric(h.n, h.account, h.rule)
	}
	for account, n := range t.others {
		ch <- t.metric(n, account, otherRules)
	}
}

// tellOther adds what a rule gained to the series of the others.
func (t *hitTable) tellOther(h *ruleHits, n uint64) {
	t.others[h.account] += n - h.told
	h.told = n
}

func (t *hitTable) metric(n uint64, account, rule string) prometheus.Metric {
	return prometheus.MustNewConstMetric(t.desc, prometheus.CounterValue, float64(n), account, rule)
}
