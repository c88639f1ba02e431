package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// words are a table's words in one language.
type words struct {
	what, measured, goal, reached, missed string

	names map[string]string // nil: as they are
}

var english = &words{what: "what", measured: "measured", goal: "goal", reached: "reached", missed: "missed"}

var chinese = &words{what: "项目", measured: "测得", goal: "目标", reached: "达到", missed: "未达到", names: map[string]string{
	"bare echo":                             "空的 echo",
	"10000 rules, plaintext, of bare echo":  "1 万条规则，明文，与空的 echo 之比",
	"10000 rules, plaintext":                "1 万条规则，明文",
	"100000 rules, plaintext, of bare echo": "10 万条规则，明文，与空的 echo 之比",
	"100000 rules, plaintext":               "10 万条规则，明文",
	"10000 rules, safe mode, of bare echo":  "1 万条规则，安全模式，与空的 echo 之比",
	"10000 rules, safe mode":                "1 万条规则，安全模式",
	"start of a small bot":                  "小机器人的启动",
	"memory of a small bot, idle":           "小机器人空闲时的内存",
	"start of 100000 rules":                 "10 万条规则的启动",
	"memory of 100000 rules, idle":          "10 万条规则空闲时的内存",
	"one of 100 files with 100000 rules edited, last write to first answer, with 0.2 s of quiet time": "10 万条规则、100 个文件，改其中一个：从最后写入到第一条新回答，含 0.2 秒静候",
	"all 100 files edited, last write to first answer, with 0.2 s of quiet time":                      "100 个文件全改：从最后写入到第一条新回答，含 0.2 秒静候",
	"memory at its peak while 100000 rules reload":                                                    "重新加载 10 万条规则时的内存峰值",
	"p99 while 100000 rules reload under load":                                                        "压力下重新加载 10 万条规则时的 p99",
	"failed requests meanwhile":                                                                       "其间失败的请求",
	"100 rules":                                                                                       "100 条规则",
	"1000 rules":                                                                                      "1000 条规则",
	"10000 rules":                                                                                     "1 万条规则",
	"100000 rules":                                                                                    "10 万条规则",
	"texts of 10 characters":                                                                          "10 个字的消息",
	"texts of 40 characters":                                                                          "40 个字的消息",
	"texts of 160 characters":                                                                         "160 个字的消息",
	"texts of 600 characters":                                                                         "600 个字的消息",
	"conversations of 10 users":                                                                       "10 个用户的会话",
	"conversations of 1000 users":                                                                     "1000 个用户的会话",
	"conversations of 100000 users":                                                                   "10 万个用户的会话",
}}

// table has columns for goals if any row has one.
func (w *words) table(rows []row) (string, error) {
	goals := slices.ContainsFunc(rows, func(r row) bool { return r.Limit > 0 })
	var b strings.Builder
	line := func(cells ...string) {
		if !goals {
			cells = cells[1:3]
		}
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	line("#", w.what, w.measured, w.goal, "")
	line("---", "---", "---", "---", "---")
	for _, r := range rows {
		name := r.What
		if w.names != nil {
			if name = w.names[r.What]; name == "" {
				return "", fmt.Errorf("no words for %q", r.What)
			}
		}
		goal, verdict := w.verdict(r)
		line(r.Goal, name, figure(r.Measured)+" "+r.Unit, goal, verdict)
	}
	return b.String(), nil
}

// verdict is what a row says of its goal.
func (w *words) verdict(r row) (goal, verdict string) {
	if r.Limit == 0 {
		return "", ""
	}
	sign, ok := "≤", r.Measured <= r.Limit
	if r.AtLeast {
		sign, ok = "≥", r.Measured >= r.Limit
	}
	verdict = w.missed
	if ok {
		verdict = w.reached
	}
	return sign + " " + figure(r.Limit) + " " + r.Unit, verdict
}

// figure has four digits that count, or the whole number.
func figure(v float64) string {
	if v < 1000 {
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
	s := strconv.FormatFloat(v, 'f', 0, 64)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
