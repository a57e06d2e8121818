package job

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/strict"
)

// MaxBytes bounds a job file. More handles than fit go into a handle file.
const MaxBytes = 16 << 20

// The two values of [Job.Format].
const (
	FormatOrig    = "orig"
	FormatConvert = "convert"
)

// Job is an ExportJob, checked. Handles stand either in Handles or in the file
// that HandleFile names.
type Job struct {
	Name         string         // jobName: names the output folder
	Handles      []asset.Handle // assetHandleArray
	HandleFile   string         // assetHandleFile, absolute; "" when Handles are given
	Format       string         // fmt: orig or convert
	Modifier     string         // is_modifier, "" when blank
	Macro        string         // macro, "" when blank
	EmailSetting string         // emailSetting; None when absent
	ClientID     string         // clientId: recorded, never interpreted

	typed  string     // HandleFile as the job spells it, for messages
	place  diag.Place // of assetHandleFile
	places map[string]diag.Place
}

// Place says where the job's is_modifier or macro stands, for the messages of
// those who read them. A job that was not read from a file has no places.
func (j *Job) Place(key string) diag.Place { return j.places[key] }

// Read reads the job file at path. A relative assetHandleFile is relative to it.
// The error is a diag.Diag or a diag.List; that the handle file can be read and
// names an asset is made sure of too.
func Read(path string) (*Job, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, data)
}

// Parse is [Read] for a text at hand: file is its name in messages, and the
// folder that a relative assetHandleFile starts from. JSON is what is named
// .json or starts with a brace.
func Parse(file string, data []byte) (*Job, error) { return parse(file, data, nil) }

func parse(file string, data []byte, handles *string) (*Job, error) {
	read := strict.Read
	if isJSON(file, data) {
		read = strict.ReadJSON
	}
	doc, err := read(file, data, MaxBytes)
	if err != nil {
		return nil, err
	}
	r := &reader{doc: doc, sent: handles}
	if err := doc.Decode(&r.text); err != nil {
		r.found.Add(diag.All(err, diag.KeyType)...)
	}
	return r.job(file)
}

// ParseRequest is [Parse] for a text that came over a network: it may not name a
// file of this machine. Its handles stand in the file that handles names, or in
// its array when handles is "".
func ParseRequest(file string, data []byte, handles string) (*Job, error) {
	return parse(file, data, &handles)
}

func isJSON(file string, data []byte) bool {
	text := strings.TrimLeft(strings.TrimPrefix(string(data[:min(len(data), 4096)]), byteOrderMark), " \t\r\n")
	return strings.EqualFold(filepath.Ext(file), ".json") || strings.HasPrefix(text, "{")
}

const byteOrderMark = "\ufeff"

// readFile reads no more than it takes to see that a file is too large.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, diag.New(diag.FileMissing, "no job file at %s", path).WithHint("check the path")
	}
	if err != nil {
		return nil, diag.New(diag.FileRead, "read the job: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err != nil {
		return nil, diag.New(diag.FileRead, "read the job: %w", err)
	}
	return data, nil
}
