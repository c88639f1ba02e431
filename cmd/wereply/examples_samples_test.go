package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"wereply/engine"
	"wereply/rules"
	"wereply/server"
	"wereply/wechat"
	"wereply/wechat/wechattest"
)

// sampleCases says for each sample push which rule of which example answers
// it, and what the answer contains; "" is the acknowledgement that says
// nothing to the user.
var sampleCases = []struct {
	file, example, rule, answer string
}{
	{"event_annual_renew.xml", "shop", "通知", ""},
	{"event_click.xml", "shop", "菜单·营业时间", "周一至周五"},
	{"event_kf_close_session.xml", "shop", "会话结束", ""},
	{"event_kf_create_session.xml", "shop", "会话开始", ""},
	{"event_kf_switch_session.xml", "shop", "通知", ""},
	{"event_location.xml", "shop", "通知", ""},
	{"event_location_select.xml", "shop", "拍照和位置菜单", ""},
	{"event_masssendjobfinish.xml", "shop", "通知", ""},
	{"event_naming_verify_fail.xml", "shop", "通知", ""},
	{"event_naming_verify_success.xml", "shop", "通知", ""},
	{"event_pic_photo_or_album.xml", "shop", "拍照和位置菜单", ""},
	{"event_pic_sysphoto.xml", "shop", "拍照和位置菜单", ""},
	{"event_pic_weixin.xml", "shop", "拍照和位置菜单", ""},
	{"event_publishjobfinish_fail.xml", "shop", "通知", ""},
	{"event_publishjobfinish_ok.xml", "shop", "通知", ""},
	{"event_qualification_verify_fail.xml", "shop", "通知", ""},
	{"event_qualification_verify_success.xml", "shop", "通知", ""},
	{"event_scan.xml", "shop", "扫码", "1024。新年快乐！"},
	{"event_scancode_push.xml", "shop", "扫小票", "https://shop.example.com/t/8871"},
	{"event_scancode_waitmsg.xml", "shop", "扫码查真伪", "条码 6901234567892"},
	{"event_subscribe.xml", "shop", "直接关注", "欢迎来到衣见！"},
	{"event_subscribe_after_payment.xml", "shop", "付款后关注", "谢谢惠顾！"},
	{"event_subscribe_msg_change.xml", "shop", "通知", ""},
	{"event_subscribe_msg_popup.xml", "shop", "通知", ""},
	{"event_subscribe_msg_sent.xml", "shop", "通知", ""},
	{"event_subscribe_qrscene.xml", "shop", "门店扫码", "欢迎光临 1024 号店"},
	{"event_templatesendjobfinish_block.xml", "shop", "通知", ""},
	{"event_templatesendjobfinish_fail.xml", "shop", "通知", ""},
	{"event_templatesendjobfinish_success.xml", "shop", "通知", ""},
	{"event_unsubscribe.xml", "shop", "取消关注", ""},
	{"event_user_authorization_cancellation.xml", "shop", "通知", ""},
	{"event_user_authorization_revoke.xml", "shop", "通知", ""},
	{"event_user_info_modified.xml", "shop", "通知", ""},
	{"event_verify_expired.xml", "shop", "通知", ""},
	{"event_view.xml", "shop", "通知", ""},
	{"event_view_miniprogram.xml", "shop", "通知", ""},
	{"mini_image.json", "miniprogram", "转人工", "transfer_customer_service"},
	{"mini_miniprogrampage.json", "miniprogram", "商品卡片", "goods@shop"},
	{"mini_miniprogrampage.xml", "miniprogram", "商品卡片", "goods@shop"},
	{"mini_subscribe_msg_popup_multi.json", "miniprogram", "订阅通知", ""},
	{"mini_subscribe_msg_popup_single.json", "miniprogram", "订阅通知", ""},
	{"mini_text.json", "miniprogram", "转人工", "transfer_customer_service"},
	{"mini_text.xml", "miniprogram", "转人工", "transfer_customer_service"},
	{"mini_user_enter_tempsession.json", "miniprogram", "进入会话·商品页", ""},
	{"mini_user_enter_tempsession.xml", "miniprogram", "进入会话·商品页", ""},
	{"mini_wxa_media_check.json", "miniprogram", "内容安全检测结果", ""},
	{"msg_file.xml", "shop", "收到文件", "收到文件“报价单.xlsx”，共 18342 字节。"},
	{"msg_image.xml", "shop", "收到图片", "图片收到了"},
	{"msg_link.xml", "shop", "收到链接", "《本店冬季活动说明》"},
	{"msg_location.xml", "shop", "收到位置", "北纬 23.137466，东经 113.352425"},
	{"msg_shortvideo.xml", "shop", "收到视频", "视频收到了"},
	{"msg_text.xml", "shop", "营业时间", "9:00–21:00"},
	{"msg_text_faces.xml", "parrot", "学说话", "谢谢/::D 明天见😀👍🏽[捂脸]"},
	{"msg_text_from_article.xml", "shop", "预约", "怎么称呼您"},
	{"msg_text_menu_click.xml", "shop", "点了不满意", "transfer_customer_service"},
	{"msg_text_special.xml", "parrot", "学说话", `1 < 2 && "a" > 'b'`},
	{"msg_text_unsupported.xml", "shop", "表情", "[Smile]"},
	{"msg_video.xml", "shop", "收到视频", "视频收到了"},
	{"msg_voice.xml", "parrot", "学语音", "帮我查一下快递到哪里了。"},
	{"msg_voice_no_recognition.xml", "shop", "没有识别结果的语音", "没听清"},
}

// sealedSamples are the samples that need the token and key of a test vector.
var sealedSamples = []struct {
	file, vector, example, rule string
}{
	{"envelope_compatible.xml", "pub-032-xml-compatible", "shop", "营业时间"},
	{"envelope_safe.xml", "pub-031-xml-safe", "shop", "营业时间"},
	{"mini_envelope_safe.json", "pub-033-json-safe", "miniprogram", "指定客服"},
}

var (
	samples    = filepath.Join(root, "wechat", "testdata", "samples")
	notPushes  = regexp.MustCompile(`^(reply_|mini_reply_|api_)`)
	createTime = regexp.MustCompile(`CreateTime\W+(\d+)`)
)

// TestSamplesOfTheWire pushes every sample to the example that it belongs to.
func TestSamplesOfTheWire(t *testing.T) {
	for _, c := range sampleCases {
		t.Run(c.file, func(t *testing.T) {
			body := readSample(t, c.file)
			m := createTime.FindSubmatch(body)
			if m == nil {
				t.Fatal("the sample has no CreateTime")
			}
			seconds, err := strconv.ParseInt(string(m[1]), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			e := startExample(t, c.example, time.Unix(seconds, 0), nil)
			client := wechattest.Client{
				URL:   "http://bot.example.com" + e.account.Path,
				Token: string(e.account.Token),
				HTTP:  &http.Client{Transport: wechattest.Handler(e.server.Public())},
				Now:   func() time.Time { return time.Unix(seconds, 0) },
			}
			answer, err := client.Push(t.Context(), body)
			if err != nil {
				t.Fatal(err)
			}
			if answer.Fault != nil {
				t.Errorf("WeChat would refuse the answer: %v", answer.Fault)
			}
			if e.rule != c.rule {
				t.Errorf("rule %q answers, want %q", e.rule, c.rule)
			}
			got := string(answer.Body)
			if c.answer == "" && got != wechat.Success || !strings.Contains(got, c.answer) {
				t.Errorf("answer %s, want %q", got, c.answer)
			}
		})
	}
}

// TestSealedSamples pushes the sealed samples, with the query of their vector,
// to an example that has its keys from the environment.
func TestSealedSamples(t *testing.T) {
	for _, c := range sealedSamples {
		t.Run(c.file, func(t *testing.T) {
			v := readVector(t, c.vector)
			env := map[string]string{"WECHAT_TOKEN": v.Token, "WECHAT_APP_ID": v.AppID, "WECHAT_AES_KEY": v.Key}
			seconds, err := strconv.ParseInt(v.Query["timestamp"], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			e := startExample(t, c.example, time.Unix(seconds, 0), env)
			query := url.Values{}
			for name, value := range v.Query {
				query.Set(name, value)
			}
			body := string(readSample(t, c.file))
			req := httptest.NewRequest(http.MethodPost, e.account.Path+"?"+query.Encode(), strings.NewReader(body))
			resp := httptest.NewRecorder()
			e.server.Public().ServeHTTP(resp, req)
			if resp.Code != http.StatusOK || !strings.Contains(resp.Body.String(), "Encrypt") {
				t.Errorf("answer %d %s, want a sealed document", resp.Code, resp.Body)
			}
			if e.rule != c.rule {
				t.Errorf("rule %q answers, want %q", e.rule, c.rule)
			}
		})
	}
}

// TestSampleCases holds the tables above and the folder of samples together.
func TestSampleCases(t *testing.T) {
	files, err := os.ReadDir(samples)
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples (%v)", err)
	}
	known := map[string]bool{}
	for _, c := range sampleCases {
		known[c.file] = true
	}
	for _, c := range sealedSamples {
		known[c.file] = true
	}
	for _, f := range files {
		if isPush := !notPushes.MatchString(f.Name()) && f.Name() != "reply_encrypted.xml"; isPush != known[f.Name()] {
			t.Errorf("%s: a push: %v, in the tables: %v", f.Name(), isPush, known[f.Name()])
		}
	}
}

// example is an example whose last decision can be seen.
type example struct {
	server  *server.Server
	account *rules.Account
	rule    string // "none" = no rule held
}

func startExample(t *testing.T, name string, now time.Time, env map[string]string) *example {
	t.Helper()
	lookup := func(name string) (string, bool) { value, ok := env[name]; return value, ok }
	bot, err := rules.Load(filepath.Join(root, "examples", name), rules.Options{Env: lookup, Secrets: true})
	if err != nil {
		t.Fatal(err)
	}
	e := &example{account: bot.Accounts[0], rule: "none"}
	e.server, err = server.New(bot, server.Options{
		Now: func() time.Time { return now },
		Observe: func(_ string, _ *wechat.Message, d engine.Decision) {
			if d.Rule != nil {
				e.rule = d.Rule.Name
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func readSample(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(samples, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

type pushVector struct {
	ID    string            `json:"id"`
	Token string            `json:"token"`
	AppID string            `json:"appid"`
	Key   string            `json:"encoding_aes_key"`
	Query map[string]string `json:"query"`
}

func readVector(t *testing.T, id string) pushVector {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "wechat", "testdata", "vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []json.RawMessage }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	for _, raw := range file.Cases {
		var v pushVector
		if json.Unmarshal(raw, &v) == nil && v.ID == id {
			return v
		}
	}
	t.Fatalf("no vector %s", id)
	return pushVector{}
}
