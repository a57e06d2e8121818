package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/exportd/exportd/cmd/exportd/internal/daemon"
	"github.com/exportd/exportd/cmd/exportd/internal/front"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/job"
)

func (a *app) jobsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "jobs",
		Short: "Hand jobs to the daemon, watch and steer them",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			var names []string
			for _, c := range cmd.Commands() {
				names = append(names, c.Name())
			}
			return diag.New(diag.Usage, "exportd jobs has no command %q", args[0]).
				WithHint("%s", diag.DidYouMean(args[0], names, "see exportd jobs --help"))
		},
		Args: cobra.ArbitraryArgs,
	}
	cmd.AddCommand(a.submitCommand(), a.listCommand(), a.showCommand(), a.logsCommand(), a.deleteCommand())
	for verb, does := range map[string]string{
		"stop":   "End a job; what was delivered stays",
		"pause":  "Give out no more of a job; what was begun is finished",
		"resume": "Let a paused job go on",
		"retry":  "Run what has failed of a job once more",
	} {
		cmd.AddCommand(a.verbCommand(verb, does))
	}
	return cmd
}

// withDaemon calls f with a client of the daemon that the configuration names.
func (a *app) withDaemon(f func(*front.Client) error) error {
	cfg, err := a.loadConfig(".")
	if err != nil {
		return err
	}
	at := cfg.Daemon.Listen[0]
	if socket := cfg.Daemon.Socket(); socket != "" {
		at = "unix:" + socket
	}
	client, err := front.NewClient(at)
	if err != nil {
		return err
	}
	defer client.Close()
	return f(client)
}

func (a *app) submitCommand() *cobra.Command {
	var pipeline string
	var priority int
	cmd := &cobra.Command{
		Use:   "submit JOB [-p PIPELINE]",
		Short: "Hand a job in; prints its id",
		Args:  exactly("JOB"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withDaemon(func(c *front.Client) error { return a.submit(cmd.Context(), c, args[0], pipeline, priority) })
		},
	}
	addPipelineFlag(cmd, &pipeline)
	cmd.Flags().IntVar(&priority, "priority", 0, "-10 to 10; more is sooner")
	return cmd
}

// submit reads the job here, where its handle file and its pipeline lie.
func (a *app) submit(ctx context.Context, c *front.Client, path, pipeline string, priority int) error {
	j, err := job.Read(path)
	if err != nil {
		return err
	}
	text, err := json.Marshal(requestOf(j))
	if err != nil {
		return err
	}
	order := front.Order{Job: text, Handles: j.HandleFile, Pipeline: daemon.Pipeline{Name: pipeline}, Priority: priority}
	if file, err := os.ReadFile(pipeline); err == nil {
		order.Pipeline = daemon.Pipeline{Name: filepath.Base(pipeline), Text: file}
	}
	s, err := c.Submit(ctx, order)
	if err != nil {
		return err
	}
	a.report(s.Warnings)
	fmt.Fprintln(a.stdout, s.ID)
	return nil
}

// requestOf writes a job as it goes over the wire.
func requestOf(j *job.Job) map[string]any {
	export := map[string]any{"fmt": j.Format}
	for key, value := range map[string]string{"is_modifier": j.Modifier, "macro": j.Macro, "emailSetting": j.EmailSetting, "clientId": j.ClientID} {
		if value != "" {
			export[key] = value
		}
	}
	if j.HandleFile == "" {
		export["assetHandleArray"] = j.Handles
	}
	return map[string]any{"jobName": j.Name, "exportJob": export}
}

func (a *app) listCommand() *cobra.Command {
	var asJSON bool
	var states []string
	var limit int
	cmd := &cobra.Command{
		Use:   "ls",
		Short: "List jobs, the newest first",
		Args:  exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withDaemon(func(c *front.Client) error {
				page, err := c.List(cmd.Context(), states, "", limit)
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(a.stdout, page)
				}
				a.printJobs(page)
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON document on stdout")
	cmd.Flags().StringSliceVar(&states, "state", nil, "only jobs in these states")
	cmd.Flags().IntVar(&limit, "limit", 100, "at most so many")
	return cmd
}

func (a *app) printJobs(page front.Page) {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSTATE\tDONE\tFAILED\tASSETS\tCREATED\tNAME")
	for _, r := range page.Jobs {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%s\t%s\n", r.ID, r.State, r.Counts.Total, r.Counts.Failed, r.Assets, r.Created.Local().Format(time.DateTime), r.Name)
	}
	_ = w.Flush() // to a terminal, or to whoever has gone
	if page.Next != "" {
		fmt.Fprintf(a.stderr, "there are more: --limit %d\n", 2*len(page.Jobs))
	}
}

func (a *app) showCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show where a job stands",
		Args:  exactly("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withDaemon(func(c *front.Client) error {
				r, err := c.Job(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				return a.printJob(r, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON document on stdout")
	return cmd
}

func (a *app) printJob(r daemon.Record, asJSON bool) error {
	if asJSON {
		return printJSON(a.stdout, r)
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) { fmt.Fprintf(w, "%s\t%s\n", name, fmt.Sprintf(format, args...)) }
	row("job", "%s", r.ID)
	row("name", "%s", r.Name)
	row("state", "%s", r.State)
	row("assets", "%d exported, %d skipped, %d failed, %d of %d", r.Counts.Exported, r.Counts.Skipped, r.Counts.Failed, r.Counts.Total, r.Assets)
	row("pipeline", "%s", r.Pipeline)
	for name, at := range map[string]time.Time{"created": r.Created} {
		row(name, "%s", at.Local().Format(time.DateTime))
	}
	if !r.Ended.IsZero() && !r.Started.IsZero() {
		row("took", "%s", r.Ended.Sub(r.Started).Round(time.Millisecond))
	}
	if r.Manifest != "" {
		row("manifest", "%s", r.Manifest)
	}
	for name, p := range map[string]*daemon.Problem{"waits for": r.Trouble, "error": r.Error} {
		if p != nil {
			row(name, "%s %s", p.Code, p.Message)
			row("mend", "%s", p.Hint)
		}
	}
	return w.Flush()
}

func (a *app) logsCommand() *cobra.Command {
	var asJSON, follow bool
	cmd := &cobra.Command{
		Use:   "logs ID",
		Short: "Print a job's log",
		Args:  exactly("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withDaemon(func(c *front.Client) error {
				yield := func(line []byte) error { return a.printLog(line, asJSON) }
				if follow {
					return c.Follow(cmd.Context(), args[0], 0, yield)
				}
				return eachLog(cmd.Context(), c, args[0], yield)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "JSON lines")
	cmd.Flags().BoolVarP(&follow, "follow", "f", false, "go on until the job is over")
	return cmd
}

// eachLog reads what there is of a log.
func eachLog(ctx context.Context, c *front.Client, id string, yield func([]byte) error) error {
	for offset := int64(0); ; {
		page, err := c.Logs(ctx, id, offset)
		if err != nil {
			return err
		}
		for _, line := range page.Lines {
			if err := yield(line); err != nil {
				return err
			}
		}
		if page.Next == offset {
			return nil
		}
		offset = page.Next
	}
}

func (a *app) printLog(line []byte, asJSON bool) error {
	if asJSON {
		_, err := fmt.Fprintf(a.stdout, "%s\n", line)
		return err
	}
	var e daemon.Entry
	if err := json.Unmarshal(line, &e); err != nil {
		return diag.New(diag.Daemon, "a line of the log: %w", err)
	}
	words := []string{e.Time.Local().Format(time.TimeOnly), e.Kind}
	for _, word := range []string{string(e.State), string(e.Handle), string(e.Outcome), string(e.Code), e.Message} {
		if word != "" {
			words = append(words, word)
		}
	}
	_, err := fmt.Fprintln(a.stdout, strings.Join(words, " "))
	return err
}

func (a *app) verbCommand(verb, does string) *cobra.Command {
	return &cobra.Command{
		Use:   verb + " ID...",
		Short: does,
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, ids []string) error {
			return a.withDaemon(func(c *front.Client) error {
				return each(ids, func(id string) error {
					r, err := c.Do(cmd.Context(), id, verb)
					if err == nil {
						fmt.Fprintf(a.stdout, "%s %s\n", r.ID, r.State)
					}
					return err
				})
			})
		},
	}
}

func (a *app) deleteCommand() *cobra.Command {
	var files bool
	cmd := &cobra.Command{
		Use:   "delete ID...",
		Short: "Forget a job that is over",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, ids []string) error {
			return a.withDaemon(func(c *front.Client) error {
				return each(ids, func(id string) error { return c.Delete(cmd.Context(), id, files) })
			})
		},
	}
	cmd.Flags().BoolVar(&files, "files", false, "remove what it delivered below daemon.out as well")
	return cmd
}

// each does something to every job that is named, also when one of them is wrong.
func each(ids []string, do func(string) error) error {
	var found diag.List
	for _, id := range ids {
		if err := do(id); err != nil {
			if errors.Is(err, context.Canceled) {
				return err
			}
			found.Add(diag.All(err, diag.Daemon)...)
		}
	}
	return found.Err()
}
