package store

// pushLog keeps the keys of pushes for a while, in the order they came, and
// their answers as long as there is room.
type pushLog struct {
	at    map[Key]uint64 // number of the entry
	queue []entry        // queue[0] has the number first
	first uint64
	stale int // entries of queue whose answer was dropped, from its start

	bytes, maxBytes int // of the answers
}

type entry struct {
	key    Key
	when   int64 // Unix seconds
	answer []byte
}

func newPushLog(maxBytes int) pushLog {
	return pushLog{at: map[Key]uint64{}, maxBytes: maxBytes}
}

// find gives the answer to a push and whether its key is kept.
func (l *pushLog) find(k Key, now int64) ([]byte, bool) {
	n, ok := l.at[k]
	if !ok {
		return nil, false
	}
	e := &l.queue[n-l.first]
	if expired(e.when, now) {
		return nil, false
	}
	return e.answer, true
}

// add keeps a key that find does not know.
func (l *pushLog) add(k Key, answer []byte, now int64) {
	for len(l.queue) > 0 && expired(l.queue[0].when, now) {
		l.pop()
	}
	l.at[k] = l.first + uint64(len(l.queue))
	l.queue = append(l.queue, entry{key: k, when: now, answer: answer})
	l.bytes += len(answer)
	for l.bytes > l.maxBytes && l.stale < len(l.queue) {
		e := &l.queue[l.stale]
		l.bytes -= len(e.answer)
		e.answer = nil
		l.stale++
	}
}

func (l *pushLog) pop() {
	e := &l.queue[0]
	if l.at[e.key] == l.first {
		delete(l.at, e.key)
	}
	l.bytes -= len(e.answer)
	e.answer = nil
	l.queue = l.queue[1:]
	l.first++
	l.stale = max(l.stale-1, 0)
}

func expired(when, now int64) bool { return now-when > int64(Keep.Seconds()) }
