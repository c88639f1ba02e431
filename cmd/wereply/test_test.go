package main

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
)

const testedRules = greeterRules + `tests:
  - name: 问好
    send: 你好
    expect: {rule: 问候, text: 您好！}
  - name: 道别
    send: 再见
    expect: {rule: 问候, text: 再见！}
`

func TestTestText(t *testing.T) {
	got := runIn(t, botWith(t, testedRules), "test")
	want := `FAIL rules/a.yaml:11:5: 道别
  sent "再见", answered by rule "默认" (rules/a.yaml:5:5)
  rules/a.yaml:13:13: rule
    - 问候
    + 默认
  rules/a.yaml:13:13: text
    - 再见！
    + 没听懂
1 failed, 1 passed (- expected, + actual)
`
	if got.code != exitProblems || got.stdout != want || got.stderr != "" {
		t.Errorf("exit code %d, stderr %q, stdout:\n%swant:\n%s", got.code, got.stderr, got.stdout, want)
	}
}

func TestTestRun(t *testing.T) {
	got := runIn(t, botWith(t, testedRules), "test", "--run", "^问")
	if want := (outcome{exitDone, "ok: 1 test passed\n", ""}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestTestCoverage(t *testing.T) {
	dir := botWith(t, testedRules)
	got := runIn(t, dir, "test", "--run", "^问", "--coverage")
	if want := "ok: 1 test passed\nrules/a.yaml:5:5: rule \"默认\": no test fired it\ncoverage: 1 of 2 rules fired by a test\n"; got.code != exitDone || got.stdout != want {
		t.Errorf("exit code %d, stdout:\n%swant:\n%s", got.code, got.stdout, want)
	}
	got = runIn(t, dir, "test", "--coverage")
	if !strings.HasSuffix(got.stdout, "\ncoverage: every rule was fired by a test\n") {
		t.Errorf("stdout:\n%s", got.stdout)
	}
}

func TestTestNone(t *testing.T) {
	got := runIn(t, greeter(t), "test")
	if want := (outcome{exitDone, "no tests\n", ""}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestTestBrokenRules(t *testing.T) {
	got := runIn(t, botWith(t, "rules: [{wen: 1}]\n"), "test")
	if got.code != exitProblems || got.stdout != "" || !strings.Contains(got.stderr, "rules/a.yaml:1:") {
		t.Errorf("exit code %d, stdout %q, stderr:\n%s", got.code, got.stdout, got.stderr)
	}
}

func TestTestJSON(t *testing.T) {
	got := runIn(t, botWith(t, testedRules), "test", "--format", "json", "--coverage")
	var report jsonReport
	if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
		t.Fatalf("%v:\n%s", err, got.stdout)
	}
	if got.code != exitProblems || report.Passed != 1 || report.Failed != 1 || len(report.Tests) != 2 {
		t.Fatalf("exit code %d, report %+v", got.code, report)
	}
	failed := report.Tests[1]
	if failed.Name != "道别" || failed.File != "rules/a.yaml" || failed.Line != 11 || len(failed.Failures) != 2 {
		t.Fatalf("test: %+v", failed)
	}
	f := failed.Failures[1]
	if f.Rule == nil || *f.Rule != (jsonRule{"默认", "rules/a.yaml", 5}) {
		t.Errorf("rule: %+v", f.Rule)
	}
	f.Rule = nil
	if f != (jsonFailure{File: "rules/a.yaml", Line: 13, Step: 1, Sent: `"再见"`, What: "text", Want: "再见！", Got: "没听懂"}) {
		t.Errorf("failure: %+v", f)
	}
	if report.Coverage == nil || len(report.Coverage) != 0 {
		t.Errorf("unfired rules: %v", report.Coverage)
	}
	if got := runIn(t, botWith(t, testedRules), "test", "--format", "json"); strings.Contains(got.stdout, "unfired_rules") {
		t.Errorf("without --coverage:\n%s", got.stdout)
	}
	got = runIn(t, greeter(t), "test", "--format", "json", "--coverage")
	if err := json.Unmarshal([]byte(got.stdout), &report); err != nil || len(report.Coverage) != 2 || report.Coverage[1] != (jsonUnfired{"greeter", jsonRule{"默认", "rules/a.yaml", 5}}) {
		t.Errorf("%v: unfired rules: %v", err, report.Coverage)
	}
}

// TestTestSteps: of several steps those that failed are shown, each once.
func TestTestSteps(t *testing.T) {
	got := runIn(t, botWith(t, greeterRules+`tests:
  - name: 三步
    steps:
      - {send: 你好, expect: 您好！}
      - {send: 再见, expect: {rule: 问候语问候, state: bye}}
      - send: {event: VIEW, event_key: "https://example.com/"}
        expect: |
          第一行
          第二行
`), "test")
	want := `FAIL rules/a.yaml:8:5: 三步
  step 2: sent "再见", answered by rule "默认" (rules/a.yaml:5:5)
  rules/a.yaml:11:28: rule
    - 问候语问候
    + 默认
    hint: no rule has the name "问候语问候"
  rules/a.yaml:11:28: state
    - bye
    + none
  step 3: sent event Event=VIEW EventKey=https://example.com/, answered by no rule
  rules/a.yaml:13:17: text
    - 第一行
    - 第二行
    + [nothing]
1 failed, 0 passed (- expected, + actual)
`
	if got.code != exitProblems || got.stdout != want {
		t.Errorf("exit code %d, stdout:\n%swant:\n%s", got.code, got.stdout, want)
	}
}

// TestTestRunsNothing: a --run that fits nothing is a mistake, not a success.
func TestTestRunsNothing(t *testing.T) {
	got := runIn(t, botWith(t, testedRules), "test", "--run", "道另")
	if want := (outcome{exitProblems, "", "wereply: --run: no test has a name that fits \"道另\"\n"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestTestJUnit(t *testing.T) {
	got := runIn(t, botWith(t, testedRules), "test", "--format", "junit", "--coverage")
	var suites junitSuites
	if err := xml.Unmarshal([]byte(got.stdout), &suites); err != nil {
		t.Fatalf("%v:\n%s", err, got.stdout)
	}
	if suites.Tests != 2 || suites.Failures != 1 || len(suites.Suites) != 1 || suites.Suites[0].Name != "greeter" {
		t.Fatalf("suites: %+v", suites)
	}
	if suites.Output != "coverage: every rule was fired by a test\n" {
		t.Errorf("output: %q", suites.Output)
	}
	cases := suites.Suites[0].Cases
	if len(cases) != 2 || cases[0].Failure != nil || cases[1].Failure == nil || cases[1].Line != 11 {
		t.Fatalf("cases: %+v", cases)
	}
	if f := cases[1].Failure; !strings.Contains(f.Text, "+ 没听懂") || !strings.Contains(f.Message, "want 问候, got 默认") {
		t.Errorf("failure: %+v", f)
	}
}

func TestTestWatch(t *testing.T) {
	dir := botWith(t, testedRules)
	r := start(t, nil, "test", dir, "--watch")
	await(t, r.stdout, 0, "1 failed, 1 passed")
	await(t, r.stderr, 0, "waiting for the next save")

	mark := len(r.stdout.String())
	write(t, dir, "rules/a.yaml", strings.Replace(testedRules, "rule: 问候, text: 再见！", "rule: 默认", 1))
	await(t, r.stdout, mark, "ok: 2 tests passed")

	mark = len(r.stderr.String())
	write(t, dir, "rules/a.yaml", "rules: [{wen: 1}]\n")
	await(t, r.stderr, mark, `rules/a\.yaml:1:`)

	mark = len(r.stdout.String())
	write(t, dir, "rules/sub/b.yaml", "tests: [{send: 你好, expect: 您好！}]\n")
	write(t, dir, "rules/a.yaml", greeterRules)
	await(t, r.stdout, mark, "ok: 1 test passed")

	mark = len(r.stdout.String())
	write(t, dir, "more/c.yaml", "tests: [{send: 你好, expect: 您好！}]\n")
	write(t, dir, "bot.yaml", strings.Replace(greeterBot, "name: greeter,", "name: greeter, rules: [rules, more],", 1))
	await(t, r.stdout, mark, "ok: 2 tests passed")
	mark = len(r.stdout.String())
	write(t, dir, "more/c.yaml", "tests: [{send: 你好, expect: 您好}]\n")
	await(t, r.stdout, mark, "1 failed, 1 passed")
	if code := r.stop(t); code != exitDone {
		t.Errorf("exit code %d", code)
	}
}

func TestDiff(t *testing.T) {
	var got strings.Builder
	for _, line := range diff("a\nb\nc\nd", "a\nx\nc\nd\ne") {
		got.WriteString(string(line.op) + line.text + "\n")
	}
	if want := " a\n-b\n+x\n c\n d\n+e\n"; got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
}
