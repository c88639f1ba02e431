package main

import (
	"wereply/rules"
	"wereply/server/ruletest"
)

type jsonReport struct {
	Passed   int           `json:"passed"`
	Failed   int           `json:"failed"`
	Seconds  float64       `json:"seconds"`
	Tests    []jsonTest    `json:"tests"`
	Coverage []jsonUnfired `json:"unfired_rules,omitzero"` // with --coverage
}

type jsonTest struct {
	Name     string        `json:"name"`
	Account  string        `json:"account"`
	File     string        `json:"file"`
	Line     int32         `json:"line"`
	Passed   bool          `json:"passed"`
	Seconds  float64       `json:"seconds"`
	Failures []jsonFailure `json:"failures,omitempty"`
}

type jsonFailure struct {
	File string    `json:"file"`
	Line int32     `json:"line"`
	Step int       `json:"step"` // from 1
	Sent string    `json:"sent"`
	What string    `json:"what"`
	Want string    `json:"want"`
	Got  string    `json:"got"`
	Rule *jsonRule `json:"rule"` // that answered; null: none
	Hint string    `json:"hint,omitempty"`
}

type jsonUnfired struct {
	Account string `json:"account"`
	jsonRule
}

func jsonReportOf(dir string, report *ruletest.Report, coverage bool, rest []uncovered) jsonReport {
	j := jsonReport{Seconds: report.Duration.Seconds(), Tests: []jsonTest{}}
	for _, result := range report.Results {
		t := jsonTest{
			Name: result.Name, Account: result.Account, Passed: result.Passed(), Seconds: result.Duration.Seconds(),
			File: fileIn(dir, result.Test.Pos.File), Line: result.Test.Pos.Line,
		}
		for _, f := range result.Failures {
			t.Failures = append(t.Failures, jsonFailureOf(dir, result.Test, f))
		}
		if t.Passed {
			j.Passed++
		} else {
			j.Failed++
		}
		j.Tests = append(j.Tests, t)
	}
	if coverage {
		j.Coverage = []jsonUnfired{}
	}
	for _, u := range rest {
		j.Coverage = append(j.Coverage, jsonUnfired{u.account, jsonRuleOf(dir, u.rule)})
	}
	return j
}

func jsonFailureOf(dir string, test *rules.Test, f ruletest.Failure) jsonFailure {
	j := jsonFailure{
		File: fileIn(dir, f.Pos.File), Line: f.Pos.Line,
		Step: f.Step + 1, Sent: sentText(test.Steps[f.Step]),
		What: f.What, Want: unquoted(f.Want), Got: unquoted(f.Got), Hint: f.Hint,
	}
	if f.Rule != nil {
		r := jsonRuleOf(dir, f.Rule)
		j.Rule = &r
	}
	return j
}
