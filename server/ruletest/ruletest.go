// Package ruletest runs the tests that operators write beside their rules,
// through the production path: from pushed bytes to answered bytes.
//
//	report, err := ruletest.Run(ctx, bot, ruletest.Options{})
//	for _, r := range report.Results { … }
package ruletest

import (
	"context"
	"regexp"
	"time"

	"wereply/rules"
)

// Options choose what is run. The zero value runs everything.
type Options struct {
	Name *regexp.Regexp // only tests whose name fits; nil = all
}

// Report is the outcome of a run.
type Report struct {
	Results  []Result // by account, then in the order of the files
	Duration time.Duration
}

// Result is the outcome of one test in one account.
type Result struct {
	Account  string
	Test     *rules.Test
	Name     string // of the test; its first sent text if it has none
	Failures []Failure
	Fired    []string // IDs of the rules that fired, in the order of the steps
	Duration time.Duration
}

// Passed reports whether every expectation held.
func (r *Result) Passed() bool { return len(r.Failures) == 0 }

// Failure is one expectation that did not hold.
type Failure struct {
	Pos       rules.Pos // of the step's expectation
	Step      int       // from 0
	What      string    // which expectation: rule, type, text, contains, regex, one_of, state, silent, or a field
	Want, Got string
	Rule      string // the rule that fired, as people know it; "none"
}

// Run runs the tests of every account of the bot. An error means that the
// tests could not run, not that one failed; content that is wrong is of type
// rules.Problems.
func Run(ctx context.Context, bot *rules.Bot, o Options) (*Report, error) { return nil, nil }

// Require is Run for a bot that may go live only if its tests pass: failures
// come as rules.Problems.
func Require(ctx context.Context, bot *rules.Bot) error { return nil }
