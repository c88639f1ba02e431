package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"wereply/rules"
)

// exit is the error of a command that has already said what is to be said.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// usageError is a command line that cannot be meant.
type usageError struct {
	msg  string
	hint string
}

func (e *usageError) Error() string { return e.msg }

func usagef(format string, args ...any) *usageError {
	return &usageError{msg: fmt.Sprintf(format, args...)}
}

// hinted is a failure with advice.
type hinted struct {
	error
	hint string
}

func (e *hinted) Unwrap() error { return e.error }

// exitCode says what err means to the operator and to a script.
func (c *cli) exitCode(err error) int {
	var (
		code     exit
		usage    *usageError
		problems rules.Problems
		advice   *hinted
	)
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &usage):
		c.complain(usage.msg, usage.hint)
		return exitUsage
	case errors.As(err, &problems):
		c.problemPrinter(c.stderr, "").print(problems)
	case errors.As(err, &advice):
		c.complain(err.Error(), advice.hint)
	default:
		c.complain(err.Error(), "")
	}
	return exitProblems
}

// complain writes a message for people, and a hint where there is one.
func (c *cli) complain(msg, hint string) {
	fmt.Fprintf(c.stderr, "wereply: %s\n", msg)
	if hint != "" {
		fmt.Fprintf(c.stderr, "hint: %s\n", hint)
	}
}

// warn says what was probably not meant, and the command goes on.
func (c *cli) warn(msg, hint string) { c.complain("warning: "+msg, hint) }

// otherCommands are the names that other programs give to what is meant.
var otherCommands = map[string]string{
	"start": "serve", "run": "serve", "server": "serve", "up": "serve", "lint": "check", "validate": "check", "verify": "check",
	"new": "init", "create": "init", "push": "send", "version": "--version",
}

// knownCommand refuses the words after wereply that are no command.
func (c *cli) knownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if err := longDash(args); err != nil {
		return err
	}
	err := usagef("unknown command %q", args[0])
	var names []string
	for _, cmd := range root.Commands() {
		names = append(names, cmd.Name())
	}
	err.hint = didYouMean(args[0], names, "", "wereply --help lists the commands")
	if meant := otherCommands[args[0]]; meant != "" {
		err.hint = "did you mean wereply " + meant + "?"
	}
	return err
}

// longDash refuses a flag that begins with one of the long dashes that editors and
// input methods make of hyphens.
func longDash(args []string) error {
	for _, arg := range args {
		name := strings.TrimLeft(arg, "–—―−－-")
		if name != "" && name != arg && !strings.HasPrefix(arg, "-") && name[0] >= 'a' && name[0] <= 'z' {
			err := usagef("%s begins with a dash, and a flag with hyphens", arg)
			err.hint = "did you mean --" + name + "?"
			return err
		}
	}
	return nil
}

// oneDir accepts a folder or nothing.
func oneDir(cmd *cobra.Command, args []string) error {
	if err := longDash(args); err != nil {
		return err
	}
	if len(args) > 1 {
		err := usagef("%s takes one folder, not %d: %s", cmd.Name(), len(args), strings.Join(args, " "))
		err.hint = fmt.Sprintf("run it once for each folder: %s %s; a folder whose name has spaces goes into quotes", cmd.CommandPath(), args[0])
		if cmd.Flags().Lookup("text") != nil {
			err.hint = "put a text that has spaces into quotes: --text \"hello world\""
		}
		return err
	}
	if len(args) == 1 {
		return isDir(cmd, args[0])
	}
	return nil
}

// isDir refuses a folder that is not there where something else was probably
// meant by the word: a text to send, or a test to run.
func isDir(cmd *cobra.Command, name string) error {
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	err := usagef("there is no folder %s", name)
	switch {
	case cmd.Flags().Lookup("text") != nil:
		err.hint = "a text that the user sends stands behind --text: --text " + shellQuote(name)
	case cmd.Flags().Lookup("run") != nil:
		err.hint = "a test is picked by its name: --run " + shellQuote(name)
	default:
		return nil
	}
	return err
}

// flagError puts pflag's errors into our words.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		return unknownFlag(cmd, unknown)
	case errors.As(err, &missing):
		return usagef("--%s needs a value", missing.GetFlag().Name)
	case errors.As(err, &invalid):
		var usage *usageError
		if errors.As(err, &usage) {
			return &usageError{msg: "--" + invalid.GetFlag().Name + ": " + usage.msg, hint: usage.hint}
		}
		if invalid.GetFlag().Value.Type() == "bool" {
			return usagef("--%s: %q is neither true nor false", invalid.GetFlag().Name, invalid.GetValue())
		}
		return usagef("--%s: %q is not a %s", invalid.GetFlag().Name, invalid.GetValue(), invalid.GetFlag().Value.Type())
	}
	return usagef("%s", err)
}

func unknownFlag(cmd *cobra.Command, unknown *pflag.NotExistError) error {
	name := unknown.GetSpecifiedName()
	dashes := "--"
	if unknown.GetSpecifiedShortnames() != "" {
		dashes = "-"
	}
	err := usagef("unknown flag %s%s", dashes, name)
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if word, _, _ := strings.Cut(unknown.GetSpecifiedShortnames(), "="); len(word) > 1 {
		name = word // -text, where --text was meant
	}
	err.hint = didYouMean(name, names, "--", cmd.CommandPath()+" --help lists the flags")
	return err
}

func didYouMean(word string, known []string, prefix, otherwise string) string {
	if near := rules.Suggest(word, known); near != "" {
		return "did you mean " + prefix + near + "?"
	}
	return otherwise
}

// address is a flag whose value is an address to listen at.
type address struct{ value string }

func (f *address) String() string { return f.value }
func (f *address) Type() string   { return "address" }

func (f *address) Set(s string) error {
	if !rules.IsAddress(s) {
		return &usageError{msg: fmt.Sprintf("%q is no address", s), hint: "an address is host and port, or a port alone with a colon before it: 127.0.0.1:8080 or :8080"}
	}
	f.value = s
	return nil
}

// addressOrOff is an address, or the word that turns the listener off.
type addressOrOff struct{ address }

func (f *addressOrOff) Set(s string) error {
	if s == rules.AdminOff {
		f.value = s
		return nil
	}
	return f.address.Set(s)
}

// choice is a flag whose values are a short list of words.
type choice struct {
	value string
	words []string
}

func oneOf(first string, others ...string) *choice {
	return &choice{value: first, words: append([]string{first}, others...)}
}

func (f *choice) String() string { return f.value }
func (f *choice) Type() string   { return strings.Join(f.words, "|") }

func (f *choice) Set(s string) error {
	if !slices.Contains(f.words, s) {
		err := usagef("%q is not one of %s", s, strings.Join(f.words, ", "))
		err.hint = didYouMean(s, f.words, "", "")
		return err
	}
	f.value = s
	return nil
}
