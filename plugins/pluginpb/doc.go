// Package pluginpb is the protocol between exportd and its plugins: the code
// that protoc writes from plugins/proto, and the constants of the handshake,
// which protobuf cannot express. Plugin authors use package sdk instead.
package pluginpb
