package verify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"aead.dev/minisign"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/engine/report"
)

// check holds files against the manifest that lies among them.
type check struct {
	ctx    context.Context
	files  fs.FS
	result *Result
	known  map[string]bool // the names in the manifest
	buf    []byte
}

func newCheck(ctx context.Context, files fs.FS, manifest string) *check {
	return &check{ctx: ctx, files: files, known: map[string]bool{}, buf: make([]byte, 256<<10), result: &Result{
		Manifest: manifest, Missing: []string{}, Changed: []string{}, Extra: []string{},
	}}
}

// trouble notes what is wrong with the manifest; the first is told.
func (c *check) trouble(d *diag.Diag) {
	if c.result.Error == nil {
		c.result.Error = &Trouble{d.Code, d.Message, d.Mend()}
	}
}

// run checks the manifest, then the files that it names as far as it can be read.
func (c *check) run(key *minisign.PublicKey) error {
	if err := c.manifest(key); err != nil {
		return err
	}
	f, err := c.files.Open(filename.Manifest)
	if err != nil {
		return nil // it has been told
	}
	defer f.Close()
	for e, err := range report.ReadManifest(f) {
		if c.ctx.Err() != nil {
			return diag.New(diag.Stopped, "stopped after %d files", c.result.Files)
		}
		if err != nil {
			c.trouble(diag.New(diag.Manifest, "the manifest is torn: %w", err))
			return nil
		}
		c.entry(e)
	}
	return nil
}

// manifest holds the manifest against its sum and its signature.
func (c *check) manifest(key *minisign.PublicKey) error {
	f, err := c.files.Open(filename.Manifest)
	if err != nil {
		c.trouble(diag.New(diag.Manifest, "there is no manifest: the export has not finished, or this is none").
			WithHint("name the folder or the archive of a finished export"))
		return nil
	}
	defer f.Close()
	hash := sha256.New()
	signed := minisign.NewReader(io.TeeReader(f, hash))
	if _, err := io.Copy(io.Discard, signed); err != nil {
		return diag.New(diag.FileRead, "read the manifest: %w", err)
	}
	sum, err := fs.ReadFile(c.files, filename.ManifestSum)
	switch want, _, _ := strings.Cut(string(sum), " "); {
	case err != nil:
		c.trouble(diag.New(diag.Manifest, "the sum of the manifest, %s, is missing", filename.ManifestSum))
	case want != hex.EncodeToString(hash.Sum(nil)):
		c.trouble(diag.New(diag.Manifest, "the manifest is torn or was changed: it is not what %s says", filename.ManifestSum))
	}
	if key != nil {
		c.signature(signed, *key)
	}
	return nil
}

func (c *check) signature(signed *minisign.Reader, key minisign.PublicKey) {
	text, err := fs.ReadFile(c.files, filename.ManifestSignature)
	switch {
	case err != nil:
		c.trouble(diag.New(diag.Signature, "the manifest has no signature"))
	case !signed.Verify(key, text):
		c.trouble(diag.New(diag.Signature, "the signature is not of this manifest, or of another key"))
	default:
		c.result.Signed = true
	}
}

// entry holds one file against its line.
func (c *check) entry(e report.Entry) {
	c.result.Files++
	if c.known[e.Name] {
		c.trouble(diag.New(diag.Manifest, "the manifest names %q twice", e.Name))
		return
	}
	c.known[e.Name] = true
	switch err := c.same(e); {
	case errors.Is(err, fs.ErrNotExist):
		c.result.Missing = append(c.result.Missing, e.Name)
	case err != nil:
		c.result.Changed = append(c.result.Changed, e.Name)
	default:
		c.result.Bytes += e.Bytes
	}
}

// same reads a file; what cannot be read is not the same.
func (c *check) same(e report.Entry) error {
	info, err := fs.Lstat(c.files, e.Name)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Size() != e.Bytes {
		return fmt.Errorf("%s has %d bytes", e.Name, info.Size())
	}
	f, err := c.files.Open(e.Name)
	if err != nil {
		return fmt.Errorf("open %s: %s", e.Name, err.Error()) // it is there: no missing file
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.CopyBuffer(hash, struct{ io.Reader }{f}, c.buf); err != nil {
		return fmt.Errorf("read %s: %s", e.Name, err.Error())
	}
	want, err := hex.DecodeString(e.SHA256)
	if err != nil || !bytes.Equal(want, hash.Sum(nil)) {
		return fmt.Errorf("%s has other bytes", e.Name)
	}
	return nil
}

// settle says whether everything is as it should be.
func (r *Result) settle() {
	r.OK = r.Error == nil && len(r.Missing) == 0 && len(r.Changed) == 0 && len(r.Extra) == 0
}
