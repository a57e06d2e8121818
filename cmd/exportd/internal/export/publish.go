package export

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/exportd/exportd/cmd/exportd/internal/signing"
	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/stages/deliver/target"
)

// Lister writes the manifest of the branches that end at a target: a journal.
type Lister interface {
	WriteManifest(w io.Writer, branches []report.Branch) error
}

// Finish ends a target: it writes its manifest into the local folder dir, signs it
// where sign is not nil, calls record with the manifest's sum, and brings it to the target. Any process may
// call it that knows how all assets ended, and again after a crash.
func (t *Target) Finish(ctx context.Context, dir string, l Lister, sign func(io.Reader) ([]byte, error), record func(sum string) error) (err error) {
	m, err := writeManifest(dir, l, t.Branches)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(m.File)) }()
	if err := m.SignWith(sign); err != nil {
		return err
	}
	if err := record(m.SHA256); err != nil {
		return err
	}
	return t.Target.Finish(ctx, m)
}

// writeManifest writes a manifest into a temporary file in dir.
func writeManifest(dir string, l Lister, branches []report.Branch) (m target.Manifest, err error) {
	f, err := os.Create(filepath.Join(dir, filename.TempPrefix+filename.Manifest))
	if err != nil {
		return m, environment(err, "write the manifest")
	}
	hash := sha256.New()
	if err := errors.Join(l.WriteManifest(io.MultiWriter(f, hash), branches), f.Close()); err != nil {
		_ = os.Remove(f.Name()) // what it ended with is reported
		return m, environment(err, "write the manifest")
	}
	return target.Manifest{File: f.Name(), SHA256: hex.EncodeToString(hash.Sum(nil))}, nil
}

// publish finishes every target, last of all.
func (e *exporter) publish() error {
	if err := e.journal.Sync(); err != nil {
		return err
	}
	e.Failpoint(StepSynced)
	key, err := signing.Read(e.Config.Manifest)
	if err != nil {
		return err
	}
	sign, err := key.Signer()
	if err != nil {
		return err
	}
	for _, t := range e.targets {
		err := t.Finish(e.ctx, e.state.dir, e.journal, sign, func(sum string) error {
			err := e.state.recordManifest(sum)
			e.Failpoint(StepRecorded)
			return err
		})
		if err != nil {
			return err
		}
		e.Failpoint(StepPublished)
	}
	return e.state.removeScratch()
}
