// Report writes the results of the benchmark into docs: the pictures, and the
// tables of both languages.
//
//	go run . -json results.json && go run . -only growth -json growth.json && go run ./report
//
// results.json tells how far each goal is reached, growth.json how the cost of
// a push grows.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
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

func main() {
	from := flag.String("from", ".", "the `folder` of results.json and growth.json")
	docs := flag.String("docs", filepath.Join("..", "docs"), "the `folder` to write into")
	flag.Parse()
	files, err := report(*from, *docs)
	for name, text := range files {
		if err == nil {
			err = os.WriteFile(name, []byte(text), 0o644)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

// report makes the files that docs shall have, by their paths.
func report(from, docs string) (map[string]string, error) {
	files := map[string]string{}
	pages := map[string]*words{
		filepath.Join(docs, "performance.md"):       english,
		filepath.Join(docs, "performance.zh-CN.md"): chinese,
	}
	for name := range pages {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files[name] = string(text)
	}
	for _, part := range []struct{ name, picture string }{{"results", "performance"}, {"growth", "growth"}} {
		rows, err := read(filepath.Join(from, part.name+".json"))
		if err != nil {
			return nil, err
		}
		files[filepath.Join(docs, part.picture+".svg")] = draw(rows)
		for name, w := range pages {
			table, err := w.table(rows)
			if err == nil {
				files[name], err = replace(files[name], part.name, table)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return files, nil
}

func read(name string) (rows []row, err error) {
	data, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(data, &rows)
	}
	return rows, err
}

// replace puts a table between the comments that say where it belongs.
func replace(page, name, table string) (string, error) {
	begin := "<!-- " + name + " -->\n"
	before, rest, ok := strings.Cut(page, begin)
	_, after, closed := strings.Cut(rest, "<!-- end -->")
	if !ok || !closed {
		return "", fmt.Errorf("there is no place for a table %q", name)
	}
	return before + begin + table + "<!-- end -->" + after, nil
}
