package server

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"

	"wereply/wechat"
)

// answer is what a push gets. All attempts at the push get the same.
type answer struct {
	reply   *wechat.Reply // nil: nothing is said
	created int64         // CreateTime of the reply
}

// encode appends the compact form in which answers are kept: the CreateTime,
// then the texts of the reply, then those of its articles. An answer that says
// nothing is no bytes.
func (a answer) encode(dst []byte) []byte {
	if a.reply == nil {
		return dst
	}
	dst = binary.AppendVarint(dst, a.created)
	for _, text := range replyTexts(a.reply) {
		dst = appendText(dst, *text)
	}
	for i := range a.reply.Articles {
		for _, text := range articleTexts(&a.reply.Articles[i]) {
			dst = appendText(dst, *text)
		}
	}
	return dst
}

// clone gives the answer in memory of its own.
func (a answer) clone() answer {
	if a.reply == nil {
		return a
	}
	r := *a.reply
	r.Articles = slices.Clone(r.Articles)
	for _, text := range replyTexts(&r) {
		*text = strings.Clone(*text)
	}
	for i := range r.Articles {
		for _, text := range articleTexts(&r.Articles[i]) {
			*text = strings.Clone(*text)
		}
	}
	return answer{reply: &r, created: a.created}
}

var errNoAnswer = errors.New("server: a kept answer cannot be read")

// decodeAnswer reads what encode wrote.
func decodeAnswer(data []byte) (answer, error) {
	if len(data) == 0 {
		return answer{}, nil
	}
	created, n := binary.Varint(data)
	if n <= 0 {
		return answer{}, errNoAnswer
	}
	data = data[n:]
	r := &wechat.Reply{}
	for _, text := range replyTexts(r) {
		if data = cutText(text, data); data == nil {
			return answer{}, errNoAnswer
		}
	}
	for len(data) > 0 {
		var article wechat.Article
		for _, text := range articleTexts(&article) {
			if data = cutText(text, data); data == nil {
				return answer{}, errNoAnswer
			}
		}
		r.Articles = append(r.Articles, article)
	}
	return answer{reply: r, created: created}, nil
}

func replyTexts(r *wechat.Reply) [11]*string {
	return [...]*string{
		&r.Kind, &r.Text, &r.MediaID, &r.Title, &r.Description, &r.URL,
		&r.HQURL, &r.ThumbURL, &r.KfAccount, &r.AppID, &r.PagePath,
	}
}

func articleTexts(a *wechat.Article) [4]*string {
	return [...]*string{&a.Title, &a.Description, &a.PicURL, &a.URL}
}

func appendText(dst []byte, text string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(text)))
	return append(dst, text...)
}

// cutText reads one text and gives the rest of the data, which is nil if
// there was no text.
func cutText(text *string, data []byte) []byte {
	length, n := binary.Uvarint(data)
	if n <= 0 || length > uint64(len(data)-n) {
		return nil
	}
	end := n + int(length)
	*text = string(data[n:end])
	return data[end:]
}
