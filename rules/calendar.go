package rules

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// dayNames give each day its names, Sunday first.
var dayNames = [7][]string{
	{"sun", "sunday", "周日", "周天", "星期日", "星期天", "礼拜天", "礼拜日", "日", "天"},
	{"mon", "monday", "周一", "星期一", "礼拜一", "一"},
	{"tue", "tues", "tuesday", "周二", "星期二", "礼拜二", "二"},
	{"wed", "wednesday", "周三", "星期三", "礼拜三", "三"},
	{"thu", "thur", "thurs", "thursday", "周四", "星期四", "礼拜四", "四"},
	{"fri", "friday", "周五", "星期五", "礼拜五", "五"},
	{"sat", "saturday", "周六", "星期六", "礼拜六", "六"},
}

var (
	dayByName      = map[string]int{}
	dayGroups      = map[string]string{"工作日": "周一-周五", "周末": "周六-周日", "每天": "周一-周日", "weekday": "mon-fri", "weekdays": "mon-fri", "weekend": "sat-sun", "weekends": "sat-sun", "daily": "mon-sun"}
	suggestedDays  = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
	rangeSigns     = strings.NewReplacer("–", "-", "—", "-", "~", "-", "～", "-", "－", "-", "..", "-", "至", "-", "到", "-")
	dateRangeSigns = strings.NewReplacer("–", "..", "—", "..", "~", "..", "～", "..", "至", "..", "到", "..", " - ", "..", "日-", "日..")
	timePattern    = regexp.MustCompile(`^(\d{1,2}):(\d{2})$`)
	datePattern    = regexp.MustCompile(`^(?:(\d{4})-)?(\d{2})-(\d{2})$`)
	loosePattern   = regexp.MustCompile(`^(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?$`)
	dateFormsHint  = "dates look like 2026-10-01, 2026-10-01..2026-10-07, or 10-01 for each year"
	dayFormsHint   = "days are mon tue wed thu fri sat sun or 周一 … 周日, or a range such as mon-fri or 周六-周日"
	leapYear       = 2000 // has every day that some year has
	looseTimeForm  = regexp.MustCompile(`^(上午|早上|中午|下午|晚上)?\s*(\d{1,2})(?:[:：.点时](\d{2}|半)?分?)?\s*(am|pm)?$`)
)

func init() {
	for day, names := range dayNames {
		for _, name := range names {
			dayByName[name] = day
		}
	}
}

// days reads a day or a range of days, which may run over the end of the week.
// Bit 0 of the answer is Sunday.
func (r *reader) days(n *yaml.Node) uint8 {
	s, ok := r.text(n, "`days`")
	if !ok {
		return 0
	}
	first, last, isRange := strings.Cut(rangeSigns.Replace(strings.ToLower(strings.TrimSpace(s))), "-")
	from, ok1 := r.day(n, s, first)
	to := from
	ok2 := true
	if isRange && ok1 {
		to, ok2 = r.day(n, s, last)
	}
	if !ok1 || !ok2 {
		return 0
	}
	bits := uint8(1) << from
	for d := from; d != to; {
		d = (d + 1) % 7
		bits |= 1 << d
	}
	return bits
}

func (r *reader) day(n *yaml.Node, whole, name string) (int, bool) {
	name = strings.TrimSpace(name)
	if d, ok := dayByName[name]; ok {
		return d, true
	}
	hint := dayFormsHint
	if parts := strings.FieldsFunc(whole, func(c rune) bool { return strings.ContainsRune(" ,，、", c) }); len(parts) > 1 {
		hint = fmt.Sprintf("several days are a list: days: [%s]", strings.Join(parts, ", "))
	} else if s := dayGroups[name]; s != "" {
		hint = fmt.Sprintf("did you mean %s?", s)
	} else if s := suggest(name, suggestedDays); s != "" {
		hint = fmt.Sprintf("did you mean %s?", s)
	}
	r.add(CodeDay, n, fmt.Sprintf("%q is not a day of the week", whole), hint)
	return 0, false
}

// timeOfDay reads 9:00, 09:00 or 24:00 as minutes from midnight.
func (r *reader) timeOfDay(n *yaml.Node, what string) (int, bool) {
	s, ok := r.text(n, what)
	if !ok {
		return 0, false
	}
	minutes, ok := parseTimeOfDay(s)
	if !ok {
		hint := "times look like 9:00, 18:30 or 24:00"
		if meant := looseTime(s); meant != "" {
			hint = fmt.Sprintf("did you mean %s?", meant)
		}
		r.add(CodeTimeOfDay, n, fmt.Sprintf("%s is not a time of day: %q", what, s), hint)
	}
	return minutes, ok
}

// looseTime gives the time of day that was meant by 9, 9点半, 09：00, 6pm or 下午6点,
// "" if there is none.
func looseTime(s string) string {
	s = strings.Map(func(c rune) rune {
		if c >= '０' && c <= '９' {
			return c - '０' + '0'
		}
		return c
	}, s)
	m := looseTimeForm.FindStringSubmatch(strings.ToLower(strings.TrimSpace(s)))
	if m == nil {
		return ""
	}
	h, _ := strconv.Atoi(m[2])
	minutes := m[3]
	switch minutes {
	case "":
		minutes = "00"
	case "半":
		minutes = "30"
	}
	if later := m[1] == "下午" || m[1] == "晚上" || m[4] == "pm"; later && h < 12 {
		h += 12
	}
	meant := fmt.Sprintf("%d:%s", h, minutes)
	if _, ok := parseTimeOfDay(meant); !ok {
		return ""
	}
	return meant
}

// looseWindow gives the from and to that were meant by 9:00-18:00.
func looseWindow(s string) string {
	from, to, _ := strings.Cut(rangeSigns.Replace(s), "-")
	if from, to := looseTime(from), looseTime(to); from != "" && to != "" && from != to {
		return fmt.Sprintf(`time: {from: "%s", to: "%s"}`, from, to)
	}
	return ""
}

func parseTimeOfDay(s string) (minutes int, ok bool) {
	m := timePattern.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	h, _ := strconv.Atoi(m[1])
	min, _ := strconv.Atoi(m[2])
	minutes = h*60 + min
	return minutes, min < 60 && minutes <= endOfDay
}

// dates reads a day or a range of days, both ends included.
func (r *reader) dates(n *yaml.Node) (DateRange, bool) {
	s, ok := r.text(n, "`dates`")
	if !ok {
		return DateRange{}, false
	}
	first, last, isRange := strings.Cut(s, "..")
	if meant := looseDates(s); !isRange && meant != "" {
		r.add(CodeDate, n, fmt.Sprintf("%q is not a date", s), fmt.Sprintf("did you mean %s?", meant))
		return DateRange{}, false
	}
	from, ok := r.date(n, strings.TrimSpace(first))
	to := from
	if ok && isRange {
		to, ok = r.date(n, strings.TrimSpace(last))
	}
	switch {
	case !ok:
		return DateRange{}, false
	case (from.Year == 0) != (to.Year == 0):
		r.add(CodeDate, n, fmt.Sprintf("one end of %s has a year, the other has none", s), dateFormsHint)
		return DateRange{}, false
	case from.Year != 0 && to.before(from):
		r.add(CodeDate, n, fmt.Sprintf("%s ends before it begins", s), fmt.Sprintf("did you mean %s..%s?", strings.TrimSpace(last), strings.TrimSpace(first)))
		return DateRange{}, false
	}
	return DateRange{From: from, To: to}, true
}

// looseDates gives the range of dates that was meant by 10月1日至10月7日.
func looseDates(s string) string {
	first, last, ok := strings.Cut(dateRangeSigns.Replace(s), "..")
	from, ok1 := parseDate(loosePattern.FindStringSubmatch(strings.TrimSpace(first)))
	to, ok2 := parseDate(loosePattern.FindStringSubmatch(strings.TrimSpace(last)))
	if !ok || !ok1 || !ok2 {
		return ""
	}
	return from.String() + ".." + to.String()
}

func (d Date) before(e Date) bool {
	if d.Year != e.Year {
		return d.Year < e.Year
	}
	if d.Month != e.Month {
		return d.Month < e.Month
	}
	return d.Day < e.Day
}

func (r *reader) date(n *yaml.Node, s string) (Date, bool) {
	d, ok := parseDate(datePattern.FindStringSubmatch(s))
	if ok {
		return d, true
	}
	msg, hint := fmt.Sprintf("%q is not a date", s), dateFormsHint
	if datePattern.MatchString(s) {
		msg, hint = fmt.Sprintf("there is no day %s in the calendar", s), ""
	} else if d, ok := parseDate(loosePattern.FindStringSubmatch(s)); ok {
		hint = fmt.Sprintf("did you mean %s?", d)
	}
	r.add(CodeDate, n, msg, hint)
	return Date{}, false
}

func (d Date) String() string {
	if d.Year == 0 {
		return fmt.Sprintf("%02d-%02d", int(d.Month), d.Day)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

func parseDate(m []string) (Date, bool) {
	if m == nil {
		return Date{}, false
	}
	year, _ := strconv.Atoi(m[1])
	month, _ := strconv.Atoi(m[2])
	day, _ := strconv.Atoi(m[3])
	d := Date{Year: year, Month: time.Month(month), Day: day}
	if m[1] == "" {
		year = leapYear
	}
	t := time.Date(year, d.Month, day, 0, 0, 0, 0, time.UTC)
	return d, t.Month() == d.Month && t.Day() == day && (m[1] == "" || year > 0)
}
