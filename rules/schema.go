package rules

import _ "embed" // the schemas

// JSON Schemas (2020-12) of the files of a bot, by which editors complete,
// explain and check them. They describe the shape of a file; what a schema
// cannot say, such as that a name must be unique, only check finds. A file that
// check finds no error in fits its schema.
//
// They are generated from the types that end in Form and their comments, and
// use no keyword that editors of JSON Schema draft-07 would take otherwise. The
// tests of this package keep them up to date: go test ./rules -run Schema -update
var (
	//go:embed schema/rules.schema.json
	RulesSchema string // of rule files
	//go:embed schema/bot.schema.json
	BotSchema string // of bot.yaml
	//go:embed schema/menu.schema.json
	MenuSchema string // of menu.yaml
)
