package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const bigBot = 100_000

// startAndMemory measures goals 6 and 8.
func (b *bench) startAndMemory(context.Context) error {
	small := b.path("small")
	if _, err := writeBot(small, bot{rules: 10}, b.port); err != nil {
		return err
	}
	big := b.path("big")
	if _, err := writeBot(big, bot{rules: bigBot}, b.port); err != nil {
		return err
	}
	for _, s := range []struct {
		name   string
		dir    string
		start  float64 // ms
		memory float64 // MiB
	}{{"a small bot", small, 50, 20}, {"100000 rules", big, 800, 60}} {
		var starts, rss []float64
		for range b.rounds {
			p, err := b.serve(s.dir)
			if err != nil {
				return err
			}
			starts = append(starts, float64(p.start.Microseconds())/1000)
			time.Sleep(5 * time.Second) // idle
			m, err := p.memory("VmRSS")
			p.stop()
			if err != nil {
				return err
			}
			rss = append(rss, m)
		}
		b.add("8", "start of "+s.name, median(starts), "ms", s.start, false)
		b.add("6", "memory of "+s.name+", idle", median(rss), "MiB", s.memory, false)
	}
	return nil
}

// reload measures goal 5 and the reload peak of goal 6.
func (b *bench) reload(ctx context.Context) error {
	dir := b.path("reloaded")
	words, err := writeBot(dir, bot{rules: bigBot}, b.port)
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(dir, "rules", "*.yaml"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no rule files in %s: %v", dir, err)
	}
	p, err := b.serve(dir)
	if err != nil {
		return err
	}
	defer p.stop()
	time.Sleep(3 * time.Second)
	if err := p.resetPeak(); err != nil {
		return err
	}
	var one, whole []float64
	for i := range b.rounds {
		d, err := b.live(files[:1], fmt.Sprintf("甲%d", i))
		if err != nil {
			return err
		}
		one = append(one, d.Seconds())
		if d, err = b.live(files, fmt.Sprintf("乙%d", i)); err != nil {
			return err
		}
		whole = append(whole, d.Seconds())
	}
	peak, err := p.memory("VmHWM")
	if err != nil {
		return err
	}
	b.add("5", "one of 100 files with 100000 rules edited, last write to first answer, with 0.2 s of quiet time", median(one), "s", 0.4, false)
	b.add("5", "all 100 files edited, last write to first answer, with 0.2 s of quiet time", median(whole), "s", 0.85, false)
	b.add("6", "memory at its peak while 100000 rules reload", peak, "MiB", 240, false)
	return b.reloadUnderLoad(ctx, texts(words, 10_000, 0), files)
}

// live edits the files so that the first rule of the first one answers with
// mark, and gives the time from the last write to the first such answer.
func (b *bench) live(files []string, mark string) (time.Duration, error) {
	keyword := "基准测试的问题"
	for i := len(files) - 1; i >= 0; i-- {
		data, err := os.ReadFile(files[i])
		if err != nil {
			return 0, err
		}
		lines := bytes.SplitAfter(data, []byte("\n"))
		if bytes.HasPrefix(lines[1], []byte("  - {name: 标记")) {
			lines = append(lines[:1], lines[2:]...)
		}
		first := fmt.Sprintf("  - {name: 标记%d, when: {keyword: %s}, reply: 答案%s}\n", i, keyword, mark)
		data = bytes.Join([][]byte{lines[0], []byte(first), bytes.Join(lines[1:], nil)}, nil)
		if err := os.WriteFile(files[i], data, 0o644); err != nil {
			return 0, err
		}
	}
	written := time.Now()
	for id := int(written.UnixNano()); time.Since(written) < 20*time.Second; id++ {
		answer, err := ask(b.port, keyword, id)
		if err != nil {
			return 0, err
		}
		if strings.Contains(answer, "答案"+mark) {
			return time.Since(written), nil
		}
		time.Sleep(2 * time.Millisecond)
	}
	return 0, fmt.Errorf("edited rules were not live within 20 s")
}

// reloadUnderLoad edits all files again and again while the load goes on.
func (b *bench) reloadUnderLoad(ctx context.Context, lines, files []string) error {
	requests := newPlainPushes(lines, 1, 0, 2*b.seconds*perSecondAtMost)
	stop, edits := make(chan struct{}), make(chan error, 1)
	go func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				edits <- nil
				return
			case <-time.After(time.Second):
			}
			if _, err := b.live(files, fmt.Sprintf("丙%d", i)); err != nil {
				edits <- err
				return
			}
		}
	}()
	f, err := load(ctx, b.port, requests, time.Duration(2*b.seconds)*time.Second)
	close(stop)
	if err := <-edits; err != nil {
		return err
	}
	if err != nil {
		return err
	}
	b.add("5", "p99 while 100000 rules reload under load", float64(f.p99.Microseconds())/1000, "ms", 30, false)
	b.add("5", "failed requests meanwhile", float64(f.failed), fmt.Sprintf("/ %d", f.requests), 0, false)
	return nil
}
