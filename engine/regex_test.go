package engine

import (
	"strings"
	"testing"
)

// The hint about an expression that cannot be read fits the mistake.
func TestRegexHints(t *testing.T) {
	for source, want := range map[string]string{
		`(价格`:               "each ( needs its )",
		`价格)`:               "each ( needs its )",
		`[价格`:               "each [ needs its ]",
		`*价格*`:              `any text is .*, and the sign itself has a backslash before it: \*`,
		`价格\`:               "delete the backslash at the end",
		`(?<!不)价格`:          "unless: {keyword: …}",
		`价格(?!表)`:           "unless: {keyword: …}",
		`(?<=第)\d+`:         "{{group 1}}",
		`(?=第)`:             "{{group 1}}",
		`(.)\1`:             "RE2",
		`(abcdefghij){500}`: "",
	} {
		_, err := parseRegex(source)
		if err == nil {
			t.Errorf("%s is an expression", source)
		}
		if got := regexHint(source, err); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%s: %v: hint %q, want %q", source, err, got, want)
		}
	}
}
