package main

import (
	"cmp"
	"fmt"
	"html"
	"slices"
	"strings"
)

const (
	width   = 1010
	label   = 580 // width of the words
	bar     = 300 // width of a bar that just reaches its goal
	line    = 26
	reached = "#2e7d5b"
	missed  = "#b5482f"
)

// draw makes a picture of what was measured.
func draw(rows []row) string {
	if slices.ContainsFunc(rows, func(r row) bool { return r.Limit > 0 }) {
		return drawGoals(rows)
	}
	return drawMeasured(rows)
}

// drawGoals gives each measurement that has a goal a bar. Its length is how far
// the goal is reached: up to the line and beyond is good, whether the goal is a
// least or a most.
func drawGoals(rows []row) string {
	var b strings.Builder
	n := 0
	for _, r := range rows {
		if r.Limit == 0 || r.Measured == 0 {
			continue
		}
		share := r.Limit / r.Measured
		if r.AtLeast {
			share = r.Measured / r.Limit
		}
		colour := reached
		if share < 1 {
			colour = missed
		}
		drawBar(&b, r, n, share, colour)
		n++
	}
	goal := fmt.Sprintf(`<line x1="%d" y1="26" x2="%d" y2="%d" stroke="#333" stroke-dasharray="4 3"/>`+"\n"+
		`<text x="%d" y="20" text-anchor="middle">goal</text>`+"\n", label+bar, label+bar, heightOf(n)-6, label+bar)
	return frame(n) + goal + b.String() + "</svg>\n"
}

// drawMeasured gives each measurement a bar as long as what was measured.
func drawMeasured(rows []row) string {
	var b strings.Builder
	most := slices.MaxFunc(rows, func(a, b row) int { return cmp.Compare(a.Measured, b.Measured) }).Measured
	for i, r := range rows {
		drawBar(&b, r, i, r.Measured/most, reached)
	}
	return frame(len(rows)) + b.String() + "</svg>\n"
}

func drawBar(b *strings.Builder, r row, n int, share float64, colour string) {
	y := 40 + n*line
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", label-10, y+14, html.EscapeString(r.What))
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="%.0f" height="18" fill="%s"/>`+"\n", label, y, bar*min(share, 1.35), colour)
	fmt.Fprintf(b, `<text x="%d" y="%d" fill="#fff">%.4g %s</text>`+"\n", label+6, y+14, r.Measured, html.EscapeString(r.Unit))
}

func heightOf(bars int) int { return 50 + bars*line }

func frame(bars int) string {
	height := heightOf(bars)
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n"+
		`<rect width="%d" height="%d" fill="#fff"/>`+"\n", width, height, width, height, width, height)
}
