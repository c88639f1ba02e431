package wechat

import (
	"fmt"
	"strconv"
	"strings"
)

// AppendXML appends the reply as the document that answers a push: to and from
// are the push's FromUserName and ToUserName, createTime is in Unix seconds,
// afterMessage says that the push was a message of the user and no event.
//
// The document is well-formed whatever the reply holds. Characters that XML
// forbids are dropped, bytes that are not UTF-8 become U+FFFD, a carriage
// return becomes a line feed (CR LF one), as every XML parser would read it. Text is
// cut as [CutText] does at [MaxTextBytes]; of the articles the first
// [MaxArticlesAfterMessage] or [MaxArticles] are kept.
//
// The error is [ErrEmpty] or [ErrNotPassive], perhaps wrapped, and dst is
// returned as it was.
func (r *Reply) AppendXML(dst []byte, to, from string, createTime int64, afterMessage bool) ([]byte, error) {
	if err := r.Validate(); err != nil {
		return dst, err
	}
	if r.Kind == MsgTransfer && !afterMessage {
		return dst, fmt.Errorf("%w: an event cannot be handed over to an agent", ErrNotPassive)
	}
	text := ""
	if r.Kind == MsgText {
		if text = CutText(clean(r.Text), MaxTextBytes); !visible(text) {
			return dst, fmt.Errorf("%w: a link longer than the text may be", ErrEmpty)
		}
	}
	dst = append(dst, "<xml>"...)
	dst = appendElement(dst, "ToUserName", to)
	dst = appendElement(dst, "FromUserName", from)
	dst = append(dst, "<CreateTime>"...)
	dst = strconv.AppendInt(dst, createTime, 10)
	dst = append(dst, "</CreateTime>"...)
	dst = appendElement(dst, "MsgType", r.Kind)
	switch r.Kind {
	case MsgText:
		dst = append(dst, "<Content>"...)
		dst = appendCDATA(dst, text)
		dst = append(dst, "</Content>"...)
	case MsgNews:
		dst = appendNews(dst, r.Articles, afterMessage)
	default:
		dst = r.appendMedia(dst)
	}
	return append(dst, "</xml>"...), nil
}

func (r *Reply) appendMedia(dst []byte) []byte {
	switch r.Kind {
	case MsgImage:
		dst = append(dst, "<Image>"...)
		dst = appendElement(dst, "MediaId", r.MediaID)
		dst = append(dst, "</Image>"...)
	case MsgVoice:
		dst = append(dst, "<Voice>"...)
		dst = appendElement(dst, "MediaId", r.MediaID)
		dst = append(dst, "</Voice>"...)
	case MsgVideo:
		dst = append(dst, "<Video>"...)
		dst = appendElement(dst, "MediaId", r.MediaID)
		dst = appendElement(dst, "Title", r.Title)
		dst = appendElement(dst, "Description", r.Description)
		dst = append(dst, "</Video>"...)
	case MsgMusic:
		dst = append(dst, "<Music>"...)
		dst = appendElement(dst, "Title", r.Title)
		dst = appendElement(dst, "Description", r.Description)
		dst = appendElement(dst, "MusicUrl", r.URL)
		dst = appendElement(dst, "HQMusicUrl", r.HQURL)
		dst = appendElement(dst, "ThumbMediaId", r.MediaID)
		dst = append(dst, "</Music>"...)
	case MsgTransfer:
		if visible(r.KfAccount) {
			dst = append(dst, "<TransInfo>"...)
			dst = appendElement(dst, "KfAccount", r.KfAccount)
			dst = append(dst, "</TransInfo>"...)
		}
	}
	return dst
}

func appendNews(dst []byte, articles []Article, afterMessage bool) []byte {
	limit := MaxArticles
	if afterMessage {
		limit = MaxArticlesAfterMessage
	}
	articles = articles[:min(limit, len(articles))]
	dst = append(dst, "<ArticleCount>"...)
	dst = strconv.AppendInt(dst, int64(len(articles)), 10)
	dst = append(dst, "</ArticleCount><Articles>"...)
	for _, a := range articles {
		dst = append(dst, "<item>"...)
		dst = appendElement(dst, "Title", a.Title)
		dst = appendElement(dst, "Description", a.Description)
		dst = appendElement(dst, "PicUrl", a.PicURL)
		dst = appendElement(dst, "Url", a.URL)
		dst = append(dst, "</item>"...)
	}
	return append(dst, "</Articles>"...)
}

func appendElement(dst []byte, name, value string) []byte {
	dst = append(dst, '<')
	dst = append(dst, name...)
	dst = append(dst, '>')
	dst = appendCDATA(dst, clean(value))
	dst = append(dst, '<', '/')
	dst = append(dst, name...)
	return append(dst, '>')
}

// appendCDATA appends a clean string. A section cannot hold its own end, which
// is split over two.
func appendCDATA(dst []byte, s string) []byte {
	dst = append(dst, cdataOpen...)
	for {
		i := strings.Index(s, cdataClose)
		if i < 0 {
			break
		}
		dst = append(dst, s[:i+2]...)
		dst = append(dst, cdataClose+cdataOpen...)
		s = s[i+2:]
	}
	dst = append(dst, s...)
	return append(dst, cdataClose...)
}

// clean makes s what an XML document can carry unchanged. The usual string is
// returned as it is.
func clean(s string) string {
	if plainChars(s) && strings.IndexByte(s, '\r') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i, r := range s {
		switch {
		case r == '\r':
			if !strings.HasPrefix(s[i+1:], "\n") {
				b.WriteByte('\n')
			}
		case xmlChar(r):
			b.WriteRune(r) // U+FFFD for a byte that is not UTF-8
		}
	}
	return b.String()
}
