package rules

import (
	"regexp"
	"strings"
)

// Problems of YAML show the line that they would have liked to read. In
// bot.yaml such a line may hold a secret that somebody wrote there.
var (
	secretKey    = regexp.MustCompile(`(?i)[\w-]*(?:tok|secr|key|pass)[\w-]*["']?\s*[:：]`)
	anyKey       = regexp.MustCompile(`^\s*(?:- *)?[\w"'-]+\s*[:：]`)
	variable     = regexp.MustCompile(`\$\{\w*\}`)
	variableName = regexp.MustCompile(`\$\{\w*`)
)

// hideSecrets masks what stands behind the keys of secrets in all problems
// that were found so far.
func hideSecrets(r *reader) {
	var secrets []string
	for _, text := range secretTexts(string(r.src.data)) {
		text = strings.Trim(variableName.ReplaceAllString(text, ""), " \t\"'[]{},")
		if len(text) >= 3 {
			secrets = append(secrets, text)
		}
	}
	for _, p := range r.problems {
		for _, secret := range secrets {
			p.Msg, p.Hint = mask(p.Msg, secret), mask(p.Hint, secret)
		}
	}
}

// secretTexts gives what is written behind the keys of secrets: on their line,
// and on the lines below that have no key.
func secretTexts(src string) []string {
	var texts []string
	inside := false
	for line := range strings.Lines(src) {
		line, _, _ = strings.Cut(" "+strings.TrimRight(line, "\r\n"), " #")
		line = variable.ReplaceAllString(line, "")
		at := secretKey.FindAllStringIndex(line, -1)
		switch {
		case at != nil:
			inside = true
			for _, key := range at {
				if !isFileKey(line[key[0]:key[1]]) {
					texts = append(texts, valueAfter(line[:key[0]], line[key[1]:]))
				}
			}
		case anyKey.MatchString(line):
			inside = false
		case inside:
			texts = append(texts, strings.TrimLeft(line, " -"))
		}
	}
	return texts
}

// isFileKey tells whether a key names the file of a secret.
func isFileKey(key string) bool {
	return strings.HasSuffix(strings.TrimRight(key, "\"' \t:："), "_file")
}

// valueAfter cuts what follows the value of a key inside { }.
func valueAfter(before, after string) string {
	if strings.Contains(before, "{") {
		if i := strings.IndexAny(after, ",}"); i >= 0 {
			return after[:i]
		}
	}
	return after
}

// mask replaces every piece of the secret that is long enough to help anyone.
func mask(text, secret string) string {
	least := min(6, len(secret))
	var b strings.Builder
	for i := 0; i < len(text); {
		n := 0
		for i+n < len(text) && strings.Contains(secret, text[i:i+n+1]) {
			n++
		}
		if n >= least {
			b.WriteString("***")
			i += n
			continue
		}
		b.WriteByte(text[i])
		i++
	}
	return b.String()
}
