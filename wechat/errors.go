package wechat

import (
	"errors"
	"net/http"
)

// Check names the check of a push that failed. The names are fit for metric
// labels.
type Check string

const (
	CheckSignature    Check = "signature"     // the query's signature
	CheckMsgSignature Check = "msg_signature" // the signature over the encrypted body
	CheckPlaintext    Check = "plaintext"     // a plaintext push where only encrypted ones are allowed
	CheckAge          Check = "age"           // the query's timestamp
	CheckAESKey       Check = "aes_key"       // a configured EncodingAESKey, or that there is none
	CheckBase64       Check = "base64"        // the text of Encrypt
	CheckDecrypt      Check = "decrypt"       // AES and padding
	CheckFrame        Check = "frame"         // what was decrypted
	CheckAppID        Check = "app_id"        // the AppID in what was decrypted
	CheckOriginalID   Check = "original_id"   // ToUserName
	CheckParse        Check = "parse"         // XML, JSON and the required fields
)

// checks is the one table of what follows from a failed check: the status of
// the HTTP answer, and the code of WeChat's sample libraries where they have
// one.
var checks = map[Check]struct{ status, code int }{
	CheckSignature:    {http.StatusForbidden, -40001},
	CheckMsgSignature: {http.StatusForbidden, -40001},
	CheckPlaintext:    {http.StatusForbidden, 0},
	CheckAge:          {http.StatusForbidden, 0},
	CheckAESKey:       {http.StatusForbidden, -40004},
	CheckBase64:       {http.StatusForbidden, -40010},
	CheckDecrypt:      {http.StatusForbidden, -40007},
	CheckFrame:        {http.StatusForbidden, -40008},
	CheckAppID:        {http.StatusForbidden, -40005},
	CheckOriginalID:   {http.StatusForbidden, 0},
	CheckParse:        {http.StatusBadRequest, -40002},
}

// Error says why a push or a configuration was refused. Neither the text nor
// the hint holds a secret, a signature or what a user wrote.
type Error struct {
	Check Check
	Msg   string // what is wrong
	Hint  string // what the operator can do about it; may be empty
	Err   error  // the cause, if there is one beneath
}

// Error gives Msg alone.
func (e *Error) Error() string { return e.Msg }

func (e *Error) Unwrap() error { return e.Err }

// Code gives the error code of WeChat's sample libraries, such as -40001, or 0
// where they have none.
func (e *Error) Code() int { return checks[e.Check].code }

// HTTPStatus gives the status that answers a push that was refused with err:
// 403 for what is not verified, 400 for what does not parse, 200 for nil.
func HTTPStatus(err error) int {
	var e *Error
	switch {
	case err == nil:
		return http.StatusOK
	case errors.As(err, &e):
		return checks[e.Check].status
	}
	return http.StatusBadRequest
}

// failed reports whether err is that of the check.
func failed(err error, check Check) bool {
	var e *Error
	return errors.As(err, &e) && e.Check == check
}

func parseError(msg string) *Error { return &Error{Check: CheckParse, Msg: msg} }
