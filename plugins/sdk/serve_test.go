package sdk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/exportd/exportd/plugins/pluginpb"
	"github.com/exportd/exportd/plugins/sdk"
)

// asPlugin, in the environment, makes this test binary a plugin.
const asPlugin = "EXPORTD_SDK_TEST"

func TestMain(m *testing.M) {
	if os.Getenv(asPlugin) != "" {
		sdk.Serve(sdk.Plugin{
			Name: "test", Version: "1.2.3", Description: "for tests", Licence: "Apache-2.0",
			Config: []sdk.Param{{Name: "greeting", Type: sdk.String, Default: "hello"}},
			Encoders: []sdk.EncoderInfo{{
				Name: "dump", Format: "dump", Extension: "dump", MediaType: "application/octet-stream",
				Samples: []sdk.SampleFormat{sdk.Uint8, sdk.Uint16}, Spaces: []sdk.ColourSpace{sdk.RGB, sdk.Grey, sdk.CMYK}, Alpha: true, Animation: true,
				Params:  []sdk.Param{{Name: "mode", Type: sdk.String, Enum: []string{"plain", "panic", "print", "busy", "wait", "nothing"}, Default: "plain"}},
				Encoder: &dump{},
			}},
			Macros: []sdk.MacroInfo{{Name: "size-*", Description: "a width", Examples: []string{"size-40"}, PerAsset: true, Macro: size{}}},
		})
	}
	os.Exit(m.Run())
}

// dump writes a head and the rows as they come.
type dump struct{ greeting string }

func (d *dump) Configure(_ context.Context, config sdk.Params) error {
	var c struct{ Greeting string }
	if err := config.Decode(&c); err != nil {
		return err
	}
	if c.Greeting == "no" {
		return sdk.ParamError("/greeting", "no greeting is called no").WithHint("say hello")
	}
	d.greeting = c.Greeting
	return nil
}

func (d *dump) Validate(_ context.Context, params sdk.Params) error {
	var p struct{ Mode string }
	if err := params.Decode(&p); err != nil {
		return err
	}
	if p.Mode == "nothing" {
		return errors.Join(sdk.ParamError("/mode", "nothing comes of nothing"), errors.New("and more"))
	}
	return nil
}

func (d *dump) Encode(ctx context.Context, call *sdk.EncodeCall, w io.Writer) error {
	var p struct{ Mode string }
	if err := call.Params.Decode(&p); err != nil {
		return err
	}
	switch p.Mode {
	case "panic":
		panic("as asked")
	case "print":
		fmt.Println("stray")
		sdk.Log(ctx).Warn("said", "n", 1)
	case "busy":
		return sdk.Unavailable(3*time.Second, "the service is busy")
	case "wait":
		<-ctx.Done()
		return ctx.Err()
	case "nothing":
		return nil
	}
	call.Warn("quality %d", call.Quality)
	fmt.Fprintf(w, "%s:", d.greeting)
	for row, err := range call.Image.Rows() {
		if err != nil {
			return err
		}
		if _, err := w.Write(row); err != nil {
			return err
		}
	}
	return nil
}

type size struct{}

func (size) Expand(_ context.Context, call *sdk.MacroCall) (sdk.Commands, error) {
	if call.Name == "size-none" {
		return nil, sdk.NoMacro(call.Name)
	}
	wid, _ := call.Before.Get("wid")
	return sdk.Commands{{Name: "wid", Value: strings.TrimPrefix(call.Name, "size-")}, {Name: "$was", Value: wid}, {Macro: "other"}, {Name: "text", Value: call.Asset.File}}, nil
}

// host is the other side, as small as it can be.
type host struct {
	client          *goplugin.Client
	conn            *grpc.ClientConn
	scratch         string
	stdout, stderr  lockedBuffer
	plugin          pluginpb.PluginServiceClient
	encoder         pluginpb.EncoderServiceClient
	macro           pluginpb.MacroServiceClient
	goplugin.Plugin // unused; makes host a go-plugin plugin
}

func (h *host) GRPCServer(*goplugin.GRPCBroker, *grpc.Server) error { return errors.New("no server") }

func (h *host) GRPCClient(_ context.Context, _ *goplugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	h.conn = conn
	h.plugin, h.encoder, h.macro = pluginpb.NewPluginServiceClient(conn), pluginpb.NewEncoderServiceClient(conn), pluginpb.NewMacroServiceClient(conn)
	return h, nil
}

func (h *host) connect(t *testing.T, config *goplugin.ClientConfig) {
	t.Helper()
	h.scratch = t.TempDir()
	config.HandshakeConfig = goplugin.HandshakeConfig{MagicCookieKey: pluginpb.CookieKey, MagicCookieValue: pluginpb.CookieValue}
	config.VersionedPlugins = map[int]goplugin.PluginSet{1: {"exportd": h}}
	config.Plugins = config.VersionedPlugins[1]
	config.AllowedProtocols = []goplugin.Protocol{goplugin.ProtocolGRPC}
	config.Logger = hclog.NewNullLogger()
	config.SyncStdout, config.Stderr = &h.stdout, &h.stderr
	h.client = goplugin.NewClient(config)
	t.Cleanup(h.client.Kill)
	protocol, err := h.client.Client()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := protocol.Dispense("exportd"); err != nil {
		t.Fatal(err)
	}
}

func self(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asPlugin+"=1")
	return cmd
}

func started(t *testing.T, config string) *host {
	t.Helper()
	h := &host{}
	h.connect(t, &goplugin.ClientConfig{Cmd: self(t), SkipHostEnv: true})
	if _, err := h.plugin.Configure(t.Context(), &pluginpb.ConfigureRequest{ConfigJson: config, ScratchFolder: h.scratch, LogLevel: "debug"}); err != nil {
		t.Fatal(err)
	}
	return h
}

// picture is 2 frames of 3x2 pixels of RGB, with rows padded to 12 bytes.
func picture() (*pluginpb.ImageHeader, []byte, string) {
	head := &pluginpb.ImageHeader{Width: 3, Height: 2, Bands: 3, Frames: 2, Stride: 12, SampleFormat: pluginpb.SampleFormat_SAMPLE_FORMAT_UINT8, ColourSpace: pluginpb.ColourSpace_COLOUR_SPACE_RGB}
	rows := []string{"abcdefghi", "jklmnopqr", "ABCDEFGHI", "JKLMNOPQR"}
	return head, []byte(strings.Join(rows, "...") + "..."), "hello:" + strings.Join(rows, "")
}

// encode makes one call; strips are sent when the pixels are given that way.
func (h *host) encode(ctx context.Context, open *pluginpb.EncodeOpen, strips ...*pluginpb.PixelStrip) (data []byte, done *pluginpb.EncodeDone, trailer metadata.MD, err error) {
	stream, err := h.encoder.Encode(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	messages := []*pluginpb.EncodeRequest{{Part: &pluginpb.EncodeRequest_Open{Open: open}}}
	for _, s := range strips {
		messages = append(messages, &pluginpb.EncodeRequest{Part: &pluginpb.EncodeRequest_Strip{Strip: s}})
	}
	for _, m := range messages {
		if err := stream.Send(m); err != nil {
			break // the reason comes with Recv
		}
	}
	_ = stream.CloseSend()
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return data, done, nil, nil
		}
		if err != nil {
			return nil, nil, stream.Trailer(), err
		}
		data = append(data, m.GetData()...)
		if m.GetDone() != nil {
			done = m.GetDone()
		}
	}
}

func TestPixelsComeByFileOrByStrips(t *testing.T) {
	h := started(t, "{}")
	head, pixels, want := picture()
	open := &pluginpb.EncodeOpen{Encoder: "dump", Image: head, Wish: &pluginpb.Wish{Quality: 77}}
	data, done, _, err := h.encode(t.Context(), open,
		&pluginpb.PixelStrip{Frame: 0, Top: 0, Rows: 1, Data: pixels[:12]}, &pluginpb.PixelStrip{Frame: 0, Top: 1, Rows: 1, Data: pixels[12:24]},
		&pluginpb.PixelStrip{Frame: 1, Top: 0, Rows: 2, Data: pixels[24:]})
	if err != nil || string(data) != want || done.GetSize() != uint64(len(want)) || done.GetInFile() {
		t.Errorf("by strips: %q %v %v", data, done, err)
	}
	if w := done.GetWarnings(); len(w) != 1 || w[0] != "quality 77" {
		t.Errorf("warnings %q", w)
	}

	for name, content := range map[string][]byte{"pixels": append(pixels, "left from before"...), "out": nil} {
		if err := os.WriteFile(filepath.Join(h.scratch, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	open.Pixels, open.Output = &pluginpb.FileRef{Name: "pixels", Size: 48}, &pluginpb.FileRef{Name: "out"}
	data, done, _, err = h.encode(t.Context(), open)
	written, _ := os.ReadFile(filepath.Join(h.scratch, "out"))
	if err != nil || len(data) > 0 || string(written) != want || !done.GetInFile() || done.GetSize() != uint64(len(want)) {
		t.Errorf("by file: %q %v %v", written, done, err)
	}
}

func TestWhatTheHostGetsWrongIsAnErrorNotACrash(t *testing.T) {
	h := started(t, "{}")
	if err := os.WriteFile(filepath.Join(h.scratch, "short"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*pluginpb.EncodeOpen){
		"a path":            func(o *pluginpb.EncodeOpen) { o.Pixels = &pluginpb.FileRef{Name: "../x", Size: 48} },
		"a short file":      func(o *pluginpb.EncodeOpen) { o.Pixels = &pluginpb.FileRef{Name: "short", Size: 48} },
		"no file":           func(o *pluginpb.EncodeOpen) { o.Pixels = &pluginpb.FileRef{Name: "none", Size: 48} },
		"no strips":         func(*pluginpb.EncodeOpen) {},
		"no such encoder":   func(o *pluginpb.EncodeOpen) { o.Encoder = "x" },
		"no image":          func(o *pluginpb.EncodeOpen) { o.Image = nil },
		"a short stride":    func(o *pluginpb.EncodeOpen) { o.Image.Stride = 8 },
		"a huge stride":     func(o *pluginpb.EncodeOpen) { o.Image.Stride = 1 << 62 },
		"a wrong band":      func(o *pluginpb.EncodeOpen) { o.Image.Bands = 4 },
		"an unknown param":  func(o *pluginpb.EncodeOpen) { o.ParamsJson = `{"mod":"x"}` },
		"params no object":  func(o *pluginpb.EncodeOpen) { o.ParamsJson = `[]` },
		"an empty result":   func(o *pluginpb.EncodeOpen) { o.ParamsJson = `{"mode":"nothing"}` },
		"an output outside": func(o *pluginpb.EncodeOpen) { o.Output = &pluginpb.FileRef{Name: "/x"} },
	} {
		head, _, _ := picture()
		open := &pluginpb.EncodeOpen{Encoder: "dump", Image: head}
		change(open)
		if _, _, trailer, err := h.encode(t.Context(), open); err == nil || failure(t, trailer) == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if h.client.Exited() {
		t.Error("the plugin is gone")
	}
}

func failure(t *testing.T, trailer metadata.MD) *pluginpb.Failure {
	t.Helper()
	values := trailer.Get(pluginpb.FailureTrailer)
	if len(values) != 1 {
		return nil
	}
	var f pluginpb.Failure
	if err := proto.Unmarshal([]byte(values[0]), &f); err != nil {
		t.Fatal(err)
	}
	return &f
}

func TestAPanicIsAnErrorWithItsStack(t *testing.T) {
	h := started(t, "{}")
	head, _, _ := picture()
	_, _, trailer, err := h.encode(t.Context(), &pluginpb.EncodeOpen{Encoder: "dump", Image: head, ParamsJson: `{"mode":"panic"}`})
	f := failure(t, trailer)
	if status.Code(err) != codes.Internal || f.GetCode() != pluginpb.FailureCode_FAILURE_CODE_PANIC || !strings.Contains(f.GetStack(), "(*dump).Encode") {
		t.Errorf("%v, %v", err, f)
	}
	_, _, trailer, err = h.encode(t.Context(), &pluginpb.EncodeOpen{Encoder: "dump", Image: head, ParamsJson: `{"mode":"busy"}`})
	f = failure(t, trailer)
	if status.Code(err) != codes.Unavailable || !f.GetRetryable() || f.GetRetryAfter().AsDuration() != 3*time.Second {
		t.Errorf("%v, %v", err, f)
	}
}

func TestACancelledCallStops(t *testing.T) {
	h := started(t, "{}")
	head, _, _ := picture()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, _, _, err := h.encode(ctx, &pluginpb.EncodeOpen{Encoder: "dump", Image: head, ParamsJson: `{"mode":"wait"}`}); status.Code(err) != codes.DeadlineExceeded {
		t.Error(err)
	}
}

func TestWhatIsPrintedIsALineOfTheLog(t *testing.T) {
	h := started(t, "{}")
	head, _, _ := picture()
	_, _, _, _ = h.encode(t.Context(), &pluginpb.EncodeOpen{Encoder: "dump", Image: head, ParamsJson: `{"mode":"print"}`, Call: &pluginpb.CallContext{Job: "spring", Asset: "a.jpg"}})
	for h.stdout.String() != "stray\n" { // it comes on a stream of its own
		time.Sleep(time.Millisecond)
	}
	h.client.Kill()
	var line map[string]any
	if err := json.Unmarshal([]byte(h.stderr.String()), &line); err != nil || line["@level"] != "warn" || line["@message"] != "said" || line["job"] != "spring" || line["asset"] != "a.jpg" || line["n"] != 1.0 {
		t.Errorf("%v in %s", err, h.stderr.String())
	}
}

func TestMacros(t *testing.T) {
	h := started(t, "{}")
	got, err := h.macro.Expand(t.Context(), &pluginpb.ExpandRequest{Name: "Size-40", Asset: &pluginpb.Asset{File: "a b.jpg"}, Before: []*pluginpb.Command{{Name: "wid", Value: "9"}}})
	want := &pluginpb.ExpandResponse{Commands: []*pluginpb.Command{{Name: "wid", Value: "Size-40"}, {Name: "$was", Value: "9"}, {Macro: "other"}, {Name: "text", Value: "a b.jpg"}}}
	if err != nil || !proto.Equal(got, want) {
		t.Errorf("%v %v", got, err)
	}
	for _, name := range []string{"size-none", "other"} {
		if _, err := h.macro.Expand(t.Context(), &pluginpb.ExpandRequest{Name: name}); status.Code(err) != codes.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestConfigurationAndParamsAreJudged(t *testing.T) {
	h := &host{}
	h.connect(t, &goplugin.ClientConfig{Cmd: self(t), SkipHostEnv: true})
	var trailer metadata.MD
	_, err := h.plugin.Configure(t.Context(), &pluginpb.ConfigureRequest{ConfigJson: `{"greeting":"no"}`}, grpc.Trailer(&trailer))
	if f := failure(t, trailer); status.Code(err) != codes.InvalidArgument || f.GetParamPath() != "/greeting" || f.GetHint() != "say hello" {
		t.Errorf("%v %v", err, f)
	}
	resp, err := h.plugin.Validate(t.Context(), &pluginpb.ValidateRequest{Encoder: "dump", ParamsJson: `{"mode":"nothing"}`})
	want := &pluginpb.ValidateResponse{Problems: []*pluginpb.Problem{{Path: "/mode", Message: "nothing comes of nothing"}, {Message: "and more"}}}
	if err != nil || !proto.Equal(resp, want) {
		t.Errorf("%v %v", resp, err)
	}
	resp, err = h.plugin.Validate(t.Context(), &pluginpb.ValidateRequest{Encoder: "dump", ParamsJson: `{"mood":1}`})
	if err != nil || len(resp.GetProblems()) != 1 || resp.GetProblems()[0].GetPath() != "/mood" {
		t.Errorf("%v %v", resp, err)
	}
}

func TestShutdownEndsTheProcess(t *testing.T) {
	h := started(t, "{}")
	if _, err := h.plugin.Shutdown(t.Context(), &pluginpb.ShutdownRequest{}); err != nil {
		t.Fatal(err)
	}
	_ = h.conn.Close()
	for !h.client.Exited() {
		time.Sleep(time.Millisecond)
	}
}

func TestDescribeNeedsNoHandshake(t *testing.T) {
	out, err := self(t, "describe").Output()
	if err != nil {
		t.Fatal(err)
	}
	var card pluginpb.DescribeResponse
	if err := protojson.Unmarshal(out, &card); err != nil {
		t.Fatal(err)
	}
	over, err := started(t, "{}").plugin.Describe(t.Context(), &pluginpb.DescribeRequest{})
	if err != nil || !proto.Equal(over, &card) {
		t.Errorf("%v\n%v", over, err)
	}
	if card.GetName() != "test" || card.GetEncoders()[0].GetFormat() != "dump" || !card.GetMacros()[0].GetPerAsset() {
		t.Errorf("%v", &card)
	}
}

func TestStartedByHandItSaysWhatItIs(t *testing.T) {
	cmd := self(t)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != 2 || !strings.Contains(string(out), "is a plugin of exportd") {
		t.Errorf("%v %s", err, out)
	}
}

func TestDebugPrintsWhereToFindIt(t *testing.T) {
	cmd := self(t, "--debug")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 1000)
	n, _ := stdout.Read(line)
	text, ok := strings.CutPrefix(strings.TrimSuffix(string(line[:n]), "'\n"), "export EXPORTD_REATTACH='")
	var at map[string]pluginpb.Reattach
	if err := json.Unmarshal([]byte(text), &at); !ok || err != nil {
		t.Fatalf("%v: %s", err, line[:n])
	}
	conn, err := grpc.NewClient("unix:"+at["test"].Address, grpcInsecure())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := pluginpb.NewPluginServiceClient(conn).Describe(t.Context(), &pluginpb.DescribeRequest{}); err != nil {
		t.Error(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
