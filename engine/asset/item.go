package asset

import (
	"errors"
	"io"
	"os"

	"github.com/exportd/exportd/engine/diag"
)

// Source is the open bytes of an asset. The owner closes it.
type Source interface {
	io.ReadSeekCloser
}

// Image is a picture between decode and encode. What is behind it is the
// business of the stages; the run-time only closes it.
type Image interface {
	Width() int  // pixels
	Height() int // pixels
	Close() error
}

// Artifact is encoded bytes in a scratch file, ready to be delivered.
type Artifact struct {
	Format string  // short name of the encoding: jpeg, png, tiff, gif, webp
	Ext    string  // extension for file names, no dot: jpg, png, tiff, …
	Width  int     // pixels; 0 for bytes that were never decoded
	Height int     // pixels
	Size   int64   // bytes
	SHA256 string  // lower-case hex of the bytes
	Colour *Colour // what became of its colours; nil for bytes that were never decoded
	Path   string  // the scratch file; "" once it has been delivered or removed
}

// Delivered says what became of an item at a target.
type Delivered struct {
	Stage     string `json:"stage"`
	Rendition string `json:"rendition,omitempty"`
	Name      string `json:"name"` // slash-separated, below the target's root
	Bytes     int64  `json:"bytes"`
	SHA256    string `json:"sha256"`
	Width     int    `json:"width,omitempty"`  // pixels; 0 for originals
	Height    int    `json:"height,omitempty"` // pixels
	Format    string `json:"format,omitempty"`
	// Colour is the colour ledger of a converted artifact.
	Colour *Colour `json:"colour,omitempty"`
}

// Item is one asset on its way through a plan, on one branch of it.
type Item struct {
	// Seq is the asset's place in the job, from 0. Two items of one asset on two
	// branches share it.
	Seq   int
	Asset *Asset
	// Rendition is the name of the transform this branch came through; "" when
	// the plan has only one.
	Rendition string
	// Names gives the planned file name at each deliver stage, by [NameKey].
	Names map[string]string
	// Done are the files that an earlier run has delivered of the asset, by
	// [NameKey]: branches that lead to nothing else are not taken.
	Done []string
	// Stage is where the item is; the run-time sets it.
	Stage string

	Image    Image
	Artifact *Artifact
	// SourceSHA256 is set by the stage that first reads the source whole.
	SourceSHA256 string
	// Delivered is set by the deliver stage once the file is durable.
	Delivered *Delivered
	// Notes are warnings and notes that do not end the item's way.
	Notes diag.List

	release []func()
}

// NameKey is the key of [Item.Names]: the deliver stage and the rendition.
func NameKey(stage, rendition string) string { return stage + "\x00" + rendition }

// Clone gives a second item for another branch. It must be made before the item
// carries an image or an artifact; what hangs on the item's end stays with the
// original.
func (it *Item) Clone() *Item {
	return &Item{Seq: it.Seq, Asset: it.Asset, Rendition: it.Rendition, Names: it.Names, Done: it.Done, Stage: it.Stage, SourceSHA256: it.SourceSHA256, Notes: append(diag.List(nil), it.Notes...)}
}

// Note adds a warning or a note.
func (it *Item) Note(d *diag.Diag) { it.Notes.Add(d) }

// OnClose registers f to run when the item is closed, last registered first.
func (it *Item) OnClose(f func()) { it.release = append(it.release, f) }

// CloseImage closes the image, if there is one, and forgets it.
func (it *Item) CloseImage() error {
	if it.Image == nil {
		return nil
	}
	err := it.Image.Close()
	it.Image = nil
	return err
}

// Close ends the item: its image is closed, a scratch file that was not
// delivered is removed, and everything registered with OnClose runs.
func (it *Item) Close() error {
	err := it.CloseImage()
	if it.Artifact != nil && it.Artifact.Path != "" {
		if rm := os.Remove(it.Artifact.Path); rm != nil && !errors.Is(rm, os.ErrNotExist) {
			err = errors.Join(err, rm)
		}
		it.Artifact.Path = ""
	}
	for i := len(it.release) - 1; i >= 0; i-- {
		it.release[i]()
	}
	it.release = nil
	return err
}
