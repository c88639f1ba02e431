package rules

// menuFileForm is the file menu.yaml: the menu at the foot of the account.
// menu.yaml：公众号底部的自定义菜单。
type menuFileForm struct {
	// The buttons, at most 3.
	// 按钮，最多 3 个。
	Button []buttonForm `yaml:"button"`
}

// buttonForm is a button of the menu.
// 菜单的按钮。
type buttonForm struct {
	// What a tap does. A button that opens others has none.
	// 点击后做什么。打开子菜单的按钮不写。
	Type buttonTypeForm `yaml:"type,omitempty"`
	// What stands on it: 4 Chinese characters at the top, 20 below.
	// 按钮上的字：一级菜单最多 4 个汉字，二级最多 20 个。
	Name buttonNameForm `yaml:"name"`
	// The EventKey of the event that a tap brings, at most 128 bytes.
	// 点击后推送的事件的 EventKey，最多 128 字节。
	Key textForm `yaml:"key,omitempty"`
	// The page that a tap opens; of a miniprogram, the page for old versions of WeChat.
	// 点击后打开的网页；小程序按钮则是旧版微信打开的网页。
	URL webAddressForm `yaml:"url,omitempty"`
	// The AppID of the mini program.
	// 小程序的 AppID。
	AppID textForm `yaml:"appid,omitempty"`
	// The page of the mini program.
	// 小程序的页面。
	PagePath textForm `yaml:"pagepath,omitempty"`
	// The media id of what is sent or opened.
	// 发送或打开的素材的 media_id。
	MediaID textForm `yaml:"media_id,omitempty"`
	// The id of the published article.
	// 已发布图文的 article_id。
	ArticleID textForm `yaml:"article_id,omitempty"`
	// The buttons that it opens, at most 5. They open no others.
	// 它打开的子菜单，最多 5 个，不能再有下一级。
	SubButton []buttonForm `yaml:"sub_button,omitempty"`
}

// Scalars of menu.yaml.
type (
	buttonTypeForm string
	buttonNameForm string
	webAddressForm string
)
