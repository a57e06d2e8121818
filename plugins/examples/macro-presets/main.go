// Command exportd-plugin-presets is an example of a macro handler: presets that
// people keep in a table of a SQLite database become macros, $preset-NAME$.
//
// Its configuration names the database, and a query if the table is another:
//
//	[plugins.config.presets]
//	database = "/srv/dam/presets.db"
//	query    = "select modifier from preset where name = ?"
package main

import (
	"github.com/exportd/exportd/plugins/sdk"
)

func main() {
	table := &presets{}
	sdk.Serve(sdk.Plugin{
		Name: "presets", Version: "1.0.0", Description: "presets of a SQLite table as macros", Licence: "Apache-2.0",
		Concurrent: true,
		Config: []sdk.Param{
			{Name: "database", Type: sdk.String, Doc: "absolute path of the database", Default: ""},
			{Name: "query", Type: sdk.String, Doc: "gives the modifier of the name bound to ?", Default: "select modifier from preset where name = ?"},
		},
		Macros: []sdk.MacroInfo{{Name: "preset-*", Description: "the preset of that name, with the commands its row holds", Macro: table}},
	})
}
