// Package runner runs a plan over items in a process of its own, because image
// codecs crash (DESIGN 6, "one runner").
//
// The supervisor never starts libvips. It feeds tasks to a pixel child over a
// pipe and reads what happened from another. The child says enter and leave
// around everything that touches pixels, done when an asset has its outcome, and
// bye as its last word: a child that ends without bye has crashed, whatever its
// exit code. What was then inside the codec is tried once more, each alone; a
// second crash is that asset's failure, E-CODEC-CRASH, and everything else goes
// on. The child is replaced by age and by memory, and killed when a codec
// ignores its deadline.
package runner
