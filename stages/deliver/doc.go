// Package deliver is the kind "deliver": it brings files to where they belong.
//
// Process makes an item ready, Commit makes a batch of them durable and visible
// at once. What a target promises is written in package target, how a folder
// keeps it in stages/internal/filetarget. [Locate] finds the target of an address
// for everybody else who needs it: a run asks it what is there, and finishes it.
package deliver
