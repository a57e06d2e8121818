// Package sdk is all that the author of a plugin in Go imports.
//
// A plugin is a program that gives exportd macros, encoders or both. It is one
// call in main, the first one there:
//
//	func main() {
//		sdk.Serve(sdk.Plugin{
//			Name: "pnm", Version: "1.0.0", Description: "writes portable anymaps",
//			Encoders: []sdk.EncoderInfo{{
//				Name: "ppm", Format: "ppm", Extension: "ppm", MediaType: "image/x-portable-pixmap",
//				Samples: []sdk.SampleFormat{sdk.Uint8}, Spaces: []sdk.ColourSpace{sdk.RGB},
//				Encoder: ppm{},
//			}},
//		})
//	}
//
//	type ppm struct{}
//
//	func (ppm) Encode(ctx context.Context, call *sdk.EncodeCall, w io.Writer) error {
//		img := call.Image
//		fmt.Fprintf(w, "P6 %d %d 255\n", img.Width, img.Height)
//		for row, err := range img.Rows() {
//			if err != nil {
//				return err
//			}
//			if _, err := w.Write(row); err != nil {
//				return err
//			}
//		}
//		return nil
//	}
//
// What the host promises and wants is written in plugins/proto; how to build,
// test and install one is in plugins/README.md. The program also answers
// `describe`, which prints what it is, and `--debug`, which waits for a host
// under a debugger.
//
// Standard output belongs to the handshake: Serve takes it over, and what is
// printed there afterwards becomes lines of the log. A panic in a call is given
// to the host as an error with its stack; the plugin goes on.
package sdk
