package rules

import (
	"math"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

// compiled is a committed schema, in the hands of an independent validator.
func compiled(t testing.TB, text string) *validator.Schema {
	t.Helper()
	doc, err := validator.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := validator.NewCompiler()
	c.DefaultDraft(validator.Draft4) // so that it must say which it is
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if s.DraftVersion != 2020 {
		t.Fatalf("draft %d", s.DraftVersion)
	}
	return s
}

// asEditors gives the value of a node as editors read it. A file that says
// nothing is not checked by them.
func asEditors(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = asEditors(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			list[i] = asEditors(item)
		}
		return list
	}
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!int", "!!float":
		f, err := strconv.ParseFloat(n.Value, 64)
		if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
			return 1
		}
		return f
	}
	return n.Value
}

func fits(s *validator.Schema, root *yaml.Node) error {
	if root == nil || isNull(root) {
		return nil
	}
	return s.Validate(asEditors(root))
}

// Every good file fits its schema: those of testdata, of the examples and of
// new bots. The blocks of the documentation are with its tests.
func TestSchemasTakeGoodFiles(t *testing.T) {
	taken := map[string]int{}
	for kind, patterns := range map[string][]string{
		RulesSchema: {"testdata/good/*.yaml", "../examples/*/rules/*.yaml", "../examples/*/rules/*/*.yaml", "../cmd/wereply/templates/*/rules/*.yaml"},
		BotSchema:   {"../examples/*/bot.yaml", "../cmd/wereply/templates/*/bot.yaml"},
		MenuSchema:  {"testdata/good-menu/*.yaml", "../examples/*/menu.yaml"},
	} {
		schema := compiled(t, kind)
		for _, pattern := range patterns {
			files, err := filepath.Glob(pattern)
			if err != nil || len(files) == 0 {
				t.Fatalf("no file fits %s: %v", pattern, err)
			}
			for _, name := range files {
				root, err := parseYAML(readFile(t, name))
				if err != nil {
					t.Fatal(err)
				}
				if err := fits(schema, root); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				taken[kind]++
			}
		}
	}
	if len(taken) != len(schemas) {
		t.Errorf("only %d kinds of files", len(taken))
	}
}

// notStructural are the files with a mistake that no schema can see, by why.
var notStructural = map[string][]string{
	"YAML itself cannot be read, or reads the file as another of the right shape": {
		"bad/yaml-*", "bad/file-control-character.yaml", "bad/file-gbk.yaml", "bad/file-line-separator.yaml",
		"bad/replies-duplicate.yaml", "bad-bot/anchor.yaml", "bad-bot/bare-variable-in-braces.yaml", "bad-bot/duplicate-key.yaml",
		"bad-bot/second-document.yaml", "bad-bot/tag.yaml", "bad-bot/yaml-*",
	},
	"a file that says nothing has no shape": {"bad-bot/empty.yaml"},
	"WeChat's list is open: only what resembles a known name is a mistake": {
		"bad/event-misspelt.yaml", "bad/event-chinese.yaml", "bad/event-msg-type.yaml", "bad/field-letter-case.yaml", "bad/field-misspelt.yaml", "bad/test-send-field-misspelt.yaml", "bad/test-send-event-misspelt.yaml",
	},
	"an expression that only its parser can judge": {"bad/test-expect-regex.yaml"},
	"how deep or how long in bytes":                {"bad/reply-too-deep.yaml", "bad/pattern-regex-too-long.yaml"},
	"how long a duration is":                       {"bad/rule-cooldown-huge.yaml", "bad/rule-expires-too-long.yaml", "bad-bot/webhook-timeout.yaml"},
	"two values compared, or a day of the calendar": {
		"bad/time-date-none.yaml", "bad/time-dates-backwards.yaml", "bad/time-equal.yaml", "bad/time-to-0.yaml",
		"bad-bot/name-twice.yaml", "bad-bot/path-twice.yaml", "bad-bot/same-address.yaml",
	},
	"fields of different mappings that exclude each other":              {"bad/test-at-twice.yaml"},
	"fields that tell two types of message, unless a third one decides": {"bad/test-send-mixed.yaml"},
	"what a variable holds, or how it is written inside a text": {
		"bad-bot/aes-key-both.yaml", "bad-bot/aes-key-second.yaml", "bad-bot/kind-of-variable.yaml", "bad-bot/store.yaml",
		"bad-bot/token-empty.yaml", "bad-bot/variable-*.yaml",
	},
	"files, time zones and ports that are not there": {
		"bad-bot/rules-file.yaml", "bad-bot/rules-missing.yaml", "bad-bot/secret-file-*.yaml", "bad-bot/timezone.yaml", "bad-bot/listen-port.yaml",
	},
	"words for yes and no, which might be the name of an agent": {"bad/reply-transfer-yes.yaml"},
	"right, and only noted or warned of": {
		"bad/from-nickname.yaml", "bad/keyword-stars.yaml", "bad/regex-slashes.yaml", "bad/regex-wide-quotes.yaml",
		"bad-bot/admin-password.yaml", "bad-bot/late-ask.yaml", "bad-bot/late-send.yaml", "bad-bot/store-redis.yaml", "bad-bot/token-[qsv]*.yaml",
	},
}

// Every bad file fails its schema, unless its mistake is none of shape.
func TestSchemasRefuseBadFiles(t *testing.T) {
	used := map[string]bool{}
	for folder, text := range map[string]string{"bad": RulesSchema, "bad-bot": BotSchema, "bad-menu": MenuSchema} {
		schema := compiled(t, text)
		for _, name := range ruleFiles(t, folder) {
			root, err := parseYAML(readFile(t, name))
			if err == nil && fits(schema, root) != nil {
				continue
			}
			short := strings.TrimPrefix(filepath.ToSlash(name), "testdata/")
			excused := false
			for _, patterns := range notStructural {
				for _, p := range patterns {
					if ok, _ := path.Match(p, short); ok {
						excused, used[p] = true, true
					}
				}
			}
			if !excused {
				t.Errorf("%s fits its schema", name)
			}
		}
	}
	for reason, patterns := range notStructural {
		for _, p := range patterns {
			if !used[p] {
				t.Errorf("no file that fits its schema is %s (%s)", p, reason)
			}
		}
	}
}

// The mistakes of shape that check finds at every place of a file, the schema
// finds there too.
func TestSchemaIsStrictEverywhere(t *testing.T) {
	schema := compiled(t, RulesSchema)
	files := entryFiles(t, readFile(t, "testdata/good/words.yaml"))
	for _, m := range mutations {
		if slices.Contains([]string{"duplicate key", "merge key", "list as key", "anchor", "tag"}, m.name) {
			continue // features of YAML
		}
		made := 0
		for _, file := range files {
			eachMutation(t, file, m.make, func(path []string, mistaken *yaml.Node) {
				if made++; path != nil && path[len(path)-1] == "" {
					return // a key that is no text is none of shape
				}
				if fits(schema, mistaken) == nil {
					text, _ := yaml.Marshal(mistaken)
					t.Errorf("%s at %s fits:\n%s", m.name, strings.Join(path, "/"), text)
				}
			})
		}
		if made < 10 {
			t.Errorf("%s: made at %d places only", m.name, made)
		}
	}
}

// eachMutation makes one change at each node of a file where it can be made.
func eachMutation(t *testing.T, file *yaml.Node, change func([]string, *yaml.Node) bool, visit func([]string, *yaml.Node)) {
	t.Helper()
	nodes := 0
	eachNode(nil, file, func([]string, *yaml.Node) { nodes++ })
	for i := range nodes {
		changed, n := deepCopy(file), 0
		var at []string
		done := false
		eachNode(nil, changed, func(path []string, node *yaml.Node) {
			if n == i {
				at, done = path, change(path, node)
			}
			n++
		})
		if done {
			visit(at, changed)
		}
	}
}

// scalarsAnywhere are values that may be right at some place.
var scalarsAnywhere = []string{
	"", "x", " x ", "0", "1", "08", "1.5", "true", "false", "True", "none", "end", "*", "off", "Text", "EVENT", "click", "9:00", "24:00", "mon", "Sat - Mon", "周一至周五",
	"2026-10-01", "10-01..10-07", "2026-10-01 8:30", "2026-10-01T08:30:00.5", "30m", "0s", "1d2h", "8d", "media/cat.jpg", "/media/{{.Content}}", "a:b", "https://example.com/",
	"${X}", "a${X:-b}", "memory", ":8080", "512 KiB", "16384", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "/a/b", "a.b", "订单", "_", "+3", "transfer", "unsupported",
}

// What check finds no error in fits its schema: wherever a value stands, other
// values are tried.
func TestSchemasTakeWhatCheckTakes(t *testing.T) {
	noErrors := func(_ any, problems Problems) bool { return !problems.HasError() }
	for _, c := range []struct {
		name, schema string
		files        []*yaml.Node
		good         func(data []byte) bool
	}{
		{"rules", RulesSchema, entryFiles(t, readFile(t, "testdata/good/words.yaml")), func(data []byte) bool { return noErrors(ParseFile("a.yaml", data)) }},
		{"bot", BotSchema, []*yaml.Node{document(t, everyBotField)}, func(data []byte) bool {
			b := parseBot(data, "/bot", Options{Env: mapEnv(map[string]string{"X": "x"})}, newView(nil, nil))
			return !b.problems.HasError()
		}},
		{"menu", MenuSchema, []*yaml.Node{document(t, string(readFile(t, "testdata/good-menu/every-type.yaml")))}, func(data []byte) bool { return noErrors(ParseMenu(MenuFile, data)) }},
	} {
		schema, tried, refused := compiled(t, c.schema), 0, 0
		for _, file := range c.files {
			for _, value := range scalarsAnywhere {
				eachMutation(t, file, func(path []string, n *yaml.Node) bool {
					if n.Kind != yaml.ScalarNode || len(path) == 0 || path[len(path)-1] == "" {
						return false
					}
					*n = *document(t, value)
					return n.Kind == yaml.ScalarNode && !isNull(n)
				}, func(path []string, changed *yaml.Node) {
					refusal := fits(schema, changed)
					if tried++; refusal == nil {
						return
					}
					refused++
					text, err := yaml.Marshal(changed)
					if err != nil {
						t.Fatal(err)
					}
					if c.good(text) {
						t.Errorf("%s: %q at %s: %v\n%s", c.name, value, strings.Join(path, "/"), refusal, text)
					}
				})
			}
		}
		if tried-refused < 100 || refused < 100 {
			t.Errorf("%s: of %d files %d were refused", c.name, tried, refused)
		}
	}
}

// document is the root of a YAML text; a text that YAML would not read as one
// scalar is quoted.
func document(t *testing.T, src string) *yaml.Node {
	t.Helper()
	root, err := parseYAML([]byte(src))
	if err != nil || root == nil || !strings.Contains(src, "\n") && root.Kind != yaml.ScalarNode {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: src}
	}
	return root
}

const everyBotField = `server: {listen: ":8080", admin: "off", admin_password: x, max_body: 1MiB}
store: memory
timezone: UTC
reload: {require_tests: true}
webhooks: {llm: {url: "https://llm/answer", secret: "${X}", timeout: 3s}}
accounts:
  - {name: a, kind: test, verified: true, path: /a, token: abc, app_id: wx1, app_secret: x, aes_key: abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG, allow_plaintext: true, original_id: gh_1, max_age: 5m, rules: [r, s], late: retry}
  - {name: b, path: /b, token: abc, app_id: wx1, aes_key: [abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG], rules: r}
`

// The menus of testdata are as good or bad as their folders say.
func TestMenuFiles(t *testing.T) {
	for folder, want := range map[string]bool{"good-menu": true, "bad-menu": false} {
		for _, name := range ruleFiles(t, folder) {
			if menu, problems := ParseMenu(MenuFile, readFile(t, name)); (menu != nil) != want {
				t.Errorf("%s: %v", name, problems)
			}
		}
	}
}
