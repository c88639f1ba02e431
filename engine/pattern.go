package engine

import (
	"slices"
	"strings"

	"wereply/rules"
)

// subject is a value that a pattern looks at.
type subject struct {
	sent   string // as sent: what regular expressions see
	folded string // what contains, prefix and all see
	bare   string // folded without final punctuation: what exact and suffix see
	finder *finder
}

// literally makes the subject of patterns that do not fold.
func literally(value string) subject { return subject{sent: value, folded: value, bare: value} }

// textual makes the subject of keywords.
func textual(sent, folded string) subject {
	return subject{sent: sent, folded: folded, bare: trimFinal(folded)}
}

// hit says what held of a pattern.
type hit struct {
	holds   bool
	word    string // the keyword as the rule writes it
	all     *test  // instead of word: a test whose every value is the keyword
	only    *rule  // instead of word: it has one keyword and nothing else
	sent    string // the value it was found in
	prefix  int    // bytes of the folded value that a prefix covers; 0 = no prefix held
	literal bool   // the value was not folded
	regex   *regex // of the first test by regular expressions of the entry that held
}

// pattern holds when one of its entries holds.
type pattern struct {
	entries []entry
	literal bool // event_key and field: compared as written
}

// entry holds when all of its tests hold.
type entry struct {
	tests []test
}

// keyword is a pattern of one value that stands in the Set as it is compared, or
// a regular expression.
type keyword rules.Value

func (k *keyword) match(s subject) hit {
	word, prefix, ok := k.Text, 0, false
	switch k.Kind {
	case rules.KindExact:
		ok = s.bare == word
	case rules.KindContains:
		ok = s.finder.contains(s.folded, word)
	case rules.KindSuffix:
		ok = strings.HasSuffix(s.bare, word)
	case rules.KindPrefix:
		ok, prefix = strings.HasPrefix(s.folded, word), len(word)
	}
	if !ok {
		return hit{}
	}
	return hit{holds: true, word: word, sent: s.sent, prefix: prefix}
}

// test is one kind of an entry. It holds when one of its values fits, with
// KindAll when all do.
type test struct {
	kind    rules.Kind
	values  []string      // as they are compared
	written []string      // as the operator wrote them
	regexes []*regex      // KindRegex
	src     []rules.Value // where they stand
}

// match finds the first entry that holds. Where that is by a prefix, the
// longest prefix of the pattern counts.
func (p *pattern) match(s subject) (hit, bool) {
	for i := range p.entries {
		h, ok := p.entries[i].match(s)
		if !ok {
			continue
		}
		h.holds, h.sent, h.literal = true, s.sent, p.literal
		if h.prefix > 0 {
			h = p.longer(h, s, i+1)
		}
		return h, true
	}
	return hit{}, false
}

// longer looks in the entries from the given one on for one that holds by a
// longer prefix than h.
func (p *pattern) longer(h hit, s subject, from int) hit {
	for i := from; i < len(p.entries); i++ {
		if other, ok := p.entries[i].match(s); ok && other.prefix > h.prefix {
			other.holds, other.sent, other.literal = true, h.sent, h.literal
			h = other
		}
	}
	return h
}

// match tries the tests of an entry. A prefix gives the keyword, else the
// first test does.
func (e *entry) match(s subject) (hit, bool) {
	var h hit
	for i := range e.tests {
		t := &e.tests[i]
		at := t.match(s)
		if at < 0 {
			return hit{}, false
		}
		if i == 0 || t.kind == rules.KindPrefix {
			h.word, h.all = t.written[at], nil
			if t.kind == rules.KindAll {
				h.all = t
			}
		}
		switch t.kind {
		case rules.KindPrefix:
			h.prefix = len(t.values[at])
		case rules.KindRegex:
			if h.regex == nil {
				h.regex = t.regexes[at]
			}
		}
	}
	return h, true
}

// match gives the index of the value that fits, -1 when the test does not
// hold. It is the first as written, of prefixes the longest.
func (t *test) match(s subject) int {
	switch t.kind {
	case rules.KindExact:
		return slices.Index(t.values, s.bare)
	case rules.KindContains:
		return slices.IndexFunc(t.values, func(v string) bool { return s.finder.contains(s.folded, v) })
	case rules.KindSuffix:
		return slices.IndexFunc(t.values, func(v string) bool { return strings.HasSuffix(s.bare, v) })
	case rules.KindPrefix:
		longest := -1
		for i, v := range t.values {
			if strings.HasPrefix(s.folded, v) && (longest < 0 || len(v) > len(t.values[longest])) {
				longest = i
			}
		}
		return longest
	case rules.KindRegex:
		for i := range t.regexes {
			if t.regexes[i].get().MatchString(s.sent) {
				return i
			}
		}
		return -1
	case rules.KindAll:
		for _, v := range t.values {
			if !s.finder.contains(s.folded, v) {
				return -1
			}
		}
		return 0
	}
	return -1
}

// keyword gives what matched as the rule writes it: of all, every value.
func (h *hit) keyword() string {
	switch {
	case h.only != nil:
		return h.only.src.When[0].Keyword[0].Text
	case h.all != nil:
		return strings.Join(h.all.written, " ")
	}
	return h.word
}

// rest gives what was sent behind the prefix that matched, trimmed.
func (h *hit) rest() string {
	switch {
	case h.prefix == 0:
		return ""
	case h.literal:
		return strings.TrimSpace(h.sent[h.prefix:])
	}
	return restAfter(h.sent, h.prefix)
}

// submatches gives the groups of the expression that matched, nil when none
// did.
func (h *hit) submatches() []string {
	if h.regex == nil {
		return nil
	}
	return h.regex.get().FindStringSubmatch(h.sent)
}

// group gives a named group of the expression that matched.
func (h *hit) group(name string) string {
	if h.regex == nil {
		return ""
	}
	re := h.regex.get()
	found := re.FindStringSubmatch(h.sent)
	if i := re.SubexpIndex(name); i >= 0 && found != nil {
		return found[i]
	}
	return ""
}

// named gives the named groups of the expression that matched.
func (h *hit) named() map[string]string {
	found := h.submatches()
	if found == nil {
		return nil
	}
	m := make(map[string]string)
	for i, name := range h.regex.get().SubexpNames() {
		if name != "" {
			m[name] = found[i]
		}
	}
	return m
}
