//go:build !linux

package sdk

// takeStdout does nothing here; go-plugin takes os.Stdout after the handshake.
func takeStdout() error { return nil }
