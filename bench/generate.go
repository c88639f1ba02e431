package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

const (
	token  = "benchmarktoken"
	appID  = "wx5ab3c7d9e1f20468"
	aesKey = "RMINxlohLG4kQizbUeEfUWk3fCoEsRu1sF1lohsLxIl"

	account = "gh_3f8d2c6ab901"
	user    = "oQ7xW5hT0kYdRzB2nVcL9mEaPqSg"
)

// The characters that generated keywords and texts are made of: common enough
// that a text holds the beginnings of many keywords.
var alphabet = []rune("的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指")

// rules are the generated keywords of one bot, kept so that texts can be made
// that hit them.
type keywords []string

// bot says what writeBot writes.
type bot struct {
	rules int
	safe  bool // it has a key
	talks bool // texts that begin with talkWord change the conversation
}

const talkWord = "报数"

const talkRule = "  - {name: 报数, when: {keyword: {prefix: 报数}}, remember: {before: '{{.Rest}}'}, goto: 数过, reply: '上次您报的是{{.Vars.before}},记住了'}\n"

// perFile is how many rules a file has.
const perFile = 1000

// writeBot writes a bot whose rules are 70 % contains, 15 % exact, 5 % prefix
// and 10 % regex with a literal.
func writeBot(dir string, b bot, port int) (keywords, error) {
	rng := rand.New(rand.NewPCG(uint64(b.rules), 1))
	if err := os.MkdirAll(filepath.Join(dir, "rules"), 0o755); err != nil {
		return nil, err
	}
	config := fmt.Sprintf("server: {listen: \"127.0.0.1:%d\", admin: \"127.0.0.1:%d\"}\naccounts:\n  - name: bench\n    kind: service\n    verified: true\n    token: %s\n", port, port+1, token)
	if b.safe {
		config += fmt.Sprintf("    app_id: %s\n    aes_key: %s\n", appID, aesKey)
	}
	if err := os.WriteFile(filepath.Join(dir, "bot.yaml"), []byte(config), 0o644); err != nil {
		return nil, err
	}
	words := make(keywords, 0, b.rules)
	seen := map[string]bool{}
	for from := 0; from < max(b.rules, 1); from += perFile {
		var file strings.Builder
		file.WriteString("rules:\n")
		if from == 0 && b.talks {
			file.WriteString(talkRule)
		}
		for n := from; n < min(from+perFile, b.rules); n++ {
			w := word(rng, seen)
			words = append(words, w)
			writeRule(&file, n, w, rng.IntN(100))
		}
		if from+perFile >= b.rules {
			file.WriteString("  - reply: 没听懂,回复“帮助”看看我会什么\n")
		}
		name := filepath.Join(dir, "rules", fmt.Sprintf("r%03d.yaml", from/perFile))
		if err := os.WriteFile(name, []byte(file.String()), 0o644); err != nil {
			return nil, err
		}
	}
	return words, nil
}

func writeRule(b *strings.Builder, n int, w string, kind int) {
	fmt.Fprintf(b, "  - name: 规则%06d\n", n)
	switch {
	case kind < 70:
		fmt.Fprintf(b, "    when: {keyword: %s}\n", w)
	case kind < 85:
		fmt.Fprintf(b, "    when: {keyword: {exact: %s}}\n", w)
	case kind < 90:
		fmt.Fprintf(b, "    when: {keyword: {prefix: %s}}\n", w)
	default:
		fmt.Fprintf(b, "    when: {keyword: {regex: '%s\\s*(\\d+)'}}\n", w)
	}
	fmt.Fprintf(b, "    reply: 这是第 %d 条规则的回答,关于%s,欢迎再来询问我们的客服\n", n, w)
}

func word(rng *rand.Rand, seen map[string]bool) string {
	for {
		var b strings.Builder
		for range 3 + rng.IntN(4) {
			b.WriteRune(alphabet[rng.IntN(len(alphabet))])
		}
		if w := b.String(); !seen[w] {
			seen[w] = true
			return w
		}
	}
}

// texts makes n messages of so many characters, 0 being 10 to 60. Half of them
// hold a keyword.
func texts(words keywords, n, length int) []string {
	rng := rand.New(rand.NewPCG(uint64(len(words)), 2))
	out := make([]string, n)
	for i := range out {
		r := make([]rune, length)
		if length == 0 {
			r = make([]rune, 10+rng.IntN(51))
		}
		for j := range r {
			r[j] = alphabet[rng.IntN(len(alphabet))]
		}
		s := string(r)
		if i%2 == 0 && len(words) > 0 {
			cut := rng.IntN(len(r))
			s = string(r[:cut]) + words[rng.IntN(len(words))] + " 12" + string(r[cut:])
		}
		out[i] = s
	}
	return out
}
