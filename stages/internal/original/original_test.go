package original_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/internal/blob"
	"github.com/exportd/exportd/stages/internal/blob/blobtest"
	"github.com/exportd/exportd/stages/internal/original"
)

func write(t testing.TB, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// found looks a file up and makes an asset of it.
func found(t testing.TB, s original.Store, name string) *asset.Asset {
	t.Helper()
	o, err := s.Look(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	return &asset.Asset{Handle: asset.Handle(name), Locator: o.Locator, Size: o.Size, ETag: o.ETag, Modified: o.Modified}
}

func folder(t testing.TB) (*original.Folder, string) {
	t.Helper()
	root := t.TempDir()
	f, err := original.NewFolder(root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, root
}

func TestAFileThatChangesWhileItIsReadIsFound(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	later := time.Now().Add(time.Hour)
	for behaviour, change := range map[string]func(t *testing.T, file string){
		"it is written again": func(t *testing.T, file string) {
			write(t, file, strings.Repeat("y", 10_000))
			_ = os.Chtimes(file, later, later)
		},
		"it grows":  func(t *testing.T, file string) { write(t, file, long+"more") },
		"it is cut": func(t *testing.T, file string) { write(t, file, "short") },
	} {
		for _, end := range []string{"read to the end", "closed before"} {
			f, root := folder(t)
			file := filepath.Join(root, "a")
			write(t, file, long)
			src, err := f.Open(t.Context(), found(t, f, "a"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.CopyN(io.Discard, src, 100); err != nil {
				t.Fatal(err)
			}
			change(t, file)
			if end == "read to the end" {
				_, err = io.Copy(io.Discard, src)
				src.Close()
			} else {
				err = src.Close()
			}
			if d := diag.From(err, ""); d == nil || d.Code != diag.SourceChanged {
				t.Errorf("%s, %s: %v", behaviour, end, err)
			}
		}
	}
}

// TestAFileThatIsReplacedIsReadAsItWas: whoever renames a new file over the old
// one disturbs nobody who has it open.
func TestAFileThatIsReplacedIsReadAsItWas(t *testing.T) {
	f, root := folder(t)
	write(t, filepath.Join(root, "a"), "old")
	a := found(t, f, "a")
	src, err := f.Open(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(root, "b"), "newer")
	if err := os.Rename(filepath.Join(root, "b"), filepath.Join(root, "a")); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(src); err != nil || string(got) != "old" {
		t.Errorf("%q, %v", got, err)
	}
	if err := src.Close(); err != nil {
		t.Error(err)
	}
	if _, err := f.Open(t.Context(), a); diag.From(err, "").Code != diag.SourceChanged {
		t.Errorf("the new file: %v", err)
	}
}

// TestAHugeFileIsLookedAtWithoutReadingIt: 10 GB, of which nothing is on the disk.
func TestAHugeFileIsLookedAtWithoutReadingIt(t *testing.T) {
	f, root := folder(t)
	file, err := os.Create(filepath.Join(root, "huge.tif"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := file.Truncate(10_000_000_000); err != nil {
		t.Fatal(err)
	}
	a := found(t, f, "huge.tif")
	src, err := f.Open(t.Context(), a)
	if err != nil || a.Size != 10_000_000_000 {
		t.Fatal(a.Size, err)
	}
	defer src.Close()
	if at, err := src.Seek(-5, io.SeekEnd); err != nil || at != a.Size-5 {
		t.Error(at, err)
	}
	if rest, err := io.ReadAll(src); err != nil || len(rest) != 5 {
		t.Error(rest, err)
	}
}

// bucket makes a store of a bucket with objects of noise.
func bucket(t *testing.T, cacheBytes int64, sizes map[string]int) (*original.Bucket, *blob.Bucket, string) {
	t.Helper()
	s := blobtest.Start(t)
	b := s.Bucket(t, "pictures")
	for name, size := range sizes {
		put(t, b, name, noise(name, size))
	}
	dir := t.TempDir()
	store, err := original.NewBucket(original.Config{Root: s.Address(t, "pictures"), Credentials: blobtest.Credentials(), CacheDir: dir, CacheBytes: cacheBytes})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store, b, dir
}

func noise(name string, size int) string {
	data := make([]byte, size)
	_, _ = rand.NewChaCha8(sha256.Sum256([]byte(name))).Read(data)
	return string(data)
}

func put(t *testing.T, b *blob.Bucket, name, content string) {
	t.Helper()
	if _, err := b.Put(context.Background(), name, strings.NewReader(content), int64(len(content)), blob.PutOptions{}); err != nil {
		t.Fatal(err)
	}
}

func digest(r io.Reader) (string, error) {
	h := sha256.New()
	_, err := io.Copy(h, r)
	return hex.EncodeToString(h.Sum(nil)), err
}

func TestTheCacheIsBoundedAndLeavesNothing(t *testing.T) {
	sizes := map[string]int{"large": 700_000}
	for i := range 12 {
		sizes[fmt.Sprint(i)] = 100_000
	}
	store, _, dir := bucket(t, 500_000, sizes)
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent()) // the server's stay until the test has ended
	defer store.Close()
	var all sync.WaitGroup
	for range 3 {
		for name, size := range sizes {
			all.Go(func() {
				src, err := store.Open(context.Background(), found(t, store, name))
				if err != nil {
					t.Error(err)
					return
				}
				defer src.Close()
				want, _ := digest(strings.NewReader(noise(name, size)))
				if got, err := digest(src); err != nil || got != want {
					t.Errorf("%s: %s, want %s: %v", name, got, want, err)
				}
				if at, err := src.Seek(-10, io.SeekEnd); err != nil || at != int64(size-10) {
					t.Errorf("%s: at %d, %v", name, at, err)
				}
				if rest, err := io.ReadAll(src); err != nil || string(rest) != noise(name, size)[size-10:] {
					t.Errorf("%s: the end is %q, %v", name, rest, err)
				}
			})
		}
	}
	all.Wait()
	if n := openFiles(t, dir); n*100_000 > 500_000 {
		t.Errorf("%d files of 100,000 bytes are kept", n)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("the cache's files have names: %v, %v", entries, err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if n := openFiles(t, dir); n != 0 {
		t.Errorf("%d files are still open", n)
	}
}

// openFiles counts this process's open files that lay in a folder.
func openFiles(t *testing.T, dir string) (n int) {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if target, err := os.Readlink("/proc/self/fd/" + e.Name()); err == nil && strings.HasPrefix(target, dir+"/") {
			n++
		}
	}
	return n
}

func TestObjectsAreReadOnceAndOnlyAsTheyWere(t *testing.T) {
	store, b, _ := bucket(t, 1_000_000, map[string]int{"a": 1000, "large": 900_000})
	for _, name := range []string{"a", "large"} {
		a := found(t, store, name)
		first, err := store.Open(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		put(t, b, name, "another one")
		again, err := store.Open(t.Context(), a)
		if name == "a" { // cached: it is still there
			if got, e := io.ReadAll(again); err != nil || e != nil || string(got) != noise("a", 1000) {
				t.Errorf("the cached object: %v %v", err, e)
			}
			again.Close()
		} else {
			if err == nil {
				_, err = io.ReadAll(again)
				again.Close()
			}
			if d := diag.From(err, ""); d == nil || d.Code != diag.SourceChanged {
				t.Errorf("an object that is not cached was replaced: %v", err)
			}
		}
		first.Close()
	}
	if err := b.Delete(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	a := &asset.Asset{Handle: "a", Locator: "a", ETag: "0123", Size: 11}
	if _, err := store.Open(t.Context(), a); diag.From(err, "").Code != diag.SourceRead {
		t.Errorf("an object that is gone: %v", err)
	}
}

func TestACacheThatCannotBeWrittenIsDoneWithout(t *testing.T) {
	store, _, dir := bucket(t, 1_000_000, map[string]int{"a": 1000})
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "a file where the folder was")
	src, err := store.Open(t.Context(), found(t, store, "a"))
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if got, err := io.ReadAll(src); err != nil || string(got) != noise("a", 1000) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestNamesThatNoStoreTakes(t *testing.T) {
	store, _, _ := bucket(t, 0, nil)
	f, _ := folder(t)
	for _, name := range []string{"", ".", "..", "../a", "/a", "a/../b", "a//b", "a/", "a\x00", `a\b`} {
		for _, s := range []original.Store{store, f} {
			if _, err := s.Look(t.Context(), name); !errors.Is(err, original.ErrNotBelow) {
				t.Errorf("%T: %q: %v", s, name, err)
			}
		}
	}
}
