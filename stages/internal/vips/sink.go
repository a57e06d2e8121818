package vips

import (
	"encoding/binary"
	"errors"
	"hash"
	"io"
	"os"
)

// sink writes to the file, counts and hashes, and keeps the error that libvips
// would forget. Without a file it only counts.
type sink struct {
	file *os.File
	sum  hash.Hash
	size int64
	err  error
	// head goes behind the first two bytes of a JPEG.
	head []byte
}

// Write is called with the chunks of a stream.
func (s *sink) Write(p []byte) (int, error) {
	if s.size > 0 || len(s.head) == 0 || len(p) < 2 {
		return len(p), s.write(p)
	}
	if err := errors.Join(s.write(p[:2]), s.write(s.head), s.write(p[2:])); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (s *sink) write(p []byte) error {
	if s.file == nil {
		s.size += int64(len(p))
		return nil
	}
	n, err := s.file.Write(p)
	s.sum.Write(p[:n])
	s.size += int64(n)
	return s.note(err)
}

func (s *sink) note(err error) error {
	if err != nil && s.err == nil {
		s.err = err
	}
	return err
}

// finish hashes a file that libvips wrote itself, once mend, which may be nil,
// has put it right.
func (s *sink) finish(mend func(*os.File) error) error {
	if mend != nil {
		if err := mend(s.file); err != nil {
			return s.note(err)
		}
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return s.note(err)
	}
	n, err := io.Copy(s.sum, s.file)
	s.size = n
	return s.note(err)
}

// probe finds out whether the disk is why libvips could not write the file
// itself: it hides the reason, so some megabytes more are tried.
func (s *sink) probe() {
	if _, err := s.file.Seek(0, io.SeekEnd); err != nil {
		_ = s.note(err)
		return
	}
	chunk := make([]byte, 1<<20)
	for range 4 {
		if _, err := s.file.Write(chunk); err != nil {
			_ = s.note(err)
			return
		}
	}
}

// iccPart is how much of a profile one segment of a JPEG holds (ICC.1:2010, B.4).
const iccPart = 65_519

// iccSegments are the segments that carry a profile: govips strips it with the
// rest of the metadata.
func iccSegments(profile []byte) []byte {
	var b []byte
	n := (len(profile) + iccPart - 1) / iccPart
	for i := range n {
		part := profile[i*iccPart : min((i+1)*iccPart, len(profile))]
		size := len(part) + 16
		b = append(b, 0xFF, 0xE2, byte(size>>8), byte(size))
		b = append(b, "ICC_PROFILE\x00"...)
		b = append(b, byte(i+1), byte(n))
		b = append(b, part...)
	}
	return b
}

// jfif is the segment that follows the first two bytes of a JPEG and tells its
// density. libvips 8.14 leaves it out when it strips metadata.
func jfif(dpi int) []byte {
	hi, lo := byte(dpi>>8), byte(dpi)
	return []byte{0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 1, hi, lo, hi, lo, 0, 0}
}

// exifDensity is the segment that tells the density of a JPEG of CMYK, which JFIF
// does not know: an Exif block of three tags.
func exifDensity(dpi int) []byte {
	const tags, resolution = 3, 8 + 2 + 3*12 + 4 // where the one fraction lies
	b := append([]byte("MM\x00*"), 0, 0, 0, 8, 0, tags)
	tag := func(number, kind uint16, value uint32) {
		b = binary.BigEndian.AppendUint16(b, number)
		b = binary.BigEndian.AppendUint16(b, kind)
		b = binary.BigEndian.AppendUint32(b, 1)
		b = binary.BigEndian.AppendUint32(b, value)
	}
	tag(0x011A, 5, resolution) // XResolution, a fraction
	tag(0x011B, 5, resolution) // YResolution
	tag(0x0128, 3, 2<<16)      // ResolutionUnit: inch
	b = append(b, 0, 0, 0, 0)
	b = binary.BigEndian.AppendUint32(b, uint32(dpi))
	b = binary.BigEndian.AppendUint32(b, 1)
	size := len(b) + len("Exif\x00\x00") + 2
	return append(append([]byte{0xFF, 0xE1, byte(size >> 8), byte(size)}, "Exif\x00\x00"...), b...)
}
