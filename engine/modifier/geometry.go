package modifier

// Geometry is the exact way from source pixels to the reply (is-protocol 5.1 to
// 5.4). All rectangles are in pixels of the space that the field names; the
// source is upright: EXIF orientation has been honoured.
type Geometry struct {
	Source Size // the upright full-resolution source
	Crop   Rect // in the source; may reach outside it, where it is transparent
	Layer  Size // the crop scaled by size, scale or res
	Turned Size // the layer rotated, grown to the bounding box
	// Quad are the corners of the layer in the turned rectangle, where
	// perspective gives them; nil without.
	Quad *[4]Point
	// Extent is the composite in the turned rectangle: what extend makes of it.
	Extent Rect
	Comp   Size // of Extent
	// Kept is the part of the composite that cropPathE leaves, all of it without.
	// The pixels of rgn= and clipPath= count from its top left.
	Kept Rect
	// Rgn is the region of the composite that is scaled; may reach outside Kept.
	Rgn Rect
	// ScaleX and ScaleY are exact: view pixels per composite pixel.
	ScaleX, ScaleY float64
	// Image is the size of the scaled region, before it is padded or cut.
	Image Size
	// Offset is where the scaled region's top left lies in the reply; negative
	// where it is cut.
	Offset [2]int
	// Clip is where the view lies in the reply. Without rect they are the same;
	// with rect it may begin before the reply or end behind it, or before.
	Clip Rect
	// View is the size of the reply.
	View Size
}
