package main

import "strings"

// Languages of what the commands write for operators to keep.
const (
	langZh = "zh"
	langEn = "en"
)

// langFlag is --lang: what is given, else the language of the terminal.
func (c *cli) langFlag() *choice {
	f := oneOf(langZh, langEn)
	f.value = c.terminalLang()
	return f
}

// terminalLang follows the order of the C library: the first of the variables
// that is set decides.
func (c *cli) terminalLang() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v, _ := c.env(name); v != "" {
			if strings.HasPrefix(strings.ToLower(v), langZh) {
				return langZh
			}
			return langEn
		}
	}
	return langEn
}
