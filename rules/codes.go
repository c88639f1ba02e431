package rules

// The codes of problems. A code is stable: tools and documents go by it.
// E001–E099 rule files and YAML, E101–E199 bot.yaml and what several files
// say together, E201–E299 what only compiling finds,
// E301–E399 what only serving finds.
const (
	CodeEncoding        = "E001" // the file is not UTF-8 text, or holds a character that no text file should
	CodeSyntax          = "E002" // the YAML cannot be read, for a reason without a code of its own
	CodeIndent          = "E003" // a tab or an odd space as indentation
	CodeBareTemplate    = "E004" // an unquoted {{…}}
	CodeBareStart       = "E005" // an unquoted value that begins with @ or another reserved character
	CodeAfterBracket    = "E006" // text after a closing bracket: […]…
	CodeBareStar        = "E007" // an unquoted *
	CodeColonInText     = "E008" // an unquoted text with a colon and a space: key: a: b
	CodeEscape          = "E009" // an escape that double quotes do not know: "\d"
	CodeBareInFlow      = "E010" // unquoted { } [ ] or , in a value inside { } or [ ]
	CodeQuestionMark    = "E011" // an unquoted value that ends in ? inside { } or [ ]
	CodeWideColon       = "E012" // a full-width colon, comma, dash or bracket where YAML wants a plain one
	CodeGluedColon      = "E013" // no space after the colon of a key, or after the dash of an entry
	CodeUnclosed        = "E014" // a quote or bracket that is not closed
	CodeAfterQuote      = "E015" // text after a closing quote
	CodeDocuments       = "E016" // a second document in one file
	CodeYAMLFeature     = "E017" // an anchor, alias, tag or merge key
	CodeDuplicate       = "E018" // a key that stands twice
	CodeKey             = "E019" // a key that is not a text
	CodeNull            = "E020" // a key without a value
	CodeUnknownField    = "E021" // a field that is not known here
	CodeShape           = "E022" // a list where a text belongs, and the like
	CodeMissing         = "E023" // a field that must be there is missing
	CodeEmpty           = "E024" // an empty mapping, list or text
	CodeCombination     = "E025" // fields that do not go together
	CodeUnknownName     = "E026" // a word that is not one of the known ones
	CodeNumber          = "E027" // not a number, or out of range
	CodeBool            = "E028" // neither true nor false
	CodeDuration        = "E029" // not a duration, or out of range
	CodeTimeOfDay       = "E030" // not a time of day, or an empty window
	CodeDate            = "E031" // not a date, or dates in the wrong order
	CodeDay             = "E032" // not a day of the week
	CodeReplyList       = "E033" // a list as reply: random or all?
	CodeReplyForm       = "E034" // no form of reply, or several at once
	CodeReserved        = "E035" // a reserved name
	CodeName            = "E036" // a name with characters it cannot have
	CodeMediaFile       = "E037" // a media file outside the bot's folder, or a web address
	CodeTooMuch         = "E038" // longer, deeper or more than the limit
	CodeCutByHash       = "W101" // a space and # cut a text
	CodeWideComma       = "W102" // a full-width comma in a list, commas or | in one keyword
	CodeWideColonText   = "W103" // a text that looks like a key with a full-width colon
	CodeLiteralEscape   = "W104" // a literal \n
	CodeWideMarks       = "W105" // full-width quotes or brackets around a value
	CodeGluedDash       = "W106" // a text that looks like a list without spaces behind its dashes
	CodeBareRegex       = "W107" // a bare value that looks like a regular expression, or has stars for “anything”
	CodeJoinedLines     = "W108" // lines that YAML joins to one
	CodeRegexSlashes    = "W109" // a regular expression between slashes
	CodeFolder          = "E101" // a folder that is not there, cannot be read, or is a file
	CodeUnreadable      = "E102" // a file that cannot be read
	CodeVariable        = "E103" // a ${…} that is not well-formed
	CodeVariableMissing = "E104" // a variable of the environment that is not set
	CodeSecretFile      = "E105" // a file with a secret that cannot be read or is empty
	CodeAddress         = "E106" // not an address to listen at
	CodePath            = "E107" // not a path of a callback URL, or one that two accounts have
	CodeAESKey          = "E108" // not an EncodingAESKey
	CodeTimezone        = "E109" // a time zone that is not known
	CodeURL             = "E110" // not the URL of a webhook, a store or a button
	CodeSize            = "E111" // not a size in bytes, or out of range
	CodeNameTaken       = "E112" // a name that something else has
	CodeCircle          = "E113" // named replies that use each other in a circle
	CodeTestAccount     = "E114" // a test of an account that does not read its file
	CodeNoRules         = "W110" // a rules folder without rule files, or rule files without rules
	CodeNoMedia         = "W111" // a media file that is not there
	CodeMount           = "W113" // a file that is a mount point: changes never arrive
	CodeToken           = "W114" // a token that WeChat's settings do not take
	CodeMisnamed        = "W115" // a rule file that is not read: its name or its folder is another
	CodeOpenID          = "W116" // a user in a condition whose OpenID nobody can have
	CodeNotServed       = "N001" // right, but not served yet
)

// What only compiling the rules for an account finds.
const (
	CodeRegex         = "E201" // a regular expression that cannot be read or is too large
	CodeFoldsToNone   = "E202" // a pattern of which folding leaves nothing
	CodeTemplate      = "E203" // a template that cannot be read
	CodeTemplateField = "E204" // a field of a template that no push has
	CodeTemplateFunc  = "E205" // a function that templates do not have, or called the wrong way
	CodeTemplateVar   = "E206" // a variable that no rule remembers
	CodeTemplateGroup = "E207" // a group that no regular expression of the rule has
	CodeRender        = "E208" // a template that failed while it answered a message
)

// What only serving and running the tests finds.
const (
	CodeAccount    = "E301" // an account whose pushes cannot be verified with what bot.yaml says
	CodeTestFailed = "E302" // a rule test that failed, where tests must pass
)
