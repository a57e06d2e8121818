// Command bench measures exportd against the programs that people would use
// otherwise, and against plain C on libvips, on the same pictures:
//
//	go run ./testdata/bench [-exportd bin/exportd] [-rounds 5] [-update] [WORKLOAD...]
//
// It prints a table a workload; README.md beside it says how to read them and
// keeps the latest. What it needs, pictures and programs, lies in a cache folder
// outside the tree.
package main
