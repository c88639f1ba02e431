package engine

import (
	"slices"
	"time"

	"wereply/rules"
)

const minutesOfDay = 24 * 60

// inWindow reports whether the local time t lies in w. The hours past midnight
// of a window belong to the day on which it began.
func inWindow(w *rules.Window, t time.Time) bool {
	from, to := 0, minutesOfDay
	if w.HasFrom {
		from = w.From
	}
	if w.HasTo {
		to = w.To
	}
	minute := t.Hour()*60 + t.Minute()
	if from <= to {
		return from <= minute && minute < to && onDay(w, t)
	}
	if minute >= from {
		return onDay(w, t)
	}
	yesterday := time.Date(t.Year(), t.Month(), t.Day()-1, 12, 0, 0, 0, time.UTC)
	return minute < to && onDay(w, yesterday)
}

// onDay reports whether days: and dates: of w hold on the day of t.
func onDay(w *rules.Window, t time.Time) bool {
	if w.Days != 0 && w.Days&(1<<t.Weekday()) == 0 {
		return false
	}
	return w.Dates == nil || slices.ContainsFunc(w.Dates, func(r rules.DateRange) bool { return inDates(r, t) })
}

// isNever reports whether no day of the dates is one of the days: 2026-01-06 is
// no Monday. Dates of every year fall on each.
func isNever(w rules.Window) bool {
	if w.Days == 0 || w.Dates == nil {
		return false
	}
	return !slices.ContainsFunc(w.Dates, func(r rules.DateRange) bool {
		if r.From.Year == 0 {
			return true
		}
		day := time.Date(r.From.Year, r.From.Month, r.From.Day, 12, 0, 0, 0, time.UTC)
		for i := 0; i < 7 && inDates(r, day); i++ {
			if w.Days&(1<<day.Weekday()) != 0 {
				return true
			}
			day = day.AddDate(0, 0, 1)
		}
		return false
	})
}

// inDates reports whether the day of t lies in r. A range of every year may
// run past the end of the year.
func inDates(r rules.DateRange, t time.Time) bool {
	if r.From.Year == 0 && r.To.Year == 0 {
		day, from, to := dayNumber(0, t.Month(), t.Day()), number(r.From), number(r.To)
		if from <= to {
			return from <= day && day <= to
		}
		return day >= from || day <= to
	}
	day := dayNumber(t.Year(), t.Month(), t.Day())
	return number(r.From) <= day && day <= number(r.To)
}

// dayNumber orders days as the calendar does.
func dayNumber(year int, month time.Month, day int) int { return (year*16+int(month))*32 + day }

func number(d rules.Date) int { return dayNumber(d.Year, d.Month, d.Day) }
