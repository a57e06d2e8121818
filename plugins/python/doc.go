// Package python holds the kit for plugins in Python, exportd_plugin: a folder that
// lies beside the plugin's own code, so that what is locked is complete. Its
// messages, below generated, are written by plugins/proto/generate.
package python
