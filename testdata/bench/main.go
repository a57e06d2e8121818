package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string, out, log io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(log)
	binary := flags.String("exportd", "bin/exportd", "the program to measure")
	rounds := flags.Int("rounds", 5, "how often each row is run; medians are printed")
	cache := flags.String("cache", defaultCache(), "where pictures and programs are kept")
	update := flags.String("update", "", "a README whose tables are replaced by these")
	if err := flags.Parse(args); err != nil {
		return err
	}
	b, err := prepare(*binary, *cache, log)
	if err != nil {
		return err
	}
	defer b.cleanUp()
	ends := make(chan os.Signal, 1)
	signal.Notify(ends, os.Interrupt)
	go func() {
		if _, more := <-ends; more {
			b.cleanUp()
			os.Exit(130)
		}
	}()
	var text strings.Builder
	print := io.MultiWriter(out, &text)
	fmt.Fprintf(print, "%s\n", b.machine(*rounds))
	for _, w := range workloads() {
		if flags.NArg() > 0 && !slices.Contains(flags.Args(), w.name) {
			continue
		}
		r, err := b.measure(w, *rounds)
		if err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		fmt.Fprintf(print, "\n%s", r.markdown())
	}
	if *update != "" {
		return replaceTables(*update, text.String())
	}
	return nil
}

func defaultCache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "exportd-bench")
}

// The marks in the README between which the tables lie.
const (
	tablesBegin = "<!-- tables made by make bench -->"
	tablesEnd   = "<!-- end of tables -->"
)

func replaceTables(readme, tables string) error {
	old, err := os.ReadFile(readme)
	if err != nil {
		return err
	}
	head, rest, ok := strings.Cut(string(old), tablesBegin)
	_, tail, closed := strings.Cut(rest, tablesEnd)
	if !ok || !closed {
		return fmt.Errorf("%s has no place for tables: %s … %s", readme, tablesBegin, tablesEnd)
	}
	return os.WriteFile(readme, []byte(head+tablesBegin+"\n\n"+tables+"\n"+tablesEnd+tail), 0o644)
}
