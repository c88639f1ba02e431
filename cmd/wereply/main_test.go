package main

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain: no command leaves anything running behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
