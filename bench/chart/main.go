// Chart draws the results that the benchmark wrote with -json as a picture:
// how far each goal is reached.
//
//	go run ./chart <results.json >../docs/performance.svg
package main

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"os"
	"strings"
)

type row struct {
	Goal     string
	What     string
	Measured float64
	Unit     string
	Limit    float64
	AtLeast  bool
}

const (
	width   = 1010
	label   = 580 // width of the words
	bar     = 300 // width of a bar that just reaches its goal
	line    = 26
	reached = "#2e7d5b"
	missed  = "#b5482f"
)

func main() {
	var rows []row
	if err := json.NewDecoder(os.Stdin).Decode(&rows); err != nil {
		fmt.Fprintln(os.Stderr, "chart:", err)
		os.Exit(1)
	}
	io.WriteString(os.Stdout, draw(rows))
}

// draw gives each measurement that has a goal a bar. Its length is how far the
// goal is reached: up to the line and beyond is good, whether the goal is a
// least or a most.
func draw(rows []row) string {
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
		y := 40 + n*line
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", label-10, y+14, html.EscapeString(r.What))
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%.0f" height="18" fill="%s"/>`+"\n", label, y, bar*min(share, 1.35), colour)
		fmt.Fprintf(&b, `<text x="%d" y="%d" fill="#fff">%.4g %s</text>`+"\n", label+6, y+14, r.Measured, html.EscapeString(r.Unit))
		n++
	}
	height := 50 + n*line
	head := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", width, height, width, height)
	frame := fmt.Sprintf(`<rect width="%d" height="%d" fill="#fff"/>`+"\n"+`<line x1="%d" y1="26" x2="%d" y2="%d" stroke="#333" stroke-dasharray="4 3"/>`+"\n"+
		`<text x="%d" y="20" text-anchor="middle">goal</text>`+"\n", width, height, label+bar, label+bar, height-6, label+bar)
	return head + frame + b.String() + "</svg>\n"
}
