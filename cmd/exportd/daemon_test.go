package main

import (
	"net"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// up [SOCKET]: waits until a daemon listens.
func up(ts *testscript.TestScript, _ bool, args []string) {
	socket := "exportd.sock"
	if len(args) > 0 {
		socket = args[0]
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("unix", ts.MkAbs(socket))
		if err == nil {
			ts.Check(c.Close())
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("no daemon listens: %v", err)
		}
	}
}

// setid NAME FILE: an environment variable gets the only word of a file.
func setid(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile(args[1])))
}
