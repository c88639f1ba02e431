package engine

import (
	"regexp/syntax"
	"strings"

	"wereply/wechat"
)

// withSample puts a text that an expression matches into a message, for people
// to see.
func withSample(m *wechat.Message, source string) *wechat.Message {
	re, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return m
	}
	var b strings.Builder
	sample(&b, re)
	copied := *m
	if copied.MsgType == wechat.MsgVoice {
		copied.Recognition = b.String()
	} else {
		copied.Content = b.String()
	}
	return &copied
}

// sample writes a short text that re matches, anchors apart: who shows it
// checks it first.
func sample(b *strings.Builder, re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		b.WriteRune(familiar(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteRune('好')
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			sample(b, sub)
		}
	case syntax.OpPlus, syntax.OpAlternate:
		sample(b, re.Sub[0])
	case syntax.OpRepeat:
		for range re.Min {
			sample(b, re.Sub[0])
		}
	}
}

// familiar picks a character of a class that people know.
func familiar(class []rune) rune {
	for _, r := range "1a好" {
		for i := 0; i+1 < len(class); i += 2 {
			if class[i] <= r && r <= class[i+1] {
				return r
			}
		}
	}
	return class[0]
}
