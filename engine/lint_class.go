package engine

import (
	"reflect"
	"slices"
	"strings"

	"wereply/rules"
	"wereply/wechat"
)

// class is a set of messages, with their conversations, that the conditions of
// a rule describe. What is not asked of a message is left open, and the
// canonical message of the class fills it with what no rule names.
type class struct {
	kind     string // Message.Type, or unnamed
	event    string // an event, or unnamed; "" for messages
	state    string // "" = in none, or unnamed
	from     string // "" = any user
	text     *shape
	eventKey *shape
	scene    bool // a subscribe event whose EventKey is qrscene_ and then eventKey
	fields   []fieldShape
	time     []rules.Window
}

type fieldShape struct {
	name string
	shape
}

// separator stands in no literal: it is of the private use area, and rules
// that use it are not judged.
const separator = "\uE5A7"

// unnamed is a type, event, state or user that no rule names.
const unnamed = separator

// canonical gives the value of a shape that holds nothing but what it asks.
func (d *shape) canonical() string {
	if d == nil {
		return separator
	}
	return d.value(separator)
}

// key gives the canonical EventKey.
func (c *class) key() string {
	if c.scene {
		return scenePrefix + c.eventKey.canonical()
	}
	return c.eventKey.canonical()
}

// message gives the message of the class that is made with a separator: its
// canonical one, or with "" one to show to people.
func (c *class) message(separator string) *wechat.Message {
	m := &wechat.Message{ToUserName: "gh_", FromUserName: anybody, MsgType: c.kind, Event: c.event}
	if c.from != "" {
		m.FromUserName = c.from
	}
	switch {
	case c.kind == wechat.MsgEvent:
		m.EventKey = c.key()
		if separator == "" {
			m.EventKey = strings.ReplaceAll(m.EventKey, unnamed, "")
		}
	case c.text == nil && c.kind != wechat.MsgText:
	case c.kind == wechat.MsgVoice:
		m.Recognition = c.text.value(separator)
	case c.text == nil:
		m.Content = unnamed
	default:
		m.Content = c.text.value(separator)
	}
	for i := range c.fields {
		m.Fields = append(m.Fields, wechat.Field{Path: c.fields[i].name, Value: c.fields[i].value(separator)})
	}
	return m
}

// implies reports whether a mapping of conditions holds for every message of
// the class. It may say no where the answer is yes.
func (c *class) implies(k *condition) bool {
	in := input{kind: c.kind, isEvent: c.kind == wechat.MsgEvent, m: &wechat.Message{Event: c.event}}
	text := k.pattern()
	switch {
	case !k.typeFits(&in),
		k.src.Extras().Events != nil && !k.eventFits(&in),
		k.src.Extras().States != nil && !stateFits(k.src.Extras().States, c.state),
		k.src.Extras().From != nil && !slices.Contains(k.src.Extras().From, c.from),
		text != nil && (c.text == nil || !c.text.implies(text, textual(c.text.canonical(), c.text.canonical()))),
		k.eventKey != nil && !c.impliesKey(k.eventKey),
		k.src.Extras().Time != nil && !sameTimes(k.src.Extras().Time, c.time),
		k.src.Extras().Misses > 0:
		return false
	}
	for i := range k.fields {
		f := &k.fields[i]
		at := slices.IndexFunc(c.fields, func(d fieldShape) bool { return d.name == f.name })
		if at < 0 || !c.fields[at].implies(f.pattern, literally(c.fields[at].canonical())) {
			return false
		}
	}
	return true
}

// impliesKey takes a subscribe event's key with and without qrscene_, as the
// matcher does.
func (c *class) impliesKey(p *pattern) bool {
	if isKeyless(c.kind) {
		return fitsNoKey(p)
	}
	d := c.eventKey
	if d == nil {
		d = &shape{}
	}
	key := c.key()
	if d.implies(p, literally(key)) {
		return true
	}
	bare, ok := strings.CutPrefix(key, scenePrefix)
	return ok && strings.EqualFold(c.event, "subscribe") && d.implies(p, literally(bare))
}

func sameTimes(a, b []rules.Window) bool {
	strip := func(list []rules.Window) []rules.Window {
		list = slices.Clone(list)
		for i := range list {
			list[i].At = rules.At{}
		}
		return list
	}
	return reflect.DeepEqual(strip(a), strip(b))
}

// admits is condition.admits for every message of the class.
func (c *class) admits(k *condition) bool {
	return k.admits(&input{kind: c.kind, isEvent: c.kind == wechat.MsgEvent})
}

// holds checks that the canonical message is of the class: a suffix of
// nothing but punctuation, for one, fits only texts that have nothing else.
func (c *class) holds() bool {
	fits := func(d *shape, s subject) bool { return d == nil || d.holds(s) }
	ok := fits(c.text, textual(c.text.canonical(), c.text.canonical())) && fits(c.eventKey, literally(c.eventKey.canonical()))
	for i := range c.fields {
		d := &c.fields[i].shape
		ok = ok && fits(d, literally(d.canonical()))
	}
	return ok
}

// textless are the types in which WeChat sends no text that a keyword could
// stand in.
var textless = []string{
	wechat.MsgEvent, wechat.MsgUnsupported, wechat.MsgImage, wechat.MsgVideo, wechat.MsgShortVideo,
	wechat.MsgLocation, wechat.MsgLink, wechat.MsgFile, wechat.MsgMiniProgramPage,
}

// isKeyless reports whether messages of a type have no EventKey. Of types that
// WeChat may add nobody knows.
func isKeyless(kind string) bool { return kind != wechat.MsgEvent && wechat.KnownMsgType(kind) }

// fitsNoKey reports whether a pattern of EventKey holds where there is none.
func fitsNoKey(p *pattern) bool {
	_, ok := p.match(literally(""))
	return ok
}

// narrowed gives the classes of those messages of c for which a mapping holds
// too. ok is false where that cannot be told.
func (c class) narrowed(k *condition, exactly bool) (list []class, ok bool) {
	in := input{kind: c.kind, isEvent: c.kind == wechat.MsgEvent, m: &wechat.Message{Event: c.event}}
	switch {
	case !k.typeFits(&in),
		k.src.Extras().Events != nil && !k.eventFits(&in),
		k.src.Extras().States != nil && !stateFits(k.src.Extras().States, c.state):
		return nil, true
	case k.src.Extras().Time != nil && !slices.ContainsFunc(k.src.Extras().Time, func(w rules.Window) bool { return !isNever(w) }):
		return nil, true
	case exactly && (k.src.Extras().Time != nil || k.src.Extras().Misses > 0), k.src.Extras().Time != nil && c.time != nil:
		return nil, false
	}
	if k.src.Extras().Time != nil {
		c.time = k.src.Extras().Time
	}
	list = []class{c}
	if k.src.Extras().From != nil && c.from == "" {
		list = nil
		for _, user := range k.src.Extras().From {
			d := c
			d.from = user
			list = append(list, d)
		}
	} else if k.src.Extras().From != nil && !slices.Contains(k.src.Extras().From, c.from) {
		return nil, true
	}
	text := k.pattern()
	if text != nil && slices.Contains(textless, c.kind) {
		return nil, true
	}
	list, ok = eachShape(list, text, exactly, func(c *class) **shape { return &c.text })
	if !ok {
		return nil, false
	}
	switch {
	case k.eventKey == nil:
	case isKeyless(c.kind) && !fitsNoKey(k.eventKey):
		return nil, true
	case !isKeyless(c.kind):
		if list, ok = withKey(list, k.eventKey, exactly); !ok {
			return nil, false
		}
	}
	for i := range k.fields {
		if list, ok = withField(list, &k.fields[i], exactly); !ok {
			return nil, false
		}
	}
	return list, true
}

// eachShape narrows one shape of each class by a pattern.
func eachShape(list []class, p *pattern, exactly bool, of func(*class) **shape) (grown []class, ok bool) {
	if p == nil {
		return list, true
	}
	for i := range list {
		var have shape
		if d := *of(&list[i]); d != nil {
			have = *d
		}
		shapes, ok := have.choices(p, exactly)
		if !ok {
			return nil, false
		}
		for j := range shapes {
			c := list[i]
			*of(&c) = &shapes[j]
			grown = append(grown, c)
		}
	}
	return grown, len(grown) <= maxChoices
}

// withKey narrows EventKey. That of a follower who came by a QR code may fit
// with or without qrscene_.
func withKey(list []class, p *pattern, exactly bool) (grown []class, ok bool) {
	if p == nil {
		return list, true
	}
	of := func(c *class) **shape { return &c.eventKey }
	for _, c := range list {
		forms := []class{c}
		if strings.EqualFold(c.event, "subscribe") {
			if c.eventKey != nil {
				return nil, false // the two shapes may be of two forms
			}
			scene := c
			scene.scene = true
			forms = append(forms, scene)
		}
		narrow, ok := eachShape(forms, p, exactly, of)
		if !ok {
			return nil, false
		}
		grown = append(grown, narrow...)
	}
	return grown, len(grown) <= maxChoices
}

func withField(list []class, f *fieldPattern, exactly bool) (grown []class, ok bool) {
	for _, c := range list {
		at := slices.IndexFunc(c.fields, func(d fieldShape) bool { return d.name == f.name })
		c.fields = slices.Clone(c.fields)
		if at < 0 {
			c.fields = append(c.fields, fieldShape{name: f.name})
			at = len(c.fields) - 1
		}
		shapes, ok := c.fields[at].choices(f.pattern, exactly)
		if !ok {
			return nil, false
		}
		for _, d := range shapes {
			one := c
			one.fields = slices.Clone(c.fields)
			one.fields[at].shape = d
			grown = append(grown, one)
		}
	}
	return grown, len(grown) <= maxChoices
}
