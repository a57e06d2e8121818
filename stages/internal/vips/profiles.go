package vips

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"unicode/utf16"

	"github.com/exportd/exportd/engine/diag"
)

// Profile is a colour profile that icc= and the attributes can name.
type Profile struct {
	Name  string // as people know it
	Space Space
	where string // a path, or the name of libvips' own or of one that was made here
	data  []byte // nil for libvips' own
	made  bool   // there is no file
	sRGB  bool
	also  []string // other names
}

// Profiles are those that there are: libvips' own, the files of folders, the usual
// spaces of RGB ([madeProfiles]) and those of the system. A nil pointer has libvips'
// own alone. Folders are looked at when a name first needs it.
type Profiles struct {
	folders []string
	listed  func() []Profile // of the folders
	made    func() []Profile
	system  func() []Profile
	mu      sync.Mutex
	files   map[string]*os.File // of profiles that have none on disk, by where
}

// builtin are the profiles inside libvips. They never change.
var builtin = []Profile{
	{Name: "sRGB", Space: SpaceRGB, where: "srgb", sRGB: true, also: []string{"sRGB IEC61966-2.1", "sRgb Color Space Profile.icm"}},
	{Name: "Display P3", Space: SpaceRGB, where: "p3", also: []string{"P3"}},
	{Name: "cmyk", Space: SpaceCMYK, where: "cmyk", also: []string{"generic CMYK"}},
}

// generalCMYK is libvips' own profile for print.
func generalCMYK() *Profile { return &builtin[2] }

// profileBytes bounds the file of a profile; print profiles have about 1 MB.
const profileBytes = 16 << 20

// systemFolders hold the profiles that packages install, such as Debian's
// icc-profiles-free and colord-data.
func systemFolders() []string {
	var list []string
	for _, root := range []string{"/usr/local/share/color/icc", "/usr/share/color/icc"} {
		list = append(list, root)
		entries, err := os.ReadDir(root)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if e.IsDir() {
				list = append(list, filepath.Join(root, e.Name()))
			}
		}
	}
	return list
}

// ReadProfiles gives the profiles in folders, files with the ending icc or icm,
// beside those that are always there. A file that is none is passed over: icc= then
// says what there is. Later names never hide earlier ones.
func ReadProfiles(folders []string) *Profiles {
	return &Profiles{
		folders: folders,
		listed:  sync.OnceValue(func() []Profile { return list(folders) }),
		made:    sync.OnceValue(madeProfiles),
		system:  sync.OnceValue(func() []Profile { return list(systemFolders()) }),
		files:   map[string]*os.File{},
	}
}

// list reads the headers of the profiles that lie in folders.
func list(folders []string) []Profile {
	var found []Profile
	for _, folder := range folders {
		entries, err := os.ReadDir(folder)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if !isProfileName(e.Name()) {
				continue
			}
			if one, ok := readProfile(filepath.Join(folder, e.Name())); ok {
				found = append(found, one)
			}
		}
	}
	return found
}

func isProfileName(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".icc" || ext == ".icm"
}

func readProfile(path string) (Profile, bool) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > profileBytes {
		return Profile{}, false
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return Profile{}, false
	}
	head, ok := parseProfile(data)
	if !ok || head.space == "" {
		return Profile{}, false
	}
	file := filepath.Base(path)
	p := Profile{Name: description(data), Space: head.space, where: path, data: data, sRGB: head.sRGB}
	p.also = []string{file, strings.TrimSuffix(file, filepath.Ext(file))}
	if p.Name == "" {
		p.Name = p.also[1]
	}
	for _, row := range vendorProfiles {
		if slices.ContainsFunc(append(p.also, p.Name), row.names) {
			p.also = append(p.also, row.id, row.common)
		}
	}
	return p, true
}

// answers reports whether name, case ignored, is one of p's.
func (p *Profile) answers(name string) bool {
	return strings.EqualFold(p.Name, name) || slices.ContainsFunc(p.also, func(s string) bool { return strings.EqualFold(s, name) })
}

// find gives the profile of a name, a description or a file (r-icc, r-object). A
// name may have the catalog in front, myProfiles/sRGB; a path leads from one of the
// folders. An unknown one is E-COLOUR-PROFILE, which names those that there are.
func (p *Profiles) find(name string) (*Profile, error) {
	if one := p.answering(name); one != nil {
		return one, nil
	}
	if one := p.atPath(name); one != nil {
		return one, nil
	}
	if i := strings.LastIndexByte(name, '/'); i >= 0 && filepath.IsLocal(strings.TrimPrefix(name, "/")) {
		if one := p.answering(name[i+1:]); one != nil {
			return one, nil
		}
	}
	var names []string
	for _, list := range p.all() {
		for i := range list {
			names = append(names, list[i].Name)
		}
	}
	shown := names[:min(len(names), namesShown)]
	d := diag.New(diag.ColourProfile, "no colour profile is named %q; there are %s", name, strings.Join(shown, ", "))
	d.Hint = diag.DidYouMean(name, names, "put the profile's file into a folder that [colour] profiles names")
	for _, row := range vendorProfiles {
		if row.names(name) {
			d.Hint = "put the file " + row.file + " into a folder that [colour] profiles names"
		}
	}
	return nil, d
}

// namesShown bounds the names in a message.
const namesShown = 16

// answering is the first profile that has a name, nil for none.
func (p *Profiles) answering(name string) *Profile {
	for _, list := range p.all() {
		for i := range list {
			if list[i].answers(name) {
				return &list[i]
			}
		}
	}
	return nil
}

// atPath is the profile at a path below one of the folders, nil for none.
func (p *Profiles) atPath(name string) *Profile {
	name = strings.TrimPrefix(name, "/")
	if p == nil || !isProfileName(name) || !filepath.IsLocal(name) {
		return nil
	}
	for _, folder := range p.folders {
		if one, ok := readProfile(filepath.Join(folder, name)); ok {
			return &one
		}
	}
	return nil
}

// Check says why name is no profile for pixels of a space.
func (p *Profiles) Check(name string, s Space) error {
	found, err := p.find(name)
	if err == nil && found.Space != s {
		return diag.New(diag.ColourProfile, "the profile %s is for %s, not for %s", name, found.Space, s)
	}
	return err
}

// all are the profiles by how they go before each other.
func (p *Profiles) all() [][]Profile {
	if p == nil {
		return [][]Profile{builtin}
	}
	return [][]Profile{builtin, p.listed(), p.made(), p.system()}
}

// profileName is the description of an embedded profile, for people.
func profileName(data []byte) string {
	if text := description(data); text != "" {
		return text
	}
	return "profile without a name"
}

// longestName bounds what a profile may call itself in messages.
const longestName = 80

// description reads the tag desc: ASCII in version 2 of the format, UTF-16 in
// version 4.
func description(data []byte) string {
	if len(data) < 132 {
		return ""
	}
	t := tag(data, "desc")
	switch {
	case len(t) < 16:
		return ""
	case string(t[:4]) == "desc":
		n := int64(binary.BigEndian.Uint32(t[8:]))
		return printable(string(t[12:min(12+n, int64(len(t)))]))
	case string(t[:4]) == "mluc" && len(t) >= 28:
		n, at := int64(binary.BigEndian.Uint32(t[20:])), int64(binary.BigEndian.Uint32(t[24:]))
		if at+n > int64(len(t)) {
			return ""
		}
		var units []uint16
		for ; n > 1; n, at = n-2, at+2 {
			units = append(units, binary.BigEndian.Uint16(t[at:]))
		}
		return printable(string(utf16.Decode(units)))
	}
	return ""
}

func printable(text string) string {
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0xfffd {
			return -1
		}
		return r
	}, text))
	if len(text) > longestName {
		text = strings.ToValidUTF8(text[:longestName], "")
	}
	return text
}
