package job

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"strconv"

	"github.com/exportd/exportd/engine/asset"
)

// digestVersion changes when the encoding below does.
const digestVersion = "exportd/job/1"

// Digest names the job by its content: the lower-case hex sha256 of netstrings,
// each text as its length in bytes in decimal, a colon, the bytes and a comma.
// They are, in this order: "exportd/job/1", jobName, fmt, is_modifier, macro,
// emailSetting, clientId, then every handle in job order. So no two jobs have
// one encoding, and a handle file counts by its handles, wherever it lies: it
// and an array of the same handles are the same job.
func (j *Job) Digest() (string, error) {
	w := netstrings{sha256.New()}
	for _, field := range []string{digestVersion, j.Name, j.Format, j.Modifier, j.Macro, j.EmailSetting, j.ClientID} {
		w.write(field)
	}
	err := j.EachHandle(func(_ int, h asset.Handle) error {
		w.write(string(h))
		return nil
	})
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(w.Sum(nil)), nil
}

type netstrings struct{ hash.Hash }

// write adds one; a hash never refuses to be written to.
func (w netstrings) write(s string) {
	_, _ = io.WriteString(w, strconv.Itoa(len(s))+":")
	_, _ = io.WriteString(w, s)
	_, _ = io.WriteString(w, ",")
}
