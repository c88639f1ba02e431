package server

import (
	"encoding/binary"
	"hash/maphash"
	"sync"
	"time"

	"wereply/wechat"
)

// pushTable joins the attempts at delivering one push: the first is decided,
// those that come while it runs wait for it, and those that come within a
// minute after get the answer that was kept.
type pushTable struct {
	seeds  [2]maphash.Seed
	shards [tableShards]tableShard
}

// pushID tells the pushes of this process apart. It is cheaper than a
// store.Key, which means the same everywhere.
type pushID [16]byte

const (
	tableShards = 32

	// maxKept bounds the answers that are kept, with their index. Oldest out:
	// a push whose answer is gone is decided again, and only those whose
	// effects must not come twice need more than that; the store knows them.
	maxKept = 64 << 20
)

type tableShard struct {
	mu      sync.Mutex
	running []attempt // mostly none or one
	kept    answerLog
}

// attempt is a push that is being decided.
type attempt struct {
	id     pushID
	first  int64 // arrival of its first attempt, Unix nanoseconds
	joined *joined
}

// joined is where attempts wait for the one that runs. The rest may be read
// once done is closed.
type joined struct {
	done    chan struct{}
	answer  answer
	outcome outcome
}

func newPushTable() *pushTable {
	t := &pushTable{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
	for i := range t.shards {
		t.shards[i].kept = newAnswerLog(maxKept / tableShards)
	}
	return t
}

// idOf is the same for all attempts at a push and for no other push.
func (t *pushTable) idOf(account string, m *wechat.Message) pushID {
	var space [256]byte
	identity := appendPush(space[:0], account, m)
	var id pushID
	binary.LittleEndian.PutUint64(id[:], maphash.Bytes(t.seeds[0], identity))
	binary.LittleEndian.PutUint64(id[8:], maphash.Bytes(t.seeds[1], identity))
	return id
}

// standing is how an attempt stands to the others at its push.
type standing uint8

const (
	first    standing = iota // decide it, then call finish
	follower                 // wait for the one that runs
	late                     // the answer is known
)

// begin takes up an attempt. A follower gets where to wait and when the push
// first arrived; a late one gets the answer.
func (t *pushTable) begin(id pushID, arrived time.Time) (standing, *joined, answer, time.Time) {
	s := t.shard(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.find(id); a != nil {
		return follower, a.join(), answer{}, time.Unix(0, a.first)
	}
	if data, ok := s.kept.find(id, arrived.Unix()); ok {
		if a, err := decodeAnswer(data); err == nil {
			return late, nil, a, arrived
		}
	}
	s.running = append(s.running, attempt{id: id, first: arrived.UnixNano()})
	return first, nil, answer{}, arrived
}

// join is where to wait for a push that runs.
func (t *pushTable) join(id pushID) *joined {
	s := t.shard(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find(id).join()
}

func (a *attempt) join() *joined {
	if a.joined == nil {
		a.joined = &joined{done: make(chan struct{})}
	}
	return a.joined
}

// find finds a push that runs; nil if there is none.
func (s *tableShard) find(id pushID) *attempt {
	for i := range s.running {
		if s.running[i].id == id {
			return &s.running[i]
		}
	}
	return nil
}

// finish gives the answer to all that wait and keeps it.
func (t *pushTable) finish(id pushID, a answer, o outcome, now time.Time) {
	s := t.shard(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	running := s.find(id)
	if j := running.joined; j != nil {
		j.answer, j.outcome = a.clone(), o
		close(j.done)
	}
	last := len(s.running) - 1
	*running, s.running[last] = s.running[last], attempt{}
	s.running = s.running[:last]
	s.kept.add(id, a, now.Unix())
}

func (t *pushTable) shard(id pushID) *tableShard {
	return &t.shards[id[0]%tableShards]
}
