package main

import (
	"fmt"
	"strings"

	"wereply/wechat"
)

// readable shows a reply as a person reads it. A text is given as it is; of
// the other kinds each field that says something.
func readable(r *wechat.Reply) string {
	switch r.Kind {
	case wechat.MsgText:
		return r.Text
	case wechat.MsgNews:
		return readableNews(r.Articles)
	case wechat.MsgTransfer:
		if r.KfAccount == "" {
			return "[transfer] to any customer-service agent"
		}
		return "[transfer] to " + r.KfAccount
	}
	return labelled(r.Kind,
		"media", r.MediaID,
		"title", r.Title,
		"description", r.Description,
		"url", r.URL,
		"hq url", r.HQURL,
		"thumb url", r.ThumbURL,
		"appid", r.AppID,
		"page", r.PagePath,
	)
}

func readableNews(articles []wechat.Article) string {
	parts := make([]string, len(articles))
	for i, a := range articles {
		parts[i] = labelled(fmt.Sprintf("%s %d/%d", wechat.MsgNews, i+1, len(articles)),
			"title", a.Title, "description", a.Description, "picture", a.PicURL, "url", a.URL)
	}
	return strings.Join(parts, "\n")
}

// labelled gives a head in brackets and below it the pairs of names and
// values, without those that are empty.
func labelled(head string, pairs ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[%s]", head)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			fmt.Fprintf(&b, "\n  %s: %s", pairs[i], pairs[i+1])
		}
	}
	return b.String()
}

// indent puts a margin before every line.
func indent(margin, text string) string {
	return margin + strings.ReplaceAll(text, "\n", "\n"+margin)
}
