package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"wereply/rules"
	"wereply/server/ruletest"
)

func (c *cli) printReport(dir string, bot *rules.Bot, report *ruletest.Report, f testFlags) error {
	var rest []uncovered
	if f.coverage {
		rest = unfired(bot, report)
	}
	switch f.format.value {
	case "json":
		return writeJSON(c.stdout, jsonReportOf(dir, report, f.coverage, rest))
	case "junit":
		coverage := ""
		if f.coverage {
			coverage = coverageText(dir, bot, rest)
		}
		return writeJUnit(c.stdout, dir, report, coverage)
	}
	c.printResults(dir, bot, report)
	if f.coverage {
		io.WriteString(c.stdout, coverageText(dir, bot, rest))
	}
	return nil
}

// printResults writes the failed tests in full, then one line about all.
func (c *cli) printResults(dir string, bot *rules.Bot, report *ruletest.Report) {
	s := c.styleOf(c.stdout)
	failed := 0
	for i := range report.Results {
		result := &report.Results[i]
		if result.Passed() {
			continue
		}
		failed++
		title := result.Name
		if len(bot.Accounts) > 1 {
			title += " (account " + result.Account + ")"
		}
		fmt.Fprintf(c.stdout, "%s %s: %s\n", s.red("FAIL"), s.bold(placeIn(dir, result.Test.Pos)), title)
		io.WriteString(c.stdout, failuresText(dir, s, result))
	}
	passed := len(report.Results) - failed
	switch {
	case len(report.Results) == 0:
		fmt.Fprintln(c.stdout, "no tests")
	case failed > 0:
		fmt.Fprintf(c.stdout, "%s, %d passed (- expected, + actual)\n", s.red(fmt.Sprintf("%d failed", failed)), passed)
	default:
		fmt.Fprintf(c.stdout, "%s: %s passed\n", s.green("ok"), plural(passed, "test"))
	}
}

// failuresText is what went wrong in a test: for each step what was sent and
// which rule spoke, and below it each expectation that did not hold.
func failuresText(dir string, s style, result *ruletest.Result) string {
	var b strings.Builder
	step := -1
	for _, f := range result.Failures {
		if f.Step != step {
			step = f.Step
			head := "sent "
			if len(result.Test.Steps) > 1 {
				head = fmt.Sprintf("step %d: sent ", step+1)
			}
			fmt.Fprintf(&b, "  %s%s, answered by %s\n", head, sentText(result.Test.Steps[step]), answeredBy(dir, f))
		}
		fmt.Fprintf(&b, "  %s: %s\n", placeIn(dir, f.Pos), f.What)
		for _, line := range diff(wantGot(f)) {
			text := "    " + string(line.op) + " " + line.text
			switch line.op {
			case '-':
				text = s.red(text)
			case '+':
				text = s.green(text)
			}
			b.WriteString(text + "\n")
		}
		if f.Hint != "" {
			fmt.Fprintf(&b, "    hint: %s\n", f.Hint)
		}
	}
	return b.String()
}

// answeredBy is the rule that answered, with its place.
func answeredBy(dir string, f ruletest.Failure) string {
	if f.Rule == nil {
		return "no rule"
	}
	return ruleName(dir, f.Rule)
}

// wantGot are the two sides of a failure as a diff shows them. Texts stand in
// quotes to be told from words about them; where both are texts, and differ in
// more than blanks, they are compared as they are, line by line.
func wantGot(f ruletest.Failure) (want, got string) {
	want, errWant := strconv.Unquote(f.Want)
	got, errGot := strconv.Unquote(f.Got)
	switch {
	case errWant == nil && errGot != nil && strings.TrimSpace(want) != "":
		return want, "[" + f.Got + "]"
	case errWant != nil || errGot != nil || strings.TrimSpace(want) == strings.TrimSpace(got):
		return f.Want, f.Got
	}
	return want, got
}

// unquoted is a text without its quotes; words about a reply have none.
func unquoted(s string) string {
	if text, err := strconv.Unquote(s); err == nil {
		return text
	}
	return s
}

// sentText says what a step sent, in one line: the text of a text message,
// the fields of anything else.
func sentText(step rules.Step) string {
	var kind, content string
	var words []string
	for _, f := range step.Send {
		switch {
		case f.Path == "MsgType":
			kind = f.Value
		case f.Path == "Content":
			content = f.Value
		case f.Value != "":
			words = append(words, fmt.Sprintf("%s=%s", f.Path, f.Value))
		}
	}
	if kind == "text" {
		return fmt.Sprintf("%q", content)
	}
	return strings.Join(append([]string{kind}, words...), " ")
}

// coverageText names the rules that no test fired, and says how many there are.
func coverageText(dir string, bot *rules.Bot, rest []uncovered) string {
	var b strings.Builder
	for _, u := range rest {
		problem := rules.Problem{Pos: rules.Pos{File: fileIn(dir, u.rule.Pos().File), At: u.rule.At}, Rule: u.rule.Name, Msg: "no test fired it"}
		if len(bot.Accounts) > 1 {
			problem.Msg = "no test fired it in account " + u.account
		}
		b.WriteString(problem.Error() + "\n")
	}
	if len(rest) == 0 {
		b.WriteString("coverage: every rule was fired by a test\n")
	} else {
		all := enabledRules(bot)
		fmt.Fprintf(&b, "coverage: %d of %s fired by a test\n", all-len(rest), plural(all, "rule"))
	}
	return b.String()
}

// enabledRules is how many rules could fire, in all accounts.
func enabledRules(bot *rules.Bot) int {
	n := 0
	for _, account := range bot.Accounts {
		for _, r := range account.Set.Rules {
			if !r.Disabled {
				n++
			}
		}
	}
	return n
}
