package server

import (
	"sync"
	"time"

	"wereply/server/store"
)

// pushTable joins the attempts at delivering one push: the first is decided,
// those that come while it runs wait for it, and those that come within a
// minute after get the answer that was kept.
type pushTable struct {
	now    func() time.Time
	shards [tableShards]tableShard
}

const (
	tableShards = 32

	// maxKept bounds the answers that are kept, with their index. Oldest out:
	// a push whose answer is gone is decided again, and only those whose
	// effects must not come twice need more than that; the store knows them.
	maxKept = 64 << 20
)

type tableShard struct {
	mu      sync.Mutex
	running map[store.Key]attempt
	kept    answerLog
}

// attempt is a push that is being decided.
type attempt struct {
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

func newPushTable(now func() time.Time) *pushTable {
	t := &pushTable{now: now}
	for i := range t.shards {
		t.shards[i].running = map[store.Key]attempt{}
		t.shards[i].kept = newAnswerLog(maxKept / tableShards)
	}
	return t
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
func (t *pushTable) begin(k store.Key, arrived time.Time) (standing, *joined, answer, time.Time) {
	s := t.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	if a, ok := s.running[k]; ok {
		return follower, s.join(k, a), answer{}, time.Unix(0, a.first)
	}
	if data, ok := s.kept.find(k, arrived.Unix()); ok {
		if a, err := decodeAnswer(data); err == nil {
			return late, nil, a, arrived
		}
	}
	s.running[k] = attempt{first: arrived.UnixNano()}
	return first, nil, answer{}, arrived
}

// join is where to wait for a push that runs.
func (t *pushTable) join(k store.Key) *joined {
	s := t.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.join(k, s.running[k])
}

func (s *tableShard) join(k store.Key, a attempt) *joined {
	if a.joined == nil {
		a.joined = &joined{done: make(chan struct{})}
		s.running[k] = a
	}
	return a.joined
}

// finish gives the answer to all that wait and keeps it.
func (t *pushTable) finish(k store.Key, a answer, o outcome) {
	now := t.now().Unix()
	s := t.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	if j := s.running[k].joined; j != nil {
		j.answer, j.outcome = a.clone(), o
		close(j.done)
	}
	delete(s.running, k)
	s.kept.add(k, a, now)
}

func (t *pushTable) shard(k store.Key) *tableShard {
	return &t.shards[k[0]%tableShards]
}
