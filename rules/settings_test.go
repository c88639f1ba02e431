package rules

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestLoadSettings(t *testing.T) {
	const settings = `server: {listen: "127.0.0.1:9"}
accounts: [{name: a, token_file: token, rules: [rules, more]}]
`
	for name, c := range map[string]struct {
		files map[string]string
		want  string // token; listen is always read
		fails bool
	}{
		"broken rules":   {map[string]string{"bot.yaml": settings, "token": "abc\n", "rules/a.yaml": "rules: [{wen: 1}]"}, "abc", false},
		"no rules":       {map[string]string{"bot.yaml": settings, "token": "abc\n"}, "abc", false},
		"no secret file": {map[string]string{"bot.yaml": settings}, "", true},
		"another error":  {map[string]string{"bot.yaml": settings + "stroe: memory\n", "token": "abc"}, "abc", true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, text := range c.files {
				path := filepath.Join(dir, file)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			bot, err := LoadSettings(dir, Options{Secrets: true})
			var problems Problems
			if errors.As(err, &problems) != c.fails {
				t.Errorf("error: %v", err)
			}
			if bot.Server.Listen != "127.0.0.1:9" || len(bot.Accounts) != 1 || string(bot.Accounts[0].Token) != c.want {
				t.Errorf("bot: %+v, accounts %+v", bot, bot.Accounts)
			}
		})
	}
}

// TestLoadSettingsWithoutFile: a folder of rules is a bot.
func TestLoadSettingsWithoutFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "rules"), 0o755); err != nil {
		t.Fatal(err)
	}
	env := func(string) (string, bool) { return "abc", true }
	bot, err := LoadSettings(dir, Options{Env: env, Secrets: true})
	if err != nil || string(bot.Accounts[0].Token) != "abc" || bot.Server.Listen != DefaultListen {
		t.Errorf("%+v, %v", bot, err)
	}
	if _, err := LoadSettings(filepath.Join(dir, "none"), Options{}); err == nil {
		t.Error("a folder that is not there has settings")
	}
}
