// Package scaffold writes the beginning of a plugin: a program that builds and
// passes the conformance kit at once, to be changed from there.
//
// In Go it is a module of its own, which finds exportd in a checkout by a replace
// line; in Python a folder that holds everything it needs. The files below
// templates are what is written, with the plugin's name filled in.
package scaffold
