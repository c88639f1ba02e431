package rules

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// quote writes s as a quoted YAML text of one line.
func quote(s string) string {
	if strings.ContainsAny(s, "\n\t\r") {
		return doubleQuote(strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(s))
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// requote quotes a text that may have quotes around it already, and others of
// their kind inside.
func requote(s string) string {
	if n := len(s); n > 2 && s[0] == s[n-1] && (s[0] == '"' || s[0] == '\'') {
		s = s[1 : n-1]
	}
	return quote(s)
}

// doubleQuote puts s, whose backslashes are escapes, in double quotes.
func doubleQuote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

// quoteFlow writes s as it can stand inside { } or [ ]: in quotes only where
// it needs them.
func quoteFlow(s string) string {
	if isPlainInFlow(s) {
		return s
	}
	return quote(s)
}

// isPlainInFlow reports whether YAML reads s, unquoted inside { } or [ ], as the text
// s.
func isPlainInFlow(s string) bool {
	if s == "" || strings.ContainsAny(s, "\n\r#") {
		return false
	}
	root, err := parseYAML([]byte("[" + s + "]"))
	if err != nil || root == nil || len(root.Content) != 1 {
		return false
	}
	n := root.Content[0]
	return n.Kind == yaml.ScalarNode && n.Value == s && !isNull(n) && n.Style == 0 && n.Anchor == ""
}
