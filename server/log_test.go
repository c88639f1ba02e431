package server

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
	"unsafe"
)

func TestLimiterLetsFewEqualLinesThrough(t *testing.T) {
	now := time.Unix(1_767_758_400, 0)
	l := newLimiter(func() time.Time { return now })
	passed := 0
	for range 1000 {
		if ok, _ := l.allow("signature"); ok {
			passed++
		}
	}
	if passed != linesPerKey {
		t.Errorf("%d of 1000 equal lines passed", passed)
	}
	if ok, _ := l.allow("age"); !ok {
		t.Error("another reason does not pass")
	}
	now = now.Add(time.Minute)
	if ok, held := l.allow("signature"); !ok || held != 1000-linesPerKey {
		t.Errorf("after a minute: %v, %d lines held back", ok, held)
	}
	for i := range 3 * maxKeys {
		l.allow(fmt.Sprint(i))
	}
	if len(l.keys) > maxKeys {
		t.Errorf("%d keys are kept", len(l.keys))
	}
}

func TestSeenIsBounded(t *testing.T) {
	var s seen
	if !s.first("a") || s.first("a") {
		t.Error("a name is new once")
	}
	news := 0
	for i := range 3 * maxSeen {
		if s.first(fmt.Sprint(i)) {
			news++
		}
	}
	if news != maxSeen-1 || len(s.names) != maxSeen {
		t.Errorf("%d new names, %d kept", news, len(s.names))
	}
}

func TestShortShowsLittle(t *testing.T) {
	for _, s := range []string{"", "1", "123", "1234567890", "oQ7xW5hT0kYdRzB2nVcL9mEaPqSg", "f464b24fc39322e44b38aa78f5edd27bd1441696"} {
		got := short(s)
		if shown := len(got) - len("…"); s != "" && (shown > 6 || shown > len(s)/3) {
			t.Errorf("short(%q) = %q", s, got)
		}
	}
	if got := clip("价格多少", 7); got != "价格…" || !utf8.ValidString(got) {
		t.Errorf("clip = %q", got)
	}
}

func TestSeenKeepsNoMore(t *testing.T) {
	var s seen
	push := strings.Repeat("x", 1<<20) + "name"
	name := push[1<<20:]
	s.first(name)
	for kept := range s.names {
		if kept != name || unsafe.StringData(kept) == unsafe.StringData(name) {
			t.Errorf("%q keeps the whole push", kept)
		}
	}
}
