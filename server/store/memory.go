package store

import (
	"context"
	"time"
)

// MemoryOptions are the bounds of a Memory. The zero value has the defaults.
type MemoryOptions struct {
	MaxUsers int              // conversations kept; 0 = DefaultMaxUsers
	MaxBytes int              // of conversations and answers, about; 0 = DefaultMaxBytes
	Now      func() time.Time // nil = time.Now
}

// Memory is a Store within this process.
type Memory struct{}

// NewMemory makes an empty Memory.
func NewMemory(o MemoryOptions) *Memory { return &Memory{} }

// Len is the number of users of whom something is kept.
func (m *Memory) Len() int { return 0 }

// Load implements Store.
func (m *Memory) Load(ctx context.Context, u User, push Key) (Snapshot, error) {
	return Snapshot{}, nil
}

// Commit implements Store.
func (m *Memory) Commit(ctx context.Context, c Commit) (Result, error) { return Committed, nil }
