package secret

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// Redacted is what a secret shows as.
const Redacted = "[redacted]"

// maxFile bounds a file with a secret, in bytes.
const maxFile = 64 << 10

// Value is a secret. The zero value is none.
type Value struct {
	// A pointer, because fmt asks no methods of what lies in an unexported field:
	// it prints an address there.
	text *string
}

// New makes a secret of its text.
func New(text string) Value {
	if text == "" {
		return Value{}
	}
	return Value{&text}
}

// Reveal gives the text.
func (v Value) Reveal() string {
	if v.text == nil {
		return ""
	}
	return *v.text
}

// Empty reports whether there is no secret.
func (v Value) Empty() bool { return v.text == nil }

// String gives [Redacted], or "" where there is no secret.
func (v Value) String() string {
	if v.Empty() {
		return ""
	}
	return Redacted
}

// Format answers every verb, %#v and %x among them.
func (v Value) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, v.String()) }

// MarshalText is how a secret is encoded as JSON, TOML or XML.
func (v Value) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// LogValue is how a secret is logged.
func (v Value) LogValue() slog.Value { return slog.StringValue(v.String()) }

// Strip replaces the secret where it occurs in a text, such as the message of a
// library that repeats what it was given.
func (v Value) Strip(text string) string {
	if v.Empty() {
		return text
	}
	return strings.ReplaceAll(text, v.Reveal(), Redacted)
}

// Read follows a reference: "env:NAME", "file:PATH" with PATH relative to dir, or
// the secret itself. An empty reference is no secret; one that leads to nothing
// is an error that names the variable or the file and not what is in it.
func Read(reference, dir string) (Value, error) {
	if name, ok := strings.CutPrefix(reference, "env:"); ok {
		text, found := os.LookupEnv(name)
		if !found || text == "" {
			return Value{}, fmt.Errorf("the environment variable %s is not set", name)
		}
		return New(text), nil
	}
	if path, ok := strings.CutPrefix(reference, "file:"); ok {
		return readFile(path, dir)
	}
	return New(reference), nil
}

func readFile(path, dir string) (Value, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return Value{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return Value{}, err
	case len(data) > maxFile:
		return Value{}, fmt.Errorf("%s has more than %d bytes", path, maxFile)
	}
	line, _, _ := strings.Cut(string(data), "\n")
	line = strings.TrimRight(line, "\r")
	switch {
	case line == "":
		return Value{}, fmt.Errorf("the first line of %s is empty", path)
	case !utf8.ValidString(line) || strings.Contains(line, "\x00"):
		return Value{}, fmt.Errorf("the first line of %s is no text", path)
	}
	return New(line), nil
}
