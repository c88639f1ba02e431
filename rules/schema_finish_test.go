package rules

import (
	"maps"
	"slices"
	"strings"

	"github.com/invopop/jsonschema"

	"wereply/wechat"
)

// finish adds to a definition what its form cannot say: what goes together and
// what does not, and the keys of mappings.
func (g generator) finish(name string, s *schema) {
	if add, ok := finishers[name]; ok {
		add(g, s)
	}
}

var finishers = map[string]func(g generator, s *schema){
	"file": func(_ generator, s *schema) {
		at(s, "replies").PropertyNames = &schema{MinLength: number(1)}
	},
	"rule":       finishRule,
	"window":     func(_ generator, s *schema) { at(s, "from").Pattern = `^([01]?[0-9]|2[0-3]):[0-5][0-9]$` },
	"fields":     finishFields,
	"replyForms": finishReply,
	"music":      func(_ generator, s *schema) { s.AnyOf = anyRequired("url", "hq_url") },
	"test":       finishTest,
	"step":       func(_ generator, s *schema) { s.Not = &schema{Required: []string{"after", "at"}} },
	"push":       finishPush,
	"answer":     finishAnswer,
	"bot":        finishBot,
	"server":     func(_ generator, s *schema) { s.AllOf = exclusive("admin_password") },
	"webhook":    func(_ generator, s *schema) { s.AllOf = exclusive("secret") },
	"account":    finishAccount,
	"menuFile":   func(_ generator, s *schema) { at(s, "button").MaxItems = number(maxButtons) },
	"button":     finishButton,
}

func at(s *schema, field string) *schema {
	p, ok := s.Properties.Get(field)
	if !ok {
		panic("no field " + field)
	}
	return p
}

// having is a mapping of which fields are known; some of them are required.
func having(required []string, properties byName) *schema {
	s := &schema{Required: required, Properties: jsonschema.NewProperties()}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		s.Properties.Set(name, properties[name])
	}
	return s
}

type byName = map[string]*schema

func anyRequired(fields ...string) []*schema {
	var list []*schema
	for _, f := range fields {
		list = append(list, &schema{Required: []string{f}})
	}
	return list
}

// exclusive refuses a secret that is given both as it is and as a file.
func exclusive(fields ...string) []*schema {
	var list []*schema
	for _, f := range fields {
		given := &schema{Pattern: `^[^$]`}
		list = append(list, &schema{Not: having([]string{f, f + "_file"}, byName{f: given, f + "_file": given})})
	}
	return list
}

func finishRule(_ generator, s *schema) {
	s.AnyOf = anyRequired("reply", "goto", "remember")
	s.If = &schema{Required: []string{"expires"}}
	s.Then = having([]string{"goto"}, byName{"goto": {Not: &schema{Const: GotoEnd}}})
	remember := at(s, "remember")
	remember.MaxProperties = number(MaxVars)
	remember.PropertyNames = varName()
}

// varName is a name that .Vars. can read.
func varName() *schema {
	return &schema{Pattern: "^[^\\x00-@\\[-^`{-\\x7f][^\\x00-/:-@\\[-^`{-\\x7f]*$"}
}

// finishFields lets editors complete WeChat's names.
func finishFields(_ generator, s *schema) {
	s.PropertyNames = &schema{Pattern: `^[^. ]([\s\S]*[^. ])?$`}
	s.Properties = jsonschema.NewProperties()
	for _, name := range fieldNames {
		s.Properties.Set(name, &schema{Ref: s.AdditionalProperties.Ref})
	}
}

func finishReply(_ generator, s *schema) {
	at(s, "news").MaxItems = number(wechat.MaxArticles)
	s.If = &schema{Required: []string{"fallback"}}
	s.Then = &schema{Required: []string{"webhook"}, MaxProperties: number(2)}
	s.Else = &schema{MaxProperties: number(1)}
}

func finishTest(_ generator, s *schema) {
	steps := at(s, "steps")
	steps.Contains = &schema{Required: []string{"expect"}}
	steps.PrefixItems = []*schema{{AllOf: []*schema{{Ref: steps.Items.Ref}, having(nil, byName{"after": jsonschema.FalseSchema})}}}
	s.If = &schema{Required: []string{"steps"}}
	s.Then = having(nil, byName{"send": jsonschema.FalseSchema, "expect": jsonschema.FalseSchema})
	s.Else = &schema{Required: []string{"send", "expect"}}
}

// finishPush lets editors complete WeChat's names, and knows what tells the
// type of a message.
func finishPush(g generator, s *schema) {
	g.defs["pushValue"] = anyOf(&schema{Ref: "#/$defs/text"},
		&schema{Type: "object", MinProperties: number(1), AdditionalProperties: &schema{Ref: "#/$defs/pushValue"}},
		&schema{Type: "array", MinItems: number(1), Items: &schema{Ref: "#/$defs/pushValue"}})
	s.AdditionalProperties = &schema{Ref: "#/$defs/pushValue"}
	for _, name := range fieldNames {
		s.Properties.Set(name, &schema{Ref: "#/$defs/pushValue"})
	}
	s.Properties.Set("CreateTime", jsonschema.FalseSchema)
	s.Properties.Set("MsgType", anyCase(pushTypes()))
	tells := slices.Sorted(maps.Keys(typeOfField))
	for _, word := range slices.Sorted(maps.Keys(sendFields)) {
		path := sendFields[word]
		if path == "MsgType" || typeOfField[path] != "" {
			tells = append(tells, word)
		}
		s.AllOf = append(s.AllOf, &schema{Not: &schema{Required: []string{word, path}}})
	}
	s.AnyOf = anyRequired(append(tells, "MsgType")...)
}

func finishAnswer(_ generator, s *schema) {
	for _, word := range slices.Sorted(maps.Keys(replyWords)) {
		field := &schema{Ref: "#/$defs/text"}
		field.Description = "The field " + replyWords[word] + " of the reply.\n\n回复的 " + replyWords[word] + " 字段。"
		s.Properties.Set(word, field)
	}
	at(s, "vars").PropertyNames = varName()
	s.PatternProperties = map[string]*schema{`^([\s\S]*\.)?(` + strings.Join(replyPaths, "|") + ")$": {Ref: "#/$defs/text"}}
	s.If = having([]string{"silent"}, byName{"silent": {Enum: []any{true, "true"}}})
	s.Then = &schema{PropertyNames: enum("rule", "state", "vars", "silent")}
}

func finishBot(_ generator, s *schema) {
	at(s, "webhooks").PropertyNames = &schema{Pattern: `\S`}
	s.If = having(nil, byName{"accounts": {MinItems: number(2)}})
	s.Then = having(nil, byName{"accounts": {Items: &schema{Required: []string{"name"}}}})
}

func finishAccount(_ generator, s *schema) {
	s.AnyOf = anyRequired("token", "token_file")
	s.AllOf = exclusive("token", "app_secret", "aes_key")
	s.If = having([]string{"aes_key"}, byName{"aes_key": {Type: "string", Pattern: "^[^$]"}})
	s.Then = &schema{Required: []string{"app_id"}}
}

// finishButton gives each type of button its fields.
func finishButton(_ generator, s *schema) {
	group := at(s, "sub_button")
	group.MaxItems = number(maxSubButtons)
	group.Items = &schema{AllOf: []*schema{{Ref: group.Items.Ref}, having(nil, byName{"sub_button": jsonschema.FalseSchema})}}
	s.If = &schema{Required: []string{"sub_button"}}
	s.Then = &schema{PropertyNames: enum("name", "sub_button")}
	s.Else = &schema{Required: []string{"type"}}
	for _, kind := range slices.Sorted(maps.Keys(buttonTypes)) {
		s.AllOf = append(s.AllOf, &schema{
			If:   having([]string{"type"}, byName{"type": {Const: kind}}),
			Then: &schema{Required: buttonTypes[kind], PropertyNames: enum(append([]string{"type", "name"}, buttonTypes[kind]...)...)},
		})
	}
}
