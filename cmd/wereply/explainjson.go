package main

import (
	"wereply/engine"
	"wereply/rules"
	"wereply/wechat"
)

type jsonExplanation struct {
	Rule     *jsonRule   `json:"rule"` // null: no rule answers
	Folded   string      `json:"folded,omitempty"`
	Error    string      `json:"error,omitempty"`
	Replies  []jsonPart  `json:"replies"`
	Remember []jsonVar   `json:"remember,omitempty"`
	Goto     string      `json:"goto,omitempty"`
	Tried    []jsonTrial `json:"tried"`
	Later    []jsonRule  `json:"later,omitempty"` // rules that fit too and come after it
}

type jsonRule struct {
	Name string `json:"name,omitempty"`
	File string `json:"file"`
	Line int32  `json:"line"`
}

type jsonVar struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type jsonTrial struct {
	jsonRule
	Failed string `json:"failed"`
	Near   bool   `json:"near"`
}

type jsonPart struct {
	Type        string        `json:"type"` // MsgType, or webhook
	Text        string        `json:"text,omitempty"`
	MediaID     string        `json:"media_id,omitempty"`
	File        string        `json:"file,omitempty"`
	Title       string        `json:"title,omitempty"`
	Description string        `json:"description,omitempty"`
	URL         string        `json:"url,omitempty"`
	HQURL       string        `json:"hq_url,omitempty"`
	ThumbURL    string        `json:"thumb_url,omitempty"`
	Articles    []jsonArticle `json:"articles,omitempty"`
	KfAccount   string        `json:"kf_account,omitempty"`
	AppID       string        `json:"appid,omitempty"`
	PagePath    string        `json:"pagepath,omitempty"`
	Webhook     string        `json:"webhook,omitempty"`
	Fallback    []jsonPart    `json:"fallback,omitempty"`
}

type jsonArticle struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	PicURL      string `json:"pic_url"`
	URL         string `json:"url"`
}

func (x *explanation) json() jsonExplanation {
	d := x.Decision
	j := jsonExplanation{
		Folded:  x.Folded,
		Replies: jsonParts(d.Parts),
		Goto:    d.Effects.Goto,
		Tried:   []jsonTrial{},
	}
	if d.Rule != nil {
		r := jsonRuleOf(x.dir, d.Rule)
		j.Rule = &r
	}
	if d.Err != nil {
		j.Error = d.Err.Error()
	}
	for _, v := range d.Effects.Remember {
		j.Remember = append(j.Remember, jsonVar{v.Path, v.Value})
	}
	for _, t := range x.trials() {
		j.Tried = append(j.Tried, jsonTrial{jsonRuleOf(x.dir, t.Rule), t.Failed, t.Near})
	}
	for _, r := range x.Later {
		j.Later = append(j.Later, jsonRuleOf(x.dir, r))
	}
	return j
}

func jsonRuleOf(dir string, r *rules.Rule) jsonRule {
	return jsonRule{r.Name, fileIn(dir, r.Pos().File), r.At.Line}
}

func jsonParts(parts []engine.Part) []jsonPart {
	list := make([]jsonPart, 0, len(parts))
	for _, p := range parts {
		if p.Webhook != "" {
			list = append(list, jsonPart{Type: "webhook", Webhook: p.Webhook, Fallback: jsonParts(p.Fallback)})
			continue
		}
		part := jsonReply(p.Reply)
		part.File = p.File
		list = append(list, part)
	}
	return list
}

func jsonReply(r *wechat.Reply) jsonPart {
	part := jsonPart{
		Type: r.Kind, Text: r.Text, MediaID: r.MediaID, Title: r.Title, Description: r.Description,
		URL: r.URL, HQURL: r.HQURL, ThumbURL: r.ThumbURL, KfAccount: r.KfAccount, AppID: r.AppID, PagePath: r.PagePath,
	}
	for _, a := range r.Articles {
		part.Articles = append(part.Articles, jsonArticle(a))
	}
	return part
}
