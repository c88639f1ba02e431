package rules

import (
	"strings"
	"unicode/utf8"
)

// Suggest gives the known word that word was probably meant to be, or "", as
// the messages of this package do: for those of other packages.
func Suggest(word string, known []string) string { return suggest(word, known) }

// suggest gives the known word that word was probably meant to be, or "".
// Letter case does not count as a mistake.
func suggest(word string, known []string) string {
	for _, other := range otherWords[strings.TrimSpace(word)] {
		if indexOf(known, other) >= 0 {
			return other
		}
	}
	limit := 0
	switch n := utf8.RuneCountInString(word); {
	case n >= 8:
		limit = 2
	case n >= 3:
		limit = 1
	}
	folded := []rune(fold(word))
	best, distance := "", limit+1
	for _, k := range known {
		if d := editDistance(folded, []rune(fold(k)), distance); d < distance {
			best, distance = k, d
		}
	}
	return best
}

// otherWords are words that people write instead of those of rule files, of
// bot.yaml and of WeChat: Chinese ones, and English ones of other programs.
var otherWords = map[string][]string{
	"规则": {"rules"}, "测试": {"tests", "test"}, "名称": {"name"}, "名字": {"name"}, "描述": {"description"}, "说明": {"description"},
	"条件": {"when"}, "当": {"when"}, "如果": {"when"}, "触发": {"when"}, "if": {"when"}, "match": {"when"}, "matches": {"when"}, "trigger": {"when"}, "on": {"when"}, "condition": {"when"}, "conditions": {"when"},
	"then": {"reply"}, "say": {"reply"}, "output": {"reply", "expect"}, "exclude": {"unless"}, "except": {"unless"}, "not": {"unless"}, "input": {"send"}, "type": {"msg_type", "kind"},
	"message": {"keyword", "text", "reply"}, "content": {"keyword", "text", "reply"}, "word": {"keyword"}, "words": {"keyword"}, "pattern": {"keyword", "regex"}, "equals": {"exact"}, "equal": {"exact"}, "is": {"exact"},
	"startswith": {"prefix"}, "starts_with": {"prefix"}, "endswith": {"suffix"}, "ends_with": {"suffix"}, "include": {"contains"}, "includes": {"contains"}, "picture": {"image"}, "photo": {"image"}, "articles": {"news"}, "options": {"items"},
	"开头": {"prefix"}, "结尾": {"suffix"}, "精确": {"exact"}, "完全匹配": {"exact"}, "全部": {"all"}, "表情": {"unsupported"}, "emoji": {"unsupported"}, "sticker": {"unsupported"}, "除非": {"unless"}, "排除": {"unless"}, "启用": {"enabled"}, "冷却": {"cooldown"},
	"回复": {"reply", "expect"}, "回答": {"reply", "expect"}, "答案": {"reply", "expect"}, "answer": {"reply", "expect"}, "response": {"reply", "expect"}, "reply": {"expect", "text"}, "keyword": {"text"},
	"关键词": {"keyword", "text"}, "关键字": {"keyword", "text"}, "类型": {"msg_type", "kind", "type"}, "消息类型": {"msg_type"}, "时间": {"time"}, "状态": {"state"},
	"记住": {"remember"}, "跳转": {"goto"}, "随机": {"random"}, "转人工": {"transfer"}, "人工": {"transfer"}, "菜单": {"menu"}, "正则": {"regex"}, "包含": {"contains"}, "等于": {"exact"},
	"文本": {"text", "Content"}, "文字": {"text", "Content"}, "内容": {"text", "Content"}, "图片": {"image"}, "语音": {"voice"}, "视频": {"video"}, "小视频": {"shortvideo", "video"}, "音乐": {"music"}, "图文": {"news"},
	"链接": {"link", "url"}, "位置": {"location"}, "文件": {"file"}, "小程序": {"miniprogrampage", "miniprogram"}, "事件": {"event"}, "标题": {"title", "Title"},
	"关注": {"subscribe"}, "取消关注": {"unsubscribe"}, "取关": {"unsubscribe"}, "扫码": {"SCAN"}, "点击": {"CLICK"}, "点击菜单": {"CLICK"}, "菜单点击": {"CLICK"},
	"发送": {"send"}, "期望": {"expect"}, "步骤": {"steps"}, "EncodingAESKey": {"aes_key"}, "账号": {"accounts", "account"}, "令牌": {"token"}, "订阅号": {"subscription"}, "服务号": {"service"}, "测试号": {"test"},
}

// fold removes what people mix up without meaning another word.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// editDistance counts the insertions, deletions, replacements and swaps of
// neighbours that make b of a. It gives limit when there are more.
func editDistance(a, b []rune, limit int) int {
	if d := len(a) - len(b); d >= limit || -d >= limit {
		return limit
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit)
}
