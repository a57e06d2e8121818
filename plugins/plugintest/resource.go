package plugintest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/exportd/exportd/plugins/pluginpb"
)

// These cases read /proc, as exportd's host does: they work on Linux alone.

// growthSlack is how much memory may be more after many calls, in bytes: caches and
// a lazy collector are no leak.
const growthSlack = 24 << 20

// staysSmall makes many calls.
func staysSmall(ctx context.Context, k *kit) error {
	p, err := k.start(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	warm := k.cfg.Calls / 5
	var before int64
	for i := range k.cfg.Calls {
		if i == warm {
			before = privateMemory(p.pid())
		}
		if err := k.exercise(ctx, p); err != nil {
			return fmt.Errorf("call %d: %w", i+1, err)
		}
	}
	if before == 0 {
		return nil // too few calls, or no /proc
	}
	if after := privateMemory(p.pid()); after > before+growthSlack {
		return breaks("let go of everything when a call ends", "its memory grew from %d MB to %d MB between call %d and call %d", before>>20, after>>20, warm, k.cfg.Calls)
	}
	return nil
}

// stops cancels a call in the middle of its work.
func stops(ctx context.Context, k *kit) error {
	// On a busy machine a process that works gets little, one that does not gets none.
	const soon, watch, little = 250 * time.Millisecond, time.Second, 50 * time.Millisecond
	return k.each(ctx, func(p *process, e *pluginpb.EncoderInfo) error {
		pic := usual(e, 6000)
		_, err := p.encode(ctx, call{encoder: e.GetName(), picture: pic, params: exampleOf(e), files: k.card.GetCapabilities().GetFileHandoff(), cancel: 60 * time.Millisecond})
		if err == nil {
			return nil // done before it could be stopped
		}
		time.Sleep(soon)
		before := cpuTime(p.pid())
		time.Sleep(watch)
		if spent := cpuTime(p.pid()) - before; spent > little {
			return breaks("look at the call's context between rows, or do not declare cancel", "%s after it was cancelled it worked on: %s of processor time in %s", soon, spent, watch)
		}
		return p.goesOn(ctx, e)
	})
}

// staysLocal looks at its sockets after it has worked.
func staysLocal(ctx context.Context, k *kit) error {
	p, err := k.start(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	if err := k.exercise(ctx, p); err != nil {
		return err
	}
	if s := internetSocket(p.pid()); s != "" {
		return breaks("declare network, or open no sockets", "it has a network socket open (%s) and does not declare network", s)
	}
	return nil
}

// privateMemory is resident memory that is not shared, in bytes; 0 for unknown.
func privateMemory(pid int) int64 {
	var size, resident, shared int64
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	if _, err := fmt.Sscan(string(text), &size, &resident, &shared); err != nil {
		return 0
	}
	return (resident - shared) * int64(os.Getpagesize())
}

// clockTick is what /proc counts processor time in.
const clockTick = 10 * time.Millisecond

// cpuTime is what a process has spent.
func cpuTime(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The name, in brackets, may hold anything.
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * clockTick
}

// internetSocket describes a socket of the process that is not a Unix one; "" when
// there is none.
func internetSocket(pid int) string {
	inodes := map[string]bool{}
	fds, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	for _, fd := range fds {
		if to, err := os.Readlink(fd); err == nil && strings.HasPrefix(to, "socket:[") {
			inodes[strings.Trim(to, "socket:[]")] = true
		}
	}
	for _, table := range []string{"tcp", "tcp6", "udp", "udp6"} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", pid, table))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if fields := strings.Fields(line); len(fields) > 9 && inodes[fields[9]] {
				return table + " " + fields[1]
			}
		}
	}
	return ""
}
