package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"aead.dev/minisign"
	"github.com/spf13/cobra"

	"github.com/exportd/exportd/cmd/exportd/internal/verify"
	"github.com/exportd/exportd/engine/diag"
)

func (a *app) verifyCommand() *cobra.Command {
	var key string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify DIR|ZIP [--key FILE|KEY] [--json]",
		Short: "Check delivered files against their manifest",
		Long: "Check delivered files against their manifest: what is missing, changed or was never delivered.\n" +
			"The code is 1 when something is. With --key the manifest must be signed by that minisign key.",
		Args: exactly("DIR|ZIP"),
		RunE: func(cmd *cobra.Command, args []string) error {
			err := a.verify(cmd.Context(), args[0], key, asJSON)
			if asJSON {
				return a.commandError(err)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "minisign public key, or a file with one")
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON document on stdout")
	return cmd
}

// verified is the document of verify --json: of one manifest its result, of
// several archives in a folder all of theirs.
type verified struct {
	*verify.Result
	Archives []*verify.Result `json:"archives,omitempty"`
}

func (a *app) verify(ctx context.Context, path, keyText string, asJSON bool) error {
	key, err := publicKey(keyText)
	if err != nil {
		return err
	}
	ctx, signalled := cancelOnSignal(ctx)
	results, err := verify.Run(ctx, path, key)
	if code := signalled(); code != 0 {
		return exit(128 + code)
	}
	if err != nil {
		return err
	}
	whole := verify.Sum(path, results)
	if asJSON {
		doc := verified{Result: whole}
		if len(results) > 1 {
			doc.Archives = results
		}
		err = printJSON(a.stdout, doc)
	} else {
		for _, r := range results {
			printVerified(a.stdout, r)
		}
	}
	if err == nil && !whole.OK {
		return exit(1)
	}
	return err
}

// publicKey reads a key from a file, or from the text itself.
func publicKey(text string) (*minisign.PublicKey, error) {
	if text == "" {
		return nil, nil
	}
	if data, err := os.ReadFile(text); err == nil {
		text = string(data)
	}
	var key minisign.PublicKey
	if err := key.UnmarshalText([]byte(text)); err != nil {
		return nil, diag.New(diag.Usage, "--key is neither a minisign public key nor a file with one: %w", err)
	}
	return &key, nil
}

// printVerified lists what is wrong, and how many files are right.
func printVerified(w io.Writer, r *verify.Result) {
	if r.Error != nil {
		fmt.Fprintf(w, "error %s: %s\n  %s\n", r.Error.Code, r.Error.Message, r.Error.Hint)
	}
	for _, list := range []struct {
		what  string
		names []string
	}{{"missing", r.Missing}, {"changed", r.Changed}, {"extra", r.Extra}} {
		for _, name := range list.names {
			fmt.Fprintf(w, "%-7s  %q\n", list.what, name)
		}
	}
	state, signed := "ok", ""
	if !r.OK {
		state = "not ok"
	}
	if r.Signed {
		signed = ", signed"
	}
	fmt.Fprintf(w, "%s: %s: %d files in the manifest%s, %d missing, %d changed, %d extra\n", r.Manifest, state, r.Files, signed, len(r.Missing), len(r.Changed), len(r.Extra))
}
