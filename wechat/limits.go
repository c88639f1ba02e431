package wechat

import "time"

// Limits of the platform.
const (
	Deadline = 5 * time.Second // WeChat waits so long for the whole response
	Attempts = 3               // so often it sends one push in all

	MaxTextBytes            = 2048 // Content of a text reply, in bytes of UTF-8
	MaxArticles             = 8    // of a news reply to an event
	MaxArticlesAfterMessage = 1    // of a news reply to a message of the user
)

// Our own limits on what a push may be. The largest documented push (the
// result of a mass message) has about 80 fields, five levels deep.
const (
	MaxBody      = 1 << 20 // default bound of a request body, in bytes
	MaxFields    = 512     // leaves of one document
	MaxDepth     = 12      // nesting of elements, the root included
	MaxNameBytes = 128     // one element name
)

// Success is the response that acknowledges a push and says nothing to the
// user. It is never encrypted.
const Success = "success"

// Content types of answers.
const (
	ContentTypeXML  = "text/xml; charset=utf-8"
	ContentTypeJSON = "application/json; charset=utf-8"
	ContentTypeText = "text/plain; charset=utf-8" // Success and echostr
)
