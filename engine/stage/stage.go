package stage

import (
	"context"
	"time"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/secret"
)

// Port is the type of what flows over an edge.
type Port string

// The three ports. PortNone marks a kind without inputs or outputs.
const (
	PortNone     Port = ""
	PortAsset    Port = "asset"
	PortImage    Port = "image"
	PortArtifact Port = "artifact"
)

// Stage is one node of a running plan.
//
// Process handles one item and changes it in place: decode gives it an image,
// encode takes the image and gives it an artifact. It is called by several
// workers at once, keeps no reference to the item afterwards, and returns when
// ctx is done. An error ends the item's branch: a [diag.Diag] of severity
// warning means skipped, any other error failed. Process never closes the item.
type Stage interface {
	Process(ctx context.Context, it *asset.Item) error
}

// Committer is a stage whose effect becomes durable for many items at once
// (reliability 2.1): Process prepares an item, Commit makes a batch of prepared
// ones durable and visible. It gives one error per item, nil where the item is
// delivered. The batch ends at CommitSize items or CommitDelay after its first.
type Committer interface {
	Stage
	Commit(ctx context.Context, items []*asset.Item) []error
}

// The bounds of a batch.
const (
	CommitSize  = 128
	CommitDelay = time.Second
)

// Coster is a stage that knows what an item will cost: the pixels it keeps in
// memory from here to the end of encode. The run-time asks before the item is
// handed to a worker and waits until the budget has room. A cost of 0 is free.
type Coster interface {
	Stage
	Cost(it *asset.Item) (pixels int64, err error)
}

// Waiter is a stage that waits for others more than it computes: with no other
// number in the pipeline, it has so many workers. 0 is as many as any stage.
type Waiter interface {
	Stage
	AtOnce() int
}

// Closer is a stage that holds something until the run ends.
type Closer interface {
	Close() error
}

// Config is what a kind needs to make a stage.
type Config struct {
	Name   string         // the stage's name in the plan
	Params map[string]any // checked against the kind's Params, defaults filled in
	// Consumers are the transforms directly behind this stage; decode looks at
	// them to load no more pixels than they need.
	Consumers []Consumer
	Env       Env
}

// Consumer is a transform behind a decode.
type Consumer struct {
	Name   string
	Params map[string]any
}

// Env is what the world lends to stages.
type Env struct {
	// Open gives the bytes of an asset. Its errors are diags of the asset
	// (E-SOURCE-READ, …).
	Open func(context.Context, *asset.Asset) (asset.Source, error)
	// Scratch is a private folder for artifacts, on the file system of Root.
	Scratch string
	// State is the folder of the whole run's state: what a target gathers until it
	// is finished lies there, and outlives the process.
	State string
	// Root is the folder of relative file: and zip: targets.
	Root string
	// Durable makes deliver wait for the disk; off only for measurements.
	Durable    bool
	Limits     Limits
	Attributes modifier.Attributes
	// Loaders are the formats allowed beyond the trusted ones: svg, pdf, jp2, …
	Loaders []asset.Format
	// Profiles are the folders with ICC profiles, absolute paths.
	Profiles []string
	// Encoders are those of plugins; nil for none.
	Encoders Encoders
	// Fresh has targets overwrite what has another content, where they would
	// refuse it otherwise: the run was told to forget earlier ones.
	Fresh bool
	// Targets are the settings of targets by their addresses, which deliver reads.
	// They are secret as a whole.
	Targets secret.Value
	// Fence says whether a batch may still become visible at its target, with the
	// reason when it may not: another process has taken the work over. It is nil
	// where nobody else can have.
	Fence func(context.Context) error
	// Probe hears, in a dry run alone, what a stage learned of an item before any
	// pixel. It is called from several goroutines and may be nil.
	Probe func(Probe)
}

// Limits bound what one asset may cost (DESIGN 9, [limits]).
type Limits struct {
	Pixels       int64         `toml:"pixels" json:"pixels"`               // of one frame
	Frames       int           `toml:"frames" json:"frames"`               // of one file
	Bytes        int64         `toml:"bytes" json:"bytes"`                 // of one source file
	Time         time.Duration `toml:"time" json:"time"`                   // of one item in one stage
	Edge         int           `toml:"edge" json:"edge"`                   // pixels, width or height of a frame
	OutputPixels int64         `toml:"output_pixels" json:"output_pixels"` // of one reply
}

// DefaultLimits are the limits that hold where the configuration is silent.
func DefaultLimits() Limits {
	return Limits{Pixels: 100_000_000, Frames: 256, Bytes: 512_000_000, Time: 2 * time.Minute, Edge: 32_767, OutputPixels: 100_000_000}
}
