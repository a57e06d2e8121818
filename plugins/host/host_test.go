package host_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/plugins/host"
	"github.com/exportd/exportd/plugins/pin"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// misbehave is the plugin of testdata, built once.
var misbehave string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "host-test-*")
	if err != nil {
		panic(err)
	}
	misbehave = filepath.Join(dir, "misbehave")
	if out, err := exec.Command("go", "build", "-o", misbehave, "./testdata/misbehave").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// named is the plugin under a name, which says what it does.
func named(t testing.TB, name string) host.Plugin {
	t.Helper()
	path := filepath.Join(t.TempDir(), pluginpb.ExecutablePrefix+name)
	if err := os.Link(misbehave, path); err != nil {
		t.Fatal(err)
	}
	return host.Plugin{Copy: pin.Copy{Name: name, Path: path}}
}

// hosted gives a host of one plugin, and fails when it leaves anything behind.
func hosted(t *testing.T, p host.Plugin) (*host.Host, *logged) {
	t.Helper()
	logs := &logged{}
	before := goleak.IgnoreCurrent()
	h := host.New(host.Config{Plugins: []host.Plugin{p}, Log: slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug})), Version: "test", StartTimeout: 2 * time.Second})
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
		goleak.VerifyNone(t, before)
	})
	return h, logs
}

type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// pixels is 2 frames of 3x2 pixels of RGB.
const pixels = "abcdefghijklmnopqrABCDEFGHIJKLMNOPQR"

func request(plugin, params string, into *bytes.Buffer) host.Request {
	return host.Request{
		Plugin: plugin, Encoder: "dump", Params: params, Wish: &pluginpb.Wish{Quality: 77}, Into: into,
		Image: &pluginpb.ImageHeader{Width: 3, Height: 2, Bands: 3, Frames: 2, Stride: 9, SampleFormat: pluginpb.SampleFormat_SAMPLE_FORMAT_UINT8, ColourSpace: pluginpb.ColourSpace_COLOUR_SPACE_RGB},
		Fill: func(_ context.Context, dst []byte) error {
			if copy(dst, pixels) != len(dst) {
				return errors.New("not all pixels are wanted")
			}
			return nil
		},
	}
}

// do makes one call and gives what came of it.
func do(ctx context.Context, h *host.Host, plugin, what string) (string, error) {
	var out bytes.Buffer
	_, err := h.Encode(ctx, request(plugin, fmt.Sprintf(`{"do":%q}`, what), &out))
	return out.String(), err
}

func wants(t *testing.T, err error, code diag.Code, says ...string) {
	t.Helper()
	d := diag.From(err, "none")
	if d == nil || d.Code != code {
		t.Errorf("got %v (%v), want %s", err, d, code)
		return
	}
	for _, text := range says {
		if !strings.Contains(d.Message+"\n"+d.Mend(), text) {
			t.Errorf("%q, hint %q, does not say %q", d.Message, d.Mend(), text)
		}
	}
}

func TestAPictureGoesThereAndBack(t *testing.T) {
	h, _ := hosted(t, named(t, "good"))
	for range 3 {
		var out bytes.Buffer
		warnings, err := h.Encode(t.Context(), request("good", "", &out))
		if err != nil || out.String() != pixels || len(warnings) != 1 || warnings[0] != "quality 77" {
			t.Errorf("%q %q %v", out.String(), warnings, err)
		}
	}
}

func TestWhatDoesNotStartSaysWhy(t *testing.T) {
	for name, says := range map[string][]string{
		"mute":     {"plugin mute did not answer within 2s"},
		"garbage":  {"plugin garbage wrote to its standard output before the handshake: «hello, world»", "standard error"},
		"future":   {"plugin future speaks version 7", "this exportd speaks 1", "a newer exportd"},
		"ancient":  {"plugin ancient speaks version 0", "a newer version of the plugin"},
		"netrpc":   {"plugin netrpc does not speak gRPC"},
		"stranger": {"plugin stranger ended before its handshake: this is a plugin of something else", "EXPORTD_PLUGIN_COOKIE"},
	} {
		t.Run(name, func(t *testing.T) {
			h, _ := hosted(t, named(t, name))
			wants(t, h.Start(t.Context(), name), diag.PluginStart, says...)
		})
	}
}

func TestWhatIsNoProgramDoesNotStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "exportd-plugin-text")
	if err := os.WriteFile(path, []byte("\x7fELF no"), 0o700); err != nil {
		t.Fatal(err)
	}
	h, _ := hosted(t, host.Plugin{Copy: pin.Copy{Name: "text", Path: path}})
	wants(t, h.Start(t.Context(), "text"), diag.PluginStart, "plugin text cannot be started", "for this machine")
	_, err := host.Describe(t.Context(), pin.Copy{Name: "text", Path: path})
	wants(t, err, diag.PluginStart, "plugin text cannot be started")
}

func TestAPluginThatCallsItselfSomethingElseIsRefused(t *testing.T) {
	h, _ := hosted(t, named(t, "liar"))
	wants(t, h.Start(t.Context(), "liar"), diag.PluginRefused, `plugin liar calls itself "other"`)
}

func TestAWrongConfigurationIsRefused(t *testing.T) {
	p := named(t, "good")
	p.Config = `{"wish":"ill"}`
	h, _ := hosted(t, p)
	wants(t, h.Start(t.Context(), "good"), diag.PluginParam, `wish: nobody may wish "ill"`, "wish well")
}

func TestADeathCostsTheCallInHandAndNothingElse(t *testing.T) {
	h, logs := hosted(t, named(t, "good"))
	once := fmt.Sprintf(`{"do":"die-once","file":%q}`, filepath.Join(t.TempDir(), "died"))
	var out bytes.Buffer
	if _, err := h.Encode(t.Context(), request("good", once, &out)); err != nil || out.String() != pixels {
		t.Errorf("what died once is tried again: %q %v", out.String(), err)
	}
	_, err := do(t.Context(), h, "good", "die")
	wants(t, err, diag.PluginCrash, "plugin good died twice on it: panic: nobody catches this")
	if !strings.Contains(innermost(err).Error(), "(*encoder).Encode") {
		t.Errorf("the stack is not kept: %v", innermost(err))
	}
	_, err = do(t.Context(), h, "good", "panic")
	wants(t, err, diag.PluginCrash, "plugin good died twice on it: panic: as asked")
	if !strings.Contains(innermost(err).Error(), "(*encoder).Encode") {
		t.Errorf("the stack is not kept: %v", innermost(err))
	}
	if got, err := do(t.Context(), h, "good", ""); err != nil || got != pixels {
		t.Errorf("the next call: %q %v", got, err)
	}
	if !strings.Contains(logs.String(), "the plugin died in a call") {
		t.Errorf("the log does not tell:\n%s", logs)
	}
}

func innermost(err error) error {
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return err
}

func TestWhatAPluginSaysIsPassedOn(t *testing.T) {
	h, _ := hosted(t, named(t, "good"))
	_, err := do(t.Context(), h, "good", "no")
	wants(t, err, diag.PluginFailed, "plugin good: not this picture", "try another")
	if diag.Retryable(err) {
		t.Error("no means no")
	}
	_, err = do(t.Context(), h, "good", "later")
	wants(t, err, diag.PluginFailed, "the service is down")
	if !diag.Retryable(err) {
		t.Error("what is down may come back")
	}
	var out bytes.Buffer
	_, err = h.Encode(t.Context(), request("good", `{"undo":1}`, &out))
	wants(t, err, diag.PluginParam, `plugin good: undo: unknown param "undo"`)
}

func TestResultsThatCannotBeRight(t *testing.T) {
	p := named(t, "good")
	p.Options.Output = 10 << 20
	h, _ := hosted(t, p)
	for what, says := range map[string]string{
		"truncate": "it says that its result has 36 bytes, there are 3",
		"swap":     "the file of its result is gone",
	} {
		_, err := do(t.Context(), h, "good", what)
		wants(t, err, diag.PluginResult, "plugin good: "+says)
	}
	_, err := do(t.Context(), h, "good", "nothing")
	wants(t, err, diag.PluginFailed, "wrote nothing")
	_, err = do(t.Context(), h, "good", "flood")
	wants(t, err, diag.PluginFailed, "file too large")
	if got, err := do(t.Context(), h, "good", ""); err != nil || got != pixels {
		t.Errorf("the next call: %q %v", got, err)
	}
}

func TestACallHasATime(t *testing.T) {
	p := named(t, "good")
	p.Options.Time = 200 * time.Millisecond
	h, _ := hosted(t, p)
	before, _ := do(t.Context(), h, "good", "pid")
	_, err := do(t.Context(), h, "good", "hang")
	wants(t, err, diag.PluginTime, "plugin good did not answer within 200ms", "plugins.options.good.time")
	after, err := do(t.Context(), h, "good", "pid")
	if err != nil || after == before {
		t.Errorf("the process that hung is used again: %s %s %v", before, after, err)
	}
	if alive(t, before) {
		t.Error("the process that hung is still there")
	}
}

func alive(t *testing.T, pid string) bool {
	t.Helper()
	n, err := strconv.Atoi(strings.TrimSpace(pid))
	if err != nil {
		t.Fatal(err)
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", n))
	return err == nil && !strings.Contains(string(stat), ") Z ") // a zombie waits for its parent, no more
}

func TestAStoppedCallStops(t *testing.T) {
	h, _ := hosted(t, named(t, "good"))
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	if _, err := do(ctx, h, "good", "hang"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestChildrenOfAPluginDieWithIt(t *testing.T) {
	h, _ := hosted(t, named(t, "good"))
	file := filepath.Join(t.TempDir(), "pid")
	var out bytes.Buffer
	_, err := h.Encode(t.Context(), request("good", fmt.Sprintf(`{"do":"fork","file":%q}`, file), &out))
	wants(t, err, diag.PluginCrash, "plugin good died twice on it: signal: killed")
	pid, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return // it was killed before it could write
	}
	for range 100 {
		if !alive(t, string(pid)) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("the child %s outlived its plugin", pid)
}

func TestAPluginSeesOnlyTheEnvironmentOnTheList(t *testing.T) {
	t.Setenv("HOST_TEST_SECRET", "s3cret")
	t.Setenv("HOST_TEST_GRANTED", "yes")
	p := named(t, "good")
	p.Options.Env = []string{"HOST_TEST_GRANTED"}
	h, _ := hosted(t, p)
	got, err := do(t.Context(), h, "good", "env")
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{"PATH", "LANG", "HOME", "TMPDIR", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "HOST_TEST_GRANTED",
		"EXPORTD_PLUGIN_COOKIE", "PLUGIN_PROTOCOL_VERSIONS", "PLUGIN_MIN_PORT", "PLUGIN_MAX_PORT", "PLUGIN_UNIX_SOCKET_DIR"}
	seen := map[string]bool{}
	for line := range strings.Lines(got) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), "=")
		seen[name] = true
		if !strings.Contains(" "+strings.Join(allowed, " ")+" ", " "+name+" ") {
			t.Errorf("it sees %s", line)
		}
	}
	if !seen["HOST_TEST_GRANTED"] {
		t.Error("it does not see what was granted")
	}
}

func TestAProcessIsReplacedWhenItIsWorn(t *testing.T) {
	p := named(t, "good")
	p.Options.Calls, p.Options.Memory = 2, 1<<30
	h, _ := hosted(t, p)
	var pids []string
	for range 3 {
		pid, err := do(t.Context(), h, "good", "pid")
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	if pids[0] != pids[1] || pids[1] == pids[2] {
		t.Errorf("after 2 calls: %v", pids)
	}
	p = named(t, "good")
	p.Options.Memory = 200 << 20
	h, _ = hosted(t, p)
	before, _ := do(t.Context(), h, "good", "pid")
	for range 2 {
		if _, err := do(t.Context(), h, "good", "grow"); err != nil {
			t.Fatal(err)
		}
	}
	if after, err := do(t.Context(), h, "good", "pid"); err != nil || after == before {
		t.Errorf("after growing: %s %s %v", before, after, err)
	}
}

func TestAPluginThatAlwaysDiesIsLeftAlone(t *testing.T) {
	h, _ := hosted(t, named(t, "good"))
	if err := h.Start(t.Context(), "good"); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		_, err := do(t.Context(), h, "good", "die")
		if diag.From(err, "none").Code == diag.PluginDown {
			wants(t, err, diag.PluginDown, "plugin good died", "in a row")
			return
		}
	}
	t.Error("ten deaths twice over, and it is still started")
}

func TestCallsAtOnce(t *testing.T) {
	for name, processes := range map[string]int{"good": 2, "many": 1} {
		p := named(t, name)
		if name == "good" {
			p.Options.Processes = 2
		}
		h, _ := hosted(t, p)
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() {
				var out bytes.Buffer
				if _, err := h.Encode(t.Context(), request(name, `{"do":"wait","ms":20}`, &out)); err != nil || out.String() != pixels {
					t.Errorf("%s: %q %v", name, out.String(), err)
				}
			})
		}
		wg.Wait()
		pids := map[string]bool{}
		for range 4 {
			pid, err := do(t.Context(), h, name, "pid")
			if err != nil {
				t.Fatal(err)
			}
			pids[pid] = true
		}
		if len(pids) > processes {
			t.Errorf("%s has %d processes, want at most %d", name, len(pids), processes)
		}
	}
}

func TestADeathIsNoticedAtOnce(t *testing.T) {
	h, _ := hosted(t, named(t, "good"))
	file := filepath.Join(t.TempDir(), "pid")
	killed := make(chan time.Time, 2)
	go func() {
		for range 2 { // the call and its second try
			var pid []byte
			for len(pid) == 0 {
				pid, _ = os.ReadFile(file)
			}
			_ = os.Remove(file)
			n, _ := strconv.Atoi(string(pid))
			killed <- time.Now()
			_ = syscall.Kill(n, syscall.SIGKILL)
		}
	}()
	var out bytes.Buffer
	_, err := h.Encode(t.Context(), request("good", fmt.Sprintf(`{"do":"wait","ms":60000,"file":%q}`, file), &out))
	wants(t, err, diag.PluginCrash, "signal: killed")
	<-killed
	t.Logf("noticed after %s", time.Since(<-killed))
}

func TestHostsSweepWhatDeadOnesLeft(t *testing.T) {
	dir, err := os.MkdirTemp("/dev/shm", "exportd-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "lock"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	h, _ := hosted(t, named(t, "good"))
	if err := h.Start(t.Context(), "good"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there (%v)", dir, err)
		_ = os.RemoveAll(dir)
	}
}

func TestACardIsToldWithoutAHandshake(t *testing.T) {
	card, err := host.Describe(t.Context(), named(t, "good").Copy)
	if err != nil || card.GetVersion() != "1.2.3" {
		t.Fatal(card, err)
	}
	if got := strings.Join(host.Provides(card), " "); got != "encoder:dump fmt:dump encoder:png macro:size-* macro:own-*" {
		t.Errorf("it provides %s", got)
	}
	_, err = host.Describe(t.Context(), named(t, "liar").Copy)
	wants(t, err, diag.PluginRefused, `calls itself "other"`)
}

func TestMacrosAreExpandedOnce(t *testing.T) {
	h, _ := hosted(t, named(t, "good"))
	for range 2 {
		got, err := h.Expand(t.Context(), "good", &pluginpb.ExpandRequest{Name: "size-40"})
		if err != nil || len(got) != 1 || got[0].GetName() != "wid" || got[0].GetValue() != "40" {
			t.Errorf("%v %v", got, err)
		}
	}
	_, err := h.Expand(t.Context(), "good", &pluginpb.ExpandRequest{Name: "size-none"})
	wants(t, err, diag.MacroUnknown, `plugin good: there is no macro "size-none"`)
	_, err = h.Expand(t.Context(), "good", &pluginpb.ExpandRequest{Name: "size-huge"})
	wants(t, err, diag.PluginResult, "$size-huge$ has more than 64 KiB")
	_, err = h.Expand(t.Context(), "good", &pluginpb.ExpandRequest{Name: "size-slow"})
	wants(t, err, diag.PluginTime, "plugin good did not answer within 1s")
}

func TestParamsAreJudgedByTheirSchema(t *testing.T) {
	card, err := host.Describe(t.Context(), named(t, "good").Copy)
	if err != nil {
		t.Fatal(err)
	}
	s, err := host.NewSchema(card.GetEncoders()[0].GetParamsSchema())
	if err != nil {
		t.Fatal(err)
	}
	for params, want := range map[string]string{
		"": "", "{}": "", `{"ms":1}`: "", `{"ms":"x"}`: "/ms ", `{"msec":1}`: "msec", `[]`: "object", `{`: "",
	} {
		got := ""
		for _, p := range s.Check(params) {
			got += p.GetPath() + " " + p.GetMessage()
		}
		if want == "" && params != "{" && got != "" || want != "" && !strings.Contains(got, want) || params == "{" && got == "" {
			t.Errorf("%s: %q, want %q", params, got, want)
		}
	}
	if _, err := host.NewSchema(`{"$ref":"file:///etc/passwd"}`); err == nil {
		t.Error("a schema may refer to files")
	}
}
