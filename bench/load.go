package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// figures is what one run of wrk measured.
type figures struct {
	Requests int
	Micros   int
	P50, P99 int // microseconds
	Errors   int
}

func (f figures) perSecond() float64 { return float64(f.Requests) / (float64(f.Micros) / 1e6) }

// pushes says which requests wrk sends.
type pushes struct {
	script string
	env    []string
}

// load runs wrk on CPU 1 with 64 connections.
func load(ctx context.Context, port int, p pushes, d time.Duration) (figures, error) {
	cmd := exec.CommandContext(ctx, "taskset", "-c", "1", "wrk", "-t1", "-c64",
		fmt.Sprintf("-d%ds", max(1, int(d.Seconds()))), "-s", p.script, fmt.Sprintf("http://127.0.0.1:%d", port))
	cmd.Env = append(append(os.Environ(), "REPORT=report.lua"), p.env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return figures{}, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	_, line, ok := strings.Cut(string(out), "FIGURES ")
	if !ok {
		return figures{}, fmt.Errorf("wrk printed no figures:\n%s", out)
	}
	var f figures
	_, err = fmt.Sscanf(line, "requests=%d us=%d p50=%d p99=%d errors=%d", &f.Requests, &f.Micros, &f.P50, &f.P99, &f.Errors)
	return f, err
}
