package filename

import (
	"crypto/sha256"
	"path"
	"strconv"
	"strings"
)

// Manifest, ManifestSum and ManifestSignature are the files that exportd writes
// at the root of a target. [Unique] never gives their names away.
const (
	Manifest    = "manifest.ndjson"
	ManifestSum = "manifest.sha256"
	// ManifestSignature is a minisign signature of the manifest.
	ManifestSignature = "manifest.ndjson.minisig"
)

// Unique keeps the names of one target apart. It is not safe for concurrent use.
type Unique struct {
	// taken holds every name by the hash of its folded form, so that a million
	// names need no more than their hashes. A folder has the value folder, a file
	// the last number that was tried for a second file of its name.
	taken map[key]uint32
}

type key [16]byte

const (
	folder = 0
	first  = 1
)

// NewUnique makes a set in which only exportd's own names are taken.
func NewUnique() *Unique {
	u := &Unique{taken: map[key]uint32{}}
	u.taken[keyOf(Manifest)] = first
	u.taken[keyOf(ManifestSum)] = first
	u.taken[keyOf(ManifestSignature)] = first
	return u
}

// Take gives name, or when that is taken, name with ~2, ~3 and so on before its
// extension. Names are compared folded. A folder counts as taken where a file is
// asked for, and the other way round, so no name needs a folder where a file
// stands. The result of a safe name is safe.
func (u *Unique) Take(name string) string {
	dir, file := path.Split(name)
	dir = u.folders(strings.TrimSuffix(dir, "/"))
	full := path.Join(dir, file)
	k := keyOf(full)
	last, taken := u.taken[k]
	if !taken {
		u.taken[k] = first
		return full
	}
	for n := max(last, first) + 1; ; n++ {
		numbered := path.Join(dir, number(file, n))
		nk := keyOf(numbered)
		if _, taken := u.taken[nk]; taken {
			continue
		}
		u.taken[nk] = first
		if last != folder {
			u.taken[k] = n
		}
		return numbered
	}
}

// folders takes the folders of dir, and numbers those whose name a file has.
func (u *Unique) folders(dir string) string {
	if dir == "" {
		return ""
	}
	if v, taken := u.taken[keyOf(dir)]; taken && v == folder {
		return dir
	}
	parent, base := path.Split(dir)
	parent = u.folders(strings.TrimSuffix(parent, "/"))
	for n := uint32(first); ; n++ {
		full := path.Join(parent, base)
		if n > first {
			full = path.Join(parent, suffixed(base, "", n))
		}
		k := keyOf(full)
		if v, taken := u.taken[k]; !taken || v == folder {
			u.taken[k] = folder
			return full
		}
	}
}

// number puts ~n before the extension of a file's name.
func number(file string, n uint32) string {
	stem, ext := split(file)
	return suffixed(stem, ext, n)
}

func suffixed(stem, ext string, n uint32) string {
	suffix := "~" + strconv.FormatUint(uint64(n), 10) + ext
	return head(stem, MaxComponent-len(suffix)) + suffix
}

func keyOf(name string) key {
	sum := sha256.Sum256([]byte(Fold(name)))
	return key(sum[:16])
}
