package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wereply/wechat"
	"wereply/wechat/wechattest"
)

// Users and accounts of pushes whose command line names none.
const (
	someUser    = "oWeReplyCommandLineUser00000"
	someAccount = "gh_000000000000"
)

// pushFlags are the flags by which explain and send say what a user did.
type pushFlags struct {
	text, event, eventKey, file, from string
	fields                            []string
	renew                             bool // a push from a file is a new one, not a retry
}

func (f *pushFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.text, "text", "", "the user sends this text")
	flags.StringVar(&f.event, "event", "", "an event happens: subscribe, CLICK, SCAN, …")
	flags.StringVar(&f.eventKey, "event-key", "", "the event's EventKey")
	flags.StringArrayVar(&f.fields, "field", nil, "a field under WeChat's own name, as MsgType=voice or ScanCodeInfo.ScanResult=…; may be repeated")
	flags.StringVar(&f.file, "push", "", "a file with a whole push, XML or JSON; - is standard input")
	flags.StringVar(&f.from, "from", "", "the user's OpenID")
}

// document is the push as fields in WeChat's order. A push from a file keeps
// all its own fields; what it lacks to be a push is added.
func (f *pushFlags) document(c *cli, cmd *cobra.Command, to string, now time.Time) ([]wechat.Field, wechat.Format, error) {
	given := func(name string) bool { return cmd.Flags().Changed(name) }
	var doc fieldList
	format := wechat.XML
	switch {
	case given("text") && given("event"), given("text") && given("push"), given("event") && given("push"):
		return nil, 0, usagef("--text, --event and --push are three ways to say what the user does: give one")
	case given("push"):
		m, err := f.read(c)
		if err != nil {
			return nil, 0, err
		}
		doc, format = append(doc, m.Fields...), m.Format
		if f.renew {
			doc.change("CreateTime", strconv.FormatInt(now.Unix(), 10))
			doc.change("MsgId", strconv.FormatInt(now.UnixNano(), 10))
		}
	case given("event-key") && f.event == "":
		return nil, 0, usagef("--event-key needs --event, as --event CLICK")
	case given("event"):
		doc.set("MsgType", wechat.MsgEvent)
		doc.set("Event", f.event)
		doc.set("EventKey", f.eventKey)
	case given("text"):
		doc.set("MsgType", wechat.MsgText)
		doc.set("Content", f.text)
	case len(f.fields) == 0:
		return nil, 0, &usageError{
			msg:  "nothing to push",
			hint: "say what the user does: --text 你好, --event subscribe, --field MsgType=voice or --push FILE",
		}
	}
	for _, pair := range f.fields {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, 0, usagef("--field: %q is not of the form Name=value", pair)
		}
		doc.set(name, value)
	}
	f.complete(&doc, to, now)
	c.warnOfNames(doc)
	return doc, format, nil
}

// warnOfNames tells of an event or a type of message that WeChat is not known
// to push. It is pushed all the same: the lists of WeChat grow.
func (c *cli) warnOfNames(doc fieldList) {
	for _, f := range doc {
		switch _, known := wechat.KnownEvent(f.Value); {
		case f.Path == "Event" && !known:
			c.warn(fmt.Sprintf("%q is no event that WeChat is known to push", f.Value), didYouMean(f.Value, wechat.Events(), "", ""))
		case f.Path == "MsgType" && !wechat.KnownMsgType(strings.ToLower(f.Value)):
			c.warn(fmt.Sprintf("%q is no MsgType that WeChat is known to push", f.Value), didYouMean(f.Value, wechat.MsgTypes(), "", ""))
		}
	}
}

// complete adds what every push has and the command line did not say.
func (f *pushFlags) complete(doc *fieldList, to string, now time.Time) {
	if f.from != "" {
		doc.set("FromUserName", f.from)
	}
	if to == "" {
		to = someAccount
	}
	msgType := wechat.MsgText
	if doc.has("Event") {
		msgType = wechat.MsgEvent
	}
	doc.lead("CreateTime", strconv.FormatInt(now.Unix(), 10))
	doc.lead("FromUserName", someUser)
	doc.lead("ToUserName", to)
	if !doc.has("MsgType") {
		doc.set("MsgType", msgType)
	}
	if !doc.has("MsgId") && !doc.has("Event") {
		doc.set("MsgId", strconv.FormatInt(now.UnixNano(), 10))
	}
}

func (f *pushFlags) read(c *cli) (*wechat.Message, error) {
	data, err := readFile(c, f.file)
	if err != nil {
		return nil, err
	}
	m, err := wechat.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.file, err)
	}
	return m, nil
}

// maxFile bounds what a command reads of a file that is named to it.
const maxFile = 16 << 20

// readFile reads a file that the command line names; - is standard input.
func readFile(c *cli, name string) ([]byte, error) {
	in := c.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s: more than %d MiB", name, maxFile>>20)
	}
	return data, err
}

// fieldList is a push in the making.
type fieldList []wechat.Field

func (l fieldList) has(path string) bool {
	for _, f := range l {
		if f.Path == path {
			return true
		}
	}
	return false
}

// change gives a field another value, and reports whether it is there.
func (l fieldList) change(path, value string) bool {
	for i, f := range l {
		if f.Path == path {
			l[i].Value = value
			return true
		}
	}
	return false
}

// set changes a field or adds it at the end.
func (l *fieldList) set(path, value string) {
	if !l.change(path, value) {
		*l = append(*l, wechat.Field{Path: path, Value: value})
	}
}

// lead adds a field at the front where it is missing.
func (l *fieldList) lead(path, value string) {
	if !l.has(path) {
		*l = append(fieldList{{Path: path, Value: value}}, *l...)
	}
}

// message is the push as the bot would read it.
func message(fields []wechat.Field, format wechat.Format) (*wechat.Message, error) {
	return wechat.Parse(wechattest.Document(fields, format))
}
