package store

import (
	"container/list"
	"context"
	"hash/maphash"
	"strings"
	"sync"
	"time"

	"wereply/engine"
)

// Default bounds of a Memory.
const (
	DefaultMaxUsers       = 100_000
	DefaultMaxBytes       = 64 << 20
	DefaultMaxAnswerBytes = 16 << 20
)

// MemoryOptions are the bounds of a Memory. The zero value has the defaults.
type MemoryOptions struct {
	MaxUsers       int              // conversations kept, oldest out
	MaxBytes       int              // of conversations, about; oldest out
	MaxAnswerBytes int              // of answers, oldest out; their keys stay
	Now            func() time.Time // nil = time.Now
}

const (
	shardCount = 32
	sweepEvery = 60 // seconds

	// A conversation ends by the CreateTime of messages, which may come late:
	// what has ended is kept so many seconds longer than the clock says.
	slack = 3600
)

// Memory is a Store within this process. What it keeps is lost with it.
type Memory struct {
	seed   maphash.Seed
	now    func() time.Time
	shards [shardCount]shard
}

// shard holds the users of one hash and the pushes that came from them.
type shard struct {
	mu        sync.Mutex
	users     map[User]*list.Element // of *record
	order     list.List              // by the last change, oldest first
	bytes     int                    // of all records
	version   uint64                 // the last that was given
	nextSweep int64
	pushes    pushLog

	maxUsers, maxBytes int
}

type record struct {
	user    User
	conv    engine.Conversation
	version uint64
	bytes   int
	end     int64 // Unix seconds from when nothing of it counts; 0 = never
}

// NewMemory makes an empty Memory.
func NewMemory(o MemoryOptions) *Memory {
	if o.Now == nil {
		o.Now = time.Now
	}
	m := &Memory{seed: maphash.MakeSeed(), now: o.Now}
	for i := range m.shards {
		s := &m.shards[i]
		s.users = map[User]*list.Element{}
		s.order.Init()
		s.maxUsers = share(o.MaxUsers, DefaultMaxUsers)
		s.maxBytes = share(o.MaxBytes, DefaultMaxBytes)
		s.pushes = newPushLog(share(o.MaxAnswerBytes, DefaultMaxAnswerBytes))
	}
	return m
}

// share is the part of a bound that falls to one shard.
func share(bound, byDefault int) int {
	if bound == 0 {
		bound = byDefault
	}
	return max(bound/shardCount, 1)
}

func (m *Memory) shard(u User) *shard {
	return &m.shards[maphash.String(m.seed, u.OpenID)%shardCount]
}

// Len is the number of users of whom something is kept.
func (m *Memory) Len() int {
	n := 0
	now := m.now().Unix()
	for i := range m.shards {
		s := &m.shards[i]
		s.mu.Lock()
		s.sweep(now)
		n += len(s.users)
		s.mu.Unlock()
	}
	return n
}

// Clear forgets everything.
func (m *Memory) Clear() {
	for i := range m.shards {
		s := &m.shards[i]
		s.mu.Lock()
		clear(s.users)
		s.order.Init()
		s.bytes = 0
		s.pushes = newPushLog(s.pushes.maxBytes)
		s.mu.Unlock()
	}
}

// Load implements Store. It never fails.
func (m *Memory) Load(_ context.Context, u User, push Key) (Snapshot, error) {
	s := m.shard(u)
	s.mu.Lock()
	defer s.mu.Unlock()
	var snap Snapshot
	snap.Answer, snap.Answered = s.pushes.find(push, m.now().Unix())
	if e, ok := s.users[u]; ok {
		r := e.Value.(*record)
		snap.Conversation, snap.Version = r.conv, r.version
	}
	return snap, nil
}

// Commit implements Store. It never fails.
func (m *Memory) Commit(_ context.Context, c Commit) (Result, error) {
	s := m.shard(c.User)
	now := m.now().Unix()
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.pushes.find(c.Push, now); ok {
		return Repeated, nil
	}
	var version uint64
	e, ok := s.users[c.User]
	if ok {
		version = e.Value.(*record).version
	}
	if version != c.Version {
		return Conflict, nil
	}
	if ok {
		s.drop(e)
	}
	if !c.Forget && !empty(c.Next) {
		s.put(c.User, c.Next)
	}
	s.pushes.add(c.Push, c.Answer, now)
	s.sweep(now)
	return Committed, nil
}

func (s *shard) put(u User, conv engine.Conversation) {
	s.version++
	u.OpenID = strings.Clone(u.OpenID) // a part of the push would keep it whole
	r := &record{user: u, conv: conv, version: s.version, bytes: size(u, conv), end: end(conv)}
	s.users[u] = s.order.PushBack(r)
	s.bytes += r.bytes
	for len(s.users) > s.maxUsers || s.bytes > s.maxBytes && len(s.users) > 1 {
		s.drop(s.order.Front())
	}
}

func (s *shard) drop(e *list.Element) {
	r := s.order.Remove(e).(*record)
	delete(s.users, r.user)
	s.bytes -= r.bytes
}

// sweep drops the conversations that have ended, once in a while.
func (s *shard) sweep(now int64) {
	if now < s.nextSweep && now > s.nextSweep-2*sweepEvery {
		return
	}
	s.nextSweep = now + sweepEvery
	for _, e := range s.users {
		if r := e.Value.(*record); r.end != 0 && r.end+slack < now {
			s.drop(e)
		}
	}
}

func empty(c engine.Conversation) bool {
	return c.State == "" && len(c.Vars) == 0 && len(c.Cooldowns) == 0
}

// end is when the last of the conversation stops to count.
func end(c engine.Conversation) int64 {
	if c.Expires == 0 && (c.State != "" || len(c.Vars) > 0) {
		return 0
	}
	end := c.Expires
	for _, until := range c.Cooldowns {
		end = max(end, until)
	}
	return end
}

// size is about what the conversation takes of memory.
func size(u User, c engine.Conversation) int {
	n := 256 + 2*len(u.OpenID) + len(c.State)
	for name, value := range c.Vars {
		n += 64 + len(name) + len(value)
	}
	for rule := range c.Cooldowns {
		n += 48 + len(rule)
	}
	return n
}
