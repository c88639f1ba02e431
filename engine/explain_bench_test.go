package engine

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"wereply/wechat"
)

// BenchmarkExplain explains a message that no rule answers: each is tried and
// its reason put into words.
func BenchmarkExplain(b *testing.B) {
	for _, n := range benchSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			set, _ := benchRules(rand.New(rand.NewPCG(1, 1)), n)
			e, problems := Compile(set, profile)
			if e == nil {
				b.Fatal(problems)
			}
			m := &wechat.Message{MsgType: wechat.MsgText, FromUserName: "user", CreateTime: 1_767_758_400, Content: "nobody answers this"}
			for b.Loop() {
				if x := e.Explain(m, Conversation{}); x.Decision.Rule != nil || len(x.Tried) != n {
					b.Fatalf("%v, %d tried", x.Decision.Rule, len(x.Tried))
				}
			}
		})
	}
}
