package server

import (
	"context"
	"errors"

	"wereply/engine"
	"wereply/wechat"
)

// pick is the first part that can go out in the response. withheld tells that
// a part was passed over because only the platform's API could send it. ask
// asks a webhook; if it is nil or gives nil, the fallback counts.
func (p *push) pick(parts []engine.Part, ask func(webhook string) *wechat.Reply) (r *wechat.Reply, withheld bool) {
	for i := range parts {
		part := &parts[i]
		if part.Webhook == "" {
			ok, api := p.passive(part)
			if ok {
				return part.Reply, withheld
			}
			withheld = withheld || api
			continue
		}
		if ask != nil {
			if got := ask(part.Webhook); got != nil {
				if ok, _ := p.passive(&engine.Part{Reply: got}); ok {
					return got, withheld
				}
			}
		}
		if r, api := p.pick(part.Fallback, ask); r != nil {
			return r, withheld
		} else {
			withheld = withheld || api || len(part.Fallback) == 0
		}
	}
	return nil, withheld
}

// passive reports whether a part can go out in the response; if not, whether
// the API could send it. A mini program's responses can only be transfers, and
// events cannot be transferred.
func (p *push) passive(part *engine.Part) (ok, api bool) {
	r := part.Reply
	switch {
	case r == nil:
		return false, false
	case part.File != "":
		return false, true
	case r.Kind == wechat.MsgTransfer && p.msg.MsgType == wechat.MsgEvent:
		return false, true
	case p.acc.miniProgram && r.Kind != wechat.MsgTransfer:
		return false, !r.Empty()
	}
	err := r.Validate()
	return err == nil, errors.Is(err, wechat.ErrNotPassive)
}

// asker asks webhooks on behalf of a push, nil if none can be asked.
func (s *Server) asker(ctx context.Context, p *push) func(string) *wechat.Reply {
	if !p.acc.asks {
		return nil
	}
	return func(webhook string) *wechat.Reply {
		r, err := s.o.Ask(ctx, p.acc.name, webhook, p.msg)
		if err != nil {
			s.logWebhook(p, webhook, err)
			return nil
		}
		return r
	}
}
