package engine

import (
	"testing"
	"time"
)

func TestTime(t *testing.T) {
	for _, tt := range []struct{ window, time, want string }{
		// from is included, to excluded
		{`{from: "09:00", to: "18:00"}`, "2026-01-07 09:00:00", "yes"},
		{`{from: "09:00", to: "18:00"}`, "2026-01-07 08:59:59", ""},
		{`{from: "09:00", to: "18:00"}`, "2026-01-07 17:59:59", "yes"},
		{`{from: "09:00", to: "18:00"}`, "2026-01-07 18:00:00", ""},
		{`{from: "09:00", to: "24:00"}`, "2026-01-07 23:59:59", "yes"},
		{`{from: "09:00", to: "24:00"}`, "2026-01-08 00:00:00", ""},
		{`{from: "09:00"}`, "2026-01-07 23:59:59", "yes"},
		{`{from: "09:00"}`, "2026-01-07 08:00:00", ""},
		{`{to: "09:00"}`, "2026-01-07 00:00:00", "yes"},
		{`{to: "09:00"}`, "2026-01-07 09:00:00", ""},
		// past midnight
		{`{from: "22:00", to: "06:00"}`, "2026-01-07 22:00:00", "yes"},
		{`{from: "22:00", to: "06:00"}`, "2026-01-07 05:59:59", "yes"},
		{`{from: "22:00", to: "06:00"}`, "2026-01-07 06:00:00", ""},
		{`{from: "22:00", to: "06:00"}`, "2026-01-07 21:59:59", ""},
		// belongs to the day it began: 2026-01-07 is a Wednesday
		{`{days: wed, from: "22:00", to: "06:00"}`, "2026-01-07 23:00:00", "yes"},
		{`{days: wed, from: "22:00", to: "06:00"}`, "2026-01-08 05:00:00", "yes"},
		{`{days: wed, from: "22:00", to: "06:00"}`, "2026-01-07 05:00:00", ""},
		{`{dates: 2025-12-31, from: "22:00", to: "06:00"}`, "2026-01-01 05:00:00", "yes"},
		{`{dates: 2026-01-01, from: "22:00", to: "06:00"}`, "2026-01-01 05:00:00", ""},
		// days
		{`{days: wed}`, "2026-01-07 12:00:00", "yes"},
		{`{days: 周三}`, "2026-01-07 12:00:00", "yes"},
		{`{days: thu}`, "2026-01-07 12:00:00", ""},
		{`{days: mon-fri}`, "2026-01-07 12:00:00", "yes"},
		{`{days: sat-mon}`, "2026-01-11 12:00:00", "yes"},
		{`{days: sat-mon}`, "2026-01-12 12:00:00", "yes"},
		{`{days: sat-mon}`, "2026-01-13 12:00:00", ""},
		{`{days: [sun, wed]}`, "2026-01-07 12:00:00", "yes"},
		// dates
		{`{dates: 2026-01-07}`, "2026-01-07 23:59:59", "yes"},
		{`{dates: 2026-01-07}`, "2026-01-08 00:00:00", ""},
		{`{dates: 2026-10-01..2026-10-07}`, "2026-10-01 00:00:00", "yes"},
		{`{dates: 2026-10-01..2026-10-07}`, "2026-10-07 23:59:59", "yes"},
		{`{dates: 2026-10-01..2026-10-07}`, "2026-10-08 00:00:00", ""},
		{`{dates: 2025-12-30..2026-01-02}`, "2026-01-01 00:00:00", "yes"},
		{`{dates: 10-01}`, "2031-10-01 12:00:00", "yes"},
		{`{dates: 10-01}`, "2031-10-02 12:00:00", ""},
		{`{dates: 02-29}`, "2028-02-29 12:00:00", "yes"},
		{`{dates: [2026-01-01, 01-07]}`, "2026-01-07 12:00:00", "yes"},
		// all given keys must hold
		{`{days: wed, from: "09:00", to: "18:00", dates: 2026-01-07}`, "2026-01-07 10:00:00", "yes"},
		{`{days: thu, from: "09:00", to: "18:00", dates: 2026-01-07}`, "2026-01-07 10:00:00", ""},
		{`{days: wed, from: "09:00", to: "18:00", dates: 2026-01-14}`, "2026-01-07 10:00:00", ""},
		// a list means any
		{`[{from: "09:00", to: "12:00"}, {from: "14:00", to: "18:00"}]`, "2026-01-07 13:00:00", ""},
		{`[{from: "09:00", to: "12:00"}, {from: "14:00", to: "18:00"}]`, "2026-01-07 15:00:00", "yes"},
	} {
		e := compile(t, "rules:\n- {when: {time: "+tt.window+"}, reply: yes}\n")
		now, err := time.ParseInLocation(time.DateTime, tt.time, shanghai)
		if err != nil {
			t.Fatal(err)
		}
		if got := ask(t, e, at(say(t, "x"), now.Unix())); got != tt.want {
			t.Errorf("%s at %s: %q, want %q", tt.window, tt.time, got, tt.want)
		}
	}
}

// The bot's time zone decides, not the machine's.
func TestTimeZone(t *testing.T) {
	file := "rules:\n- {when: {time: {from: \"12:00\", to: \"13:00\"}}, reply: '{{.Now}}'}\n"
	zone := time.FixedZone("", -5*60*60)
	west := profile
	west.Location = zone
	e, problems := compileFor(t, west, file)
	if e == nil {
		t.Fatal(problems)
	}
	if got := ask(t, e, say(t, "x")); got != "" {
		t.Errorf("answered %q at 23:00", got)
	}
	if got := ask(t, e, at(say(t, "x"), noon+13*3600)); got != "2026-01-07 12:00:00" {
		t.Errorf("answered %q at 12:00", got)
	}
}

func TestHolidaysGoIntoUnless(t *testing.T) {
	e := compile(t, `
rules:
- when: {time: {days: mon-fri, from: "09:00", to: "18:00"}}
  unless: {time: {dates: [2026-01-07]}}
  reply: 在
- {reply: 不在}
`)
	for unix, want := range map[int64]string{noon: "不在", noon + 86400: "在", noon + 3*86400: "不在"} {
		if got := ask(t, e, at(say(t, "x"), unix)); got != want {
			t.Errorf("at %d: %q, want %q", unix, got, want)
		}
	}
}
