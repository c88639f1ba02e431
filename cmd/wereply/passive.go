package main

import (
	"strings"

	"wereply/wechat"
)

// passiveReply reads a reply document as the fields of a reply.
func passiveReply(m *wechat.Message) *wechat.Reply {
	inner := func(wrapper string) func(string) string {
		return func(name string) string { return m.Field(wrapper + "." + name) }
	}
	r := &wechat.Reply{Kind: strings.ToLower(m.MsgType)}
	switch r.Kind {
	case wechat.MsgText:
		r.Text = m.Content
	case wechat.MsgImage:
		r.MediaID = inner("Image")("MediaId")
	case wechat.MsgVoice:
		r.MediaID = inner("Voice")("MediaId")
	case wechat.MsgVideo:
		video := inner("Video")
		r.MediaID, r.Title, r.Description = video("MediaId"), video("Title"), video("Description")
	case wechat.MsgMusic:
		music := inner("Music")
		r.Title, r.Description, r.URL = music("Title"), music("Description"), music("MusicUrl")
		r.HQURL, r.MediaID = music("HQMusicUrl"), music("ThumbMediaId")
	case wechat.MsgNews:
		r.Articles = articlesOf(m.Fields)
	case wechat.MsgTransfer:
		r.KfAccount = inner("TransInfo")("KfAccount")
	}
	return r
}

// articlesOf collects the articles of a news reply: a path that repeats
// begins the next one.
func articlesOf(fields []wechat.Field) []wechat.Article {
	var list []wechat.Article
	seen := map[string]bool{}
	for _, f := range fields {
		name, ok := strings.CutPrefix(f.Path, "Articles.item.")
		if !ok {
			continue
		}
		if len(list) == 0 || seen[name] {
			list = append(list, wechat.Article{})
			clear(seen)
		}
		seen[name] = true
		a := &list[len(list)-1]
		switch name {
		case "Title":
			a.Title = f.Value
		case "Description":
			a.Description = f.Value
		case "PicUrl":
			a.PicURL = f.Value
		case "Url":
			a.URL = f.Value
		}
	}
	return list
}
