package photoshop

import (
	"encoding/binary"
	"errors"
	"io"
)

// maxBytes bounds the resource blocks that are read of one picture.
const maxBytes = 16 << 20

// maxSegments bounds the markers of a JPEG, and the tags of a TIFF directory,
// that are looked at.
const maxSegments = 4096

// signature begins the APP13 segments that hold image resources.
const signature = "Photoshop 3.0\x00"

// Read finds the paths of a JPEG or TIFF from its start, and whether the alpha of a
// TIFF is associated, where r is left anywhere. Data that is no such file, or that is damaged, has the paths that
// were found before the damage; the error is only ever that of r.
func Read(r io.ReadSeeker) (Paths, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return Paths{}, err
	}
	head, err := take(r, 2)
	if err != nil {
		return Paths{}, truncated(err)
	}
	var data []byte
	associated := false
	switch string(head) {
	case "\xff\xd8":
		data, err = fromJPEG(r)
	case "II":
		data, associated, err = fromTIFF(r, binary.LittleEndian)
	case "MM":
		data, associated, err = fromTIFF(r, binary.BigEndian)
	}
	paths := Parse(data)
	paths.Associated = associated
	return paths, truncated(err)
}

// truncated drops the error of a file that ends early.
func truncated(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

func take(r io.Reader, n int) ([]byte, error) {
	b := make([]byte, n)
	_, err := io.ReadFull(r, b)
	return b, err
}

// fromJPEG joins the APP13 segments before the scan: resources larger than a
// segment go on in the next one.
func fromJPEG(r io.ReadSeeker) (data []byte, err error) {
	for range maxSegments {
		head, err := take(r, 4)
		if err != nil {
			return data, err
		}
		for head[0] == 0xff && head[1] == 0xff { // fill bytes may stand before a marker
			next, err := take(r, 1)
			if err != nil {
				return data, err
			}
			head = append(head[1:], next[0])
		}
		marker, size := head[1], int64(binary.BigEndian.Uint16(head[2:]))-2
		if head[0] != 0xff || marker == 0xda || marker == 0xd9 || size < 0 {
			return data, nil
		}
		if marker != 0xed || size < int64(len(signature)) || int64(len(data))+size > maxBytes {
			if _, err := r.Seek(size, io.SeekCurrent); err != nil {
				return data, err
			}
			continue
		}
		body, err := take(r, int(size))
		if err != nil {
			return data, err
		}
		if string(body[:len(signature)]) == signature {
			data = append(data, body[len(signature):]...)
		}
	}
	return data, nil
}

// The TIFF tags of Photoshop's image resources, and of what the bands beyond the
// colours mean: 1 is alpha that the colours are multiplied with.
const (
	resourcesTag    = 34377
	extraSamplesTag = 338
)

// fromTIFF reads the tag of the first directory. BigTIFF is not read: Photoshop
// writes none with paths below its 4 GiB.
func fromTIFF(r io.ReadSeeker, order binary.ByteOrder) (data []byte, associated bool, err error) {
	head, err := take(r, 6)
	if err != nil || order.Uint16(head) != 42 {
		return nil, false, err
	}
	if _, err := r.Seek(int64(order.Uint32(head[2:])), io.SeekStart); err != nil {
		return nil, false, err
	}
	count, err := take(r, 2)
	if err != nil {
		return nil, false, err
	}
	tags, err := take(r, 12*min(maxSegments, int(order.Uint16(count))))
	if err != nil {
		return nil, false, err
	}
	for ; len(tags) > 0; tags = tags[12:] {
		kind, size := order.Uint16(tags[2:]), order.Uint32(tags[4:])
		switch order.Uint16(tags) {
		case extraSamplesTag:
			associated = kind == 3 && (size == 1 || size == 2) && order.Uint16(tags[8:]) == 1
		case resourcesTag:
			if kind != 1 && kind != 7 || size > maxBytes || size <= 4 {
				return nil, associated, nil
			}
			if _, err := r.Seek(int64(order.Uint32(tags[8:])), io.SeekStart); err != nil {
				return nil, associated, err
			}
			// The size is a claim: read as it comes, so that a short file costs no memory.
			data, err = io.ReadAll(io.LimitReader(r, int64(size)))
			return data, associated, err
		}
	}
	return nil, associated, nil
}
