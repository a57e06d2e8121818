package vips

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
)

// dropEXIF takes the EXIF chunk off the end of a WebP file: libvips 8.14 makes
// one up, in spite of strip (libvips/libvips#3340).
func dropEXIF(f *os.File) error {
	var head [21]byte // RIFF, size, WEBP, name and size of the first chunk, its first byte
	if _, err := f.ReadAt(head[:], 0); err != nil {
		return err
	}
	if string(head[:4]) != "RIFF" || string(head[8:16]) != "WEBPVP8X" || head[20]&exifFlag == 0 {
		return nil
	}
	at, err := findChunk(f, "EXIF")
	if err != nil || at < 0 {
		return err
	}
	if err := f.Truncate(at); err != nil {
		return err
	}
	var size [4]byte
	binary.LittleEndian.PutUint32(size[:], uint32(at-8))
	_, err = f.WriteAt(size[:], 4)
	_, flagErr := f.WriteAt([]byte{head[20] &^ exifFlag}, 20)
	return errors.Join(err, flagErr)
}

// exifFlag is the bit of a VP8X chunk that announces EXIF.
const exifFlag = 0x08

// findChunk gives the offset of a chunk of a RIFF file, -1 when there is none.
func findChunk(f io.ReaderAt, name string) (int64, error) {
	var head [8]byte
	for at := int64(12); ; {
		if _, err := f.ReadAt(head[:], at); errors.Is(err, io.EOF) {
			return -1, nil
		} else if err != nil {
			return -1, err
		}
		if string(head[:4]) == name {
			return at, nil
		}
		size := int64(binary.LittleEndian.Uint32(head[4:]))
		at += 8 + size + size&1
	}
}
