package daemon

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// accepted stores a request with two handles.
func accepted(t *testing.T) (store, *Request) {
	t.Helper()
	s, err := newStore(filepath.Join(t.TempDir(), "jobs"))
	if err != nil {
		t.Fatal(err)
	}
	r := &Request{ID: "J1", Created: time.Unix(1, 0).UTC(), Company: "acme", Pipeline: "default", Job: jobText{Name: "n", Format: "orig"}}
	dir, err := s.begin(r.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := writeHandles(filepath.Join(dir, handlesFile), []asset.Handle{"a.jpg", "b c.jpg"}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, planFile), []byte("version = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.accept(dir, r); err != nil {
		t.Fatal(err)
	}
	return s, r
}

func TestAnAcceptedRequestReadsBack(t *testing.T) {
	s, want := accepted(t)
	got, err := s.read(want.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var handles []asset.Handle
	if err := s.job(got).EachHandle(func(_ int, h asset.Handle) error { handles = append(handles, h); return nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]asset.Handle{"a.jpg", "b c.jpg"}, handles); diff != "" {
		t.Error(diff)
	}
}

func TestADamagedRequestIsRefused(t *testing.T) {
	for _, name := range []string{requestFile, handlesFile, planFile} {
		t.Run(name, func(t *testing.T) {
			s, r := accepted(t)
			f, err := os.OpenFile(s.path(r.ID, name), os.O_WRONLY|os.O_APPEND, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.WriteString(" "); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := s.read(r.ID); diag.From(err, "").Code != diag.StateRead {
				t.Errorf("read a damaged %s: %v", name, err)
			}
		})
	}
}

func TestARequestThatNobodyWasToldAboutIsRemoved(t *testing.T) {
	s, _ := accepted(t)
	if _, err := s.begin("J2"); err != nil {
		t.Fatal(err)
	}
	if _, err := newStore(s.dir); err != nil {
		t.Fatal(err)
	}
	ids, err := s.ids()
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(s.dir, incoming+"*")); len(left) > 0 || len(ids) != 1 {
		t.Errorf("left are %v, and the jobs %v", left, ids)
	}
}

func TestHandlesThatAreNoLineAreRefused(t *testing.T) {
	for _, h := range []asset.Handle{"a\nb", " a", "a\r"} {
		if err := writeHandles(filepath.Join(t.TempDir(), "h"), []asset.Handle{h}); err == nil {
			t.Errorf("%q was taken", h)
		}
	}
}
