package modifier

// Geometry is the exact way from source pixels to the reply (is-protocol 5.1 to
// 5.4). All rectangles are in pixels of the space that the field names; the
// source is upright: EXIF orientation has been honoured.
type Geometry struct {
	Source Size // the upright full-resolution source
	Crop   Rect // in the source; may reach outside it, where it is transparent
	// Comp is the composite: the crop rotated, grown to the bounding box.
	Comp Size
	// Kept is the part of the composite that cropPathE leaves, all of it without.
	// The pixels of rgn= and clipPath= count from its top left.
	Kept Rect
	// Rgn is the region of the composite that is scaled; may reach outside Kept.
	Rgn Rect
	// ScaleX and ScaleY are exact: view pixels per composite pixel.
	ScaleX, ScaleY float64
	// Image is the size of the scaled region, before it is padded or cut.
	Image Size
	// Offset is where the scaled region's top left lies in the view; negative
	// where it is cut.
	Offset [2]int
	// View is the size of the reply.
	View Size
}
