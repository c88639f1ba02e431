package engine

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"wereply/rules"
)

func TestFinderFindsWhatContainsFinds(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for range 200 {
		alphabet := alphabets[r.IntN(len(alphabets))]
		values := []string{randomText(r, alphabet, 200), randomText(r, alphabet, 20)}
		f := new(finder)
		for range 4 * maxReads {
			text, part := values[r.IntN(2)], randomText(r, alphabet, 4)
			if got, want := f.contains(text, part), strings.Contains(text, part); got != want {
				t.Fatalf("%q in %q: %v, want %v", part, text, got, want)
			}
		}
		if values[0] != "" && f.indexed == nil {
			t.Fatal("no value was indexed: the test says little")
		}
	}
}

// TestLongTextsAreReadSeldom has thousands of keywords that begin alike, as far
// as the index looks, and none of which stands in the text.
func TestLongTextsAreReadSeldom(t *testing.T) {
	file := &rules.File{Path: "rules/a.yaml"}
	set := &rules.Set{}
	for i := range 5000 {
		p := rules.Pattern{{Kind: rules.KindContains, Text: fmt.Sprint(strings.Repeat("a", 70), i)}}
		c := rules.Condition{Keyword: p}
		if i%2 == 0 {
			c = rules.Condition{}
			c.Extend().Fields = []rules.FieldPattern{{Name: "Content", Pattern: p}}
		}
		set.Rules = append(set.Rules, &rules.Rule{
			Name: fmt.Sprint(i), File: file,
			When: []rules.Condition{c}, Reply: &rules.Reply{Kind: rules.ReplySilent},
		})
	}
	e, problems := Compile(set, Profile{Location: time.UTC})
	if e == nil {
		t.Fatal(problems)
	}
	text := strings.Repeat("a", 1<<16)
	in := e.newInput(say(t, text), Conversation{})
	defer in.release()
	if place, _ := e.find(in); place >= 0 {
		t.Fatalf("%s holds", e.at(place).src.ID())
	}
	if limit := maxReads * len(text); in.finder.read > limit || in.finder.read < limit/2 {
		t.Errorf("%d bytes were read, want %d", in.finder.read, limit)
	}
	if n := len(in.finder.indexed); n != 2 {
		t.Errorf("%d values were indexed, want 2", n)
	}
}
