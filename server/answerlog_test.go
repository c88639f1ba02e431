package server

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"testing"

	"wereply/wechat"
)

func logKey(n int) pushID {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	sum := sha256.Sum256(b[:])
	return pushID(sum[:16])
}

func text(s string) answer {
	return answer{reply: &wechat.Reply{Kind: wechat.MsgText, Text: s}, created: 1}
}

// kept is the text that the log has for a key.
func kept(t *testing.T, l *answerLog, k pushID, now int64) (string, bool) {
	t.Helper()
	data, ok := l.find(k, now)
	if !ok {
		return "", false
	}
	a, err := decodeAnswer(data)
	if err != nil {
		t.Fatal(err)
	}
	if a.reply == nil {
		return "", true
	}
	return a.reply.Text, true
}

func TestAnswerLogKeepsForAMinute(t *testing.T) {
	l := newAnswerLog(1 << 20)
	const now = 1_767_758_400
	l.add(logKey(1), text("hello"), now)
	l.add(logKey(2), answer{}, now+30)
	for _, c := range []struct {
		key  int
		now  int64
		text string
		ok   bool
	}{
		{1, now, "hello", true},
		{1, now + 60, "hello", true},
		{1, now + 61, "", false},
		{2, now + 61, "", true},
		{3, now, "", false},
	} {
		if got, ok := kept(t, &l, logKey(c.key), c.now); got != c.text || ok != c.ok {
			t.Errorf("key %d after %d s: %q, %v", c.key, c.now-now, got, ok)
		}
	}
	l.add(logKey(4), text("later"), now+120)
	if n := inIndex(&l); n != 1 || len(l.chunks) != 1 {
		t.Errorf("what is over is still there: %d in the index, %d chunks", n, len(l.chunks))
	}
	l.add(logKey(4), text("much later"), now+181)
	if got, ok := kept(t, &l, logKey(4), now+181); got != "much later" || !ok || inIndex(&l) != 1 {
		t.Errorf("%q, %v, %d in the index", got, ok, inIndex(&l))
	}
}

// inIndex counts the answers in the index.
func inIndex(l *answerLog) int {
	n := 0
	for _, r := range l.index {
		for _, slot := range r {
			if l.live(slot) {
				n++
			}
		}
	}
	return n
}

func TestAnswerLogTakesTheLaterOfTwo(t *testing.T) {
	l := newAnswerLog(1 << 20)
	for i, word := range []string{"a", "b", "c"} {
		l.add(logKey(1), text(word), int64(i))
		if got, _ := kept(t, &l, logKey(1), int64(i)); got != word || inIndex(&l) != 1 {
			t.Errorf("%q, want %q; %d in the index", got, word, inIndex(&l))
		}
	}
}

func TestAnswerLogIsBoundedOldestOut(t *testing.T) {
	const bound, now = 256 << 10, 1_767_758_400
	l := newAnswerLog(bound)
	words := []string{"短", strings.Repeat("长", 300), strings.Repeat("很长", 8000)}
	const n = 20_000
	for i := range n {
		l.add(logKey(i), text(words[i%7%3]), now)
		if size := l.bytes + rowBytes*len(l.index); size > bound+128<<10 {
			t.Fatalf("%d bytes after %d answers, the bound is %d", size, i, bound)
		}
	}
	found := 0
	for i := range n {
		got, ok := kept(t, &l, logKey(i), now)
		if ok && got != words[i%7%3] {
			t.Fatalf("answer %d is another's", i)
		}
		if ok {
			found++
		} else if found > 0 {
			t.Fatalf("answer %d is gone, but an older one is there", i)
		}
	}
	if found == 0 || found != inIndex(&l) {
		t.Errorf("%d answers are found, %d are in the index", found, inIndex(&l))
	}
}

func TestAnswerLogTellsSimilarKeysApart(t *testing.T) {
	l := newAnswerLog(1 << 20)
	a, b := logKey(1), logKey(1)
	b[0]++ // which is neither in the number of the row nor in the slot
	l.add(a, text("a"), 1)
	if _, ok := l.find(b, 1); ok {
		t.Error("found a push by a part of its key")
	}
	l.add(b, text("b"), 1)
	for want, k := range map[string]pushID{"a": a, "b": b} {
		if got, _ := kept(t, &l, k, 1); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
