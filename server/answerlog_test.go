package server

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"testing"

	"wereply/server/store"
	"wereply/wechat"
)

func logKey(n int) store.Key {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	sum := sha256.Sum256(b[:])
	return store.Key(sum[:16])
}

func text(s string) answer {
	return answer{reply: &wechat.Reply{Kind: wechat.MsgText, Text: s}, created: 1}
}

// kept is the text that the log has for a key.
func kept(t *testing.T, l *answerLog, k store.Key, now int64) (string, bool) {
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
	if len(l.index) != 1 || len(l.chunks) != 1 {
		t.Errorf("what is over is still there: %d in the index, %d chunks", len(l.index), len(l.chunks))
	}
}

func TestAnswerLogIsBoundedOldestOut(t *testing.T) {
	const bound, now = 256 << 10, 1_767_758_400
	l := newAnswerLog(bound)
	words := []string{"短", strings.Repeat("长", 300), strings.Repeat("很长", 8000)}
	const n = 20_000
	for i := range n {
		l.add(logKey(i), text(words[i%7%3]), now)
		if size := l.bytes + indexBytes*len(l.index); size > bound+128<<10 {
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
	if found == 0 || found != len(l.index) {
		t.Errorf("%d answers are found, %d are in the index", found, len(l.index))
	}
}

func TestAnswerLogTellsKeysWithEqualHalvesApart(t *testing.T) {
	l := newAnswerLog(1 << 20)
	a, b := logKey(1), logKey(1)
	b[0]++
	l.add(a, text("a"), 1)
	if _, ok := l.find(b, 1); ok {
		t.Error("found a push by half of its key")
	}
	l.add(b, text("b"), 1)
	if got, _ := kept(t, &l, b, 1); got != "b" {
		t.Errorf("got %q", got)
	}
}
