package deliver

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/deliver/target"
	"github.com/exportd/exportd/stages/internal/ziptarget"
)

// locateZip finds an archive: zip:NAME.zip, zip:sub/NAME.zip or zip:///abs/NAME.zip,
// with ?files=500&bytes=1GB to split it.
func locateZip(env stage.Env, to, rest string) (Place, error) {
	if strings.Contains(rest, "://") && !strings.HasPrefix(rest, "file:") {
		return locateRemoteZip(env, to, rest)
	}
	address, query, _ := strings.Cut(rest, "?")
	at, err := parsePath(to, address)
	if err != nil {
		return Place{}, err
	}
	split, err := parseSplit(to, query)
	if err != nil {
		return Place{}, err
	}
	root, inside := at.under(env.Root)
	path := filepath.Join(root, filepath.FromSlash(inside))
	if err := checkArchiveName(to, filepath.Base(path)); err != nil {
		return Place{}, err
	}
	return Place{
		ID: "zip:" + path + suffix(query), Manifest: filepath.Join(filepath.Dir(path), ziptarget.Beside(filepath.Base(path))+filename.Manifest),
		open: func(owner string) (target.Target, *target.Staging) { return openZip(env, path, path, split, owner) },
	}, nil
}

// checkArchiveName refuses what is no portable name of an archive.
func checkArchiveName(to, base string) error {
	switch {
	case !strings.EqualFold(filepath.Ext(base), ".zip") || len(base) == len(".zip"):
		return wrong(to, "the archive's name must end in .zip").WithHint("write zip:export.zip")
	case filename.Safe(base) != base:
		return wrong(to, "the archive's name is not portable").WithHint("%q would be", filename.Safe(base))
	}
	return nil
}

// spoolOf gives the folder that gathers the files of an archive.
func spoolOf(env stage.Env, id string) string {
	sum := sha256.Sum256([]byte(id))
	return filepath.Join(env.State, "zip-"+hex.EncodeToString(sum[:6]))
}

// openZip makes the target of the archive at a path; id names it among others.
func openZip(env stage.Env, path, id string, split ziptarget.Split, owner string) (*ziptarget.Target, *target.Staging) {
	spool := spoolOf(env, id)
	staging := target.NewStaging(target.StagingConfig{Root: ziptarget.Root(spool), Scratch: env.Scratch, Owner: owner, Durable: env.Durable})
	return ziptarget.New(ziptarget.Config{Path: path, Split: split, Spool: spool, Staging: staging, Durable: env.Durable, Fence: env.Fence}), staging
}

func suffix(query string) string {
	if query == "" {
		return ""
	}
	return "?" + query
}

// parseSplit reads how an archive is split.
func parseSplit(to, query string) (s ziptarget.Split, err error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return s, wrong(to, "what follows its ? cannot be read").WithHint("write zip:NAME.zip?files=500&bytes=1GB")
	}
	for name, v := range values {
		switch name {
		case "files":
			s.Files, err = strconv.Atoi(v[0])
			if err != nil || s.Files < 1 {
				return s, wrong(to, "files is not a number above 0").WithHint("write files=500")
			}
		case "bytes":
			if s.Bytes, err = parseBytes(v[0]); err != nil || s.Bytes < 1 {
				return s, wrong(to, "bytes is not a length").WithHint("write bytes=1000000000, or bytes=1GB")
			}
		default:
			return s, wrong(to, "it has the unknown option "+strconv.Quote(name)).WithHint("there are files and bytes")
		}
	}
	return s, nil
}

// parseBytes reads a length: a number, or one with kB, MB or GB.
func parseBytes(text string) (int64, error) {
	unit := int64(1)
	for suffix, factor := range map[string]int64{"kB": 1e3, "MB": 1e6, "GB": 1e9} {
		if number, ok := strings.CutSuffix(text, suffix); ok {
			text, unit = strings.TrimSpace(number), factor
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err == nil && n > 1<<62/unit {
		err = strconv.ErrRange
	}
	return n * unit, err
}
