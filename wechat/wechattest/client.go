// Package wechattest is WeChat's side of the message push: it signs, encrypts,
// pushes and retries as the platform does, and judges the answer as the
// platform would.
//
//	client := wechattest.Client{URL: "http://bot/weixin", Token: token, HTTP: wechattest.Direct(handler)}
//	doc := wechattest.Document([]wechat.Field{{Path: "MsgType", Value: "text"}, …}, wechat.XML)
//	answer, err := client.Push(ctx, doc)
//	// answer.Fault: why the user would see a fault notice; answer.Reply: what the user gets
package wechattest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"wereply/wechat"
)

// Mode is the encryption mode of an account's callback settings.
type Mode uint8

const (
	Plain      Mode = iota // 明文模式
	Compatible             // 兼容模式: the plain document with an encrypted copy in it
	Safe                   // 安全模式
)

// Client pushes to one callback URL. Its fields are not changed while it
// pushes; then it may be used by many goroutines.
type Client struct {
	URL    string
	Token  string
	AppID  string // with AESKey
	AESKey string // EncodingAESKey; for the modes other than Plain
	Mode   Mode

	HTTP     *http.Client     // nil = a new one; redirects are not followed
	Attempts int              // requests per push; 0 = wechat.Attempts
	Timeout  time.Duration    // of one attempt, after which the next one follows; 0 = wechat.Deadline
	Fresh    bool             // each attempt has its own time, nonce and ciphertext; else it repeats the first
	Now      func() time.Time // for the timestamp of requests; nil = time.Now
}

// Answer is what a push brought.
type Answer struct {
	Status   int // 0: no attempt was answered in time
	Header   http.Header
	Body     []byte // as received
	Sealed   bool   // the body is an encrypted envelope
	Doc      []byte // the reply document, decrypted; nil: nothing was said
	Reply    *wechat.Message
	Fault    error // why WeChat would not take the answer and show FaultNotice; nil: it is fine
	Attempts int   // requests made
	Duration time.Duration
}

// FaultNotice is what WeChat shows in the conversation when a message was
// answered badly.
const FaultNotice = "该公众号提供的服务出现故障，请稍后再试"

// FaultNoticeMiniProgram is what it shows to users of a mini program.
const FaultNoticeMiniProgram = "该小程序客服暂时无法提供服务，请稍后再试"

// maxAnswer bounds what is read of an answer.
const maxAnswer = 1 << 20

// Push sends a plaintext document, XML or JSON, in the client's mode, up to
// three times, until there is an answer. A bad answer, or none in time, is told
// by Answer.Fault; the error is for what kept the push from being sent: a wrong
// key, no connection, the end of ctx.
func (c *Client) Push(ctx context.Context, doc []byte) (*Answer, error) {
	begin := time.Now()
	answer := &Answer{}
	attempts := c.Attempts
	if attempts == 0 {
		attempts = wechat.Attempts
	}
	var signed *delivery
	var lastErr error
	for answer.Attempts < attempts {
		if signed == nil || c.Fresh {
			var err error
			if signed, err = c.sign(doc); err != nil {
				return nil, err
			}
		}
		answer.Attempts++
		lastErr = c.attempt(ctx, signed, answer)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if lastErr == nil {
			break
		}
	}
	answer.Duration = time.Since(begin)
	switch {
	case lastErr == nil:
		c.judge(answer, doc)
	case errors.Is(lastErr, context.DeadlineExceeded):
		answer.Fault = fmt.Errorf("no answer within %s, %d times", c.timeout(), attempts)
	default:
		return nil, lastErr
	}
	return answer, nil
}

// Verify makes the request that WeChat makes when callback settings are saved
// and checks the answer.
func (c *Client) Verify(ctx context.Context) error {
	echo := digits(19)
	req, err := c.VerifyRequest(ctx, echo)
	if err != nil {
		return err
	}
	var answer Answer
	if err := c.do(req, &answer); err != nil {
		return err
	}
	switch {
	case answer.Status != http.StatusOK:
		return fmt.Errorf("status %d, not 200", answer.Status)
	case string(answer.Body) != echo:
		return fmt.Errorf("the body is not exactly echostr")
	}
	return nil
}

func (c *Client) attempt(ctx context.Context, d *delivery, answer *Answer) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout())
	defer cancel()
	req, err := d.request(ctx)
	if err != nil {
		return err
	}
	return c.do(req, answer)
}

func (c *Client) do(req *http.Request, answer *Answer) error {
	client := http.Client{}
	if c.HTTP != nil {
		client = *c.HTTP
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := client.Do(req)
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
		return wrapped.Err // its own text has the signed URL in it
	}
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return err
	}
	if len(body) > maxAnswer {
		return fmt.Errorf("the answer is longer than %d bytes", maxAnswer)
	}
	answer.Status, answer.Header, answer.Body = resp.StatusCode, resp.Header, body
	return nil
}

func (c *Client) timeout() time.Duration {
	if c.Timeout > 0 {
		return c.Timeout
	}
	return wechat.Deadline
}
