package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"wereply/engine"
	"wereply/rules"
)

func (c *cli) checkCommand() *cobra.Command {
	format := oneOf("text", "json", "github")
	var strict bool
	cmd := &cobra.Command{
		Use:   "check [DIR]",
		Short: "report every problem and warning of a bot with its place",
		Long: `check reads the whole bot as serve would and reports every problem at once, with
file, line, column and what to try. It needs no secrets.

Errors end it with exit code 1. Warnings count only with --strict: then a bot
that has nothing but warnings gives exit code 3. Notes never count. Each message
ends in a code; docs/warnings.md has a section for it.`,
		Args: oneDir,
		RunE: func(_ *cobra.Command, args []string) error {
			dir := botDir(args)
			bot, problems := c.inspect(dir, rules.Options{Env: c.env})
			if err := c.printCheck(format.value, dir, bot, problems); err != nil {
				return err
			}
			return checkResult(countOf(problems), strict)
		},
	}
	cmd.Flags().BoolVar(&strict, "strict", false, "exit with 3 if there are warnings")
	cmd.Flags().Var(format, "format", "how to print: text, json, or github (annotations of a workflow)")
	return cmd
}

func checkResult(n counts, strict bool) error {
	switch {
	case n.Errors > 0:
		return exit(exitProblems)
	case n.Warnings > 0 && strict:
		return exit(exitWarnings)
	}
	return nil
}

// inspect gives a bot with all that is to be said about it. If there are
// errors, the bot is not for use; it is nil if nothing could be read.
func (c *cli) inspect(dir string, o rules.Options) (*rules.Bot, rules.Problems) {
	bot, problems := rules.Inspect(dir, o)
	if bot == nil {
		return nil, problems
	}
	whole := !problems.HasError()
	problems = append(problems, rules.StrayFiles(bot)...)
	menu, found := rules.LoadMenu(dir)
	problems = append(problems, found...)
	var accounts []engine.Linted
	for _, account := range bot.Accounts {
		e, found := engine.Compile(account.Set, profileOf(bot, account))
		if e != nil {
			accounts = append(accounts, engine.Linted{Engine: e, Set: account.Set})
		}
		for _, p := range found {
			if whole || standsAlone(p) {
				problems = append(problems, p)
			}
		}
	}
	if whole && len(accounts) == len(bot.Accounts) {
		problems = append(problems, engine.Lint(accounts, engine.LintOptions{Files: os.DirFS(dir), Menu: menu})...)
	}
	return bot, sorted(problems)
}

// standsAlone reports whether what compiling found cannot come of something
// else that could not be read.
func standsAlone(p *rules.Problem) bool {
	switch p.Code {
	case rules.CodeRegex, rules.CodeFoldsToNone, rules.CodeTemplate, rules.CodeTemplateField, rules.CodeTemplateFunc:
		return true
	}
	return false
}

func profileOf(bot *rules.Bot, account *rules.Account) engine.Profile {
	return engine.Profile{
		Account:  account.Name,
		Kind:     account.Kind,
		Verified: account.Verified,
		Location: bot.Location,
	}
}

// sorted orders problems by place and drops repeated ones: accounts that share
// a rules folder share its problems.
func sorted(problems rules.Problems) rules.Problems {
	seen := map[rules.Problem]bool{}
	list := make(rules.Problems, 0, len(problems))
	for _, p := range problems {
		if !seen[*p] {
			seen[*p] = true
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(a, b *rules.Problem) int {
		return cmp.Or(
			cmp.Compare(a.Pos.File, b.Pos.File),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Col, b.Pos.Col),
		)
	})
	return list
}

func (c *cli) printCheck(format, dir string, bot *rules.Bot, problems rules.Problems) error {
	n := countOf(problems)
	switch format {
	case "json":
		return writeJSON(c.stdout, struct {
			Problems []jsonProblem `json:"problems"`
			counts
		}{jsonProblems(dir, problems), n})
	case "github":
		github(c.stdout, dir, problems)
	default:
		c.problemPrinter(c.stdout, dir).print(problems)
	}
	if found := n.String(); found != "" {
		fmt.Fprintf(c.stderr, "%s; %s explains the codes\n", found, c.warningsPage())
	}
	if bot != nil && n.Errors == 0 {
		fmt.Fprintf(c.stderr, "ok: %s\n", contentsOf(bot))
	}
	return nil
}

// warningsPage is the page with a section for each code, in the language of the
// terminal.
func (c *cli) warningsPage() string {
	if c.terminalLang() == langZh {
		return "docs/warnings.zh-CN.md"
	}
	return "docs/warnings.md"
}

// contentsOf says how much a bot holds.
func contentsOf(bot *rules.Bot) string {
	var ruleCount, testCount int
	for _, account := range bot.Accounts {
		ruleCount += len(account.Set.Rules)
		testCount += len(account.Set.Tests)
	}
	return fmt.Sprintf("%s, %s, %s",
		plural(len(bot.Accounts), "account"), plural(ruleCount, "rule"), plural(testCount, "test"))
}
