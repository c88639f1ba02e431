package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestDocsCommands runs the command lines of each page in order. A line of a
// kind that it does not know fails.
func TestDocsCommands(t *testing.T) {
	found := 0
	for _, p := range readPages(t) {
		t.Run(p.path, func(t *testing.T) {
			host := &host{t: t, dirs: map[string]string{}}
			for _, b := range p.blocks {
				for _, c := range commandsOf(t, p, b) {
					found++
					host.run(c)
				}
			}
		})
	}
	if found == 0 {
		t.Error("no command was found")
	}
}

// TestReadmeTestCommand holds the command that CI runs and the README's
// together.
func TestReadmeTestCommand(t *testing.T) {
	ci, err := os.ReadFile(filepath.Join(root, ".ci", "run"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(ci), "\n"+goTest) {
		t.Errorf(".ci/run does not run %s", goTest)
	}
	for _, name := range []string{"README.md", "README" + chinese} {
		if !strings.Contains(readPage(t, name).text, "\n"+goTest+"\n") {
			t.Errorf("%s does not name %s", name, goTest)
		}
	}
}

// goTest is the command that runs all tests, this one included.
const goTest = "go test ./..."

// shellLine is one command line of a page.
type shellLine struct {
	at      string // page and line
	command string
	output  *string // what a console block shows; nil in other blocks
}

func commandsOf(t *testing.T, p *page, b codeBlock) []shellLine {
	t.Helper()
	var list []shellLine
	for i, line := range strings.Split(strings.TrimSuffix(b.text, "\n"), "\n") {
		at := fmt.Sprintf("%s:%d", p.path, b.line+1+i)
		switch b.info {
		case infoShell:
			list = append(list, shellLine{at: at, command: line})
		case infoConsole:
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				list = append(list, shellLine{at: at, command: command, output: new(string)})
				continue
			}
			if len(list) == 0 {
				t.Fatalf("%s: output before any command", at)
			}
			*list[len(list)-1].output += line + "\n"
		}
	}
	return list
}

// host plays the machine on which the commands of one page are run.
type host struct {
	t    *testing.T
	dirs map[string]string // where the folders are that the page made or serves
}

// outside are the command lines that need what a test has not; what they name
// of the repository must exist. .ci/compose.sh deploys with a real engine.
var outside = []struct {
	line  *regexp.Regexp
	names []string
}{
	{regexp.MustCompile(`^cp \.env\.example \.env$`), []string{".env.example"}},
	{regexp.MustCompile(`^docker compose (up -d|up -d --build|logs -f bot|kill -s HUP bot)$`), []string{"compose.yaml", "Dockerfile", ".ci/compose.sh"}},
	{regexp.MustCompile(`^git pull$`), nil},
	{regexp.MustCompile(`^go test \./\.\.\.$`), nil}, // TestReadmeTestCommand
	// .ci/run does these, for a shorter time.
	{regexp.MustCompile(`^cd bench && go run \.( -rounds \d+)?( -json results\.json && go run \. -only growth -json growth\.json && go run \./report)?$`), []string{"bench/main.go", "bench/report", ".ci/run"}},
	{regexp.MustCompile(`^go test -run '\^\$' -bench \. \./wechat \./engine \./rules \./server$`), []string{".ci/run"}},
}

func (h *host) run(c shellLine) {
	h.t.Helper()
	for _, o := range outside {
		if o.line.MatchString(c.command) {
			for _, name := range o.names {
				if _, err := os.Stat(filepath.Join(root, name)); err != nil {
					h.t.Errorf("%s: %v", c.at, err)
				}
			}
			return
		}
	}
	line := words(c.command)
	switch {
	case len(line) > 4 && slices.Equal(line[:3], []string{"go", "run", "./cmd/wereply"}):
		h.wereply(c, line[3:])
	case len(line) > 1 && line[0] == "wereply" && line[1] == "schema":
		h.schema(c, line[1:])
	case len(line) > 2 && line[0] == "wereply":
		h.wereply(c, line[1:])
	case len(line) == 4 && slices.Equal(line[:3], []string{"curl", "-X", "POST"}):
		h.post(c, line[3])
	default:
		h.t.Errorf("%s: no test runs %q", c.at, c.command)
	}
}

// wereply runs one command line. A bot that is made or served gets a folder
// and ports of its own, which the commands after it are led to.
func (h *host) wereply(c shellLine, args []string) {
	h.t.Helper()
	command, folder, flags := args[0], args[1], args[2:]
	dir, ok := h.dirs[folder]
	if !ok {
		dir = filepath.Join(root, folder)
	}
	switch command {
	case "init":
		dir = filepath.Join(h.t.TempDir(), folder)
		h.dirs[folder] = dir
	case "serve":
		h.dirs[folder] = h.serve(dir, flags)
		return
	}
	got := runCommand(h.t, append([]string{command, dir}, flags...)...)
	if got.code != exitDone {
		h.t.Errorf("%s: exit code %d:\n%s%s", c.at, got.code, got.stdout, got.stderr)
	}
	if c.output != nil && got.stdout != *c.output {
		h.t.Errorf("%s: prints\n%snot\n%s", c.at, got.stdout, *c.output)
	}
}

// schema prints the schemas, or writes them into a bot that was made.
func (h *host) schema(c shellLine, args []string) {
	h.t.Helper()
	for i, arg := range args {
		if dir, ok := h.dirs[arg]; ok {
			args[i] = dir
		}
	}
	if got := runCommand(h.t, args...); got.code != exitDone {
		h.t.Errorf("%s: exit code %d:\n%s%s", c.at, got.code, got.stdout, got.stderr)
	}
}

// serve starts the bot of dir on ports of its own until the test ends, and
// gives a copy of the folder that names them.
func (h *host) serve(dir string, flags []string) string {
	h.t.Helper()
	b := serve(h.t, dir, nil, append([]string{"--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"}, flags...)...)
	seen := h.t.TempDir()
	if err := os.CopyFS(seen, os.DirFS(dir)); err != nil {
		h.t.Fatal(err)
	}
	config, err := os.ReadFile(filepath.Join(dir, "bot.yaml"))
	if err != nil {
		h.t.Fatal(err)
	}
	moved := strings.NewReplacer(`":8080"`, `"`+b.public+`"`, `"127.0.0.1:8081"`, `"`+b.admin+`"`).Replace(string(config))
	write(h.t, seen, "bot.yaml", moved)
	return seen
}

// post asks the admin listener of a bot that runs on the default addresses.
func (h *host) post(c shellLine, url string) {
	h.t.Helper()
	b := serve(h.t, filepath.Join(root, "examples", "parrot"), nil, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
	resp, err := http.Post(strings.Replace(url, "127.0.0.1:8081", b.admin, 1), "", nil)
	if err != nil {
		h.t.Errorf("%s: %v", c.at, err)
		return
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		h.t.Errorf("%s: %s", c.at, resp.Status)
	}
}

// words splits a command line; double quotes hold a word together.
func words(line string) []string {
	list := regexp.MustCompile(`"[^"]*"|\S+`).FindAllString(line, -1)
	for i, w := range list {
		list[i] = strings.Trim(w, `"`)
	}
	return list
}

// lockedBuffer is a buffer that may be read while it is written to.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
