package vips

import "strings"

// vendorProfile is a row of the table of profiles in r-color-management.
type vendorProfile struct{ id, common, file string }

func (v vendorProfile) names(s string) bool {
	base, _, _ := strings.Cut(v.file, ".")
	return strings.EqualFold(s, v.id) || strings.EqualFold(s, v.common) || strings.EqualFold(s, v.file) || strings.EqualFold(s, base)
}

// vendorProfiles are the names of both tables of r-color-management: the two
// product editions differ in some ids. The profiles themselves are not part of
// exportd; sRGB is libvips' own.
var vendorProfiles = []vendorProfile{
	{"AdobeRGB", "Adobe RGB (1998)", "AdobeRGB1998.icc"},
	{"AppleRGB", "Apple RGB", "AppleRGB.icc"},
	{"CIERGB", "CIE RGB", "CIERGB.icc"},
	{"ColorMatchRGB", "ColorMatch RGB", "ColorMatchRGB.icc"},
	{"NTSC", "NTSC (1953)", "NTSC1953.icc"},
	{"PAL", "PAL/SECAM", "PAL_SECAM.icc"},
	{"ProPhoto", "ProPhoto RGB", "ProPhoto.icm"},
	{"SMPTE", "SMPTE-C", "SMPTE-C.icc"},
	{"sRGB", "sRGB IEC61966-2.1", "sRgb Color Space Profile.icm"},
	{"WideGamutRGB", "Wide Gamut RGB", "WideGamutRGB.icc"},
	{"CoatedFogra27", "Coated FOGRA27 (ISO 12647-2:2004)", "CoatedFOGRA27.icc"},
	{"CoatedFogra39", "Coated FOGRA39 (ISO 12647-2:2004)", "CoatedFOGRA39.icc"},
	{"CoatedGraCol", "Coated GRACoL 2006 (ISO 12647-2:2004)", "CoatedGRACoL2006.icc"},
	{"EuropeISOCoated", "Europe ISO Coated FOGRA27", "EuropeISOCoatedFOGRA27.icc"},
	{"EuroscaleCoated", "Euroscale Coated", "EuroscaleCoated.icc"},
	{"EuroscaleUncoated", "Euroscale Uncoated v2", "EuroscaleUncoated.icc"},
	{"JapanColorCoated", "Japan Color 2001 Coated", "JapanColor2001Coated.icc"},
	{"JapanColorNewspaper", "Japan Color 2002 Newspaper", "JapanColor2002Newspaper.icc"},
	{"JapanColorUncoated", "Japan Color 2001 Uncoated", "JapanColor2001Uncoated.icc"},
	{"JapanColorWebCoated", "Japan Color 2003 Web Coated", "JapanColor2003WebCoated.icc"},
	{"JapanWebCoated", "Japan Web Coated (Ad)", "JapanWebCoated.icc"},
	{"NewsprintSNAP2007", "US Newsprint (SNAP 2007)", "USNewsprintSNAP2007.icc"},
	{"PS4Default", "Photoshop 4 Default CMYK", "Photoshop4DefaultCMYK.icc"},
	{"PS5Default", "Photoshop 5 Default CMYK", "Photoshop5DefaultCMYK.icc"},
	{"SheetfedCoated", "U.S. Sheetfed Coated v2", "USSheetfedCoated.icc"},
	{"SheetfedUncoated", "U.S. Sheetfed Uncoated v2", "USSheetfedUncoated.icc"},
	{"UncoatedFogra29", "Uncoated FOGRA29 (ISO 12647-2:2004)", "UncoatedFOGRA29.icc"},
	{"WebCoated", "U.S. Web Coated (SWOP) v2", "USWebCoatedSWOP.icc"},
	{"WebCoatedFogra28", "Web Coated FOGRA28 (ISO 12647-2:2004)", "WebCoatedFOGRA28.icc"},
	{"WebCoatedGrade3", "Web Coated SWOP 2006 Grade 3 Paper", "WebCoatedSWOP2006Grade3.icc"},
	{"WebCoatedGrade5", "Web Coated SWOP 2006 Grade 5 Paper", "WebCoatedSWOP2006Grade5.icc"},
	{"WebUncoated", "U.S. Web Uncoated v2", "USWebUncoated.icc"},
	{"ProPhoto RGB", "ProPhoto RGB", "ProPhoto RGB.icm"},
	{"Coated GRACoL 2006 (ISO 12647-2:2004)", "Coated GRACoL 2006 (ISO 12647-2:2004)", "CoatedGRACoL2006.icc"},
	{"Euroscale Coated v2", "Euroscale Coated v2", "EuroscaleCoated.icc"},
	{"Japan Color 2003 Web Coated", "Japan Color 2003 Web Coated", "JapanColor2003WebCoated.icc"},
	{"US Newsprint (SNAP 2007)", "US Newsprint (SNAP 2007)", "USNewsprintSNAP2007.icc"},
	{"Web Coated SWOP 2006 Grade 3 Paper", "Web Coated SWOP 2006 Grade 3 Paper", "WebCoatedSWOP2006Grade3.icc"},
	{"Web Coated SWOP Grade 5 Paper", "Web Coated SWOP 2006 Grade 5 Paper", "WebCoatedSWOP2006Grade5.icc"},
}
