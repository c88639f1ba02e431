package wechat

import (
	"fmt"
	"strconv"
	"time"
)

const wrongTokenHint = "the configured token is not the Token in the WeChat console, or a proxy changes the query string"

func (r *Receiver) checkSignature(q Query) error {
	switch {
	case q.Signature == "":
		return &Error{
			Check: CheckSignature,
			Msg:   "the query has no signature",
			Hint:  "the request is not WeChat's, or a proxy drops the query string",
		}
	case !signed(q.Signature, nil, r.token, q.Timestamp, q.Nonce):
		return &Error{Check: CheckSignature, Msg: "the signature does not fit", Hint: wrongTokenHint}
	}
	return nil
}

// checkMsgSignature tells a wrong token from a body that was changed: WeChat
// signs the query of an encrypted push too.
func (r *Receiver) checkMsgSignature(q Query, encrypt string) error {
	switch {
	case q.MsgSignature == "":
		return &Error{
			Check: CheckMsgSignature,
			Msg:   "the push is encrypted, but the query has no msg_signature",
			Hint:  "the request is not WeChat's, or a proxy changes the query string",
		}
	case signed(q.MsgSignature, []byte(encrypt), r.token, q.Timestamp, q.Nonce):
		return nil
	case r.checkSignature(q) == nil:
		return &Error{
			Check: CheckMsgSignature,
			Msg:   "the msg_signature does not fit the body, though the token is right",
			Hint:  "a proxy changes the body, or someone forged the push",
		}
	}
	return &Error{Check: CheckMsgSignature, Msg: "the msg_signature does not fit", Hint: wrongTokenHint}
}

// checkAge compares the query's timestamp, once it is verified, with now.
func (r *Receiver) checkAge(q Query, now time.Time) error {
	if r.maxAge <= 0 {
		return nil
	}
	sent, err := parseSeconds(q.Timestamp)
	if err != nil {
		return &Error{Check: CheckAge, Msg: "the query's timestamp is not a number of seconds"}
	}
	switch age := now.Sub(time.Unix(sent, 0)); {
	case age > r.maxAge:
		return &Error{
			Check: CheckAge,
			Msg:   fmt.Sprintf("the push is %s old; at most %s are allowed", age.Round(time.Second), r.maxAge),
			Hint:  "someone repeats an old push, or the clock of this machine is fast",
		}
	case -age > r.maxAge:
		return &Error{
			Check: CheckAge,
			Msg:   fmt.Sprintf("the push is from %s ahead; at most %s are allowed", (-age).Round(time.Second), r.maxAge),
			Hint:  "the clock of this machine is slow",
		}
	}
	return nil
}

// quoteShort quotes what a push says of itself for an error's text.
func quoteShort(s string) string {
	const limit = 40
	if len(s) > limit {
		s = s[:limit] + "…"
	}
	return strconv.Quote(s)
}
