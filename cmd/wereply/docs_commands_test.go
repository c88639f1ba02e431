package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestDocsCommands runs the command lines of each page in order. A line of a
// kind that it does not know fails.
func TestDocsCommands(t *testing.T) {
	found := 0
	for _, p := range readPages(t) {
		t.Run(p.path, func(t *testing.T) {
			host := &host{t: t, bots: map[string]*runningBot{}}
			defer host.stop()
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
	bots map[string]*runningBot // by the folder as the page names it
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
	words := strings.Fields(c.command)
	switch {
	case len(words) > 3 && slices.Equal(words[:3], []string{"go", "run", "./cmd/wereply"}):
		h.wereply(c, words[3:])
	case len(words) > 1 && words[0] == "wereply":
		h.wereply(c, words[1:])
	case len(words) == 4 && slices.Equal(words[:3], []string{"curl", "-X", "POST"}):
		h.post(c, words[3])
	default:
		h.t.Errorf("%s: no test runs %q", c.at, c.command)
	}
}

// wereply runs one command line on a copy of the folder it names.
func (h *host) wereply(c shellLine, args []string) {
	h.t.Helper()
	folder := "."
	if len(args) > 1 && !strings.HasPrefix(args[1], "-") {
		folder = args[1]
	}
	if args[0] == "serve" {
		h.bots[folder] = startBot(h.t, folder, args[2:])
		return
	}
	dir := filepath.Join(root, folder)
	if bot := h.bots[folder]; bot != nil {
		dir = bot.seen
	}
	got := runCommand(h.t, append([]string{args[0], dir}, args[2:]...)...)
	if got.code != exitDone {
		h.t.Errorf("%s: exit code %d:\n%s%s", c.at, got.code, got.stdout, got.stderr)
	}
	if c.output != nil && got.stdout != *c.output {
		h.t.Errorf("%s: prints\n%snot\n%s", c.at, got.stdout, *c.output)
	}
}

// post asks the admin listener of a bot that runs on the default addresses.
func (h *host) post(c shellLine, url string) {
	h.t.Helper()
	bot := startBot(h.t, "examples/parrot", nil)
	defer bot.stop(h.t)
	url = strings.Replace(url, "127.0.0.1:8081", bot.admin, 1)
	resp, err := http.Post(url, "", nil)
	if err != nil {
		h.t.Errorf("%s: %v", c.at, err)
		return
	}
	defer resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		h.t.Errorf("%s: %s", c.at, resp.Status)
	}
}

func (h *host) stop() {
	for _, bot := range h.bots {
		bot.stop(h.t)
	}
}

// runningBot is a bot that was started by serve, on ports of its own.
type runningBot struct {
	public, admin string
	seen          string // a copy of its folder that names these addresses
	cancel        context.CancelFunc
	ended         chan int
	log           *lockedBuffer
}

var listening = regexp.MustCompile(`msg=listening public=(\S+) admin=(\S+)`)

// startBot serves a folder of the repository until stop.
func startBot(t *testing.T, folder string, args []string) *runningBot {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	b := &runningBot{cancel: cancel, ended: make(chan int, 1), log: &lockedBuffer{}}
	args = append([]string{"serve", filepath.Join(root, folder), "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"}, args...)
	go func() {
		env := func(string) (string, bool) { return "", false }
		b.ended <- run(ctx, args, strings.NewReader(""), b.log, b.log, env)
	}()
	for deadline := time.Now().Add(20 * time.Second); ; {
		if m := listening.FindStringSubmatch(b.log.String()); m != nil {
			b.public, b.admin = m[1], m[2]
			break
		}
		if time.Now().After(deadline) {
			cancel()
			t.Fatalf("serve %s does not start:\n%s", folder, b.log)
		}
		time.Sleep(5 * time.Millisecond)
	}
	b.seen = t.TempDir()
	if err := os.CopyFS(b.seen, os.DirFS(filepath.Join(root, folder))); err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(filepath.Join(b.seen, "bot.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	moved := strings.NewReplacer(`":8080"`, `"`+b.public+`"`, `"127.0.0.1:8081"`, `"`+b.admin+`"`).Replace(string(config))
	write(t, b.seen, "bot.yaml", moved)
	return b
}

func (b *runningBot) stop(t *testing.T) {
	t.Helper()
	b.cancel()
	if code := <-b.ended; code != exitDone {
		t.Errorf("serve ends with %d:\n%s", code, b.log)
	}
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
