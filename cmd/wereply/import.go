package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"wereply/engine"
	"wereply/rules"
	"wereply/wechat"
)

func (c *cli) importCommand() *cobra.Command {
	lang := c.langFlag()
	var output string
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "turn the auto-replies of WeChat's console into rules",
		Long: `import reads an answer of WeChat's get_current_autoreply_info (- is standard input) and
writes a rule file: the reply on following, the keyword replies and the default, with
a test for each keyword. What cannot be expressed stays as a comment with the reason.`,
		Example: "  wereply import autoreply.json -o mybot/rules/imported.yaml",
		Args: func(_ *cobra.Command, args []string) error {
			if err := longDash(args); err != nil {
				return err
			}
			if len(args) != 1 {
				return &usageError{msg: fmt.Sprintf("import takes one file, not %d", len(args)), hint: "wereply import autoreply.json -o mybot/rules/imported.yaml"}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			return c.importFile(args[0], output, lang.value)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "write this new file instead of standard output")
	cmd.Flags().Var(lang, "lang", "language of the comments: zh or en")
	return cmd
}

func (c *cli) importFile(name, output, lang string) error {
	data, err := readFile(c, name)
	if err != nil {
		return err
	}
	saved, err := parseAutoReplies(data)
	if err != nil {
		if name == "-" {
			name = "standard input"
		}
		return fmt.Errorf("%s: %w", name, err)
	}
	file, summary, err := importAutoReplies(saved, importLangs[lang])
	if err != nil {
		return err
	}
	file = append([]byte(schemaLine(output)), file...)
	if output == "" {
		_, err = c.stdout.Write(file)
	} else {
		err = writeNew(output, file)
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(c.stderr, summary)
	return nil
}

// schemaLine is the line by which editors know a rule file: it leads to the
// schemas of the bot's folder that the file is written to, as init puts them
// there. A file of which nobody knows the place goes into rules/.
func schemaLine(file string) string {
	folder := "../" + schemaFolder
	if file != "" {
		up := ".."
		for dir, err := filepath.Abs(filepath.Dir(file)); err == nil && dir != filepath.Dir(dir); up += "/.." {
			if dir = filepath.Dir(dir); isFolder(filepath.Join(dir, schemaFolder)) {
				folder = up + "/" + schemaFolder
				break
			}
		}
	}
	return "# yaml-language-server: $schema=" + folder + "/rules.schema.json\n"
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// importAutoReplies gives the rule file of an export, and what is in it in a
// few words.
func importAutoReplies(saved *autoReplies, words importWords) (file []byte, summary string, err error) {
	im := newImporter(words)
	im.add(saved)
	var w yamlWriter
	im.writeRules(&w)
	answeredBy, err := tryRules([]byte(w.String()))
	if err != nil {
		return nil, "", err
	}
	tests := im.writeTests(&w, answeredBy)
	summary = plural(len(im.rules), "rule") + ", " + plural(tests, "test")
	if len(im.lost) > 0 {
		summary += fmt.Sprintf("; %s could not be kept, see the comments", plural(len(im.lost), "rule"))
	}
	return []byte(w.String()), summary, nil
}

// tryRules gives a function that tells which rule of a file answers a text.
// The engine itself is asked, so that what the tests of an import claim holds.
func tryRules(file []byte) (func(text string) string, error) {
	dir, err := os.MkdirTemp("", "wereply-import-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := os.Mkdir(filepath.Join(dir, rules.DefaultRules), 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, rules.DefaultRules, "imported.yaml"), file, 0o600); err != nil {
		return nil, err
	}
	noEnv := func(string) (string, bool) { return "", false }
	bot, err := rules.Load(dir, rules.Options{Env: noEnv})
	if err != nil {
		return nil, err
	}
	e, problems := engine.Compile(bot.Accounts[0].Set, profileOf(bot, bot.Accounts[0]))
	if e == nil {
		return nil, problems
	}
	return func(text string) string {
		d := e.Decide(&wechat.Message{
			MsgType: wechat.MsgText, Content: text,
			Fields: []wechat.Field{{Path: "MsgType", Value: wechat.MsgText}, {Path: "Content", Value: text}},
		}, engine.Conversation{})
		if d.Rule == nil {
			return rules.StateNone
		}
		return d.Rule.Name
	}, nil
}
