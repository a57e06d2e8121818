package diag

// Every code exportd can give. The code of an asset's outcome is part of the
// interface (DESIGN 6); scripts and clients match on it, so a code is never
// reused for another meaning.
const (
	// Text that people write.
	FileMissing   Code = "E-FILE-MISSING"
	FileRead      Code = "E-FILE-READ"
	FileSize      Code = "E-FILE-SIZE"
	TOMLSyntax    Code = "E-TOML-SYNTAX"
	JSONSyntax    Code = "E-JSON-SYNTAX"
	KeyUnknown    Code = "E-KEY-UNKNOWN"
	KeyMissing    Code = "E-KEY-MISSING"
	KeyType       Code = "E-KEY-TYPE"
	KeyValue      Code = "E-KEY-VALUE"
	Usage         Code = "E-USAGE"
	JobFormat     Code = "E-JOB-FMT"
	JobEmpty      Code = "E-JOB-EMPTY"
	JobConvert    Code = "E-JOB-CONVERT"
	PipelineName  Code = "E-PIPELINE-UNKNOWN"
	StageKind     Code = "E-STAGE-KIND"
	StageFrom     Code = "E-STAGE-FROM"
	StagePort     Code = "E-STAGE-PORT"
	StageCycle    Code = "E-STAGE-CYCLE"
	StageUnused   Code = "E-STAGE-UNREACHED"
	StageBranch   Code = "E-STAGE-BRANCH"
	StageName     Code = "E-STAGE-NAME"
	StageOnError  Code = "E-STAGE-ON-ERROR"
	Replay        Code = "E-REPLAY"
	Expression    Code = "E-EXPRESSION"
	PlanForeign   Code = "E-PLAN-JOB"
	NotBuilt      Code = "E-NOT-BUILT"
	MacroUnknown  Code = "E-MACRO-UNKNOWN"
	MacroInvalid  Code = "E-MACRO-INVALID"
	ModifierSize  Code = "E-MODIFIER-SIZE"
	CommandSyntax Code = "E-COMMAND-SYNTAX"
	CommandValue  Code = "E-COMMAND-VALUE"

	// The machine.
	NoLibvips     Code = "E-NO-LIBVIPS"
	StateLocked   Code = "E-STATE-LOCKED"
	StateRead     Code = "E-STATE"
	TargetTaken   Code = "E-TARGET-TAKEN"
	TargetFull    Code = "E-TARGET-FULL"
	TargetDenied  Code = "E-TARGET-DENIED"
	CatalogRoot   Code = "E-CATALOG"
	CatalogAuth   Code = "E-CATALOG-DENIED"
	CatalogColumn Code = "E-CATALOG-COLUMN"
	ChildStart    Code = "E-CHILD-START"

	// Plugins that are not run.
	PluginUnknown  Code = "E-PLUGIN-UNKNOWN"
	PluginParam    Code = "E-PLUGIN-PARAM"
	PluginUnlocked Code = "E-PLUGIN-UNLOCKED"
	PluginChanged  Code = "E-PLUGIN-CHANGED"
	PluginVersion  Code = "E-PLUGIN-VERSION"
	PluginRefused  Code = "E-PLUGIN-REFUSED"
	PluginStart    Code = "E-PLUGIN-START"

	// One asset.
	AssetUnknown       Code = "E-ASSET-UNKNOWN"
	AssetDenied        Code = "E-ASSET-DENIED"
	AssetAmbiguous     Code = "E-ASSET-AMBIGUOUS"
	RecordInvalid      Code = "E-CATALOG-RECORD"
	LoaderOff          Code = "E-LOADER-OFF"
	NotConvertible     Code = "E-NOT-CONVERTIBLE"
	TemplateNotBuilt   Code = "E-TEMPLATE"
	SourceMismatch     Code = "E-SOURCE-MISMATCH"
	SourceEmpty        Code = "E-SOURCE-EMPTY"
	SourceRead         Code = "E-SOURCE-READ"
	SourceChanged      Code = "E-SOURCE-CHANGED"
	ImageCorrupt       Code = "E-IMAGE-CORRUPT"
	LimitPixels        Code = "E-LIMIT-PIXELS"
	LimitFrames        Code = "E-LIMIT-FRAMES"
	LimitBytes         Code = "E-LIMIT-BYTES"
	LimitTime          Code = "E-LIMIT-TIME"
	CommandUnsupported Code = "E-COMMAND-UNSUPPORTED"
	MaskUnusable       Code = "E-MASK"
	OutputSize         Code = "E-OUTPUT-SIZE"
	ColourProfile      Code = "E-COLOUR-PROFILE"
	CodecCrash         Code = "E-CODEC-CRASH"
	PluginCrash        Code = "E-PLUGIN-CRASH"
	PluginFailed       Code = "E-PLUGIN-FAILED"
	PluginTime         Code = "E-PLUGIN-TIME"
	PluginResult       Code = "E-PLUGIN-RESULT"
	PluginDown         Code = "E-PLUGIN-DOWN"
	Target             Code = "E-TARGET"
	Manifest           Code = "E-MANIFEST"
	Signature          Code = "E-SIGNATURE"
	NoBranch           Code = "E-NO-BRANCH"
	Stopped            Code = "E-STOPPED"
	InternalError      Code = "E-INTERNAL"

	// Warnings.
	TypeUnsupported  Code = "W-TYPE-UNSUPPORTED"
	TemplateOriginal Code = "W-TEMPLATE-ORIGINAL"
	DefaultImage     Code = "W-DEFAULT-IMAGE"
	NotConverted     Code = "W-NOT-CONVERTED"
	CommandUnknown   Code = "W-COMMAND-UNKNOWN"
	CommandClamped   Code = "W-COMMAND-CLAMPED"
	CommandNoEffect  Code = "W-COMMAND-NO-EFFECT"
	ColourAssumed    Code = "W-COLOUR-ASSUMED"
	DeadLetter       Code = "W-DEAD-LETTER"
	PluginWarning    Code = "W-PLUGIN"
	PluginDev        Code = "W-PLUGIN-DEV"

	// Notes.
	AsOriginal     Code = "N-AS-ORIGINAL"
	CommandIgnored Code = "N-COMMAND-IGNORED"
	FirstFrame     Code = "N-FIRST-FRAME"
	NoMail         Code = "N-NO-MAIL"
)

var general = []Entry{
	{FileMissing, Input, "a file that was named does not exist", "check the path: relative paths in a file are relative to that file, on the command line to the current folder"},
	{FileRead, Environment, "a file could not be read", "check its permissions"},
	{FileSize, Input, "a text file is larger than exportd accepts", "a job file is at most 16 MiB (put handles into assetHandleFile), a pipeline or a configuration at most 1 MiB"},
	{TOMLSyntax, Input, "the file is not valid TOML", "mend the line shown"},
	{JSONSyntax, Input, "the file is not valid JSON", "mend the line shown"},
	{KeyUnknown, Input, "a key that exportd does not know", "correct its spelling, its case or the table it stands in"},
	{KeyMissing, Input, "a key that must be given is missing", "add it"},
	{KeyType, Input, "a value of the wrong type", "give the type that the message names"},
	{KeyValue, Input, "a value outside what is allowed", "give one of the values that the message names"},
	{Usage, Input, "the command line is wrong", "see --help"},
	{JobFormat, Input, "exportJob.fmt is neither orig nor convert", `write fmt = "orig" or fmt = "convert"`},
	{JobEmpty, Input, "the job names no assets", "fill assetHandleArray or name an assetHandleFile"},
	{JobConvert, Input, "fmt is convert, but neither is_modifier nor macro is given", `add is_modifier = "&fmt=png" or macro = "$name$"`},
	{PipelineName, Input, "no pipeline of that name or path", "name a pipeline file, a compiled plan, or a shipped pipeline"},
	{StageKind, Input, "a stage of an unknown kind", "use one of the kinds that the message lists"},
	{StageFrom, Input, "a stage's from names no stage, or is missing", "name a stage of this file"},
	{StagePort, Input, "two stages are connected whose ports do not fit", "connect asset to asset, image to image, artifact to artifact"},
	{StageCycle, Input, "stages feed each other in a circle", "break the circle at one from"},
	{StageUnused, Input, "a stage that nothing reaches, or that leads nowhere", "connect it or delete it"},
	{StageBranch, Input, "the branches of a stage cannot be told apart", `give each sibling a when, one of them when = "otherwise"`},
	{StageName, Input, "two branches would deliver the same name to the same target", "put ${rendition} into the name, or deliver to another folder"},
	{StageOnError, Input, "an on_error that leads to no dead letter", `write "report", "fail-job" or the name of a stage of kind "dead-letter"`},
	{Replay, Input, "a dead letter that cannot be replayed", "name the dead-letter.ndjson of this job, or its folder"},
	{Expression, Input, "an expression is wrong", "mend it at the column shown"},
	{PlanForeign, Input, "a compiled plan was given with another job", "compile the pipeline with this job"},
	{NotBuilt, Input, "a feature of the design that this version does not have yet", "leave it out"},
	{MacroUnknown, Input, "a macro that is not defined", "define it under [macros] or in a macro file"},
	{MacroInvalid, Input, "a macro definition that cannot be used", "mend the definition"},
	{ModifierSize, Input, "a modifier over 8 KiB or 256 commands", "shorten it"},
	{CommandSyntax, Input, "a modifier that cannot be taken apart", "mend the segment that the message names"},
	{CommandValue, Input, "a command with a value that is not allowed", "give a value that the message names"},

	{NoLibvips, Environment, "this binary has no libvips", "install libvips-dev and a C compiler, and build with CGO_ENABLED=1"},
	{StateLocked, Environment, "another exportd works in this folder", "wait for it, or stop it"},
	{StateRead, Environment, "the state of a run could not be read or written", "check the folder's permissions and free space"},
	{TargetTaken, Input, "the output folder holds the finished export of another job or plan", "choose another folder with -o, or pass --fresh"},
	{TargetFull, Environment, "the target has no space left", "make room and run the same command again"},
	{TargetDenied, Environment, "the target cannot be written", "check permissions, or choose another folder with -o"},
	{CatalogRoot, Environment, "the catalog cannot be read", "check [catalog] in the configuration"},
	{CatalogAuth, Environment, "the catalog, or the store of its originals, refused the credentials", "check the credentials in the configuration, and what they refer to"},
	{CatalogColumn, Environment, "the catalog's columns are not those of a record", "name the columns as the fields of a record, or say under [catalog.columns] what they are"},
	{ChildStart, Environment, "the process that does the image work did not start", "run exportd doctor"},
	{PluginUnknown, Input, "no plugin of that name, or it does not have what is asked of it", "see exportd plugin ls; plugins.dirs names the folders"},
	{PluginParam, Input, "the params or the configuration of a plugin are wrong", "exportd plugin show NAME lists what it takes"},
	{PluginUnlocked, Environment, "a plugin that exportd.lock does not name", "look at the plugin, then lock it: exportd plugin lock NAME"},
	{PluginChanged, Environment, "a plugin is not what was locked", "put the old one back, or lock the new one: exportd plugin lock NAME"},
	{PluginVersion, Environment, "a plugin of another version than the pipeline requires", "install that version, or change [require]"},
	{PluginRefused, Environment, "a plugin that cannot be used as it lies there", "mend what the message names"},
	{PluginStart, Environment, "a plugin did not start", "run exportd plugin test with it, or lock the version that worked"},

	{AssetUnknown, Asset, "no asset has this handle, or it belongs to another company", "check the handle"},
	{AssetDenied, Asset, "the caller is not among the asset's readers", "ask for read permission"},
	{AssetAmbiguous, Asset, "the catalog has several records for this handle", "make handles unique in the catalog, or narrow the query"},
	{RecordInvalid, Asset, "the catalog's record of the asset cannot be used", "correct the record"},
	{LoaderOff, Asset, "the asset could be rendered, but its loader is switched off", "list the format under [loaders] allow, if you trust your sources"},
	{NotConvertible, Asset, "the asset's type cannot be rendered and the pipeline says fail", `set non_convertible = "original" or "skip"`},
	{TemplateNotBuilt, Asset, "templates cannot be rendered yet", "export the asset itself"},
	{SourceMismatch, Asset, "the bytes are not what the asset's name or record says", "correct the name or the record, or replace the file"},
	{SourceEmpty, Asset, "the source file is empty", "replace the file"},
	{SourceRead, Asset, "the source file could not be read", "check its permissions"},
	{SourceChanged, Asset, "the source file changed after the job was planned, or is not the one that the catalog's record describes", "run the job again when nobody writes the file, or correct the record"},
	{ImageCorrupt, Asset, "the image is corrupt or truncated", "replace the file; fmt = \"orig\" exports it as it is"},
	{LimitPixels, Asset, "the image has more pixels than allowed", "raise limits.pixels or limits.edge, if you trust your sources"},
	{LimitFrames, Asset, "the image has more frames than allowed", "raise limits.frames"},
	{LimitBytes, Asset, "the source file is larger than allowed", "raise limits.bytes"},
	{LimitTime, Asset, "the image took longer than allowed", "raise limits.time"},
	{CommandUnsupported, Asset, "a command that changes the picture and that this version does not have", "leave the command out"},
	{MaskUnusable, Asset, "the mask that a command or the record's MaskPath names cannot be used", "name an asset of the catalog that the caller may read"},
	{OutputSize, Asset, "the picture asked for is larger than allowed", "ask for a smaller size, or raise limits.output_pixels or MaxPix"},
	{ColourProfile, Asset, "a colour profile that cannot be used", "repair or remove the profile of the source, or name another one"},
	{CodecCrash, Asset, "the image codec died twice on this asset", "the file is damaged or hostile: replace it"},
	{PluginCrash, Asset, "a plugin died twice on this asset", "give its author the stack in the log, or the cause in the journal"},
	{PluginFailed, Asset, "a plugin said that it cannot do it", "see what it says"},
	{PluginTime, Asset, "a plugin did not answer in time", "raise plugins.options.NAME.time, or the timeout of the stage"},
	{PluginResult, Asset, "a plugin gave a result that cannot be right", "give its author the message: the result was not used"},
	{PluginDown, Asset, "a plugin died too often and is left alone for a while", "see the log for why; the assets can be run again"},
	{Target, Asset, "the target refused the file", "check that the target is there and takes files, then run the same command again"},
	{Manifest, Asset, "the manifest of an export is missing, torn or not what its sum says", "export the job again: what is there already is kept"},
	{Signature, Asset, "the manifest is not signed by the key that was given", "check the key; do not trust the files"},
	{NoBranch, Asset, "no branch of the pipeline took the asset", `give one of the branches when = "otherwise"`},
	{Stopped, Asset, "the run was stopped before this asset", "run the same command again"},
	{InternalError, Internal, "a defect of exportd", "report it with the message and the asset"},

	{TypeUnsupported, Asset, "a kind of asset that has no file to export", "export its members"},
	{TemplateOriginal, Asset, "templates have no original to export", `use fmt = "convert"`},
	{NotConverted, Asset, "an asset that cannot be rendered was left out", `set non_convertible = "original" to export it as it is`},
	{CommandUnknown, Asset, "a command that Image Serving does not know", "check its spelling; it has no effect"},
	{CommandClamped, Asset, "a value outside its range was brought into it", "give a value in the range"},
	{CommandNoEffect, Asset, "a command that has no effect here", "leave it out"},
	{ColourAssumed, Asset, "colours were converted without a profile of the source", "embed a profile in the source"},

	{DeadLetter, Asset, "a failed asset's bytes could not be kept in the dead letter", "its line in dead-letter.ndjson says where the asset lies"},
	{PluginDev, Input, "a plugin runs without a sum that was locked", "lock it once it works: exportd plugin add FILE"},
	{PluginWarning, Asset, "a plugin has something to say about its result", "nothing, if you agree"},

	{AsOriginal, Asset, "an asset that cannot be rendered was exported as it is", "nothing to do"},
	{CommandIgnored, Asset, "a command that has no meaning in an export", "nothing to do"},
	{DefaultImage, Asset, "a default image stands in for an asset that is missing", "check the handle, or leave defaultImage out"},
	{FirstFrame, Asset, "only the first frame was converted", "nothing to do"},
	{NoMail, Input, "exportd run sends no mail", "use the daemon for emailSetting"},
}
