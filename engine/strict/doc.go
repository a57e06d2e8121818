// Package strict reads the texts that people write for exportd, and says what is
// wrong with them exactly.
//
// [Read] takes TOML, [ReadJSON] takes the same shape as JSON. Both give a
// [Document]: the values, and where each key stands. [Document.Decode] puts the
// values into Go structs by their toml tags; a key that no field is tagged with,
// a key in another case and a value of another type are errors with file, line
// and column, and every one of them is reported, not the first alone. What only
// the reader of a file can judge is judged by that reader, with the places that
// [Document.Place] gives.
//
//	doc, err := strict.Read("exportd.toml", data, 1<<20)
//	err = doc.Decode(&config)
//	if config.Workers < 1 {
//		err = diag.New(diag.KeyValue, "workers must be at least 1").At(doc.Place("workers"))
//	}
//
// BurntSushi's decoder matches names in any case and knows no positions of keys,
// so only its parser is used here; a scanner of our own finds the keys.
package strict
