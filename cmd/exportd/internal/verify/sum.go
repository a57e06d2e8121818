package verify

// Sum gives one result of several: of the archives in a folder.
func Sum(path string, all []*Result) *Result {
	if len(all) == 1 {
		return all[0]
	}
	whole := &Result{OK: true, Manifest: path, Signed: true, Missing: []string{}, Changed: []string{}, Extra: []string{}}
	for _, r := range all {
		whole.OK, whole.Signed = whole.OK && r.OK, whole.Signed && r.Signed
		whole.Files, whole.Bytes = whole.Files+r.Files, whole.Bytes+r.Bytes
		whole.Missing = append(whole.Missing, r.Missing...)
		whole.Changed = append(whole.Changed, r.Changed...)
		whole.Extra = append(whole.Extra, r.Extra...)
		if whole.Error == nil {
			whole.Error = r.Error
		}
	}
	return whole
}
