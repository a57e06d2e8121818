// Package targettest is the suite that every target runs, so that the deliver
// stage can rely on the contract of package target:
//
//	func TestTarget(t *testing.T) {
//		targettest.Run(t, targettest.Config{Start: startServer, Open: open, Read: read})
//	}
//
// A part of it injects crashes: the test binary runs itself as a child that
// delivers and kills itself at a step, and then everything is delivered again.
package targettest
