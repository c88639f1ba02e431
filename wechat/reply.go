package wechat

// Reply is one reply, passive or (link, miniprogrampage, menu) for the
// customer-service API only. Kind says which fields count.
type Reply struct {
	Kind string // MsgText, MsgImage, MsgVoice, MsgVideo, MsgMusic, MsgNews, MsgTransfer, MsgLink, MsgMiniProgramPage

	Text        string    // text
	MediaID     string    // image, voice, video; thumb of music and miniprogrampage
	Title       string    // video, music, link, miniprogrampage
	Description string    // video, music, link
	URL         string    // music, link
	HQURL       string    // music
	ThumbURL    string    // link
	Articles    []Article // news
	KfAccount   string    // transfer; "" = any agent
	AppID       string    // miniprogrampage
	PagePath    string    // miniprogrampage
}

// Article is one entry of a news reply.
type Article struct {
	Title, Description, PicURL, URL string
}
