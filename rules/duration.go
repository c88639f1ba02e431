package rules

import (
	"strconv"
	"strings"
	"time"
)

// units of durations, long ones first: they are written in this order.
var units = []struct {
	letter byte
	length time.Duration
}{
	{'d', 24 * time.Hour}, {'h', time.Hour}, {'m', time.Minute}, {'s', time.Second},
}

// parseDuration reads a duration such as 90s, 30m, 1h30m or 7d.
//
//	duration = [n "d"] [n "h"] [n "m"] [n "s"]
//
// with at least one of the parts and n a whole number of at most 9 digits.
func parseDuration(s string) (time.Duration, bool) {
	var sum time.Duration
	rest := s
	for _, u := range units {
		i := 0
		for i < len(rest) && '0' <= rest[i] && rest[i] <= '9' {
			i++
		}
		if i == 0 || i > 9 || i == len(rest) || rest[i] != u.letter {
			continue
		}
		n, _ := strconv.Atoi(rest[:i])
		if sum += time.Duration(n) * u.length; sum < 0 || n > int((1<<62)/u.length) {
			return 0, false
		}
		rest = rest[i+1:]
	}
	return sum, rest == "" && s != ""
}

// formatDuration writes d as parseDuration reads it, to the second.
func formatDuration(d time.Duration) string {
	var b strings.Builder
	for _, u := range units {
		if n := d / u.length; n > 0 {
			b.WriteString(strconv.FormatInt(int64(n), 10))
			b.WriteByte(u.letter)
			d -= n * u.length
		}
	}
	if b.Len() == 0 {
		return "0s"
	}
	return b.String()
}

var durationWords = strings.NewReplacer(
	"半个小时", "30m", "半小时", "30m", "半天", "12h", "一周", "7d", "一", "1", "两", "2",
	"seconds", "s", "second", "s", "secs", "s", "sec", "s", "秒钟", "s", "秒", "s",
	"minutes", "m", "minute", "m", "mins", "m", "min", "m", "分钟", "m", "分", "m",
	"hours", "h", "hour", "h", "hrs", "h", "hr", "h", "个小时", "h", "小时", "h",
	"days", "d", "day", "d", "天", "d", "日", "d", " ", "",
)

// durationHint tells what a misspelt duration may have meant.
func durationHint(s string) string {
	short := durationWords.Replace(strings.ToLower(s))
	if _, ok := parseDuration(short); ok && short != s {
		return "did you mean " + short + "?"
	}
	for _, u := range units {
		if n, err := strconv.ParseFloat(strings.TrimSuffix(short, string(u.letter)), 64); err == nil && n > 0 && n < 1e4 && strings.HasSuffix(short, string(u.letter)) {
			return "did you mean " + formatDuration(time.Duration(n*float64(u.length))) + "?"
		}
	}
	if isDigits(s) && s != "0" {
		return "seconds are " + s + "s, minutes are " + s + "m"
	}
	return ""
}
