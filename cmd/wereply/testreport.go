package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

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
		return writeJSON(c.stdout, jsonReportOf(dir, bot, report, rest))
	case "junit":
		return writeJUnit(c.stdout, dir, report)
	}
	c.printResults(dir, bot, report)
	if f.coverage {
		c.printCoverage(dir, bot, rest)
	}
	return nil
}

// printResults writes the failed tests in full, then one line about all.
func (c *cli) printResults(dir string, bot *rules.Bot, report *ruletest.Report) {
	s := c.styleOf(c.stdout)
	failed := 0
	for _, result := range report.Results {
		if result.Passed() {
			continue
		}
		failed++
		title := result.Name
		if len(bot.Accounts) > 1 {
			title += " (account " + result.Account + ")"
		}
		fmt.Fprintf(c.stdout, "%s %s: %s\n", s.red("FAIL"), s.bold(placeIn(dir, result.Test.Pos)), title)
		for _, f := range result.Failures {
			io.WriteString(c.stdout, failureText(dir, s, result.Test, f))
		}
	}
	passed := len(report.Results) - failed
	switch {
	case len(report.Results) == 0:
		fmt.Fprintln(c.stdout, "no tests")
	case failed > 0:
		fmt.Fprintf(c.stdout, "%s, %d passed\n", s.red(fmt.Sprintf("%d failed", failed)), passed)
	default:
		fmt.Fprintf(c.stdout, "%s: %s passed\n", s.green("ok"), plural(passed, "test"))
	}
}

// failureText is one expectation that did not hold: what was sent, what was
// expected and what came, and which rule spoke.
func failureText(dir string, s style, test *rules.Test, f ruletest.Failure) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %s: %s\n", placeIn(dir, f.Pos), f.What)
	if f.Step >= 0 && f.Step < len(test.Steps) {
		step := ""
		if len(test.Steps) > 1 {
			step = fmt.Sprintf("step %d ", f.Step+1)
		}
		fmt.Fprintf(&b, "    %ssent: %s\n", step, sentText(test.Steps[f.Step]))
	}
	fmt.Fprintf(&b, "    answered by: %s\n", or(f.Rule, "none"))
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
	return b.String()
}

// wantGot are the two sides of a failure as a diff shows them. Texts stand in
// quotes to be told from words about them; where both are texts, and differ in
// more than blanks, they are compared as they are, line by line.
func wantGot(f ruletest.Failure) (want, got string) {
	want, errWant := strconv.Unquote(f.Want)
	got, errGot := strconv.Unquote(f.Got)
	if errWant != nil || errGot != nil || strings.TrimSpace(want) == strings.TrimSpace(got) {
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

func (c *cli) printCoverage(dir string, bot *rules.Bot, rest []uncovered) {
	for _, u := range rest {
		problem := rules.Problem{Pos: rules.Pos{File: fileIn(dir, u.rule.Pos.File), At: u.rule.Pos.At}, Rule: u.rule.Name, Msg: "no test fired it"}
		if len(bot.Accounts) > 1 {
			problem.Msg = "no test fired it in account " + u.account
		}
		fmt.Fprintln(c.stdout, problem.Error())
	}
	if len(rest) == 0 {
		fmt.Fprintln(c.stdout, "coverage: every rule was fired by a test")
	}
}

type jsonReport struct {
	Passed   int           `json:"passed"`
	Failed   int           `json:"failed"`
	Seconds  float64       `json:"seconds"`
	Tests    []jsonTest    `json:"tests"`
	Coverage []jsonRulePos `json:"unfired_rules,omitempty"`
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
	File string `json:"file"`
	Line int32  `json:"line"`
	Step int    `json:"step"` // from 1
	What string `json:"what"`
	Want string `json:"want"`
	Got  string `json:"got"`
	Rule string `json:"rule"`
}

type jsonRulePos struct {
	Account string `json:"account"`
	Rule    string `json:"rule,omitempty"`
	File    string `json:"file"`
	Line    int32  `json:"line"`
}

func jsonReportOf(dir string, bot *rules.Bot, report *ruletest.Report, rest []uncovered) jsonReport {
	j := jsonReport{Seconds: report.Duration.Seconds(), Tests: []jsonTest{}}
	for _, result := range report.Results {
		t := jsonTest{
			Name: result.Name, Account: result.Account, Passed: result.Passed(), Seconds: result.Duration.Seconds(),
			File: fileIn(dir, result.Test.Pos.File), Line: result.Test.Pos.Line,
		}
		for _, f := range result.Failures {
			t.Failures = append(t.Failures, jsonFailure{
				File: fileIn(dir, f.Pos.File), Line: f.Pos.Line,
				Step: f.Step + 1, What: f.What, Want: unquoted(f.Want), Got: unquoted(f.Got), Rule: f.Rule,
			})
		}
		if t.Passed {
			j.Passed++
		} else {
			j.Failed++
		}
		j.Tests = append(j.Tests, t)
	}
	for _, u := range rest {
		j.Coverage = append(j.Coverage, jsonRulePos{u.account, u.rule.Name, fileIn(dir, u.rule.Pos.File), u.rule.Pos.Line})
	}
	return j
}

type junitSuites struct {
	XMLName  xml.Name      `xml:"testsuites"`
	Tests    int           `xml:"tests,attr"`
	Failures int           `xml:"failures,attr"`
	Time     string        `xml:"time,attr"`
	Suites   []*junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"` // of the account
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
	duration time.Duration
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"` // the file
	File    string        `xml:"file,attr"`
	Line    int32         `xml:"line,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",cdata"`
}

// writeJUnit writes the XML that CI servers read: a suite for each account.
func writeJUnit(out io.Writer, dir string, report *ruletest.Report) error {
	all := junitSuites{Time: seconds(report.Duration)}
	suites := map[string]*junitSuite{}
	for _, result := range report.Results {
		suite := suites[result.Account]
		if suite == nil {
			suite = &junitSuite{Name: result.Account}
			suites[result.Account] = suite
			all.Suites = append(all.Suites, suite)
		}
		file := fileIn(dir, result.Test.Pos.File)
		one := junitCase{Name: result.Name, Class: file, File: file, Line: result.Test.Pos.Line, Time: seconds(result.Duration)}
		if !result.Passed() {
			var text strings.Builder
			for _, f := range result.Failures {
				text.WriteString(failureText(dir, style{}, result.Test, f))
			}
			first := result.Failures[0]
			one.Failure = &junitFailure{
				Message: fmt.Sprintf("%s: want %s, got %s", first.What, first.Want, first.Got),
				Text:    text.String(),
			}
			suite.Failures++
			all.Failures++
		}
		suite.Tests++
		all.Tests++
		suite.duration += result.Duration
		suite.Time = seconds(suite.duration)
		suite.Cases = append(suite.Cases, one)
	}
	io.WriteString(out, xml.Header)
	enc := xml.NewEncoder(out)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(out, "\n")
	return err
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
