package deliver

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/stage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// source serves bytes as an asset's.
type source struct {
	io.ReadSeeker
	fail error
}

func (s source) Read(p []byte) (int, error) {
	n, err := s.ReadSeeker.Read(p)
	if errors.Is(err, io.EOF) && s.fail != nil {
		err = s.fail
	}
	return n, err
}

func (source) Close() error { return nil }

// world is a stage with what the run lends it.
type world struct {
	stage.Committer
	env    stage.Env
	broken error // what reading the source ends with
}

const content = "the bytes of an asset"

func newWorld(t *testing.T, to string, change func(*stage.Env)) *world {
	t.Helper()
	root := filepath.Join(t.TempDir(), "out")
	w := &world{env: stage.Env{Root: root, Scratch: filepath.Join(root, ".exportd", "id", "scratch"), Durable: true}}
	w.env.Open = func(context.Context, *asset.Asset) (asset.Source, error) {
		return source{strings.NewReader(content), w.broken}, nil
	}
	if change != nil {
		change(&w.env)
	}
	if err := os.MkdirAll(w.env.Scratch, 0o700); err != nil {
		t.Fatal(err)
	}
	st, err := Kind().New(stage.Config{Name: "deliver", Params: map[string]any{"to": to, "name": "n"}, Env: w.env})
	if err != nil {
		t.Fatal(err)
	}
	w.Committer = st.(stage.Committer)
	t.Cleanup(func() {
		if err := st.(stage.Closer).Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func item(name, rendition string, size int) *asset.Item {
	return &asset.Item{
		Asset:     &asset.Asset{Handle: asset.Handle(name), File: name, Size: int64(size), Format: "png"},
		Rendition: rendition,
		Names:     map[string]string{asset.NameKey("deliver", rendition): name},
	}
}

// run takes items through both steps, as the run-time does.
func (w *world) run(t *testing.T, items ...*asset.Item) []error {
	t.Helper()
	errs := make([]error, len(items))
	var ready []*asset.Item
	var at []int
	for i, it := range items {
		if errs[i] = w.Process(context.Background(), it); errs[i] == nil {
			ready, at = append(ready, it), append(at, i)
		}
	}
	for n, err := range w.Commit(context.Background(), ready) {
		errs[at[n]] = err
	}
	for _, it := range items {
		if err := it.Close(); err != nil {
			t.Error(err)
		}
	}
	return errs
}

func files(t *testing.T, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(root, p)
		b, err := os.ReadFile(p)
		found[filepath.ToSlash(rel)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func sumOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func code(err error) diag.Code {
	if err == nil {
		return ""
	}
	return diag.From(err, "none").Code
}

func TestAnOriginalIsCopiedAndHashed(t *testing.T) {
	w := newWorld(t, "file:", nil)
	it := item("nature/a.png", "", len(content))
	if err := w.run(t, it)[0]; err != nil {
		t.Fatal(err)
	}
	want := &asset.Delivered{Stage: "deliver", Name: "nature/a.png", Bytes: int64(len(content)), SHA256: sumOf(content), Format: "png"}
	if diff := cmp.Diff(want, it.Delivered); diff != "" || it.SourceSHA256 != want.SHA256 {
		t.Errorf("source sum %s\n%s", it.SourceSHA256, diff)
	}
	if got := files(t, w.env.Root); len(got) != 1 || got["nature/a.png"] != content {
		t.Errorf("the target holds %v", got)
	}
}

func TestAnArtifactIsMoved(t *testing.T) {
	w := newWorld(t, "file:sub/dir", nil)
	it := item("a.png", "card", len(content))
	made := filepath.Join(w.env.Scratch, "made")
	if err := os.WriteFile(made, []byte("art"), 0o600); err != nil {
		t.Fatal(err)
	}
	it.Artifact = &asset.Artifact{Format: "png", Ext: "png", Width: 4, Height: 3, Size: 3, Path: made} // the sum is left to deliver
	if err := w.run(t, it)[0]; err != nil {
		t.Fatal(err)
	}
	want := &asset.Delivered{Stage: "deliver", Rendition: "card", Name: "a.png", Bytes: 3, SHA256: sumOf("art"), Width: 4, Height: 3, Format: "png"}
	if diff := cmp.Diff(want, it.Delivered); diff != "" {
		t.Error(diff)
	}
	if got := files(t, w.env.Root); len(got) != 1 || got["sub/dir/a.png"] != "art" {
		t.Errorf("the target holds %v", got)
	}
}

func TestSourcesThatChangeOrFail(t *testing.T) {
	for _, c := range []struct {
		behaviour string
		size      int
		sum       string
		broken    error
		code      diag.Code
		says      string
	}{
		{"shorter than planned", len(content) + 5, "", nil, diag.SourceChanged, "changed while it was read"},
		{"longer than planned", len(content) - 5, "", nil, diag.SourceChanged, "changed while it was read"},
		{"other bytes than decode read", len(content), "0000", nil, diag.SourceChanged, "earlier stage"},
		{"a read error", len(content), "", errors.New("bad sector"), diag.SourceRead, "bad sector"},
		{"a diagnosed read error", len(content), "", diag.New(diag.SourceRead, "gone").WithHint("h"), diag.SourceRead, "gone"},
	} {
		w := newWorld(t, "file:", nil)
		w.broken = c.broken
		it := item("a", "", c.size)
		it.SourceSHA256 = c.sum
		err := w.run(t, it)[0]
		if code(err) != c.code || !strings.Contains(err.Error(), c.says) || it.Delivered != nil {
			t.Errorf("%s: %v", c.behaviour, err)
		}
		if got := files(t, w.env.Root); len(got) != 0 {
			t.Errorf("%s: the target holds %v", c.behaviour, got)
		}
	}
}

func TestAFullTargetIsNotTheSourcesFault(t *testing.T) {
	full := t.TempDir()
	if err := syscall.Mount("tmpfs", full, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("a small file system needs the right to mount: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(full, syscall.MNT_DETACH) })
	w := newWorld(t, "file://"+full, nil)
	large := strings.Repeat("x", 128<<10)
	w.Committer.(*deliver).env.Open = func(context.Context, *asset.Asset) (asset.Source, error) {
		return source{strings.NewReader(large), nil}, nil
	}
	if err := w.run(t, item("a", "", len(large)))[0]; code(err) != diag.TargetFull {
		t.Errorf("got %v", err)
	}
	if got := files(t, full); len(got) != 0 {
		t.Errorf("the target holds %v", got)
	}
}

func TestASourceThatCannotBeOpened(t *testing.T) {
	w := newWorld(t, "file:", func(e *stage.Env) {
		e.Open = func(context.Context, *asset.Asset) (asset.Source, error) { return nil, diag.New(diag.SourceRead, "no") }
	})
	if err := w.run(t, item("a", "", 1))[0]; code(err) != diag.SourceRead {
		t.Errorf("got %v", err)
	}
}

func TestOneItemsTroubleIsItsOwn(t *testing.T) {
	w := newWorld(t, "file:", nil)
	if err := os.MkdirAll(filepath.Join(w.env.Root, "folder", "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	nameless := item("c", "", len(content))
	nameless.Names = nil
	items := []*asset.Item{item("a", "", len(content)), item("folder", "", len(content)), nameless, item("b", "", len(content))}
	errs := w.run(t, items...)
	if errs[0] != nil || code(errs[1]) != diag.Target || code(errs[2]) != diag.InternalError || errs[3] != nil {
		t.Errorf("got %v", errs)
	}
	if got := files(t, w.env.Root); len(got) != 2 {
		t.Errorf("the target holds %v", got)
	}
	// What failed can be tried again.
	if err := os.RemoveAll(filepath.Join(w.env.Root, "folder")); err != nil {
		t.Fatal(err)
	}
	if err := w.run(t, items[1])[0]; err != nil {
		t.Error(err)
	}
}

func TestAWrongArtifactIsADefect(t *testing.T) {
	w := newWorld(t, "file:", nil)
	for _, size := range []int64{2, 4} {
		made := filepath.Join(w.env.Scratch, "made")
		if err := os.WriteFile(made, []byte("art"), 0o600); err != nil {
			t.Fatal(err)
		}
		it := item("a", "", 1)
		it.Artifact = &asset.Artifact{Size: size, Path: made, Width: 1}
		if err := w.run(t, it)[0]; code(err) != diag.InternalError {
			t.Errorf("size %d: %v", size, err)
		}
	}
	if errs := w.Commit(context.Background(), []*asset.Item{item("a", "", 1)}); code(errs[0]) != diag.InternalError {
		t.Errorf("an unprepared item: %v", errs)
	}
}

func TestWhatIsNotCommittedIsRemoved(t *testing.T) {
	w := newWorld(t, "file:", nil)
	if err := w.Process(context.Background(), item("a", "", len(content))); err != nil {
		t.Fatal(err)
	}
	if err := w.Committer.(stage.Closer).Close(); err != nil {
		t.Fatal(err)
	}
	if got := files(t, w.env.Root); len(got) != 0 {
		t.Errorf("the target holds %v", got)
	}
}

func TestACancelledRunWritesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	w := newWorld(t, "file:", nil)
	it := item("a", "", len(content))
	if err := w.Process(ctx, it); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := w.Process(ctx, item("b", "", len(content))); !errors.Is(err, context.Canceled) {
		t.Errorf("process: %v", err)
	}
	if errs := w.Commit(ctx, []*asset.Item{it}); !errors.Is(errs[0], context.Canceled) || it.Delivered != nil {
		t.Errorf("commit: %v", errs)
	}
	if got := files(t, w.env.Root); len(got) != 0 {
		t.Errorf("the target holds %v", got)
	}
}

func TestManyWorkersAtOnce(t *testing.T) {
	w := newWorld(t, "file:", nil)
	const workers, each = 4, 10
	done := make(chan error)
	for k := range workers {
		go func() {
			var items []*asset.Item
			for i := range each {
				it := item(string(rune('a'+k))+"/"+string(rune('a'+i)), "", len(content))
				if err := w.Process(context.Background(), it); err != nil {
					done <- err
					return
				}
				items = append(items, it)
			}
			done <- errors.Join(w.Commit(context.Background(), items)...)
		}()
	}
	for range workers {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if got := files(t, w.env.Root); len(got) != workers*each {
		t.Errorf("the target holds %d files", len(got))
	}
}

func TestALargeFileIsCopiedWhole(t *testing.T) {
	large := bytes.Repeat([]byte("0123456789"), bufferSize/4)
	w := newWorld(t, "file:", func(e *stage.Env) {
		e.Open = func(context.Context, *asset.Asset) (asset.Source, error) {
			return source{bytes.NewReader(large), nil}, nil
		}
	})
	it := item("large", "", len(large))
	if err := w.run(t, it)[0]; err != nil || it.SourceSHA256 != sumOf(string(large)) {
		t.Errorf("%v, %s", err, it.SourceSHA256)
	}
}
