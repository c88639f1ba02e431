package wechat

import (
	"testing"
	"time"
)

func BenchmarkParse(b *testing.B) {
	for name, body := range map[string]string{
		"flat":   textPush,
		"strict": inPush("<Content>a&amp;b</Content><MsgId>1</MsgId>"),
		"json":   string(readSamples(b)["mini_text.json"]),
	} {
		b.Run(name, func(b *testing.B) {
			body := []byte(body)
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParseQuery(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		ParseQuery("signature=6a62fc79ddf83b3ff96e5cbd068b983f88f192ba&timestamp=1540176606&nonce=1854606751&openid=oQ7xW5hT0kYdRzB2nVcL9mEaPqSg")
	}
}

func BenchmarkOpen(b *testing.B) {
	r := testReceiver(b)
	now := time.Unix(pushTime, 0)
	for _, mode := range pushModes {
		b.Run(mode.name, func(b *testing.B) {
			q, body := mode.push(b, []byte(textPush)), mode.body(b, []byte(textPush))
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			var push Push
			for b.Loop() {
				if err := r.OpenInto(&push, q, body, now); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAppendXML(b *testing.B) {
	for name, r := range map[string]Reply{
		"text": {Kind: MsgText, Text: "营业时间：每天 10:00–22:00 <a href=\"https://shop.example.com/map\">查看地图</a>"},
		"news": {Kind: MsgNews, Articles: []Article{{"冬季新品上架", "点击查看全部新品与优惠。", "https://cdn.example.com/a.jpg", "https://shop.example.com/"}}},
	} {
		b.Run(name, func(b *testing.B) {
			var buf [1024]byte
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.AppendXML(buf[:0], "oQ7xW5hT0kYdRzB2nVcL9mEaPqSg", testOriginal, pushTime, true); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSeal(b *testing.B) {
	mode := pushModes[1]
	push, err := testReceiver(b).Open(mode.push(b, []byte(textPush)), mode.body(b, []byte(textPush)), time.Unix(pushTime, 0))
	if err != nil {
		b.Fatal(err)
	}
	doc, now := []byte(textPush), time.Unix(pushTime, 0)
	var space []byte
	b.ReportAllocs()
	for b.Loop() {
		if space, _, err = push.SealInto(space, doc, now); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkIdentity(b *testing.B) {
	for _, sample := range []string{"msg_text.xml", "event_click.xml"} {
		b.Run(sample, func(b *testing.B) {
			m := parseSample(b, sample)
			var buf [128]byte
			b.ReportAllocs()
			for b.Loop() {
				m.AppendIdentity(buf[:0])
			}
		})
	}
}
