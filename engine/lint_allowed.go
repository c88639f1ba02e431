package engine

import (
	"fmt"

	"wereply/rules"
)

// lintAllowed tells of replies that WeChat refuses to the account, whatever
// they say: those that its kind cannot send, and those that need an API that it
// may not call.
func (l *linter) lintAllowed(at *leafAt) {
	switch l.profile.Kind {
	case rules.AccountMiniProgram:
		switch at.Kind {
		case rules.ReplyVoice, rules.ReplyVideo, rules.ReplyMusic, rules.ReplyNews:
			l.addAt(at, rules.CodeNotAllowed,
				fmt.Sprintf("a mini program cannot send %s: WeChat has text, image, link and miniprogrampage for it", at.Kind),
				"for an article: {link: {title: …, description: …, url: …, thumb_url: …}}")
		}
		return
	case rules.AccountTest:
		if at.Kind != rules.ReplyLink {
			return // a test account has nearly every API
		}
	}
	switch {
	case at.Kind == rules.ReplyLink:
		l.addAt(at, rules.CodeNotAllowed, "only mini programs can send link", "{news: [{title: …, description: …, pic_url: …, url: …}]}")
	case l.profile.Verified:
	case at.Kind == rules.ReplyAll && len(at.Extras().List) > 1:
		l.lintUnverified(at, "what follows the first reply of all")
	case at.Kind == rules.ReplyMiniProgramPage:
		l.lintUnverified(at, "miniprogrampage")
	case at.Extras().Media != nil && at.Extras().Media.File != "":
		l.lintUnverified(at, "a file that must be uploaded")
	}
}

// lintUnverified: WeChat answers such calls with error 48001.
func (l *linter) lintUnverified(at *leafAt, what string) {
	l.addAt(at, rules.CodeNotAllowed,
		fmt.Sprintf("%s needs an API that WeChat refuses to an account that is not verified (48001), and account %s is not", what, l.profile.Account),
		"if it is, say verified: true in bot.yaml; else answer by text, articles or a media_id")
}
