package modifier

// table holds every command of is-protocol 7, row by row. It never changes.
var table = []Spec{
	// 7.1 output and format
	{Name: "fmt", Section: "7.1", Scope: "R", Args: "format[,[pixelType][,compression]]; jpeg", Px: true, State: Supported, Page: "r-is-http-fmt"},
	{Name: "qlt", Section: "7.1", Scope: "R", Args: "1..100[,0|1]; attribute JpegQuality", Px: true, State: Supported, Page: "r-is-http-qlt"},
	{Name: "jpegSize", Section: "7.1", Scope: "R", Args: "kilobytes >= 0; 0", Px: true, State: Supported, Page: "r-jpegsize"},
	{Name: "pscan", Section: "7.1", Scope: "R", Args: "auto|3|4|5; auto", Px: true, State: Supported, Page: "r-pscan", Note: "libvips writes the standard progression for every value"},
	{Name: "quantize", Section: "7.1", Scope: "R", Args: "adaptive|web|mac[,diffuse|off[,2..256[,colours]]]; adaptive,diffuse,256", Px: true, State: Supported, Page: "r-is-http-quantize", Note: "the adaptive palette is exportd's own: boxes of least variance, refined"},
	{Name: "printRes", Section: "7.1", Scope: "R", Args: "dpi; catalog or source", Px: true, State: Supported, Page: "r-printres"},
	{Name: "pathEmbed", Section: "7.1", Scope: "R", Args: "0|1; 0", Px: true, State: Supported, Page: "r-pathembed", Note: "closed paths alone, as the page says; under perspective curves become short lines"},
	{Name: "xmpEmbed", Section: "7.1", Scope: "R", Args: "0|1; 0", Px: true, State: Supported, Page: "r-xmpembed"},
	{Name: "resMode", Section: "7.1", Scope: "R", Args: "bilin|bicub|sharp2|bisharp; attribute ResMode", Px: true, State: Supported, Page: "r-is-http-resmode", Note: "kernels approximate the vendor's: linear, cubic, Lanczos 3, cubic with slight sharpening (A-24)"},
	{Name: "defaultImage", Section: "7.1", Scope: "R", Args: "object or empty; attribute DefaultImage", Px: true, State: Supported, Page: "r-is-http-defaultimage", Note: "an asset of the catalog that stands in for a missing source, not for a missing mask; its templates are not built"},
	{Name: "template", Section: "7.1", Scope: "R", Args: "record", Px: true, State: Unsupported, Page: "r-template"},
	{Name: "bfc", Section: "7.1", Scope: "R", Args: "on|off; off", State: Ignored, Page: "r-bfc"},
	{Name: "network", Section: "7.1", Scope: "R", Args: "on|off; off", State: Ignored, Page: "r-network"},
	{Name: "dpr", Section: "7.1", Scope: "R", Args: "off or on,ratio > 0; off", Px: true, State: Supported, Page: "r-dpr", Note: "the ratio multiplies wid and hei; without them it only lets the reply shrink to MaxPix"},

	// 7.2 view geometry
	{Name: "wid", Section: "7.2", Scope: "V", Args: "pixels > 0; none", Px: true, State: Supported, Page: "r-is-http-wid"},
	{Name: "hei", Section: "7.2", Scope: "V", Args: "pixels > 0; none", Px: true, State: Supported, Page: "r-is-http-hei"},
	{Name: "scl", Section: "7.2", Scope: "V", Args: "inverse factor > 0, 2 is half the size", Px: true, State: Supported, Page: "r-scl"},
	{Name: "fit", Section: "7.2", Scope: "V", Args: "fit|constrain|crop|wrap|stretch|hfit|vfit[,0|1]; fit,0", Px: true, State: Supported, Page: "r-fit"},
	{Name: "align", Section: "7.2", Scope: "V", Args: "h,v in -1..1; 0,0", Px: true, State: Supported, Page: "r-align"},
	{Name: "rgn", Section: "7.2", Scope: "V", Args: "x,y,w,h in pixels of the composite", Px: true, State: Supported, Page: "r-rgn", Note: "what lies outside the region is background, never more of the picture (A-14)"},
	{Name: "rect", Section: "7.2", Scope: "V", Args: "x,y,w,h[,scale]; the whole view,1", Px: true, State: Supported, Page: "r-rect", Note: "what lies outside the view is background; id= is not asked for"},
	{Name: "bgc", Section: "7.2", Scope: "V", Args: "colour; attribute BkgColor", Px: true, State: Supported, Page: "r-bgc"},

	// 7.3 source geometry
	{Name: "src", Section: "7.3", Scope: "S", Args: "object or nested request; the asset itself", Px: true, State: Supported, Page: "r-src", Note: "an asset of the catalog; nested requests are not built"},
	{Name: "crop", Aliases: []string{"cropN"}, Section: "7.3", Scope: "S", Args: "x,y,w,h in pixels, cropN in fractions of the source; 0,0,1,1", Px: true, State: Supported, Page: "r-crop"},
	{Name: "cropPathE", Section: "7.3", Scope: "L", Args: "name[,name…]", Px: true, State: Supported, Page: "r-croppath"},
	{Name: "size", Aliases: []string{"sizeN"}, Section: "7.3", Scope: "L", Args: "w,h >= 0; 0,0", Px: true, State: Supported, Page: "r-size-reference"},
	{Name: "scale", Section: "7.3", Scope: "S", Args: "factor > 0", Px: true, State: Supported, Page: "r-is-http-scale"},
	{Name: "res", Section: "7.3", Scope: "S", Args: "resolution", Px: true, State: Supported, Page: "r-res"},
	{Name: "anchor", Aliases: []string{"anchorN"}, Section: "7.3", Scope: "S", Args: "x,y; catalog Anchor, else the centre", Px: true, State: Supported, Page: "r-anchor", Note: "a single picture lies the same whatever its anchor is; the value is checked"},
	{Name: "flip", Section: "7.3", Scope: "L", Args: "lr|ud|lrud", Px: true, State: Supported, Page: "r-flip"},
	{Name: "rotate", Section: "7.3", Scope: "L", Args: "degrees clockwise; 0", Px: true, State: Supported, Page: "r-rotate"},
	{Name: "extend", Aliases: []string{"extendN"}, Section: "7.3", Scope: "L", Args: "left,top,right,bottom; 0,0,0,0", Px: true, State: Supported, Page: "r-extend"},
	{Name: "perspective", Aliases: []string{"perspectiveN"}, Section: "7.3", Scope: "L", Args: "8 reals[,R1|R2|R3|R3Tn]; none", Px: true, State: Supported, Page: "r-perspective", Note: "approximate: supersampled twice; R1 is nearest, R2 bilinear, the jitter of R3Tn is not applied; the canvas keeps the size of the crop (A-32)"},

	// 7.4 colour and filters
	{Name: "op_brightness", Section: "7.4", Scope: "L", Args: "-100..100; 0", Px: true, State: Supported, Page: "r-op-brightness", Note: "curve is not published: the amount is added to each level (A-18)"},
	{Name: "op_contrast", Section: "7.4", Scope: "L", Args: "-100..100; 0", Px: true, State: Supported, Page: "r-op-contrast", Note: "curve is not published: a straight line around 50 % (A-18)"},
	{Name: "op_saturation", Section: "7.4", Scope: "L", Args: "-100..100; 0", Px: true, State: Supported, Page: "r-op-saturation", Note: "curve is not published: colours move to or from their luminance (A-18)"},
	{Name: "op_hue", Section: "7.4", Scope: "L", Args: "-180..180; 0", Px: true, State: Supported, Page: "r-op-hue", Note: "curve is not published: hue turns in HSL, saturation and lightness stay (A-18)"},
	{Name: "op_colorbalance", Section: "7.4", Scope: "L", Args: "r,g,b -100..100; 0,0,0", Px: true, State: Supported, Page: "r-op-colorbalance", Note: "curve is not published: the amounts are added to the levels (A-18)"},
	{Name: "op_colorize", Section: "7.4", Scope: "L", Args: "rgb[,norm|off[,contrast 0..100]]; norm,0", Px: true, State: Supported, Page: "r-op-colorize", Note: "the algorithm is not published: luminance becomes lightness in HSL (A-18)"},
	{Name: "op_invert", Section: "7.4", Scope: "L", Args: "0|1; 0", Px: true, State: Supported, Page: "r-op-invert"},
	{Name: "op_blur", Section: "7.4", Scope: "L E", Args: "0..100 pixels of the composite; 0", Px: true, State: Supported, Page: "r-op-blur", Note: "a Gaussian with half the radius as sigma, after scaling (A-19)"},
	{Name: "op_sharpen", Section: "7.4", Scope: "L V", Args: "0|1; 0", Px: true, State: Supported, Page: "r-op-sharpen", Note: "the kernel approximates the vendor's (A-30)"},
	{Name: "op_usm", Section: "7.4", Scope: "L V", Args: "amount 0..5[,radius 0..250[,threshold 0..255[,mono 0|1]]]; 0", Px: true, State: Supported, Page: "r-op-usm", Note: "a Gaussian with the radius as sigma (A-19, A-23)"},
	{Name: "op_usmR", Section: "7.4", Scope: "L V", Args: "as op_usm, radius in output pixels", Px: true, State: Supported, Page: "r-op-usmr", Note: "a Gaussian with the radius as sigma (A-19)"},
	{Name: "op_noise", Section: "7.4", Scope: "L E", Args: "0..100[,uniform|gaussian[,mono]]; 0,uniform,0", Px: true, State: Supported, Page: "r-op-noise", Note: "the distribution is not published: up to the amount of full scale, or half of it as sigma; the seed follows from the request"},
	{Name: "op_grow", Section: "7.4", Scope: "L E", Args: "-100..100 pixels of the composite; 0", Px: true, State: Supported, Page: "r-op-grow", Note: "a disc whose radius is rounded to pixels of the reply"},
	{Name: "op_growMask", Section: "7.4", Scope: "L", Args: "-100..100; 0", Px: true, State: Supported, Page: "r-op-growmask", Note: "a disc, on the mask at full resolution"},
	{Name: "op_growMaskR", Section: "7.4", Scope: "L", Args: "-100..100; 0", Px: true, State: Supported, Page: "r-op-growmaskr", Note: "a disc, on the mask at full resolution, as large as asked in the reply"},

	// 7.5 colour management
	{Name: "icc", Section: "7.5", Scope: "R", Args: "profile[,perceptual|relative|saturation|absolute[,0|1[,0|1]]]", Px: true, State: Supported, Page: "r-icc", Note: "dithering diffuses errors by Floyd and Steinberg, which may not be the vendor's way"},
	{Name: "iccEmbed", Section: "7.5", Scope: "R", Args: "0|1; 0", Px: true, State: Supported, Page: "r-iccembed"},

	// 7.6 layers and compositing
	{Name: "layer", Section: "7.6", Scope: "L", Args: "number >= 0, comp or name; comp", Px: true, State: Supported, Page: "r-layer", Note: "layer=0 and layer=comp for a single picture; other layers are refused"},
	{Name: "origin", Aliases: []string{"originN"}, Section: "7.6", Scope: "L", Args: "x,y; the anchor, else the centre", Px: true, State: Supported, Page: "r-origin", Note: "has no effect on layer 0 and comp; the value is checked"},
	{Name: "pos", Aliases: []string{"posN"}, Section: "7.6", Scope: "L E", Args: "x,y; 0,0", Px: true, State: Supported, Page: "r-pos", Note: "has no effect on layer 0 and comp; the value is checked"},
	{Name: "opac", Section: "7.6", Scope: "L E", Args: "0..100[,fill 0..100]; 100,100", Px: true, State: Supported, Page: "r-opac", Note: "at comp it fades the whole composite, fills too (A-27); in layer=0 the picture alone"},
	{Name: "blendMode", Section: "7.6", Scope: "L E", Args: "norm|dissolve|lighten|darken|mult|screen; norm", Px: true, State: Supported, Page: "r-blendmode", Note: "has no effect on layer 0 and comp; the value is checked"},
	{Name: "color", Section: "7.6", Scope: "L E T", Args: "colour[,alpha]; transparent", Px: true, State: Supported, Page: "r-color-commandref"},
	{Name: "bgColor", Section: "7.6", Scope: "L", Args: "colour; transparent", Px: true, State: Supported, Page: "r-bgcolor"},
	{Name: "hide", Section: "7.6", Scope: "L", Args: "0|1; 0", Px: true, State: Supported, Page: "r-hide"},

	// 7.7 effects
	{Name: "effect", Section: "7.7", Scope: "E", Args: "number, not 0", Px: true, State: Unsupported, Page: "r-effect"},
	{Name: "effectMask", Section: "7.7", Scope: "R", Args: "0|1; attribute ApplyEffectMask", Px: true, State: Unsupported, Page: "r-effectmask"},

	// 7.8 text
	{Name: "text", Section: "7.8", Scope: "T", Args: "RTF or plain text", Px: true, State: Unsupported, Page: "r-text"},
	{Name: "textPs", Section: "7.8", Scope: "T", Args: "RTF", Px: true, State: Unsupported, Page: "r-textps"},
	{Name: "textAttr", Section: "7.8", Scope: "T", Args: "dpi[,antialiasing[,fixedRes|autoRes|maxRes[,wrap|noWrap|nbWrap]]]; 72,norm,fixedRes,wrap", Px: true, State: Unsupported, Page: "r-textattr"},
	{Name: "textAngle", Section: "7.8", Scope: "T", Args: "degrees; 0", Px: true, State: Unsupported, Page: "r-textangle"},
	{Name: "textPath", Section: "7.8", Scope: "T", Args: "path; none", Px: true, State: Unsupported, Page: "r-textpath"},
	{Name: "pathAttr", Section: "7.8", Scope: "T", Args: "norm|reverse[,start[,end]]; norm,0,1", Px: true, State: Unsupported, Page: "r-pathattr"},
	{Name: "textFlowPath", Section: "7.8", Scope: "T", Args: "path; the layer's rectangle", Px: true, State: Unsupported, Page: "r-textflowpath"},
	{Name: "textFlowXPath", Section: "7.8", Scope: "T", Args: "path; none", Px: true, State: Unsupported, Page: "r-textflowxpath"},

	// 7.9 masks and paths
	{Name: "mask", Section: "7.9", Scope: "S", Args: "object or nested request; catalog MaskPath, else alpha", Px: true, State: Supported, Page: "r-mask", Note: "an asset of the catalog; nested requests are not built"},
	{Name: "maskUse", Section: "7.9", Scope: "S E", Args: "norm|invert|off; norm", Px: true, State: Supported, Page: "r-maskuse"},
	{Name: "clipPath", Section: "7.9", Scope: "L", Args: "path data", Px: true, State: Supported, Page: "r-clippath"},
	{Name: "clipPathE", Section: "7.9", Scope: "L", Args: "names", Px: true, State: Supported, Page: "r-clippath"},
	{Name: "clipXPath", Section: "7.9", Scope: "L", Args: "path data", Px: true, State: Supported, Page: "r-clipxpath"},
	{Name: "clipXPathE", Section: "7.9", Scope: "L", Args: "names", Px: true, State: Supported, Page: "r-clipxpath"},

	// 7.10 not applicable to an export
	{Name: "cache", Section: "7.10", Scope: "R", Args: "on|off|validate|update, or client,server", State: Ignored, Page: "r-is-http-cache"},
	{Name: "id", Section: "7.10", Scope: "R", Args: "any text", State: Ignored, Page: "r-id"},
	{Name: "locale", Section: "7.10", Scope: "R", Args: "locale", State: Ignored, Page: "r-locale"},
	{Name: "imageSet", Section: "7.10", Scope: "R", Args: "set", State: Ignored, Page: "r-imageset"},
	{Name: "map", Section: "7.10", Scope: "R", Args: "AREA markup", State: Ignored, Page: "r-map"},
	{Name: "mapA", Section: "7.10", Scope: "R", Args: "AREA markup", State: Ignored, Page: "r-map"},
	{Name: "type", Section: "7.10", Scope: "R", Args: "any text", State: Ignored, Page: "r-type"},
	{Name: "req", Section: "7.10", Scope: "R", Args: "img|mask", State: Refused, Page: "r-img", Note: "req=img and req=mask are accepted; every other reply would not be a picture"},
}
