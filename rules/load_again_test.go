package rules

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLoadingAgainIsLoadingAnew changes a bot in many small ways, mistakes
// included: a Loader that keeps what it read must say what a new one says.
func TestLoadingAgainIsLoadingAnew(t *testing.T) {
	bots := []string{
		"accounts: [{name: one, token: abc, path: /1, rules: [a, b]}, {name: two, token: abc, path: /2, rules: b}]\n",
		"accounts: [{name: one, token: abc, path: /1, rules: b}, {name: two, token: abc, path: /2, rules: [b, a]}]\n",
		"accounts: [{name: two, token: abc, path: /1, rules: [a, c]}]\nwebhooks: {llm: {url: \"http://localhost:1\"}}\n",
		"accounts: [{token: \n",
	}
	texts := []string{
		"rules:\n  - {when: {keyword: 甲}, reply: 一}\n",
		"rules:\n\n  - {when: {keyword: 甲}, reply: 一}\n  - {when: {keyword: 甲}, reply: 一}\n",
		"rules:\n  - {name: 名, when: {keyword: 甲}, reply: {use: 话}}\nreplies: {话: 好}\n",
		"rules:\n  - {when: {keyword: 乙}, reply: {webhook: llm}}\ntests: [{send: 乙, account: two, expect: 好}]\n",
		"rules:\n  - {when: {keywrd: 乙}, reply: 二}\n",
		"rules: [\n",
		"rules:\n  - {name: 缺, when: {keyword: 丙}, reply: {use: 话}}\n",
	}
	files := []string{"a/1.yaml", "a/2.yaml", "b/1.yaml", "b/x/1.yaml", "c/1.yaml"}
	dir := writeBot(t, map[string]string{"bot.yaml": bots[0], "a/1.yaml": texts[0], "b/1.yaml": texts[2], "c/1.yaml": texts[0]})
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	path := func() string { return filepath.Join(dir, files[rng.IntN(len(files))]) }
	write := func(path, text string) {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	l := NewLoader(dir, Options{})
	good := 0
	for range 600 {
		switch rng.IntN(5) {
		case 0:
			write(filepath.Join(dir, "bot.yaml"), bots[rng.IntN(len(bots))])
		case 1:
			os.Rename(path(), path()) // fails where there is none
		case 2:
			os.Remove(path())
		default:
			write(path(), texts[rng.IntN(len(texts))])
		}
		bot, problems := l.load()
		fresh, want := NewLoader(dir, Options{}).load()
		if diff := cmp.Diff(fmt.Sprint(want), fmt.Sprint(problems)); diff != "" {
			t.Fatalf("problems (-new +again):\n%s", diff)
		}
		if !want.HasError() {
			good++
		}
		for i, a := range fresh.Accounts {
			if diff := cmp.Diff(a.Set, bot.Accounts[i].Set); diff != "" {
				t.Fatalf("account %s (-new +again):\n%s", a.Name, diff)
			}
		}
	}
	if good < 20 || good > 580 {
		t.Errorf("%d of 600 bots were good", good)
	}
}

// A mistake of ours in reading a file must not end the program: the panic comes
// to who loads.
func TestParsingPanicsWhereLoadWasCalled(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	name := filepath.Join(t.TempDir(), "a.yaml")
	if err := os.WriteFile(name, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	pool := filePool{order: []*parsedFile{{abs: name}}}
	pool.parse(&view{}) // which has no entry for the file
}
