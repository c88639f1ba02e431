package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"time"

	"wereply/server/ruletest"
)

type junitSuites struct {
	XMLName  xml.Name      `xml:"testsuites"`
	Tests    int           `xml:"tests,attr"`
	Failures int           `xml:"failures,attr"`
	Time     string        `xml:"time,attr"`
	Suites   []*junitSuite `xml:"testsuite"`
	Output   string        `xml:"system-out,omitempty"`
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
func writeJUnit(out io.Writer, dir string, report *ruletest.Report, coverage string) error {
	all := junitSuites{Time: seconds(report.Duration), Output: coverage}
	suites := map[string]*junitSuite{}
	for i := range report.Results {
		result := &report.Results[i]
		suite := suites[result.Account]
		if suite == nil {
			suite = &junitSuite{Name: result.Account}
			suites[result.Account] = suite
			all.Suites = append(all.Suites, suite)
		}
		file := fileIn(dir, result.Test.Pos.File)
		one := junitCase{Name: result.Name, Class: file, File: file, Line: result.Test.Pos.Line, Time: seconds(result.Duration)}
		if !result.Passed() {
			first := result.Failures[0]
			one.Failure = &junitFailure{
				Message: fmt.Sprintf("%s: want %s, got %s", first.What, first.Want, first.Got),
				Text:    failuresText(dir, style{}, result),
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
