package engine

import "testing"

// What no push can fulfil is told with the reason, and what WeChat may push is
// left alone.
func TestLintClashes(t *testing.T) {
	const never = `1:9 W003 never fires: its conditions contradict each other`
	testLint(t, profile, LintOptions{}, []lintCase{
		{"key of a text", `rules: [{when: {msg_type: text, event_key: SONG}, reply: a}]`, never + ": a message of the type text has no EventKey"},
		{"key of several types", `rules: [{when: {msg_type: [image, voice], event_key: {prefix: S}}, reply: a}]`, never + ": a message of the type image has no EventKey"},
		{"event of a text", `rules: [{when: {msg_type: text, event: CLICK}, reply: a}]`, never + ": a message of the type text is no event"},
		{"text of a picture", `rules: [{when: {msg_type: image, keyword: 歌}, reply: a}]`, never + ": a message of the type image has no text"},
		{"text of an event", `rules: [{when: {event: CLICK, keyword: 歌}, reply: a}]`, never + ": an event has no text"},
		{"text of a key", `rules: [{when: {event_key: SONG, keyword: 歌}, reply: a}]`, never + ": an event has no text"},
		{"two states", `rules: [{when: [{keyword: 歌}], unless: {keyword: 歌}, reply: a}]`, never},
		{"one of two", `rules: [{when: [{keyword: 歌}, {msg_type: text, event_key: SONG}], reply: a}]`, `1:31 W003 this part of when never holds: its conditions contradict each other: a message of the type text has no EventKey`},

		{"key of an event too", `rules: [{when: {msg_type: [text, event], event_key: SONG}, reply: a}]`, ""},
		{"no key", `rules: [{when: {msg_type: text, event_key: ""}, reply: a}]`, ""},
		{"no key or some", `rules: [{when: {msg_type: text, event_key: ["", SONG]}, reply: a}]`, ""},
		{"text of a voice", `rules: [{when: {msg_type: [image, voice], keyword: 歌}, reply: a}]`, ""},
		{"taken without a key", "rules:\n  - {when: {msg_type: image, event_key: \"\"}, reply: a}\n  - {name: 图, when: {msg_type: image}, reply: b}\n", `3:5 W001 rule "图": never fires`},
		{"the key of others", "rules:\n  - {when: {msg_type: [image, event], event_key: S}, reply: {silent: true}}\n  - {name: 图, when: {msg_type: image}, reply: b}\n", ""},
	})
}
