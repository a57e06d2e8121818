package sftptarget

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/exportd/exportd/engine/diag"
)

// refused says why the server did not take a file; nil stays nil.
func (t *Target) refused(ctx context.Context, what string, err error) error {
	var known *diag.Diag
	var key *knownhosts.KeyError
	var revoked *knownhosts.RevokedError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &known):
		return known
	case errors.As(err, &key) && len(key.Want) == 0:
		return diag.New(diag.TargetDenied, "%s: known_hosts does not name this server", t.Where()).
			WithHint("compare the server's key, and add it: ssh-keyscan -p PORT HOST >> known_hosts")
	case errors.As(err, &key), errors.As(err, &revoked):
		return diag.New(diag.TargetDenied, "%s: the server's key is not the one in known_hosts", t.Where()).
			WithHint("somebody may be in between: ask the server's operator before you change known_hosts")
	case strings.Contains(err.Error(), "handshake failed") && !lost(err): // package ssh has no error of its own for it
		return diag.New(diag.TargetDenied, "%s: the server does not accept the user, the key or the password", t.Where()).
			WithHint("check user, identity and password; see [targets] in stages/deliver/README.md")
	case errors.Is(err, fs.ErrPermission):
		return diag.New(diag.TargetDenied, "%s in %s: %w", what, t.Where(), err).WithHint("check what the user may write there")
	}
	return diag.New(diag.Target, "%s to %s: %w", what, t.Where(), err).
		WithHint("check the server; with retry = { … } at the stage, what may pass is tried again").Again(lost(err))
}
