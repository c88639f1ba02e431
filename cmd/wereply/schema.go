package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"wereply/rules"
)

// schemaFolder is where the files of a bot expect their schemas: its name
// begins with a dot, so that nothing in it is taken for a rule file.
const schemaFolder = ".schema"

// schemaFiles are the schemas by the names of their files in that folder.
func schemaFiles() map[string][]byte {
	return map[string][]byte{
		"rules.schema.json": []byte(rules.RulesSchema),
		"bot.schema.json":   []byte(rules.BotSchema),
		"menu.schema.json":  []byte(rules.MenuSchema),
	}
}

func (c *cli) schemaCommand() *cobra.Command {
	var bot, menu bool
	var dir string
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "print the JSON Schema of rule files, for editors",
		Long: `schema prints the JSON Schema (2020-12) of rule files, of bot.yaml or of menu.yaml.
Editors complete, explain and check a file by it whose first line says where it is:

  # yaml-language-server: $schema=../` + schemaFolder + `/rules.schema.json

With --write it writes all three into the folder ` + schemaFolder + ` of a bot, where the files that
init makes look for them; those that are there are replaced.`,
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) > 0:
				return &usageError{msg: "schema takes no folder", hint: "to write the schemas into a bot: wereply schema --write " + args[0]}
			case bot && menu, dir != "" && (bot || menu):
				return usagef("--bot, --menu and --write: give one of them")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("write") {
				return c.writeSchemas(dir)
			}
			schema := rules.RulesSchema
			switch {
			case bot:
				schema = rules.BotSchema
			case menu:
				schema = rules.MenuSchema
			}
			_, err := io.WriteString(c.stdout, schema)
			return err
		},
	}
	cmd.Flags().BoolVar(&bot, "bot", false, "of bot.yaml")
	cmd.Flags().BoolVar(&menu, "menu", false, "of menu.yaml")
	cmd.Flags().StringVar(&dir, "write", "", "write all three for the bot of this folder")
	return cmd
}

// writeSchemas brings the schemas of a bot up to date.
func (c *cli) writeSchemas(dir string) error {
	if info, err := os.Stat(dir); err != nil {
		return err
	} else if !info.IsDir() {
		return fmt.Errorf("%s is a file, not the folder of a bot", dir)
	}
	folder := filepath.Join(dir, schemaFolder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	files := schemaFiles()
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
			return err
		}
	}
	fmt.Fprintf(c.stdout, "wrote %s into %s\n", plural(len(files), "schema"), folder)
	return nil
}
