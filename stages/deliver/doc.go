// Package deliver is the kind "deliver": it brings files to where they belong.
//
// Process makes an item ready, Commit makes a batch of them durable and visible
// at once. Each target promises the same: no file is ever seen in part, the same
// file is not written twice, and what is reported as delivered survives a power
// cut. How a folder keeps that is written in stages/internal/filetarget.
package deliver
