// Package plugintest is the conformance kit: the same cases for every plugin, in
// whatever language it is written.
//
// It starts the plugin as exportd does, but by hand and in its own process group,
// and speaks the protocol of plugins/proto to it: what it asks is what any host may
// ask. Each [Case] is one promise of the protocol; it runs against a process of its
// own, so that one broken promise hides no other. A case that does not concern the
// plugin, such as one about macros for a plugin without any, says so.
//
//	func TestConformance(t *testing.T) {
//		plugintest.Run(t, plugintest.Config{Path: "bin/exportd-plugin-pnm"})
//	}
//
// `exportd plugin test BINARY|FOLDER` runs the same.
package plugintest
