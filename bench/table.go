package main

import (
	"fmt"
	"io"
	"slices"
)

// row is one line of the table of results.
type row struct {
	Goal     string // number of the goal, "" for what only compares
	What     string
	Measured float64
	Unit     string
	Limit    float64 // the goal; 0 = none
	AtLeast  bool    // the goal is a least, not a most
}

func (r row) verdict() string {
	switch {
	case r.Limit == 0:
		return ""
	case r.AtLeast == (r.Measured >= r.Limit):
		return "reached"
	}
	return "missed"
}

func (r row) goal() string {
	if r.Limit == 0 {
		return ""
	}
	sign := "≤"
	if r.AtLeast {
		sign = "≥"
	}
	return fmt.Sprintf("%s %.4g %s", sign, r.Limit, r.Unit)
}

func printTable(w io.Writer, rows []row) {
	fmt.Fprintln(w, "| # | what | measured | goal | |")
	fmt.Fprintln(w, "|---|---|---|---|---|")
	for _, r := range rows {
		fmt.Fprintf(w, "| %s | %s | %.4g %s | %s | %s |\n", r.Goal, r.What, r.Measured, r.Unit, r.goal(), r.verdict())
	}
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	if n := len(v); n%2 == 1 {
		return v[n/2]
	} else {
		return (v[n/2-1] + v[n/2]) / 2
	}
}
