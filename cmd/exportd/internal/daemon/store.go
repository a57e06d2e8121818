package daemon

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/job"
)

// Request is a job as it was accepted. It is stored before anybody hears that it
// was, and never changed.
type Request struct {
	ID       string    `json:"id"`
	Created  time.Time `json:"created"`
	Company  string    `json:"company,omitempty"`
	User     string    `json:"user,omitempty"`
	Roles    []string  `json:"roles,omitempty"`
	Pipeline string    `json:"pipeline"`
	Priority int       `json:"priority,omitempty"`
	Job      jobText   `json:"job"`
	// Sums are the SHA-256 of the files beside it.
	Sums map[string]string `json:"sums"`
}

// jobText is a job without its handles.
type jobText struct {
	Name         string `json:"jobName"`
	Format       string `json:"fmt"`
	Modifier     string `json:"is_modifier,omitempty"`
	Macro        string `json:"macro,omitempty"`
	EmailSetting string `json:"emailSetting,omitempty"`
	ClientID     string `json:"clientId,omitempty"`
}

// The files of a job's folder.
const (
	requestFile = "request.json"
	sumFile     = "request.sha256"
	handlesFile = "handles.txt"
	planFile    = "plan.toml"
	recordFile  = "record.json"
	logFile     = "log.ndjson"
)

// incoming begins the names of folders of requests that are not accepted yet.
const incoming = ".new-"

// store keeps requests.
type store struct{ dir string }

func (s store) path(id, name string) string { return filepath.Join(s.dir, id, name) }

// newStore makes the folder, and removes what a crash left of requests that
// nobody was told about.
func newStore(dir string) (store, error) {
	s := store{dir}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return s, stateError("make the folder of the jobs", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, incoming+"*"))
	for _, l := range left {
		err = errors.Join(err, os.RemoveAll(l))
	}
	if err != nil {
		return s, stateError("clear the folder of the jobs", err)
	}
	return s, nil
}

// begin makes the folder of a request that is coming in. The caller accepts it or
// removes it.
func (s store) begin(id string) (dir string, err error) {
	dir = filepath.Join(s.dir, incoming+id)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", stateError("make a job's folder", err)
	}
	return dir, nil
}

// accept makes a request durable: its files, then its name.
func (s store) accept(dir string, r *Request) error {
	r.Sums = map[string]string{}
	for _, name := range []string{handlesFile, planFile} {
		sum, err := syncAndSum(filepath.Join(dir, name))
		if err != nil {
			return stateError("store a job", err)
		}
		r.Sums[name] = sum
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	err = writeFile(filepath.Join(dir, requestFile), text)
	if err == nil {
		err = writeFile(filepath.Join(dir, sumFile), []byte(hex.EncodeToString(sum[:])+"  "+requestFile+"\n"))
	}
	if err == nil {
		err = syncFolder(dir)
	}
	if err == nil {
		err = os.Rename(dir, filepath.Join(s.dir, r.ID))
	}
	if err == nil {
		err = syncFolder(s.dir)
	}
	if err != nil {
		return stateError("store a job", err)
	}
	return nil
}

// read reads a request and checks its sums.
func (s store) read(id string) (*Request, error) {
	text, err := os.ReadFile(s.path(id, requestFile))
	if err != nil {
		return nil, stateError("read a job's request", err)
	}
	want, err := os.ReadFile(s.path(id, sumFile))
	if err != nil {
		return nil, stateError("read a job's request", err)
	}
	sum := sha256.Sum256(text)
	if hash, _, _ := strings.Cut(string(want), " "); hash != hex.EncodeToString(sum[:]) {
		return nil, damaged(id, requestFile)
	}
	var r Request
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, stateError("read a job's request", err)
	}
	for name, want := range r.Sums {
		got, err := sumOf(s.path(id, name))
		if err != nil {
			return nil, stateError("read a job's request", err)
		}
		if got != want {
			return nil, damaged(id, name)
		}
	}
	return &r, nil
}

func damaged(id, name string) error {
	return diag.New(diag.StateRead, "%s of the job %s is not what was stored: its sum differs", name, id).
		WithHint("the state folder was damaged from outside: submit the job again")
}

// job makes the job of a request.
func (s store) job(r *Request) *job.Job {
	return &job.Job{
		Name: r.Job.Name, HandleFile: s.path(r.ID, handlesFile), Format: r.Job.Format, Modifier: r.Job.Modifier,
		Macro: r.Job.Macro, EmailSetting: r.Job.EmailSetting, ClientID: r.Job.ClientID,
	}
}

// ids lists the jobs that are stored.
func (s store) ids() ([]string, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, stateError("list the jobs", err)
	}
	var ids []string
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			ids = append(ids, e.Name())
		}
	}
	return ids, nil
}

// writeRecord keeps a copy of a record, for the day on which the queue is lost.
func (s store) writeRecord(r Record) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	path := s.path(r.ID, recordFile)
	if err := writeFile(path+".tmp", text); err != nil {
		return stateError("keep a job's record", err)
	}
	if err := os.Rename(path+".tmp", path); err != nil {
		return stateError("keep a job's record", err)
	}
	return nil
}

// readRecord reads the copy; none is no error.
func (s store) readRecord(id string) (r Record, err error) {
	text, err := os.ReadFile(s.path(id, recordFile))
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		return Record{}, stateError("read a job's record", err)
	}
	return r, nil
}

// remove removes a job.
func (s store) remove(id string) error {
	if err := os.RemoveAll(filepath.Join(s.dir, id)); err != nil {
		return stateError("remove a job", err)
	}
	return nil
}

// writeHandles writes handles a line each.
func writeHandles(path string, handles []asset.Handle) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return stateError("store a job's handles", err)
	}
	w := bufio.NewWriter(f)
	for i, h := range handles {
		if strings.ContainsAny(string(h), "\r\n") || strings.TrimSpace(string(h)) != string(h) {
			_ = f.Close()
			return diag.New(diag.KeyValue, "assetHandleArray[%d] %q has white space at an end, or a line break", i, h)
		}
		fmt.Fprintln(w, h)
	}
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		return stateError("store a job's handles", err)
	}
	return nil
}

func writeFile(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// syncAndSum makes a file durable and gives its SHA-256.
func syncAndSum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	err = f.Sync()
	if err = errors.Join(err, f.Close()); err != nil {
		return "", err
	}
	return sumOf(path)
}

func sumOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
