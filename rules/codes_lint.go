package rules

// What check warns of: rules that load, and yet do not do what they seem to.
const (
	CodeNeverFires       = "W001" // earlier rules take every message of the rule
	CodeSecondDefault    = "W002" // a default behind another one that answers everything
	CodeNeverHolds       = "W003" // conditions that contradict each other
	CodeShortKeyword     = "W004" // a bare Latin keyword of one or two letters, which stands in many words
	CodeAnsweredTwice    = "W005" // the event of a picture or location button and its message both answered
	CodeAnsweredOften    = "W006" // location reports answered each time
	CodeStateUnread      = "W007" // a state that rules go to and none asks for
	CodeReplyUnused      = "W008" // a named reply that nothing uses
	CodeRegexAll         = "W009" // a regular expression that fits everything
	CodeRegexSlow        = "W010" // a regular expression without a literal, tried on every message
	CodeKeywordTwice     = "W011" // a keyword that folding makes equal to another
	CodeTextTooLong      = "W012" // a text longer than WeChat shows
	CodeTooManyArticles  = "W013" // several articles after a message
	CodeEmptyReply       = "W014" // a text of nothing but white space
	CodeNotShown         = "W015" // a reply to an event that shows none
	CodeTransferEvent    = "W016" // an event handed over to a human
	CodeReplyIncomplete  = "W017" // music, a link or a page without what WeChat needs of it
	CodeMediaUnfit       = "W018" // a media file of a wrong kind, or too large
	CodeNotAllowed       = "W019" // what the account may not use
	CodeWordUnanswered   = "W020" // a word that a text tells people to send and no rule answers
	CodeButtonUnanswered = "W021" // a menu button that no rule answers
	CodeButtonName       = "W022" // a menu button whose name is too long
	CodeSingleBraces     = "W023" // a field in single braces, which is said as it is written
	CodeMarkup           = "W024" // markup that WeChat shows as it is written, or a link that leads nowhere
	CodeNoWayToState     = "W112" // a condition on a state that no rule goes to
)
