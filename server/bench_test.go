package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"wereply/wechat"
	"wereply/wechat/wechattest"
)

// discard is a response that nobody reads.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}

// body is a request body that can be read again.
type body struct{ bytes.Reader }

func (*body) Close() error { return nil }

// BenchmarkPush is the whole way of a message through the public handler,
// without the network. Every push has a MsgId of its own.
func BenchmarkPush(b *testing.B) {
	for _, n := range []int{10, 10_000} {
		b.Run(fmt.Sprintf("plain/%d", n), func(b *testing.B) { benchmarkPush(b, plainBot, wechattest.Plain, n) })
		b.Run(fmt.Sprintf("safe/%d", n), func(b *testing.B) { benchmarkPush(b, safeBot, wechattest.Safe, n) })
	}
}

func benchmarkPush(b *testing.B, bot string, mode wechattest.Mode, n int) {
	var rules strings.Builder
	rules.WriteString("rules:\n")
	for i := range n {
		fmt.Fprintf(&rules, "  - {name: r%d, when: {keyword: 商品%d号}, reply: 商品%d号还有货}\n", i, i, i)
	}
	r := start(b, bot, rules.String(), func(o *Options) {
		o.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
		o.Now = nil
	})
	r.client.Mode = mode
	doc := wechattest.Document(r.text(fmt.Sprintf("请问商品%d号有货吗", n/2)), wechat.XML)
	id := []byte(strconv.FormatInt(24519034406400001, 10))
	requests := make([]*http.Request, 512)
	bodies := make([][]byte, len(requests))
	for i := range requests {
		fresh := bytes.Replace(doc, id, []byte(fmt.Sprintf("9%017d", i)), 1)
		req, err := r.client.Request(context.Background(), fresh)
		if err != nil {
			b.Fatal(err)
		}
		bodies[i], _ = io.ReadAll(req.Body)
		requests[i] = req
	}
	w := &discard{header: http.Header{}}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		k := i % len(requests)
		if k == 0 {
			for j := range r.pushes.shards { // or they would be repetitions
				s := &r.pushes.shards[j]
				clear(s.kept.index)
			}
		}
		req := requests[k]
		reader := &body{}
		reader.Reset(bodies[k])
		req.Body = reader
		r.Public().ServeHTTP(w, req)
	}
	b.StopTimer()
	if hits := r.metric(fmt.Sprintf(`wereply_rule_hits_total{account="shop",rule="r%d"}`, n/2)); hits < float64(b.N) {
		b.Fatalf("%v of %d pushes were answered by the rule", hits, b.N)
	}
}
