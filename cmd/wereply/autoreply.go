package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

// autoReplies is the answer of get_current_autoreply_info: what the owner of
// an account configured in WeChat's console. Every part may be absent.
type autoReplies struct {
	FollowOpen  *int        `json:"is_add_friend_reply_open"` // 0 or 1
	MessageOpen *int        `json:"is_autoreply_open"`        // 0 or 1
	Follow      *savedReply `json:"add_friend_autoreply_info"`
	Default     *savedReply `json:"message_default_autoreply_info"`
	Keywords    struct {
		List []savedRule `json:"list"`
	} `json:"keyword_autoreply_info"`

	ErrCode int    `json:"errcode"`
	ErrMsg  string `json:"errmsg"`
}

// savedReply is one reply. Content is the text, a media id or, of a video, an
// address.
type savedReply struct {
	Type    string `json:"type"` // text, img, voice, video, news
	Content string `json:"content"`
	News    struct {
		List []savedArticle `json:"list"`
	} `json:"news_info"`
}

type savedArticle struct {
	Title      string `json:"title"`
	Digest     string `json:"digest"`
	CoverURL   string `json:"cover_url"`
	ContentURL string `json:"content_url"`
}

type savedRule struct {
	Name     string `json:"rule_name"`
	Mode     string `json:"reply_mode"` // reply_all or random_one
	Keywords []struct {
		Match   string `json:"match_mode"` // contain or equal
		Content string `json:"content"`
	} `json:"keyword_list_info"`
	Replies []savedReply `json:"reply_list_info"`
}

// parseAutoReplies reads an export. Fields that WeChat may add do no harm; a
// document without the two switches is something else.
func parseAutoReplies(data []byte) (*autoReplies, error) {
	if err := checkText(data); err != nil {
		return nil, err
	}
	var saved autoReplies
	if err := json.Unmarshal([]byte(strings.TrimPrefix(string(data), "\ufeff")), &saved); err != nil {
		return nil, &hinted{jsonError(data, err), exportHint}
	}
	if saved.ErrCode != 0 {
		return nil, fmt.Errorf("WeChat refused the export: %d %s", saved.ErrCode, saved.ErrMsg)
	}
	if saved.FollowOpen == nil || saved.MessageOpen == nil {
		return nil, &hinted{
			errors.New("this is no answer of get_current_autoreply_info: is_add_friend_reply_open or is_autoreply_open is missing"),
			exportHint,
		}
	}
	return &saved, nil
}

const exportHint = "save the whole answer of https://api.weixin.qq.com/cgi-bin/get_current_autoreply_info"

// checkText refuses what is not UTF-8: JSON would be read with the characters lost
// that it does not know.
func checkText(data []byte) error {
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return &hinted{errors.New("the file is written in UTF-16"), "save it as UTF-8; in PowerShell: … | Out-File -Encoding utf8 autoreply.json"}
	case !utf8.Valid(data):
		return &hinted{errors.New("the file is not UTF-8 text"), "save it as UTF-8 (perhaps it is GBK now)"}
	}
	return nil
}

// jsonError says in which line JSON went wrong.
func jsonError(data []byte, err error) error {
	var offset int64 = -1
	var syntax *json.SyntaxError
	var shape *json.UnmarshalTypeError
	what := err.Error()
	switch {
	case errors.As(err, &syntax):
		offset, what = syntax.Offset, strings.TrimPrefix(syntax.Error(), "json: ")
	case errors.As(err, &shape):
		offset, what = shape.Offset, wrongShape(shape)
	}
	if offset < 0 || offset > int64(len(data)) {
		return fmt.Errorf("this is no JSON: %s", what)
	}
	return fmt.Errorf("line %d: %s", 1+strings.Count(string(data[:offset]), "\n"), what)
}

// wrongShape says in JSON's words what is something else than it should be.
func wrongShape(err *json.UnmarshalTypeError) string {
	field, found := err.Field, strings.Fields(err.Value)[0] // "number 1.5"
	if field == "" {
		field = "the document"
	}
	wanted := "an object"
	switch err.Type.Kind() {
	case reflect.Int:
		wanted = "a whole number"
	case reflect.String:
		wanted = "a string"
	case reflect.Slice:
		wanted = "an array"
	}
	return fmt.Sprintf("%s must be %s, not %s", field, wanted, article(found))
}

func article(noun string) string {
	switch noun {
	case "array", "object":
		return "an " + noun
	case "bool":
		return "true or false"
	}
	return "a " + noun
}

// cleanText is a text of the console without what no rule file may hold.
func cleanText(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return '\n'
		case unicode.IsControl(r) || r == '\ufeff' || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	return strings.TrimRight(s, "\n")
}

// cleanLine is cleanText in one line, as names and keywords are.
func cleanLine(s string) string {
	return strings.Join(strings.Fields(cleanText(s)), " ")
}
