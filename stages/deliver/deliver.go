package deliver

import (
	"context"
	"errors"
	"os"
	"sync"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/deliver/target"
)

// Kind describes the stage.
func Kind() stage.Kind {
	return stage.Kind{
		Name: "deliver",
		Doc:  "Writes the artifact, or the asset as it is, to a target.",
		In:   []stage.Port{stage.PortAsset, stage.PortArtifact},
		Params: []stage.Param{
			{Name: "to", Type: stage.String, Required: true, Doc: `where to: "file:" is the output folder, "file:sub/dir" a folder in it, "file:///abs" any other, "zip:NAME.zip" an archive, "s3://BUCKET/PREFIX", "sftp://USER@HOST/DIR", "https://HOST/DIR" and "webhook:https://HOST/HOOK" what they say`},
			{Name: "name", Type: stage.Template, Required: true, Doc: "the file's name below the target, evaluated when the job is planned"},
		},
		New: newDeliver,
	}
}

// deliver is one stage. Its target opens with the first item, so that a plan can
// be made where nothing can be written.
type deliver struct {
	name    string
	env     stage.Env
	target  target.Target
	staging *target.Staging
	atOnce  int
	// buffers are for copying; one is in use by each worker.
	buffers sync.Pool
}

var (
	_ stage.Committer = (*deliver)(nil)
	_ stage.Closer    = (*deliver)(nil)
	_ stage.Waiter    = (*deliver)(nil)
)

func newDeliver(cfg stage.Config) (stage.Stage, error) {
	to, _ := cfg.Params["to"].(string)
	at, err := Locate(cfg.Env, to)
	if err != nil {
		return nil, err
	}
	d := &deliver{name: cfg.Name, env: cfg.Env, atOnce: at.AtOnce}
	d.target, d.staging = at.Open(cfg.Name)
	d.buffers.New = func() any { return new([bufferSize]byte) }
	return d, nil
}

// Process brings the item's bytes to the target's side, under a name that
// nobody sees.
func (d *deliver) Process(ctx context.Context, it *asset.Item) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	name, err := d.nameOf(it)
	if err != nil {
		return err
	}
	switch {
	case it.Artifact == nil:
		err = d.copyOriginal(ctx, it)
	case it.Artifact.Path != "" && d.staging.Owns(it.Artifact.Path):
		err = d.rewrite(ctx, it.Artifact)
	default:
		err = d.adopt(it)
	}
	if err != nil {
		return err
	}
	return d.target.Prepare(ctx, file(name, it))
}

// AtOnce is what the target is best served with.
func (d *deliver) AtOnce() int { return d.atOnce }

// file is an item whose bytes lie in the staging.
func file(name string, it *asset.Item) target.File {
	return target.File{Name: name, Temp: it.Artifact.Path, Size: it.Artifact.Size, SHA256: it.Artifact.SHA256}
}

// adopt takes over a file that an encoder made.
func (d *deliver) adopt(it *asset.Item) error {
	a := it.Artifact
	if a.Path == "" {
		return diag.New(diag.Target, "the artifact of %q is gone", it.Asset.Handle).WithHint("run the same command again")
	}
	info, err := os.Lstat(a.Path)
	if err != nil || !info.Mode().IsRegular() || info.Size() != a.Size {
		return diag.New(diag.InternalError, "the artifact of %q is not what its encoder reported", it.Asset.Handle)
	}
	if a.SHA256 == "" {
		if a.SHA256, err = d.sum(a.Path); err != nil {
			return diag.New(diag.InternalError, "the artifact of %q could not be read: %w", it.Asset.Handle, err)
		}
	}
	adopted, err := d.staging.Adopt(a.Path)
	if adopted != "" {
		a.Path = adopted
	}
	return err
}

// Commit delivers a batch of items that Process made ready.
func (d *deliver) Commit(ctx context.Context, items []*asset.Item) []error {
	errs := make([]error, len(items))
	files := make([]target.File, 0, len(items))
	at := make([]int, 0, len(items))
	for i, it := range items {
		name, err := d.nameOf(it)
		if err == nil && (it.Artifact == nil || it.Artifact.Path == "") {
			err = diag.New(diag.InternalError, "%q comes to its commit unprepared", it.Asset.Handle)
		}
		if errs[i] = err; err != nil {
			continue
		}
		files = append(files, file(name, it))
		at = append(at, i)
	}
	for n, err := range d.target.Commit(ctx, files) {
		it := items[at[n]]
		errs[at[n]] = err
		if diag.Retryable(err) {
			continue // the temporary is still there: Process writes it anew
		}
		if d.staging.Owns(it.Artifact.Path) {
			d.staging.Discard(it.Artifact.Path)
		}
		it.Artifact.Path = ""
		switch {
		case err == nil:
			it.Delivered = d.delivered(it, files[n])
		case it.Artifact.Width == 0:
			it.Artifact = nil // an original, which Process can copy again
		}
	}
	return errs
}

func (d *deliver) delivered(it *asset.Item, f target.File) *asset.Delivered {
	return &asset.Delivered{
		Stage: d.name, Rendition: it.Rendition, Name: f.Name, Bytes: f.Size, SHA256: f.SHA256,
		Width: it.Artifact.Width, Height: it.Artifact.Height, Format: it.Artifact.Format, Colour: it.Artifact.Colour,
	}
}

// nameOf gives the name that planning has given the item here.
func (d *deliver) nameOf(it *asset.Item) (string, error) {
	name := it.Names[asset.NameKey(d.name, it.Rendition)]
	if name == "" {
		return "", diag.New(diag.InternalError, "%q has no name at the stage %q", it.Asset.Handle, d.name)
	}
	return name, nil
}

// Close removes what was made ready and never committed.
func (d *deliver) Close() error { return errors.Join(d.target.Close(), d.staging.Close()) }
