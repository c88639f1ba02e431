package rules

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExpand(t *testing.T) {
	env := mapEnv(map[string]string{"A": "1", "EMPTY": "", "HOST_2": "h", "YAML": "a: [b\n- ${A}"})
	for in, want := range map[string]expansion{
		"":                        {},
		"plain $A $ {A}":          {text: "plain $A $ {A}"},
		"${A}":                    {text: "1", used: true},
		"x${A}y${HOST_2}z":        {text: "x1yhz", used: true},
		"${A:-d}":                 {text: "1", used: true},
		"${EMPTY}":                {text: "", used: true},
		"${EMPTY:-d}":             {text: "d", used: true},
		"${NO:-d: e, 中文}":         {text: "d: e, 中文", used: true},
		"${NO:-}":                 {text: "", used: true},
		"${NO:-a:-b}":             {text: "a:-b", used: true},
		"$${A}":                   {text: "${A}"},
		"$$${A}":                  {text: "$${A}"},
		"${A}$${A}${A}":           {text: "1${A}1", used: true},
		"${YAML}":                 {text: "a: [b\n- ${A}", used: true}, // a value is not expanded again
		"a${NO}b${NO_TOO}${NO:-}": {text: "ab", used: true, missing: []string{"NO", "NO_TOO"}},
	} {
		got, err := expand(in, env)
		if err != nil {
			t.Errorf("expand(%q): %v", in, err)
		}
		if d := cmp.Diff(want, got, cmp.AllowUnexported(expansion{})); d != "" {
			t.Errorf("expand(%q): %s", in, d)
		}
	}
	for in, want := range map[string]string{
		"hush${A":        "${ without }",
		"hush${}":        "without the name",
		"hush${:-d}":     "without the name",
		"hush${1A}":      "${NAME}",
		"hush${A-B}":     "${NAME}",
		"hush${A:?msg}":  "${NAME}",
		"hush${价格}":      "${NAME}",
		"hush${A:-${B}}": "cannot contain ${",
	} {
		_, err := expand(in, env)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("expand(%q) = %v, want %q", in, err, want)
		}
	}
}

func mapEnv(m map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := m[name]; return v, ok }
}
