package shelf

import (
	"log/slog"

	"github.com/exportd/exportd/plugins/host"
)

// plugin is how a plugin is run.
func (sh *Shelf) plugin(e *Entry) host.Plugin {
	return host.Plugin{Copy: e.copy, Options: sh.settings.Options[e.Name], Config: sh.settings.Config[e.Name], Reattach: e.reattach}
}

// Plugins lists how the plugins that may run are run.
func (sh *Shelf) Plugins() []host.Plugin {
	var all []host.Plugin
	for _, e := range sh.Entries() {
		if e.Why == nil {
			all = append(all, sh.plugin(e))
		}
	}
	return all
}

// LogTo says where the plugins' logs go, before the first is started.
func (sh *Shelf) LogTo(log *slog.Logger) {
	if sh == nil {
		return
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.log = log
}

// Log is where the plugins' logs go.
func (sh *Shelf) Log() *slog.Logger {
	if sh == nil {
		return nil
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.log
}

// Host gives the host of the plugins that may run, made at the first call.
func (sh *Shelf) Host() *host.Host {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.host == nil {
		sh.host = host.New(host.Config{Plugins: sh.Plugins(), Log: sh.log})
	}
	return sh.host
}

// Close ends the plugins that were started here.
func (sh *Shelf) Close() error {
	if sh == nil {
		return nil
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.host == nil {
		return nil
	}
	return sh.host.Close()
}
