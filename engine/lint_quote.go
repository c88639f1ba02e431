package engine

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// quotedWord is a word that a text tells people to send.
type quotedWord struct {
	word   string
	offset int // of its first byte in the text
}

// invitation is what stands before such a word: 回复“帮助”, send “help”.
var invitation = regexp.MustCompile(`(?i)(?:(?:回复|回覆|发送|發送|输入|輸入)(?:关键词|关键字|關鍵字|数字|數字|文字|以下内容|以下|下列|[:：\s•*·-])*` +
	`|\b(?:reply|send)\b(?:\s+(?:us|me|with|back|the|a|an|word|words|keyword|text|message|number))*\s*:?[\s•*·-]*)$`)

// noInvitation is what turns an invitation into something else: 请勿回复, 已发送,
// don't send.
var noInvitation = regexp.MustCompile(`(?i)(?:勿|别|別|不|禁止|不能|不可|无法|不要|不必|无需|不用|未|没有|已|已经|刚|刚刚|会|將|将|系统|客服|\bnot|n['’]t|\bnever|\bwill|\bwe|\bI)\s*$`)

// elsewhere is what says, before an invitation, that the word is for something
// else than this conversation: a search box, a web page, a text message; or that
// it is not the user who sends it: 我们会在一小时内发送.
var elsewhere = regexp.MustCompile(`(?i)(?:搜一搜|(?:搜索|输入|地址|留言|评论|弹幕)(?:框|栏|区)|浏览器|网页|网站|官网|短信|直播间|朋友圈|(?:结算|结账|付款|支付|下单|注册|登录|购买|兑换)页面?` +
	`|(?:会|将)(?:在|于|向|给|为|通过|自动|立即|尽快)[^，,。;；！!？?\n]*)(?:里面?|中|内|上|处|下方)?(?:直接|再)?\s*$`)

// whileBuying is the same before 输入 only: a coupon's code.
var whileBuying = regexp.MustCompile(`(?:结算|结账|付款|支付|下单|注册|登录|购买|兑换|核销)(?:时|的时候)\s*(?:请|再)?\s*$`)

// away is the same behind the word: a number or an address to send it to.
var away = regexp.MustCompile(`(?i)^\s*(?:到|至|给|to\b)[^，,。；;！!？?\n]{0,12}?(?:\d{4,}|@|邮箱|e-?mail)`)

// another leads from one such word to the next. After a comma there may follow
// a quoted name that begins the next clause.
var another = regexp.MustCompile(`^(?:\s*[、/|]\s*|\s*(?:或者|或|以及|和|及|与|or\b|and\b)\s*|\s*(,|，)\s*(?:or\s|and\s|或)?\s*|\s*\n\s*[•*·-]\s*)$`)

// ofList is what may follow the last word after a comma.
var ofList = regexp.MustCompile(`^\s*(?:$|[\n、/|,，。.!！;；)）]|或|和|or\b|and\b)`)

// more is what says that the word is only the beginning of what is to be sent:
// “订单”加订单号.
var more = regexp.MustCompile(`(?i)^\s*(?:再?加|\+|＋|空格|和|与|及|及|and\b|plus\b|with\b|followed\b|then\b)`)

// closing are quotes by what opens them.
var closing = map[rune]string{'“': "”", '「': "」", '『': "』", '【': "】", '‘': "’", '"': `"`}

// placeholder is what stands for something that differs: 【姓名+电话】, “您的姓名”.
var placeholder = regexp.MustCompile(`(?i)[+＋{}<>…*\x00\n]|\.\.\.|您的|你的|\byour\b|xx`)

// maxQuoted is how many characters a word has at most: longer quotes are
// examples.
const maxQuoted = 20

// quotedWords finds the words that a text tells people to send. It rather
// misses one than to take something else for one.
func quotedWords(source string) []quotedWord {
	text := masked(source)
	var list []quotedWord
	end, inList := 0, false // of the quote before, and whether it was such a word
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		closer := closing[r]
		if closer == "" {
			i += size
			continue
		}
		length := strings.Index(text[i+size:], closer)
		if length < 0 {
			i += size
			continue
		}
		word, after := text[i+size:i+size+length], text[i+size+length+len(closer):]
		if inList = isInvited(text[:i], text[end:i], after, inList); inList && isWord(word, after) {
			list = append(list, quotedWord{strings.TrimSpace(word), i + size})
		}
		i += size + length + len(closer)
		end = i
	}
	return list
}

// isInvited reports whether a quote is named as something to send: it follows
// an invitation, or another such quote.
func isInvited(before, between, after string, inList bool) bool {
	if at := invitation.FindStringIndex(between); at != nil {
		lead := before[:len(before)-len(between)+at[0]]
		return !noInvitation.MatchString(lead) && !elsewhere.MatchString(lead) && !away.MatchString(after) &&
			!(strings.HasPrefix(between[at[0]:], "输入") && whileBuying.MatchString(lead))
	}
	found := another.FindStringSubmatch(between)
	return inList && found != nil && (found[1] == "" || ofList.MatchString(after))
}

func isWord(word, after string) bool {
	if strings.TrimSpace(word) == "" || utf8.RuneCountInString(word) > maxQuoted || placeholder.MatchString(word) {
		return false
	}
	at := more.FindStringIndex(after)
	if at == nil {
		return true
	}
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(after[at[1]:], " "))
	return closing[next] != "" // “价格”和“预约”
}

// masked hides the {{…}} of a template and keeps the places of the rest.
func masked(source string) string {
	if !strings.Contains(source, "{{") {
		return source
	}
	b := []byte(source)
	for i := 0; ; {
		open := strings.Index(source[i:], "{{")
		if open < 0 {
			return string(b)
		}
		open += i
		shut := strings.Index(source[open:], "}}")
		if shut < 0 {
			shut = len(source) - open - 2
		}
		i = open + shut + 2
		for j := open; j < i; j++ {
			b[j] = 0
		}
	}
}
