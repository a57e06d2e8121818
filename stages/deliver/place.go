package deliver

import (
	"path/filepath"
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/deliver/target"
)

// Place is where the param to of a deliver stage leads. Finding it touches
// nothing.
type Place struct {
	// ID is equal for two addresses of the same place.
	ID string
	// Manifest is where the manifest lies once the job is finished: a path, or a
	// URL.
	Manifest string
	// AtOnce is how many files are best on their way at once; 0 = as many as there
	// are workers.
	AtOnce int
	// open makes the target and its staging; neither has touched anything yet.
	open func(owner string) (target.Target, *target.Staging)
}

// scheme is a kind of address.
type scheme struct {
	name   string // with its colon
	locate func(env stage.Env, to, rest string) (Place, error)
}

// schemes lists the kinds of addresses, the most usual first.
func schemes() []scheme {
	return []scheme{
		{"file:", locateFile}, {"zip:", locateZip}, {"s3:", locateS3}, {"sftp:", locateSFTP}, {"https:", locateHTTPS}, {"webhook:", locateHook},
	}
}

// Locate reads the param to.
func Locate(env stage.Env, to string) (Place, error) {
	name, rest, ok := strings.Cut(to, ":")
	switch {
	case to == "":
		return Place{}, diag.New(diag.KeyMissing, "params.to is missing").WithHint(`write to = "file:"`)
	case !ok || len(name) == 1 || strings.ContainsAny(name, `/\`):
		return Place{}, wrong(to, "it has no scheme").WithHint("write file:%s", strings.ReplaceAll(to, `\`, "/"))
	}
	var known []string
	for _, s := range schemes() {
		if s.name == name+":" {
			return s.locate(env, to, rest)
		}
		known = append(known, s.name)
	}
	return Place{}, diag.New(diag.NotBuilt, "params.to is %q: there are no targets of the kind %q", to, name+":").
		WithHint("%s", diag.DidYouMean(name+":", known, "there are "+strings.Join(known, ", ")))
}

func wrong(to, why string) *diag.Diag {
	return diag.New(diag.KeyValue, "params.to is %q: %s", to, why)
}

// Where names the place for people: a folder's path, a file's, or the address.
func (p Place) Where() string {
	return strings.TrimPrefix(strings.TrimPrefix(p.ID, "file:"), "zip:")
}

// Open makes the target. Owner tells the temporaries of one of its users from
// another's. The caller closes the target, then the staging.
func (p Place) Open(owner string) (target.Target, *target.Staging) { return p.open(owner) }

// locateFile finds a folder.
func locateFile(env stage.Env, to, rest string) (Place, error) {
	at, err := parsePath(to, rest)
	if err != nil {
		return Place{}, err
	}
	root, prefix := at.under(env.Root)
	dir := filepath.Join(root, filepath.FromSlash(prefix))
	return Place{
		ID: "file:" + dir, Manifest: filepath.Join(dir, filename.Manifest),
		open: func(owner string) (target.Target, *target.Staging) { return openFile(env, root, prefix, owner) },
	}, nil
}
