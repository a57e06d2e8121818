package ziptarget

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"time"
	"unicode/utf8"
)

// writer writes the entries of one archive.
type writer struct {
	zip   *zip.Writer
	spool string
	old   *archives
	raw   int64 // entries of so many bytes and more are written as a stream

	buf     []byte        // bytes of a small file
	packed  bytes.Buffer  // and what flate makes of them
	deflate *flate.Writer // into packed
}

// small is the size up to which an entry is made in memory, in bytes.
const small = 1 << 20

// rawLimit is the size from which on an entry is written as a stream, with its sizes
// behind it: archive/zip writes no zip64 sizes in front.
const rawLimit = 1<<32 - 1

// epoch is the time of every entry: the first that a ZIP can hold. The year
// counts from 1980 in the upper seven bits of a date, then month and day.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

const epochDate = 1<<5 | 1

// add writes one entry, checked against its sum on the way.
func (w *writer) add(e entry) error {
	if e.size <= small {
		f, err := openBare(w.path(e.sum))
		if errors.Is(err, fs.ErrNotExist) {
			return w.addOld(e)
		}
		if err != nil {
			return err
		}
		defer f.Close()
		return w.addSmall(e, f)
	}
	f, err := os.Open(w.path(e.sum))
	if errors.Is(err, fs.ErrNotExist) {
		return w.addOld(e)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	return w.addLarge(e, f)
}

// addOld takes an entry over from an archive that an earlier run finished.
func (w *writer) addOld(e entry) error {
	r, err := w.copyOf(e)
	if err != nil {
		return err
	}
	defer r.Close()
	if e.size <= small {
		return w.addSmall(e, r)
	}
	// The archive cannot be read twice at little cost, so its sizes come behind.
	hash := sha256.New()
	method := zip.Store
	if w.old.find(e.sum).Method == zip.Deflate {
		method = zip.Deflate
	}
	if err := w.stream(e.name, method, io.TeeReader(r, hash)); err != nil {
		return err
	}
	return check(e, hash)
}

// addSmall reads a file whole.
func (w *writer) addSmall(e entry, r io.Reader) error {
	if int64(cap(w.buf)) <= e.size {
		w.buf = make([]byte, min(2*e.size+64<<10, small+1))
	}
	n, err := io.ReadFull(r, w.buf[:e.size+1])
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return err
	}
	sum := sha256.Sum256(w.buf[:n])
	if int64(n) != e.size || hex.EncodeToString(sum[:]) != e.sum {
		return damaged(e.name)
	}
	return w.whole(e.name, w.buf[:n])
}

// whole writes an entry whose bytes are in memory.
func (w *writer) whole(name string, data []byte) error {
	h := header(name)
	h.CRC32, h.UncompressedSize64 = crc32.ChecksumIEEE(data), uint64(len(data))
	if !compressed(name, data) {
		packed, err := w.pack(data)
		if err != nil {
			return err
		}
		if len(packed) < len(data) {
			h.Method, data = zip.Deflate, packed
		}
	}
	h.CompressedSize64 = uint64(len(data))
	out, err := w.zip.CreateRaw(h)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	return err
}

// pack deflates bytes; the result lives until the next call.
func (w *writer) pack(data []byte) ([]byte, error) {
	w.packed.Reset()
	if w.deflate == nil {
		var err error
		if w.deflate, err = flate.NewWriter(&w.packed, flate.DefaultCompression); err != nil {
			return nil, err
		}
	} else {
		w.deflate.Reset(&w.packed)
	}
	_, err := w.deflate.Write(data)
	err = errors.Join(err, w.deflate.Close())
	return w.packed.Bytes(), err
}

// addLarge reads a file twice: its checksum stands in front of its bytes, and
// nothing of a damaged file gets into the archive.
func (w *writer) addLarge(e entry, f *os.File) error {
	hash, crc := sha256.New(), crc32.NewIEEE()
	if _, err := io.Copy(io.MultiWriter(hash, crc), io.LimitReader(f, e.size+1)); err != nil {
		return err
	}
	if info, err := f.Stat(); err != nil || info.Size() != e.size {
		return damaged(e.name)
	}
	if err := check(e, hash); err != nil {
		return err
	}
	head := make([]byte, sample)
	if _, err := f.ReadAt(head, 0); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	switch {
	case !compressed(e.name, head) && w.shrinks(head):
		return w.stream(e.name, zip.Deflate, f)
	case e.size >= w.raw:
		return w.stream(e.name, zip.Store, f)
	}
	h := header(e.name)
	h.CRC32, h.UncompressedSize64, h.CompressedSize64 = crc.Sum32(), uint64(e.size), uint64(e.size)
	out, err := w.zip.CreateRaw(h)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, f)
	return err
}

// stream writes an entry whose sizes and checksum follow its bytes.
func (w *writer) stream(name string, method uint16, r io.Reader) error {
	h := &zip.FileHeader{Name: name, Method: method, Modified: epoch}
	h.SetMode(0o644)
	out, err := w.zip.CreateHeader(h)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, r)
	return err
}

// header begins an entry that CreateRaw writes as it is given.
func header(name string) *zip.FileHeader {
	h := &zip.FileHeader{Name: name, Method: zip.Store, ReaderVersion: 20}
	h.ModifiedDate = epochDate //nolint:staticcheck // the only date that CreateRaw writes
	h.SetMode(0o644)
	for _, c := range []byte(name) {
		if c >= utf8.RuneSelf {
			h.Flags |= 0x800 // the name is UTF-8
			break
		}
	}
	return h
}

func check(e entry, hash hash.Hash) error {
	if hex.EncodeToString(hash.Sum(nil)) != e.sum {
		return damaged(e.name)
	}
	return nil
}
