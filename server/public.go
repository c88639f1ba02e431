package server

import (
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"wereply/engine"
	"wereply/wechat"
)

// newPublic is what WeChat reaches: the accounts' paths, as the current
// snapshot has them, and nothing else.
func (s *Server) newPublic() http.Handler {
	e := echo.New()
	e.RouteNotFound("/*", s.serveAccount)
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		s.refuse(c, refusal{status: http.StatusNotFound, reason: "path"})
	}
	return e
}

// serveAccount serves whatever comes to the public listener.
func (s *Server) serveAccount(c echo.Context) error {
	arrived := s.now()
	r := c.Request()
	snap := s.current.Load()
	acc := snap.byPath[r.URL.Path]
	if acc == nil {
		s.refuse(c, refusal{status: http.StatusNotFound, reason: "path"})
		return nil
	}
	switch r.Method {
	case http.MethodPost:
		s.servePush(c, acc, snap.maxBody, arrived)
	case http.MethodGet:
		s.serveVerification(c, acc)
	default:
		c.Response().Header().Set("Allow", "GET, POST")
		s.refuse(c, refusal{acc: acc, status: http.StatusMethodNotAllowed, reason: "method"})
	}
	return nil
}

// serveVerification answers WeChat's question whether this server knows the
// token.
func (s *Server) serveVerification(c echo.Context, acc *account) {
	q := wechat.ParseQuery(c.Request().URL.RawQuery)
	echostr, err := acc.receiver.VerifyURL(q)
	if err != nil {
		s.refuse(c, refusal{acc: acc, status: wechat.HTTPStatus(err), err: err, query: q})
		return
	}
	s.logOften(slog.LevelInfo, "verified\x00"+acc.name, "WeChat verified the URL", "account", acc.name)
	respond(c.Response(), http.StatusOK, contentText, []byte(echostr))
}

// servePush answers a push. Once it is verified the status is 200, whatever
// happens.
func (s *Server) servePush(c echo.Context, acc *account, maxBody int64, arrived time.Time) {
	var p *push
	space := spaces.Get().(*space)
	defer func() {
		if v := recover(); v != nil {
			s.panicked(c, acc, p, v) // and nobody uses its memory again
			return
		}
		space.free()
	}()
	r := c.Request()
	body, problem := space.read(r, maxBody)
	if problem.status != 0 {
		problem.acc = acc
		s.refuse(c, problem)
		return
	}
	q := wechat.ParseQuery(r.URL.RawQuery)
	if err := acc.receiver.OpenInto(&space.opened, q, body, arrived); err != nil {
		s.refuse(c, refusal{acc: acc, status: wechat.HTTPStatus(err), err: err, query: q})
		return
	}
	p = space.newPush(acc, arrived)
	p.shared = s.o.Observe != nil // which may keep what it sees
	s.identify(p)
	p.writer = c.Response().Writer
	a, o := s.answer(r.Context(), p)
	if p.left {
		return
	}
	took := s.since(arrived)
	if !s.write(c, p, a, space, arrived.Add(took)) {
		o = failed
	}
	acc.metrics.count(p.msg, o, took)
	if s.log.Enabled(r.Context(), slog.LevelDebug) {
		s.logPush(r, q, p, a, o)
	}
}

// panicked answers a request whose handling panicked: "success" if it was a
// verified push, so that WeChat neither repeats it nor tells the user.
func (s *Server) panicked(c echo.Context, acc *account, p *push, v any) {
	s.logPanic(acc.name, v, debug.Stack())
	if c.Response().Committed {
		return
	}
	if p == nil {
		respond(c.Response(), http.StatusBadRequest, contentText, []byte("bad request"))
		return
	}
	acc.metrics.count(p.msg, panicked, s.now().Sub(p.arrived))
	respond(c.Response(), http.StatusOK, contentText, success)
}

// write writes the answer, sealed as the push came. It reports whether it
// could: a reply that turns out to have nothing in it is not said.
func (s *Server) write(c echo.Context, p *push, a answer, space *space, now time.Time) bool {
	if a.reply == nil {
		respond(c.Response(), http.StatusOK, contentText, success)
		return true
	}
	m := p.msg
	doc, err := a.reply.AppendXML(space.doc[:0], m.FromUserName, m.ToUserName, a.created, m.MsgType != wechat.MsgEvent)
	contentType := ""
	if err == nil {
		space.doc = doc
		doc, contentType, err = p.opened.SealInto(space.sealed, doc, now)
	}
	if err != nil {
		s.logOften(slog.LevelError, "reply\x00"+p.acc.name, "a reply could not be written", "account", p.acc.name, "err", err)
		respond(c.Response(), http.StatusOK, contentText, success)
		return false
	}
	if p.opened.Sealed {
		space.sealed = doc
	}
	header := contentXML
	if contentType != wechat.ContentTypeXML {
		header = []string{contentType}
	}
	respond(c.Response(), http.StatusOK, header, doc)
	return true
}

// Values of headers and bodies that every response shares; nobody changes
// them.
var (
	contentText = []string{wechat.ContentTypeText}
	contentXML  = []string{wechat.ContentTypeXML}
	success     = []byte(wechat.Success)
)

// respond writes a whole response. net/http counts the length of short bodies
// itself; WeChat shall not get the long ones in chunks.
func respond(w *echo.Response, status int, contentType []string, body []byte) {
	h := w.Header()
	h["Content-Type"] = contentType
	if len(body) > 2000 {
		h["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	w.WriteHeader(status)
	w.Write(body)
}

// space is the memory that one request works in.
type space struct {
	body, doc, sealed []byte
	opened            wechat.Push
	push              push
	room              engine.Room
}

var spaces = sync.Pool{New: func() any { return &space{body: make([]byte, 0, 2048)} }}

// newPush is the push that was opened.
func (b *space) newPush(acc *account, arrived time.Time) *push {
	b.push = push{
		acc: acc, opened: &b.opened, msg: b.opened.Message, room: &b.room,
		arrived: arrived, first: arrived,
	}
	return &b.push
}

// free gives the memory back, unless somebody else has it or it grew beyond what is
// usual. It holds no account, so that old rules can go.
func (b *space) free() {
	if b.push.shared || max(cap(b.body), cap(b.doc), cap(b.sealed)) > 64<<10 {
		return
	}
	b.push = push{}
	spaces.Put(b)
}

// read reads the body of a push. A refusal without a status is none.
func (b *space) read(r *http.Request, limit int64) ([]byte, refusal) {
	tooLarge := refusal{status: http.StatusRequestEntityTooLarge, reason: "size"}
	if r.ContentLength > limit {
		return nil, tooLarge
	}
	buf := b.body[:0]
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Body.Read(buf[len(buf):min(int64(cap(buf)), limit+1)])
		buf = buf[:len(buf)+n]
		if int64(len(buf)) > limit {
			return nil, tooLarge
		}
		if err == io.EOF {
			b.body = buf
			return buf, refusal{}
		}
		if err != nil {
			return nil, refusal{status: http.StatusBadRequest, reason: "body", err: err}
		}
	}
}
