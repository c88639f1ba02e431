package main

import (
	"strings"
	"testing"
)

// TestUsage: a command line that cannot be meant ends with 2, says why on
// stderr, and prints nothing else.
func TestUsage(t *testing.T) {
	for _, c := range []struct {
		args string
		want string // of stderr
	}{
		{"", "Available Commands:"},
		{"chek", "wereply: unknown command \"chek\"\nhint: did you mean check?\n"},
		{"help sevre", "wereply: unknown command \"sevre\"\nhint: did you mean serve?\n"},
		{"start", "wereply: unknown command \"start\"\nhint: did you mean wereply serve?\n"},
		{"version", "wereply: unknown command \"version\"\nhint: did you mean wereply --version?\n"},
		{"explain 你好", "wereply: there is no folder 你好\nhint: a text that the user sends stands behind --text: --text 你好\n"},
		{"send 你好", "wereply: there is no folder 你好\nhint: a text that the user sends stands behind --text: --text 你好\n"},
		{"test 问候", "wereply: there is no folder 问候\nhint: a test is picked by its name: --run 问候\n"},
		{"frobnicate", "wereply: unknown command \"frobnicate\"\nhint: wereply --help lists the commands\n"},
		{"serve --lisen :80", "wereply: unknown flag --lisen\nhint: did you mean --listen?\n"},
		{"chek --help", "wereply: unknown command \"chek\"\nhint: did you mean check?\n"},
		{"—help", "wereply: —help begins with a dash, and a flag with hyphens\nhint: did you mean --help?\n"},
		{"explain –text 你好", "wereply: –text begins with a dash, and a flag with hyphens\nhint: did you mean --text?\n"},
		{"check －－strict", "wereply: －－strict begins with a dash, and a flag with hyphens\nhint: did you mean --strict?\n"},
		{"import —output x", "hint: did you mean --output?\n"},
		{"explain -text 你好", "wereply: unknown flag -t\nhint: did you mean --text?\n"},
		{"serve -log-level=debug", "hint: did you mean --log-level?\n"},
		{"check --strict=maybe", "wereply: --strict: \"maybe\" is neither true nor false\n"},
		{"serve -x", "wereply: unknown flag -x\nhint: wereply serve --help lists the flags\n"},
		{"check --format", "wereply: --format needs a value\n"},
		{"check --format jsn", "wereply: --format: \"jsn\" is not one of text, json, github\nhint: did you mean json?\n"},
		{"check a b", "wereply: check takes one folder, not 2: a b\nhint: run it once for each folder: wereply check a; a folder whose name has spaces goes into quotes\n"},
		{"explain . --text hello world", "wereply: explain takes one folder, not 2: . world\nhint: put a text that has spaces into quotes: --text \"hello world\"\n"},
		{"serve --listen abc", "wereply: --listen: \"abc\" is no address\nhint: an address is host and port, or a port alone with a colon before it: 127.0.0.1:8080 or :8080\n"},
		{"serve --listen off", "wereply: --listen: \"off\" is no address\n"},
		{"serve --admin 8081", "wereply: --admin: \"8081\" is no address\n"},
		{"healthcheck --admin 127.0.0.1:99999", "wereply: --admin: \"127.0.0.1:99999\" is no address\n"},
		{"test --run [", "wereply: --run: missing closing ]: `[`\n"},
		{"send --text a --event b", "wereply: --text, --event and --push are three ways to say what the user does: give one\n"},
		{"send --event-key b", "wereply: --event-key needs --event, as --event CLICK\n"},
		{"send --url example.com --text a", "wereply: --url: \"example.com\" is no http or https address\n"},
		{"send --token-env T --text a", "wereply: --token-env goes with --url: without it bot.yaml is used\n"},
		{"send --url http://127.0.0.1:1/ --token-env T --text a", "wereply: --token-env: the variable T is not set\n"},
		{"init", "wereply: init needs the folder of the new bot\nhint: wereply init mybot\n"},
		{"import", "wereply: import takes one file, not 0\nhint: wereply import autoreply.json -o mybot/rules/imported.yaml\n"},
	} {
		t.Run(c.args, func(t *testing.T) {
			got := runIn(t, greeter(t), strings.Fields(c.args)...)
			if got.code != exitUsage {
				t.Errorf("exit code %d, want %d", got.code, exitUsage)
			}
			if got.stdout != "" {
				t.Errorf("stdout: %q", got.stdout)
			}
			if !strings.Contains(got.stderr, c.want) {
				t.Errorf("stderr:\n%s\nwant:\n%s", got.stderr, c.want)
			}
		})
	}
}

func TestHelpAndVersion(t *testing.T) {
	for args, want := range map[string]string{
		"--help":      "Available Commands:",
		"help check":  "wereply check [DIR] [flags]",
		"test --help": "wereply test [DIR] [flags]",
		"--version":   "wereply devel (go",
	} {
		got := runCommand(t, strings.Fields(args)...)
		if got.code != exitDone || got.stderr != "" || !strings.Contains(got.stdout, want) {
			t.Errorf("%s: exit code %d\nstdout: %s\nstderr: %s", args, got.code, got.stdout, got.stderr)
		}
	}
}
