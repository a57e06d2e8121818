// Package shelf is the plugins that a configuration may use: what its folders
// hold, what exportd.lock says of them, and what each is. Nothing is wrong until
// a plugin is asked for that may not run.
package shelf

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/plugins/host"
	"github.com/exportd/exportd/plugins/pin"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// Settings are [plugins] of exportd.toml.
type Settings struct {
	Dirs    []string // absolute
	Lock    string   // the path of exportd.lock
	Store   string   // the folder of the copies that run
	Options map[string]host.Options
	Config  map[string]string // JSON, by plugin
	// Dev are plugins that run where they lie, unlocked: NAME=PATH.
	Dev []string
}

// State is what may be done with a plugin.
type State string

// The states. Only [Locked], [Dev] and [Debugged] run.
const (
	Locked   State = "locked"
	Unlocked State = "unlocked" // found, but the lock file does not name it
	Changed  State = "changed"  // not what was locked
	Missing  State = "missing"  // locked, but in none of the folders
	Refused  State = "refused"  // cannot be used as it is
	Dev      State = "dev"      // named with --dev-plugin
	Debugged State = "debug"    // runs already: see EXPORTD_REATTACH
)

// Entry is one plugin.
type Entry struct {
	Name   string
	State  State
	Path   string // where it was found; "" for a missing one
	Locked *pin.Locked
	Card   *pluginpb.DescribeResponse // nil where it may not run
	// Why says why it may not run, nil for one that may.
	Why *diag.Diag

	found    *pin.Found
	copy     pin.Copy
	reattach *pluginpb.Reattach
}

// Shelf is the plugins of one configuration. A nil Shelf has none.
type Shelf struct {
	settings Settings
	entries  []*Entry
	wrong    diag.List

	mu   sync.Mutex
	host *host.Host
	log  *slog.Logger
}

// Open looks at the folders and the lock file. The plugins that may run have
// copies and cards afterwards.
func Open(ctx context.Context, s Settings) (*Shelf, error) {
	sh := &Shelf{settings: s}
	if len(s.Dirs) == 0 && len(s.Dev) == 0 && os.Getenv(pluginpb.ReattachVariable) == "" {
		return sh, nil
	}
	lock := &pin.Lock{}
	if s.Lock != "" {
		var err error
		if lock, err = pin.ReadLock(s.Lock); err != nil {
			return nil, err
		}
	}
	found, wrong := pin.Discover(s.Dirs)
	sh.wrong = wrong
	for _, f := range found {
		e := &Entry{Name: f.Name, Path: f.Path, found: &f}
		if l, ok := lock.Plugins[f.Name]; ok {
			e.Locked = &l
		}
		sh.take(ctx, e)
		sh.entries = append(sh.entries, e)
	}
	for _, name := range slices.Sorted(maps.Keys(lock.Plugins)) {
		if sh.find(name) == nil {
			l := lock.Plugins[name]
			sh.entries = append(sh.entries, &Entry{Name: name, State: Missing, Locked: &l,
				Why: diag.New(diag.PluginRefused, "plugin %s is locked, and in none of the folders %s", name, strings.Join(s.Dirs, ", ")).WithHint("put it back, or forget it: exportd plugin lock")})
		}
	}
	if err := sh.dev(ctx); err != nil {
		return nil, err
	}
	if err := sh.debugged(); err != nil {
		return nil, err
	}
	slices.SortFunc(sh.entries, func(a, b *Entry) int { return strings.Compare(a.Name, b.Name) })
	return sh, nil
}

// take decides whether a plugin may run, and makes it ready.
func (sh *Shelf) take(ctx context.Context, e *Entry) {
	refuse := func(state State, err error) { e.State, e.Why = state, diag.From(err, diag.PluginRefused) }
	if e.Locked == nil {
		refuse(Unlocked, diag.New(diag.PluginUnlocked, "plugin %s (%s) is not in %s", e.Name, e.Path, sh.settings.Lock).
			WithHint("look at it, then lock it: exportd plugin lock %s; to try it once: --dev-plugin %s=%s", e.Name, e.Name, e.Path))
		return
	}
	sum, err := e.found.Sum()
	switch {
	case err != nil:
		refuse(Refused, err)
		return
	case sum != e.Locked.Sum:
		refuse(Changed, pin.Changed(*e.found, e.Locked.Sum, sum))
		return
	}
	if e.copy, err = (pin.Store{Dir: sh.settings.Store}).Take(*e.found, sum); err != nil {
		state := Refused
		if diag.From(err, diag.PluginRefused).Code == diag.PluginChanged {
			state = Changed
		}
		refuse(state, err)
		return
	}
	if e.Card, err = sh.card(ctx, e.copy); err != nil {
		refuse(Refused, err)
		return
	}
	e.State = Locked
}

// card gives what a plugin is. It is kept beside the copy: the same bytes say the
// same.
func (sh *Shelf) card(ctx context.Context, c pin.Copy) (*pluginpb.DescribeResponse, error) {
	kept := filepath.Join(sh.settings.Store, strings.TrimPrefix(c.Sum, "sha256:")+".card.json")
	card := &pluginpb.DescribeResponse{}
	if text, err := os.ReadFile(kept); err == nil && protojson.Unmarshal(text, card) == nil && host.CheckCard(card, c.Name) == nil {
		return card, nil
	}
	card, err := host.Describe(ctx, c)
	if err != nil {
		return nil, err
	}
	if text, err := protojson.Marshal(card); err == nil {
		tmp := kept + ".tmp"
		if os.WriteFile(tmp, text, 0o600) == nil {
			_ = os.Rename(tmp, kept) // it is only there to be faster
		}
	}
	return card, nil
}

// dev adds the plugins of --dev-plugin, which take the place of others.
func (sh *Shelf) dev(ctx context.Context) error {
	for _, pair := range sh.settings.Dev {
		name, path, ok := strings.Cut(pair, "=")
		if !ok || !pluginpb.ValidName(name) || path == "" {
			return diag.New(diag.Usage, "--dev-plugin takes NAME=PATH, found %q", pair)
		}
		f, err := pin.At(path)
		if err != nil {
			return err
		}
		e := &Entry{Name: name, State: Dev, Path: f.Path, copy: f.As(name)}
		if e.Card, err = host.Describe(ctx, e.copy); err != nil {
			return err
		}
		sh.put(e)
	}
	return nil
}

// debugged adds the plugins that run under a debugger. What they are is not known
// before they are asked.
func (sh *Shelf) debugged() error {
	text := os.Getenv(pluginpb.ReattachVariable)
	if text == "" {
		return nil
	}
	var all map[string]pluginpb.Reattach
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return diag.New(diag.Usage, "%s holds no JSON: %w", pluginpb.ReattachVariable, err).WithHint("set it to the line that the plugin prints with --debug, or unset it")
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		at := all[name]
		e := &Entry{Name: name, State: Debugged, Path: at.Address, reattach: &at, copy: pin.Copy{Name: name}}
		sh.put(e)
		asked := host.New(host.Config{Plugins: []host.Plugin{sh.plugin(e)}})
		card, err := asked.Card(context.Background(), name)
		if closed := asked.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return err
		}
		e.Card = card
	}
	return nil
}

func (sh *Shelf) put(e *Entry) {
	sh.entries = slices.DeleteFunc(sh.entries, func(o *Entry) bool { return o.Name == e.Name })
	sh.entries = append(sh.entries, e)
}

func (sh *Shelf) find(name string) *Entry {
	i := slices.IndexFunc(sh.entries, func(e *Entry) bool { return e.Name == name })
	if i < 0 {
		return nil
	}
	return sh.entries[i]
}

// Entries lists the plugins by name.
func (sh *Shelf) Entries() []*Entry {
	if sh == nil {
		return nil
	}
	return sh.entries
}

// Wrong is what looks like a plugin in the folders and cannot be one.
func (sh *Shelf) Wrong() diag.List {
	if sh == nil {
		return nil
	}
	return sh.wrong
}

// Get gives a plugin that may run; the error says why there is none.
func (sh *Shelf) Get(name string) (*Entry, error) {
	var names []string
	for _, e := range sh.Entries() {
		names = append(names, e.Name)
		if e.Name == name {
			if e.Why != nil {
				return nil, e.Why
			}
			return e, nil
		}
	}
	where := "no plugin folder is configured: set plugins.dirs"
	if sh != nil && len(sh.settings.Dirs) > 0 {
		where = "the folders are " + strings.Join(sh.settings.Dirs, ", ")
	}
	return nil, diag.New(diag.PluginUnknown, "there is no plugin %q", name).WithHint("%s", diag.DidYouMean(name, names, where))
}
