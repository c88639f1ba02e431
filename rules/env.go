package rules

import (
	"errors"
	"fmt"
	"strings"
)

// expansion is a value of bot.yaml after interpolation.
type expansion struct {
	text    string
	used    bool     // a variable or default stands in it
	missing []string // variables without value and default, in order
}

// expand replaces the variables of a value of bot.yaml:
//
//	${NAME}            the variable's value, which may be empty
//	${NAME:-default}   default if NAME is missing or empty; up to the next }
//	$${                a literal ${
//
// Anything else that begins with ${ is an error, which never shows the value
// around it: that may be a secret.
func expand(s string, env func(string) (string, bool)) (expansion, error) {
	var x expansion
	var b strings.Builder
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			b.WriteString(s)
			x.text = b.String()
			return x, nil
		}
		if i > 0 && s[i-1] == '$' {
			b.WriteString(s[:i-1])
			b.WriteString("${")
			s = s[i+2:]
			continue
		}
		b.WriteString(s[:i])
		body, rest, ok := strings.Cut(s[i+2:], "}")
		if !ok {
			return expansion{}, errors.New("${ without }")
		}
		name, fallback, hasFallback := strings.Cut(body, ":-")
		if err := checkVariable(name, fallback); err != nil {
			return expansion{}, err
		}
		x.used = true
		value, found := env(name)
		switch {
		case hasFallback && value == "":
			b.WriteString(fallback)
		case !found && !hasFallback:
			x.missing = append(x.missing, name)
		default:
			b.WriteString(value)
		}
		s = rest
	}
}

func checkVariable(name, fallback string) error {
	switch {
	case name == "":
		return errors.New("${ without the name of a variable")
	case strings.Contains(fallback, "${"):
		return fmt.Errorf("the default of ${%s:-…} cannot contain ${", name)
	case !isVariable(name):
		return errors.New("a variable is written ${NAME} or ${NAME:-default}, with letters, digits and _ in the name")
	}
	return nil
}

func isVariable(name string) bool {
	for i, r := range name {
		letter := r == '_' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}
