// Bench measures the bot against a bare echo server and against the goals of
// docs/performance.md. It needs Linux with two processors and taskset.
//
//	go run . [-only throughput|growth|memory|reload] [-rounds 10] [-seconds 1] [-json results.json]
//
// Servers under load run on processor 0 and the load on processor 1, in rounds
// that take turns; what counts are medians of the ratios within a round.
// Absolute figures move with the machine.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"time"
)

type bench struct {
	dir     string // scratch
	rounds  int
	seconds int
	port    int // the bot's; its admin listener is on the next
	rows    []row
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	b := bench{}
	flag.IntVar(&b.rounds, "rounds", 10, "rounds of every measurement")
	flag.IntVar(&b.seconds, "seconds", 1, "seconds of load in a round")
	flag.IntVar(&b.port, "port", 18080, "the first of 22 ports that are free")
	only := flag.String("only", "", "measure one `part`: throughput, growth, memory or reload; the growth is measured only so")
	results := flag.String("json", "", "write the results into this `file` too")
	flag.Parse()
	if err := pin(); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "wereply-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b.dir = dir
	parts, err := b.parts(*only)
	if err != nil {
		return err
	}
	if err := b.build(ctx); err != nil {
		return err
	}
	for _, part := range parts {
		if err := part(ctx); err != nil {
			return err
		}
	}
	printTable(os.Stdout, b.rows)
	if *results == "" {
		return nil
	}
	data, err := json.MarshalIndent(b.rows, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(*results, append(data, '\n'), 0o644)
}

func (b *bench) parts(only string) ([]func(context.Context) error, error) {
	switch only {
	case "":
		return []func(context.Context) error{b.throughput, b.startAndMemory, b.reload}, nil
	case "throughput":
		return []func(context.Context) error{b.throughput}, nil
	case "growth":
		return []func(context.Context) error{b.growth}, nil
	case "memory":
		return []func(context.Context) error{b.startAndMemory}, nil
	case "reload":
		return []func(context.Context) error{b.reload}, nil
	}
	return nil, fmt.Errorf("there is no part %q: throughput, growth, memory, reload", only)
}

func (b *bench) path(parts ...string) string {
	return filepath.Join(append([]string{b.dir}, parts...)...)
}

func (b *bench) build(ctx context.Context) error {
	for _, program := range []struct{ name, module, pkg string }{{"wereply", "..", "./cmd/wereply"}, {"echo", ".", "./echo"}} {
		cmd := exec.CommandContext(ctx, "go", "build", "-C", program.module, "-o", b.path(program.name), program.pkg)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0") // as in the image
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("go build %s: %w\n%s", program.pkg, err, out)
		}
	}
	return nil
}

func (b *bench) add(goal, what string, measured float64, unit string, limit float64, atLeast bool) {
	b.rows = append(b.rows, row{goal, what, measured, unit, limit, atLeast})
	fmt.Fprintf(os.Stderr, "%s  %s: %.4g %s\n", time.Now().Format(time.TimeOnly), what, measured, unit)
}

// serve starts the bot in dir, on all processors, and waits until it answers.
func (b *bench) serve(dir string) (*process, error) {
	return startServer(allCPUs, b.port, b.path("server.log"), b.path("wereply"), "serve", dir)
}
