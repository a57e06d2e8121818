// Package verify holds delivered files against their manifest: a folder, an
// archive, or a folder in which archives lie. It changes nothing.
package verify
