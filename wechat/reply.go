package wechat

import (
	"errors"
	"fmt"
	"unicode"
)

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

// What keeps a reply from being a passive one. In both cases the push is
// answered with [Success], as WeChat would show the user a fault notice
// otherwise.
var (
	ErrEmpty      = errors.New("the reply is empty")          // what WeChat requires of it is missing
	ErrNotPassive = errors.New("the reply cannot be passive") // only the customer-service API sends it
)

// Validate reports [ErrEmpty] or [ErrNotPassive], perhaps wrapped, for a reply
// that AppendXML would refuse after a message.
func (r *Reply) Validate() error {
	switch r.Kind {
	case MsgText:
		return required(r.Text, "text without text")
	case MsgImage:
		return required(r.MediaID, "image without media id")
	case MsgVoice:
		return required(r.MediaID, "voice without media id")
	case MsgVideo:
		return required(r.MediaID, "video without media id")
	case MsgMusic:
		return required(r.MediaID, "music without the media id of a thumb")
	case MsgNews:
		return validateArticles(r.Articles)
	case MsgTransfer:
		return nil
	}
	return fmt.Errorf("%w: %s", ErrNotPassive, quoteShort(r.Kind))
}

// Empty reports whether there is nothing to send: r is nil, or has not what
// its kind requires.
func (r *Reply) Empty() bool {
	return r == nil || errors.Is(r.Validate(), ErrEmpty)
}

func validateArticles(articles []Article) error {
	if len(articles) == 0 {
		return fmt.Errorf("%w: news without articles", ErrEmpty)
	}
	for i := range articles {
		if err := required(articles[i].Title, "an article without title"); err != nil {
			return err
		}
	}
	return nil
}

func required(s, missing string) error {
	if visible(s) {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrEmpty, missing)
}

// visible reports whether anything but white space is left of s once it is
// cleaned.
func visible(s string) bool {
	for _, r := range s {
		if xmlChar(r) && !unicode.IsSpace(r) {
			return true
		}
	}
	return false
}
