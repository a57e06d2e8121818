package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/exportd/exportd/cmd/exportd/internal/shelf"
	"github.com/exportd/exportd/plugins/host"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// listedPlugin is a plugin in the document of plugin ls --json.
type listedPlugin struct {
	Name     string      `json:"name"`
	State    shelf.State `json:"state"`
	Version  string      `json:"version,omitempty"`
	Sum      string      `json:"sum,omitempty"`
	Path     string      `json:"path,omitempty"`
	Provides []string    `json:"provides"`
	Code     string      `json:"code,omitempty"` // why it may not run
	Message  string      `json:"message,omitempty"`
	Hint     string      `json:"hint,omitempty"`
}

func listed(e *shelf.Entry) listedPlugin {
	l := listedPlugin{Name: e.Name, State: e.State, Path: e.Path, Provides: []string{}}
	if e.Locked != nil {
		l.Version, l.Sum, l.Provides = e.Locked.Version, e.Locked.Sum, e.Locked.Provides
	}
	if e.Card != nil {
		l.Version, l.Provides = e.Card.GetVersion(), host.Provides(e.Card)
	}
	if e.Why != nil {
		l.Code, l.Message, l.Hint = string(e.Why.Code), e.Why.Message, e.Why.Mend()
	}
	return l
}

func (a *app) pluginListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "ls",
		Short: "List the plugins of the configured folders and of the lock file",
		Args:  exactly(),
		RunE: func(*cobra.Command, []string) error {
			cfg, err := a.loadConfig(".")
			if err != nil {
				return err
			}
			all := []listedPlugin{}
			for _, e := range cfg.Plugins.Entries() {
				all = append(all, listed(e))
			}
			a.report(cfg.Plugins.Wrong())
			if asJSON {
				return printJSON(a.stdout, map[string]any{"plugins": all})
			}
			return printPlugins(a.stdout, all)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON document on stdout")
	return cmd
}

func printPlugins(w io.Writer, all []listedPlugin) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(w, "no plugins")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "PLUGIN\tVERSION\tSTATE\tPROVIDES")
	for _, l := range all {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", l.Name, cmp.Or(l.Version, "-"), l.State, cmp.Or(strings.Join(l.Provides, " "), "-"))
	}
	return t.Flush()
}

func printPinned(w io.Writer, pinned []shelf.Pinned) error {
	if len(pinned) == 0 {
		_, err := fmt.Fprintln(w, "the folders hold no plugins")
		return err
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, p := range pinned {
		what := "locked"
		switch p.Was {
		case "":
		case p.Now.Sum:
			what = "unchanged"
		default:
			what = "locked anew"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", p.Name, p.Now.Version, what, p.Now.Sum)
	}
	return t.Flush()
}

// printVerified says that all is as it was locked.
func (a *app) printVerified(all []*shelf.Entry) error {
	_, err := fmt.Fprintf(a.stdout, "%d plugins are as they were locked\n", len(all))
	return err
}

func (a *app) pluginShowCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show NAME",
		Short: "Show what a plugin is, provides and takes",
		Args:  exactly("NAME"),
		RunE: func(_ *cobra.Command, args []string) error {
			cfg, err := a.loadConfig(".")
			if err != nil {
				return err
			}
			e, err := cfg.Plugins.Get(args[0])
			if err != nil {
				return err
			}
			if asJSON {
				text, err := protojson.MarshalOptions{Multiline: true}.Marshal(e.Card)
				if err == nil {
					_, err = fmt.Fprintf(a.stdout, "%s\n", text)
				}
				return err
			}
			return printCard(a.stdout, e)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "its card as JSON, as the plugin gives it")
	return cmd
}

// printCard writes a plugin's card for people.
func printCard(w io.Writer, e *shelf.Entry) error {
	card := e.Card
	fmt.Fprintf(w, "%s %s: %s\n\n", card.GetName(), card.GetVersion(), cmp.Or(card.GetDescription(), "no description"))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(t, "%s\t%s\n", name, value)
		}
	}
	row("state", string(e.State))
	row("path", e.Path)
	if e.Locked != nil {
		row("sum", e.Locked.Sum)
	}
	row("language", card.GetLanguage())
	row("licence", card.GetLicence())
	row("homepage", card.GetHomepage())
	row("protocols", strings.Trim(fmt.Sprint(card.GetProtocols()), "[]"))
	row("can", capabilities(card.GetCapabilities()))
	row("reads", strings.Join(card.GetEnvironment(), " "))
	for _, en := range card.GetEncoders() {
		row("encoder", fmt.Sprintf("plugin:%s/%s", card.GetName(), en.GetName()))
		row("", en.GetDescription())
		if en.GetFormat() != "" {
			token := "fmt=" + en.GetFormat()
			if en.GetAlpha() {
				token += ", fmt=" + en.GetFormat() + "-alpha"
			}
			row("", token)
		}
		row("", fmt.Sprintf(".%s, %s; takes %s", en.GetExtension(), en.GetMediaType(), pixelsOf(en)))
		printParams(t, en.GetParamsSchema())
	}
	for _, m := range card.GetMacros() {
		about := "for any asset"
		if m.GetPerAsset() {
			about = "for each asset"
		}
		row("macro", fmt.Sprintf("$%s$ (%s) %s", m.GetName(), about, m.GetDescription()))
	}
	if card.GetConfigSchema() != "" {
		row("configuration", "[plugins.config."+card.GetName()+"]")
		printParams(t, card.GetConfigSchema())
	}
	return t.Flush()
}

func capabilities(c *pluginpb.Capabilities) string {
	var all []string
	for name, can := range map[string]bool{
		"concurrent": c.GetConcurrent(), "file-handoff": c.GetFileHandoff(), "deterministic": c.GetDeterministic(), "network": c.GetNetwork(), "cancel": c.GetCancel(),
	} {
		if can {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// pixelsOf says what pixels an encoder takes.
func pixelsOf(e *pluginpb.EncoderInfo) string {
	var all []string
	for _, s := range e.GetColourSpaces() {
		all = append(all, strings.ToLower(strings.TrimPrefix(s.String(), "COLOUR_SPACE_")))
	}
	for _, f := range e.GetSampleFormats() {
		all = append(all, strings.ToLower(strings.TrimPrefix(f.String(), "SAMPLE_FORMAT_")))
	}
	for name, can := range map[string]bool{"alpha": e.GetAlpha(), "animation": e.GetAnimation(), "icc": e.GetIccProfile()} {
		if can {
			all = append(all, name)
		}
	}
	slices.Sort(all[len(e.GetColourSpaces())+len(e.GetSampleFormats()):])
	return strings.Join(all, " ")
}
