package main

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// Exit codes. They are a promise: scripts and CI depend on them.
const (
	exitDone     = 0
	exitProblems = 1 // found problems, or failed
	exitUsage    = 2 // the command line is wrong
	exitWarnings = 3 // check --strict found nothing but warnings
)

// cli is what a command may touch of the world.
type cli struct {
	stdin  io.Reader
	stdout io.Writer // results
	stderr io.Writer // everything else
	env    func(string) (string, bool)
}

// run is the whole program: it ends with its exit code when the command is
// done or, for those that run on, when ctx ends.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env func(string) (string, bool)) int {
	c := &cli{stdin: stdin, stdout: stdout, stderr: stderr, env: env}
	root := c.rootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	refused := c.helpOfKnown(root)
	if err := root.ExecuteContext(ctx); err != nil {
		return c.exitCode(err)
	}
	return c.exitCode(*refused)
}

// helpOfKnown refuses --help behind a word that is no command: cobra shows the
// help of the whole program. What it points to is set when the help was asked
// for in such a way.
func (c *cli) helpOfKnown(root *cobra.Command) *error {
	var refused error
	help := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		if cmd == root {
			refused = c.knownCommand(root, cmd.Flags().Args())
		}
		if refused == nil {
			help(cmd, args)
		}
	})
	return &refused
}

func (c *cli) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "wereply COMMAND",
		Short: "rule-driven auto-replies for WeChat Official Accounts (公众号) and mini programs (小程序)",
		Long: `wereply answers what users send to a WeChat Official Account (公众号) or a mini
program (小程序) by rules that are written in YAML. A bot is a folder: bot.yaml and
rules/*.yaml. Save a rule, and the bot answers differently a moment later.

DIR is the bot's folder; without it the current folder is meant.`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          c.knownCommand,
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SetOut(c.stderr)
			if err := cmd.Help(); err != nil {
				return err
			}
			return exit(exitUsage)
		},
	}
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	// The root is runnable only to refuse, so its own usage line says nothing.
	root.SetUsageTemplate(strings.Replace(root.UsageTemplate(), "{{if .Runnable}}", "{{if and .Runnable .HasParent}}", 1))
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(
		c.serveCommand(),
		c.checkCommand(),
		c.testCommand(),
		c.explainCommand(),
		c.sendCommand(),
		c.initCommand(),
		c.importCommand(),
		c.schemaCommand(),
		c.healthcheckCommand(),
	)
	root.SetHelpCommand(c.helpCommand(root))
	return root
}

// helpCommand is cobra's, except that an unknown topic is wrong usage.
func (c *cli) helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "help about a command",
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return c.knownCommand(root, args)
			}
			cmd.InitDefaultHelpFlag()
			return cmd.Help()
		},
	}
}

// botDir is the folder that a command line means.
func botDir(args []string) string {
	if len(args) == 0 {
		return "."
	}
	return args[0]
}
