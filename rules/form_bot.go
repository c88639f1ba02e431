package rules

// botForm is the file bot.yaml: the accounts and how the bot runs. Any value may hold
// ${NAME} or ${NAME:-default}, which come from the environment.
// bot.yaml：有哪些公众号，机器人怎样运行。任何值里都可以写 ${名字} 或 ${名字:-默认值}，由环境变量填入。
type botForm struct {
	// Addresses and limits. A change of them needs a restart.
	// 地址和限制，改了要重启。
	Server serverForm `yaml:"server,omitempty"`
	// Where conversations are kept: memory, or redis://host:6379/0. A change of it needs a restart.
	// 对话存在哪里：memory，或者 redis://主机:6379/0。改了要重启。
	Store storeForm `yaml:"store,omitempty"`
	// The time zone of the rules; Asia/Shanghai if not given.
	// 规则里的时间按哪个时区，默认 Asia/Shanghai。
	Timezone textForm `yaml:"timezone,omitempty"`
	// What saved rules must pass before they go live.
	// 保存的规则要通过什么才生效。
	Reload reloadForm `yaml:"reload,omitempty"`
	// Programs that rules may ask, by name.
	// 规则可以问的程序，按名字写。
	Webhooks map[someTextForm]webhookForm `yaml:"webhooks,omitempty"`
	// The accounts of the platform that the bot answers for.
	// 机器人代为回复的公众号或小程序。
	Accounts []accountForm `yaml:"accounts"`
}

// serverForm is the addresses and limits.
// 地址和限制。
type serverForm struct {
	// What WeChat reaches; :8080 if not given.
	// 微信访问的地址，默认 :8080。
	Listen addressForm `yaml:"listen,omitempty"`
	// Health, metrics and reload; 127.0.0.1:8081 if not given, off turns it off.
	// 健康检查、指标、重新加载；默认 127.0.0.1:8081，off 表示关闭。
	Admin adminForm `yaml:"admin,omitempty"`
	// The password of the admin address.
	// 管理地址的密码。
	AdminPassword textForm `yaml:"admin_password,omitempty"`
	// A file with that password.
	// 存放这个密码的文件。
	AdminPasswordFile textForm `yaml:"admin_password_file,omitempty"`
	// The largest push: bytes, or 512KiB, 1MiB; 1MiB if not given.
	// 推送最大多少：字节数，或 512KiB、1MiB；默认 1MiB。
	MaxBody sizeForm `yaml:"max_body,omitempty"`
}

// reloadForm is what saved rules must pass.
// 保存的规则要通过什么。
type reloadForm struct {
	// true: rules that fail their own tests never go live.
	// true 表示通不过自己的测试的规则不会生效。
	RequireTests flagForm `yaml:"require_tests,omitempty"`
}

// webhookForm is a program that rules may ask.
// 规则可以问的程序。
type webhookForm struct {
	// Its address.
	// 程序的地址。
	URL urlForm `yaml:"url"`
	// What its requests are signed with.
	// 给请求签名的密钥。
	Secret textForm `yaml:"secret,omitempty"`
	// A file with that secret.
	// 存放这个密钥的文件。
	SecretFile textForm `yaml:"secret_file,omitempty"`
	// How long it may take; 10s if not given, at most 5m.
	// 最多等多久，默认 10s，最长 5m。
	Timeout spanForm `yaml:"timeout,omitempty"`
}

// accountForm is one account of the platform and its rules.
// 一个公众号或小程序，以及它的规则。
type accountForm struct {
	// Name of the account; only the single account of a bot can do without.
	// 名字；只有一个公众号时可以不写。
	Name textForm `yaml:"name,omitempty"`
	// What it is; subscription if not given.
	// 类型：subscription 订阅号（默认）、service 服务号、miniprogram 小程序、test 测试号。
	Kind kindForm `yaml:"kind,omitempty"`
	// Is the account verified, so that it may call WeChat's API?
	// 是否已认证，可以调用微信的接口。
	Verified flagForm `yaml:"verified,omitempty"`
	// The path of the URL in WeChat's settings; /weixin if not given.
	// 公众平台里填的 URL 的路径，默认 /weixin。
	Path pathForm `yaml:"path,omitempty"`
	// The Token of WeChat's settings, best from the environment: ${WECHAT_TOKEN}.
	// 公众平台“服务器配置”里的 Token，最好来自环境变量：${WECHAT_TOKEN}。
	Token textForm `yaml:"token,omitempty"`
	// A file with the Token.
	// 存放 Token 的文件。
	TokenFile textForm `yaml:"token_file,omitempty"`
	// The AppID. The safe and the compatible mode need it.
	// AppID，安全模式和兼容模式需要。
	AppID textForm `yaml:"app_id,omitempty"`
	// The AppSecret, for WeChat's API.
	// AppSecret，调用微信的接口时需要。
	AppSecret textForm `yaml:"app_secret,omitempty"`
	// A file with the AppSecret.
	// 存放 AppSecret 的文件。
	AppSecretFile textForm `yaml:"app_secret_file,omitempty"`
	// The EncodingAESKey of the safe and the compatible mode; a list is the current key, then the one before it.
	// 安全模式和兼容模式的 EncodingAESKey；写成列表就是当前的，然后是上一个。
	AESKey oneOrMany[aesKeyForm] `yaml:"aes_key,omitempty"`
	// A file with the EncodingAESKeys, one per line.
	// 存放 EncodingAESKey 的文件，每行一个。
	AESKeyFile textForm `yaml:"aes_key_file,omitempty"`
	// With an aes_key, plaintext pushes are refused unless this is true.
	// 有 aes_key 时不接受明文推送，除非这里是 true。
	AllowPlaintext flagForm `yaml:"allow_plaintext,omitempty"`
	// The account's original ID (gh_…): pushes meant for another account are refused.
	// 公众号的原始 ID（gh_ 开头），发给别的公众号的推送会被拒绝。
	OriginalID textForm `yaml:"original_id,omitempty"`
	// Pushes with an older timestamp are refused; 10m if not given, off = any.
	// 时间戳比这更早的推送会被拒绝，默认 10m，off 表示不限。
	MaxAge ageForm `yaml:"max_age,omitempty"`
	// The folder of the rules, or several; rules if not given.
	// 规则所在的文件夹，可以有几个，默认 rules。
	Rules oneOrMany[textForm] `yaml:"rules,omitempty"`
	// What happens to an answer that takes longer than WeChat waits; drop if not given.
	// 回答来不及时怎么办：drop 放弃（默认）、retry 等微信重试、send 改用客服消息发、ask 请用户再发一条来取。
	Late lateForm `yaml:"late,omitempty"`
}

// Scalars of bot.yaml: each may hold a variable instead.
type (
	storeForm   string
	addressForm string
	adminForm   string
	sizeForm    string
	flagForm    bool
	urlForm     string
	spanForm    string
	kindForm    string
	pathForm    string
	aesKeyForm  string
	ageForm     string
	lateForm    string
)
