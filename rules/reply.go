package rules

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// replyForms are the fields of a reply by ReplyKind; fallback belongs to
// webhook.
var (
	replyFields = fieldsOf[replyFormsForm]()
	replyForms  = slices.DeleteFunc(slices.Clone(replyFields), func(name string) bool { return name == "fallback" })
	entryFields = fieldsOf[weightedForm]()
)

func (k ReplyKind) String() string { return replyForms[k] }

// Limits of replies.
const (
	maxReplyDepth = 16      // of replies within replies
	maxWeight     = 1000000 // so that sums of weights stay numbers
)

// reply reads any form of reply, nil if it cannot be read.
func (r *reader) reply(n *yaml.Node, what string, depth int) *Reply {
	switch {
	case depth > maxReplyDepth:
		r.add(CodeTooMuch, n, fmt.Sprintf("%s has replies within replies more than %d deep", what, maxReplyDepth), "name the inner ones under `replies:` and refer to them by `use`")
		return nil
	case n.Kind == yaml.SequenceNode:
		if r.isPlainYAML(n) {
			r.replyList(n, what)
		}
		return nil
	case n.Kind == yaml.MappingNode:
		return r.replyMapping(n, what, depth)
	}
	t, ok := r.template(n, what)
	if !ok {
		return nil
	}
	reply := r.keep.replies.one()
	reply.Kind, reply.Weight = ReplyText, 1
	reply.setText(t)
	return reply
}

// replyList refuses reply: [a, b], which could mean two things.
func (r *reader) replyList(n *yaml.Node, what string) {
	if len(n.Content) == 0 {
		r.add(CodeEmpty, n, what+" is an empty list", "")
		return
	}
	if mended, ok := r.bracketedText(n); ok {
		r.add(CodeReplyList, n, what+" is a list here: square brackets at the beginning of a text need quotes", mended)
		return
	}
	inner := r.snippet(n)
	key := ""
	if what == "`reply`" {
		key = "reply: "
	}
	r.add(CodeReplyList, n, what+" is a list: should one of them be drawn at random, or should all be sent?",
		fmt.Sprintf("%s{random: %s}\n%s{all: %s}", key, inner, key, inner))
}

func (r *reader) replyMapping(n *yaml.Node, what string, depth int) *Reply {
	reply := r.keep.replies.one()
	*reply = Reply{At: r.at(n), Weight: 1}
	var forms []string
	fallback, good := (*yaml.Node)(nil), true
	ok := r.fields(n, what, replyFields, func(key string, k, v *yaml.Node) {
		if key == "fallback" {
			fallback = v
			return
		}
		if forms = append(forms, key); len(forms) == 1 {
			reply.Kind = ReplyKind(indexOf(replyForms, key))
			good = r.replyForm(reply, v, depth)
		}
	})
	switch {
	case !ok:
		return nil
	case len(forms) == 0 && fallback != nil:
		r.add(CodeMissing, n, "`fallback` belongs to `webhook`, which is missing", "{webhook: NAME, fallback: …}")
		return nil
	case len(forms) == 0:
		return nil // its only fields are unknown or null, which was told
	case len(forms) > 1:
		r.severalForms(n, what, forms)
		return nil
	case fallback != nil && reply.Kind != ReplyWebhook:
		r.add(CodeCombination, fallback, fmt.Sprintf("`fallback` belongs to `webhook`, not to `%s`", forms[0]), "")
		return nil
	case fallback != nil:
		if inner := r.reply(fallback, "`fallback`", depth+1); inner != nil {
			reply.Extend().List = []*Reply{inner}
		}
	}
	if !good {
		return nil
	}
	return reply
}

func (r *reader) severalForms(n *yaml.Node, what string, forms []string) {
	parts := make([]string, len(forms))
	for i, f := range forms {
		parts[i] = "{" + f + ": …}"
	}
	r.add(CodeReplyForm, n, fmt.Sprintf("%s has several forms at once: %s", what, strings.Join(forms, ", ")),
		fmt.Sprintf("to send them all: {all: [%s]}", strings.Join(parts, ", ")))
}

// replyForm reads the value of one form into reply.
func (r *reader) replyForm(reply *Reply, v *yaml.Node, depth int) (ok bool) {
	what := "`" + reply.Kind.String() + "`"
	switch reply.Kind {
	case ReplyText:
		t, good := r.template(v, what)
		reply.setText(t)
		ok = good
	case ReplyImage, ReplyVoice:
		m := &Media{}
		reply.Extend().Media = m
		ok = r.mediaID(v, what, m)
	case ReplyVideo, ReplyMusic, ReplyLink, ReplyMiniProgramPage:
		reply.Extend().Media, ok = r.media(v, what, reply.Kind)
	case ReplyNews:
		reply.Extend().News, ok = r.news(v)
	case ReplyMenu:
		reply.Extend().Menu, ok = r.menu(v)
	case ReplyTransfer:
		t, good := r.transfer(v)
		if ok = good; t.Source != "" {
			reply.setText(t)
		}
	case ReplySilent:
		ok = r.onlyTrue(v, what)
	case ReplyRandom:
		reply.Extend().List, ok = r.random(v, depth)
	case ReplyAll:
		reply.Extend().List, ok = r.all(v, depth)
	case ReplyWebhook, ReplyUse:
		reply.Extend().Name, ok = r.name(v, what)
	}
	return ok
}

// transfer reads true (any agent) or the name of an agent's account.
func (r *reader) transfer(n *yaml.Node) (Text, bool) {
	t, ok := r.template(n, "`transfer`")
	switch {
	case !ok:
		return Text{}, false
	case t.Source == "true":
		return Text{}, true
	case t.Source == "" || boolHint(t.Source, "`transfer`") != "":
		r.add(CodeBool, n, "`transfer` must be true or the account of an agent", "transfer: true, or transfer: kf2001@shop")
		return Text{}, false
	}
	return t, true
}

func (r *reader) onlyTrue(n *yaml.Node, what string) bool {
	yes, ok := r.boolean(n, what)
	if ok && !yes {
		r.add(CodeBool, n, what+" can only be true", "delete it, or write what to reply instead")
	}
	return yes
}

func (r *reader) all(n *yaml.Node, depth int) ([]*Reply, bool) {
	items, ok := r.items(n, "`all`")
	list := make([]*Reply, 0, len(items))
	for _, item := range items {
		if reply := r.reply(item, "an entry of `all`", depth+1); reply != nil {
			list = append(list, reply)
		}
	}
	r.warnWideComma(n)
	return list, ok && len(list) == len(items)
}

func (r *reader) random(n *yaml.Node, depth int) ([]*Reply, bool) {
	items, ok := r.items(n, "`random`")
	list := make([]*Reply, 0, len(items))
	for _, item := range items {
		if reply := r.randomEntry(item, depth+1); reply != nil {
			list = append(list, reply)
		}
	}
	r.warnWideComma(n)
	return list, ok && len(list) == len(items)
}

// randomEntry reads a reply, or {weight: 3, reply: …}.
func (r *reader) randomEntry(n *yaml.Node, depth int) *Reply {
	const what = "an entry of `random`"
	if !has(n, entryFields...) {
		return r.reply(n, what, depth)
	}
	if !has(n, "reply") {
		r.add(CodeMissing, n, what+" with a `weight` needs a `reply`", "{weight: 3, reply: …}")
		return nil
	}
	weight := 1
	var reply *Reply
	r.fields(n, what, entryFields, func(key string, k, v *yaml.Node) {
		if key == "reply" {
			reply = r.reply(v, "`reply`", depth)
		} else if w, ok := r.number(v, "`weight`", 1, maxWeight); ok {
			weight = w
		}
	})
	if reply != nil {
		reply.Weight = int32(weight)
	}
	return reply
}
