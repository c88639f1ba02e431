package rules

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a text that no log, error or page may show: every way of printing
// it gives "***" ("" if it is empty). string(s) is the text itself.
type Secret string

func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "***"
}

// GoString serves %#v.
func (s Secret) GoString() string { return fmt.Sprintf("%q", s.String()) }

// Format serves every other verb: none of them shows the text.
func (s Secret) Format(f fmt.State, verb rune) {
	if verb == 'q' || (verb == 'v' && f.Flag('#')) {
		io.WriteString(f, s.GoString())
		return
	}
	io.WriteString(f, s.String())
}

// LogValue serves log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText serves JSON, XML and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
