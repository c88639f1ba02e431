package engine

import (
	"maps"
	"slices"

	"wereply/wechat"
)

// field is one value that a template reads by name.
type field struct {
	of   source
	name string // of a push's field, a variable or a group
}

// source says where the value of a field comes from.
type source uint8

const (
	ofPush source = iota // a field of the push, looked up by name
	ofContent
	ofFromUserName
	ofEvent
	ofEventKey
	ofRecognition
	ofScene
	ofKeyword
	ofRest
	ofAccount
	ofNow
	ofVars  // a variable by name, or all of them
	ofMatch // a group by name, or all of them
)

// ownFields are the names that templates have beside WeChat's own.
var ownFields = map[string]source{
	"Scene":   ofScene,
	"Keyword": ofKeyword,
	"Rest":    ofRest,
	"Account": ofAccount,
	"Now":     ofNow,
	"Vars":    ofVars,
	"Match":   ofMatch,
}

// pushFields are the fields that need no search.
var pushFields = map[string]source{
	"Content":      ofContent,
	"FromUserName": ofFromUserName,
	"Event":        ofEvent,
	"EventKey":     ofEventKey,
	"Recognition":  ofRecognition,
}

// fieldNamed finds what a name at the top of a template stands for.
func fieldNamed(name string) (field, bool) {
	if of, ok := ownFields[name]; ok {
		return field{of: of}, true
	}
	if of, ok := pushFields[name]; ok {
		return field{of: of}, true
	}
	return field{of: ofPush, name: name}, wechat.KnownField(name)
}

// fieldNames lists all names at the top of a template.
func fieldNames() []string { return slices.AppendSeq(wechat.FieldNames(), maps.Keys(ownFields)) }

// text gives the value of a field as text.
func (s *scope) text(f field) string {
	switch f.of {
	case ofContent:
		return s.m.Content
	case ofFromUserName:
		return s.m.FromUserName
	case ofEvent:
		return s.m.Event
	case ofEventKey:
		return s.m.EventKey
	case ofRecognition:
		return s.m.Recognition
	case ofScene:
		return s.m.Scene()
	case ofKeyword:
		return s.match.main.keyword()
	case ofRest:
		return s.match.main.rest()
	case ofAccount:
		return s.e.profile.Account
	case ofNow:
		return s.now().String()
	case ofVars:
		return s.vars[f.name]
	case ofMatch:
		return s.match.regexes.group(f.name)
	}
	return s.m.Field(f.name)
}

// value gives what text/template gets for a name at the top.
func (s *scope) value(f field) any {
	switch f.of {
	case ofNow:
		return s.now()
	case ofVars:
		return s.vars
	case ofMatch:
		return s.match.regexes.named()
	}
	return s.text(f)
}
