package server

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wereply/wechat"
)

var sampleAnswers = []answer{
	{},
	{reply: &wechat.Reply{Kind: wechat.MsgText, Text: "全场 9.9 元起"}, created: 1767758400},
	{reply: &wechat.Reply{Kind: wechat.MsgTransfer}, created: -1},
	{reply: &wechat.Reply{
		Kind: wechat.MsgMusic, Title: "t", Description: "d", URL: "u", HQURL: "h", MediaID: "m",
		ThumbURL: "thumb", KfAccount: "kf", AppID: "wx", PagePath: "p", Text: "x",
	}, created: 1},
	{reply: &wechat.Reply{Kind: wechat.MsgNews, Articles: []wechat.Article{
		{Title: "一", Description: "二", PicURL: "三", URL: "四"}, {Title: "five"},
	}}, created: 2},
}

func TestAnswersAreKeptWhole(t *testing.T) {
	for _, a := range sampleAnswers {
		got, err := decodeAnswer(a.encode(nil))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a, got, cmp.AllowUnexported(answer{})); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(a, a.clone(), cmp.AllowUnexported(answer{})); diff != "" {
			t.Error(diff)
		}
	}
}

// TestAnswersDoNotMix pushes from many sides at once, each push twice: the
// memory of one must not show in the answer of another.
func TestAnswersDoNotMix(t *testing.T) {
	r := start(t, plainBot, `rules: [{reply: "你说 {{.Content}}!"}]`)
	var pushing sync.WaitGroup
	for side := range 8 {
		pushing.Go(func() {
			for i := range 100 {
				content := fmt.Sprintf("%d-%d-%s", side, i, strings.Repeat("长", 5*side+i%7))
				want := "你说 " + content + "!"
				doc := r.text(content)
				var twice sync.WaitGroup
				for range 2 {
					twice.Go(func() {
						if got := said(r.push(doc)); got != want {
							t.Errorf("got %q, want %q", got, want)
						}
					})
				}
				twice.Wait()
			}
		})
	}
	pushing.Wait()
}

func FuzzDecodeAnswer(f *testing.F) {
	for _, a := range sampleAnswers {
		f.Add(a.encode(nil))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := decodeAnswer(data)
		if err != nil {
			return
		}
		again, err := decodeAnswer(a.encode(nil))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a, again, cmp.AllowUnexported(answer{})); diff != "" {
			t.Error(diff)
		}
	})
}
