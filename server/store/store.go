// Package store keeps what is remembered of users between two messages, and
// which pushes have already had their effects.
//
//	st := store.NewMemory(store.MemoryOptions{})
//	snap, err := st.Load(ctx, user, push) // what is kept, and its version
//	next := snap.Conversation.Apply(effects, now)
//	res, err := st.Commit(ctx, store.Commit{User: user, Push: push, Version: snap.Version, Next: next})
package store

import (
	"context"
	"time"

	"wereply/engine"
)

// User is one user of one account.
type User struct {
	Account, OpenID string
}

// Key identifies a push: all attempts at delivering it have the same Key, no
// two other pushes do.
type Key [16]byte

// Keep is how long the key of a push is kept. WeChat sends a push for the last
// time about ten seconds after the first.
const Keep = time.Minute

// Snapshot is what a Store keeps of a user.
type Snapshot struct {
	Conversation engine.Conversation
	Version      uint64 // of the conversation; 0 = nothing is kept

	// Answered says that the push was committed before. Answer is then what
	// was committed with it; nil if it was dropped to make room.
	Answered bool
	Answer   []byte
}

// Commit is the outcome of one push.
type Commit struct {
	User    User
	Push    Key
	Version uint64 // of the Snapshot that the outcome was decided on
	Next    engine.Conversation
	Answer  []byte // opaque; not changed after Commit was called
	Forget  bool   // delete all that is kept of the user; Next does not count
}

// Result says what became of a Commit.
type Result uint8

const (
	Committed Result = iota // conversation and answer are written
	Conflict                // the conversation has changed since: load and decide again
	Repeated                // the push was committed before: nothing was written, Load gives its answer
)

// Store keeps conversations and the keys of pushes that had effects. It is
// safe for concurrent use. An error means that it cannot be known whether the
// call had its effect.
type Store interface {
	// Load gives what is kept of the user, and whether the push was committed
	// before.
	Load(ctx context.Context, u User, push Key) (Snapshot, error)

	// Commit writes conversation and answer in one step, if the conversation
	// still has the version given and the push was not committed before. The
	// key is kept for Keep, the answer as long if there is room.
	Commit(ctx context.Context, c Commit) (Result, error)
}
