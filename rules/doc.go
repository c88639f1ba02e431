// Package rules reads what operators write: bot.yaml and the rule files of its
// accounts. A Bot is right as a whole or not there: Load answers with every
// problem at once, each with its file, line and column, and what to try.
//
//	bot, err := rules.Load("mybot", rules.Options{})
//	var problems rules.Problems
//	if errors.As(err, &problems) {
//		for _, p := range problems {
//			fmt.Println(p) // rules/price.yaml:3:12: rule "价格": …
//		}
//	}
//
// Regular expressions and templates are texts here; the engine compiles them.
package rules
