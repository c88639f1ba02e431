package main

// importWords are the names and comments that import writes, in one language.
type importWords struct {
	follow, fallback, unnamed string // names of rules
	again                     string // name of a second rule of the same name
	sample                    string // a message that no keyword stands in
	header                    []string

	closed       string // the owner had switched it off
	keywordsOpen string // message replies were off; keyword replies may have been
	moved        string // rule before which it stands now, as that would take its messages
	temporary    string // media id, kind
	oneArticle   string // titles of the articles left out
	dropped      string // of a rule of which nothing is left
	itsKeywords  string // of that rule
	noKeyword    string // it had none
	comma        string
	keywordGone  string // keyword
	keywordTaken string // keyword, rule that answers
	keywordMute  string // keyword that WeChat itself sends, in place of what it cannot pass on
	replyGone    string // kind, reason, content

	emptyText, videoAddress, noArticle, noID, unknownKind string // reasons
	kinds                                                 map[string]string
}

var importLangs = map[string]importWords{
	langZh: {
		follow: "关注回复", fallback: "默认回复", unnamed: "关键词回复",
		again:  "%s（%d）",
		sample: "这句话里没有关键词",
		header: []string{
			"由 wereply import 根据公众平台的自动回复生成。",
			"启用服务器配置以后，公众平台自己的自动回复不再生效，由这里的规则代替。",
			"规则从上到下逐条尝试，第一条成立的作答。",
		},
		closed:       "在公众平台里是关闭的；删掉 enabled: false 就启用。",
		keywordsOpen: "消息自动回复在公众平台里是关闭的；关键词回复是否也随之关闭，导出里看不出来，请逐条确认。",
		moved:        "排到了规则“%s”前面：否则它的关键词会先被那一条答走。",
		temporary:    "%[2]s的 media_id %[1]s 是临时素材，导出后三天失效：请把素材上传为永久素材，换成它的 media_id。",
		oneArticle:   "回复消息只能带 1 篇图文，没有保留：%s",
		dropped:      "规则“%s”没有保留下来：",
		itsKeywords:  "它的关键词：%s",
		noKeyword:    "它没有关键词。",
		comma:        "、",
		keywordGone:  "关键词 %q 没有保留：去掉空白以后什么也不剩。",
		keywordTaken: "单独发送 %q 时，回答的是规则“%s”，不是这一条。",
		keywordMute:  "关键词 %q 没有规则回答：微信用这段文字代替它传不了的消息，要写 msg_type: unsupported。",
		replyGone:    "有一个%s回复没有保留：%s。原内容：%s",
		emptyText:    "内容是空的",
		videoAddress: "导出里只有一个下载地址，没有 media_id",
		noArticle:    "导出里没有文章的标题和链接，要用接口按 media_id 查",
		noID:         "导出里没有 media_id",
		unknownKind:  "不认识这种类型",
		kinds:        map[string]string{"text": "文字", "img": "图片", "voice": "语音", "video": "视频", "news": "图文"},
	},
	langEn: {
		follow: "follow", fallback: "default", unnamed: "keyword reply",
		again:  "%s (%d)",
		sample: "no keyword stands in this",
		header: []string{
			"Made by wereply import of the auto-replies of WeChat's console.",
			"Once the server configuration is on, the console's own auto-replies do not run: these rules do.",
			"Rules are tried from top to bottom; the first that holds answers.",
		},
		closed:       "switched off in the console; without enabled: false it answers.",
		keywordsOpen: "message replies were switched off in the console; the export does not tell whether keyword replies were too: look at each.",
		moved:        "moved above rule %q, which would have taken its keywords.",
		temporary:    "the media id %[1]s (%[2]s) is temporary and ends three days after the export: upload the file as permanent material and put its media id here.",
		oneArticle:   "a reply to a message can have 1 article only; left out: %s",
		dropped:      "rule %q could not be kept:",
		itsKeywords:  "its keywords: %s",
		noKeyword:    "it has no keyword.",
		comma:        ", ",
		keywordGone:  "keyword %q is left out: without white space nothing is left of it.",
		keywordTaken: "%q by itself is answered by rule %q, not by this one.",
		keywordMute:  "keyword %q is answered by no rule: WeChat writes it in place of what it cannot pass on, and msg_type: unsupported answers that.",
		replyGone:    "a reply (%s) is left out: %s. It was: %s",
		emptyText:    "it is empty",
		videoAddress: "the export has only an address to download it from, no media id",
		noArticle:    "the export has no title and link of the article: they can be looked up by API",
		noID:         "the export has no media id",
		unknownKind:  "its type is not known",
		kinds:        map[string]string{"text": "text", "img": "image", "voice": "voice", "video": "video", "news": "news"},
	},
}
