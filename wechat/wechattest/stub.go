package wechattest

import (
	"context"
	"net/http"
	"time"

	"wereply/wechat"
)

type Mode uint8

const (
	Plain Mode = iota
	Compatible
	Safe
)

type Client struct {
	URL, Token, AppID, AESKey string
	Mode                      Mode
	Format                    wechat.Format
	HTTP                      *http.Client
	Attempts                  int
	Timeout                   time.Duration
	Fresh                     bool
	Now                       func() time.Time
}

type Answer struct {
	Status   int
	Header   http.Header
	Body     []byte
	Doc      []byte          // the reply document, decrypted; nil: nothing was said
	Reply    *wechat.Message // the parsed document, nil: nothing was said
	Fault    error           // why WeChat would show the fault notice; nil = fine
	Attempts int
	Duration time.Duration
}

func (c *Client) Verify(ctx context.Context) error                               { return nil }
func (c *Client) Push(ctx context.Context, doc []byte) (*Answer, error)          { return nil, nil }
func (c *Client) Request(ctx context.Context, doc []byte) (*http.Request, error) { return nil, nil }
func Document(fields []wechat.Field, format wechat.Format) []byte                { return nil }
func Handler(h http.Handler) http.RoundTripper                                   { return nil }
