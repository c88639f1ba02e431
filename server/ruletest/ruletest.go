// Package ruletest runs the tests that operators write beside their rules,
// through the production path: from pushed bytes to answered bytes.
//
//	report, err := ruletest.Run(ctx, bot, ruletest.Options{})
//	for _, r := range report.Results { … }
package ruletest

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"wereply/rules"
	"wereply/wechat"
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

// Passed reports whether every test passed.
func (r *Report) Passed() bool {
	for i := range r.Results {
		if !r.Results[i].Passed() {
			return false
		}
	}
	return true
}

// Result is the outcome of one test in one account.
type Result struct {
	Account  string
	Test     *rules.Test
	Name     string // of the test; what its first step sends if it has none
	Failures []Failure
	Fired    []string // IDs of the rules that fired, in the order of the steps
	Duration time.Duration
}

// Passed reports whether every expectation held.
func (r *Result) Passed() bool { return len(r.Failures) == 0 }

// Failure is one expectation that did not hold.
type Failure struct {
	Pos       rules.Pos   // of the step's expectation
	Step      int         // from 0
	What      string      // rule, type, text, contains, regex, one_of, state, vars.NAME, silent, the name of a field, or reply: there was a bad one
	Want, Got string      // as people read them
	Rule      *rules.Rule // that fired; nil: none
	Hint      string      // what may be wrong with the test itself; may be empty
}

func (f Failure) String() string {
	rule := nameOfRule(f.Rule)
	if f.Rule != nil && f.Rule.Name != "" {
		rule += " at " + placeOf(f.Rule)
	}
	return fmt.Sprintf("%s: want %s, got %s (rule: %s)", f.What, f.Want, f.Got, rule)
}

// Run runs the tests of every account of the bot, one after the other. An
// error means that the tests could not run, not that one failed; content that
// is wrong is of type rules.Problems.
func Run(ctx context.Context, bot *rules.Bot, o Options) (*Report, error) {
	began := time.Now()
	r, err := newRunner(bot)
	if err != nil {
		return nil, err
	}
	report := &Report{}
	for _, acc := range r.accounts {
		for _, test := range acc.Set.Tests {
			name := nameOf(test)
			if o.Name != nil && !o.Name.MatchString(name) {
				continue
			}
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			result := Result{Account: acc.Name, Test: test, Name: name}
			start := time.Now()
			if err := r.run(ctx, acc, &result); err != nil {
				return nil, fmt.Errorf("%s: test %q: %w", test.Pos, name, err)
			}
			result.Duration = time.Since(start)
			report.Results = append(report.Results, result)
		}
	}
	report.Duration = time.Since(began)
	return report, nil
}

// Require runs all tests of a bot that may go live only if they pass. Failed
// ones come as rules.Problems.
func Require(ctx context.Context, bot *rules.Bot) error {
	report, err := Run(ctx, bot, Options{})
	if err != nil {
		return err
	}
	var problems rules.Problems
	for _, r := range report.Results {
		for _, f := range r.Failures {
			problems = append(problems, &rules.Problem{
				Code: rules.CodeTestFailed,
				Pos:  f.Pos,
				Msg:  fmt.Sprintf("test %q failed in account %s: %s", r.Name, r.Account, f),
				Hint: f.Hint,
			})
		}
	}
	if problems != nil {
		return problems
	}
	return nil
}

// nameOf is what people call a test.
func nameOf(t *rules.Test) string {
	if t.Name != "" || len(t.Steps) == 0 {
		return t.Name
	}
	field := func(path string) string {
		for _, f := range t.Steps[0].Send {
			if f.Path == path {
				return f.Value
			}
		}
		return ""
	}
	switch kind := field("MsgType"); kind {
	case wechat.MsgText:
		return field("Content")
	case wechat.MsgEvent:
		return strings.TrimSpace(field("Event") + " " + field("EventKey"))
	default:
		return kind
	}
}
