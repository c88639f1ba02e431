package main

import (
	"bufio"
	"context"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"time"

	"wereply/wechat"
)

// perSecondAtMost is how many pushes of a kind are kept ready for a second.
const perSecondAtMost = 80_000

// subject is one server under load.
type subject struct {
	name   string
	start  func() (*process, error)
	pushes func(now time.Time) (pushes, error)

	perSecond []float64
	cpu       []float64 // µs of CPU per request
}

// throughput measures goals 1 and 2: whole requests, everything switched on.
func (b *bench) throughput(ctx context.Context) error {
	var subjects []*subject
	for _, s := range []struct {
		rules int
		safe  bool
	}{{10_000, false}, {100_000, false}, {10_000, true}} {
		sub, err := b.botSubject(s.rules, s.safe)
		if err != nil {
			return err
		}
		subjects = append(subjects, sub)
	}
	echo := &subject{name: "bare echo", pushes: subjects[0].pushes, start: func() (*process, error) {
		return startServer(b.port, b.path("server.log"), b.path("echo"), "-listen", fmt.Sprintf("127.0.0.1:%d", b.port))
	}}
	for range b.rounds {
		for _, s := range append([]*subject{echo}, subjects...) {
			if err := b.round(ctx, s); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
	}
	ceiling := median(echo.perSecond)
	b.add("", "bare echo", ceiling, "req/s", 0, false)
	b.add("", "bare echo", median(echo.cpu), "µs CPU/req", 0, false)
	for i, goal := range []struct {
		n     string
		limit float64
	}{{"1", 85}, {"1", 80}, {"2", 62}} {
		s := subjects[i]
		b.add(goal.n, s.name+", of bare echo", 100*median(s.perSecond)/ceiling, "%", goal.limit, true)
		b.add("", s.name, median(s.cpu), "µs CPU/req", 0, false)
	}
	return nil
}

func (b *bench) round(ctx context.Context, s *subject) error {
	p, err := s.start()
	if err != nil {
		return err
	}
	defer p.stop()
	requests, err := s.pushes(time.Now())
	if err != nil {
		return err
	}
	if _, err := load(ctx, b.port, requests, time.Second); err != nil {
		return err
	}
	// The pushes of the warm-up must not come again: they would be retries.
	requests.skip = perSecondAtMost
	before, err := p.cpu()
	if err != nil {
		return err
	}
	f, err := load(ctx, b.port, requests, time.Duration(b.seconds)*time.Second)
	if err != nil {
		return err
	}
	after, err := p.cpu()
	if err != nil {
		return err
	}
	if f.Errors > 0 {
		return fmt.Errorf("%d of %d requests failed", f.Errors, f.Requests)
	}
	s.perSecond = append(s.perSecond, f.perSecond())
	s.cpu = append(s.cpu, float64((after-before).Microseconds())/float64(f.Requests))
	return nil
}

func (b *bench) botSubject(rules int, safe bool) (*subject, error) {
	name := fmt.Sprintf("%d rules, plaintext", rules)
	if safe {
		name = fmt.Sprintf("%d rules, safe mode", rules)
	}
	dir := b.path(strconv.Itoa(rules) + strconv.FormatBool(safe))
	words, err := writeBot(dir, rules, rules/1000, safe, b.port)
	if err != nil {
		return nil, err
	}
	lines := texts(words, 10_000)
	if err := writeLines(dir+".txt", lines); err != nil {
		return nil, err
	}
	s := &subject{name: name, start: func() (*process, error) { return b.serve(dir) }}
	s.pushes = func(now time.Time) (pushes, error) { return plainPushes(dir+".txt", now), nil }
	if safe {
		s.pushes = func(now time.Time) (pushes, error) {
			return sealedPushes(dir+".pushes", lines, now, perSecondAtMost*(b.seconds+1))
		}
	}
	return s, nil
}

func plainPushes(file string, now time.Time) pushes {
	return pushes{"plain.lua", []string{
		"REPORT=report.lua", "TEXTS=" + file, "PUSH_PATH=/weixin?" + query(now).Encode(),
		"PUSH_HEAD=" + head(now),
	}, 0}
}

// sealedPushes writes n pushes in safe mode, each with its own MsgId.
func sealedPushes(file string, lines []string, now time.Time, n int) (pushes, error) {
	f, err := os.Create(file)
	if err != nil {
		return pushes{}, err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	cipher, err := wechat.NewCipher(appID, aesKey)
	if err != nil {
		return pushes{}, err
	}
	ts := strconv.FormatInt(now.Unix(), 10)
	for i := range n {
		push := document(now, lines[i%len(lines)], 24519034406325999+i)
		sealed := string(cipher.AppendEncrypt(nil, [16]byte([]byte("0123456789abcdef")), []byte(push)))
		q := url.Values{
			"signature": {sign(token, ts, nonce)}, "timestamp": {ts}, "nonce": {nonce}, "openid": {user},
			"encrypt_type": {"aes"}, "msg_signature": {sign(token, ts, nonce, sealed)},
		}
		fmt.Fprintf(w, "/weixin?%s\t<xml><ToUserName><![CDATA[%s]]></ToUserName><Encrypt><![CDATA[%s]]></Encrypt></xml>\n", q.Encode(), account, sealed)
	}
	return pushes{"sealed.lua", []string{"REPORT=report.lua", "PUSHES=" + file}, 0}, w.Flush()
}
