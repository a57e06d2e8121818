// Package export is one run of a job into a folder: it locks the run's state,
// plans every asset before any pixel, lets the runner do what an earlier run
// has not done, keeps the journal, and writes the manifest last.
//
// The order that makes a run survive a crash at any point (reliability 2):
//
//  1. the lock on DIR/.exportd/<job.id>/lock, held by parent and child
//  2. plan.toml and assets.ndjson, each complete or absent
//  3. per asset: data, barrier, rename, folder sync (stages/deliver), then the
//     journal's line; a crash in between repeats the asset, which finds its own
//     bytes
//     delivered, and leaves them untouched; branches in the journal are not
//     taken again. The original of a failed asset is in its dead letter before
//     the asset's line is in the journal
//  4. the lists of the dead letters, each by rename: a view of the journal,
//     which is synced before the manifest is written
//  5. manifest.ndjson, then manifest.sha256, each by rename: their presence is
//     what makes a job finished
package export
