package rules

// replyForm is a text, or a mapping of one form.
type replyForm struct {
	either[textForm, replyFormsForm]
}

// replyFormsForm is a reply of one form; only webhook has a second field,
// fallback.
// 一种形式的回复；只有 webhook 还可以带 fallback。
type replyFormsForm struct {
	// A text. {{…}} is filled in from the message.
	// 文字。{{…}} 由消息的内容填入。
	Text textForm `yaml:"text,omitempty"`
	// A picture: a media id, or a file of the bot's folder such as media/cat.jpg.
	// 图片：素材的 media_id，或机器人文件夹里的文件，如 media/cat.jpg。
	Image mediaIDForm `yaml:"image,omitempty"`
	// A voice message: a media id, or a file of the bot's folder.
	// 语音：素材的 media_id，或机器人文件夹里的文件。
	Voice mediaIDForm `yaml:"voice,omitempty"`
	// A video.
	// 视频。
	Video videoForm `yaml:"video,omitempty"`
	// Music.
	// 音乐。
	Music musicForm `yaml:"music,omitempty"`
	// Articles. WeChat shows 1 after a message and up to 8 after an event.
	// 图文。回复消息时微信只显示 1 篇，回复事件时最多 8 篇。
	News []articleForm `yaml:"news,omitempty"`
	// A link card, for mini programs.
	// 图文链接，小程序客服消息专用。
	Link linkForm `yaml:"link,omitempty"`
	// A mini program card, for mini programs.
	// 小程序卡片，小程序客服消息专用。
	MiniProgramPage miniProgramPageForm `yaml:"miniprogrampage,omitempty"`
	// Choices to tap; the tapped one comes back as a text message.
	// 可以点的选项；点了哪一项，哪一项就作为文字消息发回来。
	Menu menuForm `yaml:"menu,omitempty"`
	// Hands the user over to a human: true, or the account of an agent such as kf2001@shop.
	// 转人工客服：true，或者指定客服账号，如 kf2001@shop。
	Transfer transferForm `yaml:"transfer,omitempty"`
	// true: says nothing.
	// true 表示什么也不说。
	Silent trueForm `yaml:"silent,omitempty"`
	// One of these replies, drawn at random. An entry may be {weight: 3, reply: …}.
	// 随机选一个。其中一项可以写成 {weight: 3, reply: …}。
	Random []drawForm `yaml:"random,omitempty"`
	// All of these replies, one after the other.
	// 依次全部发出。
	All []replyForm `yaml:"all,omitempty"`
	// Asks a program: a name under webhooks of bot.yaml.
	// 问一个程序：bot.yaml 里 webhooks 下的名字。
	Webhook nameForm `yaml:"webhook,omitempty"`
	// A reply with a name, from replies of any rule file.
	// 引用起了名字的回复，名字写在任一规则文件的 replies 里。
	Use nameForm `yaml:"use,omitempty"`
	// What is said when the webhook does not answer.
	// webhook 没有回答时说什么。
	Fallback *replyForm `yaml:"fallback,omitempty"`
}

// videoForm is a video.
// 视频。
type videoForm struct {
	// A media id, or a file of the bot's folder.
	// 素材的 media_id，或机器人文件夹里的文件。
	Media mediaIDForm `yaml:"media"`
	// Title of the video.
	// 视频的标题。
	Title textForm `yaml:"title,omitempty"`
	// A line below the title.
	// 标题下的说明。
	Description textForm `yaml:"description,omitempty"`
}

// musicForm is a piece of music.
// 音乐。
type musicForm struct {
	// The cover: a media id, or a file of the bot's folder.
	// 封面：素材的 media_id，或机器人文件夹里的文件。
	Thumb mediaIDForm `yaml:"thumb"`
	// Title of the music.
	// 音乐的标题。
	Title textForm `yaml:"title,omitempty"`
	// A line below the title.
	// 标题下的说明。
	Description textForm `yaml:"description,omitempty"`
	// Address of the music.
	// 音乐的地址。
	URL textForm `yaml:"url,omitempty"`
	// Address of a better recording, for users on Wi-Fi.
	// 高品质音乐的地址，Wi-Fi 下优先使用。
	HQURL textForm `yaml:"hq_url,omitempty"`
}

// linkForm is a link card of a mini program's customer messages.
// 小程序客服消息里的图文链接。
type linkForm struct {
	// Title of the card.
	// 卡片的标题。
	Title visibleForm `yaml:"title"`
	// Where a tap leads.
	// 点击后打开的地址。
	URL visibleForm `yaml:"url"`
	// A line below the title.
	// 标题下的说明。
	Description textForm `yaml:"description,omitempty"`
	// Address of the picture.
	// 图片的地址。
	ThumbURL textForm `yaml:"thumb_url,omitempty"`
}

// miniProgramPageForm is a card that opens a page of a mini program.
// 打开小程序页面的卡片。
type miniProgramPageForm struct {
	// Title of the card.
	// 卡片的标题。
	Title visibleForm `yaml:"title"`
	// The page that a tap opens.
	// 点击后打开的页面。
	PagePath visibleForm `yaml:"pagepath"`
	// The picture: a media id, or a file of the bot's folder.
	// 图片：素材的 media_id，或机器人文件夹里的文件。
	Thumb mediaIDForm `yaml:"thumb"`
	// AppID of another mini program; without it the account's own is meant.
	// 其他小程序的 AppID；不写就是自己。
	AppID textForm `yaml:"appid,omitempty"`
}

// articleForm is one article.
// 一篇图文。
type articleForm struct {
	// Title of the article.
	// 标题。
	Title visibleForm `yaml:"title"`
	// A line below the title.
	// 标题下的说明。
	Description textForm `yaml:"description,omitempty"`
	// Address of the picture.
	// 图片的地址。
	PicURL textForm `yaml:"pic_url,omitempty"`
	// Where a tap leads.
	// 点击后打开的地址。
	URL visibleForm `yaml:"url"`
}

// menuForm is a list of choices to tap.
// 一组可以点的选项。
type menuForm struct {
	// A line above the choices.
	// 选项上面的一句话。
	Head textForm `yaml:"head,omitempty"`
	// The choices.
	// 选项。
	Items []visibleForm `yaml:"items"`
	// A line below the choices.
	// 选项下面的一句话。
	Tail textForm `yaml:"tail,omitempty"`
}

// drawForm is an entry of random: a reply, alone or with its weight.
type drawForm struct {
	either[weightedForm, replyForm]
}

// weightedForm is a reply with its weight.
// 带权重的回复。
type weightedForm struct {
	// How often it is drawn, against 1 of an entry without a weight.
	// 被选中的比重；没有写的是 1。
	Weight weightForm `yaml:"weight,omitempty"`
	// What is said.
	// 说什么。
	Reply replyForm `yaml:"reply"`
}

// Scalars of replies.
type (
	visibleForm  string // not blank
	mediaIDForm  string
	transferForm string
	weightForm   int
)
