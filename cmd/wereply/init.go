package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

//go:embed templates
var templates embed.FS

// dotFiles are the files of a new bot that begin with a dot: under their own
// names they would have an effect in this repository.
var dotFiles = map[string]string{
	"env.example": ".env.example",
	"gitignore":   ".gitignore",
}

func (c *cli) initCommand() *cobra.Command {
	lang := c.langFlag()
	cmd := &cobra.Command{
		Use:   "init DIR",
		Short: "make a new bot that passes its own tests",
		Long: `init writes a small bot with comments into DIR: settings, rules with their tests,
and what docker compose needs. Files that are there already are never touched.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &usageError{msg: "init needs the folder of the new bot", hint: "wereply init mybot"}
			}
			return oneDir(cmd, args)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := writeBot(args[0], lang.value); err != nil {
				return err
			}
			fmt.Fprint(c.stdout, nextSteps(args[0], lang.value))
			return nil
		},
	}
	cmd.Flags().Var(lang, "lang", "language of the comments and texts: zh or en")
	return cmd
}

// writeBot writes the template of a language into dir, or nothing at all if
// one of its files is there.
func writeBot(dir, lang string) error {
	files, err := botTemplate(lang)
	if err != nil {
		return err
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return &hinted{fmt.Errorf("%s is a file, not a folder", dir), "name a new folder: wereply init mybot"}
	}
	var taken []string
	for name := range files {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			taken = append(taken, name)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if len(taken) > 0 {
		return &hinted{
			fmt.Errorf("%s has %s already; nothing was written", dir, plural(len(taken), "file")+" of a new bot"),
			"name a new folder, or move away: " + strings.Join(slices.Sorted(slices.Values(taken)), ", "),
		}
	}
	for name, data := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := writeNew(file, data); err != nil {
			return err
		}
	}
	return nil
}

// writeNew writes a file that must not be there yet.
func writeNew(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	switch {
	case errors.Is(err, fs.ErrExist):
		return &hinted{fmt.Errorf("%s is there already; nothing was written", name), "name a new file, or move that one away"}
	case errors.Is(err, fs.ErrNotExist):
		return &hinted{fmt.Errorf("there is no folder %s; nothing was written", filepath.Dir(name)), "make it first, or name another"}
	case err != nil:
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// botTemplate is the files of a new bot by their paths below its folder.
func botTemplate(lang string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for name, data := range schemaFiles() {
		files[filepath.Join(schemaFolder, name)] = data
	}
	for _, root := range []string{"templates/" + lang, "templates/gitignore"} {
		err := fs.WalkDir(templates, root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := templates.ReadFile(name)
			target := strings.TrimPrefix(name, root+"/")
			if name == root {
				target = path.Base(name)
			}
			if dot, ok := dotFiles[target]; ok {
				target = dot
			}
			files[filepath.FromSlash(target)] = data
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

func nextSteps(dir, lang string) string {
	d := shellQuote(dir)
	if lang == langZh {
		return fmt.Sprintf(`已建好 %[1]s。接下来：

  wereply test %[2]s              运行规则的测试
  wereply serve %[2]s             启动机器人
  wereply send %[2]s --text 帮助  在另一个终端里，像微信一样发一条消息

改一改 %[3]s，保存，再发一次：回答已经变了。
`, dir, d, filepath.Join(dir, "rules", "20-answers.yaml"))
	}
	return fmt.Sprintf(`made %[1]s. Next:

  wereply test %[2]s              run the tests of its rules
  wereply serve %[2]s             start the bot
  wereply send %[2]s --text help  in a second terminal: send a message as WeChat does

Edit %[3]s, save, and send again: the answer has changed.
`, dir, d, filepath.Join(dir, "rules", "20-answers.yaml"))
}

// shellQuote makes a name one word for a shell.
func shellQuote(s string) string {
	if s != "" && !strings.ContainsAny(s, " \t\n'\"\\$`&|;<>()*?[]#~!{}") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
