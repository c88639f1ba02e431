package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"wereply/rules"
	"wereply/server/ruletest"
)

type testFlags struct {
	format   *choice
	run      *regexp.Regexp
	coverage bool
}

func (c *cli) testCommand() *cobra.Command {
	f := testFlags{format: oneOf("text", "json", "junit")}
	var pattern string
	var watch bool
	cmd := &cobra.Command{
		Use:   "test [DIR]",
		Short: "run the tests of the rules",
		Long: `test runs the tests that stand beside the rules, through the same path that WeChat's
pushes take: from bytes to bytes. It needs no secrets and no network. A failed test
gives exit code 1.`,
		Args: oneDir,
		RunE: func(cmd *cobra.Command, args []string) error {
			if pattern != "" {
				re, err := regexp.Compile(pattern)
				if err != nil {
					return usagef("--run: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
				}
				f.run = re
			}
			if watch {
				return c.watchTests(cmd.Context(), botDir(args), f)
			}
			return c.runTests(cmd.Context(), botDir(args), rules.NewLoader(botDir(args), rules.Options{Env: c.env}), f)
		},
	}
	cmd.Flags().StringVar(&pattern, "run", "", "only the tests whose name fits this regular expression")
	cmd.Flags().Var(f.format, "format", "how to print: text, json or junit")
	cmd.Flags().BoolVar(&f.coverage, "coverage", false, "list the rules that no test fired")
	cmd.Flags().BoolVar(&watch, "watch", false, "run again at every save, until Ctrl-C")
	return cmd
}

// runTests runs and reports the tests of a bot once.
func (c *cli) runTests(ctx context.Context, dir string, loader *rules.Loader, f testFlags) error {
	bot, err := loader.Load()
	if err != nil {
		return c.inDir(dir, err)
	}
	report, err := ruletest.Run(ctx, bot, ruletest.Options{Name: f.run})
	if err != nil {
		return c.inDir(dir, err)
	}
	if len(report.Results) == 0 && f.run != nil {
		return fmt.Errorf("--run: no test has a name that fits %q", f.run)
	}
	if err := c.printReport(dir, bot, report, f); err != nil {
		return err
	}
	if !report.Passed() {
		return exit(exitProblems)
	}
	return nil
}

// inDir reports problems with their places below the current folder; any
// other error stays as it is.
func (c *cli) inDir(dir string, err error) error {
	var problems rules.Problems
	if !errors.As(err, &problems) {
		return err
	}
	c.problemPrinter(c.stderr, dir).print(problems)
	fmt.Fprintf(c.stderr, "wereply: %s\n", countOf(problems))
	return exit(exitProblems)
}

// watchTests runs the tests now and after every change, until ctx ends. Only
// files that changed are read again.
func (c *cli) watchTests(ctx context.Context, dir string, f testFlags) error {
	loader := rules.NewLoader(dir, rules.Options{Env: c.env})
	watcher := rules.NewWatcher(rules.WatchOptions{Roots: []string{dir}, Loader: loader})
	defer watcher.Close()
	for {
		var code exit
		if err := c.runTests(ctx, dir, loader, f); err != nil && !errors.As(err, &code) {
			c.complain(err.Error(), "")
		}
		fmt.Fprintln(c.stderr, "waiting for the next save; Ctrl-C ends")
		select {
		case <-ctx.Done():
			return nil
		case <-watcher.Changes():
		}
	}
}

// unfired are the rules that could fire and that no test fired, by account.
func unfired(bot *rules.Bot, report *ruletest.Report) []uncovered {
	type key struct{ account, rule string }
	fired := map[key]bool{}
	for _, result := range report.Results {
		for _, id := range result.Fired {
			fired[key{result.Account, id}] = true
		}
	}
	var list []uncovered
	for _, account := range bot.Accounts {
		for _, r := range account.Set.Rules {
			if !r.Disabled && !fired[key{account.Name, r.ID()}] {
				list = append(list, uncovered{account: account.Name, rule: r})
			}
		}
	}
	return list
}

type uncovered struct {
	account string
	rule    *rules.Rule
}

// ruleName is what people call a rule: its name, else its place.
func ruleName(dir string, r *rules.Rule) string {
	if r.Name == "" {
		return "rule at " + placeIn(dir, r.Pos())
	}
	return fmt.Sprintf("rule %q (%s)", r.Name, placeIn(dir, r.Pos()))
}
